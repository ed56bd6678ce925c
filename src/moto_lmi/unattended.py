"""Runs a request that nobody waits for on the version's real execution environments."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from moto_lmi.invoking import run
from moto_lmi.runs import Request, Result
from moto_lmi.runtime import Answer, Busy, FunctionError, Invocation, Lost

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.runtime import Outcome

_OURS = "Client."
"""How the error types begin with which the data plane ends an environment that did nothing wrong."""


def run_unattended(version: Function, request: Request) -> Future[Result]:
    """The future of how the request went. It doesn't wait."""
    invocation = Invocation(
        request.payload,
        request_id=request.request_id,
        invoked_arn=request.invoked_arn,
        client_context=request.client_context,
    )
    told: Future[Result] = Future()

    def tell(future: Future[Outcome]) -> None:
        error = future.exception()
        if error is not None:
            told.set_exception(error)
        else:
            told.set_result(result_of(future.result()))

    run(version, invocation).add_done_callback(tell)
    return told


def result_of(outcome: Outcome) -> Result:
    """The outcome as it counts for retries: a runtime that ends itself is the function's fault."""
    if isinstance(outcome, Answer):
        return Result("answer", outcome.payload)
    if isinstance(outcome, FunctionError):
        return Result("function_error", outcome.payload, outcome.error_type, outcome.message)
    if isinstance(outcome, Busy):
        return Result("throttled", error_type=outcome.error_type, message=outcome.message)
    assert isinstance(outcome, Lost)
    kind = "unavailable" if outcome.error_type.startswith(_OURS) else "function_error"
    return Result(kind, outcome.payload, outcome.error_type, outcome.message)  # type: ignore[arg-type]
