"""The command line. A command's module is imported only when the command is run, so that help is instant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

# name: (module below this package, help)
COMMANDS = {
    "start": "open the labs in JupyterLab with the emulator beside it",
    "serve": "run the emulator as an HTTP endpoint for AWS clients",
    "check": "check a day's tasks in the running account",
    "hint": "show the next hint of a task",
    "progress": "show what has been passed so far",
    "reset": "put a lab notebook back as it came, keeping yours as a backup",
    "state": "save an account, put it back, fork it, or start at the beginning of a day",
    "tour": "run every solution and every untouched lab and show their scores",
    "verify": "the author's gate: solutions full, untouched 0, every known wrong answer refused",
    "simulate": "simulate a workload on default Lambda, provisioned concurrency and managed instances",
    "plan": "find what a workload should run on, and say why",
    "prices": "show the price tables, or read fresh ones from AWS",
    "reach": "tell whether a capacity provider reaches a service, host or resource, and what blocks it",
    "build": "make the labs from the solutions",
    "doctor": "look for what could keep the labs from running",
}


class UsageError(Exception):
    """The command was called in a way that can't work; the message says how it can."""


class CommandFailed(Exception):
    """The command could not do its work; the message names the thing, the reason and the fix."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0, 1 when something failed or was not passed, 2 for a wrong call."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="lmi-labs",
        description="Hands-on labs on AWS Lambda Managed Instances, with an emulator.",
        epilog="lmi-labs COMMAND --help tells more of a command.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if arguments[:1] == [name]:
            import_module(f"lmi_labs.cli.{name}").add_arguments(command)
    try:
        args = parser.parse_args(arguments)
    except SystemExit as exc:
        return int(exc.code or 0)
    try:
        code: int = import_module(f"lmi_labs.cli.{args.command}").run(args)
        return code
    except UsageError as exc:
        sys.stderr.write(f"lmi-labs {args.command}: {exc}\n")
        return 2
    except CommandFailed as exc:
        sys.stderr.write(f"lmi-labs {args.command}: {exc}\n")
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
