"""The history of a durable execution: one event for everything that happened, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moto_lmi.api.errors import OwnSentence
from moto_lmi.durable.operations import Operation

_PREFIXES = {
    "EXECUTION": "Execution",
    "CONTEXT": "Context",
    "STEP": "Step",
    "WAIT": "Wait",
    "CALLBACK": "Callback",
    "CHAINED_INVOKE": "ChainedInvoke",
}
_ENDINGS = {
    "SUCCEEDED": "Succeeded",
    "FAILED": "Failed",
    "TIMED_OUT": "TimedOut",
    "STOPPED": "Stopped",
    "CANCELLED": "Cancelled",
}
_DATA = ("Input", "Result", "Error")


class History:
    """The events of one execution, numbered from 1."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []

    def add(self, kind: str, now: datetime, details: Mapping[str, Any], operation: Operation | None = None) -> None:
        """Note what happened; `details` hold data members as they are, without the structure around them."""
        event: dict[str, Any] = {"EventType": kind, "EventId": len(self._events) + 1, "EventTimestamp": now}
        if operation is not None and operation.type != "EXECUTION":
            members = {"Id": operation.id, "Name": operation.name, "SubType": operation.sub_type}
            event.update({key: value for key, value in members.items() if value})
            if operation.parent_id:
                event["ParentId"] = operation.parent_id
        event[f"{kind}Details"] = dict(details)
        self._events.append(event)

    def started(self, operation: Operation, now: datetime, details: Mapping[str, Any]) -> None:
        """The operation began."""
        self.add(f"{_PREFIXES[operation.type]}Started", now, details, operation)

    def ended(self, operation: Operation, status: str, now: datetime, details: Mapping[str, Any]) -> None:
        """The operation, or one attempt of a step, ended with the status."""
        self.add(f"{_PREFIXES[operation.type]}{_ENDINGS[status]}", now, details, operation)

    def page(
        self, marker: str | None, most: int, *, newest_first: bool, with_data: bool
    ) -> tuple[list[dict[str, Any]], str | None]:
        """One page of events as the API gives them, and the marker of the next. Raises OwnSentence for a bad marker."""
        events = self._events[::-1] if newest_first else self._events
        start = _position(marker, len(events))
        page = [_document(event, with_data) for event in events[start : start + most]]
        return page, str(start + most) if start + most < len(events) else None


def _position(marker: str | None, most: int) -> int:
    if not marker:
        return 0
    if not marker.isascii() or not marker.isdigit() or len(marker) > 9 or int(marker) > most:
        raise OwnSentence("bad_marker", marker=marker[:100])
    return int(marker)


def page_of(items: Sequence[Any], marker: str | None, most: int) -> tuple[list[Any], str | None]:
    """One page of a list, by position. Raises OwnSentence for a bad marker."""
    start = _position(marker, len(items))
    return list(items[start : start + most]), str(start + most) if start + most < len(items) else None


def _document(event: Mapping[str, Any], with_data: bool) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in event.items():
        if isinstance(value, datetime):
            document[key] = value.timestamp()
        elif key.endswith("Details"):
            document[key] = {
                name: _data(item, with_data) if name in _DATA else _plain(item) for name, item in value.items()
            }
        else:
            document[key] = value
    return document


def _data(payload: Any, with_data: bool) -> dict[str, Any]:
    document: dict[str, Any] = {"Truncated": not with_data}
    if with_data and payload is not None:
        document["Payload"] = payload
    return document


def _plain(value: Any) -> Any:
    return value.timestamp() if isinstance(value, datetime) else value
