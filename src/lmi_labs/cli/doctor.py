"""`lmi-labs doctor`: what could keep the labs from running."""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console

_NEEDED = ("moto", "boto3", "jupyterlab", "nbgrader", "ipywidgets")
_FREE_MIB = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes none."""


def run(args: argparse.Namespace) -> int:
    """Look at everything. Returns 0 when all is well, else 1."""
    console = Console(highlight=False)
    faults = 0
    for look in (_python, _packages, _kernel, _home, _disk, _loopback):
        for name, problem in look():
            faults += bool(problem)
            console.print(f"{'✘' if problem else '✔'} {name}{f': {problem}' if problem else ''}")
    return 1 if faults else 0


Findings = Iterator[tuple[str, str]]
Look = Callable[[], Findings]


def _python() -> Findings:
    found = ".".join(map(str, sys.version_info[:3]))
    yield (
        f"Python {found}",
        "" if sys.version_info >= (3, 11) else "3.11 or newer is needed; install it, then make setup",
    )


def _packages() -> Findings:
    for name in _NEEDED:
        try:
            yield f"{name} {version(name)}", ""
        except PackageNotFoundError:
            yield name, "not installed; run make setup"


def _kernel() -> Findings:
    from jupyter_client.kernelspec import KernelSpecManager

    present = "python3" in KernelSpecManager().find_kernel_specs()
    yield "Jupyter kernel python3", "" if present else "not found; run make setup"


def _home() -> Findings:
    from lmi_labs.progress import home, write_text_whole

    probe = home() / "probe"
    try:
        write_text_whole(probe, "")
        probe.unlink()
        yield f"{home()} can be written", ""
    except OSError as exc:
        yield f"{home()}", f"{exc.strerror}; set LMI_LABS_HOME to a folder that you may write"


def _disk() -> Findings:
    free = shutil.disk_usage(".").free // 2**20
    yield f"{free} MiB free on disk", "" if free > _FREE_MIB else f"at least {_FREE_MIB} are needed; make room"


def _loopback() -> Findings:
    try:
        with socket.create_server(("127.0.0.1", 0)):
            yield "ports can be opened on 127.0.0.1", ""
    except OSError as exc:
        yield "127.0.0.1", f"no port can be opened ({exc.strerror}); look at your firewall"
