"""One execution environment of a version: from when it is needed until it is over.

    cold → starting → ready → cold again when it was lost, or could not be started
    over, when the fleet or the router takes it down: what runs in it ends first

Everything here happens in the data plane's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from moto_lmi.runtime import Busy, ExecutionEnvironment, FunctionError, Invocation

if TYPE_CHECKING:
    from moto_lmi.runtime.streams import Outcome

_endings: set[asyncio.Task[None]] = set()
"""Places that end; a loop alone would not keep them."""

OnChange = Callable[[ExecutionEnvironment, str], None]
Make = Callable[[str, OnChange], ExecutionEnvironment]
"""Makes the environment with the id; takes its time, so it is called in a thread."""


class Place:
    """Where one environment is, or will be when it is needed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, uid: str, make: Make) -> None:
        """Nothing is started."""
        self.uid = uid
        self.is_over = False
        self.failure: FunctionError | Exception | None = None
        """Why the last start failed."""
        self._loop, self._make = loop, make
        self._environment: ExecutionEnvironment | None = None
        self._waiting: list[tuple[Invocation, Future[Outcome]]] = []
        self._starting: asyncio.Task[None] | None = None
        self._quiet = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether its processes are up."""
        return self._environment is not None and self._environment.state == "ready"

    @property
    def load(self) -> int:
        """How many invocations it has or is about to get."""
        return len(self._waiting) + (0 if self._environment is None else self._environment.load)

    def invoke(self, invocation: Invocation, future: Future[Outcome]) -> None:
        """Run the invocation, once the environment is up."""
        future.add_done_callback(self._answered)
        if self._environment is not None and self.is_ready:
            self._environment.invoke_here(invocation, future)
        elif self.is_over:
            future.set_result(Busy("Client.ExecutionEnvironmentShutDown", "the environment is over"))
        else:
            self._waiting.append((invocation, future))
            self.start()

    def start(self) -> asyncio.Task[None]:
        """Have its processes up; what waits then runs, or is answered with what went wrong."""
        if self._starting is None or (self._starting.done() and not self.is_ready):
            self._starting = self._loop.create_task(self._start())
        return self._starting

    async def _start(self) -> None:
        try:
            environment = await self._loop.run_in_executor(None, self._make, self.uid, self._changed)
            self._environment = environment
            started = await asyncio.wrap_future(environment.start())
        except Exception as exc:
            self._environment = None
            self._refuse(exc)
            return
        if started.error is not None:
            self._environment = None
            self._refuse(started.error)
            return
        self.failure = None
        waiting, self._waiting = self._waiting, []
        for invocation, future in waiting:
            environment.invoke_here(invocation, future)

    def _refuse(self, why: FunctionError | Exception) -> None:
        self.failure = why
        waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            if isinstance(why, FunctionError):
                future.set_result(why)
            else:
                future.set_exception(why)

    def _changed(self, environment: ExecutionEnvironment, change: str) -> None:
        if change == "lost":
            self._loop.call_soon_threadsafe(self._replace, environment)

    def _replace(self, environment: ExecutionEnvironment) -> None:
        """An environment that was lost gets a successor at once, as on AWS."""
        if environment is self._environment:
            self._environment = None
            if not self.is_over:
                self.start()

    # --- the end -------------------------------------------------------------------------------------------------------

    def end(self, *, now: bool = False) -> asyncio.Task[None]:
        """Take no more; when what runs has been answered, or `now`, end the processes."""
        self.is_over = True
        if now:
            self._quiet.set()
        else:
            self._answered()
        if self._ending is None:
            self._ending = self._loop.create_task(self._end())
            _endings.add(self._ending)
            self._ending.add_done_callback(_endings.discard)
        return self._ending

    async def _end(self) -> None:
        await self._quiet.wait()
        starting, environment = self._starting, self._environment
        if environment is not None:
            await asyncio.wrap_future(environment.shutdown())
        if starting is not None:
            await asyncio.wait([starting])
        if self._environment is not None:  # it was being made when it was to end
            await asyncio.wrap_future(self._environment.shutdown())

    def _answered(self, _future: object = None) -> None:
        if self.is_over and self.load == 0:
            self._quiet.set()
