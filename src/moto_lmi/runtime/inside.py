"""The first process in a sandbox: starts the runtime and the extensions with their limits, and says when they end.

It is run as a script by the Python of the sandbox, alone and without site-packages, so it imports nothing of ours. The
data plane talks to it through a socket, one JSON object a line; when the socket closes the data plane is gone, and with
it everything here.

    {"do": "spawn", "name": …, "argv": […], "env": {…}, "cwd": …, "log": path of the socket for its output}
    {"do": "signal", "name": …, "signal": number}
    {"event": "started" | "failed" | "exited", "name": …, "pid" | "error" | "status": …}
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38


class Supervisor:
    """The processes of one environment."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        """`settings`: limits {name: number}, nice, uid (0: stay who we are), bare (no namespace around us)."""
        self._control, self._settings = control, settings
        self._names: dict[int, str] = {}
        self._pending = b""
        self._wake, wake_end = os.pipe()
        for end in (self._wake, wake_end):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.leave())
        if settings["bare"]:
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)
            _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    def run(self) -> None:
        """Do what the data plane says until it is gone."""
        control = self._control.fileno()
        while True:
            ready, _, _ = select.select([control, self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._reap()
            if control in ready:
                data = self._control.recv(65_536)
                if not data:
                    self.leave()
                *lines, self._pending = (self._pending + data).split(b"\n")
                for line in lines:
                    self._obey(json.loads(line))

    def leave(self) -> None:
        """Take everything along."""
        if self._settings["bare"]:
            for _ in range(100):
                left = _descendants(os.getpid())
                for pid in [*self._names, *left]:
                    _kill(pid, signal.SIGKILL)
                if not left:
                    break
        os._exit(0)

    def _obey(self, order: dict[str, Any]) -> None:
        if order["do"] == "spawn":
            self._spawn(order)
        else:
            for pid, name in list(self._names.items()):
                if name == order["name"]:
                    _kill(-pid, order["signal"])

    def _tell(self, event: str, name: str, **more: Any) -> None:
        self._control.sendall(json.dumps({"event": event, "name": name, **more}).encode() + b"\n")

    def _spawn(self, order: dict[str, Any]) -> None:
        trouble, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self._become(order)
            except BaseException as exc:
                os.write(told, str(exc).encode()[:1000])
            os._exit(127)
        os.close(told)
        error = b""
        while data := os.read(trouble, 4096):
            error += data
        os.close(trouble)
        if error:
            os.waitpid(pid, 0)
            self._tell("failed", order["name"], error=error.decode("utf-8", "replace"))
            return
        self._names[pid] = order["name"]
        self._tell("started", order["name"], pid=pid)

    def _become(self, order: dict[str, Any]) -> None:
        """In the child: its own group, output, limits and user, then the program."""
        signal.set_wakeup_fd(-1)
        for usual in (signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(usual, signal.SIG_DFL)
        os.setpgid(0, 0)
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        for number in (1, 2):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as output:
                output.connect(order["log"])
                os.dup2(output.fileno(), number)
        self._limit()
        os.chdir(order["cwd"])
        os.execve(order["argv"][0], order["argv"], order["env"])

    def _limit(self) -> None:
        settings = self._settings
        for name, number in settings["limits"].items():
            which = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(which)[1]
            number = number if hard == resource.RLIM_INFINITY else min(number, hard)
            resource.setrlimit(which, (number, number))
        os.nice(settings["nice"])
        uid = settings["uid"]
        if uid:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        if settings["bare"]:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _prctl(_PR_SET_NO_NEW_PRIVS, 1)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            name = self._names.pop(pid, "")
            if name:
                self._tell("exited", name, status=os.waitstatus_to_exitcode(status))


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def _descendants(root: int) -> list[int]:
    """Every process below `root`, by /proc; none where there is no /proc."""
    parents = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if fields[0] not in (b"Z", b"X"):
                parents[int(name)] = int(fields[1])
    found: list[int] = []
    level = {root}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found += level
    return found


def _prctl(option: int, argument: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, argument, 0, 0, 0)


if __name__ == "__main__":
    Supervisor(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2])).run()
