"""The data plane: one thread with an event loop in which all execution environments live.

Nothing runs until the first environment is made. At the interpreter's end, or with `close`, everything is ended; if the
process is killed instead, the sandboxes end by themselves.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import itertools
import logging
import os
import re
import shutil
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from moto_lmi.runtime.aside import aside
from moto_lmi.runtime.delivery import Delivery, Outbox
from moto_lmi.runtime.environment import ExecutionEnvironment
from moto_lmi.runtime.model import Ended, EnvironmentSpec, LogRecord
from moto_lmi.runtime.watchdog import processes

log = logging.getLogger(__name__)
T = TypeVar("T")

_WATCH_EVERY_S = 0.5
_CLOSE_LIMIT_S = 15.0
_DIRECTORY = re.compile(r"lmi-plane-(\d+)-.*")


class DataPlane:
    """Makes execution environments and ends them. Usable from any thread; a context manager too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._delivery: Delivery | None = None
        self._root: Path | None = None
        self._numbers = itertools.count(1)
        self._environments: weakref.WeakSet[ExecutionEnvironment] = weakref.WeakSet()
        self._closed = False
        self._posted: deque[Callable[[], object]] = deque()
        self._is_signalled = False
        self._has_ended = False

    def __enter__(self) -> DataPlane:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def environment(
        self,
        spec: EnvironmentSpec,
        on_log: Callable[[LogRecord], None] | None = None,
        on_change: Callable[[ExecutionEnvironment, str], None] | None = None,
        on_end: Callable[[Ended], object] | None = None,
    ) -> ExecutionEnvironment:
        """An environment that can be started.

        `on_log` gets every log record, in order; `on_change` gets `ready`, `failed`, `worker_lost`, `lost` or `stopped`.
        Both are called in one thread of the data plane's, never in its loop, so they may wait. `on_end` hears of every
        invocation that is over, in the loop and before its caller does. Raises RuntimeError when the data plane is closed.
        """
        self._ensure()
        outbox = Outbox(self.delivery, on_log)

        async def make() -> ExecutionEnvironment:
            made = ExecutionEnvironment(self, f"environment-{next(self._numbers)}", spec, outbox, on_change, on_end)
            self._environments.add(made)
            return made

        return self.submit(make()).result()

    @property
    def is_running(self) -> bool:
        """Whether its thread has been started and not ended."""
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """End every environment and the thread; done when nothing is left. Harmless when called again."""
        with self._lock:
            if self._closed or self._thread is None:
                self._closed = True
                return
            self._closed = True
        atexit.unregister(self.close)
        try:
            self.submit(self._end()).result(timeout=_CLOSE_LIMIT_S)
        except TimeoutError:
            log.error("the data plane did not end within %g seconds", _CLOSE_LIMIT_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=_CLOSE_LIMIT_S)
        self.delivery.close()
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)

    def start(self) -> None:
        """Start the thread with the loop, if it isn't running; the first environment would do it too."""
        self._ensure()

    def environments(self) -> list[ExecutionEnvironment]:
        """The environments that were made and that anyone still holds, also those that have ended."""
        return list(self._environments)

    @property
    def is_here(self) -> bool:
        """Whether the caller is in the loop's thread."""
        return self._thread is not None and threading.get_ident() == self._thread.ident

    @property
    def root(self) -> Path:
        """The directory of everything that is on disk; it goes with the data plane."""
        assert self._root is not None
        return self._root

    # --- for the environments ------------------------------------------------------------------------------------------

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop."""
        assert self._loop is not None
        return self._loop

    @property
    def delivery(self) -> Delivery:
        """The thread in which owners are told things."""
        assert self._delivery is not None
        return self._delivery

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run the coroutine in the loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def post(self, call: Callable[[], object]) -> None:
        """Have the call made in the loop, soon; calls of several threads are made together. Raises RuntimeError when closed."""
        self._posted.append(call)
        if self._has_ended:
            raise RuntimeError("the data plane is closed")
        if not self._is_signalled:
            self._is_signalled = True
            self.loop.call_soon_threadsafe(self._take_posted)

    def _take_posted(self) -> None:
        self._is_signalled = False  # before the calls are taken: one that comes now signals again
        while self._posted:
            try:
                self._posted.popleft()()
            except Exception:
                log.exception("an invocation could not be taken")

    def directory_for(self, name: str) -> Path:
        """A new, empty directory."""
        assert self._root is not None
        directory = self._root / name
        directory.mkdir()
        return directory

    # --- the thread ----------------------------------------------------------------------------------------------------

    def _ensure(self) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the data plane is closed; make another one")
            if self._thread is not None:
                return
            _sweep()
            self._root = Path(tempfile.mkdtemp(prefix=f"lmi-plane-{os.getpid()}-"))
            self._root.chmod(0o755)
            self._loop = asyncio.new_event_loop()
            self._delivery = Delivery(self._loop)
            self._thread = threading.Thread(target=self._run, name="lmi-data-plane", daemon=True)
            self._thread.start()
            atexit.register(self.close)

    def _run(self) -> None:
        loop = self.loop
        asyncio.set_event_loop(loop)
        watching = loop.create_task(self._watch())
        try:
            loop.run_forever()
        finally:
            self._has_ended = True
            self._take_posted()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                loop.run_until_complete(watching)
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_EVERY_S)
            watched = [environment for environment in list(self._environments) if environment.watched_pid]
            if watched:
                await aside(partial(_judge, watched))

    async def _end(self) -> None:
        endings = [asyncio.wrap_future(item.shutdown()) for item in list(self._environments) if item.state != "new"]
        for outcome in await asyncio.gather(*endings, return_exceptions=True):
            if isinstance(outcome, BaseException):
                log.error("an execution environment did not end cleanly: %r", outcome)


def _judge(watched: list[ExecutionEnvironment]) -> None:
    everything = processes()
    for environment in watched:
        environment.judge(everything)


def _sweep() -> None:
    """Remove the directories of data planes whose process was killed."""
    for place in Path(tempfile.gettempdir()).glob("lmi-plane-*"):
        match = _DIRECTORY.fullmatch(place.name)
        if match and not _is_alive(int(match[1])):
            shutil.rmtree(place, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
