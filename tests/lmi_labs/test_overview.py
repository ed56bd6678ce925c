"""What lab 51 looks at: two runs of one function, their picture, workload cards, statements, and a function that is up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

import moto_lmi
from lmi_labs import ground
from lmi_labs.account import DUMMY_KEYS, Account
from lmi_labs.cards import CARDS, workload_cards
from lmi_labs.changes import LAUNCH, STATEMENTS, history, statements
from lmi_labs.example import bring_up
from lmi_labs.lab import Lab
from lmi_labs.progress import Progress
from lmi_labs.same_traffic import runs
from lmi_labs.self_test import questions
from lmi_labs.tables import Table
from lmi_labs.widgets.latency_view import latency_chart
from moto_lmi.clock import reset_clocks


def test_both_runs_have_the_same_requests() -> None:
    """The same arrivals on both sides; only default Lambda has cold starts, and only managed instances refuse."""
    both = runs()
    assert [one["arrived_s"] for one in both["default"]] == [one["arrived_s"] for one in both["managed"]]
    assert any(one["init_ms"] for one in both["default"])
    assert not any(one["init_ms"] for one in both["managed"])
    assert {one["status"] for one in both["default"]} == {200}
    assert {one["status"] for one in both["managed"]} == {200, 429}


def test_whoever_changes_a_run_changes_only_his_own() -> None:
    """Each call gives fresh lists of fresh requests."""
    mine = runs()
    mine["default"][0]["init_ms"] = -1.0
    mine["managed"].clear()
    assert runs()["default"][0]["init_ms"] >= 0
    assert runs()["managed"]


def test_the_picture_has_a_text_twin() -> None:
    """Each run is said in a sentence, each minute has a row, and every slow request has a dot."""
    both = runs()
    chart = latency_chart(both)
    assert "default Lambda: 4,637 requests, 0 refused" in chart.caption
    assert chart.spec["description"] == chart.caption
    assert len(chart.rows) == 2 * 10
    assert all(len(row) == len(chart.header) for row in chart.rows)
    slowest = max(one["init_ms"] + one["duration_ms"] for one in both["default"])
    assert round(slowest) in [dot["ms"] for dot in chart.spec["hconcat"][0]["data"]["values"]]


def test_the_picture_copes_with_runs_without_requests() -> None:
    """No requests, or only refused ones, are drawn and said as well."""
    refused = {"arrived_s": 1.0, "init_ms": 0.0, "duration_ms": 0.0, "status": 429}
    chart = latency_chart({"nobody": [], "all refused": [refused]})
    assert "all refused: 1 requests, none answered." in chart.caption


def test_a_table_is_text_and_html() -> None:
    """A table shows itself in both, with a label for screen readers and nothing unescaped."""
    table = Table('"A" & B', ("one", "two"), [("x", "<y>")])
    assert repr(table).splitlines() == ["one  two", "x    <y>"]
    html = table._repr_html_()
    assert "&lt;y&gt;" in html
    assert "aria-label='&quot;A&quot; &amp; B'" in html
    assert "scope='row'" in html


@pytest.mark.parametrize(
    "shown", [questions(), workload_cards(), history(), statements()], ids=lambda item: type(item).__name__
)
def test_what_a_learner_looks_at_shows_itself(shown: object) -> None:
    """Each is a table in a notebook and text elsewhere."""
    assert "<table" in shown._repr_html_()  # type: ignore[attr-defined]
    assert len(repr(shown).splitlines()) > 5


def test_cards_reckon_their_fleet_and_their_month() -> None:
    """A card keeps three instances or more, and its requests are those of 730 hours."""
    assert all(card.instances >= 3 for card in CARDS)
    steady = next(card for card in CARDS if card.name == "thumbnails")
    assert steady.requests == 25 * 730 * 3600
    assert steady.network_usd == pytest.approx(3 * 0.01 * 730)
    assert len({card.name for card in CARDS}) == len(CARDS)


def test_changes_begin_at_the_launch_and_come_in_order() -> None:
    """Every subject has a value at launch, dates rise, and every statement is about a subject."""
    timeline = history()
    for steps in timeline.values():
        days = [since for since, _ in steps]
        assert days[0] == LAUNCH
        assert days == sorted(days)
    assert {item.subject for item in STATEMENTS} <= set(timeline)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Lab]:
    """A lab in an emulator of its own, in which time stands still but for what the lab waits."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name, value in DUMMY_KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LMI_LABS_HOME", str(tmp_path))
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield Lab(51, Account("moto"), {}, Progress.load())
    reset_clocks()


def test_a_function_is_brought_up_once(lab: Lab) -> None:
    """The version is Active, a second call changes nothing, and all of it can be cleared."""
    first = bring_up(lab, "overview-test")
    assert bring_up(lab, "overview-test") == first
    lambda_client = lab.account.client("lambda")
    state = lambda_client.get_function_configuration(FunctionName="overview-test", Qualifier="$LATEST.PUBLISHED")
    assert state["State"] == "Active"
    ground.clear(lab, "overview-test")
    assert lambda_client.list_functions()["Functions"] == []
    assert lambda_client.list_capacity_providers()["CapacityProviders"] == []


def test_nothing_heavy_is_imported() -> None:
    """What the lab imports brings in neither numpy nor numba, so that it runs in a browser tab as well."""
    code = (
        "import sys, graders.day51, graders.hidden.day51, lmi_labs.cards, lmi_labs.changes, lmi_labs.same_traffic\n"
        "lmi_labs.same_traffic.runs()\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'numba')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
