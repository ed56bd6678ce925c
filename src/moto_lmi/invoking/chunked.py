"""Answers of unknown length over HTTP, sent while the function writes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moto_lmi.runtime import Stream
    from moto_lmi.runtime.http import Connection

_tasks: set[asyncio.Task[None]] = set()
"""What is being sent; a loop alone would not keep it."""


def in_loop(sending: Coroutine[Any, Any, None]) -> None:
    """Have the coroutine run in the loop that is running."""
    task = asyncio.get_running_loop().create_task(sending)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def send_chunks(
    connection: Connection,
    status: int,
    headers: Iterable[tuple[str, str]],
    stream: Stream,
    *,
    first: bytes = b"",
    wrap: Callable[[bytes], bytes] = bytes,
    last: Callable[[], bytes] = bytes,
) -> None:
    """Send head and stream: `first`, then each piece as `wrap` makes it, then `last`, all as chunks.

    The function waits when the client reads slowly, and what nobody reads any more is thrown away.
    """
    lines = [f"HTTP/1.1 {status} \r\n", *(f"{name}: {text}\r\n" for name, text in headers)]
    connection.write("".join(lines).encode("latin-1") + b"Transfer-Encoding: chunked\r\n\r\n" + _chunk(first))
    async for piece in stream:
        if not connection.is_open:
            stream.close()
            return
        if not connection.write(_chunk(wrap(piece))):
            await drained(connection)
    connection.finish(_chunk(last()) + b"0\r\n\r\n")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


async def drained(connection: Connection) -> None:
    """Wait until the client has caught up, or is gone."""
    caught_up = asyncio.Event()
    connection.on_drained = caught_up.set
    await caught_up.wait()
