"""Running a learner's Logs Insights query over the log of the lab's function."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from graders.day54.place import LOG_GROUP
from graders.reading import asked
from lmi_labs.account import Account

_MOST_LOOKS = 60
_ENDED = ("Complete", "Failed", "Cancelled", "Timeout")
Row = dict[str, str]


def run_query(account: Account, query: str, events: Sequence[dict[str, Any]]) -> tuple[list[Row], str]:
    """The rows of the query over the time of the events, and an empty text; or no rows and why it was refused."""
    logs = account.client("logs")
    moments = [int(event["timestamp"]) for event in events]
    span = {"startTime": min(moments) // 1000, "endTime": max(moments) // 1000 + 1} if moments else {}
    try:
        query_id = logs.start_query(logGroupName=LOG_GROUP, queryString=query, **span)["queryId"]
    except ClientError as error:
        return [], str(error.response["Error"].get("Message", "refused"))
    except Exception as error:  # what botocore can't even send
        return [], f"{type(error).__name__}: {error}"
    for _ in range(_MOST_LOOKS):
        answer, code = asked(logs.get_query_results, queryId=query_id)
        if code or answer.get("status") in _ENDED:
            break
        time.sleep(1)  # a real account takes a moment
    rows = [{cell["field"]: cell["value"] for cell in row} for row in answer.get("results", [])]
    return rows, ""
