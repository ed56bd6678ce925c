"""`lmi-labs hint TASK`: the next hint of a task."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.text import Text

from lmi_labs.cli import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("task", help="the task, such as 52.03")
    parser.add_argument("--all", action="store_true", help="show all hints at once")


def run(args: argparse.Namespace) -> int:
    """Show a hint. Returns 0."""
    from lmi_labs.progress import Progress
    from lmi_labs.tasks import find_task, hints_of

    try:
        task = find_task(args.task)
    except LookupError as exc:
        raise UsageError(str(exc)) from exc
    hints = hints_of(task.day)[task.id]
    progress = Progress.load()
    first = 0 if args.all else min(progress.hints_seen(task.id), len(hints) - 1)
    last = len(hints) if args.all else first + 1
    for number in range(first, last):
        Console().print(Text(f"Hint {number + 1} of {len(hints)}: {hints[number]}"))
    progress.saw_hint(task.id, last)
    return 0
