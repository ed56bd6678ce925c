"""`python -m bench [ROOM …]`: every benchmark, or those of some rooms, in one table."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module

from rich.console import Console
from rich.table import Table

ROOMS = ("course", "emulator", "network", "runtime", "scaling", "simulator", "telemetry")


def main() -> None:
    """Run them and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks, each beside its baseline.")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}; default: all")
    rooms = parser.parse_args().rooms or ROOMS
    if unknown := [room for room in rooms if room not in ROOMS]:
        parser.error(f"there is no room {unknown[0]!r}; there are {', '.join(ROOMS)}")
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    console = Console()
    table = Table(title=f"Benchmarks on {os.cpu_count()} cores; medians of alternating rounds")
    for heading in ("what", "ours", "baseline", "ratio", "goal or p95"):
        table.add_column(heading)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with console.status("measuring") as status:
            for room in rooms:
                for row in import_module(f"bench.{room}").rows():
                    status.update(row.what)
                    table.add_row(row.what, row.ours, row.baseline, row.ratio, row.goal)
    finally:
        console.print(table)  # also what was measured before it was stopped


if __name__ == "__main__":
    main()
