"""`lmi-labs serve`: the emulator alone, over HTTP."""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import platform
import signal
import sys
import threading
from pathlib import Path

HELP = "run the emulator as an HTTP endpoint for AWS clients"

_PR_SET_PDEATHSIG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--port", type=int, default=5055, help="port to listen on, 0 for a free one (default 5055)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep the state in FILE; it survives a kill")
    parser.add_argument(
        "--states", type=Path, metavar="FOLDER", help="keep saved accounts in FOLDER (default: beside FILE)"
    )
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="virtual seconds per second (default 1)")
    parser.add_argument("--log-requests", action="store_true", help="write a line for every request to standard error")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when the process that started it is gone")


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes. Returns 0, or 1 when it can't start."""
    logging.basicConfig(format="%(message)s", level=logging.INFO if args.log_requests else logging.ERROR)
    if args.exit_with_parent:
        _exit_with_parent()
    from moto_lmi.server import Emulator, make_http_server
    from moto_lmi.snapshot import StateError

    try:
        emulator = Emulator(args.state, speed=args.speed, states=args.states)
        server = make_http_server(emulator, args.host, args.port, log_requests=args.log_requests)
    except OSError as exc:
        sys.stderr.write(
            f"Can't listen on {args.host}:{args.port}: {exc.strerror}. Choose another --port or stop it.\n"
        )
        return 1
    except (StateError, ValueError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    # `shutdown` waits for the loop that this thread runs, so it must be called from another one.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f"LMI Labs emulator ready at http://{args.host}:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()
    server.server_close()
    try:
        emulator.close()
    except OSError as exc:
        sys.stderr.write(f"The last state could not be written ({exc.strerror}); the journal beside it is complete.\n")
        return 1
    return 0


def _exit_with_parent() -> None:
    """Have the kernel stop this process when its parent dies (Linux), or watch for it elsewhere."""
    parent = os.getppid()
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        return

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
