"""Starting a version's environments when it is published, so that an initialization that fails fails the publication.

Off by default (`Behaviour.start_at_publish`): processes take real time, and a publication then ends when they are up
and not before, whatever the virtual clock says.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, cast

from moto.awslambda.models import lambda_backends

from moto_lmi import changes
from moto_lmi.invoking.runner import runner
from moto_lmi.invoking.targets import Target
from moto_lmi.runtime import FunctionError, UnpackError

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.functions import Function

log = logging.getLogger(__name__)

_CODES = {
    "Sandbox.Timedout": "FunctionError.InitTimeout",
    "Runtime.InvalidEntrypoint": "FunctionError.InvalidEntryPoint",
    "Runtime.OutOfMemory": "FunctionError.InitResourceExhausted",
    "InvalidRuntime": "InvalidRuntime",
}
"""Reason codes of the service model by error type; AWS's own mapping was not found."""


def start(account_id: str, region: str, version: Function, uids: tuple[str, ...]) -> None:
    """Start the environments; how it went becomes a change of the state. It doesn't wait."""
    future = runner().start(Target(version, uids))
    future.add_done_callback(lambda done: _tell(account_id, region, version.uid, done))


def _tell(account_id: str, region: str, uid: str, done: Future[FunctionError | Exception | None]) -> None:
    code, reason = _reason(done.result())
    document = {"account": account_id, "region": region, "uid": uid, "code": code, "reason": reason}
    runner().plane.loop.run_in_executor(None, changes.make, "started", document)


def _reason(error: FunctionError | Exception | None) -> tuple[str, str]:
    """Reason code and reason of a failure; two empty texts when there was none."""
    if error is None:
        return "", ""
    if isinstance(error, UnpackError):
        return "InvalidRuntime" if error.code == "InvalidRuntime" else "InvalidZipFileException", str(error)
    if not isinstance(error, FunctionError):
        log.error("an environment could not be made", exc_info=error)
        return "InternalError", f"{type(error).__name__}: {error}"
    if error.error_type.startswith("Extension."):
        return "FunctionError.ExtensionInitError", f"{error.error_type}: {error.message}"
    code = _CODES.get(error.error_type, "FunctionError.RuntimeInitError")
    return code, f"{error.error_type}: {error.message}"


def apply(document: dict[str, Any]) -> None:
    """The change: the version is up, or its publication has failed."""
    backend = cast("LMILambdaBackend", lambda_backends[document["account"]][document["region"]])
    backend.fleet.started(document["uid"], document["code"], document["reason"])


def resume() -> None:
    """Start what a server was starting when it ended."""
    for regions in list(lambda_backends.values()):
        for backend in list(regions.values()):
            cast("LMILambdaBackend", backend).fleet.start_again()
