"""`lmi-labs simulate`: what a spec's traffic would do under each of its policies, and what that would cost."""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmi_labs.cli import CommandFailed, UsageError

if TYPE_CHECKING:
    from lmi_sim.results import Result
    from lmi_sim.spec import Spec

_NAMES = {
    "default_lambda": "default Lambda",
    "provisioned_concurrency": "provisioned concurrency",
    "managed_instances": "managed instances",
}
_MODEL = (
    "The scaling of managed instances is a model: AWS does not publish how fast it reacts or how its router picks. "
    "The assumptions stand with their sources on the page of facts, under scaling_model and router."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", type=Path, metavar="SPEC.toml", help="the workload, its traffic and its policies")
    parser.add_argument(
        "--policy", action="append", choices=sorted(_NAMES), help="only this policy (may be given again); default: all"
    )
    parser.add_argument(
        "--engine", choices=["fast", "reference"], default="fast", help="default: fast, which needs numba"
    )
    parser.add_argument("--seed", type=int, help="another seed than the spec's")
    parser.add_argument("--series", type=Path, metavar="FILE.csv", help="write what happened in each interval")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(args: argparse.Namespace) -> int:
    """Simulate. Returns 0, or 1 when a policy misses the spec's objective."""
    from rich.console import Console

    from lmi_sim.engine import simulate

    spec = read(args.spec)
    if args.seed is not None:
        spec = replace(spec, seed=args.seed)
    names = [name for name in spec.policies if not args.policy or name in args.policy]
    if not names:
        raise UsageError(f"{args.spec} has no section [{args.policy[0]}]; it has {', '.join(spec.policies)}")
    console = Console(stderr=args.json)
    results: dict[str, Result] = {}
    for name in names:
        with console.status(f"{_NAMES[name]}: about {spec.traffic.mean_requests:,.0f} requests (compiled once)"):
            results[name] = simulate(spec.scenario(name), engine=args.engine)
    if args.series:
        _write_series(args.series, results)
    if args.json:
        print(json.dumps({"spec": spec.name, "policies": _documents(spec, results)}, indent=1))  # noqa: T201
    else:
        _print(console, spec, results)
    return 1 if any(_missed(spec, result) for result in results.values()) else 0


def read(path: Path) -> Spec:
    """Read a spec. Raises UsageError with everything that is wrong with it."""
    from lmi_labs.cli.prices import use_refreshed
    from lmi_sim.spec import SpecError, load

    use_refreshed()
    try:
        return load(path)
    except SpecError as exc:
        raise UsageError("\n".join([f"{path} can't be used", *(f"  {problem}" for problem in exc.problems)])) from None
    except OSError as exc:
        raise UsageError(f"{path} can't be read: {exc.strerror}") from None


def _missed(spec: Spec, result: Result) -> list[str]:
    """What of the objective a result misses, in words."""
    if spec.objective is None:
        return []
    p99_ms = result.latency.quantile_s(0.99) * 1000
    missed = []
    if p99_ms > spec.objective.p99_ms:
        missed.append(f"p99 {p99_ms:,.0f} ms is above {spec.objective.p99_ms:g} ms")
    if result.throttle_share * 100 > spec.objective.throttle_percent:
        missed.append(
            f"{result.throttle_share:.2%} of the requests failed, above {spec.objective.throttle_percent:g} %"
        )
    return missed


def _documents(spec: Spec, results: dict[str, Result]) -> dict[str, Any]:
    from lmi_sim.billing import monthly_bill

    return {
        name: {
            "requests": result.requests,
            "completed": result.completed,
            "failed": result.failed,
            "throttled_attempts": {reason.name.lower(): count for reason, count in result.throttled.items()},
            "cold_starts": result.cold_starts,
            "latency_ms": {
                "mean": result.latency.mean_s * 1000,
                **{f"p{share:g}": result.latency.quantile_s(share / 100) * 1000 for share in (50, 90, 99, 99.9)},
                "max": result.latency.largest_s * 1000,
            },
            "mean_environments": result.environment_s / result.measured_s,
            "most_environments": result.most_environments,
            "mean_instances": result.instance_s / result.measured_s,
            "most_instances": result.most_instances,
            "usd_per_month": {line: float(amount) for line, amount in monthly_bill(spec, name, result).items()},
            "missed": _missed(spec, result),
        }
        for name, result in results.items()
    }


def _print(console: Any, spec: Spec, results: dict[str, Result]) -> None:
    from rich.table import Table

    from lmi_sim.billing import monthly_bill

    table = Table(title=f"{spec.name}: {next(iter(results.values())).requests:,} requests")
    table.add_column("")
    for name in results:
        table.add_column(_NAMES[name], justify="right")
    rows: dict[str, list[str]] = {}
    for name, result in results.items():
        quantiles = [f"{result.latency.quantile_s(share) * 1000:,.0f} ms" for share in (0.5, 0.9, 0.99)]
        cells = {
            "p50, p90, p99": " / ".join(quantiles),
            "slowest": f"{result.latency.largest_s * 1000:,.0f} ms",
            "cold starts": f"{result.cold_starts:,}",
            "failed after throttles": f"{result.failed:,} ({result.throttle_share:.2%})",
            "throttled attempts": ", ".join(
                f"{reason.name.lower().replace('_', ' ')} {count:,}"
                for reason, count in result.throttled.items()
                if count
            )
            or "none",
            "environments, mean and most": f"{result.environment_s / result.measured_s:,.1f} / {result.most_environments:,}",
            "instances, mean and most": f"{result.instance_s / result.measured_s:,.1f} / {result.most_instances:,}",
            "USD per month": f"{monthly_bill(spec, name, result)['total']:,.2f}",
            "objective": "; ".join(_missed(spec, result)) or ("met" if spec.objective else "none given"),
        }
        for label, cell in cells.items():
            rows.setdefault(label, []).append(cell)
    for label, row in rows.items():
        table.add_row(label, *row)
    console.print(table)
    console.print(_MODEL, style="dim")


def _write_series(path: Path, results: dict[str, Result]) -> None:
    from lmi_sim.results import COLUMNS

    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["policy", "start_s", *COLUMNS, "p99_s"])
            for name, result in results.items():
                for index, (row, p99_s) in enumerate(
                    zip(result.series.rows, result.series.quantile_s(0.99), strict=True)
                ):
                    rows.writerow([name, index * result.series.interval_s, *row, p99_s])
    except OSError as exc:
        raise CommandFailed(f"{path} can't be written: {exc.strerror}") from None
