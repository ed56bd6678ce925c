"""Function URLs over HTTP: a request becomes an event of payload format 2.0, and what the function gives an answer.

http://127.0.0.1:PORT/lambda-url/ID/path              anywhere
http://ID.lambda-url.REGION.localhost:PORT/path       where *.localhost is this machine; any other domain works too
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, unquote

from moto_lmi import facts
from moto_lmi.api.errors import AccessDenied, LambdaError, TooManyRequests
from moto_lmi.clock import clock_for
from moto_lmi.function_urls import AWS_IAM, RESPONSE_STREAM, FunctionUrl, find_url
from moto_lmi.iam.enforce import check_caller
from moto_lmi.invoking.answers import outcome_of
from moto_lmi.invoking.chunked import in_loop
from moto_lmi.invoking.requests import Call, read_call
from moto_lmi.invoking.url_answers import failed, forbidden, throttled, translate, write_stream
from moto_lmi.locking import STATE
from moto_lmi.runtime import Answer, Stream
from moto_lmi.runtime.http import Collect

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.runtime.http import Request
    from moto_lmi.runtime.streams import Outcome

log = logging.getLogger(__name__)

_HOST = re.compile(r"([0-9a-f]{32})\.lambda-url\.[a-z0-9-]+\..+")
_PATH = re.compile(r"/lambda-url/([0-9a-f]{32})(/[^?]*)?(\?.*)?")
_TEXT_TYPES = (
    "text/",
    "application/json",
    "application/javascript",
    "application/xml",
    "application/x-www-form-urlencoded",
)


class UrlRequests:
    """Takes requests to function URLs from the HTTP server."""

    def __init__(self, threads: Executor) -> None:
        """`threads` find out what is meant, because that may have to wait for the state's lock."""
        self._threads = threads
        self._limit: int = facts.value("limits.sync_payload_bytes")

    def take(self, request: Request) -> Collect | None:
        """Who takes the request's body, None for a request that is to no function URL."""
        host = _HOST.fullmatch(request.headers.get("host", ""))
        path = None if host else _PATH.fullmatch(request.path)
        if host:
            url_id, rest = host[1], request.path
        elif path:
            url_id, rest = path[1], (path[2] or "/") + (path[3] or "")
        else:
            return None

        def complete(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            if body is None:
                request.connection.respond_json(413, {"Message": "Request Entity Too Large"})
            else:
                self._threads.submit(self._prepare_aside, request, url_id, rest, body)

        return Collect(self._limit, complete)

    def _prepare_aside(self, request: Request, url_id: str, path: str, body: bytes) -> None:
        from moto_lmi.invoking.runner import runner

        runner().plane.post(self._prepare(request, url_id, path, body))

    def _prepare(self, request: Request, url_id: str, path: str, body: bytes) -> Callable[[], None]:
        connection = request.connection
        try:
            with STATE:
                found = find_url(url_id)
                if found is None:
                    return lambda: forbidden(connection)
                backend, url = found
                clock_for(url.account_id).catch_up()
                caller = _caller(request, cast("LMILambdaBackend", backend), url)
                request_id = str(uuid.uuid4())
                event = event_of(request, url, path, body, caller, request_id)
                members = {"FunctionName": url.function_name, "Payload": json.dumps(event).encode()}
                if url.qualifier:
                    members["Qualifier"] = url.qualifier
                streaming = url.invoke_mode == RESPONSE_STREAM
                trace_id = request.headers.get("x-amzn-trace-id", "")
                call = read_call(
                    cast("LMILambdaBackend", backend), members, trace_id, streaming=streaming, request_id=request_id
                )
        except AccessDenied:
            return lambda: forbidden(connection)
        except TooManyRequests:
            return lambda: throttled(connection)
        except LambdaError as error:
            log.info("the function URL %s could not be answered: %s", url_id, error)
            return lambda: failed(connection)
        except Exception:
            log.exception("failed on %s %s", request.method, request.path)
            return lambda: failed(connection)
        return lambda: in_loop(_run(request, call))


async def _run(request: Request, call: Call) -> None:
    done: Future[Outcome] = call.run()
    await asyncio.wait([asyncio.wrap_future(done)])
    try:
        outcome = outcome_of(done)
    except TooManyRequests:
        throttled(request.connection)
        return
    except Exception as exc:
        log.info("the function of a URL could not be run: %s", exc)
        failed(request.connection)
        return
    headers = {"x-amzn-RequestId": call.invocation.request_id, "X-Amzn-Trace-Id": call.invocation.trace_id}
    if isinstance(outcome, Stream):
        await write_stream(request.connection, outcome, headers)
    elif isinstance(outcome, Answer):
        translate(request.connection, outcome.payload, headers)
    else:
        failed(request.connection)


def _caller(request: Request, backend: LMILambdaBackend, url: FunctionUrl) -> dict[str, Any] | None:
    """Who is named in the event of a URL with AWS_IAM. Raises AccessDenied for a request without a signature.

    As everywhere in the emulator the signature isn't computed again; where IAM is enforced the caller must be allowed.
    """
    if url.auth_type != AWS_IAM:
        return None
    match = re.search(r"Credential=([^/,\s]+)/", request.headers.get("authorization", ""))
    if match is None:
        raise AccessDenied("Forbidden")
    check_caller(backend, "InvokeFunctionUrl", {"FunctionName": url.function_name}, match[1])
    arn = f"arn:aws:iam::{url.account_id}:root"
    return {
        "accessKey": match[1],
        "accountId": url.account_id,
        "callerId": match[1],
        "userArn": arn,
        "userId": match[1],
    }


def event_of(
    request: Request, url: FunctionUrl, path: str, body: bytes, caller: dict[str, Any] | None, request_id: str
) -> dict[str, Any]:
    """The event of payload format 2.0."""
    raw_path, _, query = path.partition("?")
    headers = {name: value for name, value in request.headers.items() if name != "cookie"}
    moment = time.time()
    context: dict[str, Any] = {
        "accountId": url.account_id if caller else "anonymous",
        "apiId": url.url_id,
        "domainName": url.host,
        "domainPrefix": url.url_id,
        "http": {
            "method": request.method,
            "path": unquote(raw_path),
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": datetime.fromtimestamp(moment, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(moment * 1000),
    }
    if caller:
        context["authorizer"] = {"iam": caller}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(raw_path),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if "cookie" in request.headers:
        event["cookies"] = [item.strip() for item in request.headers["cookie"].split(";")]
    if query:
        parameters: dict[str, str] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
        event["queryStringParameters"] = parameters
    if body:
        is_text = headers.get("content-type", "text/plain").startswith(_TEXT_TYPES)
        try:
            event["body"] = body.decode() if is_text else base64.b64encode(body).decode()
            event["isBase64Encoded"] = not is_text
        except UnicodeDecodeError:
            event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode(), True
    return event
