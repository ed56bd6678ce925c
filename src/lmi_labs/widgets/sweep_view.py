"""A concurrency sweep in a notebook: each point is measured by the learner's function and drawn as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from lmi_labs.widgets.vega import SCHEMA, bundle
from lmi_sim.report.charts import Chart

__all__ = ["sweep_view"]

Measure = Callable[[Mapping[str, Any], int], Mapping[str, Any]]
Row = dict[str, Any]

_COLOURS = ("#7986cb", "#ef6c00", "#26a69a", "#8d8d8d")
_QUANTITIES = (("throughput_rps", "answers a second"), ("p99_ms", "p99 in ms"))
_HEADER = ("handler", "at a time", "answers a second", "p99 in ms")


def sweep_view(
    measure: Measure, events: Mapping[str, Mapping[str, Any]], levels: Sequence[int] = (1, 2, 4, 8)
) -> list[Row]:
    """Measure every event at every level of concurrency, draw it live, and return the rows.

    `measure(event, concurrency)` returns `throughput_rps` and `p99_ms`; a row has these with `handler`, the event's name,
    and `concurrency`. What `measure` raises is not caught.
    """
    import ipywidgets
    from IPython.display import display

    bar = ipywidgets.IntProgress(max=len(events) * len(levels), description="Measuring")
    picture, table = ipywidgets.Output(layout={"min_height": "260px"}), ipywidgets.HTML()
    display(ipywidgets.VBox([bar, picture, table]))  # type: ignore[no-untyped-call]
    rows: list[Row] = []
    for name, event in events.items():
        for level in levels:
            rows.append({"handler": name, "concurrency": level, **measure(event, level)})
            bar.value = len(rows)
            chart = sweep_chart(rows)
            picture.outputs = (bundle(chart),)
            table.value = _words(chart)
    bar.description = "Measured"
    return rows


def sweep_chart(rows: Sequence[Row]) -> Chart:
    """Throughput and p99 against concurrency, side by side, a line for each handler."""
    names = list(dict.fromkeys(str(row["handler"]) for row in rows))
    colour = {
        "field": "handler", "type": "nominal", "title": None, "scale": {"domain": names, "range": list(_COLOURS[: len(names)])},
        "legend": {"orient": "bottom"},
    }  # fmt: skip
    panels = [
        {
            "width": 250,
            "height": 180,
            "mark": {"type": "line", "point": True, "tooltip": True},
            "encoding": {
                "x": {"field": "concurrency", "type": "quantitative", "title": "requests at a time",
                      "axis": {"values": sorted({row["concurrency"] for row in rows})}},
                "y": {"field": field, "type": "quantitative", "title": title, "scale": {"zero": True}},
                "color": colour,
                "strokeDash": {"field": "handler", "type": "nominal", "legend": None},
            },
        }
        for field, title in _QUANTITIES
    ]  # fmt: skip
    caption = " ".join(_sentence(name, rows) for name in names)
    spec = {
        "$schema": SCHEMA,
        "description": caption,
        "data": {"values": [dict(row) for row in rows]},
        "hconcat": panels,
    }
    return Chart("Throughput and latency against concurrency", caption, spec, _HEADER, tuple(map(_cells, rows)))


def _sentence(name: str, rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row["handler"] == name]
    first, last = mine[0], mine[-1]
    return (
        f"{name}: from {first['concurrency']} to {last['concurrency']} at a time {first['throughput_rps']:.0f} to "
        f"{last['throughput_rps']:.0f} answers a second, p99 {first['p99_ms']:.0f} to {last['p99_ms']:.0f} ms."
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (str(row["handler"]), str(row["concurrency"]), f"{row['throughput_rps']:.1f}", f"{row['p99_ms']:.0f}")


def _words(chart: Chart) -> str:
    """The same in a sentence and a table."""
    cell = "style='border:1px solid var(--jp-border-color1, currentColor);padding:.15em .6em;text-align:right'"
    head = "".join(f"<th scope='col' {cell}>{escape(text)}</th>" for text in chart.header)
    body = "".join("<tr>" + "".join(f"<td {cell}>{escape(text)}</td>" for text in row) + "</tr>" for row in chart.rows)
    return (
        f"<div style='color:var(--jp-ui-font-color1, inherit)'><p role='status'>{escape(chart.caption)}</p>"
        f"<table aria-label='The sweep in numbers' style='border-collapse:collapse'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
