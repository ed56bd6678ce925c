"""What the processes of one environment print: read from their sockets, cut into lines, within a budget.

awslambdaric's workers connect their stdout and stderr to a socket and write plain lines; with the log format JSON its
own records are JSON objects that name the request. A handler may print without end, so the bytes that are passed on are
limited (a burst, and then so many a second); what is over is counted, and a platform.logsDropped record says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Emit = Callable[[str, Any, str], None]

LINE_BYTES = 256 * 1024
BURST_BYTES = 8 * 1024 * 1024
BYTES_PER_S = 1024 * 1024
_SUMMARY_EVERY_S = 1.0
_LAST_WORDS_S = 2.0
_REASON = "The function logs faster than {rate:,} bytes a second, which is kept here."


class LogBudget:
    """How many bytes of one environment's output may still be passed on."""

    def __init__(self, emit: Emit, loop: asyncio.AbstractEventLoop) -> None:
        """`emit` gets the record that says what was dropped, at most once a second."""
        self._emit, self._loop = emit, loop
        self._tokens = float(BURST_BYTES)
        self._filled = time.monotonic()
        self._bytes = 0
        self._lines = 0
        self._timer: asyncio.TimerHandle | None = None

    def take(self, size: int) -> bool:
        """Whether so many bytes may be passed on."""
        now = time.monotonic()
        self._tokens = min(float(BURST_BYTES), self._tokens + (now - self._filled) * BYTES_PER_S)
        self._filled = now
        if self._tokens < size:
            return False
        self._tokens -= size
        return True

    def drop(self, size: int, lines: int) -> None:
        """So much was not passed on."""
        self._bytes += size
        self._lines += lines
        if self._timer is None:
            self._timer = self._loop.call_later(_SUMMARY_EVERY_S, self.tell)

    def tell(self) -> None:
        """Say what was dropped since the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._bytes:
            reason = _REASON.format(rate=BYTES_PER_S)
            record = {"droppedBytes": self._bytes, "droppedRecords": self._lines, "reason": reason}
            self._bytes = self._lines = 0
            self._emit("platform.logsDropped", record, "")


class LogConnection(asyncio.Protocol):
    """One stdout or stderr."""

    def __init__(self, kind: str, emit: Emit, budget: LogBudget, open_connections: set[LogConnection]) -> None:
        """`kind` is what the lines are: function or extension."""
        self._kind, self._emit, self._budget, self._open = kind, emit, budget, open_connections
        self._rest = bytearray()
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's: a process has connected its output."""
        self._transport = transport
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio's: the process has closed its output."""
        self._open.discard(self)
        self._transport = None
        if self._rest:
            self._line(bytes(self._rest))
            self._rest.clear()

    def data_received(self, data: bytes) -> None:
        """Asyncio's: the process has printed."""
        if not self._budget.take(len(data)):
            self._budget.drop(len(data) + len(self._rest), data.count(b"\n"))
            self._rest.clear()
            return
        *lines, rest = (bytes(self._rest) + data).split(b"\n")
        for line in lines:
            self._line(line)
        self._rest = bytearray(rest)
        while len(self._rest) > LINE_BYTES:
            self._line(bytes(self._rest[:LINE_BYTES]))
            del self._rest[:LINE_BYTES]

    def close(self) -> None:
        """Read no more."""
        if self._transport is not None:
            self._transport.close()

    def _line(self, line: bytes) -> None:
        for start in range(0, len(line), LINE_BYTES):
            text = line[start : start + LINE_BYTES].decode("utf-8", "replace").rstrip("\r")
            if text:
                self._emit(self._kind, text, _request_id(text))


class LogServer:
    """The sockets to which one environment's processes connect what they print."""

    def __init__(self, directory: Path, emit: Emit, loop: asyncio.AbstractEventLoop) -> None:
        """The sockets are made in `directory` by `open`."""
        self._directory, self._emit, self._loop = directory, emit, loop
        self.budget = LogBudget(emit, loop)
        self._servers: list[asyncio.Server] = []
        self._open: set[LogConnection] = set()

    async def open(self) -> None:
        """Listen on `runtime.sock` and `extension.sock`, to which the sandbox's user may connect."""
        for name, kind in (("runtime", "function"), ("extension", "extension")):
            path = self._directory / f"{name}.sock"
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                listener.bind(str(path))
                os.chmod(path, 0o666)
                server = await self._loop.create_unix_server(self._factory(kind), sock=listener, backlog=4096)
            except BaseException:
                listener.close()
                raise
            self._servers.append(server)

    def _factory(self, kind: str) -> Callable[[], LogConnection]:
        return lambda: LogConnection(kind, self._emit, self.budget, self._open)

    async def close(self) -> None:
        """Let what was printed last come in, then close."""
        deadline = time.monotonic() + _LAST_WORDS_S
        while self._open and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        for server in self._servers:
            server.close()
        for connection in list(self._open):
            connection.close()
        await asyncio.sleep(0)
        self.budget.tell()


def _request_id(text: str) -> str:
    """The request that a line of JSON names."""
    if not text.startswith("{") or '"requestId"' not in text:
        return ""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    request_id = record.get("requestId")
    return request_id if isinstance(request_id, str) else ""
