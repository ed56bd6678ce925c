"""The processes of one environment as the data plane sees them: what the first process of the sandbox says and is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from moto_lmi.runtime.aside import aside
from moto_lmi.runtime.sandbox import BUBBLEWRAP, Sandbox
from moto_lmi.runtime.watchdog import below, processes

_SEND_LIMIT_S = 5.0
_GONE_LIMIT_S = 5.0
_SIGNALS = {6: "aborted", 9: "killed", 11: "segmentation fault", 15: "terminated"}


class Processes:
    """The sandbox's first process and what it has started."""

    def __init__(
        self,
        sandbox: Sandbox,
        loop: asyncio.AbstractEventLoop,
        hear: Callable[[dict[str, Any]], None],
        gone: Callable[[], None],
    ) -> None:
        """Start the first process, in the loop's own thread: the sandbox ends with the thread that began it.

        `hear` gets its news of processes that failed to start or exited; `gone` is called when it has ended itself.
        """
        self._sandbox, self._loop, self._hear, self._gone = sandbox, loop, hear, gone
        self._process, self._control = sandbox.start()
        self._groups: dict[str, int] = {}
        self._exits: dict[str, asyncio.Event] = {}
        self._reader = loop.create_task(self._listen())

    @property
    def pid(self) -> int:
        """The sandbox's process id on this machine."""
        return self._process.pid

    def spawn(self, name: str, argv: list[str], env: dict[str, str], cwd: str, log_socket: str) -> None:
        """Have a process started, which is called `name` from now on."""
        self._exits[name] = asyncio.Event()
        self._order(do="spawn", name=name, argv=argv, env=env, cwd=cwd, log=log_socket)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the process and all of its group."""
        self._order(do="signal", name=name, signal=int(number))

    async def exited(self, names: list[str], limit_s: float) -> None:
        """Wait until the processes have exited, or the limit has passed."""
        waits = [self._loop.create_task(self._exits[name].wait()) for name in names if name in self._exits]
        if waits:
            _done, left = await asyncio.wait(waits, timeout=limit_s)
            for wait in left:
                wait.cancel()

    async def end(self) -> None:
        """End them all; nothing is left afterwards."""
        if self._sandbox.isolation.kind != BUBBLEWRAP:
            # Without a namespace the first process takes the others along; what it can't reach any more is ended here.
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
            for _ in range(100):
                if self._process.poll() is not None:
                    break
                await asyncio.sleep(0.02)
            for group in self._groups.values():
                with contextlib.suppress(OSError):
                    os.killpg(group, signal.SIGKILL)
        family = {item.pid for item in await aside(lambda: below(self.pid, processes()))}
        with contextlib.suppress(OSError):
            self._process.kill()
        await aside(self._process.wait)
        # The kernel ends what is in the namespace a moment after its first process.
        deadline = time.monotonic() + _GONE_LIMIT_S
        while family & set(await aside(processes)) and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        if self._reader is not asyncio.current_task():
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self._control.close()

    def _order(self, **order: Any) -> None:
        with contextlib.suppress(OSError):  # it is gone, and `gone` tells
            self._control.settimeout(_SEND_LIMIT_S)
            self._control.sendall(json.dumps(order).encode() + b"\n")
        with contextlib.suppress(OSError):
            self._control.setblocking(False)

    async def _listen(self) -> None:
        rest = b""
        while True:
            try:
                data = await self._loop.sock_recv(self._control, 65_536)
            except OSError:
                data = b""
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            try:
                for line in lines:
                    self._take(json.loads(line))
            except (ValueError, KeyError, TypeError):  # not the first process's words: a function has taken it over
                break
        self._gone()

    def _take(self, news: dict[str, Any]) -> None:
        name = news["name"]
        if news["event"] == "started":
            self._groups[name] = news["pid"]
            return
        self._exits[name].set()
        self._hear(news)


def reason(status: int) -> str:
    """How a process ended, in the words of AWS's supervisor."""
    if status == 0:
        return "without providing a reason"
    if status > 0:
        return f"with error: exit status {status}"
    try:
        return f"with error: signal: {_SIGNALS.get(-status) or signal.Signals(-status).name}"
    except ValueError:
        return f"with error: signal: {-status}"
