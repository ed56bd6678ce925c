"""A shift with the pager as a picture: requests and bad ones by the minute, with what happened; and the same in words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from lmi_labs.widgets.vega import SCHEMA, bundle
from lmi_sim.report.charts import Chart

if TYPE_CHECKING:
    from lmi_labs.incident_night import Night
    from lmi_labs.pager import Watch

__all__ = ["night_view", "shift_chart", "shift_view"]

_HEADER = ("minute", "what")
_CAME, _BAD = "came", "went badly"


def night_view(night: Night) -> None:
    """Show a night: its score, the picture and the timeline."""
    _show(
        night.watch,
        f"Night {night.seed}: {night.pain_minutes} minutes of pain, {night.usd:.2f} US dollars of instances.",
    )


def shift_view(watch: Watch) -> None:
    """Show a shift: the picture and the timeline."""
    _show(watch, f"{len(watch.minutes)} minutes, {watch.pain_minutes} of them with pain, {len(watch.pages)} pages.")


def _show(watch: Watch, score: str) -> None:
    import ipywidgets
    from IPython.display import display

    chart = shift_chart(watch, score)
    picture, table = ipywidgets.Output(layout={"min_height": "240px"}), ipywidgets.HTML()
    display(ipywidgets.VBox([picture, table]))  # type: ignore[no-untyped-call]
    picture.outputs = (bundle(chart),)
    table.value = _words(chart, watch.note)


def shift_chart(watch: Watch, caption: str) -> Chart:
    """Requests a minute, those that went badly, a line for each incident and a point for each page."""
    values = [
        {"minute": item.minute, "requests": count, "kind": kind}
        for item in watch.minutes
        for kind, count in ((_CAME, item.offered), (_BAD, item.refused + item.slow))
    ]
    top = max((item.offered for item in watch.minutes), default=1)
    x = {"field": "minute", "type": "quantitative", "title": "minute"}
    colour = {
        "field": "kind", "type": "nominal", "title": None, "legend": {"orient": "bottom"},
        "scale": {"domain": [_CAME, _BAD], "range": ["#7986cb", "#d84315"]},
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": values},
            "mark": {"type": "line", "interpolate": "step-after", "tooltip": True},
            "encoding": {
                "x": x,
                "y": {"field": "requests", "type": "quantitative", "title": "requests a minute"},
                "color": colour,
                "strokeDash": {"field": "kind", "type": "nominal", "legend": None},
            },
        },
        {
            "data": {"values": [{"minute": item.minute, "what": item.what} for item in watch.incidents]},
            "mark": {"type": "rule", "strokeDash": [3, 3], "tooltip": True},
            "encoding": {"x": x, "tooltip": {"field": "what"}},
        },
        {
            "data": {"values": [{"minute": page.minute, "requests": top, "what": str(page)} for page in watch.pages]},
            "mark": {"type": "point", "shape": "triangle-down", "filled": True, "size": 60},
            "encoding": {"x": x, "y": {"field": "requests", "type": "quantitative"}, "tooltip": {"field": "what"}},
        },
    ]  # fmt: skip
    spec = {"$schema": SCHEMA, "description": caption, "width": 560, "height": 200, "layer": layers}
    rows = tuple((str(minute), text) for minute, text in watch.timeline())
    return Chart("Requests by the minute; dashed lines: incidents; triangles: pages", caption, spec, _HEADER, rows)


def _words(chart: Chart, note: str) -> str:
    """The same in a sentence and a table, with what it rests on."""
    cell = "style='border:1px solid var(--jp-border-color1, currentColor);padding:.15em .6em;text-align:left'"
    head = "".join(f"<th scope='col' {cell}>{escape(text)}</th>" for text in chart.header)
    body = "".join("<tr>" + "".join(f"<td {cell}>{escape(text)}</td>" for text in row) + "</tr>" for row in chart.rows)
    return (
        f"<div style='color:var(--jp-ui-font-color1, inherit);max-width:60em'><p role='status'><strong>{escape(chart.caption)}</strong></p>"
        f"<p>{escape(chart.title)}.</p>"
        f"<table aria-label='The timeline in words' style='border-collapse:collapse'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table><p style='font-size:90%'>{escape(note)}</p></div>"
    )
