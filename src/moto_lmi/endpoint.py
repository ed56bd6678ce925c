"""The HTTP endpoint of a process that uses the emulator in process, for functions that must reach it.

A durable function tells its progress over HTTP. Where the emulator is not served, it is served from the first durable
execution on, at a free port of this machine, from the same state.
"""

from __future__ import annotations

import threading
from typing import Any

from moto_lmi import invoking
from moto_lmi.clock import default_speed
from moto_lmi.invoking import specs

_lock = threading.Lock()
_servers: list[Any] = []


def ensure_endpoint() -> None:
    """Serve the emulator, unless it is served already."""
    from moto_lmi.server import Emulator, make_http_server

    with _lock:
        if specs.endpoint_url != specs.NOWHERE:
            return
        server = make_http_server(Emulator(speed=default_speed(), keeps_time=False), "127.0.0.1", 0)
        _servers.append(server)
        threading.Thread(target=server.serve_forever, name="lmi-endpoint", daemon=True).start()
        invoking.set_endpoint(f"http://127.0.0.1:{server.port}")
