"""Experiments with a published version: deployed in one call, and offered traffic from the same beginning every time.

    version = experiment.deploy(lab, here, "lmi-lab-55-shop")
    report = experiment.play(lab, f"lmi-lab-55-shop:{version}", traffic.step(60, 180, at_s=600, duration_s=1500), SHOP)

Time stands still between what happens, so an experiment gives the same numbers on a fast and on a slow machine.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lmi_labs import traffic
from lmi_labs.account import Account, AccountError
from lmi_labs.ground import Ground, Place
from lmi_labs.lab import wait_until
from lmi_labs.traffic import TrafficReport
from lmi_sim.traffic import Traffic

__all__ = ["align", "deploy", "needs_emulator", "play", "simulate"]

CALM_S = 3600.0
"""As long as a fleet takes to shrink to its minimum, and its empty instances to go, with the default assumptions."""
PERIOD_S = 300.0
"""Metrics are written at whole five minutes, and so are experiments begun."""
_AFTER_S = 60.0
_DAY_S = 86_400.0


def needs_emulator(place: Place) -> None:
    """Stop here in a real account, before anything is made. Raises AccountError."""
    if place.account.world == "aws":
        raise AccountError(
            "This lab plays its traffic in virtual time, which a real AWS account has not. Set LMI_LABS_ACCOUNT to moto."
        )


def deploy(
    place: Place, here: Ground, name: str, *, concurrency: int = 16, capacity_provider_arn: str | None = None
) -> str:
    """Have a small Python function on the ground's provider, or another one, and return a new version's number, Active.

    2,048 MB and one vCPU an environment, `concurrency` requests at a time in each. An existing function gets the
    concurrency and a new version.
    """
    client = place.account.client("lambda")
    config = {
        "LambdaManagedInstancesCapacityProviderConfig": {
            "CapacityProviderArn": capacity_provider_arn or here.capacity_provider_arn,
            "PerExecutionEnvironmentMaxConcurrency": concurrency,
        }
    }
    try:
        client.get_function_configuration(FunctionName=name)
        client.update_function_configuration(FunctionName=name, CapacityProviderConfig=config)
        wait_until(place.account, lambda: _settled(client, name))
        client.update_function_code(FunctionName=name, ZipFile=_package(str(_versions(client, name))))
    except client.exceptions.ResourceNotFoundException:
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Architectures=["arm64"],
            MemorySize=2048,
            Role=here.execution_role_arn,
            Code={"ZipFile": _package("0")},
            CapacityProviderConfig=config,
        )
    wait_until(place.account, lambda: _settled(client, name))
    version = str(client.publish_version(FunctionName=name)["Version"])
    wait_until(place.account, lambda: _active(client, name, version))
    return version


def play(
    place: Place, target: str, shape: Traffic, demand: Mapping[str, Any], *, starting: str | None = None
) -> TrafficReport:
    """Offer the traffic to `name:version` after an hour of calm, let it pass, and return the report.

    It begins at whole five minutes, or at the next `starting` ("08:00", UTC). Only in the emulator: raises AccountError
    in a real account, for a version that isn't Active, and for a demand that an environment can't hold.
    """
    account = place.account
    with account.time_held():
        with contextlib.suppress(AccountError):
            traffic.stop(account, target)
        account.advance(CALM_S)
        align(account, starting)
        traffic.offer(account, target, shape, **demand)
        account.advance(shape.duration_s)
        account.advance(_AFTER_S)  # what is under way is answered
        return traffic.report(account, target)


def align(account: Account, starting: str | None = None) -> datetime:
    """Let time pass to the next whole five minutes, or to the next time of day ("08:00", UTC); that moment."""
    now = account.now()
    if starting is None:
        seconds = -now.timestamp() % PERIOD_S
    else:
        hours, minutes = map(int, starting.split(":"))
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        seconds = (midnight + timedelta(hours=hours, minutes=minutes) - now).total_seconds() % _DAY_S
    account.advance(seconds)
    return now + timedelta(seconds=seconds)


def _package(content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("app.py", date_time=(2026, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, f"def handler(event, context):\n    return {content!r}\n")
    return buffer.getvalue()


def _versions(client: Any, name: str) -> int:
    return len(client.list_versions_by_function(FunctionName=name)["Versions"])


def _settled(client: Any, name: str) -> bool:
    configuration = client.get_function_configuration(FunctionName=name)
    return bool(configuration["State"] == "ActiveNonInvocable" and configuration["LastUpdateStatus"] == "Successful")


def _active(client: Any, name: str, version: str) -> bool:
    configuration = client.get_function_configuration(FunctionName=name, Qualifier=version)
    if configuration["State"] == "Failed":
        raise RuntimeError(f"{name}:{version} failed: {configuration.get('StateReason')}")
    return bool(configuration["State"] == "Active")


def simulate(
    load: Mapping[str, float], environment: Mapping[str, float], instance: Mapping[str, float], size: Mapping[str, int]
) -> dict[str, float]:
    """What the simulator says of a fleet of this size that doesn't scale: ten minutes of steady traffic, always the same.

    `load` has rate_rps, io_ms, cpu_ms, mb_per_request and base_mb; `environment` vcpus, gib and max_concurrency; `instance`
    vcpus and gib; `size` environments. Returns refused_percent, cpu_percent, slots_percent and environments. Raises ValueError
    for what the simulator can't do.
    """
    from lmi_sim.engine import simulate as run
    from lmi_sim.policies import ManagedInstances
    from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
    from lmi_sim.scenario import Scenario
    from lmi_sim.workload import Workload, exponentially

    count = int(size["environments"])
    policy = ManagedInstances(
        InstanceShape("yours", int(instance["vcpus"]), float(instance["gib"]), "arm64"),
        EnvironmentSize(int(environment["vcpus"]), float(environment["gib"])),
        max_concurrency=int(environment["max_concurrency"]),
        min_environments=count,
        max_environments=count,
        max_vcpu_count=15_000,
    )
    work = Workload(
        cpu=exponentially(load["cpu_ms"]),
        io=exponentially(load["io_ms"]),
        base_memory_mb=load["base_mb"],
        memory_mb_per_request=load["mb_per_request"],
    )
    result = run(Scenario(traffic.steady(load["rate_rps"], 660.0), work, policy, seed=55, warm_up_s=60.0))
    vcpu_s = result.environment_s * environment["vcpus"]
    return {
        "refused_percent": round(100 * result.throttle_share, 2),
        "cpu_percent": round(100 * result.cpu_s / vcpu_s, 1),
        "slots_percent": round(100 * load["rate_rps"] * result.latency.mean_s / (count * size["slots"]), 1),
        "environments": count,
    }
