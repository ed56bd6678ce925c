"""What happened to alarms, for DescribeAlarmHistory, which moto 5.2.5 doesn't have."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

_KEPT = timedelta(days=30)
_MOST_KEPT = 10_000


class History:
    """The items of all alarms, oldest first; kept for 30 days, as on AWS, and no more than ten thousand."""

    def __init__(self) -> None:
        self._items: deque[dict[str, Any]] = deque(maxlen=_MOST_KEPT)

    def add(self, now: datetime, name: str, composite: bool, kind: str, summary: str, data: Mapping[str, Any]) -> None:
        """Write down what happened at `now`; `kind` is a HistoryItemType."""
        while self._items and self._items[0]["Timestamp"] < now - _KEPT:
            self._items.popleft()
        self._items.append(
            {
                "AlarmName": name,
                "AlarmType": "CompositeAlarm" if composite else "MetricAlarm",
                "Timestamp": now,
                "HistoryItemType": kind,
                "HistorySummary": summary,
                "HistoryData": json.dumps(data),
            }
        )

    def items(
        self,
        name: str | None = None,
        kind: str | None = None,
        types: Sequence[str] = ("MetricAlarm",),
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        ascending: bool = False,
    ) -> list[dict[str, Any]]:
        """The items that fit, newest first unless `ascending`."""
        found = [
            item
            for item in self._items
            if name in (None, item["AlarmName"])
            and kind in (None, item["HistoryItemType"])
            and (name is not None or item["AlarmType"] in types)
            and (start is None or start <= item["Timestamp"])
            and (end is None or item["Timestamp"] <= end)
        ]
        return found if ascending else found[::-1]
