"""From a document that the schema accepts to values. What the schema can't say is refused here, with the key's path."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lmi_sim import prices, runtimes, traffic, workload
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy, ProvisionedConcurrency
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.random_numbers import inverse_normal
from lmi_sim.scenario import Retries
from lmi_sim.spec import purchasing
from lmi_sim.spec.errors import SpecError
from lmi_sim.spec.model import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Objective, Spec
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution, Workload

Table = Mapping[str, Any]


_MOST_PIECES = 1_000_000
_WIDEST = 1_000_000
_MOST_REQUESTS = 1e10
"""An hour's work for the fast engine; a spec with more has a slip in a unit."""


@contextmanager
def _at(path: str) -> Iterator[None]:
    """Say where a value of the domain was refused."""
    try:
        yield
    except SpecError:
        raise
    except (ValueError, LookupError, OverflowError) as exc:
        reason = exc.args[0] if isinstance(exc, LookupError) and exc.args else exc
        raise SpecError([_sentence(path, str(reason))]) from None


def _sentence(path: str, reason: str) -> str:
    """The domain begins with a name and its value where one key is to blame: then the path leads to the key."""
    named = re.match(r"(\w+) (?=-?(?:\d|inf|nan))", reason)
    if named is None:
        return f"{path}: {reason}"
    whole = path if path.rpartition(".")[2] == named[1] else f"{path}.{named[1]}"
    return f"{whole}: {reason[named.end() :]}"


@contextmanager
def _noting(found: list[str]) -> Iterator[None]:
    """Note what is refused and go on, so that a reader learns everything at once."""
    try:
        yield
    except SpecError as exc:
        found += exc.problems


def read(document: Table, folder: Path) -> Spec:
    """The Spec. Raises SpecError with everything that is wrong."""
    table, price = document["workload"], document.get("price", {})
    seed, region = document.get("seed", 0), price.get("region", "us-east-1")
    found: list[str] = []
    with _noting(found):
        work = _workload(table)
    with _noting(found), _at("traffic"):
        coming = _traffic(document["traffic"], folder, seed)
    with _noting(found):
        pricing = purchasing.pricing(price)
    with _noting(found), _at("retries"):
        retries = Retries(**document.get("retries", {}))
    with _noting(found), _at("price.region"):
        prices.price_source(region)
    policies = _policies(document, found, region if region in prices.regions() else None)
    if found:
        raise SpecError(found)
    spec = Spec(
        name=document["name"],
        description=document.get("description", ""),
        traffic=coming,
        workload=work,
        runtime=table["runtime"],
        architecture=table["architecture"],
        policies=policies,
        seed=seed,
        warm_up_s=float(document.get("warm_up_s", 0)),
        retries=retries,
        objective=Objective(**document["objective"]) if "objective" in document else None,
        pricing=pricing,
    )
    for name in policies:
        with _at("warm_up_s" if spec.warm_up_s >= coming.duration_s else name):
            spec.scenario(name)
    return spec


def _workload(table: Table) -> Workload:
    memory_mb = float(table.get("memory_mb", 1024))
    found: list[str] = []
    times = {"init": runtimes.init_time(table["runtime"], table["architecture"], memory_mb)}
    for name in ("cpu", "io", "init"):
        with _noting(found):
            if name in table:
                times[name] = _distribution(table[name], f"workload.{name}")
    if found:
        raise SpecError(found)
    return Workload(
        **times,
        memory_mb=memory_mb,
        base_memory_mb=float(table.get("base_memory_mb", 0)),
        memory_mb_per_request=float(table.get("memory_mb_per_request", 0)),
    )


def _distribution(table: Table, path: str) -> Distribution:
    with _at(path):
        match table["distribution"]:
            case "deterministic":
                return workload.deterministic(float(table["value_ms"]))
            case "exponential":
                return workload.exponentially(float(table["mean_ms"]))
            case "lognormal":
                return workload.lognormal(float(table["mean_ms"]), float(table["cv"]))
            case "percentiles":
                return _through(float(table["p50_ms"]), float(table["p99_ms"]))
            case _:
                return workload.empirical((share, time_ms) for share, time_ms in table["quantiles"])


def _through(p50_ms: float, p99_ms: float) -> Distribution:
    """The lognormal distribution with this median and 99th percentile."""
    if p99_ms < p50_ms:
        raise ValueError(f"p99_ms {p99_ms:g} must be at least p50_ms {p50_ms:g}")
    if p99_ms > _WIDEST * p50_ms:
        raise ValueError(f"p99_ms {p99_ms:g} must be at most {_WIDEST:,} times p50_ms {p50_ms:g}")
    sigma = math.log(p99_ms / p50_ms) / inverse_normal(0.99)
    return workload.lognormal(p50_ms * math.exp(sigma**2 / 2), math.sqrt(math.expm1(sigma**2)))


def _traffic(table: Table, folder: Path, seed: int) -> Traffic:
    values: dict[str, Any] = {key: value for key, value in table.items() if key != "shape"}
    match table["shape"]:
        case "replay":
            made = _replay(folder, table["file"], table.get("arrivals", "poisson"))
        case "bursts":
            _few_pieces(2 * table["duration_s"], table["mean_calm_s"] + table["mean_burst_s"], "mean_calm_s")
            made = traffic.bursts(**values, seed=seed)
        case shape:
            _few_pieces(288 * table["duration_s"], table.get("period_s", table["duration_s"]), "period_s")
            made = getattr(traffic, shape)(**values)
    if made.mean_requests > _MOST_REQUESTS:
        raise ValueError(f"{made.mean_requests:.3g} requests are too many; at most {_MOST_REQUESTS:,.0f} are simulated")
    return made


def _few_pieces(span_s: float, length_s: float, key: str) -> None:
    """Refuse a rate that changes so often that its pieces don't fit into memory."""
    if span_s > _MOST_PIECES * length_s:
        raise ValueError(f"{key} {length_s:g} cuts the traffic into more than {_MOST_PIECES:,} pieces; make it longer")


def _replay(folder: Path, name: str, arrivals: traffic.Arrivals) -> Traffic:
    with _at("traffic.file"):
        try:
            lines = (folder / name).read_text(encoding="utf-8-sig").splitlines()
        except OSError as exc:
            near = get_close_matches(name, [path.name for path in folder.glob("*.csv")], n=1, cutoff=0.4)
            said = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{name!r} can't be read: {exc.strerror}{said}") from None
        except UnicodeDecodeError:
            raise ValueError(f"{name!r} is not text in UTF-8") from None
        if len([line for line in lines if line.strip()]) == 1:
            raise ValueError(f"{name!r} has a header and nothing below it")
        try:
            made = traffic.read_csv(lines, arrivals)
        except (ValueError, csv.Error) as exc:
            raise ValueError(f"{name!r}, {exc}") from None
        if not made.duration_s > 0:
            raise ValueError(f"{name!r} ends at 0 s; its last time must be above 0")
        return made


def _policies(document: Table, found: list[str], region: str | None) -> dict[str, Policy]:
    """The policies that the document names; what is wrong with them goes to `found`. Without a Region none is priced."""
    policies: dict[str, Policy] = {}
    with _noting(found), _at(DEFAULT_LAMBDA):
        policies[DEFAULT_LAMBDA] = DefaultLambda(**document.get(DEFAULT_LAMBDA, {}))
    default = policies.get(DEFAULT_LAMBDA)
    if PROVISIONED in document and isinstance(default, DefaultLambda):
        with _noting(found), _at(PROVISIONED):
            policies[PROVISIONED] = ProvisionedConcurrency(**document[PROVISIONED], spill_over=default)
    if MANAGED_INSTANCES in document and region is not None:
        with _noting(found):
            policies[MANAGED_INSTANCES] = _managed_instances(document[MANAGED_INSTANCES], document["workload"], region)
    return policies


def _managed_instances(table: Table, work: Table, region: str) -> ManagedInstances:
    with _at(f"{MANAGED_INSTANCES}.instance_type"):
        found = prices.instance(table["instance_type"], region)
        if found.architecture != work["architecture"]:
            raise ValueError(
                f"{found.instance_type} is {found.architecture}, but workload.architecture is {work['architecture']}"
            )
    memory_gib = float(table["environment_memory_gib"])
    size = EnvironmentSize(memory_gib / float(table.get("gib_per_vcpu", 2)), memory_gib)
    with _at(f"{MANAGED_INSTANCES}.environment_memory_gib"):
        size.check_offered()
    changes: dict[str, Any] = dict(table.get("assumptions", {}))
    for name in ("scale_in_step", "target_slots"):
        if f"{name}_percent" in changes:
            changes[name] = changes.pop(f"{name}_percent") / 100
    if "target_cpu_percent" in table:
        changes["target_cpu"] = table["target_cpu_percent"] / 100
    for name in ("min_environments", "max_environments", "initial_environments", "max_vcpu_count"):
        if name in table:
            changes[name] = table[name]
    with _at(MANAGED_INSTANCES):
        return ManagedInstances(
            instance=InstanceShape(found.instance_type, found.vcpus, found.memory_gib, found.architecture),
            environment=size,
            max_concurrency=table.get("max_concurrency", runtimes.default_concurrency(work["runtime"], size.vcpus)),
            **changes,
        )
