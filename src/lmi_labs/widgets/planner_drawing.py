"""A planner's answer as HTML and as Vega-Lite charts, each with the same in words and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from lmi_labs.widgets.planner_core import Answer, Side
from lmi_sim.report.charts import Chart, curve_chart, usd

__all__ = ["VEGA_LITE", "charts", "head", "tables"]

VEGA_LITE = "application/vnd.vegalite.v5+json"
"""The type of the charts that JupyterLab draws."""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_CELL = "style='border:1px solid var(--jp-border-color1, currentColor);padding:.15em .6em;text-align:left'"


def head(answer: Answer) -> str:
    """The verdict, and how much was simulated, as HTML."""
    share = "all" if answer.whole else f"the busiest {answer.simulated:,}"
    engine = (
        "" if answer.engine == "fast" else " The slow engine is at work, because numba is not installed or not ready."
    )
    return (
        "<div role='status' style='color:var(--jp-ui-font-color1, inherit);max-width:60em'>"
        f"<p style='font-size:120%;margin:.4em 0'><strong>{escape(answer.verdict)}</strong></p>"
        f"<p style='margin:.2em 0;opacity:.85'>Simulated: {share} of {answer.asked:,} requests.{engine} "
        "<em>A model, not AWS</em>: how fast managed instances scale is assumed; the assumptions stand on the page of "
        "facts.</p></div>"
    )


def charts(answer: Answer) -> list[Chart]:
    """Cost against traffic; latency against the goal; the fleet over time."""
    return [
        _for_jupyter(curve_chart(answer.curve, answer.break_even_requests), width=230),
        _for_jupyter(_latency(answer), width=150),
        _for_jupyter(_fleet(answer), width=150),
    ]


def tables(answer: Answer) -> str:
    """Everything that the charts show, as sentences and tables in HTML."""
    rows = [
        (
            name,
            usd(side.usd),
            f"{side.run.p50_s * 1000:,.0f}",
            f"{side.run.p99_s * 1000:,.0f}",
            f"{side.run.failed_share:.2%}",
            f"{side.run.cold_starts:,}",
            f"{side.run.instance_s / side.run.measured_s:,.1f} / {side.run.most_instances}",
            "yes" if side.meets else "no",
        )
        for name, side in _sides(answer)
    ]
    header = (
        "",
        "USD a month",
        "p50 in ms",
        "p99 in ms",
        "given up",
        "cold starts",
        "instances, mean / most",
        "goals met",
    )
    parts = [_table(header, rows)]
    for chart in charts(answer):
        parts.append(
            f"<details><summary>{escape(chart.title)}: {escape(chart.caption)}</summary>"
            f"{_table(chart.header, chart.rows)}</details>"
        )
    return f"<section style='color:var(--jp-ui-font-color1, inherit)'>{''.join(parts)}</section>"


def _sides(answer: Answer) -> Sequence[tuple[str, Side]]:
    return (("managed instances", answer.managed), ("default Lambda", answer.default))


def _for_jupyter(chart: Chart, width: int) -> Chart:
    size: dict[str, Any] = {"$schema": _SCHEMA, "width": width, "height": 180}
    return Chart(chart.title, chart.caption, {**chart.spec, **size, "title": chart.title}, chart.header, chart.rows)


def _latency(answer: Answer) -> Chart:
    goal = answer.question.p99_goal_ms
    values = [
        {"option": name.split()[0], "quantile": quantile, "ms": round(value * 1000, 1)}
        for name, side in _sides(answer)
        for quantile, value in (("p50", side.run.p50_s), ("p99", side.run.p99_s))
    ]
    caption = (
        f"99 of 100 requests take at most {answer.managed.run.p99_s * 1000:,.0f} ms on managed instances and "
        f"{answer.default.run.p99_s * 1000:,.0f} ms on default Lambda; the goal is {goal:g} ms."
    )
    spec = {
        "description": caption,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "tooltip": True},
                "encoding": {
                    "x": {
                        "field": "option",
                        "type": "nominal",
                        "title": None,
                        "axis": {"labelAngle": 0, "labelLimit": 70},
                    },
                    "xOffset": {"field": "quantile"},
                    "y": {"field": "ms", "type": "quantitative", "title": "latency in ms"},
                    "color": {
                        "field": "quantile",
                        "type": "nominal",
                        "title": None,
                        "scale": {"range": ["#9fa8da", "#3f51b5"]},
                        "legend": {"orient": "bottom"},
                    },
                },
            },
            {
                "mark": {"type": "rule", "color": "#c62828", "strokeDash": [6, 4], "size": 2},
                "encoding": {"y": {"datum": goal}},
            },
        ],
    }
    rows = tuple(
        (name, f"{side.run.p50_s * 1000:,.0f}", f"{side.run.p99_s * 1000:,.0f}") for name, side in _sides(answer)
    )
    return Chart("Latency", caption, spec, ("", "p50 in ms", "p99 in ms"), rows)


def _fleet(answer: Answer) -> Chart:
    sizes = answer.managed.run.instances
    step_min = answer.managed.run.measured_s / len(sizes) / 60
    values = [{"minute": round(index * step_min, 1), "instances": round(size, 2)} for index, size in enumerate(sizes)]
    caption = f"Between {min(sizes):,.0f} and {max(sizes):,.0f} instances over {answer.managed.run.measured_s / 60:,.0f} minutes."
    spec = {
        "description": caption,
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "step-after", "color": "#9fa8da", "line": {"color": "#3f51b5"}},
        "encoding": {
            "x": {"field": "minute", "type": "quantitative", "title": "minutes"},
            "y": {"field": "instances", "type": "quantitative", "title": "instances"},
        },
    }
    every = max(1, len(values) // 12)
    rows = tuple((f"{value['minute']:g}", f"{value['instances']:g}") for value in values[::every])
    return Chart("Instances", caption, spec, ("minute", "instances"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th scope='col' {_CELL}>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td {_CELL}>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table style='border-collapse:collapse;margin:.5em 0'><tr>{top}</tr>{body}</table>"
