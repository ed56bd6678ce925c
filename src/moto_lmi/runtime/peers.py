"""Who is at the other end of a connection to an environment's API: only its own processes may be.

The network is shared, so a function could connect to the API of another environment and take its work. Where every
environment has a user of its own (the server runs as root, with bubblewrap) the kernel's table of connections tells whose
a connection is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_TABLE = "/proc/net/tcp"
_FRESH_S = 0.05


def connections(read: Callable[[], str]) -> dict[tuple[int, int], int]:
    """The users of the local connections, by (own port, other port)."""
    found = {}
    for line in read().splitlines()[1:]:
        fields = line.split()
        found[int(fields[1].rpartition(":")[2], 16), int(fields[2].rpartition(":")[2], 16)] = int(fields[7])
    return found


def _read_table() -> str:
    with open(_TABLE, encoding="ascii") as file:
        return file.read()


class Peers:
    """Tells whether the client of a connection is the user."""

    def __init__(self, uid: int, read: Callable[[], str] = _read_table) -> None:
        """`uid` 0 lets everyone in: there the users are all the same."""
        self._uid, self._read = uid, read
        self._known: dict[tuple[int, int], int] = {}
        self._read_at = 0.0

    def may(self, client_port: int, server_port: int) -> bool:
        """Whether the client may use the API."""
        if not self._uid:
            return True
        ends = (client_port, server_port)
        if ends not in self._known or time.monotonic() - self._read_at > _FRESH_S:
            try:
                self._known, self._read_at = connections(self._read), time.monotonic()
            except OSError:
                return True  # this system doesn't tell
        return self._known.pop(ends, -1) == self._uid
