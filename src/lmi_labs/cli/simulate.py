"""`lmi-labs simulate`: what a spec's traffic would do under each of its policies, and what that would cost."""

from __future__ import annotations

import argparse
import csv
import json
import math
from dataclasses import asdict, replace
from decimal import Decimal
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
_CENT = Decimal("0.005")
_FACTS = "facts.md#scaling_model"
_BILL = {"ec2": "EC2", "on_demand": "spilled over"}
_MODEL = (
    "The scaling of managed instances is a model: AWS does not publish how fast it reacts or how its router picks. "
    "Each assumption stands with its source in {facts}, and managed_instances.assumptions in the spec changes it."
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
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from lmi_sim.engine import simulate

    spec = read(args.spec)
    if args.seed is not None:
        if not 0 <= args.seed < 2**63:
            raise UsageError(f"--seed {args.seed} must be from 0 to {2**63 - 1}")
        spec = replace(spec, seed=args.seed)
    for name in args.policy or ():
        if name not in spec.policies:
            raise UsageError(f"{args.spec} has no section [{name}]; it has {', '.join(spec.policies)}")
    names = [name for name in spec.policies if not args.policy or name in args.policy]
    console = Console(stderr=args.json)
    results: dict[str, Result] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        for name in names:
            task = progress.add_task(f"{_NAMES[name]}: about {spec.traffic.mean_requests:,.0f} requests", total=1)
            results[name] = simulate(spec.scenario(name), engine=args.engine)
            progress.update(task, completed=1)
    if args.series:
        _write_series(args.series, results)
    if args.json:
        print(json.dumps(_document(spec, results), indent=1, allow_nan=False))  # noqa: T201
    else:
        _print(console, spec, results)
    missed = {name: _missed(spec, result) for name, result in results.items()}
    for name, reasons in missed.items():
        for reason in reasons:
            console.print(f"[yellow]Warning:[/] {_NAMES[name]} would miss the objective: {reason}.", highlight=False)
    return 1 if any(missed.values()) else 0


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


def _cpu_share(spec: Spec, name: str, result: Result) -> float:
    """The share of the environments' vCPUs that requests used; on default Lambda memory decides about vCPUs."""
    from lmi_sim.policies import ManagedInstances
    from lmi_sim.policies.assumptions import assumption

    policy = spec.policies[name]
    vcpus = (
        policy.environment.vcpus
        if isinstance(policy, ManagedInstances)
        else spec.workload.memory_mb / assumption("default_lambda.memory_mb_per_vcpu")
    )
    vcpu_s = result.environment_s * vcpus
    return result.cpu_s / vcpu_s if vcpu_s else 0.0


def _document(spec: Spec, results: dict[str, Result]) -> dict[str, Any]:
    """What `--json` prints; docs/simulator.md says what each key means."""
    from lmi_labs.reference import address
    from lmi_sim.prices import price_source

    source = price_source(spec.pricing.region)
    return {
        "spec": spec.name,
        "description": spec.description,
        "runtime": spec.runtime,
        "architecture": spec.architecture,
        "seed": spec.seed,
        "warm_up_s": spec.warm_up_s,
        "traffic": {
            "duration_s": spec.traffic.duration_s,
            "mean_rps": spec.traffic.mean_rps,
            "peak_rps": spec.traffic.peak_rps,
        },
        "objective": asdict(spec.objective) if spec.objective else None,
        "prices": {
            "region": spec.pricing.region,
            "ec2_discount_percent": float(spec.pricing.ec2_discount * 100),
            "lambda_discount_percent": float(spec.pricing.lambda_discount * 100),
            "source": source.source,
            "checked": source.checked.isoformat(),
        },
        "model": _MODEL.format(facts=address(_FACTS)),
        "policies": {name: _policy_document(spec, name, result) for name, result in results.items()},
    }


def _policy_document(spec: Spec, name: str, result: Result) -> dict[str, Any]:
    from lmi_sim.billing import monthly_bill, monthly_requests

    return {
        "configuration": _plain(asdict(spec.policies[name])),
        "measured_s": result.measured_s,
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
        "cpu_percent": _cpu_share(spec, name, result) * 100,
        "mean_environments": result.environment_s / result.measured_s,
        "most_environments": result.most_environments,
        "mean_instances": result.instance_s / result.measured_s,
        "most_instances": result.most_instances,
        "requests_per_month": float(monthly_requests(spec.pricing, result)),
        "usd_per_month": {line: float(amount) for line, amount in monthly_bill(spec, name, result).items()},
        "missed": _missed(spec, result),
    }


def _plain(value: Any) -> Any:
    """For JSON, which knows no infinity: what is never reached is null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and math.isinf(value) else value


def _print(console: Any, spec: Spec, results: dict[str, Result]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from lmi_labs.reference import address

    table = Table(title=f"{escape(spec.name)}: {next(iter(results.values())).requests:,} requests")
    table.add_column("")
    columns = []
    for name, result in results.items():
        table.add_column(_NAMES[name], justify="right")
        columns.append(_cells(spec, name, result))
    for label in columns[0]:
        table.add_row(label, *(cells[label] for cells in columns), end_section=label == "instances, mean and most")
    console.print(table)
    if spec.pricing.purchases:
        bought = ", ".join(
            f"{item.share:.0%} {item.label} ({item.discount:.0%} off)" for item in spec.pricing.purchases
        )
        console.print(
            f"Instance hours are bought {bought}; the rest on demand.", style="dim", markup=False, highlight=False
        )
    console.print(_MODEL.format(facts=address(_FACTS)), style="dim", highlight=False, soft_wrap=True)


def _cells(spec: Spec, name: str, result: Result) -> dict[str, str]:
    """A policy's column of the table, by row."""
    from lmi_sim.billing import monthly_bill

    quantiles = [f"{result.latency.quantile_s(share) * 1000:,.0f} ms" for share in (0.5, 0.9, 0.99)]
    throttled = [
        f"{reason.name.lower().replace('_', ' ')} {count:,}" for reason, count in result.throttled.items() if count
    ]
    bill = monthly_bill(spec, name, result)
    lines = [
        f"{_BILL.get(line, line)} {amount:,.2f}" for line, amount in bill.items() if amount >= _CENT and line != "total"
    ]
    return {
        "p50, p90, p99": " / ".join(quantiles),
        "slowest": f"{result.latency.largest_s * 1000:,.0f} ms",
        "cold starts": f"{result.cold_starts:,}",
        "failed after throttles": f"{result.failed:,} ({result.throttle_share:.2%})",
        "throttled attempts": "\n".join(throttled) or "none",
        "CPU use of environments": f"{_cpu_share(spec, name, result):.0%}",
        "environments, mean and most": f"{result.environment_s / result.measured_s:,.1f} / {result.most_environments:,}",
        "instances, mean and most": f"{result.instance_s / result.measured_s:,.1f} / {result.most_instances:,}",
        "USD per month": "\n".join([f"{bill['total']:,.2f}", *lines]),
        "objective": "; ".join(_missed(spec, result)) or ("met" if spec.objective else "none given"),
    }


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
