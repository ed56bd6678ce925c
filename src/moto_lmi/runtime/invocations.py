"""The invocations of one environment: which worker has which, until when, and what their callers are told.

The workers ask for work with /next; each of them waits in a queue until an invocation comes. AWS's rules, as far as
they are public, are followed: no more in flight than the maximum, a free worker or none at once, a deadline that
answers the caller and leaves the code running, late and second answers refused. One thing is ours: a worker that has
just answered needs a moment to ask again, so an invocation that is within the maximum waits up to a second for it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.http import Connection
from moto_lmi.runtime.model import (
    EXIT_ERROR,
    TIMED_OUT,
    Answer,
    Busy,
    Ended,
    EnvironmentSpec,
    FunctionError,
    Invocation,
    Lost,
    timestamp,
)
from moto_lmi.runtime.streams import Outcome, Stream

Emit = Callable[[str, dict[str, Any], str], None]

_HANDOVER_S = 1.0
# Node.js has more workers that ask than may get work, and takes a refusal for an invocation or ends the worker.
_MOST_AHEAD = 1024


@dataclass(eq=False, slots=True)
class Running:
    """One invocation that a worker has."""

    invocation: Invocation
    future: Future[Outcome]
    connection: Connection
    timeout_s: float
    started: float = field(default_factory=time.monotonic)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    responded: float = 0.0
    responded_at: datetime | None = None
    timer: asyncio.TimerHandle | None = None
    stream: Stream | None = None
    answered: bool = False  # the caller has its outcome, or a stream that ended
    responding: bool = False  # the runtime has begun to answer
    failed: bool = False  # the runtime has reported an error


@dataclass(eq=False, slots=True)
class _Pending:
    invocation: Invocation
    future: Future[Outcome]
    timer: asyncio.TimerHandle | None = None


class Invocations:
    """What is waiting, running and overdue in one environment. Everything happens in the data plane's loop."""

    def __init__(
        self,
        spec: EnvironmentSpec,
        loop: asyncio.AbstractEventLoop,
        emit: Emit,
        worker_per_connection: bool,
        on_end: Callable[[Ended], object] | None = None,
    ) -> None:
        """`worker_per_connection`: a worker keeps the connection on which it asks, so that its end shows.

        `on_end` hears of every end before the caller does.
        """
        self._spec, self._loop, self._emit = spec, loop, emit
        self._worker_per_connection = worker_per_connection
        self._on_end, self._peak = on_end, 0
        self._idle: deque[Connection] = deque()
        self._pending: deque[_Pending] = deque()
        self._running: dict[str, Running] = {}
        self._overdue: dict[str, Running] = {}
        self._workers: set[Connection] = set()
        self._joined = 0
        self._never_joined = 0
        self._ended: tuple[str, str] | None = None
        self.loss_type = EXIT_ERROR

    # --- figures -------------------------------------------------------------------------------------------------------

    @property
    def in_flight(self) -> int:
        """How many invocations occupy a worker, those past their deadline included."""
        return len(self._running) + len(self._overdue)

    @property
    def load(self) -> int:
        """How many are in flight or wait for a worker."""
        return self.in_flight + len(self._pending)

    @property
    def is_started(self) -> bool:
        """Whether a worker has asked for work yet."""
        return self._joined > 0

    @property
    def capacity(self) -> int:
        """How many invocations can be in flight with the workers that are left, those still starting included."""
        most = self._spec.max_concurrency
        if not self._worker_per_connection:
            return most
        return min(most, len(self._workers) + max(0, most - self._joined - self._never_joined))

    def figures(self) -> dict[str, int]:
        """Workers and invocations, for a description."""
        return {
            "workers": len(self._workers),
            "capacity": self.capacity,
            "idle": len(self._idle),
            "in_flight": self.in_flight,
            "past_deadline": len(self._overdue),
        }

    # --- callers -------------------------------------------------------------------------------------------------------

    def invoke(self, invocation: Invocation, future: Future[Outcome]) -> None:
        """Give the invocation to a worker, or answer at once that there is none."""
        if not future.set_running_or_notify_cancel():
            return
        name = invocation.request_id
        if self._ended:
            future.set_result(_lost(*self._ended))
        elif (
            name in self._running
            or name in self._overdue
            or any(p.invocation.request_id == name for p in self._pending)
        ):
            future.set_exception(ValueError(f"request_id {name!r} is in use; every invocation needs its own"))
        elif self._idle and self.in_flight < self._spec.max_concurrency:
            self._hand_over(self._idle.popleft(), invocation, future)
        elif self.in_flight + len(self._pending) < self.capacity:
            pending = _Pending(invocation, future)
            pending.timer = self._loop.call_later(_HANDOVER_S, self._give_up, pending)
            self._pending.append(pending)
        else:
            future.set_result(_busy())

    def _give_up(self, pending: _Pending) -> None:
        self._pending.remove(pending)
        pending.future.set_result(_busy())

    def _hand_over(self, connection: Connection, invocation: Invocation, future: Future[Outcome]) -> None:
        timeout_s = invocation.timeout_s or self._spec.timeout_s
        running = Running(invocation, future, connection, timeout_s)
        self._running[invocation.request_id] = running
        self._peak = max(self._peak, self.in_flight)
        start = {
            "requestId": invocation.request_id,
            "version": self._spec.function_version,
            "functionArn": self._spec.arn,
        }
        self._emit("platform.start", {**start, **_tracing(invocation)}, invocation.request_id)
        headers = {
            "Content-Type": invocation.content_type or "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout_s) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.invoked_arn or self._spec.arn,
        }
        for name, text in (
            ("Lambda-Runtime-Trace-Id", invocation.trace_id),
            ("Lambda-Runtime-Client-Context", invocation.client_context),
            ("Lambda-Runtime-Cognito-Identity", invocation.cognito_identity),
        ):
            if text:
                headers[name] = text
        running.timer = self._loop.call_later(timeout_s, self._deadline, running)
        connection.respond(200, headers, invocation.payload)

    # --- workers -------------------------------------------------------------------------------------------------------

    def ask(self, connection: Connection) -> bool:
        """A worker asks for work. False when more workers wait than there may be."""
        left_over = self._of(connection)
        if left_over is not None and self._worker_per_connection:
            self._abandon(left_over)
        if len(self._idle) >= (self._spec.max_concurrency if self._worker_per_connection else _MOST_AHEAD):
            return False
        if connection not in self._workers:
            self._workers.add(connection)
            self._joined += 1
        if self._pending and self.in_flight < self._spec.max_concurrency:
            pending = self._pending.popleft()
            if pending.timer is not None:
                pending.timer.cancel()
            self._hand_over(connection, pending.invocation, pending.future)
        else:
            self._idle.append(connection)
        return True

    def worker_failed_to_start(self) -> None:
        """A worker has reported that it will never ask for work."""
        self._never_joined += 1
        self._trim()

    def closed(self, connection: Connection) -> bool:
        """A client went away. True when it was a worker that is lost now."""
        if connection in self._idle:
            self._idle.remove(connection)
        if connection not in self._workers:
            return False
        self._workers.discard(connection)
        if not self._worker_per_connection:
            return False
        running = self._of(connection)
        if running is not None:
            self._abandon(running)
        self._trim()
        return True

    def _of(self, connection: Connection) -> Running | None:
        for group in (self._running, self._overdue):
            for running in group.values():
                if running.connection is connection:
                    return running
        return None

    def _abandon(self, running: Running) -> None:
        """The worker that has the invocation is gone, or has moved on without an answer."""
        name = running.invocation.request_id
        if self._overdue.pop(name, None) is None:
            loss, self.loss_type = self.loss_type, EXIT_ERROR
            words = str(knowledge.value("sentences.worker_lost")).format(request_id=name)
            self.finish(running, FunctionError.made_here(loss, words))

    def _trim(self) -> None:
        while self._pending and self.in_flight + len(self._pending) > self.capacity:
            pending = self._pending.pop()
            if pending.timer is not None:
                pending.timer.cancel()
            pending.future.set_result(_busy())

    # --- answers -------------------------------------------------------------------------------------------------------

    def find(self, request_id: str) -> Running | None:
        """The invocation that is running under the id."""
        return self._running.get(request_id)

    def came_too_late(self, request_id: str) -> bool:
        """Whether the id is of an invocation that timed out and wasn't answered; the worker is free now."""
        return self._overdue.pop(request_id, None) is not None

    def begin(self, running: Running) -> None:
        """The runtime has begun to answer."""
        running.responding = True
        running.responded, running.responded_at = time.monotonic(), datetime.now(UTC)

    def open_stream(self, running: Running, content_type: str) -> Stream:
        """Give the caller a stream to read while the function writes."""
        running.stream = Stream(self._loop, content_type)
        running.future.set_result(running.stream)
        return running.stream

    def finish(self, running: Running, outcome: Answer | FunctionError | Lost) -> None:
        """The invocation is over: tell its caller and the log, and free its worker."""
        if self._running.pop(running.invocation.request_id, None) is not None:
            self._conclude(running, outcome)

    def _conclude(self, running: Running, outcome: Answer | FunctionError | Lost) -> None:
        if running.timer is not None:
            running.timer.cancel()
        running.answered = True
        self._report(running, outcome)
        error = None if isinstance(outcome, Answer) else outcome
        if running.stream is not None:
            running.stream.end(error)
        elif running.invocation.streaming and isinstance(outcome, Answer):
            stream = Stream(self._loop, outcome.content_type)
            stream.put(outcome.payload, _nothing, _nothing)
            stream.end()
            running.future.set_result(stream)
        else:
            running.future.set_result(outcome)

    def _deadline(self, running: Running) -> None:
        name = running.invocation.request_id
        del self._running[name]
        self._overdue[name] = running
        words = f"Task timed out after {running.timeout_s:.2f} seconds"
        self._conclude(running, FunctionError.made_here(TIMED_OUT, words))

    def free(self, running: Running) -> None:
        """The worker has ended what was past its deadline."""
        self._overdue.pop(running.invocation.request_id, None)

    def _report(self, running: Running, outcome: Answer | FunctionError | Lost) -> None:
        ended = time.monotonic()
        status, error_type = "success", ""
        if isinstance(outcome, FunctionError | Lost):
            error_type = outcome.error_type
            status = "timeout" if error_type == TIMED_OUT else "error"
        record: dict[str, Any] = {
            "requestId": running.invocation.request_id,
            "status": status,
            "metrics": {"durationMs": _ms(running.started, ended)},
            **_tracing(running.invocation),
        }
        spans = []
        if running.responded_at is not None:
            latency = _ms(running.started, running.responded)
            spans.append({"name": "responseLatency", "start": timestamp(running.started_at), "durationMs": latency})
            if status == "success" or running.failed:
                length = _ms(running.responded, ended)
                spans.append(
                    {"name": "responseDuration", "start": timestamp(running.responded_at), "durationMs": length}
                )
        if spans:
            record["spans"] = spans
        if error_type:
            record["errorType"] = error_type
        self._emit("platform.report", record, running.invocation.request_id)
        if self._on_end is not None:
            self._on_end(Ended(ended - running.started, bool(error_type), self._peak))
        self._peak = self.in_flight

    # --- the end -------------------------------------------------------------------------------------------------------

    def end(self, error_type: str, message: str) -> None:
        """The environment is over: everyone who still waits is told."""
        self._ended = (error_type, message)
        for pending in self._pending:
            if pending.timer is not None:
                pending.timer.cancel()
            pending.future.set_result(_lost(error_type, message))
        self._pending.clear()
        for running in list(self._running.values()):
            words = f"RequestId: {running.invocation.request_id} Error: {message}"
            self.finish(running, _lost(error_type, words))
        self._overdue.clear()
        self._idle.clear()


def _busy() -> Busy:
    return Busy("Runtime.Unavailable", "no idle runtimes")


def _lost(error_type: str, message: str) -> Lost:
    return Lost(error_type, message, FunctionError.made_here(error_type, message).payload)


def _tracing(invocation: Invocation) -> dict[str, Any]:
    return {"tracing": {"type": "X-Amzn-Trace-Id", "value": invocation.trace_id}} if invocation.trace_id else {}


def _ms(started: float, ended: float) -> float:
    return round((ended - started) * 1000, 3)


def _nothing() -> None:
    """The whole is there already: nobody is to be paused."""
