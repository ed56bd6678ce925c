"""`lmi-labs progress`: what has been passed so far."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.text import Text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--json", action="store_true", help="print the progress as JSON")


def run(args: argparse.Namespace) -> int:
    """Show the progress. Returns 0."""
    from lmi_labs.places import days
    from lmi_labs.progress import Progress
    from lmi_labs.tasks import tasks_of

    progress = Progress.load()
    if progress.warning:
        sys.stderr.write(f"{progress.warning}\n")
    if args.json:
        print(json.dumps({str(day): progress.to_dict(tasks_of(day)) for day in days()}, indent=1))  # noqa: T201
        return 0
    for day in days():
        Console().print(f"[bold]Day {day}[/]", Text(progress.summary(tasks_of(day))), sep="\n")
    return 0
