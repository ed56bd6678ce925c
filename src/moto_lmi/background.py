"""What goes on while nobody asks: starting functions' code, and hearing how it went, one thing at a time.

The state machines of the emulator are plain data; this is where threads are. An invocation is launched here and its end
comes in here, in one thread that takes the emulator's lock for each. The thread starts with the first launch.

    Runs.start ─▶ launch ─▶ runner (execution environments) ─▶ inbox ─▶ deliver ─▶ Runs.finished
"""

from __future__ import annotations

import base64
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from moto_lmi import clock
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.runs import Request, Result

log = logging.getLogger(__name__)

SETTLE_LIMIT_S = 30.0
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
        self.deliver: Callable[[Address, Result], object] = deliver
        """Tells the state of an end; the HTTP endpoint writes it into its journal as well."""
        self._inbox: queue.SimpleQueue[tuple[Address, Result]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._pending = 0
        self._quiet = threading.Condition(self._guard)
        self.is_replaying = False

    def launch(self, address: Address, version: Function, request: Request) -> None:
        """Start the run, unless history is being replayed: then its end is in the journal, or it is restarted later."""
        if self.is_replaying:
            return
        with self._guard:
            self._pending += 1
            if self._thread is None:
                self.hold_time()
                self._thread = threading.Thread(target=self._tell, name="lmi-background", daemon=True)
                self._thread.start()
        try:
            future = (self.runner or default_runner())(version, request)
        except Exception as exc:
            log.exception("%s could not be run", version.arn)
            future = Future()
            future.set_exception(exc)
        future.add_done_callback(lambda ended: self._inbox.put((address, _result_of(ended))))

    def _tell(self) -> None:
        while True:
            address, result = self._inbox.get()
            try:
                self.deliver(address, result)
            except Exception:
                log.exception("the end of an invocation could not be told")
            with self._guard:
                self._pending -= 1
                if self._pending == 0:
                    self._quiet.notify_all()

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


def deliver(address: Address, result: Result) -> None:
    """Tell the account's state how a run went."""
    with STATE:
        runs = getattr(backend_of(address.account_id, address.region), "runs", None)
        if runs is not None:
            clock.clock_for(address.account_id).catch_up()
            runs.finished(address.run_id, result)


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
launch = BACKGROUND.launch
settle = BACKGROUND.settle
