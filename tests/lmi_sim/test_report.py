"""The report of a plan: valid charts, a text twin for each, and nothing from the network."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from lmi_sim import report, spec
from lmi_sim.plan import Plan, plan
from lmi_sim.report.charts import charts
from tests.lmi_sim.test_plan import SMALL


@pytest.fixture(scope="module")
def made() -> Plan:
    """A plan, with a name that would break careless HTML."""
    return plan(spec.parse({**SMALL, "name": "A <b> & </script>"}), quick=True)


def test_every_chart_says_the_same_in_words_and_rows(made: Plan) -> None:
    """Rows are as wide as their header, and the specification carries the sentence."""
    drawn = charts(made)
    assert len(drawn) == 5
    for chart in drawn:
        assert chart.rows
        assert all(len(row) == len(chart.header) for row in chart.rows)
        assert chart.spec["description"] == chart.caption
        assert chart.spec["data"]["values"]
        json.dumps(chart.spec, allow_nan=False)


def test_the_page_stands_alone(made: Plan) -> None:
    """Scripts are inline, nothing is loaded, and names are escaped."""
    page = report.html(made)
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", own)
    assert "A &lt;b&gt; &amp; &lt;/script&gt;" in page
    assert page.count("</script>") == 4
    assert "default-src 'none'" in page


def test_the_page_says_how_demand_was_varied(made: Plan) -> None:
    """Not at all with one seed; else by ten per cent."""
    assert "with one seed at the demand that is expected." in report.html(made)
    assert "with 3 seeds at levels of demand from 90 % to 110 %." in report.html(replace(made, seeds=3))


def test_the_page_says_what_is_a_model_and_from_when_the_prices_are(made: Plan) -> None:
    """With every assumption, its source and its confidence."""
    page = report.html(made)
    assert "A model, not AWS." in page
    assert "scaling_model.evaluation_period_s" in page
    assert "Prices of us-east-1, checked 2026-11-23" in page
