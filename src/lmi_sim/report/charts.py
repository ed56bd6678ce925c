"""Charts of a plan as Vega-Lite specifications, each with a sentence and a table that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmi_sim.plan.advice import NAMES
from lmi_sim.plan.curve import TODAY
from lmi_sim.plan.model import Option, Plan, Point
from lmi_sim.policies import ManagedInstances

__all__ = ["Chart", "charts", "curve_chart", "usd"]

_COLOURS = {"managed instances": "#3f51b5", "default Lambda": "#e65100", "provisioned concurrency": "#00897b"}
_LINES = {
    "requests": "requests",
    "compute": "compute (GB-seconds)",
    "kept": "provisioned, kept",
    "used": "provisioned, used",
    "on_demand": "spilled over",
    "ec2": "EC2 instances",
    "fee": "management fee",
    "network": "NAT and endpoints",
    "logs": "logs",
    "volumes": "volumes",
    "others": "others",
}
_LINE_COLOURS = [
    "#90a4ae",
    "#e65100",
    "#00897b",
    "#80cbc4",
    "#ffb74d",
    "#3f51b5",
    "#9fa8da",
    "#8d6e63",
    "#bcaaa4",
    "#d7ccc8",
    "#cfd8dc",
]


@dataclass(frozen=True)
class Chart:
    """A chart: its specification, and the same as a sentence and a table."""

    title: str
    caption: str
    spec: dict[str, Any]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def charts(plan: Plan) -> list[Chart]:
    """Every chart of a report, in the order in which it is read."""
    found = [_cost(plan), _latency(plan)]
    if plan.curve:
        found.append(curve_chart(plan.curve, plan.break_even_requests))
    managed = plan.option("managed_instances")
    if managed:
        found.append(_fleet(managed))
    found.append(_sensitivity(plan))
    return found


def _spec(values: Sequence[dict[str, Any]], description: str, **parts: Any) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": description,
        "width": "container",
        "height": 260,
        "data": {"values": list(values)},
        **parts,
    }


def usd(amount: object) -> str:
    """An amount in whole USD."""
    return f"${float(str(amount)):,.0f}"


def short(option: Option) -> str:
    """An option's name in a chart."""
    if isinstance(option.policy, ManagedInstances):
        policy = option.policy
        return f"{policy.instance.instance_type}, {policy.environment.memory_gib:g} GiB, {policy.max_concurrency} slots"
    return NAMES[option.kind]


def _cost(plan: Plan) -> Chart:
    shown = sorted([*plan.options, *plan.runners_up], key=lambda option: option.usd)
    values = [
        {"option": short(option), "line": _LINES[line], "usd": float(amount)}
        for option in shown
        for line, amount in option.bill.items()
        if line != "total" and amount
    ]
    present = [label for label in _LINES.values() if any(value["line"] == label for value in values)]
    colours = [_LINE_COLOURS[list(_LINES.values()).index(label)] for label in present]
    first, last = shown[0], shown[-1]
    caption = f"{short(first)} costs least, {usd(first.usd)} a month; {short(last)} costs most, {usd(last.usd)}."
    spec = _spec(
        values,
        caption,
        mark={"type": "bar", "tooltip": True},
        encoding={
            "y": {"field": "option", "type": "nominal", "sort": [short(option) for option in shown], "title": None,
                  "axis": {"labelLimit": 260}},
            "x": {"field": "usd", "type": "quantitative", "aggregate": "sum", "title": "USD a month"},
            "color": {"field": "line", "type": "nominal", "title": None, "scale": {"domain": present, "range": colours},
                      "legend": {"orient": "bottom", "columns": 4}},
        },
    )  # fmt: skip
    rows = tuple(
        (
            short(option),
            usd(option.usd),
            *(usd(option.bill.get(line, 0)) for line, label in _LINES.items() if label in present),
        )
        for option in shown
    )
    return Chart("What each option costs", caption, spec, ("option", "USD a month", *present), rows)


def _latency(plan: Plan) -> Chart:
    shown = sorted(plan.options, key=lambda option: option.p99_ms)
    values = [
        {"option": NAMES[option.kind], "quantile": name, "ms": round(value, 1)}
        for option in shown
        for name, value in (("p50", max(run.p50_s for run in option.runs) * 1000), ("p99", option.p99_ms))
    ]
    goal = plan.objective.p99_ms
    parts = [f"{NAMES[option.kind]} {option.p99_ms:,.0f} ms" for option in shown]
    caption = f"99 of 100 requests take at most: {', '.join(parts)}. The goal is {goal:,.0f} ms."
    spec = _spec(
        values,
        caption,
        layer=[
            {
                "mark": {"type": "bar", "tooltip": True},
                "encoding": {
                    "y": {"field": "option", "type": "nominal", "title": None, "axis": {"labelLimit": 260}},
                    "yOffset": {"field": "quantile"},
                    "x": {"field": "ms", "type": "quantitative", "title": "latency in ms"},
                    "color": {"field": "quantile", "type": "nominal", "title": None,
                              "scale": {"range": ["#9fa8da", "#3f51b5"]}},
                },
            },
            {
                "mark": {"type": "rule", "color": "#c62828", "strokeDash": [6, 4], "size": 2},
                "encoding": {"x": {"datum": goal}},
            },
        ],
    )  # fmt: skip
    rows = tuple(
        (NAMES[option.kind], f"{max(run.p50_s for run in option.runs) * 1000:,.0f}", f"{option.p99_ms:,.0f}",
         f"{option.failed_percent:.2f} %", "yes" if option.meets(plan.objective) else "no")
        for option in shown
    )  # fmt: skip
    header = ("option", "p50 in ms", "p99 in ms", "given up", "meets the goals")
    return Chart("How long requests take", caption, spec, header, rows)


def curve_chart(curve: Sequence[Point], break_even_requests: Decimal | None) -> Chart:
    """Costs over the level of traffic, today's in the middle of the curve's levels, and where the lines cross."""
    values = [
        {"requests": float(point.requests), "option": name, "usd": float(amount)}
        for point in curve
        for name, amount in (("managed instances", point.managed_usd), ("default Lambda", point.default_usd))
    ]
    now = curve[TODAY]
    caption = f"Today's traffic is {float(now.requests):,.0f} requests a month."
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "line", "point": True, "tooltip": True},
            "encoding": {
                "x": {"field": "requests", "type": "quantitative", "scale": {"type": "log"}, "title": "requests a month",
                      "axis": {"format": "~s"}},
                "y": {"field": "usd", "type": "quantitative", "scale": {"type": "log"}, "title": "USD a month",
                      "axis": {"format": "~s"}},
                "color": {"field": "option", "type": "nominal", "title": None,
                          "scale": {"domain": list(_COLOURS)[:2], "range": list(_COLOURS.values())[:2]},
                          "legend": {"orient": "bottom"}},
            },
        },
        {
            "mark": {"type": "rule", "color": "#90a4ae"},
            "encoding": {"x": {"datum": float(now.requests)}},
        },
    ]  # fmt: skip
    if break_even_requests is None:
        caption += " Managed instances do not become cheaper than default Lambda at any level."
    else:
        even = float(break_even_requests)
        caption += f" Managed instances cost less than default Lambda from {even:,.0f} requests a month on."
        layers.append(
            {
                "mark": {"type": "rule", "color": "#c62828", "strokeDash": [6, 4], "size": 2},
                "encoding": {"x": {"datum": even}},
            }
        )
    caption += " In closed form, with the instance type and sizes of the best configuration found."
    rows = tuple(
        (f"{float(point.requests):,.0f}", usd(point.managed_usd), usd(point.default_usd)) for point in curve[::2]
    )
    header = ("requests a month", "managed instances", "default Lambda")
    return Chart("Cost against traffic", caption, _spec(values, caption, layer=layers), header, rows)


def _fleet(managed: Option) -> Chart:
    run = managed.runs[-1]
    step_min = run.measured_s / len(run.instances) / 60
    values = [
        {"minute": index * step_min, "instances": round(size, 2), "refused": refused}
        for index, (size, refused) in enumerate(zip(run.instances, run.failed, strict=True))
    ]
    caption = (
        f"Between {min(run.instances):,.0f} and {max(run.instances):,.0f} instances, {managed.mean_instances:,.1f} on "
        f"average; {sum(run.failed):,.0f} attempts were throttled at the highest demand that was simulated."
    )
    spec = _spec(
        values,
        caption,
        layer=[
            {
                "mark": {"type": "area", "interpolate": "step-after", "color": "#9fa8da", "tooltip": True},
                "encoding": {
                    "x": {"field": "minute", "type": "quantitative", "title": "minutes"},
                    "y": {"field": "instances", "type": "quantitative", "title": "instances"},
                },
            },
            {
                "mark": {"type": "line", "color": "#c62828", "tooltip": True},
                "encoding": {
                    "x": {"field": "minute", "type": "quantitative"},
                    "y": {"field": "refused", "type": "quantitative", "title": "throttled attempts"},
                },
            },
        ],
        resolve={"scale": {"y": "independent"}},
    )
    every = max(1, len(values) // 24)
    rows = tuple(
        (f"{value['minute']:,.0f}", f"{value['instances']:g}", f"{value['refused']:,.0f}") for value in values[::every]
    )
    return Chart("The fleet over time", caption, spec, ("minute", "instances", "throttled attempts"), rows)


def _sensitivity(plan: Plan) -> Chart:
    values = [
        {"what": change.what, "option": name, "usd": float(amount)}
        for change in plan.changes
        for name, amount in (("managed instances", change.managed_usd), ("default Lambda", change.default_usd))
    ]
    turned = [change.what for change in plan.changes if change.cheaper != plan.changes[0].cheaper]
    missed = [change.what for change in plan.changes if not change.managed_meets]
    caption = (
        f"What is cheaper changes with: {'; '.join(turned)}." if turned else "None of these changes what is cheaper."
    ) + (f" Managed instances would miss the goals with: {'; '.join(missed)}." if missed else "")
    spec = _spec(
        values,
        caption,
        mark={"type": "bar", "tooltip": True},
        encoding={
            "y": {"field": "what", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 260}},
            "yOffset": {"field": "option"},
            "x": {"field": "usd", "type": "quantitative", "title": "USD a month"},
            "color": {"field": "option", "type": "nominal", "title": None,
                      "scale": {"domain": list(_COLOURS)[:2], "range": list(_COLOURS.values())[:2]},
                      "legend": {"orient": "bottom"}},
        },
    )  # fmt: skip
    rows = tuple(
        (change.what, usd(change.managed_usd), usd(change.default_usd), f"{change.managed_p99_ms:,.0f}",
         f"{change.managed_failed_percent:.2f} %", "yes" if change.managed_meets else "no")
        for change in plan.changes
    )  # fmt: skip
    header = ("what", "managed instances", "default Lambda", "p99 in ms", "given up", "meets the goals")
    return Chart("What if", caption, spec, header, rows)
