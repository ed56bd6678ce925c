"""Plain moto beside the emulator, so that a test can show what it answers, and an account that is little but its clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto_lmi.clock import Clock, clock_for

from .world import ACCOUNT

_OWN = {"cloudwatch": "CloudWatchBackend", "logs": "LogsBackend"}


@contextmanager
def plain_moto(backends: Any) -> Iterator[None]:
    """Within, moto's own class answers for the service, and nothing of it is there before or afterwards."""
    mended = backends.backend
    backends.backend = next(kind for kind in mended.__mro__ if kind.__name__ == _OWN[backends.service_name])
    backends.clear()
    try:
        yield
    finally:
        backends.backend = mended
        backends.clear()


class Account:
    """An account whose time stands still until `pass_time`; nothing is in it."""

    @property
    def clock(self) -> Clock:
        """Its clock."""
        return clock_for(ACCOUNT)

    def pass_time(self, seconds: float) -> None:
        """Let virtual seconds pass."""
        self.clock.advance(seconds)
