"""What an outcome looks like to who invoked: status, headers and body, as Lambda's API answers."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import TYPE_CHECKING

from moto_lmi import facts
from moto_lmi.api.errors import InvalidRuntime, InvalidZipFile, TooManyRequests
from moto_lmi.invoking import event_stream
from moto_lmi.invoking.requests import DRY_RUN, Call

if TYPE_CHECKING:
    from moto_lmi.invoking.targets import Target
    from moto_lmi.runtime.streams import Outcome

REQUEST_ID = "x-amzn-requestid"
Reply = tuple[int, dict[str, str], bytes]


def begin(call: Call, target: Target | None = None) -> Reply | Future[Outcome]:
    """Begin what the call asks for: the answer to a dry run, else the future of the outcome.

    `target` is what the version runs on, if it has been looked up already.
    """
    if call.kind == DRY_RUN:
        return 204, _headers(call), b""
    return call.run(target)


def reply_to(call: Call, done: Future[Outcome]) -> Reply:
    """The answer to a call whose outcome is there, or is waited for.

    Raises LambdaError when the code didn't run: it was throttled, can't be unpacked, or its runtime isn't here.
    """
    from moto_lmi.runtime import Answer, FunctionError, Lost

    outcome = outcome_of(done)
    headers = _headers(call)
    if isinstance(outcome, Answer):
        return 200, headers, outcome.payload
    assert isinstance(outcome, FunctionError | Lost)
    return 200, {**headers, "X-Amz-Function-Error": "Unhandled"}, outcome.payload


def whole_stream(call: Call, done: Future[Outcome]) -> Reply:
    """The answer of InvokeWithResponseStream, waited for until it is complete. Raises LambdaError as `reply_to` does."""
    from moto_lmi.runtime import FunctionError, Lost, Stream

    outcome = outcome_of(done)
    chunks, error = [], None
    if isinstance(outcome, Stream):
        chunks, error = [event_stream.chunk(piece) for piece in outcome], outcome.error
    else:
        assert isinstance(outcome, FunctionError | Lost)
        error = outcome
    return 200, stream_headers(call), b"".join([*chunks, event_stream.complete(error)])


def stream_headers(call: Call) -> dict[str, str]:
    """The headers of an answer that is an event stream."""
    return {**_headers(call), "Content-Type": event_stream.CONTENT_TYPE}


def outcome_of(done: Future[Outcome]) -> Outcome:
    """The outcome, waited for; not Busy.

    Raises LambdaError when the function's code was not reached.
    """
    from moto_lmi.runtime import Busy, FunctionError, UnpackError

    try:
        outcome = done.result()
    except UnpackError as exc:
        if exc.code == "InvalidRuntime":
            raise InvalidRuntime(str(exc)) from exc
        raise InvalidZipFile(str(exc)) from exc
    if isinstance(outcome, Busy):
        raise TooManyRequests(outcome.message, outcome.error_type)
    if isinstance(outcome, FunctionError) and outcome.error_type == "InvalidRuntime":
        raise InvalidRuntime(outcome.message)
    return outcome


def failure_of(exc: Exception) -> Reply:
    """The answer when the emulator itself failed."""
    sentence = facts.ours("internal").format(operation="Invoke", error=f"{type(exc).__name__}: {exc}")
    body = json.dumps({"__type": sentence.code, "message": sentence.message, "Message": sentence.message}).encode()
    return 500, {"Content-Type": "application/json", "x-amzn-ErrorType": sentence.code}, body


def _headers(call: Call) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": call.executed_version,
        REQUEST_ID: call.invocation.request_id,
        "X-Amzn-Trace-Id": call.invocation.trace_id,
    }
