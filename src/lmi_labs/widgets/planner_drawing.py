"""A planner's answer as HTML: the verdict, the options side by side, every chart as a table, and what is assumed.

Colours are JupyterLab's own, so both themes work; what is said by a colour is said by a word as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from lmi_labs.widgets.planner_charts import charts
from lmi_labs.widgets.planner_core import Answer
from lmi_labs.widgets.planner_forms import KINDS
from lmi_labs.widgets.planner_words import assumed, basis, usd, verdict, why
from lmi_labs.widgets.vega import bundle
from lmi_sim.plan.advice import NAMES
from lmi_sim.policies.assumptions import assumptions
from lmi_sim.report.charts import Chart

__all__ = ["Drawing", "draw", "refusal", "waiting"]

_TEXT = "color:var(--jp-ui-font-color1, inherit);line-height:1.45"
_BORDER = "1px solid var(--jp-border-color1, currentColor)"
_MODELLED = ("scaling_model.", "router.", "placement.", "default_lambda.", "provisioned_concurrency.")


@dataclass(frozen=True)
class Drawing:
    """What the widget shows: HTML above the charts, an output for each chart, and HTML below them."""

    head: str
    outputs: tuple[dict[str, Any], ...]
    tables: str


def draw(answer: Answer, note: str = "") -> Drawing:
    """The whole answer. The note says what the engine is about, if that is worth saying."""
    drawn = charts(answer)
    return Drawing(
        head=_head(verdict(answer), why(answer), basis(answer), note) + _options(answer),
        outputs=tuple(bundle(chart) for chart in drawn),
        tables=_twins(drawn) + _model(answer),
    )


def refusal(problem: str, *, answered: bool) -> str:
    """Why nothing can be simulated, as HTML; and what is below, if something was answered before."""
    below = "<p style='margin:.2em 0'>What is shown below is still the last answer.</p>" if answered else ""
    return (
        f"<div role='alert' style='{_TEXT};min-height:5.5em;border-left:.3em solid var(--jp-warn-color1, currentColor);"
        f"padding:.2em .8em'><p style='font-size:115%;margin:.4em 0'><strong>{escape(problem)}</strong></p>"
        f"{below}</div>"
    )


def waiting(note: str) -> str:
    """What is shown before the first answer, as HTML."""
    return f"<div role='status' style='{_TEXT};min-height:5.5em'><p>Simulating … {escape(note)}</p></div>"


def _head(sentence: str, reasons: str, rests_on: str, note: str) -> str:
    return (
        f"<div style='{_TEXT};min-height:5.5em;border-left:.3em solid var(--jp-brand-color1, currentColor);"
        "padding:.2em .8em'>"
        f"<p role='status' style='font-size:115%;margin:.2em 0'><strong>{escape(sentence)}</strong></p>"
        f"<p style='margin:.2em 0'>{escape(reasons)}</p>"
        f"<p class='planner-basis' style='margin:.2em 0;color:var(--jp-ui-font-color2, inherit)'>{escape(rests_on)} "
        f"{escape(note)}</p></div>"
    )


def _options(answer: Answer) -> str:
    best = answer.able[0].kind if answer.able else ""
    rows = []
    for kind in KINDS:
        side = answer.sides[kind]
        out = side.outcome
        rows.append(
            (
                ("▸ " if kind == best else "") + NAMES[kind],
                usd(side.usd),
                f"{out.p50_ms:,.0f}",
                f"{out.p99_ms:,.0f}",
                f"{out.failed_percent:.2f} %",
                f"{out.cold_percent:.2f} %",
                f"{out.mean_instances:,.1f} / {out.most_instances:,}" if out.most_instances else "–",
                "✓ yes" if side.meets else "✕ no",
            )
        )
    header = (
        "", "USD a month", "p50 in ms", "p99 in ms", "given up", "cold starts", "instances: mean / most", "goals met",
    )  # fmt: skip
    return _table("The three ways to run it", header, rows)


def _twins(drawn: Iterable[Chart]) -> str:
    parts = [
        f"<details><summary><strong>{escape(chart.title)}, as a table.</strong> {escape(chart.caption)}</summary>"
        f"{_table(chart.title, chart.header, chart.rows)}</details>"
        for chart in drawn
    ]
    return f"<section aria-label='The charts in words' style='{_TEXT}'>{''.join(parts)}</section>"


def _model(answer: Answer) -> str:
    rows = [
        (key, str(item.value), item.confidence, item.source)
        for key, item in assumptions().items()
        if key.startswith(_MODELLED)
    ]
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in assumed(answer))
    return (
        f"<section aria-label='A model, not AWS' style='{_TEXT}'><p style='margin:.6em 0 .2em 0'><strong>A model, not AWS."
        "</strong> AWS does not publish how fast managed instances scale, how the router picks, or at which load they grow; "
        "here this is assumed.</p><details><summary>What is assumed</summary>"
        f"<ul>{items}</ul>{_table('Assumptions of the model', ('assumption', 'value', 'confidence', 'source'), rows)}"
        "</details></section>"
    )


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cell = f"style='border:{_BORDER};padding:.15em .6em;text-align:left;vertical-align:top'"
    top = "".join(f"<th scope='col' {cell}>{escape(text)}</th>" for text in header)
    body = "".join(
        f"<tr><th scope='row' {cell}>{escape(first)}</th>"
        + "".join(f"<td {cell}>{escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<table aria-label='{escape(title, quote=True)}' style='{_TEXT};border-collapse:collapse;margin:.5em 0;"
        f"font-size:inherit'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )
