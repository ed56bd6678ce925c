"""`lmi-labs state`: accounts that are saved, put back, forked, and the account as it is at the beginning of a day."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from lmi_labs.cli import CommandFailed, UsageError

_DEFAULT_ACCOUNT = "123456789012"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.epilog = (
        "It speaks with the running emulator (lmi-labs start or serve), or with --state works on the state file of one "
        "that is not running. Loading a state runs what is in it: states are signed where they are saved, and others "
        "are refused unless you say --trust."
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--endpoint", metavar="URL", help="the emulator (default: the running session's)")
    where.add_argument("--state", type=Path, metavar="FILE", help="the state file of an emulator that is not running")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, text in (
        ("save", "save the account under a name"),
        ("load", "put a saved account back; what the account holds is replaced"),
        ("list", "show the saved accounts"),
        ("delete", "delete a saved account"),
        ("day", "put the account as it is at the beginning of a day, by playing the solutions of the days before"),
    ):
        command = verbs.add_parser(verb, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if verb == "day":
            command.add_argument("day", type=int, help="the day, such as 53")
        elif verb != "list":
            command.add_argument("name", help="letters, digits, '.', '_' and '-'")
        if verb in ("save", "load", "day"):
            default = None if verb == "load" else _DEFAULT_ACCOUNT
            note = "the one that was saved" if verb == "load" else _DEFAULT_ACCOUNT
            command.add_argument("--account", metavar="ID", default=default, help=f"the account (default: {note})")
        if verb == "load":
            command.add_argument("--trust", action="store_true", help="load a state that was not saved here")


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0."""
    from rich.console import Console

    from lmi_labs.checkpoints import CheckpointError, make_checkpoint
    from lmi_labs.states import StateFileStates, States, StatesError

    try:
        with StateFileStates(args.state) if args.state else States.at(args.endpoint) as states:
            if args.verb == "list":
                outcome = states.ask("GET", "states")
            elif args.verb == "day":
                name = make_checkpoint(args.day, states.folder(), lambda text: Console(stderr=True).print(text))
                outcome = states.ask("POST", "states/load", name=name, account=args.account)
            else:
                trust = "yes" if getattr(args, "trust", False) else None
                asked = {"name": args.name, "account": getattr(args, "account", None), "trust": trust}
                outcome = states.ask("POST", f"states/{args.verb}", **asked)
    except LookupError as exc:
        raise UsageError(str(exc)) from exc
    except (StatesError, CheckpointError) as exc:
        raise CommandFailed(str(exc)) from exc
    if args.json:
        print(json.dumps(outcome))  # noqa: T201 - what a program reads
        return 0
    _show(args, outcome)
    return 0


def _show(args: argparse.Namespace, outcome: dict[str, object]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if args.verb == "list":
        states = outcome["states"]
        assert isinstance(states, list)
        if not states:
            console.print("Nothing is saved yet.")
            return
        table = Table("name", "account", "virtual time", "saved", "kB", "")
        for state in states:
            size = f"{state['bytes'] / 1000:,.0f}"
            table.add_row(
                state["name"], state["account_id"], state["virtual"][:19], state["saved"][:19], size, state["problem"]
            )
        console.print(table)
    elif args.verb == "delete":
        console.print(f"{args.name} is deleted.")
    elif args.verb == "save":
        console.print(f"Account {outcome['account_id']} is saved as {outcome['name']}.")
    else:
        account = args.account or outcome["account_id"]
        console.print(f"Account {account} is as it was saved in {outcome['name']}; its time is {outcome['virtual']}.")
