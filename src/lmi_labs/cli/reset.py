"""`lmi-labs reset DAY|TASK`: begin a lab or a task again."""

from __future__ import annotations

import argparse
from pathlib import Path

from lmi_labs.cli import CommandFailed, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("what", metavar="DAY|TASK", help="52 for the whole lab, 52.03 for one task's progress")
    parser.add_argument(
        "--work-dir", type=Path, default=Path("work"), help="the folder with your notebooks (default work)"
    )


def run(args: argparse.Namespace) -> int:
    """Reset. Returns 0."""
    from rich.console import Console

    from lmi_labs import workfolder
    from lmi_labs.places import lab_name
    from lmi_labs.progress import Progress
    from lmi_labs.tasks import find_task, tasks_of

    console = Console(highlight=False)
    try:
        if "." in args.what:
            task = find_task(args.what)
            Progress.load().forget([task.id])
            console.print(f"Progress and hints of task {task.id} are forgotten; your notebook is as it was.")
            return 0
        if not args.what.isdigit():
            raise UsageError(f"{args.what!r} is neither a day (52) nor a task (52.03).")
        name, tasks = lab_name(int(args.what)), tasks_of(int(args.what))
    except LookupError as exc:
        raise UsageError(str(exc)) from exc
    try:
        kept = workfolder.reset(args.work_dir, name)
    except OSError as exc:
        raise CommandFailed(f"{exc.filename} could not be put back: {exc.strerror}. Nothing of yours is lost.") from exc
    Progress.load().forget([task.id for task in tasks])
    console.print(f"{workfolder.notebook_of(args.work_dir, name)} is as it came.")
    if kept:
        console.print(f"Yours was kept as {kept}. What you made in the account is still there.")
    return 0
