"""The HTTP endpoint: moto's whole API with managed instances, for many accounts at once.

`front` speaks HTTP. It answers invocations itself, so that the lock isn't held while code runs, and hands everything
else to the application here.

An account is chosen by the access key: twelve digits, or `LMI` followed by twelve digits and anything, are that
account; every other key is moto's default account 123456789012.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import moto_lmi
from moto_lmi import changes, facts, saved_states
from moto_lmi.background import BACKGROUND
from moto_lmi.clock import hear
from moto_lmi.deferred import Deferred, deferring
from moto_lmi.internal_api import ADVANCE, PREFIX, answer_internal
from moto_lmi.journal import Entry, StateFile, changes_something, used_state
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.front import HttpServer

log = logging.getLogger(__name__)

_CREDENTIAL = re.compile(r"Credential=(?:LMI)?(\d{12})[A-Z0-9]*/")
_KEPT_ENVIRON = (
    *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI"),
    *("CONTENT_TYPE", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme"),
)
_RESET = "/moto-api/reset"
_CHANGE = "lmi.change"
"""In the journal, the kind of an entry that is no request."""
_LARGEST_BODY = 300 * 1024 * 1024
# What draws from OpenSSL's generator, which can't be seeded: a snapshot is written instead of a replay.
_ASYMMETRIC = {"CreateKeyPair", "ReplicateKey", "RequestCertificate", "ImportCertificate", "CreateCertificateAuthority"}

Start = Callable[[str, list[tuple[str, str]]], object]


class Emulator:
    """The WSGI application. Requests are handled one at a time: moto isn't made for threads, the journal has an order."""

    def __init__(
        self,
        state_path: Path | None = None,
        speed: float = 1.0,
        states: Path | None = None,
        *,
        keeps_time: bool = True,
    ) -> None:
        """Make the endpoint, with the state of the file if there is one.

        Accounts that are saved by name go into the folder `states`, by default `saved` beside the state file. With
        `keeps_time` what is due happens although nobody asks; in a process that is used without the endpoint, too, that
        would disturb those who hold no lock. Raises StateError when the file can't be used, ValueError for a speed out
        of range.
        """
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        moto_lmi.enable(speed=speed)
        saved_states.keep_in(states or (state_path.parent / "saved" if state_path else None))
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._keeps_time = keeps_time
        self._state: StateFile | None = None
        if state_path is not None:
            import time_machine

            def replay(entry: Entry) -> None:
                with time_machine.travel(entry.wall, tick=False), entry.conditions(), deferring():
                    if _CHANGE in entry.environ:
                        changes.apply(entry.environ[_CHANGE], entry.body)
                    else:
                        self._answer(_environ_of(entry))

            BACKGROUND.is_replaying = True  # until it is served
            changes.is_replaying = True
            try:
                self._state = StateFile(state_path, replay)
            finally:
                changes.is_replaying = False
            changes.record_with(self._record)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        try:
            body = _read_body(environ)
        except ValueError as exc:
            return _send(start, _error(400, "InvalidRequestException", str(exc)))
        account = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if account:
            environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", account[1])
        try:
            with deferring() as deferred:
                answer = self._handle(environ, body)
            return _send(start, _deferred_answer(deferred[0]) if deferred else answer)
        except OSError as exc:
            log.error("the state can't be written (%s); the request was not accepted", exc)
            return _send(start, _error(500, "ServiceException", f"The emulator can't write its state file: {exc}"))

    def _handle(self, environ: dict[str, Any], body: bytes) -> _Answer:
        if environ.get("PATH_INFO") == ADVANCE and environ["REQUEST_METHOD"] == "POST":
            return self._answer(environ)
        if self._state is None:
            with STATE:
                return self._answer(environ)
        return self._answer_durably(environ, body)

    def serving(self) -> None:
        """The endpoint can be reached: what is to go on by itself goes on."""
        BACKGROUND.serve(keeps_time=self._keeps_time, was_loaded=self._state is not None)

    def _answer_durably(self, environ: dict[str, Any], body: bytes) -> _Answer:
        """Answer once the request, if it changes anything, is on disk."""
        assert self._state is not None
        action = _action(environ, body)
        with STATE:
            hear()  # a change of its own, before this one
            entry = Entry.now(_kept(environ), body)
            before = used_state()
            with entry.conditions():
                answer = self._answer(environ)
            path = environ.get("PATH_INFO", "")
            if path.startswith(f"{PREFIX}states"):
                if path.endswith("/load"):
                    self._state.checkpoint()  # it can't be replayed: the file that was loaded may change
                return answer
            target = environ.get("HTTP_X_AMZ_TARGET", "")
            if not changes_something(environ["REQUEST_METHOD"], target, action) and used_state() == before:
                return answer
            if (action or target.rpartition(".")[2]) in _ASYMMETRIC or b'"KeySpec"' in body:
                self._state.checkpoint()
                return answer
            mark = self._state.append(entry)
        self._state.sync(mark)
        return answer

    def _record(self, kind: str, content: str) -> None:
        """Make a change that no request makes, and write it down.

        Nobody waits for it, so it isn't forced to disk at once: it survives a kill of the server, not a power cut.
        """
        assert self._state is not None
        entry = Entry.now({_CHANGE: kind}, content.encode())
        with entry.conditions():
            changes.apply(kind, content)
        try:
            self._state.append(entry)
        except OSError as exc:
            log.error("the state can't be written (%s); after a restart a change by %s is missing", exc, kind)

    def _answer(self, environ: dict[str, Any]) -> _Answer:
        path = environ.get("PATH_INFO", "")
        try:
            if path.startswith(PREFIX):
                query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
                return _json(*answer_internal(environ["REQUEST_METHOD"], path, query, environ["wsgi.input"].read()))
            answer = _collect(self._moto, environ)
        except NotImplementedError as exc:
            sentence = facts.ours("not_emulated").format(operation=str(exc) or path)
            return _error(501, sentence.code, sentence.message)
        except Exception as exc:
            log.exception("failed on %s %s", environ.get("REQUEST_METHOD"), path)
            sentence = facts.ours("internal").format(operation=path, error=f"{type(exc).__name__}: {exc}")
            return _error(500, sentence.code, sentence.message)
        if path == _RESET and environ["REQUEST_METHOD"] == "POST":
            from moto_lmi.behaviour import reset_behaviour
            from moto_lmi.clock import reset_clocks

            reset_clocks()
            reset_behaviour()
        if answer[0].startswith("404") and answer[2].startswith(b"<!doctype html>"):
            sentence = facts.ours("not_emulated").format(operation=f"{environ['REQUEST_METHOD']} {path}")
            return _error(501, sentence.code, sentence.message)
        return answer

    def close(self) -> None:
        """Write the last snapshot."""
        BACKGROUND.is_replaying = False
        with STATE:
            if self._state is not None:
                changes.record_no_more(self._record)
                self._state.close()
                self._state = None


def make_http_server(application: Emulator, host: str, port: int, *, log_requests: bool = False) -> HttpServer:
    """An HTTP/1.1 server for the application, bound but not serving yet. Raises OSError when it can't bind."""
    from moto_lmi.front import HttpServer

    return HttpServer(application, host, port, log_requests=log_requests)


# --- WSGI --------------------------------------------------------------------------------------------------------------

_Answer = tuple[str, list[tuple[str, str]], bytes]


def _read_body(environ: dict[str, Any]) -> bytes:
    """The body as a whole, sent with its length or in chunks, and left in the environ for whoever reads it next.

    Raises ValueError when its length is no number or too large.
    """
    stream, text = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or "0"
    if environ.pop("wsgi.input_terminated", False) and "HTTP_TRANSFER_ENCODING" in environ:
        del environ["HTTP_TRANSFER_ENCODING"]
        body: bytes = stream.read(_LARGEST_BODY + 1)
    elif text.isdigit() and int(text) <= _LARGEST_BODY:
        body = stream.read(int(text)) if text != "0" else b""
    else:
        raise ValueError(f"The Content-Length {text[:40]!r} is not a number of at most {_LARGEST_BODY} bytes.")
    if len(body) > _LARGEST_BODY:
        raise ValueError(f"The body has more than {_LARGEST_BODY} bytes.")
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _collect(application: Any, environ: dict[str, Any]) -> _Answer:
    """The application's answer as a whole."""
    captured: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        captured[:] = [status, headers]

    content = application(environ, start)
    try:
        body = b"".join(content)
    finally:
        if hasattr(content, "close"):
            content.close()
    return captured[0], captured[1], body


def _deferred_answer(deferred: Deferred) -> _Answer:
    status, headers, body = deferred.wait()
    content = body.encode() if isinstance(body, str) else bytes(body)
    lines = [(name, value) for name, value in headers.items() if name != "status"]
    return f"{status} ", [*lines, ("Content-Length", str(len(content)))], content


def _send(start: Start, answer: _Answer) -> Iterable[bytes]:
    status, headers, body = answer
    if status.startswith(("204", "304")):
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    start(status, headers)
    return [body]


def _json(status: int, document: Mapping[str, Any]) -> _Answer:
    body = json.dumps(document).encode()
    return f"{status} ", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body


def _error(status: int, code: str, message: str) -> _Answer:
    line, headers, body = _json(status, {"__type": code, "message": message, "Message": message})
    return line, [*headers, ("x-amzn-ErrorType", code)], body


def _kept(environ: Mapping[str, Any]) -> dict[str, str]:
    """What of the environ is needed to ask the same again."""
    return {
        name: value
        for name, value in environ.items()
        if isinstance(value, str) and (name in _KEPT_ENVIRON or name.startswith("HTTP_"))
    }


def _environ_of(entry: Entry) -> dict[str, Any]:
    body = entry.body.encode("latin-1")
    return {
        **entry.environ,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _action(environ: Mapping[str, Any], body: bytes) -> str:
    """The operation that the path (RPC in CBOR) or the Action (query protocol) of a request names, else nothing."""
    operation = re.search(r"/operation/(\w+)$", environ.get("PATH_INFO", ""))
    if operation:
        return operation[1]
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return ""
    match = re.search(rb"(?:^|&)Action=(\w+)", body)
    return match[1].decode() if match else ""
