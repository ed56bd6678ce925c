"""Who may use an environment's API."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from moto_lmi.runtime import peers
from moto_lmi.runtime.peers import Peers, owner_of, sockets_of

from .helpers import ApiWorld
from .test_api import run

PING = (200, b"pong")


def tell(answer: tuple[int, int] | Exception) -> Callable[[int, int], tuple[int, int]]:
    """A kernel that always says the same."""

    def say(_client: int, _server: int) -> tuple[int, int]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return say


async def ping(world: ApiWorld) -> Any:
    """What a new client gets: the answer, or how it was sent away."""
    client = await world.client()
    try:
        return await client.ask("GET", "/2018-06-01/ping")
    except (ConnectionError, IndexError, asyncio.IncompleteReadError):
        return "sent away"


def test_the_kernel_tells_whose_a_connection_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """By netlink and by its table alike: the user and the inode of the client's end."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        ends = (client.getsockname()[1], server.getsockname()[1])
        expected = (os.getuid(), os.fstat(client.fileno()).st_ino)
        assert owner_of(*ends) == expected
        with pytest.raises(LookupError):
            owner_of(ends[1], 1)
        monkeypatch.setattr(peers, "_ask_kernel", tell(OSError("no netlink")))
        assert owner_of(*ends) == expected
        with pytest.raises(LookupError):
            owner_of(ends[1], 1)


def test_the_sockets_of_processes() -> None:
    """Those of the processes that are asked for, and of no other."""
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with socket.socket() as mine:
            inode = os.fstat(mine.fileno()).st_ino
            assert inode in sockets_of([os.getpid()])
            assert inode not in sockets_of([other.pid])
    finally:
        other.communicate()
    assert sockets_of([other.pid]) == set()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((2001, 1), PING),
        ((2002, 1), "sent away"),
        (LookupError(), "sent away"),
        (OSError(), PING),
    ],
    ids=["own", "other", "gone", "untold"],
)
@run
async def test_an_environment_with_a_user_of_its_own(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, int] | Exception, expected: Any
) -> None:
    """Its user may, others may not; where the system doesn't tell everyone may."""
    monkeypatch.setattr(peers, "owner_of", tell(answer))
    async with ApiWorld() as world:
        world.api.peers = Peers(2001)
        assert await ping(world) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(None, PING), ((0, 1), "sent away"), (LookupError(), "sent away"), (OSError(), PING)],
    ids=["own", "other", "gone", "untold"],
)
@run
async def test_an_environment_without_a_user_of_its_own(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, int] | Exception | None, expected: Any
) -> None:
    """The client's socket is looked for among those of the environment's processes; here this process is one."""
    if answer is not None:
        monkeypatch.setattr(peers, "owner_of", tell(answer))
    async with ApiWorld() as world:
        world.api.peers = Peers(0, lambda: [os.getpid()])
        assert await asyncio.gather(*(ping(world) for _ in range(20))) == [expected] * 20


@run
async def test_who_is_not_known_yet_can_not_fill_the_memory() -> None:
    """What a client sends before it was found is bounded."""
    async with ApiWorld() as world:
        world.api.peers = Peers()
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        await asyncio.sleep(0.01)
        (connection,) = world.api._connections
        connection.hold()
        writer.write(b"x" * 4_000_000)
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        assert not connection.is_open
        writer.close()
