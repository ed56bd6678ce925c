"""`lmi-labs verify`: the author's gate over every lab."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from lmi_labs.cli import CommandFailed

if TYPE_CHECKING:
    from lmi_labs.verifying import DayReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--day", type=int, help="only this day")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def run(args: argparse.Namespace) -> int:
    """Run the gate. Returns 0 when nothing is wrong, else 1."""
    from lmi_labs.building import solution_folders
    from lmi_labs.verifying import verify_day

    console = Console(stderr=args.json)
    folders = [folder for folder in solution_folders() if args.day in (None, int(folder.name[3:5]))]
    if not folders:
        raise CommandFailed(f"There is no lab for day {args.day}.")
    reports = []
    for folder in folders:
        with console.status(folder.name) as status:
            try:
                reports.append(verify_day(folder, status.update))
            except (OSError, ValueError, SyntaxError) as exc:
                raise CommandFailed(f"{folder.name}: {exc}") from exc
    if args.json:
        print(json.dumps([_as_data(report) for report in reports], indent=1))  # noqa: T201
    for report in reports:
        _show(console, report)
    return 1 if any(report.problems for report in reports) else 0


def _as_data(report: DayReport) -> dict[str, object]:
    return {
        "day": report.day,
        "seconds": round(report.seconds, 2),
        "points": report.points,
        "solution": sum(result.points for result in report.solution.values()),
        "untouched": sum(result.points for result in report.untouched.values()),
        "wrong": len(report.judged),
        "accepted": sum(item.accepted for item in report.judged),
        "own_message": sum(item.has_own_message for item in report.judged),
        "problems": report.problems,
    }


def _show(console: Console, report: DayReport) -> None:
    table = Table(title=f"Day {report.day}", caption=f"{report.seconds:.1f} s")
    for heading in ("task", "points", "solution", "untouched", "wrong answers", "refused", "own message"):
        table.add_column(heading, justify="right" if heading != "task" else "left")
    for item in report.tasks:
        judged = [entry for entry in report.judged if entry.answer.task_id == item.id]
        solution, untouched = report.solution.get(item.id), report.untouched.get(item.id)
        table.add_row(
            f"{item.id} {item.title}",
            f"{item.points:g}",
            f"{solution.points:g}" if solution else "-",
            f"{untouched.points:g}" if untouched else "-",
            str(len(judged)),
            str(sum(not entry.accepted and entry.result is not None for entry in judged)),
            str(sum(entry.has_own_message for entry in judged)),
        )
    data = _as_data(report)
    table.add_section()
    table.add_row("together", *(f"{data[key]:g}" for key in ("points", "solution", "untouched", "wrong")),
                  str(len(report.judged) - sum(e.accepted for e in report.judged)), str(data["own_message"]))  # fmt: skip
    console.print(table)
    for problem in report.problems:
        console.print(f"[bold]✘[/] {problem}", highlight=False)
    if not report.problems:
        console.print("✔ nothing to complain about")
