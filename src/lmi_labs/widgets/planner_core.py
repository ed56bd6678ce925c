"""The planner's question and answer, without a widget: what the sliders say, and what the simulator makes of it.

A first answer comes from the busiest stretch, as many requests as can be simulated at once; the whole follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.util import find_spec
from typing import Literal

from lmi_sim import prices, runtimes, traffic
from lmi_sim.billing import HOURS_PER_MONTH, Use, monthly_bill
from lmi_sim.cost import Bill
from lmi_sim.engine import simulate
from lmi_sim.plan.curve import Assumed, cost_curve, crossing
from lmi_sim.plan.fleet import instance_hours
from lmi_sim.plan.model import Option, Point
from lmi_sim.plan.search import begun, busiest
from lmi_sim.plan.sweep import Summary, summary
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.results import Result
from lmi_sim.scenario import Retries, Scenario
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, Objective, Pricing, Spec
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload, exponentially, lognormal

__all__ = ["Answer", "Question", "Side", "answer", "engine_here"]

Engine = Literal["fast", "reference"]

FIRST_REQUESTS = {"fast": 250_000, "reference": 2_000}
"""How many requests each engine simulates within a tenth of a second or so, under two policies at once."""
_HOUR, _DAY = 3600.0, 86_400.0


@dataclass(frozen=True)
class Question:
    """What the controls say. Times are ms of the mean; the discount is a share from 0 to 1."""

    rate_rps: float = 278.0
    shape: str = "steady"
    cpu_ms: float = 10.0
    io_ms: float = 90.0
    memory_mb: float = 1024.0
    instance_type: str = "c8g.xlarge"
    environment_gib: float = 2.0
    max_concurrency: int = 16
    min_environments: int = 3
    discount: float = 0.0
    p99_goal_ms: float = 600.0
    runtime: str = "python3.13"
    seed: int = 1

    def traffic(self) -> Traffic:
        """An hour that is steady or has a spike, or a day that comes and goes; `rate_rps` is the mean, or the base."""
        if self.shape == "diurnal":
            return traffic.diurnal(self.rate_rps * 0.25, self.rate_rps * 1.75, _DAY)
        if self.shape == "spike":
            return traffic.spike(self.rate_rps, self.rate_rps * 4, _HOUR / 3, 600.0, _HOUR)
        return traffic.steady(self.rate_rps, _HOUR)

    def spec(self) -> Spec:
        """The question as a spec. Raises ValueError or LookupError, in words, for one that can't be asked."""
        found = prices.instance(self.instance_type)
        shape = InstanceShape(found.instance_type, found.vcpus, found.memory_gib, found.architecture)
        ratio = {"c": 2, "m": 4, "r": 8}.get(found.instance_type[0], 2)
        managed = ManagedInstances(
            instance=shape,
            environment=EnvironmentSize(self.environment_gib / ratio, self.environment_gib),
            max_concurrency=self.max_concurrency,
            min_environments=self.min_environments,
            max_vcpu_count=10_000,
        )
        return Spec(
            name="planner",
            traffic=self.traffic(),
            workload=Workload(
                cpu=exponentially(self.cpu_ms),
                io=lognormal(self.io_ms, 0.7) if self.io_ms else exponentially(0),
                memory_mb=self.memory_mb,
                init=runtimes.init_time(self.runtime, found.architecture, self.memory_mb),
            ),
            runtime=self.runtime,
            architecture=found.architecture,
            policies={DEFAULT_LAMBDA: DefaultLambda(account_concurrency=10_000), MANAGED_INSTANCES: managed},
            seed=self.seed,
            retries=Retries(3, base_s=0.2),
            objective=Objective(self.p99_goal_ms, 0.1),
            pricing=Pricing(ec2_discount=Decimal(str(self.discount))),
        )


@dataclass(frozen=True)
class Side:
    """One way to run it: its bill of a month, and what was simulated."""

    bill: Bill
    run: Summary
    meets: bool

    @property
    def usd(self) -> Decimal:
        """USD a month."""
        return self.bill["total"]


@dataclass(frozen=True)
class Answer:
    """What came out, from `simulated` of `asked` requests."""

    question: Question
    managed: Side
    default: Side
    curve: tuple[Point, ...]
    break_even_requests: Decimal | None
    engine: Engine
    simulated: int
    asked: int

    @property
    def whole(self) -> bool:
        """Whether all of the traffic was simulated."""
        return self.simulated >= self.asked * 0.9

    @property
    def verdict(self) -> str:
        """Which is the cheapest that meets the goals, in a sentence."""
        sides = {"Managed instances": self.managed, "Default Lambda": self.default}
        able = {name: side for name, side in sides.items() if side.meets}
        goal = f"the goal of {self.question.p99_goal_ms:g} ms for 99 of 100 requests"
        if not able:
            return (
                f"Neither meets {goal}: managed instances take {self.managed.run.p99_s * 1000:,.0f} ms, default Lambda "
                f"{self.default.run.p99_s * 1000:,.0f} ms."
            )
        best = min(able, key=lambda name: able[name].usd)
        other = next(name for name in sides if name != best)
        verb = "meet" if best.startswith("Managed") else "meets"
        if other not in able:
            return (
                f"{best} {verb} {goal} for ${able[best].usd:,.0f} a month; {other[0].lower()}{other[1:]} would miss it."
            )
        saved = (sides[other].usd - able[best].usd) / sides[other].usd if sides[other].usd else Decimal(0)
        return (
            f"{best} {verb} {goal} for ${able[best].usd:,.0f} a month, {saved:.0%} less than {other[0].lower()}{other[1:]} "
            f"(${sides[other].usd:,.0f})."
        )


def engine_here() -> Engine:
    """The fast engine where numba is installed, else the reference engine, as in a browser tab."""
    return "fast" if find_spec("numba") else "reference"


def answer(question: Question, *, engine: Engine | None = None, whole: bool = False) -> Answer:
    """Simulate both sides at once, on two threads.

    Without `whole` only the busiest stretch of as many requests as the engine manages in about a tenth of a second.
    Raises ValueError or LookupError, in words, for a question that can't be asked.
    """
    chosen = engine or engine_here()
    spec = question.spec()
    coming, start_rps = spec.traffic, spec.traffic.rate_at(0)
    if not whole:
        stretch, _, start_rps = busiest(spec.traffic, FIRST_REQUESTS[chosen], shortest_s=60)
        coming = stretch
    managed_policy, default_policy = spec.policies[MANAGED_INSTANCES], spec.policies[DEFAULT_LAMBDA]
    assert isinstance(managed_policy, ManagedInstances)
    scenarios = [
        _scenario(spec, begun(spec, managed_policy, start_rps), coming, 0.0),
        _scenario(spec, default_policy, coming, coming.duration_s * 0.1),
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda scenario: simulate(scenario, engine=chosen), scenarios))
    managed, default = _sides(spec, results, whole=whole)
    option = Option(DEFAULT_LAMBDA, "default Lambda", default_policy, default.bill, (default.run,))
    curve = cost_curve(spec, managed_policy, option)
    return Answer(
        question=question,
        managed=managed,
        default=default,
        curve=curve,
        break_even_requests=crossing(curve),
        engine=chosen,
        simulated=results[0].requests,
        asked=round(spec.traffic.mean_requests),
    )


def _sides(spec: Spec, results: Sequence[Result], *, whole: bool) -> tuple[Side, Side]:
    """Both bills for the whole traffic. Of a stretch, the fleet's hours are those of the closed form."""
    duration_s = spec.traffic.duration_s
    requests = Decimal(spec.traffic.mean_requests * HOURS_PER_MONTH * 3600 / duration_s)
    paid = replace(spec, pricing=replace(spec.pricing, requests_per_month=requests))
    policy = spec.policies[MANAGED_INSTANCES]
    assert isinstance(policy, ManagedInstances)
    managed, default = results
    stood_s = instance_hours(spec.traffic, spec.workload, policy) * 3600
    use: Use = managed if whole else Assumed(managed.completed, 0, stood_s, duration_s)
    return (
        _side(spec, managed, monthly_bill(paid, MANAGED_INSTANCES, use)),
        _side(spec, default, monthly_bill(paid, DEFAULT_LAMBDA, default)),
    )


def _side(spec: Spec, result: Result, bill: Bill) -> Side:
    run = summary(result)
    goal = spec.objective
    assert goal is not None  # a question has one
    return Side(bill, run, run.p99_s * 1000 <= goal.p99_ms and run.failed_share * 100 <= goal.throttle_percent)


def _scenario(spec: Spec, policy: Policy, coming: Traffic, warm_up_s: float) -> Scenario:
    return replace(spec.scenario(policy), traffic=coming, warm_up_s=warm_up_s)
