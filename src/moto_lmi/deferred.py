"""Answers that wait for what goes on in the background, without the emulator's lock.

In process the request waits where it is. The HTTP endpoint first ends its handling of the request, writes the journal
and lets the lock go; then it waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto_lmi.background import BACKGROUND, lock_released
from moto_lmi.clock import clock_for
from moto_lmi.passing import pass_time

if TYPE_CHECKING:
    from moto_lmi.durable.execution import Execution

Answer = tuple[int, dict[str, str], Any]

_LOOK_EVERY_S = 0.02


@dataclass
class Deferred:
    """An answer that is there once the execution has ended."""

    execution: Execution
    finish: Callable[[Execution], Answer]

    limit_s: float

    def wait(self) -> Answer:
        """Wait for the end, for `limit_s` real seconds at most, and make the answer.

        Where the account's time stands still, a caller who waits makes it pass, for the waits and retries of this
        execution. Everything else that it waits for has to come from somebody else.
        """
        account_id = self.execution.account_id
        deadline = time.monotonic() + self.limit_s
        with lock_released():
            while not self.execution.is_closed and time.monotonic() < deadline:
                if not BACKGROUND.is_quiet:
                    BACKGROUND.settle(_LOOK_EVERY_S)
                    continue
                clock = clock_for(account_id)
                due = self.execution.next_due
                if due is not None and not clock.speed:
                    pass_time(account_id, due)
                else:
                    time.sleep(_LOOK_EVERY_S)
                    BACKGROUND.catch_up(account_id)
        return self.finish(self.execution)


_list: ContextVar[list[Deferred] | None] = ContextVar("deferred", default=None)


@contextmanager
def deferring() -> Iterator[list[Deferred]]:
    """Let answers be deferred; those that were are in the list."""
    found: list[Deferred] = []
    token = _list.set(found)
    try:
        yield found
    finally:
        _list.reset(token)


def when_closed(execution: Execution, finish: Callable[[Execution], Answer], limit_s: float) -> Answer:
    """The answer that `finish` makes of the execution once it has ended, or a place holder for whoever defers it."""
    deferred = Deferred(execution, finish, limit_s)
    found = _list.get()
    if found is None or execution.is_closed:
        return deferred.wait()
    found.append(deferred)
    return 200, {"status": "200"}, b""
