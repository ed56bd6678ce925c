"""Invocations without a waiting caller: each is in the state from its start to its end.

What is in the state when the emulator ends is run again when it is back, so that nothing is lost: at least once, as on
AWS. Starting the code and hearing how it went is left to `background`, which keeps all that can't be pickled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from moto.moto_api._internal import mock_random

from moto_lmi import background

if TYPE_CHECKING:
    from moto_lmi.functions import Function

log = logging.getLogger(__name__)

Kind = Literal["answer", "function_error", "throttled", "unavailable"]


@dataclass(frozen=True)
class Request:
    """What a function is invoked with, without a caller who waits."""

    payload: bytes
    request_id: str
    invoked_arn: str = ""
    client_context: str = ""


@dataclass(frozen=True)
class Result:
    """How an invocation went.

    `answer` is what the handler returned and `function_error` its failure, a timeout included, both as the payload that
    a caller would get. `throttled` had no room (429), `unavailable` could not be run or lost its environment (5xx).
    """

    kind: Kind
    payload: bytes = b""
    error_type: str = ""
    message: str = ""

    @property
    def is_function_error(self) -> bool:
        """Whether the function itself failed, which is what retries are counted for."""
        return self.kind == "function_error"


@dataclass(frozen=True)
class Run:
    """One invocation that is going on: of which version, with what, and who is told."""

    version: Function
    request: Request
    done: Callable[[Result], object]


class Runs:
    """The invocations that are going on in one account and Region. Picklable if those who are told are."""

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id = account_id
        self.region = region
        self._running: dict[str, Run] = {}

    def __len__(self) -> int:
        return len(self._running)

    def start(self, version: Function, request: Request, done: Callable[[Result], object]) -> str:
        """Have the version run with the request. `done`, a bound method or a partial of one, is told how it went."""
        run_id = str(mock_random.uuid4())
        self._running[run_id] = Run(version, request, done)
        background.launch(self._address(run_id), version, request)
        return run_id

    def finished(self, run_id: str, result: Result) -> None:
        """A run has ended. One that is not known any more, or was told of before, is nobody's business."""
        run = self._running.pop(run_id, None)
        if run is None:
            return
        try:
            run.done(result)
        except Exception:
            log.exception("what follows an invocation of %s failed", run.version.arn)

    def restart(self) -> None:
        """Run again what was going on when the state was saved."""
        for run_id, run in list(self._running.items()):
            background.launch(self._address(run_id), run.version, run.request)

    def _address(self, run_id: str) -> background.Address:
        return background.Address(self.account_id, self.region, run_id)
