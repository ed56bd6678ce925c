"""Incident night: an account of its own, two hours of it, and a runbook that is called when alarms go off.

    night = incident_night.play(lab, runbook, seed=55)
    night.pain_minutes, night.usd

Three things happen, in an order, at times and with numbers that follow from the seed alone:

    a campaign      traffic comes that the provider's vCPU cap does not carry
    a deployment    a pipeline gives a new version a share of the traffic, and it computes far too long
    a clean-up      somebody takes the version out of service to save money

The runbook must find out which of them it is, with describe calls, and act. Everything is played in the emulator, in an
account that is made for the night and forgotten after it, whichever account the lab uses. The same seed and the same runbook
give the same night.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lmi_labs import experiment, ground, pager
from lmi_labs.account import Account, OtherAccount
from lmi_labs.pager import Handler, Incident, Watch
from lmi_sim.cost import management_fee_rate
from lmi_sim.prices import on_demand_usd_per_hour
from lmi_sim.traffic import Segment, Traffic

__all__ = ["ALIAS", "CAMPAIGN", "CAP", "CLEAN_UP", "DEPLOYMENT", "FUNCTION", "MINUTES", "Night", "Plan", "plan", "play"]

FUNCTION = "shop"
"""The function, and the name of its capacity provider."""
ALIAS = "live"
CAMPAIGN, DEPLOYMENT, CLEAN_UP = "campaign", "deployment", "clean-up"
CAP = 16
"""MaxVCpuCount when the night begins."""
MINUTES = 125
_BASE_RPS = 60.0
_DEMAND = {"io_ms": 80.0, "cpu_ms": 20.0}
_FIRST, _SLOT = 8, 38


@dataclass(frozen=True)
class Plan:
    """What a seed makes happen: each thing with its minute, and the numbers of it."""

    campaign: int
    campaign_factor: float
    campaign_minutes: int
    deployment: int
    deployment_weight: float
    deployment_cpu_ms: float
    clean_up: int

    def traffic(self) -> Traffic:
        """The requests of the night."""
        levels = {0: _BASE_RPS, self.campaign: _BASE_RPS * self.campaign_factor}
        levels[self.campaign + self.campaign_minutes] = _BASE_RPS
        starts = sorted(levels)
        ends = [*starts[1:], MINUTES]
        pieces = zip(starts, ends, strict=True)
        return Traffic(tuple(Segment(60.0 * begin, 60.0 * end, levels[begin], levels[begin]) for begin, end in pieces))


@dataclass(frozen=True)
class Night:
    """What came of a night. As text it is the timeline with the score."""

    seed: int
    watch: Watch
    usd: float

    @property
    def pain_minutes(self) -> int:
        """Minutes in which more than 1 % of the customers' requests went badly."""
        return self.watch.pain_minutes

    @property
    def pain_by_incident(self) -> dict[str, int]:
        """Minutes of pain from each incident to the next, by its kind."""
        begins = [item.minute for item in self.watch.incidents]
        ends = [*begins[1:], len(self.watch.minutes)]
        return {
            item.kind: sum(minute.hurts for minute in self.watch.minutes[begin:end])
            for item, begin, end in zip(self.watch.incidents, begins, ends, strict=True)
        }

    def __str__(self) -> str:
        score = f"Night {self.seed}: {self.pain_minutes} minutes of pain, {self.usd:.2f} US dollars of instances."
        return f"{score}\n{self.watch}"

    __repr__ = __str__


def plan(seed: int) -> Plan:
    """What happens in the night of a seed."""
    rng = random.Random(f"incident night {seed}")
    slots = [_FIRST + _SLOT * index for index in range(3)]
    rng.shuffle(slots)
    campaign, deployment, clean_up = (slot + rng.randrange(5) for slot in slots)
    return Plan(
        campaign=campaign,
        campaign_factor=rng.choice((11.0, 12.0, 13.0)),
        campaign_minutes=rng.randrange(25, 31),
        deployment=deployment,
        deployment_weight=rng.choice((0.2, 0.3, 0.4)),
        deployment_cpu_ms=float(rng.choice((500, 600, 700))),
        clean_up=clean_up,
    )


def play(place: ground.Place, runbook: Handler, seed: int) -> Night:
    """Play the night of the seed with the runbook. Raises AccountError in a real account."""
    account = place.account.other(f"55{secrets.randbelow(10**10):010d}")
    try:
        with account.time_held():
            return _play(_Place(account), runbook, seed)
    finally:
        account.forget()


@dataclass(frozen=True)
class _Place:
    account: OtherAccount


def _play(place: _Place, runbook: Handler, seed: int) -> Night:
    account, tonight = place.account, plan(seed)
    here = ground.prepare(place, FUNCTION, max_vcpu_count=CAP, services=())
    for _ in range(2):
        experiment.deploy(place, here, FUNCTION)
    client = account.client("lambda")
    client.create_alias(FunctionName=FUNCTION, Name=ALIAS, FunctionVersion="1")
    _alarms(account.client("cloudwatch"))
    account.advance(experiment.PERIOD_S)
    demands = {"1": _DEMAND, "2": {**_DEMAND, "cpu_ms": tonight.deployment_cpu_ms}}
    watch = pager.carry(
        place, FUNCTION, ALIAS, tonight.traffic(), demands, on_alarm=runbook, incidents=_incidents(tonight)
    )
    return Night(seed, watch, watch.instance_hours * _usd_per_instance_hour(account))


def _alarms(cloudwatch: Any) -> None:
    """Two alarms that somebody set up long ago."""
    shared = {"Namespace": "AWS/Lambda", "Period": 300, "EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}
    cloudwatch.put_metric_alarm(
        AlarmName=f"{FUNCTION}-throttles",
        MetricName="Throttles",
        Statistic="Sum",
        Dimensions=[{"Name": "FunctionName", "Value": FUNCTION}],
        ComparisonOperator="GreaterThanThreshold",
        Threshold=200,
        **shared,
    )
    cloudwatch.put_metric_alarm(
        AlarmName=f"{FUNCTION}-slow",
        MetricName="Duration",
        Statistic="Maximum",
        Dimensions=[{"Name": "FunctionName", "Value": FUNCTION}],
        ComparisonOperator="GreaterThanThreshold",
        Threshold=pager.SLOW_MS,
        **shared,
    )


def _incidents(tonight: Plan) -> list[Incident]:
    happen: list[tuple[int, str, str, Callable[[Account], object]]] = [
        (
            tonight.campaign,
            CAMPAIGN,
            f"a campaign brings {tonight.campaign_factor:g} times the traffic",
            lambda _: None,
        ),
        (
            tonight.deployment,
            DEPLOYMENT,
            f"a pipeline gives version 2 {tonight.deployment_weight:.0%} of the traffic",
            lambda account: account.client("lambda").update_alias(
                FunctionName=FUNCTION,
                Name=ALIAS,
                RoutingConfig={"AdditionalVersionWeights": {"2": tonight.deployment_weight}},
            ),
        ),
        (
            tonight.clean_up,
            CLEAN_UP,
            "a clean-up takes version 1 out of service",
            lambda account: account.client("lambda").put_function_scaling_config(
                FunctionName=FUNCTION,
                Qualifier="1",
                FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0},
            ),
        ),
    ]
    return [Incident(*item) for item in sorted(happen, key=lambda item: item[0])]


def _usd_per_instance_hour(account: Account) -> float:
    """The on-demand price with the fee, of the dearest type that stands on the provider."""
    reservations = account.client("ec2").describe_instances(IncludeManagedResources=True)["Reservations"]
    types = {instance["InstanceType"] for item in reservations for instance in item["Instances"]}
    dearest = max(on_demand_usd_per_hour(name, account.region) for name in types)
    return float(dearest * (1 + management_fee_rate()))
