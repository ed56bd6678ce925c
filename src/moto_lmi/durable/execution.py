"""One durable execution: its operations, its invocations one after another, and its timers on the virtual clock.

    RUNNING ─▶ SUCCEEDED | FAILED | TIMED_OUT | STOPPED        RUNNING ◀─▶ PAUSING ─▶ PAUSED

While an invocation runs, no other is started; what changes meanwhile is told to the function with its next checkpoint,
or by the next invocation. An invocation that fails is repeated a few times; replay makes that harmless.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.clock import clock_for, wall_now
from moto_lmi.durable.history import History
from moto_lmi.durable.operations import Operation, Token
from moto_lmi.durable.outputs import BadOutput, Output, error_of, read_output
from moto_lmi.runs import Request, Result

if TYPE_CHECKING:
    from moto_lmi.functions import Function

ErrorObject = Mapping[str, Any]

CLOSED_STATUSES = ("SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED")


class Owner(Protocol):
    """What an execution needs of the registry that it belongs to."""

    @property
    def account_id(self) -> str:
        """The account."""
        ...

    def version(self, function_name: str, version: str) -> Function:
        """The version that the execution is bound to. Raises LambdaError."""
        ...

    def run(self, version: Function, request: Request, done: Callable[[Result], object]) -> None:
        """Invoke the version; `done` is told how it went."""
        ...

    def closed(self, execution: Execution) -> None:
        """The execution has ended."""
        ...


@dataclass(frozen=True)
class Start:
    """With what an execution starts. `output_bytes` is the most that its result may have."""

    arn: str
    name: str
    function_name: str
    version: str
    payload: str
    timeout_s: int
    config: Mapping[str, Any]
    output_bytes: int


class Execution:
    """The state of one execution. Picklable, as the callables in `listeners` are bound methods or partials of them."""

    def __init__(self, owner: Owner, start: Start) -> None:
        self._owner = owner
        self.start = start
        self.status = "RUNNING"
        self.started = self._now()
        self.ended: datetime | None = None
        self.result: str | None = None
        self.error: ErrorObject | None = None
        self.history = History()
        self.listeners: list[Callable[[Execution], object]] = []
        self.pause: dict[str, Any] = {}
        self.heartbeats: dict[str, tuple[int, int]] = {}
        """By a callback's operation, the seconds between heartbeats and how many have come."""
        self.operations: dict[str, Operation] = {}
        self.invocation_id = ""
        self.tokens = 0
        self.seen = 0
        self.changes = 0
        self._updated: list[str] = []
        self._is_invoking = False
        self._is_invocation_wanted = False
        self._failures = 0
        self._refusals = 0
        self._wake_at: datetime | None = None
        self._retry_at: datetime | None = None
        self._deadline = self.started + timedelta(seconds=start.timeout_s)
        own = Operation(start.arn.rpartition("/")[2], "EXECUTION", "STARTED", self.started)
        own.details["InputPayload"] = start.payload
        self._own = own
        self.operations[own.id] = own
        self.touch(own)

    @property
    def arn(self) -> str:
        """The execution's ARN."""
        return self.start.arn

    @property
    def account_id(self) -> str:
        """The account that it runs in."""
        return self._owner.account_id

    @property
    def is_closed(self) -> bool:
        """Whether it has ended."""
        return self.ended is not None

    @property
    def is_invoking(self) -> bool:
        """Whether an invocation is going on."""
        return self._is_invoking

    @property
    def expected_timeout(self) -> datetime:
        """When it times out, unless it is paused before."""
        if self.pause.get("ExecutionTimeoutPaused"):
            return self.started + timedelta(seconds=facts.value("durable.execution_timeout_s")[1])
        return self._deadline

    def begin(self) -> None:
        """Invoke the function for the first time."""
        details = {"Input": self.start.payload, "ExecutionTimeout": self.start.timeout_s}
        self.history.started(self._own, self.started, details)
        self._later(self.start.timeout_s, self._check_timeout)
        self.invoke()

    # --- operations ----------------------------------------------------------------------------------------------------

    def touch(self, operation: Operation) -> None:
        """The operation has changed."""
        self.changes += 1
        operation.touched = self.changes

    def changed_outside(self, operation: Operation) -> None:
        """Something ended that the function waits for: it is told, by an invocation if none is going on."""
        self.touch(operation)
        if operation.id not in self._updated:
            self._updated.append(operation.id)
        self.invoke()

    def end_operation(self, operation: Operation, status: str, **details: Any) -> None:
        """A callback or a chained invocation has ended."""
        if self.is_closed or operation.is_closed:
            return
        now = self._now()
        operation.close(status, now)
        operation.details.update({key: value for key, value in details.items() if value is not None})
        data = {key: operation.details.get(key) for key in (["Result"] if status == "SUCCEEDED" else ["Error"])}
        self.history.ended(operation, status, now, data)
        self.changed_outside(operation)

    def end_due(self, now: datetime) -> list[Operation]:
        """End the waits, and make ready the steps, whose time has come."""
        due = [item for item in self.operations.values() if item.due is not None and item.due <= now]
        for operation in due:
            if operation.type == "WAIT":
                operation.close("SUCCEEDED", now)
                seconds = round((operation.details["ScheduledEndTimestamp"] - operation.started).total_seconds())
                self.history.ended(operation, "SUCCEEDED", now, {"Duration": seconds})
            else:
                operation.status = "READY"
                del operation.details["NextAttemptTimestamp"]
            self.touch(operation)
        return due

    @property
    def next_due(self) -> datetime | None:
        """When the first of its timers ends, or its next invocation is tried."""
        moments = [item.due for item in list(self.operations.values()) if item.due is not None]
        return min([*moments, *([self._retry_at] if self._retry_at else [])], default=None)

    def arm(self) -> None:
        """Have the clock wake it at the next due moment."""
        earliest = min((item.due for item in self.operations.values() if item.due is not None), default=None)
        if self.is_closed or earliest is None:
            return
        if self._wake_at is None or earliest < self._wake_at:
            self._wake_at = earliest
            self._later((earliest - self._now()).total_seconds(), self._wake, earliest)

    def _wake(self, moment: datetime) -> None:
        if self._wake_at == moment:
            self._wake_at = None
        if self.is_closed:
            return
        for operation in self.end_due(self._now()):
            if operation.id not in self._updated:
                self._updated.append(operation.id)
            self._is_invocation_wanted = True
        self.arm()
        if self._is_invocation_wanted:
            self.invoke()

    # --- invocations ---------------------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """The checkpoint token that is valid now."""
        return str(Token((self.arn, str(self.tokens), self.invocation_id)))

    def invoke(self) -> None:
        """Invoke the function, or note that it has to be once the present invocation or the pause is over."""
        if self.is_closed:
            return
        if self._is_invoking or self.status in ("PAUSING", "PAUSED"):
            self._is_invocation_wanted = True
            return
        try:
            version = self._owner.version(self.start.function_name, self.start.version)
        except Exception as refusal:
            self.close("FAILED", error=error_of(refusal))
            return
        self._is_invoking, self._is_invocation_wanted, self._retry_at = True, False, None
        self.invocation_id = str(mock_random.uuid4())
        document = self._input()
        self.seen, self._updated = self.changes, []
        request = Request(json.dumps(document).encode(), self.invocation_id, invoked_arn=version.arn)
        self._owner.run(version, request, partial(self._invoked, self.invocation_id, self._now(), self.changes))

    def _input(self) -> dict[str, Any]:
        operations, marker = self.page(0, facts.value("durable.input_page_bytes"), len(self.operations), millis=True)
        return {
            "DurableExecutionArn": self.arn,
            "CheckpointToken": self.token,
            "InitialExecutionState": {"Operations": operations, "NextMarker": marker or ""},
            "UpdatedOperationIds": self._updated,
        }

    def page(
        self, start: int, most_bytes: int, most_items: int, *, millis: bool = False
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Operations from the position on, as the function's SDK gets them, and the marker of the next page."""
        everything = list(self.operations.values())
        shift, size, page = self.shift(), 0, list[dict[str, Any]]()
        for position in range(start, len(everything)):
            size += everything[position].size
            if page and (size > most_bytes or len(page) >= most_items):
                return page, f"{self.tokens}:{position}"
            page.append(everything[position].document(shift=shift, millis=millis))
        return page, None

    def shift(self) -> timedelta:
        """What is added to virtual moments for the SDK, which compares them with the clock on its wall."""
        return wall_now() - self._now()

    def _invoked(self, invocation_id: str, began: datetime, known: int, result: Result) -> None:
        now = self._now()
        details: dict[str, Any] = {"StartTimestamp": began, "EndTimestamp": now, "RequestId": invocation_id}
        if result.kind != "answer":
            details["Error"] = error_of(result)
        if not self.is_closed:
            self.history.add("InvocationCompleted", now, details)
        self._is_invoking = False
        if self.is_closed:
            return
        if result.kind in ("throttled", "unavailable"):
            self._refused()
            return
        self._refusals = 0
        if result.kind == "function_error":
            self._failed(error_of(result), facts.value("durable.invocation_attempts"))
            return
        try:
            self._take(read_output(result.payload), known)
        except BadOutput as bad:
            error = {"ErrorType": "InvalidParameterValueException", "ErrorMessage": str(bad)}
            if bad.may_be_repeated:
                self._failed(error, facts.value("durable.invalid_pending_attempts"))
            else:
                self.close("FAILED", error=error)

    def _take(self, output: Output, known: int) -> None:
        """What the function's SDK says of the invocation. Raises BadOutput."""
        if output.status == "SUCCEEDED":
            if len((output.result or "").encode()) > self.start.output_bytes:
                most = self.start.output_bytes
                sentence = f"Execution output payload size must be less than or equal to {most} bytes."
                self.close("FAILED", error={"ErrorMessage": sentence})
                return
            self.close("SUCCEEDED", result=output.result)
        elif output.status == "FAILED":
            self.close("FAILED", error=output.error or {})
        else:
            is_changed = self.changes > max(known, self.seen)
            is_pausing = self.status == "PAUSING" or self.pause.get("deferred")
            is_pending = any(item.is_pending for item in self.operations.values())
            if not (is_pending or is_changed or is_pausing):
                raise BadOutput("Cannot return PENDING status with no pending operations.", may_be_repeated=True)
            self._failures = 0
            self._paused_at_last()
            if self.status == "RUNNING" and self._is_invocation_wanted and self.changes > self.seen:
                self.invoke()
            elif self.status == "RUNNING":
                self._is_invocation_wanted = False
            self.arm()

    def _failed(self, error: ErrorObject, most: int) -> None:
        self._failures += 1
        if self._failures >= most:
            self.close("FAILED", error=error)
            return
        self._paused_at_last()
        self._invoke_later(facts.value("durable.invocation_retry_s"))

    def _refused(self) -> None:
        """There was no room for it, or nothing to run it on: tried again until it times out."""
        first, most = facts.value("asynchronous.throttle_backoff_s")
        delay = min(most, first * 2 ** min(self._refusals, 16))
        self._refusals += 1
        self._paused_at_last()
        self._invoke_later(delay)

    def _invoke_later(self, seconds: float) -> None:
        self._retry_at = self._now() + timedelta(seconds=seconds)
        self._later(seconds, self.invoke)

    # --- pausing -------------------------------------------------------------------------------------------------------

    def _paused_at_last(self) -> None:
        if self.status == "PAUSING":
            self.status = "PAUSED"

    def request_pause(self, reason: str, *, timeout_too: bool) -> None:
        """Let no further invocation start; the present one goes on until its next checkpoint."""
        now = self._now()
        self.pause = {"PauseRequestTimestamp": now, "Reason": reason, "ExecutionTimeoutPaused": timeout_too}
        self.status = "PAUSING" if self._is_invoking else "PAUSED"
        details = {**self.pause, "Reason": {"Payload": reason} if reason else None}
        self.history.add("ExecutionPaused", now, {key: item for key, item in details.items() if item is not None})
        self._later((self.expected_timeout - now).total_seconds(), self._check_timeout)

    def paused_by_checkpoint(self) -> bool:
        """Whether a checkpoint of the present invocation makes the pause complete; the invocation then has to end."""
        if self.status not in ("PAUSING", "PAUSED"):
            return False
        self.status = "PAUSED"
        self.pause["deferred"] = self._is_invocation_wanted = True
        return True

    def resume(self, reason: str) -> None:
        """Go on."""
        now = self._now()
        if self.pause["ExecutionTimeoutPaused"]:
            self._deadline += now - self.pause["PauseRequestTimestamp"]
        self._later((self._deadline - now).total_seconds(), self._check_timeout)
        self.status, self.pause = "RUNNING", {}
        details: dict[str, Any] = {"ResumeRequestTimestamp": now}
        if reason:
            details["Reason"] = {"Payload": reason}
        self.history.add("ExecutionResumed", now, details)
        if self._is_invocation_wanted and not self._is_invoking:
            self.invoke()

    # --- the end -------------------------------------------------------------------------------------------------------

    def _check_timeout(self) -> None:
        if not self.is_closed and self._now() >= self.expected_timeout:
            seconds = self.start.timeout_s
            self.close("TIMED_OUT", error={"ErrorMessage": f"Execution timed out after {seconds} seconds."})

    def close(self, status: str, *, result: str | None = None, error: ErrorObject | None = None) -> None:
        """Let the execution end with the status; whoever waits for it is told."""
        if self.is_closed:
            return
        now = self._now()
        self.status, self.ended, self.result, self.error = status, now, result, error
        self.pause = {}
        self._own.close(status, now)
        self.touch(self._own)
        self.history.ended(self._own, status, now, {"Result": result} if status == "SUCCEEDED" else {"Error": error})
        self._owner.closed(self)
        for listener in self.listeners:
            listener(self)

    def _now(self) -> datetime:
        return clock_for(self._owner.account_id).now()

    def _later(self, seconds: float, call: Callable[..., object], *arguments: Any) -> None:
        clock_for(self._owner.account_id).call_later(seconds, call, *arguments)
