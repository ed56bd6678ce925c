"""`lmi-labs plan`: what a workload should run on, why, and what would change that."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmi_labs.cli import CommandFailed, UsageError
from lmi_labs.cli.simulate import read

if TYPE_CHECKING:
    from lmi_sim.plan import Option, Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", type=Path, metavar="SPEC.toml", help="the workload, its traffic and its objective")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a report that needs no network")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument("--quick", action="store_true", help="simulate less; may miss the last few per cent")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of the whole traffic (default 3)")
    parser.add_argument("--threads", type=int, metavar="N", help="default: as many as there are cores")
    parser.add_argument("--scheduler", metavar="URL", help="simulate on the Dask cluster of this scheduler")


def run(args: argparse.Namespace) -> int:
    """Plan. Returns 0; a spec or an objective that can't be met is a wrong call."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from lmi_sim.plan import PlanError, SchedulerError, plan

    for name in ("seeds", "threads"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise UsageError(f"--{name} {value} must be at least 1")
    spec = read(args.spec)
    console = Console(stderr=args.json)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("simulating (compiled once)", total=None)
        try:
            made = plan(
                spec,
                seeds=args.seeds,
                quick=args.quick,
                scheduler=args.scheduler,
                threads=args.threads,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except PlanError as exc:
            raise UsageError(str(exc)) from None
        except SchedulerError as exc:
            raise CommandFailed(str(exc)) from None
    if args.html:
        _write(args.html, made)
    if args.json:
        print(json.dumps(document(made), indent=1))  # noqa: T201
    else:
        _print(console, made)
        if args.html:
            console.print(f"The report is in {args.html}.")
    return 0


def _write(path: Path, made: Plan) -> None:
    from lmi_sim.report import html

    try:
        path.write_text(html(made), encoding="utf-8")
    except OSError as exc:
        raise CommandFailed(f"{path} can't be written: {exc.strerror}") from None


def document(made: Plan) -> dict[str, Any]:
    """A plan as JSON values: money in USD a month, times in ms, shares in per cent."""
    return {
        "spec": made.spec.name,
        "objective": {"p99_ms": made.objective.p99_ms, "throttle_percent": made.objective.throttle_percent},
        "recommended": _option(made.recommended),
        "reasons": list(made.reasons),
        "options": [_option(option) for option in made.options],
        "runners_up": [_option(option) for option in made.runners_up],
        "break_even_requests_per_month": None if made.break_even_requests is None else int(made.break_even_requests),
        "what_if": [
            {
                "what": change.what,
                "managed_instances_usd": float(change.managed_usd),
                "default_lambda_usd": float(change.default_usd),
                "cheaper": change.cheaper,
                "managed_instances_meet_the_objective": change.managed_meets,
            }
            for change in made.changes
        ],
        "purchase": [
            {"label": label, "committed_instances": commitment.instances, "usd": float(total)}
            for label, commitment, total in made.commitments
        ],
        "considered": made.considered,
        "simulated": made.simulated,
        "seeds": made.seeds,
        "window": made.window,
        "note": "The scaling of managed instances is a model, not AWS.",
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "kind": option.kind,
        "title": option.title,
        "usd": {line: float(amount) for line, amount in option.bill.items()},
        "p99_ms": option.p99_ms,
        "failed_percent": option.failed_percent,
        "mean_instances": option.mean_instances,
    }


def _print(console: Any, made: Plan) -> None:
    from rich.table import Table

    table = Table(title=f"{made.spec.name}: what meets p99 {made.objective.p99_ms:g} ms")
    for heading in ("option", "USD a month", "p99 ms", "given up", "instances", ""):
        table.add_column(heading, justify="left" if heading in ("option", "") else "right")
    for option in sorted([*made.options, *made.runners_up], key=lambda option: option.usd):
        mark = (
            "recommended" if option is made.recommended else "" if option.meets(made.objective) else "misses the goals"
        )
        table.add_row(
            option.title,
            f"{option.usd:,.2f}",
            f"{option.p99_ms:,.0f}",
            f"{option.failed_percent:.2f} %",
            f"{option.mean_instances:,.1f}",
            mark,
        )
    console.print(table)
    for reason in made.reasons:
        console.print(f"• {reason}")
    if made.break_even_requests is not None:
        console.print(
            f"• With this configuration managed instances cost less from {made.break_even_requests:,} requests a month on."
        )
    what_if = Table(title="What if")
    for heading in ("what", "managed instances", "default Lambda", "goals met"):
        what_if.add_column(heading, justify="right" if heading in ("managed instances", "default Lambda") else "left")
    for change in made.changes:
        met = "yes" if change.managed_meets else "no"
        what_if.add_row(change.what, f"{change.managed_usd:,.0f}", f"{change.default_usd:,.0f}", met)
    console.print(what_if)
    for label, commitment, total in made.commitments:
        console.print(f"Bought as {label}: {commitment.instances} instances committed, ${total:,.0f} a month.")
    console.print(
        "The scaling of managed instances is a model, not AWS; its assumptions stand on the page of facts.", style="dim"
    )
