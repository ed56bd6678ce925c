"""What functions log comes to CloudWatch Logs: gathered for a moment, then written in one change of the state.

A stream keeps its newest events, so that a load test doesn't fill the memory and the snapshots of a server.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from moto.logs.models import LogsBackend, logs_backends

from moto_lmi import changes
from moto_lmi.clock import clock_for
from moto_lmi.invoking.log_lines import lines_of
from moto_lmi.invoking.outgoing import where
from moto_lmi.locking import STATE
from moto_lmi.runtime import LogRecord

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.runtime import DataPlane, EnvironmentSpec

MOST_EVENTS = 10_000
"""How many events of a stream are kept."""

_TOGETHER_S = 0.1
_LOOK_AGAIN_S = 1.0


def reachable(version: Function, environment_uid: str) -> bool | None:
    """Whether there is a way from the environment's instance to CloudWatch Logs; None when the environment is gone."""
    from moto_lmi.network.emulated import logs_arrive

    found = where(version, environment_uid)
    return None if found is None else logs_arrive(version.account_id, version.region, *found)


has_way: Callable[[Function, str], bool | None] = reachable
"""Asked with the lock held, for functions on a capacity provider."""


class Batch(TypedDict):
    """Events of one stream, each a time in milliseconds and a message."""

    account: str
    region: str
    group: str
    stream: str
    events: list[tuple[int, str]]


@dataclass(eq=False)
class Sink:
    """Takes the records of one environment."""

    writer: LogWriter
    version: Function
    uid: str
    spec: EnvironmentSpec
    events: list[tuple[int, str]] = field(default_factory=list)
    is_closed: bool = False
    _init_ms: float | None = None
    _arrives: bool = True
    _looked: float = -_LOOK_AGAIN_S

    def __call__(self, record: LogRecord) -> None:
        """In the delivery's thread: take a record."""
        if record.kind == "platform.initReport":
            self._init_ms = record.record["metrics"]["durationMs"]
        at = clock_for(self.version.account_id).at(record.time)
        lines = lines_of(record, at, self.version, self._init_ms)
        if record.kind == "platform.report":
            self._init_ms = None
        if lines:
            self.writer.take(self, [(int(at.timestamp() * 1000), line) for line in lines])

    def arrives(self) -> bool:
        """Whether its log arrives; looked up again after a while, because networks change, and while it is there."""
        if self.version.is_managed and time.monotonic() - self._looked >= _LOOK_AGAIN_S:
            found = has_way(self.version, self.uid)
            self._looked, self._arrives = time.monotonic(), self._arrives if found is None else found
        return self._arrives


class LogWriter:
    """Gathers what all environments log. Usable from any thread."""

    def __init__(self, plane: DataPlane) -> None:
        """`plane` has the loop by which it waits."""
        self._plane = plane
        self._lock = threading.Lock()
        self._full: list[Sink] = []
        self._sinks: dict[str, weakref.WeakSet[Sink]] = {}

    def sink(self, account: str, version: Function, uid: str, spec: EnvironmentSpec) -> Sink:
        """What takes the records of the environment with the id; `account` is by what `forget` knows it."""
        made = Sink(self, version, uid, spec)
        with self._lock:
            self._sinks.setdefault(account, weakref.WeakSet()).add(made)
        return made

    def take(self, sink: Sink, events: list[tuple[int, str]]) -> None:
        """Events of a sink, to be written in a moment."""
        with self._lock:
            first = not self._full
            if not sink.events:
                self._full.append(sink)
            sink.events += events
        if first:
            self._plane.post(lambda: self._plane.loop.call_later(_TOGETHER_S, self._write_aside))

    def _write_aside(self) -> None:
        try:
            self._plane.loop.run_in_executor(None, self.write)
        except RuntimeError:  # the interpreter is about to end, and starts no thread any more
            self.write()

    def write(self) -> None:
        """Write what has been gathered."""
        with STATE:
            with self._lock:
                full, self._full = self._full, []
                taken = [(sink, sink.events) for sink in full]
                for sink in full:
                    sink.events = []
            batches = [
                Batch(
                    account=sink.version.account_id,
                    region=sink.version.region,
                    group=sink.spec.log_group_name,
                    stream=sink.spec.log_stream,
                    events=events,
                )
                for sink, events in taken
                if events and not sink.is_closed and sink.arrives()
            ]
            if batches:
                changes.make("logs", batches)

    def settle(self) -> Future[None]:
        """Done when all that has been printed so far, and has come in, is written."""
        done: Future[None] = Future()

        def finish() -> None:
            try:
                self.write()
            finally:
                done.set_result(None)

        def drain() -> None:
            drained = self._plane.delivery.drained()
            drained.add_done_callback(lambda _: finish())

        self._plane.post(drain)
        return done

    def forget(self, account: str) -> None:
        """The account was reset: what its environments still say is for nobody."""
        with self._lock:
            for sink in self._sinks.pop(account, ()):
                sink.is_closed = True


def write(batches: list[Any]) -> None:
    """Write batches into the streams, which are made if they aren't there."""
    for batch in batches:
        backend: LogsBackend = logs_backends[batch["account"]][batch["region"]]
        backend.ensure_log_group(batch["group"])
        streams = backend.groups[batch["group"]].streams
        if batch["stream"] not in streams:
            backend.create_log_stream(batch["group"], batch["stream"])
        stream = streams[batch["stream"]]
        stream.put_log_events([{"timestamp": moment, "message": message} for moment, message in batch["events"]])
        del stream.events[:-MOST_EVENTS]
