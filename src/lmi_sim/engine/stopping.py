"""How a simulation is given up from another thread."""

from __future__ import annotations

__all__ = ["Stop", "Stopped"]


class Stopped(Exception):
    """The simulation was given up; it has no result."""


class Stop:
    """A wish to end a simulation. An engine looks at it before each request, so it is heard within microseconds."""

    def __init__(self) -> None:
        self.flag = bytearray(1)

    def set(self) -> None:
        """End what runs with it."""
        self.flag[0] = 1

    @property
    def is_set(self) -> bool:
        """Whether the end is wished for."""
        return bool(self.flag[0])
