"""`lmi-labs tour`: every solution and every untouched lab, run headless."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from lmi_labs.cli import CommandFailed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")


def run(args: argparse.Namespace) -> int:
    """Run the tour. Returns 0 when solutions score full and untouched labs 0, else 1."""
    from lmi_labs import building, touring

    console = Console(stderr=args.json)
    seen = []
    try:
        for folder in building.solution_folders():
            building.write(building.build(folder))
        for path, kind in touring.visits():
            with console.status(f"{path.stem}: {kind}"):
                seen.append(touring.visit(path, kind))
    except (OSError, ValueError, RuntimeError) as exc:
        raise CommandFailed(str(exc)) from exc
    if args.json:
        print(json.dumps([{**asdict(item), "as_expected": item.as_expected} for item in seen], indent=1))  # noqa: T201
    table = Table(title="Tour of the labs")
    for heading in ("lab", "notebook", "points", "of", "seconds", "as expected"):
        table.add_column(heading, justify="right" if heading in ("points", "of", "seconds") else "left")
    for item in seen:
        expected = "yes" if item.as_expected else f"NO {item.error}"
        table.add_row(item.lab, item.kind, f"{item.points:g}", f"{item.max_points:g}", f"{item.seconds:.1f}", expected)
    console.print(table)
    return 0 if all(item.as_expected for item in seen) else 1
