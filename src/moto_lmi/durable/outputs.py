"""What an invocation of a durable function ends with: the SDK's own document, or a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException

from moto_lmi.runs import Result

_ERROR_MEMBERS = ("ErrorMessage", "ErrorType", "ErrorData", "StackTrace")


class BadOutput(Exception):
    """The function's SDK would not have said this; PENDING without anything pending may be a race that replay mends."""

    def __init__(self, message: str, *, may_be_repeated: bool = False) -> None:
        super().__init__(message)
        self.may_be_repeated = may_be_repeated


@dataclass(frozen=True)
class Output:
    """The document: SUCCEEDED with a result, FAILED with an error, or PENDING."""

    status: str
    result: str | None
    error: Mapping[str, Any] | None


def read_output(payload: bytes) -> Output:
    """The document that a handler returned. Raises BadOutput."""
    try:
        document = json.loads(payload)
    except ValueError as exc:
        raise BadOutput(f"Invalid invocation output: {exc}") from exc
    if not isinstance(document, dict):
        raise BadOutput("Invalid invocation output: it is not an object")
    status, result, error = document.get("Status"), document.get("Result"), document.get("Error")
    if status not in ("SUCCEEDED", "FAILED", "PENDING"):
        raise BadOutput(f"Invalid invocation output: {status!r} is not a valid InvocationStatus")
    if error is not None and not isinstance(error, dict):
        raise BadOutput("Invalid invocation output: Error is not an object")
    if result is not None and not isinstance(result, str):
        raise BadOutput("Invalid invocation output: Result is not a string")
    if status == "FAILED" and result is not None:
        raise BadOutput("Cannot provide a Result for FAILED status.")
    if status == "SUCCEEDED" and error is not None:
        raise BadOutput("Cannot provide an Error for SUCCEEDED status.")
    return Output(status, result, {name: error[name] for name in _ERROR_MEMBERS if name in error} if error else None)


def error_of(failure: Result | Exception) -> dict[str, Any]:
    """The failure as an ErrorObject."""
    if isinstance(failure, ServiceException):
        return {"ErrorType": failure.code, "ErrorMessage": failure.message}
    if isinstance(failure, Exception):
        return {"ErrorType": type(failure).__name__, "ErrorMessage": str(failure)}
    try:
        document = json.loads(failure.payload)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {}
    error: dict[str, Any] = {}
    if kind := document.get("errorType") or failure.error_type:
        error["ErrorType"] = str(kind)
    if message := document.get("errorMessage") or failure.message:
        error["ErrorMessage"] = str(message)
    stack = document.get("stackTrace")
    if isinstance(stack, list) and stack:
        error["StackTrace"] = [str(line).strip() for line in stack]
    return error
