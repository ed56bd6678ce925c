"""`lmi-labs check DAY`: a day's tasks, checked in the running account with the answers that the notebook gave last."""

from __future__ import annotations

import argparse
import json

from rich.console import Console
from rich.text import Text

from lmi_labs.cli import CommandFailed, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("day", type=int, help="the day, such as 52")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(args: argparse.Namespace) -> int:
    """Check the day's tasks. Returns 0 when all pass, else 1."""
    from lmi_labs import session
    from lmi_labs.account import AccountError, chosen_world, open_account
    from lmi_labs.progress import Progress
    from lmi_labs.tasks import tasks_of

    try:
        tasks = tasks_of(args.day)
    except LookupError as exc:
        raise UsageError(str(exc)) from exc
    session.use_running()
    try:
        if chosen_world() == "moto":
            raise CommandFailed("No lab is running. Run `lmi-labs start` in another terminal, then check again.")
        account = open_account()
    except AccountError as exc:
        raise CommandFailed(str(exc)) from exc
    progress = Progress.load()
    results = [item.check(account, progress.answers(item.id)) for item in tasks]
    if args.json:
        print(json.dumps([result.to_dict() for result in results], indent=1))  # noqa: T201
    else:
        console = Console()
        for result in results:
            console.print(Text(result.to_text()), "")
        reached, most = sum(result.points for result in results), sum(result.max_points for result in results)
        console.print(f"Together {reached:g} of {most:g} points.", highlight=False)
    return 0 if all(result.passed for result in results) else 1
