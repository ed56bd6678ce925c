"""What a plan says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lmi_sim.plan.purchase import Commitment
from lmi_sim.plan.sweep import Summary
from lmi_sim.policies import Policy
from lmi_sim.spec import Objective, Spec

__all__ = ["Change", "Option", "Plan", "PlanError", "Point"]


class PlanError(ValueError):
    """No plan can be made for the spec; the message is one sentence."""


@dataclass(frozen=True)
class Option:
    """One way to run the workload, as simulated on the whole traffic with every seed; the worst of them counts.

    `bill` is USD a month, the mean over the seeds.
    """

    kind: str
    title: str
    policy: Policy
    bill: Mapping[str, Decimal]
    runs: tuple[Summary, ...]
    commitment: Commitment | None = None

    @property
    def usd(self) -> Decimal:
        """USD a month."""
        return self.bill["total"]

    @property
    def p99_ms(self) -> float:
        """The worst 99th percentile of the runs."""
        return max(run.p99_s for run in self.runs) * 1000

    @property
    def failed_percent(self) -> float:
        """The worst share of requests given up."""
        return max(run.failed_share for run in self.runs) * 100

    @property
    def mean_instances(self) -> float:
        """Instances on average over time and runs."""
        return sum(run.instance_s / run.measured_s for run in self.runs) / len(self.runs)

    def meets(self, objective: Objective) -> bool:
        """Whether every run met the objective."""
        return self.p99_ms <= objective.p99_ms and self.failed_percent <= objective.throttle_percent


@dataclass(frozen=True)
class Change:
    """What the recommended managed instances and default Lambda cost when something is different."""

    what: str
    managed_usd: Decimal
    default_usd: Decimal
    managed_p99_ms: float
    managed_failed_percent: float
    managed_meets: bool

    @property
    def cheaper(self) -> str:
        """Which of the two costs less."""
        return "managed instances" if self.managed_usd < self.default_usd else "default Lambda"


@dataclass(frozen=True)
class Point:
    """One point of the cost curve, in closed form: a month with so many requests."""

    requests: Decimal
    managed_usd: Decimal
    default_usd: Decimal


@dataclass(frozen=True)
class Plan:
    """The recommendation, why, and what it was chosen from."""

    spec: Spec
    objective: Objective
    recommended: Option
    options: tuple[Option, ...]
    runners_up: tuple[Option, ...]
    reasons: tuple[str, ...]
    changes: tuple[Change, ...]
    curve: tuple[Point, ...]
    break_even_requests: Decimal | None
    commitments: tuple[tuple[str, Commitment, Decimal], ...]
    considered: int
    simulated: int
    seeds: int
    window: str

    def option(self, kind: str) -> Option | None:
        """The best of a kind, None if there is none."""
        return next((option for option in self.options if option.kind == kind), None)
