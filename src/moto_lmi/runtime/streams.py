"""A response that arrives piece by piece and can be read from any thread or event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future

from moto_lmi.runtime.model import Answer, Busy, FunctionError, Lost

HIGH_WATER_BYTES = 256 * 1024


class Stream:
    """The chunks of a streamed response: iterate over it (`for`) in a thread or (`async for`) in an event loop.

    What the function has sent and nobody has read yet is bounded: the function waits. `error` says, once the iteration
    has ended, what cut the response short (a failure of the function, its deadline, the end of the environment).
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, content_type: str) -> None:
        """Made by the data plane; `loop` is its event loop."""
        self.content_type = content_type
        self.error: FunctionError | Lost | None = None
        self._loop = loop
        self._chunks: deque[bytes] = deque()
        self._waiting: deque[Future[bytes | None]] = deque()
        self._buffered = 0
        self._ended = False
        self._closed = False
        self._resume: Callable[[], None] | None = None

    def read(self) -> Future[bytes | None]:
        """What has arrived since the last call, as soon as there is something; None at the end."""
        future: Future[bytes | None] = Future()
        self._loop.call_soon_threadsafe(self._want, future)
        return future

    def close(self) -> None:
        """Read no more; what the function still sends is thrown away."""
        self._loop.call_soon_threadsafe(self._close)

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self.read().result()) is not None:
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (chunk := await asyncio.wrap_future(self.read())) is not None:
            yield chunk

    # --- the data plane's side, in its loop ----------------------------------------------------------------------------

    def put(self, data: bytes, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Add a chunk; the sender is paused when too much lies unread."""
        if self._ended or self._closed:
            return
        self._chunks.append(data)
        self._buffered += len(data)
        self._serve()
        if self._buffered > HIGH_WATER_BYTES:
            self._resume = resume
            pause()

    def end(self, error: FunctionError | Lost | None = None) -> None:
        """Say that there will be no more, and why if it was cut short."""
        if not self._ended:
            self._ended, self.error = True, error
            self._serve()
        self._let_go()

    def _want(self, future: Future[bytes | None]) -> None:
        if future.set_running_or_notify_cancel():
            self._waiting.append(future)
            self._serve()

    def _serve(self) -> None:
        while self._waiting and (self._chunks or self._ended):
            future = self._waiting.popleft()
            if self._chunks:
                data = b"".join(self._chunks)
                self._chunks.clear()
                self._buffered = 0
                future.set_result(data)
                self._let_go()
            else:
                future.set_result(None)

    def _let_go(self) -> None:
        resume, self._resume = self._resume, None
        if resume is not None:
            resume()

    def _close(self) -> None:
        self._closed = True
        self._chunks.clear()
        self._buffered = 0
        self._let_go()


Outcome = Answer | Stream | FunctionError | Busy | Lost
"""What an invocation comes to."""
