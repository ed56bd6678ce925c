"""HTTP/1.1 as the runtime clients speak it: small, on asyncio's protocols, without a dependency.

A `Connection` reads one request after another and hands its body, piece by piece, to the `Body` that the router chose;
the next request is read once `Connection.respond` was called. Clients are the function's own processes, so nothing that
they send is trusted: heads and chunk lines are bounded, and what can't be parsed closes the connection.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

_LARGEST_HEAD = 2 * 1024 * 1024  # awslambdaric sends up to 1 MB of X-Ray cause as a header
_LARGEST_LINE = 4096
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_ACCEPTED = b'HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\nContent-Type: application/json\r\n\r\n{"status": "OK"}'


class Body(Protocol):
    """Who takes a request's body. `lost` is called instead of `end` when the client went away in the middle."""

    def feed(self, data: bytes) -> None:
        """Take a piece of the body."""

    def end(self, trailers: Mapping[str, str]) -> None:
        """The body is complete."""

    def lost(self) -> None:
        """The body will not be completed."""


class Request:
    """The head of a request; header names are in lower case. `lines` are the headers as they came."""

    __slots__ = ("connection", "headers", "lines", "method", "path")

    def __init__(
        self, method: str, path: str, headers: dict[str, str], lines: list[str], connection: Connection
    ) -> None:
        self.method, self.path, self.headers, self.lines, self.connection = method, path, headers, lines, connection


class Router(Protocol):
    """Who answers requests."""

    def route(self, request: Request) -> Body:
        """Choose who takes the request's body."""

    def opened(self, connection: Connection) -> bool:
        """A client connected. False when it may not."""

    def closed(self, connection: Connection) -> None:
        """A client went away; nothing more can be sent to it."""


class _Malformed(Exception):
    """What the client sent is not HTTP/1.1."""

    def __init__(self, why: str = "The request is not HTTP/1.1.") -> None:
        super().__init__(why)


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._buffer = bytearray()
        self._read = self._read_head
        self._body: Body | None = None
        self._left = 0
        self._transport: asyncio.Transport | None = None
        self._trailers: dict[str, str] = {}
        self._close_after = False
        self._advancing = False
        self._held = False
        self._writable = True
        self.on_drained: Callable[[], None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the client is still there."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def ports(self) -> tuple[int, int]:
        """The client's port and the server's."""
        assert self._transport is not None
        client, server = (self._transport.get_extra_info(name) for name in ("peername", "sockname"))
        return client[1], server[1]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's: the client is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._router.opened(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio's: the client is gone."""
        self._transport = None
        self.resume_writing()
        body, self._body = self._body, None
        if body is not None:
            body.lost()
        self._router.closed(self)

    def data_received(self, data: bytes) -> None:
        """Asyncio's: the client sent something."""
        self._buffer += data
        if not self._held:
            self._advance()
        elif len(self._buffer) > _LARGEST_HEAD:
            self.abort()

    def respond(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send the answer to the request that was read last, and go on with the next one."""
        lines = [f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Length: {len(body)}\r\n"]
        lines += [f"{name}: {value}\r\n" for name, value in headers.items()]
        head = "".join(lines).encode("latin-1") + b"\r\n"
        if len(body) < 65_536:
            self._send(head + body)
        else:
            self._send(head, body)

    def accept(self) -> None:
        """Send 202 with AWS's body, the answer to most of what a runtime says."""
        self._send(_ACCEPTED)

    def write(self, piece: bytes) -> bool:
        """Send a piece of an answer that goes on. False when the client reads more slowly than is written."""
        if self._transport is not None:
            self._transport.write(piece)
        return self._writable

    def finish(self, piece: bytes = b"") -> None:
        """Send the last piece of an answer, and go on with the next request."""
        self._send(piece)

    def pause_writing(self) -> None:
        """Asyncio's: much is on its way to the client."""
        self._writable = False

    def resume_writing(self) -> None:
        """Asyncio's: the client has caught up."""
        self._writable = True
        on_drained, self.on_drained = self.on_drained, None
        if on_drained is not None:
            on_drained()

    def _send(self, *pieces: bytes) -> None:
        if self._transport is None:
            return
        for piece in pieces:
            if piece:
                self._transport.write(piece)
        self._read = self._read_head
        if self._close_after:
            self._transport.close()
        elif self._buffer and not self._advancing:
            self._advance()

    def respond_json(self, status: int, answer: Any, headers: Mapping[str, str] | None = None) -> None:
        """Send an answer as JSON."""
        body = json.dumps(answer).encode()
        self.respond(status, {"Content-Type": "application/json", **(headers or {})}, body)

    def refuse(self, status: int, error_type: str, message: str) -> None:
        """Send an error in the shape of the Runtime API."""
        self.respond_json(status, {"errorMessage": message, "errorType": error_type})

    def pause(self) -> None:
        """Take no more from the client for now."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Take more from the client again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def hold(self) -> None:
        """Answer nothing before `release`: it isn't known yet who this is."""
        self._held = True

    def release(self) -> None:
        """Answer what has come in the meantime, and all that follows."""
        self._held = False
        self._advance()

    def abort(self) -> None:
        """End the connection without another word."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    # --- reading -------------------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        self._advancing = True
        try:
            while self.is_open and self._read():
                pass
        except _Malformed as malformed:
            self._buffer.clear()
            self._close_after = True
            body, self._body = self._body, None
            if body is not None:
                body.lost()
            self.refuse(400, "InvalidRequestFormat", str(malformed))
        finally:
            self._advancing = False

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _LARGEST_HEAD:
                raise _Malformed
            return False
        head = bytes(self._buffer[:end]).decode("latin-1")
        del self._buffer[: end + 4]
        first, *lines = head.split("\r\n")
        try:
            method, path, version = first.split(" ")
        except ValueError:
            raise _Malformed from None
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise _Malformed
        headers = _headers(lines)
        self._close_after = version == "HTTP/1.0" or headers.get("connection", "").lower() == "close"
        chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 15:
            raise _Malformed(f"The Content-Length {length[:40]!r} is not a number of bytes.")
        assert self._transport is not None
        if headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._left = int(length)
        self._read = self._read_chunk_size if chunked else self._read_length
        self._body = self._router.route(Request(method, path, headers, lines, self))
        return True

    def _read_length(self) -> bool:
        assert self._body is not None
        if self._left == 0:
            return self._finish({})
        if not self._buffer:
            return False
        self._take()
        return True

    def _take(self) -> None:
        assert self._body is not None
        data = bytes(self._buffer[: self._left])
        del self._buffer[: len(data)]
        self._left -= len(data)
        self._body.feed(data)

    def _line(self) -> str | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _LARGEST_HEAD:
                raise _Malformed
            return None
        line = bytes(self._buffer[:end]).decode("latin-1")
        del self._buffer[: end + 2]
        return line

    def _read_chunk_size(self) -> bool:
        line = self._line()
        if line is None:
            return False
        try:
            size = int(line.split(";")[0].strip(), 16) if len(line) <= _LARGEST_LINE else -1
        except ValueError:
            size = -1
        if size < 0:
            raise _Malformed
        self._left, self._trailers = size, {}
        self._read = self._read_chunk if size else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        if self._left:
            if not self._buffer:
                return False
            self._take()
            return True
        if len(self._buffer) < 2:
            return False
        if self._buffer[:2] != b"\r\n":
            raise _Malformed
        del self._buffer[:2]
        self._read = self._read_chunk_size
        return True

    def _read_trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if line:
            self._trailers.update(_headers([line]))
            return True
        return self._finish(self._trailers)

    def _finish(self, trailers: Mapping[str, str]) -> bool:
        body, self._body = self._body, None
        assert body is not None
        self._read = self._wait
        body.end(trailers)
        return self._read != self._wait

    def _wait(self) -> bool:
        if len(self._buffer) > _LARGEST_HEAD:
            raise _Malformed
        return False


def _headers(lines: list[str]) -> dict[str, str]:
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise _Malformed
        headers[name.lower()] = value.strip()
    return headers


class Collect:
    """A body that is kept until it is complete, up to a limit; a longer one is read on, forgotten and reported."""

    __slots__ = ("_done", "_limit", "_lost", "_pieces", "size")

    def __init__(
        self,
        limit: int,
        done: Callable[[bytes | None, Mapping[str, str]], None],
        lost: Callable[[], None] | None = None,
    ) -> None:
        """`done` gets the body, None when it was longer than `limit` bytes, and the trailers; `lost` is called instead."""
        self._limit, self._done, self._lost = limit, done, lost
        self._pieces: list[bytes] | None = []
        self.size = 0

    def feed(self, data: bytes) -> None:
        """Take a piece."""
        self.size += len(data)
        if self.size > self._limit:
            self._pieces = None
        elif self._pieces is not None:
            self._pieces.append(data)

    def end(self, trailers: Mapping[str, str]) -> None:
        """Hand the whole over."""
        self._done(None if self._pieces is None else b"".join(self._pieces), trailers)

    def lost(self) -> None:
        """Say that there will be no more."""
        self._pieces = None
        if self._lost is not None:
            self._lost()


def refusal(request: Request, status: int, error_type: str, message: str) -> Collect:
    """A body that nobody wants; the request is refused when it has been read."""
    return Collect(0, lambda _body, _trailers: request.connection.refuse(status, error_type, message))


def not_found(request: Request, status: int = 404) -> Collect:
    """The answer to a path (404) or a method (405) that doesn't exist."""
    text = b"404 page not found\n" if status == 404 else b""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Collect(0, lambda _body, _trailers: request.connection.respond(status, headers, text))
