"""From a document that the schema accepts to values. What the schema can't say is refused here, with the key's path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from lmi_sim import prices, runtimes, traffic, workload
from lmi_sim.cost import Extras
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy, ProvisionedConcurrency
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Retries
from lmi_sim.spec.errors import SpecError
from lmi_sim.spec.model import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Objective, Pricing, Spec
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution, Workload

Table = Mapping[str, Any]


@contextmanager
def _at(path: str) -> Iterator[None]:
    """Say where a value of the domain was refused."""
    try:
        yield
    except SpecError:
        raise
    except (ValueError, LookupError, OSError) as exc:
        reason = exc.args[0] if isinstance(exc, LookupError) and exc.args else exc
        raise SpecError([f"{path}: {reason}"]) from None


def read(document: Table, folder: Path) -> Spec:
    """The Spec. Raises SpecError."""
    table = document["workload"]
    seed = document.get("seed", 0)
    with _at("workload"):
        work = _workload(table)
    with _at("traffic"):
        coming = _traffic(document["traffic"], folder, seed)
    pricing = _pricing(document.get("price", {}))
    policies = dict(_policies(document, table["runtime"], table["architecture"], pricing.region))
    with _at("retries"):
        retries = Retries(**document.get("retries", {}))
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
    if "init" in table:
        init = _distribution(table["init"], "workload.init")
    else:
        init = runtimes.init_time(table["runtime"], table["architecture"], memory_mb)
    return Workload(
        cpu=_distribution(table["cpu"], "workload.cpu"),
        io=_distribution(table["io"], "workload.io"),
        memory_mb=memory_mb,
        init=init,
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
            case _:
                return workload.empirical((share, time_ms) for share, time_ms in table["quantiles"])


def _traffic(table: Table, folder: Path, seed: int) -> Traffic:
    values: dict[str, Any] = {key: value for key, value in table.items() if key != "shape"}
    match table["shape"]:
        case "replay":
            with (folder / table["file"]).open(encoding="utf-8", newline="") as lines:
                return traffic.read_csv(lines, table.get("arrivals", "poisson"))
        case "bursts":
            return traffic.bursts(**values, seed=seed)
        case shape:
            made: Traffic = getattr(traffic, shape)(**values)
            return made


def _policies(document: Table, runtime: str, architecture: str, region: str) -> Iterator[tuple[str, Policy]]:
    with _at(DEFAULT_LAMBDA):
        default = DefaultLambda(**document.get(DEFAULT_LAMBDA, {}))
    yield DEFAULT_LAMBDA, default
    if PROVISIONED in document:
        with _at(PROVISIONED):
            yield PROVISIONED, ProvisionedConcurrency(document[PROVISIONED]["environments"], default)
    if MANAGED_INSTANCES in document:
        yield MANAGED_INSTANCES, _managed_instances(document[MANAGED_INSTANCES], runtime, architecture, region)


def _managed_instances(table: Table, runtime: str, architecture: str, region: str) -> ManagedInstances:
    with _at(f"{MANAGED_INSTANCES}.instance_type"):
        found = prices.instance(table["instance_type"], region)
        if found.architecture != architecture:
            raise ValueError(
                f"{found.instance_type} is {found.architecture}, but workload.architecture is {architecture}"
            )
    memory_gib = float(table["environment_memory_gib"])
    size = EnvironmentSize(memory_gib / float(table.get("gib_per_vcpu", 2)), memory_gib)
    changes: dict[str, Any] = dict(table.get("assumptions", {}))
    for name in ("scale_in_step", "target_slots"):
        if f"{name}_percent" in changes:
            changes[name] = changes.pop(f"{name}_percent") / 100
    if "target_cpu_percent" in table:
        changes["target_cpu"] = table["target_cpu_percent"] / 100
    for name in ("min_environments", "max_environments", "max_vcpu_count"):
        if name in table:
            changes[name] = table[name]
    with _at(MANAGED_INSTANCES):
        return ManagedInstances(
            instance=InstanceShape(found.instance_type, found.vcpus, found.memory_gib, found.architecture),
            environment=size,
            max_concurrency=table.get("max_concurrency", runtimes.default_concurrency(runtime, size.vcpus)),
            **changes,
        )


def _pricing(table: Table) -> Pricing:
    with _at("price.region"):
        prices.price_source(table.get("region", "us-east-1"))
    with _at("price.extras"):
        per_month = {name.removesuffix("_per_month"): value for name, value in table.get("extras", {}).items()}
        extras = Extras(**{name: Decimal(str(value)) for name, value in per_month.items()})
    return Pricing(
        region=table.get("region", "us-east-1"),
        requests_per_month=Decimal(str(table["requests_per_month"])) if "requests_per_month" in table else None,
        ec2_discount=Decimal(str(table.get("ec2_discount_percent", 0))) / 100,
        lambda_discount=Decimal(str(table.get("lambda_discount_percent", 0))) / 100,
        free_tier=table.get("free_tier", False),
        extras=extras,
    )
