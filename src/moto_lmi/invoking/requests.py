"""Invoke as it comes over the API: which version is meant, what is refused, and the invocation that results."""

from __future__ import annotations

import base64
import binascii
import json
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto_lmi import facts
from moto_lmi.api.errors import InvalidRequestContent, RequestTooLarge
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.functions import Function
    from moto_lmi.invoking.targets import Target
    from moto_lmi.runtime import Invocation
    from moto_lmi.runtime.streams import Outcome

REQUEST_RESPONSE, EVENT, DRY_RUN = "RequestResponse", "Event", "DryRun"
_LONGEST_HEADER = 8192


@dataclass(frozen=True)
class Call:
    """An Invoke request that was found right: what it reaches, and how it wants to be answered."""

    version: Function
    invocation: Invocation
    kind: str

    @property
    def executed_version(self) -> str:
        """The version that X-Amz-Executed-Version names."""
        return str(self.version.version)

    @property
    def is_unattended(self) -> bool:
        """Whether it changes the emulator's state: an event is queued, an invocation of a durable function starts one."""
        return self.kind != DRY_RUN and (self.kind == EVENT or self.version.is_durable)

    def target(self) -> Target:
        """What the version runs on now."""
        from moto_lmi.invoking.targets import target_of

        return target_of(self.version)

    def run(self, target: Target | None = None) -> Future[Outcome]:
        """Run it, on the target if it has been looked up already."""
        from moto_lmi.invoking.runner import runner

        return runner().run(target or self.target(), self.invocation)


def read_call(
    backend: LMILambdaBackend,
    request: Mapping[str, Any],
    trace_id: str = "",
    *,
    streaming: bool = False,
    request_id: str = "",
) -> Call:
    """The call that the members of an Invoke or InvokeWithResponseStream request, read by the service model, ask for.

    Raises LambdaError as AWS refuses it. It takes the lock of the state, and does not wait for anything else.
    """
    from moto_lmi.runtime import Invocation

    with STATE:
        version = backend.invoked_version(request["FunctionName"], request.get("Qualifier"), request.get("LogType"))
        arn = backend.invoked_arn(request["FunctionName"], request.get("Qualifier"))
    payload = request.get("Payload", b"")
    _check_payload(payload)
    kind = request.get("InvocationType", REQUEST_RESPONSE)
    invocation = Invocation(
        payload or b"{}",
        request_id=request_id or str(uuid.uuid4()),
        trace_id=_in_header(trace_id) or _new_trace(),
        client_context=_client_context(request.get("ClientContext")),
        invoked_arn=arn,
        streaming=streaming,
    )
    return Call(version, invocation, kind)


def _check_payload(payload: bytes) -> None:
    limit = facts.value("limits.sync_payload_bytes")
    if len(payload) > limit:
        raise RequestTooLarge(f"Request must be smaller than {limit} bytes for the InvokeFunction operation")
    if payload:
        try:
            json.loads(payload)
        except (ValueError, RecursionError) as exc:
            raise InvalidRequestContent(f"Could not parse request body into json: {exc}") from exc


def _client_context(text: str | None) -> str:
    """The client context as the runtime gets it: JSON that stood in the header in base64."""
    if not text:
        return ""
    try:
        context = base64.b64decode(text, validate=True).decode()
        json.loads(context)
    except (binascii.Error, ValueError) as exc:
        raise InvalidRequestContent(f"Client context must be a valid Base64-encoded JSON object.: {exc}") from exc
    return _in_header(json.dumps(json.loads(context)))


def _in_header(text: str) -> str:
    return text if text.isascii() and text.isprintable() and len(text) <= _LONGEST_HEADER else ""


def _new_trace() -> str:
    token = uuid.uuid4().hex
    return f"Root=1-{int(time.time()):08x}-{token[:24]};Parent={uuid.uuid4().hex[:16]};Sampled=0"
