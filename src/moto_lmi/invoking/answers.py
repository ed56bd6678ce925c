"""What an outcome looks like to who invoked: status, headers and body, as Lambda's API answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto_lmi.api.errors import InvalidRuntime, InvalidZipFile, TooManyRequests
from moto_lmi.invoking.requests import DRY_RUN, EVENT, Call

if TYPE_CHECKING:
    from moto_lmi.runtime.streams import Outcome

REQUEST_ID = "x-amzn-requestid"
Reply = tuple[int, dict[str, str], bytes]


def reply_at_once(call: Call) -> Reply | None:
    """The answer to a call whose outcome nobody waits for; an event has been accepted by then."""
    if call.kind not in (DRY_RUN, EVENT):
        return None
    return (204 if call.kind == DRY_RUN else 202), _headers(call), b""


def reply_to(call: Call, outcome: Outcome) -> Reply:
    """The answer with the outcome.

    Raises LambdaError when the code didn't run: it was throttled, or its runtime isn't here.
    """
    from moto_lmi.runtime import Answer, FunctionError, Lost

    check_ran(outcome)
    headers = _headers(call)
    if isinstance(outcome, Answer):
        return 200, headers, outcome.payload
    assert isinstance(outcome, FunctionError | Lost)
    return 200, {**headers, "X-Amz-Function-Error": "Unhandled"}, outcome.payload


def check_ran(outcome: Outcome) -> None:
    """Raise LambdaError when the function's code was not reached."""
    from moto_lmi.runtime import Busy, FunctionError

    if isinstance(outcome, Busy):
        raise TooManyRequests(outcome.message, outcome.error_type)
    if isinstance(outcome, FunctionError) and outcome.error_type == "InvalidRuntime":
        raise InvalidRuntime(outcome.message)


def outcome_of(call: Call) -> Outcome:
    """Run the call and wait for its outcome. Raises LambdaError when its code can't be unpacked."""
    from moto_lmi.runtime import UnpackError

    try:
        return call.run().result()
    except UnpackError as exc:
        if exc.code == "InvalidRuntime":
            raise InvalidRuntime(str(exc)) from exc
        raise InvalidZipFile(str(exc)) from exc


def _headers(call: Call) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": call.executed_version,
        REQUEST_ID: call.invocation.request_id,
        "X-Amzn-Trace-Id": call.invocation.trace_id,
    }
