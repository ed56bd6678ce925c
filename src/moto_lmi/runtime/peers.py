"""Who is at the other end of a connection to an environment's API: only its own processes may be.

The network is shared, so a function could connect to the API of another environment and take its work. The kernel tells
whose a connection is. Where every environment has a user of its own (the server runs as root, with bubblewrap) the user
is enough; else the socket is looked for among the files of the environment's processes, off the loop and for several
connections at once.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto_lmi.runtime.http import Connection

_TABLE = "/proc/net/tcp"
_SOCK_DIAG = 4  # the netlink protocol
_BY_FAMILY = 20
_ERROR = 2
_HEADER = struct.Struct("=IHHII")
_ADDRESS = socket.inet_aton("127.0.0.1") + bytes(12)


def owner_of(client_port: int, server_port: int) -> tuple[int, int]:
    """User and inode of the client's socket of a connection on 127.0.0.1.

    Raises LookupError when there is no such connection, OSError when the system doesn't tell.
    """
    try:
        return _ask_kernel(client_port, server_port)
    except OSError:
        return _look_up(client_port, server_port)


def _ask_kernel(client_port: int, server_port: int) -> tuple[int, int]:
    """By netlink's sock_diag: microseconds, where the table below takes milliseconds."""
    any_cookie = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
    ends = struct.pack("!HH", client_port, server_port) + _ADDRESS + _ADDRESS + any_cookie
    request = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + ends
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
        kernel.settimeout(1)
        kernel.sendto(_HEADER.pack(_HEADER.size + len(request), _BY_FAMILY, 1, 1, 0) + request, (0, 0))
        answer = kernel.recv(4096)
    if _HEADER.unpack_from(answer)[1] == _ERROR:
        error = -struct.unpack_from("=i", answer, _HEADER.size)[0]
        if error == 2:  # ENOENT
            raise LookupError(f"no connection from port {client_port} to {server_port}")
        raise OSError(error, os.strerror(error))
    if struct.unpack_from("!HH", answer, _HEADER.size + 4) != (client_port, server_port):  # it names a listener instead
        raise LookupError(f"no connection from port {client_port} to {server_port}")
    uid, inode = struct.unpack_from("=II", answer, _HEADER.size + 64)
    return uid, inode


def _look_up(client_port: int, server_port: int) -> tuple[int, int]:
    with open(_TABLE, encoding="ascii") as file:
        lines = file.read().splitlines()[1:]
    wanted = f":{client_port:04X}", f":{server_port:04X}"
    for fields in map(str.split, lines):
        if fields[1].endswith(wanted[0]) and fields[2].endswith(wanted[1]):
            return int(fields[7]), int(fields[9])
    raise LookupError(f"no connection from port {client_port} to {server_port}")


def sockets_of(pids: Iterable[int]) -> set[int]:
    """The inodes of the sockets that the processes have open."""
    found = set()
    for pid in pids:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for name in names:
            try:
                link = os.readlink(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
            if link.startswith("socket:["):
                found.add(int(link[8:-1]))
    return found


class Peers:
    """Lets in the processes of one environment."""

    def __init__(self, uid: int = 0, family: Callable[[], Iterable[int]] | None = None) -> None:
        """`uid` is the environment's own user; if it has none, `family` gives its processes, or everyone is let in."""
        self._uid, self._family = uid, family
        self._waiting: list[Connection] = []
        self._looking: asyncio.Task[None] | None = None

    def admit(self, connection: Connection) -> bool:
        """Whether the client may stay; one that must be looked for is held until it was found."""
        if self._uid:
            try:
                return owner_of(*connection.ports)[0] == self._uid
            except LookupError:
                return False
            except OSError:
                return True  # this system doesn't tell, and without an answer nobody could be served
        if self._family is not None:
            connection.hold()
            self._waiting.append(connection)
            if self._looking is None or self._looking.done():
                self._looking = asyncio.get_running_loop().create_task(self._look())
        return True

    async def _look(self) -> None:
        assert self._family is not None
        family = self._family
        while self._waiting:
            batch, self._waiting = self._waiting, []
            held = await asyncio.get_running_loop().run_in_executor(None, lambda: sockets_of(family()))
            for connection in batch:
                if connection.is_open and self._is_in(connection, held):
                    connection.release()
                else:
                    connection.abort()

    @staticmethod
    def _is_in(connection: Connection, held: set[int]) -> bool:
        try:
            return owner_of(*connection.ports)[1] in held
        except LookupError:
            return False
        except OSError:
            return True

    def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
