"""Invoke over HTTP without moto: in the data plane's loop, with the state's lock held only to find out what is meant."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, unquote

from moto.awslambda.models import lambda_backends
from moto.core.utils import get_service_model
from moto.iam.models import get_account_id_from

from moto_lmi import facts
from moto_lmi.api.errors import LambdaError, RequestTooLarge
from moto_lmi.api.validation import read_request
from moto_lmi.clock import clock_for
from moto_lmi.iam.enforce import check_caller
from moto_lmi.invoking import event_stream
from moto_lmi.invoking.answers import Reply, begin, failure_of, outcome_of, reply_to, stream_headers, whole_stream
from moto_lmi.invoking.chunked import in_loop, send_chunks
from moto_lmi.invoking.requests import Call, read_call
from moto_lmi.locking import STATE
from moto_lmi.runtime import Stream
from moto_lmi.runtime.http import Collect

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.invoking.targets import Target
    from moto_lmi.runtime.http import Request
    from moto_lmi.runtime.streams import Outcome

log = logging.getLogger(__name__)

ByApplication = Callable[["Request", bytes], None]

_INVOKE = re.compile(r"/(?:2015-03-31|2021-11-15)/functions/([^/?]+)/(response-streaming-)?invocations/?(?:\?(.*))?")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/")
_ACCOUNT = re.compile(r"(?:LMI)?(\d{12})[A-Z0-9]*")
_LARGE = 64 * 1024
"""From how many bytes on a request is read in a thread, so that others need not wait for it."""


@dataclass(frozen=True)
class Asked:
    """A request to invoke, before its body is there."""

    request: Request
    operation: str
    function_name: str
    query: Mapping[str, list[str]]


class Caller:
    """Whose request it is: by the access key, as the application finds it."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """`headers` have names in lower case."""
        match = _CREDENTIAL.search(headers.get("authorization", ""))
        self.access_key, self.region = match.groups() if match else ("AKIAEXAMPLE", "us-east-1")
        named = _ACCOUNT.fullmatch(self.access_key)
        account = named[1] if named else headers.get("x-moto-account-id")
        self.account_id: str = account or get_account_id_from(self.access_key)

    def backend(self) -> LMILambdaBackend | None:
        """The account's Lambda, if it has been used."""
        if self.account_id not in lambda_backends or self.region not in lambda_backends[self.account_id]:
            return None
        return cast("LMILambdaBackend", lambda_backends[self.account_id][self.region])


class Invocations:
    """Takes Invoke requests from the HTTP server."""

    def __init__(self, threads: Executor, by_application: ByApplication) -> None:
        """What isn't for the data plane goes to `by_application`, as the server would have handed it on."""
        self._threads, self._by_application = threads, by_application
        self._limit: int = facts.value("limits.sync_payload_bytes")

    def take(self, request: Request) -> Collect | None:
        """Who takes the request's body, None for a request that is no invocation."""
        match = _INVOKE.fullmatch(request.path) if request.method == "POST" else None
        if match is None:
            return None
        operation = "InvokeWithResponseStream" if match[2] else "Invoke"
        asked = Asked(request, operation, unquote(match[1]), parse_qs(match[3]) if match[3] else {})

        def complete(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            self._invoke(asked, body)

        return Collect(self._limit, complete)

    def _invoke(self, asked: Asked, body: bytes | None) -> None:
        if body is None:
            words = f"Request must be smaller than {self._limit} bytes for the InvokeFunction operation"
            send(asked.request, refusal(RequestTooLarge(words)))
        elif len(body) < _LARGE and STATE.acquire(blocking=False):
            try:
                run = self._prepare(asked, body)
            finally:
                STATE.release()
            run()
        else:
            self._threads.submit(self._invoke_aside, asked, body)

    def _invoke_aside(self, asked: Asked, body: bytes) -> None:
        from moto_lmi.invoking.runner import runner

        with STATE:
            run = self._prepare(asked, body)
        runner().plane.post(run)

    def _prepare(self, asked: Asked, body: bytes) -> Callable[[], None]:
        """What to do once the lock is free again."""
        request = asked.request
        try:
            caller = Caller(request.headers)
            backend = caller.backend()
            if backend is None:
                return lambda: self._by_application(request, body)
            clock_for(caller.account_id).catch_up()
            operation = get_service_model("lambda").operation_model(asked.operation)
            uri = {"FunctionName": asked.function_name}
            members = read_request(operation, uri, asked.query, _AnyCase(request.headers), body)
            if backend.leaves_to_moto(asked.function_name):
                return lambda: self._by_application(request, body)
            check_caller(backend, asked.operation, members, caller.access_key)
            streaming = asked.operation != "Invoke"
            call = read_call(backend, members, request.headers.get("x-amzn-trace-id", ""), streaming=streaming)
            if call.is_unattended and not streaming:
                return lambda: self._by_application(request, body)
            target = call.target()
        except LambdaError as error:
            refused = refusal(error)
            return lambda: send(request, refused)
        except Exception as exc:
            log.exception("failed on %s %s", request.method, request.path)
            failure = failure_of(exc)
            return lambda: send(request, failure)
        return lambda: _run(request, call, target)


def _run(request: Request, call: Call, target: Target) -> None:
    begun = begin(call, target)
    if not isinstance(begun, Future):
        send(request, begun)
    elif call.invocation.streaming:
        in_loop(_stream(request, call, begun))
    else:
        begun.add_done_callback(lambda done: send(request, _answer(call, done)))


def _answer(call: Call, done: Future[Outcome]) -> Reply:
    try:
        return reply_to(call, done)
    except LambdaError as error:
        return refusal(error)
    except Exception as exc:
        log.exception("failed on an invocation of %s", call.version.function_arn)
        return failure_of(exc)


async def _stream(request: Request, call: Call, begun: Future[Outcome]) -> None:
    await asyncio.wait([asyncio.wrap_future(begun)])
    try:
        outcome = outcome_of(begun)
        if not isinstance(outcome, Stream):
            send(request, whole_stream(call, begun))
            return
    except LambdaError as error:
        send(request, refusal(error))
        return
    except Exception as exc:
        log.exception("failed on an invocation of %s", call.version.function_arn)
        send(request, failure_of(exc))
        return
    stream = outcome
    await send_chunks(
        request.connection,
        200,
        stream_headers(call).items(),
        stream,
        wrap=event_stream.chunk,
        last=lambda: event_stream.complete(stream.error),
    )


def refusal(error: LambdaError) -> Reply:
    """The answer that refuses."""
    status, headers, body = error.answer()
    return status, {name: value for name, value in headers.items() if name != "status"}, body.encode()


def send(request: Request, reply: Reply) -> None:
    """Answer the request."""
    status, headers, body = reply
    if status == 204:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request.connection.finish(f"HTTP/1.1 204 No Content\r\n{head}\r\n".encode("latin-1"))
    else:
        request.connection.respond(status, headers, body)


class _AnyCase:
    """Headers that are asked for by the service model's names."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def get(self, name: str) -> str | None:
        return self._headers.get(name.lower())
