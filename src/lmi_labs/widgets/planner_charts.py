"""A planner's answer as Vega-Lite charts, each with a sentence and a table that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lmi_labs.widgets.planner_core import Answer
from lmi_labs.widgets.planner_forms import KINDS
from lmi_labs.widgets.planner_words import large, ms, usd
from lmi_labs.widgets.vega import SCHEMA
from lmi_sim.plan.advice import NAMES
from lmi_sim.plan.curve import TODAY
from lmi_sim.report.charts import Chart
from lmi_sim.spec import MANAGED_INSTANCES

__all__ = ["charts"]

# Each stands out against white and against the dark theme's grey; lines differ in their dashes as well.
_COLOURS = ("#7986cb", "#ef6c00", "#26a69a")
_GOAL, _NOW = "#e53935", "#8d8d8d"
_HEIGHT = 190


def charts(answer: Answer) -> list[Chart]:
    """Cost against traffic; latency against the goal; the fleet over time."""
    return [_cost(answer), _latency(answer), _fleet(answer)]


def _spec(chart_title: str, description: str, width: int, layer: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "title": {"text": chart_title, "anchor": "start", "fontSize": 13},
        "description": f"{chart_title}. {description}",
        "width": width,
        "height": _HEIGHT,
        "layer": list(layer),
        "config": {"axis": {"gridOpacity": 0.35, "labelFontSize": 11, "titleFontWeight": "normal"},
                   "legend": {"orient": "bottom", "title": None, "labelFontSize": 11, "symbolType": "stroke"},
                   "view": {"stroke": None}},
    }  # fmt: skip


def _mark(where: str, value: float, text: str, colour: str, at: int) -> list[dict[str, Any]]:
    """A line across the chart with its name."""
    place = {where: {"datum": value}}
    once: dict[str, Any] = {"values": [{}]}  # without data of its own a layer draws nothing
    return [
        {"data": once, "mark": {"type": "rule", "color": colour, "strokeDash": [5, 4], "size": 1.5}, "encoding": place},
        {
            "data": once,
            "mark": {"type": "text", "text": text, "color": colour, "align": "left", "dx": 4, "y": at, "fontSize": 11},
            "encoding": place,
        },
    ]


def _colour(*kinds: str) -> dict[str, Any]:
    names = [NAMES[kind] for kind in kinds]
    colours = [_COLOURS[KINDS.index(kind)] for kind in kinds]
    return {"field": "option", "type": "nominal", "scale": {"domain": names, "range": colours}}


def _cost(answer: Answer) -> Chart:
    values = [
        {"requests": float(item.requests), "option": NAMES[kind], "usd": float(item.usd[kind])}
        for item in answer.curve
        for kind in KINDS
    ]
    now, even = answer.curve[TODAY].requests, answer.break_even_requests
    dashes = {"domain": [NAMES[kind] for kind in KINDS], "range": [[1, 0], [7, 3], [2, 3]]}
    layer: list[dict[str, Any]] = [
        {
            "data": {"values": values},
            "mark": {"type": "line", "tooltip": True, "strokeWidth": 2.5},
            "encoding": {
                "x": {"field": "requests", "type": "quantitative", "scale": {"type": "log", "nice": False},
                      "title": "requests a month", "axis": {"format": "~s", "tickCount": 4}},
                "y": {"field": "usd", "type": "quantitative", "scale": {"type": "log"}, "title": "USD a month",
                      "axis": {"format": "~s", "tickCount": 4}},
                "color": _colour(*KINDS),
                "strokeDash": {"field": "option", "type": "nominal", "scale": dashes},
            },
        },
        *_mark("x", float(now), "now", _NOW, _HEIGHT - 8),
    ]  # fmt: skip
    caption = f"Now it is {large(now)} requests a month. "
    if even is None:
        caption += "The lines of managed instances and default Lambda do not cross here."
    else:
        layer += _mark("x", float(even), "break-even", _GOAL, 8)
        caption += f"From {large(even)} requests a month on managed instances cost less than default Lambda."
    caption += " In closed form."
    rows = tuple(
        (f"{float(item.requests):,.0f}", *(usd(item.usd[kind]) for kind in KINDS)) for item in answer.curve[::2]
    )
    header = ("requests a month", *(NAMES[kind] for kind in KINDS))
    return Chart("Cost against traffic", caption, _spec("Cost against traffic", caption, 290, layer), header, rows)


def _latency(answer: Answer) -> Chart:
    goal = answer.question.p99_goal_ms
    values = [
        {"option": NAMES[kind].split()[0], "quantile": name, "ms": round(value, 1)}
        for kind in KINDS
        for name, value in (
            ("p50", answer.sides[kind].outcome.p50_ms),
            ("p99", answer.sides[kind].outcome.p99_ms),
        )
    ]
    parts = [f"{NAMES[kind]} {ms(answer.sides[kind].outcome.p99_ms)}" for kind in KINDS]
    caption = f"99 of 100 requests take at most: {', '.join(parts)}. The goal is {goal:,.0f} ms."
    layer: list[dict[str, Any]] = [
        {
            "data": {"values": values},
            "mark": {"type": "bar", "tooltip": True},
            "encoding": {
                "y": {"field": "option", "type": "nominal", "title": None, "axis": {"ticks": False, "domain": False},
                      "sort": [NAMES[kind].split()[0] for kind in KINDS]},
                "yOffset": {"field": "quantile"},
                "x": {"field": "ms", "type": "quantitative", "title": "ms", "axis": {"tickCount": 4}},
                "color": {"field": "quantile", "type": "nominal", "legend": {"symbolType": "square"},
                          "scale": {"domain": ["p50", "p99"], "range": ["#b0bec5", "#7986cb"]}},
            },
        },
        *_mark("x", goal, "goal", _GOAL, 8),
    ]  # fmt: skip
    header = ("", "p50 in ms", "p99 in ms", "p99 within the goal")
    rows = tuple(
        (NAMES[kind], f"{out.p50_ms:,.0f}", f"{out.p99_ms:,.0f}", "yes" if out.p99_ms <= goal else "no")
        for kind in KINDS
        for out in (answer.sides[kind].outcome,)
    )
    return Chart("Latency", caption, _spec("Latency", caption, 150, layer), header, rows)


def _fleet(answer: Answer) -> Chart:
    duration_s = answer.question.traffic().duration_s
    unit, name = (3600, "hours") if duration_s > 3 * 3600 else (60, "minutes")
    step_s = duration_s / len(answer.fleet)
    expected = [
        {"time": round(index * step_s / unit, 3), "instances": size, "what": "expected"}
        for index, size in enumerate([*answer.fleet, answer.fleet[-1]])
    ]
    out = answer.managed.outcome
    simulated = [
        {"time": round(time_s / unit, 3), "instances": round(size, 2), "what": "simulated"}
        for time_s, size in out.instances
    ]
    caption = (
        f"{out.mean_instances:,.1f} instances on average and {out.most_instances:,} at most were simulated; by closed form "
        f"{min(answer.fleet):,} to {max(answer.fleet):,} are expected."
    )
    both = {"domain": ["simulated", "expected"], "range": [_COLOURS[KINDS.index(MANAGED_INSTANCES)], _NOW]}
    encoding = {
        "x": {"field": "time", "type": "quantitative", "title": name, "axis": {"tickCount": 5},
              "scale": {"domain": [0, round(duration_s / unit, 3)], "nice": False}},
        "y": {"field": "instances", "type": "quantitative", "title": "instances", "axis": {"tickMinStep": 1, "tickCount": 5},
              "scale": {"domainMin": 0}},
        "color": {"field": "what", "type": "nominal", "scale": both},
    }  # fmt: skip
    layer: list[dict[str, Any]] = [
        {
            "data": {"values": simulated},
            "mark": {
                "type": "line",
                "interpolate": "step-after",
                "strokeWidth": 2.5,
                "tooltip": True,
                "point": {"size": 12},
            },
            "encoding": encoding,
        },
        {
            "data": {"values": expected},
            "mark": {"type": "line", "interpolate": "step-after", "strokeDash": [5, 4], "tooltip": True},
            "encoding": encoding,
        },
    ]
    every = max(1, len(out.instances) // 12)
    rows = tuple((f"{time_s / unit:,.1f}", f"{size:,.1f}") for time_s, size in out.instances[::every])
    return Chart("Instances", caption, _spec("Instances", caption, 150, layer), (name, "instances"), rows)
