"""`lmi-labs start`: JupyterLab on the labs, with the emulator beside it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from rich.console import Console

from lmi_labs.cli import CommandFailed

_READY = "LMI Labs emulator ready at "
_STARTUP_S = 90
_GRACE_S = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--port", type=int, default=0, help="port of JupyterLab (default: a free one from 8888)")
    parser.add_argument("--emulator-port", type=int, default=0, help="port of the emulator (default: a free one)")
    parser.add_argument("--speed", type=float, default=20.0, help="virtual seconds per second (default 20)")
    parser.add_argument(
        "--work-dir", type=Path, default=Path("work"), help="the folder for your notebooks (default work)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(args: argparse.Namespace) -> int:
    """Start both and wait for Ctrl-C. Returns 0, or 1 when one of them ends by itself."""
    from lmi_labs import session, workfolder

    console = Console(highlight=False)
    work = args.work_dir.resolve()
    try:
        copied = workfolder.fill(work)
        (work / ".lmi-labs").mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise CommandFailed(f"{exc.filename} can't be written: {exc.strerror}. Choose another --work-dir.") from exc
    for path in copied:
        console.print(f"A fresh copy of {path.parent.name} is in {path}")
    if not args.speed > 0:
        raise CommandFailed(f"--speed {args.speed:g} must be above 0, or nothing would ever become ready.")
    port = _free_port(args.port)
    processes: list[subprocess.Popen[str]] = []
    with _signals_as_interrupts():
        try:
            emulator, endpoint = _start_emulator(args, work)
            processes.append(emulator)
            site = _serve_reference(console)
            token = secrets.token_hex(16)
            lab = _start_jupyter(work, port, token, {**session.lab_environment(endpoint), **site})
            processes.append(lab)
            url = f"http://127.0.0.1:{port}/lab?token={token}"
            _wait_for_jupyter(lab, port)
            session.remember(endpoint)
            console.print(f"LMI Labs ready at {url}", soft_wrap=True)
            console.print("Your work is saved as you go. Ctrl-C ends the session; start again to go on.")
            sys.stdout.flush()
            if not args.no_browser:
                import webbrowser

                webbrowser.open(url)
            return _wait(processes)
        except KeyboardInterrupt:
            console.print("Ending. Your notebooks and your account are kept.")
            return 0
        finally:
            session.forget()
            _stop(processes)


@contextlib.contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the session as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _free_port(wanted: int) -> int:
    """The wanted port if it is free, else, for 0, the first free one from 8888 on."""
    for port in [wanted] if wanted else [*range(8888, 8908), 0]:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)) as probe:
            return int(probe.getsockname()[1])
    raise CommandFailed(f"Port {wanted} is in use. Choose another --port, or leave it out for a free one.")


def _start_emulator(args: argparse.Namespace, work: Path) -> tuple[subprocess.Popen[str], str]:
    state = work / ".lmi-labs" / "account.state"
    process = subprocess.Popen(
        [sys.executable, "-m", "lmi_labs", "serve", "--port", str(args.emulator_port), "--state", str(state),
         "--speed", str(args.speed), "--exit-with-parent"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line.startswith(_READY):
        _, errors = process.communicate()
        raise CommandFailed(f"The emulator did not start. {errors.strip().splitlines()[-1] if errors.strip() else ''}")
    return process, line.removeprefix(_READY)


def _serve_reference(console: Console) -> dict[str, str]:
    """Serve the reference pages, to which checks link; what a kernel must know of it."""
    from lmi_labs import reference

    site = reference.build_site()
    if site is None:
        console.print("The reference pages can't be shown here; they are in docs/.")
        return {}
    _, url = reference.serve_site(site)
    console.print(f"Reference pages at {url}")
    return {reference.BASE_VARIABLE: url}


def _settings(work: Path) -> Path:
    """A folder with JupyterLab's settings for the labs: no question about news, no look for updates."""
    folder = work / ".lmi-labs" / "settings"
    folder.mkdir(exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": False}
    (folder / "overrides.json").write_text(json.dumps({"@jupyterlab/apputils-extension:notification": quiet}))
    return folder


def _start_jupyter(work: Path, port: int, token: str, variables: dict[str, str]) -> subprocess.Popen[str]:
    jupyter = Path(sys.executable).with_name("jupyter")
    if not jupyter.exists():
        raise CommandFailed(f"{jupyter} is missing; run `make setup` again.")
    log = (work / ".lmi-labs" / "jupyter.log").open("w")
    environment = {
        **os.environ,
        **variables,
        # nbgrader starts its tools by name.
        "PATH": os.pathsep.join([str(jupyter.parent), os.environ.get("PATH", "")]),
    }
    with log:
        return subprocess.Popen(
            [str(jupyter), "lab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
             "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={work}", f"--IdentityProvider.token={token}",
             f"--LabApp.app_settings_dir={_settings(work)}",
             f"--CourseDirectory.root={work}", "--KernelManager.shutdown_wait_time=2"],
            cwd=work,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )  # fmt: skip


def _wait_for_jupyter(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + _STARTUP_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CommandFailed(
                f"JupyterLab ended with code {process.returncode}; its log is in .lmi-labs/jupyter.log."
            )
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2):
            return
        time.sleep(0.2)
    raise CommandFailed(f"JupyterLab did not answer within {_STARTUP_S} seconds; its log is in .lmi-labs/jupyter.log.")


def _wait(processes: list[subprocess.Popen[str]]) -> int:
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
    names = ("The emulator", "JupyterLab")
    ended = next(name for name, process in zip(names, processes, strict=False) if process.poll() is not None)
    sys.stderr.write(f"{ended} has ended, so the session ends. Start it again; your work is kept.\n")
    return 1


def _stop(processes: list[subprocess.Popen[str]]) -> None:
    """End each process with everything that it has started."""
    for process in reversed(processes):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    for process in reversed(processes):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_GRACE_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
