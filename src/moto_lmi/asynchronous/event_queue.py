"""The queue of events that waits before every function, and what becomes of an event: done, tried again, discarded.

An event is in exactly one place: waiting, running, or due on the clock. It leaves with a `Success`, after its retries
(`RetriesExhausted`), or because it grew too old (`EventAgeExceeded`); the last two go to the dead-letter queue and the
on-failure destination. Function errors are counted; what had no room is tried again until it is too old.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from moto_lmi import facts
from moto_lmi.api.errors import LambdaError, ResourceNotFound
from moto_lmi.asynchronous.destinations import send_dead_letter, send_record, timestamp
from moto_lmi.clock import clock_for
from moto_lmi.runs import Request, Result

if TYPE_CHECKING:
    from moto_lmi.asynchronous.invoke_config import InvokeConfigs
    from moto_lmi.functions import Function

log = logging.getLogger(__name__)

_OK, _TOO_MANY, _SERVICE_ERROR = 200, 429, 500


@dataclass
class QueuedEvent:
    """One asynchronous invocation. `arn` is the qualified ARN that was invoked."""

    arn: str
    payload: bytes
    request_id: str
    accepted: datetime
    invoked: int = 0
    failed: int = 0
    last: Result | None = None
    version: str = ""

    @property
    def function_name(self) -> str:
        """The name of the function."""
        return self.arn.split(":")[6]


class Owner(Protocol):
    """What a queue needs of the Lambda backend that it belongs to."""

    account_id: str
    region_name: str
    invoke_configs: InvokeConfigs

    def invoked_version(self, function_name: str, qualifier: str | None, log_type: str | None) -> Function:
        """The version that an invocation reaches. Raises LambdaError."""
        ...

    def most_concurrent(self, version: Function) -> int:
        """How many invocations of the version its environments take at the same time."""
        ...

    def run(self, version: Function, request: Request, done: Any) -> None:
        """Invoke the version; `done` is told how it went."""
        ...


class EventQueues:
    """The queues of one account and Region, by function name."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._queues: dict[str, EventQueue] = {}

    def accept(self, event: QueuedEvent) -> None:
        """Put the event into its function's queue; it runs as soon as there is room."""
        name = event.function_name
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = EventQueue(self._owner, name)
        queue.accept(event)

    def forget(self, name: str) -> None:
        """The function is gone, and its events with it."""
        self._queues.pop(name, None)

    def size(self, name: str) -> int:
        """How many events of the function are waiting, running or due later."""
        return self._queues[name].size if name in self._queues else 0


class EventQueue:
    """The events of one function."""

    def __init__(self, owner: Owner, name: str) -> None:
        self._owner = owner
        self._name = name
        self._waiting: deque[QueuedEvent] = deque()
        self._running = 0
        self._due_later = 0
        self._throttles = 0
        self._is_backing_off = False
        self._is_pumping = False

    @property
    def size(self) -> int:
        """Events that have not left the queue."""
        return len(self._waiting) + self._running + self._due_later

    def accept(self, event: QueuedEvent) -> None:
        """Take a new event."""
        self._waiting.append(event)
        self._pump()

    # --- waiting to running --------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Run what waits, as far as there is room. Not entered twice: a run may end before its start returns."""
        if self._is_pumping:
            return
        self._is_pumping = True
        try:
            while self._waiting and not self._is_backing_off:
                event = self._waiting.popleft()
                if not self._run(event):
                    self._waiting.appendleft(event)
                    break
        finally:
            self._is_pumping = False

    def _run(self, event: QueuedEvent) -> bool:
        """Run the event or let it go; False when it has to wait for a run to end."""
        now = self._now()
        if (now - event.accepted).total_seconds() > self._config(event).most_age_s:
            self._discard(event, "EventAgeExceeded")
            return True
        try:
            version = self._owner.invoked_version(self._name, event.arn.split(":")[7], None)
        except ResourceNotFound:
            log.info("an event for %s is dropped: the function is gone", event.arn)
            return True
        except LambdaError as refusal:
            event.last = Result("unavailable", error_type=refusal.code, message=refusal.message)
            self._waiting.appendleft(event)
            self._back_off()
            return True
        if self._running and self._running >= self._owner.most_concurrent(version):
            return False
        self._running += 1
        event.version = str(version.version)
        request = Request(event.payload, event.request_id, invoked_arn=event.arn)
        self._owner.run(version, request, partial(self._ended, event))
        return True

    # --- running to anywhere -------------------------------------------------------------------------------------------

    def _ended(self, event: QueuedEvent, result: Result) -> None:
        self._running -= 1
        event.last = result
        if result.kind in ("throttled", "unavailable"):
            self._waiting.appendleft(event)
            self._back_off()
            return
        self._throttles = 0
        self._is_backing_off = False
        event.invoked += 1
        if result.kind == "answer":
            self._record(event, "OnSuccess", "Success")
        else:
            self._failed(event)
        self._pump()

    def _failed(self, event: QueuedEvent) -> None:
        event.failed += 1
        if event.failed > self._config(event).retries:
            self._discard(event, "RetriesExhausted")
            return
        delays = facts.value("asynchronous.retry_delays_s")
        self._due_later += 1
        clock_for(self._owner.account_id).call_later(delays[event.failed - 1], self._again, event)

    def _again(self, event: QueuedEvent) -> None:
        self._due_later -= 1
        self._waiting.append(event)
        self._pump()

    def _back_off(self) -> None:
        """Nothing more is run until the interval is over or a run ends well."""
        first, most = facts.value("asynchronous.throttle_backoff_s")
        delay = min(most, first * 2 ** min(self._throttles, 16))
        self._throttles += 1
        if not self._is_backing_off:
            self._is_backing_off = True
            clock_for(self._owner.account_id).call_later(delay, self._backed_off)

    def _backed_off(self) -> None:
        self._is_backing_off = False
        self._pump()

    # --- leaving -------------------------------------------------------------------------------------------------------

    def _discard(self, event: QueuedEvent, condition: str) -> None:
        self._record(event, "OnFailure", condition)
        target = self._dead_letter_target()
        if target:
            last = event.last
            code = {"throttled": _TOO_MANY, "unavailable": _SERVICE_ERROR}.get(last.kind if last else "", _OK)
            send_dead_letter(target, event.payload, event.request_id, code, _message_of(last))

    def _dead_letter_target(self) -> str:
        try:
            latest = self._owner.get_function(self._name)  # type: ignore[attr-defined]
        except LambdaError:
            return ""
        return str(latest.dead_letter_target)

    def _record(self, event: QueuedEvent, side: str, condition: str) -> None:
        destination = self._config(event).destination(side)
        if destination:
            send_record(
                destination,
                record_of(event, condition, self._now()),
                account_id=self._owner.account_id,
                region=self._owner.region_name,
                now=self._now(),
                prefix=f"aws/lambda/async/{self._name}",
            )

    def _config(self, event: QueuedEvent) -> Any:
        return self._owner.invoke_configs.applied(event.arn, event.accepted)

    def _now(self) -> datetime:
        return clock_for(self._owner.account_id).now()


def record_of(event: QueuedEvent, condition: str, now: datetime) -> dict[str, Any]:
    """The invocation record, in AWS's form; without a response for an event that never ran."""
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": timestamp(now),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": event.arn,
            "condition": condition,
            "approximateInvokeCount": event.invoked,
        },
        "requestPayload": _as_json(event.payload),
    }
    if event.invoked and event.last is not None:
        context: dict[str, Any] = {"statusCode": _OK, "executedVersion": event.version}
        if event.last.is_function_error:
            context["functionError"] = "Unhandled"
        record["responseContext"] = context
        record["responsePayload"] = _as_json(event.last.payload)
    return record


def _message_of(result: Result | None) -> str:
    if result is None:
        return ""
    if result.message:
        return result.message
    document = _as_json(result.payload)
    return str(document.get("errorMessage", "")) if isinstance(document, dict) else ""


def _as_json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode(errors="replace") or None
