"""Every request of one or more runs as a dot in a notebook: when it came, and how long its caller waited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from lmi_labs.load import percentile
from lmi_labs.tables import Table
from lmi_labs.widgets.vega import SCHEMA, bundle
from lmi_sim.report.charts import Chart

__all__ = ["latency_chart", "latency_view"]

Request = Mapping[str, float]

_NAMES = {"default": "default Lambda", "managed": "managed instances"}
_COLOURS = ("#7986cb", "#e53935")
_EVERY = 6  # of the dots that lie where most do
_MINUTES_SHOWN = 12
_HEADER = ("Run", "Minute", "Requests", "Refused", "Half within, ms", "Slowest, ms")


class _View:
    """The chart for JupyterLab, and its words below."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._table = Table("The requests, minute by minute", chart.header, chart.rows)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        output = bundle(self.chart)
        return output["data"], output["metadata"]

    def __repr__(self) -> str:
        return f"{self.chart.title}. {self.chart.caption}\n{self._table!r}"


def latency_view(runs: Mapping[str, Sequence[Request]]) -> None:
    """Draw the runs, one panel each, and say the same in a sentence and a table.

    A request has `arrived_s`, `init_ms`, `duration_ms` and `status`. One that was refused lies at the bottom.
    """
    from IPython.display import HTML, display

    chart = latency_chart(runs)
    view = _View(chart)
    display(view)  # type: ignore[no-untyped-call]
    words = f"<p role='status'>{escape(chart.caption)}</p>{view._table._repr_html_()}"
    display(HTML(f"<details open><summary>The same in words</summary>{words}</details>"))  # type: ignore[no-untyped-call]


def latency_chart(runs: Mapping[str, Sequence[Request]]) -> Chart:
    """The dots of every run, on one scale; of those that lie where most do only every sixth is drawn."""
    most_ms = max((waited_ms(one) for requests in runs.values() for one in requests), default=1.0)
    panels = [_panel(_NAMES.get(name, name), list(requests), most_ms) for name, requests in runs.items()]
    caption = " ".join(_sentence(_NAMES.get(name, name), list(requests)) for name, requests in runs.items())
    spec = {"$schema": SCHEMA, "description": caption, "hconcat": panels}
    rows = tuple(row for name, requests in runs.items() for row in _rows(_NAMES.get(name, name), requests))
    return Chart("How long callers waited", caption, spec, _HEADER, rows)


def waited_ms(request: Request) -> float:
    """How long the caller waited."""
    return request["init_ms"] + request["duration_ms"]


def _panel(name: str, requests: list[Request], most_ms: float) -> dict[str, Any]:
    values = [
        {"s": round(one["arrived_s"], 1), "ms": round(waited_ms(one)), "answer": _answer(one)}
        for one in _thinned(requests)
    ]
    return {
        "title": name,
        "width": 330,
        "height": 240,
        "data": {"values": values},
        "mark": {"type": "point", "size": 14, "filled": True, "opacity": 0.7, "tooltip": True},
        "encoding": {
            "x": {"field": "s", "type": "quantitative", "title": "came after, s"},
            "y": {"field": "ms", "type": "quantitative", "title": "waited, ms", "scale": {"domain": [0, round(most_ms * 1.05)]}},
            "color": {"field": "answer", "type": "nominal", "title": None, "legend": {"orient": "bottom"},
                      "scale": {"domain": ["answered", "refused (429)"], "range": list(_COLOURS)}},
            "shape": {"field": "answer", "type": "nominal", "legend": None,
                      "scale": {"domain": ["answered", "refused (429)"], "range": ["circle", "cross"]}},
        },
    }  # fmt: skip


def _thinned(requests: list[Request]) -> Iterable[Request]:
    usual_ms = percentile([waited_ms(one) for one in requests], 0.9) if requests else 0.0
    return (one for index, one in enumerate(requests) if index % _EVERY == 0 or waited_ms(one) > usual_ms)


def _answer(request: Request) -> str:
    return "answered" if request["status"] == 200 else "refused (429)"


def _sentence(name: str, requests: list[Request]) -> str:
    waits = [waited_ms(one) for one in requests if one["status"] == 200]
    refused = len(requests) - len(waits)
    if not waits:
        return f"{name}: {len(requests):,} requests, none answered."
    return (
        f"{name}: {len(requests):,} requests, {refused:,} refused; half of the answers came within "
        f"{percentile(waits, 0.5):,.0f} ms, the slowest after {max(waits):,.0f} ms."
    )


def _rows(name: str, requests: Sequence[Request]) -> Iterable[tuple[str, ...]]:
    minutes: dict[int, list[Request]] = {}
    for one in requests:
        minutes.setdefault(int(one["arrived_s"] // 60), []).append(one)
    for minute in sorted(minutes)[:_MINUTES_SHOWN]:
        waits = [waited_ms(one) for one in minutes[minute] if one["status"] == 200]
        half, slowest = (f"{percentile(waits, 0.5):,.0f}", f"{max(waits):,.0f}") if waits else ("-", "-")
        refused = len(minutes[minute]) - len(waits)
        yield (name, str(minute), f"{len(minutes[minute]):,}", f"{refused:,}", half, slowest)
