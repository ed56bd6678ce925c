"""What the Logs tests share: a group, events in it, and what patterns and queries find."""

from __future__ import annotations

import json
from typing import Any

from moto_lmi.clock import clock_for
from tests.moto_lmi.world import ACCOUNT, client

logs = client("logs")
GROUP = "shop"


def now_ms() -> int:
    """The account's time in epoch milliseconds."""
    return int(clock_for(ACCOUNT).now().timestamp() * 1000)


def open_group(*streams: str) -> None:
    """A group with streams, by default one."""
    logs.create_log_group(logGroupName=GROUP)
    for stream in streams or ("s",):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)


def say(*messages: Any, stream: str = "s", at: int | None = None) -> None:
    """Events of now, a millisecond apart; what is no text becomes JSON."""
    begin = now_ms() if at is None else at
    events = [
        {"timestamp": begin + number, "message": item if isinstance(item, str) else json.dumps(item)}
        for number, item in enumerate(messages)
    ]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


def found(pattern: str, **members: Any) -> list[str]:
    """The messages that the filter pattern finds."""
    answer = logs.filter_log_events(logGroupName=GROUP, filterPattern=pattern, **members)
    return [event["message"] for event in answer["events"]]


def ask(query: str, minutes: int = 60) -> list[dict[str, str]]:
    """The rows of an Insights query over the last minutes, without @ptr."""
    end = now_ms() // 1000 + 1
    started = logs.start_query(logGroupName=GROUP, startTime=end - minutes * 60, endTime=end, queryString=query)
    results = logs.get_query_results(queryId=started["queryId"])["results"]
    return [{cell["field"]: cell["value"] for cell in row if cell["field"] != "@ptr"} for row in results]
