"""Who may use an environment's API."""

from __future__ import annotations

import os
import socket

from moto_lmi.runtime.peers import Peers

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  2001        0 2 1 0 20 4 30 10 -1
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
"""


def test_the_environments_own_user_may() -> None:
    """Port 50000 of user 2001 is connected to port 8080."""
    assert Peers(2001, lambda: TABLE).may(50_000, 8080)


def test_others_may_not() -> None:
    """Another user, a connection that is gone, and the wrong way round."""
    assert not Peers(2002, lambda: TABLE).may(50_000, 8080)
    assert not Peers(2001, lambda: TABLE).may(50_001, 8080)
    assert not Peers(2001, lambda: TABLE).may(8080, 50_000)


def test_everyone_may_where_all_are_one_user() -> None:
    """There the table isn't read."""
    assert Peers(0, lambda: 1 / 0).may(1, 2)  # type: ignore[arg-type, return-value]


def test_everyone_may_where_the_system_does_not_tell() -> None:
    """Without the table nobody could be served."""

    def fail() -> str:
        raise FileNotFoundError

    assert Peers(2001, fail).may(50_000, 8080)


def test_the_kernels_own_table() -> None:
    """A connection of this process is this user's."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        ports = (client.getsockname()[1], server.getsockname()[1])
        assert Peers(os.getuid() or 0).may(*ports)
        assert not Peers(os.getuid() + 1).may(*ports)
