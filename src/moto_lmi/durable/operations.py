"""The operations of a durable execution, and the tokens by which functions and callers name them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

CLOSED = frozenset({"SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "STOPPED"})
"""Statuses in which an operation stays."""

_DETAILS = {
    "EXECUTION": "ExecutionDetails",
    "CONTEXT": "ContextDetails",
    "STEP": "StepDetails",
    "WAIT": "WaitDetails",
    "CALLBACK": "CallbackDetails",
    "CHAINED_INVOKE": "ChainedInvokeDetails",
}


@dataclass
class Operation:
    """One operation; `details` are the members of its own details structure, with moments as datetimes."""

    id: str
    type: str
    status: str
    started: datetime
    parent_id: str = ""
    name: str = ""
    sub_type: str = ""
    ended: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    touched: int = 0
    """When it last changed, counted in changes of the execution."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing happens to it any more."""
        return self.status in CLOSED

    @property
    def is_pending(self) -> bool:
        """Whether something outside the function has to happen to it: a timer, a callback, another function."""
        if self.type == "STEP":
            return self.status == "PENDING"
        return self.type in ("WAIT", "CALLBACK", "CHAINED_INVOKE") and self.status == "STARTED"

    @property
    def due(self) -> datetime | None:
        """When a timer ends it: a wait, or the delay before a step's next attempt."""
        if self.type == "WAIT" and self.status == "STARTED":
            due: datetime = self.details["ScheduledEndTimestamp"]
            return due
        if self.type == "STEP" and self.status == "PENDING":
            next_attempt: datetime = self.details["NextAttemptTimestamp"]
            return next_attempt
        return None

    def close(self, status: str, now: datetime) -> None:
        """Let the operation end."""
        self.status, self.ended = status, now

    def document(self, *, shift: timedelta = timedelta(0), millis: bool = False) -> dict[str, Any]:
        """The Operation of the API, with moments in seconds, or in milliseconds as an invocation's input has them."""

        def moment(value: datetime) -> float:
            seconds = (value + shift).timestamp()
            return round(seconds * 1000) if millis else seconds

        document: dict[str, Any] = {"Id": self.id, "Type": self.type, "Status": self.status}
        optional = {"ParentId": self.parent_id, "Name": self.name, "SubType": self.sub_type}
        document.update({key: value for key, value in optional.items() if value})
        document["StartTimestamp"] = moment(self.started)
        if self.ended is not None:
            document["EndTimestamp"] = moment(self.ended)
        document[_DETAILS[self.type]] = {
            key: moment(value) if isinstance(value, datetime) else value for key, value in self.details.items()
        }
        return document

    @property
    def size(self) -> int:
        """Bytes that the operation counts for in a page: what it carries."""
        texts = [self.details.get(key) for key in ("Result", "InputPayload")]
        error = self.details.get("Error")
        return sum(len(text.encode()) for text in texts if text) + (len(json.dumps(error)) if error else 0) or 1


@dataclass(frozen=True)
class Token:
    """A checkpoint token or callback id: opaque to its holder, letters and digits only."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        # Hexadecimal digits are within AWS's pattern and need no escaping in a path.
        return json.dumps(self.parts, separators=(",", ":")).encode().hex()

    @classmethod
    def read(cls, text: str) -> Token | None:
        """The token with the text, None when it is none of ours."""
        try:
            parts = json.loads(bytes.fromhex(text))
        except ValueError:
            return None
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            return None
        return cls(tuple(parts))
