"""Metric filters: what events put into metrics. moto 5.2.5 stores the filters and never applies them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto_lmi.api.logs.patterns import Fields, as_number, parse_pattern


def apply_filters(filters: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The metric data of the events, by namespace, as PutMetricData takes them.

    A value such as `$.bytes` or `$size` is taken from the event; without one that is a number, the event gives nothing.
    A default value is given for events that don't match.
    """
    data: dict[str, list[Any]] = {}
    events = list(events)
    for metric_filter in filters:
        pattern = parse_pattern(metric_filter["filterPattern"] or "")
        for event in events:
            fields = pattern.find(event["message"])
            for transformation in metric_filter["metricTransformations"]:
                datum = _datum(transformation, fields, event["timestamp"])
                if datum is not None:
                    data.setdefault(transformation["metricNamespace"], []).append(datum)
    return data


def _datum(transformation: Mapping[str, Any], fields: Fields | None, timestamp: int) -> dict[str, Any] | None:
    value = transformation.get("defaultValue") if fields is None else _value(transformation["metricValue"], fields)
    number = as_number(value)
    if number is None:
        return None
    datum: dict[str, Any] = {
        "MetricName": transformation["metricName"],
        "Value": number,
        "Timestamp": datetime.fromtimestamp(timestamp / 1000, UTC),
        "Unit": transformation.get("unit") or "None",
    }
    if fields is not None and transformation.get("dimensions"):
        named = {name: _value(selector, fields) for name, selector in transformation["dimensions"].items()}
        if any(found is None for found in named.values()):
            return None
        datum["Dimensions"] = [{"Name": name, "Value": str(found)} for name, found in named.items()]
    return datum


def _value(text: str, fields: Fields) -> object:
    if not text.startswith("$"):
        return text
    try:
        return fields[text]
    except KeyError:
        return None
