"""`python -m bench`: every benchmark, one table."""

from __future__ import annotations

import os

from rich.console import Console
from rich.table import Table

from bench import course, emulator


def main() -> None:
    """Run them all and print the table."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    console = Console()
    table = Table(title=f"Benchmarks on {os.cpu_count()} cores; medians of alternating rounds")
    for heading in ("what", "ours", "baseline", "ratio", "goal or p95"):
        table.add_column(heading)
    with console.status("measuring") as status:
        for room in (course, emulator):
            for row in room.rows():
                status.update(row.what)
                table.add_row(row.what, row.ours, row.baseline, row.ratio, row.goal)
    console.print(table)


if __name__ == "__main__":
    main()
