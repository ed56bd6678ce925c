"""Execution environments by script: what a run gives is said by the test, and when, if it wants to.

The state machines are tested with it; that they stand on real environments is tested beside them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from moto_lmi import clock
from moto_lmi.background import BACKGROUND
from moto_lmi.functions import Function
from moto_lmi.runs import Request, Result

OK = Result("answer", b'"ok"')
FAILED = Result("function_error", b'{"errorType": "ValueError", "errorMessage": "no good"}', "ValueError", "no good")
THROTTLED = Result("throttled", error_type="ConcurrentInvocationLimitExceeded", message="Rate Exceeded.")


class Script:
    """A runner: `answer` gives the result of a request, or None to hold it until `release`."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Result | None] = lambda _: OK
        self.requests: list[Request] = []
        self.held: list[tuple[Request, Future[Result]]] = []

    def __call__(self, version: Function, request: Request) -> Future[Result]:
        """Run the request."""
        self.requests.append(request)
        future: Future[Result] = Future()
        result = self.answer(request)
        if result is None:
            self.held.append((request, future))
        else:
            future.set_result(result)
        return future

    def start(self) -> None:
        """Let time that is advanced wait for what runs, save what is held."""
        clock.wait_for(lambda: BACKGROUND.pending > len(self.held), self.settle)

    def stop(self) -> None:
        """Let everything end, and time be as it was."""
        self.answer = lambda _: OK
        while self.held:
            self.release()
        self.settle()
        BACKGROUND.hold_time()

    @property
    def events(self) -> list[Any]:
        """The payloads of the runs, in order."""
        return [json.loads(request.payload) for request in self.requests]

    def release(self, result: Result = OK) -> None:
        """Let what is held end with the result, and wait until everything that follows has ended."""
        held, self.held = self.held, []
        for _, future in held:
            future.set_result(result)
        self.settle()

    def settle(self) -> None:
        """Wait until everything that was started is told of, save what is held."""
        deadline = time.monotonic() + 60
        while BACKGROUND.pending != len(self.held):
            assert time.monotonic() < deadline
            time.sleep(0.002)
