"""The API that the processes of one environment see: Runtime API, Extensions API and Telemetry API, with AWS's statuses.

`/2018-06-01/runtime/…` is answered here, `/2020-01-01/extension/…` and `/2022-07-01/telemetry` by the modules of those
names. Statuses, error types and sentences are those of AWS's open runtime emulator for managed instances.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.extensions import Extensions
from moto_lmi.runtime.http import Body, Collect, Connection, Request, not_found, refusal
from moto_lmi.runtime.invocations import Invocations, Running
from moto_lmi.runtime.model import Answer, FunctionError
from moto_lmi.runtime.peers import Peers
from moto_lmi.runtime.telemetry import Telemetry

_INVOCATION = re.compile(r"/2018-06-01/runtime/invocation/([^/]+)/(response|error)")
_ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")
_INVALID_ID = (400, "InvalidRequestID", "Invalid request ID")
_TOO_LATE = (410, "InvokeTimeout", "Invoke timeout")


def runtime_error_type(header: str) -> str:
    """The error type that the platform makes of the one a runtime names."""
    if _ERROR_TYPE.fullmatch(header):
        return header
    return "Function.Unknown" if header.startswith("Function.") else "Runtime.Unknown"


@dataclass(frozen=True)
class Reactions:
    """What the environment does when its processes say something."""

    ready: Callable[[], None]
    init_failed: Callable[[FunctionError], None]
    worker_lost: Callable[[], None]


class Api:
    """The router of one environment."""

    def __init__(
        self, invocations: Invocations, extensions: Extensions, telemetry: Telemetry, reactions: Reactions
    ) -> None:
        """Requests are passed on to these three; `reactions` are called in the data plane's loop."""
        self._invocations, self._extensions, self._telemetry = invocations, extensions, telemetry
        self._reactions = reactions
        self._init_error = False
        self._largest_answer: int = knowledge.value("limits.response_bytes")
        self._largest_stream: int = knowledge.value("limits.stream_bytes")
        self._largest_body: int = knowledge.value("limits.api_body_bytes")
        self._connections: set[Connection] = set()
        self.peers = Peers()

    # --- the router's duties -------------------------------------------------------------------------------------------

    def opened(self, connection: Connection) -> bool:
        """A client connected; only the environment's own processes may."""
        if not self.peers.admit(connection):
            return False
        self._connections.add(connection)
        return True

    def closed(self, connection: Connection) -> None:
        """A client went away."""
        self._connections.discard(connection)
        self._extensions.closed(connection)
        if self._invocations.closed(connection):
            self._reactions.worker_lost()

    def close(self) -> None:
        """End every connection."""
        self.peers.stop()
        for connection in list(self._connections):
            connection.close()

    def route(self, request: Request) -> Body:
        """Choose who takes the request's body."""
        path = request.path.partition("?")[0]
        if match := _INVOCATION.fullmatch(path):
            if request.method != "POST":
                return not_found(request, 405)
            return self._response(request, match[1]) if match[2] == "response" else self._error(request, match[1])
        routes: dict[str, tuple[str, Callable[[Request], Body]]] = {
            "/2018-06-01/runtime/invocation/next": ("GET", self._next),
            "/2018-06-01/runtime/init/error": ("POST", self._init),
            "/2018-06-01/ping": ("GET", _ping),
            "/2020-01-01/extension/register": ("POST", self._extensions.register),
            "/2020-01-01/extension/event/next": ("GET", self._extensions.next),
            "/2020-01-01/extension/init/error": ("POST", self._extensions.init_error),
            "/2020-01-01/extension/exit/error": ("POST", self._extensions.exit_error),
            "/2022-07-01/telemetry": ("PUT", self._subscribe),
        }
        if path not in routes:
            return not_found(request)
        method, answer = routes[path]
        return answer(request) if request.method == method else not_found(request, 405)

    # --- the Runtime API -----------------------------------------------------------------------------------------------

    def _next(self, request: Request) -> Body:
        def ask(_body: bytes | None, _trailers: Mapping[str, str]) -> None:
            first = not self._invocations.is_started
            if not self._invocations.ask(request.connection):
                request.connection.refuse(500, "InternalServerError", "Internal Server Error")
            elif first:
                self._reactions.ready()

        return Collect(0, ask)

    def _init(self, request: Request) -> Body:
        def fail(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            if body is None:
                self._too_large(request)
            elif self._init_error or self._invocations.is_started:
                state = "InitError" if self._init_error else "Ready"
                request.connection.refuse(
                    403,
                    "InvalidStateTransition",
                    f"State transition from {state} to InitError failed for runtime. "
                    "Error: state transition is not allowed",
                )
                self._invocations.worker_failed_to_start()
            else:
                self._init_error = True
                self._invocations.worker_failed_to_start()
                header = runtime_error_type(request.headers.get("lambda-runtime-function-error-type", ""))
                self._reactions.init_failed(FunctionError.reported(body, header))
                request.connection.accept()

        return Collect(self._largest_body, fail)

    def _too_large(self, request: Request) -> None:
        message = f"Exceeded maximum allowed payload size ({self._largest_answer} bytes)."
        request.connection.refuse(413, "RequestEntityTooLarge", message)

    def _error(self, request: Request, request_id: str) -> Body:
        def report(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            running = self._find(request, request_id)
            if running is None:
                return
            if running.failed:
                request.connection.refuse(*_INVALID_ID)
                return
            running.failed = True
            if not running.responding:
                self._invocations.begin(running)
            header = runtime_error_type(request.headers.get("lambda-runtime-function-error-type", ""))
            if body is None:
                words = f"The error is longer than {self._largest_body} bytes."
                self._invocations.finish(running, FunctionError.made_here(header, words))
                self._too_large(request)
                return
            self._invocations.finish(running, FunctionError.reported(body, header))
            request.connection.accept()

        return Collect(self._largest_body, report)

    def _find(self, request: Request, request_id: str) -> Running | None:
        """The running invocation, or None when the request was refused."""
        running = self._invocations.find(request_id)
        if running is None:
            refused = _TOO_LATE if self._invocations.came_too_late(request_id) else _INVALID_ID
            request.connection.refuse(*refused)
        return running

    def _response(self, request: Request, request_id: str) -> Body:
        running = self._invocations.find(request_id)
        if running is None:
            refused = _TOO_LATE if self._invocations.came_too_late(request_id) else _INVALID_ID
            return refusal(request, *refused)
        if running.responding:
            return refusal(request, *_INVALID_ID)
        self._invocations.begin(running)
        content_type = request.headers.get("content-type") or "application/octet-stream"
        mode = request.headers.get("lambda-runtime-function-response-mode", "")
        if mode not in ("", "streaming"):
            self._invocations.finish(running, FunctionError.made_here("Runtime.InvalidResponseModeHeader", ""))
            return refusal(request, 400, "InvalidFunctionResponseMode", "Invalid function response mode")
        if mode and running.invocation.streaming:
            return _Streamed(self._invocations, running, request, content_type, self._largest_stream)
        return self._buffered(request, running, content_type)

    def _buffered(self, request: Request, running: Running, content_type: str) -> Body:
        def complete(body: bytes | None, trailers: Mapping[str, str]) -> None:
            if running.answered:
                refuse_answered(self._invocations, running, request)
            elif body is None:
                words = (
                    f"Response payload size ({collected.size} bytes) exceeded maximum allowed payload size "
                    f"({self._largest_answer} bytes)."
                )
                self._invocations.finish(running, FunctionError.made_here("Function.ResponseSizeTooLarge", words))
                self._too_large(request)
            else:
                self._invocations.finish(running, trailer_error(trailers) or Answer(body, content_type))
                request.connection.accept()

        def lost() -> None:
            self._invocations.finish(running, FunctionError.made_here("Runtime.TruncatedResponse", ""))

        collected = Collect(self._largest_answer, complete, lost)
        return collected

    # --- the Telemetry API ---------------------------------------------------------------------------------------------

    def _subscribe(self, request: Request) -> Body:
        return self._telemetry.subscribe(request, self._extensions)


class _Streamed:
    """The body of a response that its caller reads while it is written."""

    def __init__(
        self, invocations: Invocations, running: Running, request: Request, content_type: str, limit: int
    ) -> None:
        self._invocations, self._running, self._request = invocations, running, request
        self._stream = invocations.open_stream(running, content_type)
        self._left = limit

    def feed(self, data: bytes) -> None:
        """Pass a piece on."""
        if self._running.answered:
            self._stop()
            return
        self._left -= len(data)
        connection = self._request.connection
        if self._left >= 0:
            self._stream.put(data, connection.pause, connection.resume)
            return
        words = "Response payload size exceeded maximum allowed payload size."
        self._invocations.finish(self._running, FunctionError.made_here("Function.ResponseSizeTooLarge", words))
        self._stop()

    def _stop(self) -> None:
        """Nobody reads any more: the function is told, and what it still sends is not taken."""
        refuse_answered(self._invocations, self._running, self._request)
        self._request.connection.close()

    def end(self, trailers: Mapping[str, str]) -> None:
        """The response is complete, or its trailers say that it failed."""
        if self._running.answered:
            refuse_answered(self._invocations, self._running, self._request)
            return
        self._invocations.finish(self._running, trailer_error(trailers) or Answer(b""))
        self._request.connection.accept()

    def lost(self) -> None:
        """The function went away in the middle."""
        self._invocations.finish(self._running, FunctionError.made_here("Runtime.TruncatedResponse", ""))


def refuse_answered(invocations: Invocations, running: Running, request: Request) -> None:
    """The caller has had its answer while the runtime was still sending: the deadline has passed, or an error came."""
    invocations.free(running)
    request.connection.refuse(*(_INVALID_ID if running.failed else _TOO_LATE))


def trailer_error(trailers: Mapping[str, str]) -> FunctionError | None:
    """The failure that the trailers of a response name."""
    header = trailers.get("lambda-runtime-function-error-type", "")
    if not header:
        return None
    try:
        body = base64.b64decode(trailers.get("lambda-runtime-function-error-body", ""), validate=True)
    except ValueError:
        body = b""
    return FunctionError.reported(body, runtime_error_type(header))


def _ping(request: Request) -> Body:
    return Collect(0, lambda _body, _trailers: request.connection.respond(200, {}, b"pong"))
