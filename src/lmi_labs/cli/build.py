"""`lmi-labs build`: the labs from the solutions."""

from __future__ import annotations

import argparse

from rich.console import Console

from lmi_labs.cli import CommandFailed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--check", action="store_true", help="write nothing; fail when labs/ is not up to date")


def run(args: argparse.Namespace) -> int:
    """Build every lab. Returns 0, or 1 with --check when labs/ is stale."""
    from lmi_labs import building
    from lmi_labs.places import project_root

    console = Console()
    root = project_root()
    try:
        if args.check:
            paths = building.stale()
            for path in paths:
                console.print(f"stale: {path.relative_to(root)}")
            console.print("run: lmi-labs build" if paths else "labs/ is up to date")
            return 1 if paths else 0
        changed = [path for folder in building.solution_folders() for path in building.write(building.build(folder))]
    except (OSError, ValueError) as exc:
        raise CommandFailed(str(exc)) from exc
    for path in changed:
        console.print(f"wrote {path.relative_to(root)}")
    console.print(f"{len(changed)} files changed")
    return 0
