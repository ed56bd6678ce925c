"""A plan as one HTML file that needs no network: words, charts, and every chart as a table too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from lmi_sim import prices
from lmi_sim.plan.advice import NAMES
from lmi_sim.plan.model import Plan
from lmi_sim.policies.assumptions import assumptions
from lmi_sim.report.charts import Chart, charts, usd

__all__ = ["html"]

_VIEWER = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")
_MODELLED = ("scaling_model.", "router.", "placement.", "default_lambda.", "provisioned_concurrency.")


def html(plan: Plan) -> str:
    """The report. Everything that it shows is in it."""
    here = files(__package__)
    page = Template(here.joinpath("page.html").read_text(encoding="utf-8"))
    drawn = charts(plan)
    source = prices.price_source(plan.spec.pricing.region)
    return page.substitute(
        title=escape(plan.spec.name),
        description=escape(plan.spec.description),
        verdict=escape(f"{_first(NAMES[plan.recommended.kind])}: {usd(plan.recommended.usd)} a month"),
        configuration=escape(plan.recommended.title),
        reasons="".join(f"<li>{escape(reason)}</li>" for reason in plan.reasons),
        charts="".join(_figure(index, chart) for index, chart in enumerate(drawn)),
        commitments=_table(
            ("purchase", "instances committed", "on demand, on average", "USD a month"),
            (
                (label, str(commitment.instances), f"{commitment.on_demand_instances:.1f}", usd(total))
                for label, commitment, total in plan.commitments
            ),
        ),
        assumptions=_table(
            ("assumption", "value", "source", "confidence"),
            (
                (key, str(item.value), item.source, item.confidence)
                for key, item in assumptions().items()
                if key.startswith(_MODELLED)
            ),
        ),
        method=escape(
            f"{plan.considered:,} configurations were ordered by closed form, and {plan.simulated:,} simulations run: "
            f"{plan.window}, {_runs(plan)}"
        ),
        prices=escape(f"Prices of {source.region}, checked {source.checked}: {source.source}."),
        specs=_script([chart.spec for chart in drawn]),
        viewer="\n".join(f"<script>{_viewer(name)}</script>" for name in _VIEWER),
    )


def _runs(plan: Plan) -> str:
    if plan.seeds == 1:
        return "with one seed at the demand that is expected."
    return (
        f"with {plan.seeds} seeds at levels of demand from 90 % to 110 %. What is shown of an option is the worst of its "
        "runs; what it costs is their mean."
    )


def _first(name: str) -> str:
    return name[0].upper() + name[1:]


def _viewer(name: str) -> str:
    text = files(__package__).joinpath("vendor", name).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script")


def _script(document: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(document).replace("<", "\\u003c")


def _figure(index: int, chart: Chart) -> str:
    label = escape(f"{chart.title}. {chart.caption}", quote=True)
    return (
        f"<figure><h2>{escape(chart.title)}</h2>"
        f"<div class='chart' id='chart-{index}' role='img' aria-label='{label}'></div>"
        f"<figcaption>{escape(chart.caption)}</figcaption>"
        f"<details><summary>As a table</summary>{_table(chart.header, chart.rows)}</details></figure>"
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
