"""The HTTP server: invocations are answered in the data plane's own event loop, everything else by WSGI in threads.

So an invocation costs no switch between threads, and a function may call the emulator while it runs: the lock of the
emulator's state is held only until it is known what is to be run.
"""

from __future__ import annotations

import io
import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)

from moto_lmi import invoking
from moto_lmi.invoking import starting
from moto_lmi.invoking.over_http import Invocations
from moto_lmi.invoking.runner import runner
from moto_lmi.invoking.urls import UrlRequests
from moto_lmi.runtime.http import Body, Collect, Connection, Request

if TYPE_CHECKING:
    import asyncio

    from moto_lmi.invoking.outgoing import Callers
    from moto_lmi.server import Emulator

log = logging.getLogger(__name__)

LARGEST_BODY = 300 * 1024 * 1024
_THREADS = 64
_BACKLOG = 1024
_ANY = ("0.0.0.0", "::", "")


class HttpServer:
    """Bound when it is made; `serve_forever` serves until `shutdown` is called from another thread."""

    def __init__(self, application: Emulator, host: str, port: int, *, log_requests: bool = False) -> None:
        """Raises OSError when the address can't be bound."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self.host, self.port = host, self._listener.getsockname()[1]
        self._application, self._log_requests = application, log_requests
        self._stop = threading.Event()
        self._closed = threading.Event()

    def serve_forever(self) -> None:
        """Answer requests until `shutdown`."""
        plane = runner().plane
        address = (self.host, self.port)
        front = Front(self._application, plane.loop, address, runner().callers, log_requests=self._log_requests)
        host = "127.0.0.1" if self.host in _ANY else self.host
        invoking.set_endpoint(f"http://{f'[{host}]' if ':' in host else host}:{self.port}")
        server: asyncio.Server = plane.submit(self._open(plane.loop, front)).result()
        starting.resume()
        self._application.serving()
        try:
            self._stop.wait()
        finally:
            invoking.set_endpoint(None)
            plane.submit(_close(server, front)).result()
            front.threads.shutdown(wait=False, cancel_futures=True)
            self._closed.set()

    async def _open(self, loop: asyncio.AbstractEventLoop, front: Front) -> asyncio.Server:
        return await loop.create_server(lambda: FrontConnection(front), sock=self._listener, backlog=_BACKLOG)

    def shutdown(self) -> None:
        """End `serve_forever`, and wait until it has ended."""
        self._stop.set()
        self._closed.wait()

    def server_close(self) -> None:
        """Let the address go, and end what functions still run."""
        self._listener.close()
        invoking.close()


async def _close(server: asyncio.Server, front: Front) -> None:
    server.close()
    front.close()


class FrontConnection(Connection):
    """One client's connection, with errors as Lambda's API words them."""

    def refuse(self, status: int, error_type: str, message: str) -> None:
        """Send an error in the shape of AWS's JSON services."""
        answer = {"__type": error_type, "message": message, "Message": message}
        self.respond_json(status, answer, {"x-amzn-ErrorType": error_type})


class Front:
    """Chooses who answers a request."""

    def __init__(
        self,
        application: Emulator,
        loop: asyncio.AbstractEventLoop,
        address: tuple[str, int],
        callers: Callers,
        *,
        log_requests: bool = False,
    ) -> None:
        """`loop` is the data plane's, in which everything here happens; `callers` are the environments that run in it."""
        self._application, self._loop, self._address = application, loop, address
        self._callers, self._log_requests = callers, log_requests
        self._connections: set[Connection] = set()
        self.threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lmi-request")
        self._invocations = Invocations(self.threads, self._by_application)
        self._urls = UrlRequests(self.threads)

    def opened(self, connection: Connection) -> bool:
        """A client connected."""
        self._connections.add(connection)
        return True

    def closed(self, connection: Connection) -> None:
        """A client went away."""
        self._connections.discard(connection)

    def close(self) -> None:
        """End every connection."""
        for connection in list(self._connections):
            connection.close()

    def route(self, request: Request) -> Body:
        """Choose who takes the request's body."""
        if self._log_requests:
            log.info("%s %s", request.method, request.path)
        to_url = self._urls.take(request)
        if to_url is not None:
            return to_url
        taken = self._invocations.take(request) or Collect(LARGEST_BODY, self._taker(request))
        return self._callers.guard(request, taken, self.threads, self._loop.call_soon_threadsafe)

    def _taker(self, request: Request) -> Callable[[bytes | None, Mapping[str, str]], None]:
        def take(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            if body is None:
                message = f"The body has more than {LARGEST_BODY} bytes."
                request.connection.refuse(400, "InvalidRequestException", message)
            else:
                self._by_application(request, body)

        return take

    def _by_application(self, request: Request, body: bytes) -> None:
        self.threads.submit(self._answer, request, body)

    def _answer(self, request: Request, body: bytes) -> None:
        """In a thread: have the application answer."""
        try:
            answer = self._ask(request, body)
        except Exception as exc:
            log.exception("failed on %s %s", request.method, request.path)
            words = json.dumps({"message": f"{type(exc).__name__}: {exc}"}).encode()
            answer = f"HTTP/1.1 500 Internal Server Error\r\nContent-Length: {len(words)}\r\n\r\n".encode() + words
        self._loop.call_soon_threadsafe(request.connection.finish, answer)

    def _ask(self, request: Request, body: bytes) -> bytes:
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            started[:] = [status, headers]

        content = b"".join(self._application(environ_of(request, body, self._address), start))
        status, headers = started
        bodyless = request.method == "HEAD" or status.startswith(("204", "304", "1"))
        lines = [f"HTTP/1.1 {status.strip()}"]
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in _OURS]
        if not bodyless:
            lines.append(f"Content-Length: {len(content)}")
        elif lengths and request.method == "HEAD":
            lines.append(f"Content-Length: {lengths[0]}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return head if bodyless else head + content


_OURS = ("content-length", "connection", "transfer-encoding", "keep-alive")


def environ_of(request: Request, body: bytes, address: tuple[str, int]) -> dict[str, Any]:
    """The WSGI environ of a request whose body has been read, as moto's own server makes it."""
    path, _, query = request.path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": request.path,
        "RAW_URI": request.path,
        "SERVER_NAME": address[0],
        "SERVER_PORT": str(address[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    dashed = {environ_key_for_header(name) for name in _names(request) if "_" not in name}
    kept: dict[str, str] = {}
    for line in request.lines:
        name, _, value = line.partition(":")
        key = environ_key_for_header(name)
        if "_" in name:
            if not should_preserve_original_header_name(name) or key in dashed:
                continue
            kept.setdefault(key, name)
        value = value.strip()
        environ[key] = f"{environ[key]},{value}" if key in environ and key.startswith("HTTP_") else value
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = kept
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _names(request: Request) -> list[str]:
    return [line.partition(":")[0] for line in request.lines]
