"""What goes into an execution environment and what comes out of it, as values.

    Outcome = Answer | Stream | FunctionError | Busy | Lost  (Outcome is in streams.py)

`Answer` and `Stream` are the function's own words, `FunctionError` is a failure that the caller is told about with
`FunctionError: Unhandled` (a timeout is one), `Busy` asks the router to try elsewhere, `Lost` says that the environment
has ended.
"""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

INITIALIZATION_TYPE = "lambda-managed-instances"
ON_DEMAND = "on-demand"

TIMED_OUT = "Sandbox.Timedout"
EXIT_ERROR = "Runtime.ExitError"
OUT_OF_MEMORY = "Runtime.OutOfMemory"

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Credentials:
    """The credentials of the function's execution role, which its code finds in the environment."""

    access_key_id: str
    secret_access_key: str
    session_token: str = ""


@dataclass(frozen=True)
class EnvironmentSpec:
    """One execution environment of one published version.

    `code` and `layers` are directories that were unpacked before; layers are merged under /opt in their order, a later
    one over an earlier one. `variables` are the function's own; `platform_variables` are added by whoever runs the
    emulator (where its endpoint is, say) and win over everything. `managed` is false for a function of default Lambda,
    whose runtime is not told to work on several requests. Raises ValueError for a number out of range.
    """

    function_name: str
    handler: str
    code: Path
    runtime: str = "python3.13"
    function_version: str = "$LATEST.PUBLISHED"
    function_arn: str = ""
    layers: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    platform_variables: Mapping[str, str] = field(default_factory=dict)
    credentials: Credentials | None = None
    region: str = "us-east-1"
    account_id: str = "123456789012"
    memory_mb: int = 2048
    timeout_s: float = 3.0
    max_concurrency: int = 1
    ephemeral_storage_mb: int = 512
    log_format: str = "JSON"
    log_level: str = ""
    log_group: str = ""
    log_stream: str = ""
    init_timeout_s: float = 0.0
    managed: bool = True

    def __post_init__(self) -> None:
        _in_range("memory_mb", self.memory_mb, 128, 32_768)
        _in_range("timeout_s", self.timeout_s, 0.001, 5_400)
        _in_range("max_concurrency", self.max_concurrency, 1, 1_600)
        _in_range("ephemeral_storage_mb", self.ephemeral_storage_mb, 1, 32_768)
        _in_range("init_timeout_s", self.init_timeout_s, 0, 900)
        if self.log_format not in ("JSON", "Text"):
            raise ValueError(f"log_format {self.log_format!r} is neither JSON nor Text")

    @property
    def arn(self) -> str:
        """The ARN that the function's code is told."""
        unqualified = f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.function_name}"
        return self.function_arn or f"{unqualified}:{self.function_version}"

    @property
    def initialization_type(self) -> str:
        """What the code is told about how its environment came to be."""
        return INITIALIZATION_TYPE if self.managed else ON_DEMAND

    @property
    def init_limit_s(self) -> float:
        """How long initialization may take: `init_timeout_s`, or AWS's max(130 s, timeout) with at most 900 s."""
        return self.init_timeout_s or min(900.0, max(130.0, self.timeout_s))

    @property
    def log_group_name(self) -> str:
        """The log group, `/aws/lambda/NAME` unless another was chosen."""
        return self.log_group or f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        """The log stream, never empty: aws-lambda-ric answers nothing without one."""
        return self.log_stream or "unnamed"


@dataclass(frozen=True)
class Invocation:
    """One request to run the handler. Raises ValueError when the id could not stand in a URL."""

    payload: bytes = b"{}"
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace_id: str = ""
    client_context: str = ""
    cognito_identity: str = ""
    invoked_arn: str = ""
    content_type: str = "application/json"
    streaming: bool = False
    timeout_s: float | None = None

    def __post_init__(self) -> None:
        if not _REQUEST_ID.fullmatch(self.request_id):
            raise ValueError(f"request_id {self.request_id!r} must be 1 to 64 letters, digits and hyphens")
        for name in ("trace_id", "client_context", "cognito_identity", "invoked_arn", "content_type"):
            text = getattr(self, name)
            if text and not (text.isascii() and text.isprintable()):
                raise ValueError(f"{name} has a character that can't stand in an HTTP header")


@dataclass(frozen=True)
class Answer:
    """What the handler returned, as bytes."""

    payload: bytes
    content_type: str = "application/json"


@dataclass(frozen=True)
class FunctionError:
    """A failure of the function; `payload` is what the caller gets, byte for byte."""

    error_type: str
    message: str
    stack: tuple[str, ...] = ()
    payload: bytes = b""

    @property
    def timed_out(self) -> bool:
        """Whether the deadline had passed; the code may still be running."""
        return self.error_type == TIMED_OUT

    @classmethod
    def made_here(cls, error_type: str, message: str) -> FunctionError:
        """An error that the platform words itself, in AWS's shape."""
        body = {"errorType": error_type, **({"errorMessage": message} if message else {})}
        return cls(error_type, message, payload=json.dumps(body).encode())

    @classmethod
    def reported(cls, payload: bytes, header: str) -> FunctionError:
        """An error that the runtime reported; its body is passed on even when it can't be read."""
        try:
            body: Any = json.loads(payload)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            body = {}
        stack = body.get("stackTrace") or body.get("trace")  # Python and Java call it so, Node.js the other
        return cls(
            error_type=str(body.get("errorType") or header),
            message=str(body.get("errorMessage") or ""),
            stack=tuple(str(line) for line in stack) if isinstance(stack, list) else (),
            payload=payload,
        )


@dataclass(frozen=True)
class Busy:
    """The environment can't take the invocation now: `Runtime.Unavailable`, or it isn't ready."""

    error_type: str
    message: str


@dataclass(frozen=True)
class Lost:
    """The environment ended before it answered, or had ended already; nothing is known about the effects."""

    error_type: str
    message: str
    payload: bytes = b""


@dataclass(frozen=True)
class Ended:
    """An invocation that a worker had is over, for whoever counts them.

    `at_a_time` is the most that its environment had at a time since the end before this one.
    """

    seconds: float
    failed: bool
    at_a_time: int


@dataclass(frozen=True)
class LogRecord:
    """One line of a function's log. `kind` is a platform event's type, `function` or `extension`.

    `record` is the event's structure for platform events, else the line as it was printed.
    """

    time: datetime
    kind: str
    record: Any
    request_id: str = ""

    @property
    def timestamp(self) -> str:
        """The time as the Telemetry API writes it."""
        return timestamp(self.time)

    def event(self) -> dict[str, Any]:
        """The record as the Telemetry API delivers it: a line that is a JSON object as that object."""
        record = self.record
        if isinstance(record, str) and record.startswith("{"):
            with contextlib.suppress(ValueError, RecursionError):
                record = json.loads(record)
        return {"time": self.timestamp, "type": self.kind, "record": record}

    def line(self) -> str:
        """The record as it stands in the log stream: platform events with time and type, lines as they were printed."""
        return self.record if isinstance(self.record, str) else json.dumps(self.event())


def timestamp(moment: datetime) -> str:
    """The moment in UTC to the millisecond, with a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def _in_range(name: str, number: float, lowest: float, highest: float) -> None:
    if not lowest <= number <= highest:
        raise ValueError(f"{name} {number!r} is outside {lowest:g}..{highest:g}")
