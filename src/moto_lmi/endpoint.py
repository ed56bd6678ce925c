"""The HTTP endpoint of a process that uses the emulator in process, for functions that must reach it.

A durable function tells its progress over HTTP. Where the emulator is not served, it is served from the first durable
execution on, at a free port of this machine, from the same state.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from moto_lmi import invoking
from moto_lmi.clock import default_speed
from moto_lmi.invoking import specs

_lock = threading.Lock()
_servers: list[Any] = []
_of_the_parent: list[Any] = []


def ensure_endpoint() -> str:
    """The endpoint's URL; the emulator is served from now on, unless it is served already."""
    from moto_lmi.server import Emulator, make_http_server

    with _lock:
        if specs.endpoint_url != specs.NOWHERE:
            return specs.endpoint_url
        server = make_http_server(Emulator(speed=default_speed(), keeps_time=False), "127.0.0.1", 0)
        _servers.append(server)
        threading.Thread(target=server.serve_forever, name="lmi-endpoint", daemon=True).start()
        invoking.set_endpoint(f"http://127.0.0.1:{server.port}")
        return specs.endpoint_url


def close_endpoint() -> None:
    """End the endpoint, and the functions that run; the next one that is needed is another. Harmless without one."""
    with _lock:
        gone, _servers[:] = list(_servers), []
    for server in gone:
        server.shutdown()
        server.server_close()


def _leave_it_to_the_parent() -> None:
    """In a forked child: the thread that serves is the parent's, and so is the state that it serves."""
    global _lock
    _lock = threading.Lock()
    if _servers:
        _of_the_parent.extend(_servers)  # kept, so that nothing of it is closed from here
        _servers.clear()
        invoking.set_endpoint(None)


os.register_at_fork(after_in_child=_leave_it_to_the_parent)
