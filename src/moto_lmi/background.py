"""What goes on while nobody asks: starting functions' code, and hearing how it went, one thing at a time.

The state machines of the emulator are plain data; this is where threads are. An invocation is launched here and its end
comes in here, in one thread that takes the emulator's lock for each. The thread starts with the first launch.

    Runs.start ─▶ launch ─▶ runner (execution environments) ─▶ inbox ─▶ change `run` ─▶ Runs.finished
"""

from __future__ import annotations

import base64
import logging
import os
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from moto_lmi import changes, clock
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.runs import Request, Result, Runs

log = logging.getLogger(__name__)

_TICK_S = 1.0
SETTLE_LIMIT_S = 120.0
"""How long virtual time waits for functions that are running, in real seconds."""


@dataclass(frozen=True)
class Address:
    """Where the end of a run is to be told."""

    account_id: str
    region: str
    run_id: str


class Runner(Protocol):
    """Runs a request on a published version; never waits."""

    def __call__(self, version: Function, request: Request) -> Future[Result]:
        """Run it."""
        ...


class Background:
    """The process's runs: those that are going on, and those that have ended and were not told of yet."""

    def __init__(self) -> None:
        self.runner: Runner | None = None
        self.is_replaying = False
        """While it is on, runs are noted in the state and not launched."""
        self._keeps_time = False
        self.begin_anew()

    def begin_anew(self) -> None:
        """With nothing launched and no thread: at first, and in a forked child, where the parent's thread is not."""
        self._inbox: queue.SimpleQueue[tuple[Address, Result]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._pending = 0
        self._quiet = threading.Condition(self._guard)

    def launch(self, address: Address, version: Function, request: Request) -> None:
        """Start the run, unless history is being replayed: then its end is in the journal, or it is restarted later."""
        if self.is_replaying:
            return
        self._begin()
        with self._guard:
            self._pending += 1
        try:
            future = (self.runner or default_runner())(version, request)
        except Exception as exc:
            log.exception("%s could not be run", version.arn)
            future = Future()
            future.set_exception(exc)
        future.add_done_callback(lambda ended: self._inbox.put((address, _result_of(ended))))

    def _begin(self) -> None:
        with self._guard:
            if self._thread is None:
                self.hold_time()
                self._thread = threading.Thread(target=self._tell, name="lmi-background", daemon=True)
                self._thread.start()

    def serve(self, *, keeps_time: bool, was_loaded: bool) -> None:
        """Things can be reached from now on: if the state was loaded, what it had running runs again.

        With `keeps_time` clocks are looked after; else time passes with the requests and when it is advanced.
        """
        self.is_replaying, self._keeps_time = False, keeps_time
        if was_loaded:
            self.restart()
        self._begin()

    def restart(self, account_id: str | None = None) -> None:
        """Run again what the state has running, of one account or of all: it was loaded."""
        if self.is_replaying:
            return
        with STATE:
            for runs in all_runs():
                if account_id in (None, runs.account_id):
                    runs.restart()

    def _tell(self) -> None:
        while True:
            try:
                address, result = self._inbox.get(timeout=_TICK_S if self._keeps_time else None)
            except queue.Empty:
                self._tick()
                continue
            try:
                changes.make("run", to_document(address, result))
            except Exception:
                log.exception("the end of an invocation could not be told")
            with self._guard:
                self._pending -= 1
                if self._pending == 0:
                    self._quiet.notify_all()

    def _tick(self) -> None:
        with STATE:
            for each in list(clock.ALL.values()):
                try:
                    each.catch_up()
                except Exception:
                    log.exception("what was due could not be done")

    @property
    def has_run(self) -> bool:
        """Whether something was ever launched in this process."""
        return self._thread is not None

    @property
    def pending(self) -> int:
        """Runs that are going on, or whose end was not told yet."""
        return self._pending

    @property
    def is_quiet(self) -> bool:
        """Whether no run is going on."""
        return self._pending == 0

    def hold_time(self) -> None:
        """Let time that is advanced stand still while something runs."""
        clock.wait_for(lambda: self._pending > 0, self.settle)

    def catch_up(self, account_id: str) -> None:
        """Make what has become due in the account."""
        with STATE:
            clock.clock_for(account_id).catch_up()

    def settle(self, limit_s: float = SETTLE_LIMIT_S) -> bool:
        """Wait until no run is going on, with the lock let go; False when that took more than `limit_s` real seconds."""
        if self.is_quiet or threading.current_thread() is self._thread:
            return self.is_quiet
        with lock_released():
            deadline = time.monotonic() + limit_s
            with self._quiet:
                while self._pending and (left := deadline - time.monotonic()) > 0:
                    self._quiet.wait(left)
                return self._pending == 0


@contextmanager
def lock_released() -> Iterator[None]:
    """Let the emulator's lock go, however often this thread holds it, and take it again afterwards."""
    held = 0
    while STATE._is_owned():  # type: ignore[attr-defined]
        STATE.release()
        held += 1
    try:
        yield
    finally:
        for _ in range(held):
            STATE.acquire()


def run_ended(document: Mapping[str, Any]) -> None:
    """Tell the account's state how a run went; a kind of change."""
    address, result = from_document(document)
    runs = getattr(backend_of(address.account_id, address.region), "runs", None)
    if runs is not None:
        clock.clock_for(address.account_id).catch_up()
        runs.finished(address.run_id, result)


def all_runs() -> list[Runs]:
    """The runs of every account and Region."""
    from moto.awslambda.models import lambda_backends

    backends = [backend for regions in list(lambda_backends.values()) for backend in list(regions.values())]
    return [backend.runs for backend in backends if hasattr(backend, "runs")]


def backend_of(account_id: str, region: str) -> Any:
    """The Lambda backend of the account and Region if one is in use, else None; none is made by asking."""
    from moto.awslambda.models import lambda_backends

    regions: Any = dict.get(lambda_backends, account_id)
    return None if regions is None else dict.get(regions, region)


def default_runner() -> Runner:
    """The runner on real execution environments; nothing of them is imported before."""
    from moto_lmi.unattended import run_unattended

    return run_unattended


def _result_of(future: Future[Result]) -> Result:
    from moto_lmi.runs import Result

    error = future.exception()
    if error is None:
        return future.result()
    return Result("unavailable", error_type=type(error).__name__, message=str(error))


def to_document(address: Address, result: Result) -> dict[str, Any]:
    """An end as JSON, for the journal."""
    return {
        "account": address.account_id,
        "region": address.region,
        "run": address.run_id,
        "kind": result.kind,
        "payload": base64.b64encode(result.payload).decode(),
        "error_type": result.error_type,
        "message": result.message,
    }


def from_document(document: Mapping[str, Any]) -> tuple[Address, Result]:
    """What `to_document` wrote."""
    from moto_lmi.runs import Result

    address = Address(document["account"], document["region"], document["run"])
    payload = base64.b64decode(document["payload"])
    return address, Result(document["kind"], payload, document["error_type"], document["message"])


BACKGROUND = Background()
os.register_at_fork(after_in_child=BACKGROUND.begin_anew)
launch = BACKGROUND.launch
settle = BACKGROUND.settle
