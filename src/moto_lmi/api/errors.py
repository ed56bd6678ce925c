"""The errors of the Lambda API that the emulator raises.

ServiceException                     moto's root for errors that are serialised by the service model
└── LambdaError                      carries `Type: User`, as Lambda's own errors do
    ├── ValidationException          400  a value breaks a limit of the service model
    ├── SerializationException       400  the request can't be read
    ├── InvalidRequestContent        400  the event of an invocation can't be read
    ├── InvalidParameterValue        400  a business rule
    ├── AccessDenied                 403
    ├── ResourceNotFound             404
    ├── ResourceConflict             409
    ├── PreconditionFailed           412
    ├── NoPublishedVersion           400
    ├── TooManyRequests              429
    ├── RequestTooLarge              413
    ├── InvalidZipFile               502  the code of an invoked function can't be unpacked
    ├── InvalidRuntime               502  the runtime of an invoked function can't run here
    └── OwnSentence                  a rule whose wording is the emulator's (`facts.toml`, section `ours`)
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from botocore.model import NoShapeFoundError
from moto.core.exceptions import ServiceException
from moto.core.utils import get_service_model

from moto_lmi import facts

_STATUS_OUTSIDE_THE_MODEL = {
    "AccessDeniedException": 403,
    "UnrecognizedClientException": 403,
    "UnknownOperationException": 404,
}


class LambdaError(ServiceException):
    """An error for which the caller is to blame."""

    Type = "User"

    def answer(self) -> tuple[int, dict[str, Any], str]:
        """Status, headers and body as Lambda answers them.

        moto's own serialiser takes the service of an exception from its module's name, which must then be moto's.
        """
        status, members = _shape_of(self.code)
        body: dict[str, str] = {
            name: text for name in ("Type", "Reason") if (text := getattr(self, name, "")) and name in members
        }
        body["Message" if "Message" in members else "message"] = self.message
        headers = {"status": str(status), "x-amzn-ErrorType": self.code, "Content-Type": "application/json"}
        return status, headers, json.dumps(body)


@cache
def _shape_of(code: str) -> tuple[int, frozenset[str]]:
    try:
        shape = get_service_model("lambda").shape_for(code)
    except NoShapeFoundError:  # the classes that every AWS service has are in no model
        return _STATUS_OUTSIDE_THE_MODEL.get(code, 400), frozenset()
    return shape.metadata["error"]["httpStatusCode"], frozenset(shape.members)  # type: ignore[attr-defined]


class ValidationException(LambdaError):
    """One or more values break a limit of the service model."""

    code = "ValidationException"

    def __init__(self, violations: list[str]) -> None:
        count = len(violations)
        errors = "error" if count == 1 else "errors"
        super().__init__(f"{count} validation {errors} detected: {'; '.join(violations)}")


class SerializationException(LambdaError):
    """The request's body or a value in it can't be read."""

    code = "SerializationException"


class InvalidRequestContent(LambdaError):
    """The event of an invocation is no JSON."""

    code = "InvalidRequestContentException"


class InvalidParameterValue(LambdaError):
    """A business rule is broken."""

    code = "InvalidParameterValueException"


class AccessDenied(LambdaError):
    """The operation is refused for this resource."""

    code = "AccessDeniedException"


class ResourceNotFound(LambdaError):
    """There is no such resource."""

    code = "ResourceNotFoundException"


class ResourceConflict(LambdaError):
    """The resource is in a state that doesn't allow the operation, or exists already."""

    code = "ResourceConflictException"

    @classmethod
    def in_state(cls, state: str) -> ResourceConflict:
        """The refusal of an operation for which a function is in the wrong state."""
        return cls(
            f"The operation cannot be performed at this time. The function is currently in the following state: {state}"
        )


class PreconditionFailed(LambdaError):
    """The revision that the caller named is not the current one."""

    code = "PreconditionFailedException"


class NoPublishedVersion(LambdaError):
    """An unqualified invocation of a function that was never published to $LATEST.PUBLISHED."""

    code = "NoPublishedVersionException"


class TooManyRequests(LambdaError):
    """A request rate is exceeded."""

    code = "TooManyRequestsException"
    Reason = "CallerRateLimitExceeded"

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.Reason = reason or type(self).Reason


class RequestTooLarge(LambdaError):
    """The event of an invocation is too long."""

    code = "RequestTooLargeException"


class InvalidZipFile(LambdaError):
    """The code of a function that is invoked can't be unpacked."""

    code = "InvalidZipFileException"


class InvalidRuntime(LambdaError):
    """The runtime of a function that is invoked can't run here."""

    code = "InvalidRuntimeException"


class OwnSentence(LambdaError):
    """A refusal in the emulator's own words, because AWS's are not known; `key` names it in `facts.toml`."""

    def __init__(self, key: str, /, **values: object) -> None:
        sentence = facts.ours(key).format(**values)
        self.key = key
        super().__init__(sentence.code, sentence.message)
