"""Hands log records and news to their owners, in order, in a thread of its own.

So an owner may take its time or wait for a lock without holding up the functions. What waits is bounded for every owner.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from moto_lmi.runtime.model import LogRecord

log = logging.getLogger(__name__)

LARGEST_BACKLOG = 16 * 1024 * 1024
_OVERHEAD = 300
_TOGETHER_S = 0.005


class Outbox:
    """What waits for one owner."""

    def __init__(self, delivery: Delivery, on_log: Callable[[LogRecord], None] | None) -> None:
        """`on_log` is called in the delivery's thread."""
        self._delivery, self._on_log = delivery, on_log
        self._lock = threading.Lock()
        self._waiting = 0

    def log(self, record: LogRecord) -> bool:
        """Deliver the record. False when too much waits already and it was dropped."""
        if self._on_log is None:
            return True
        size = _OVERHEAD + (len(record.record) if isinstance(record.record, str) else 0)
        with self._lock:
            if self._waiting + size > LARGEST_BACKLOG and not record.kind.startswith("platform."):
                return False
            self._waiting += size
        self._delivery.put(lambda: self._deliver(record, size))
        return True

    def _deliver(self, record: LogRecord, size: int) -> None:
        assert self._on_log is not None
        try:
            self._on_log(record)
        finally:
            with self._lock:
                self._waiting -= size


class Delivery:
    """The thread. What is put within a few milliseconds goes to it together, so that it seldom interrupts the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """`loop` is the data plane's; calls are put in it."""
        self._loop = loop
        self._batch: list[Callable[[], object]] = []
        self._queue: queue.SimpleQueue[list[Callable[[], object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="lmi-delivery", daemon=True)
        self._thread.start()

    def put(self, call: Callable[[], object]) -> None:
        """Have the call made after all that were put before. To be called in the loop."""
        self._batch.append(call)
        if len(self._batch) == 1:
            self._loop.call_later(_TOGETHER_S, self._hand_over)

    def drained(self) -> Future[None]:
        """Done when all that was put before has been delivered. To be called in the loop."""
        future: Future[None] = Future()
        self.put(lambda: future.set_result(None))
        self._hand_over()
        return future

    def close(self) -> None:
        """Deliver what waits, then end. To be called when the loop has ended."""
        self._hand_over()
        self._queue.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=10)

    def _hand_over(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._queue.put(batch)

    def _run(self) -> None:
        while (batch := self._queue.get()) is not None:
            for call in batch:
                try:
                    call()
                except Exception:
                    log.exception("an owner of an execution environment failed on what it was told")
