"""The planner's answer, without a widget: what the simulator and closed forms make of a question.

A first answer comes from the busiest stretch of the traffic, as long a one as a tenth of a second allows. The whole
traffic takes longer, and can be given up.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.util import find_spec

from lmi_labs.widgets.planner_forms import KINDS, Point, cost_curve, crossing, fleet, rates, service_s
from lmi_labs.widgets.planner_question import Question
from lmi_sim.billing import monthly_bill
from lmi_sim.cost import Bill
from lmi_sim.engine import Engine, Stop, Stopped, simulate
from lmi_sim.plan.curve import Assumed
from lmi_sim.plan.search import begun, busiest
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy, ProvisionedConcurrency
from lmi_sim.results import Result
from lmi_sim.scenario import Scenario
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Spec
from lmi_sim.traffic import Segment, Traffic

__all__ = ["BUDGET_S", "Answer", "Outcome", "Side", "answer", "engine_here", "refined"]

BUDGET_S = 0.08
"""For the simulations of a first answer; with the closed forms and the drawing it is a tenth of a second."""

_FIRST_REQUESTS = {"fast": 4_000, "reference": 250}
_GROWTH = 16.0  # of a stretch over the one before, at most
_WORTH = 1.5  # by less a longer stretch is not worth its time
_WHOLE_REQUESTS = 30_000_000  # more take a laptop's both cores for more than half a minute
_LONG_REQUESTS = 5_000_000
_POLL_S = 0.02


@dataclass(frozen=True)
class Outcome:
    """How a simulation went; `instances` are pairs of a time in s and how many stood."""

    p50_ms: float
    p99_ms: float
    failed_percent: float
    cold_percent: float
    ms_per_request: float
    mean_instances: float
    most_instances: int
    instances: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Side:
    """One way to run it: its bill of a month, and how it went."""

    kind: str
    bill: Bill
    outcome: Outcome
    meets: bool

    @property
    def usd(self) -> Decimal:
        """USD a month."""
        return self.bill["total"]


@dataclass(frozen=True)
class Answer:
    """What came out for each kind, from `simulated` of `asked` requests.

    `curve` and `fleet` are closed forms: costs over traffic, and instances in equal steps of the time.
    """

    question: Question
    sides: Mapping[str, Side]
    curve: tuple[Point, ...]
    fleet: tuple[int, ...]
    break_even_requests: Decimal | None
    provisioned_environments: int
    simulated: int
    asked: int
    whole: bool
    engine: Engine

    @property
    def managed(self) -> Side:
        """Managed instances."""
        return self.sides[MANAGED_INSTANCES]

    @property
    def default(self) -> Side:
        """Default Lambda."""
        return self.sides[DEFAULT_LAMBDA]

    @property
    def able(self) -> tuple[Side, ...]:
        """What meets the goals, the cheapest first."""
        return tuple(sorted((side for side in self.sides.values() if side.meets), key=lambda side: side.usd))


@dataclass(frozen=True)
class _Stretch:
    """A part of the traffic that is simulated, and where it begins."""

    traffic: Traffic
    start_s: float
    start_rps: float
    whole: bool


def engine_here() -> Engine:
    """The fast engine where numba is installed, else the reference engine, as in a browser tab."""
    return "fast" if find_spec("numba") else "reference"


def answer(
    question: Question,
    budget_s: float = BUDGET_S,
    *,
    engine: Engine | None = None,
    hurry: Callable[[], bool] = lambda: False,
) -> Answer:
    """Answer from the busiest stretch; it grows until the budget is used up, or `hurry` says that something waits.

    Raises ValueError or LookupError, in words, for a question that can't be asked.
    """
    chosen = engine or engine_here()
    spec, until = question.spec(), time.monotonic() + budget_s
    requests = float(_FIRST_REQUESTS[chosen])
    stretch = _stretch(spec, requests)
    began = time.monotonic()
    results = _simulated(spec, stretch, chosen, lambda: False)
    assert results is not None  # nothing stops it
    while not stretch.whole and not hurry():
        now = time.monotonic()
        factor = min(_GROWTH, 0.8 * (until - now) / max(now - began, 1e-6))
        if factor < _WORTH:
            break
        requests *= factor
        longer, began = _stretch(spec, requests), now
        better = _simulated(spec, longer, chosen, lambda: hurry() or time.monotonic() > until)
        if better is None:
            break
        stretch, results = longer, better
    return _answer(question, spec, stretch, results, chosen)


def refined(question: Question, *, engine: Engine, stop: Callable[[], bool]) -> Answer | None:
    """Answer from the whole traffic, or of an immense one from a long stretch; None if `stop` said so meanwhile."""
    spec = question.spec()
    whole = spec.traffic.mean_requests <= _WHOLE_REQUESTS
    stretch = _Stretch(spec.traffic, 0.0, spec.traffic.rate_at(0), whole=True)
    if not whole:
        stretch = _stretch(spec, _LONG_REQUESTS)
    results = _simulated(spec, stretch, engine, stop)
    return None if results is None else _answer(question, spec, stretch, results, engine)


def _stretch(spec: Spec, requests: float) -> _Stretch:
    traffic, start_s, start_rps = busiest(spec.traffic, requests, shortest_s=0.0)
    return _Stretch(traffic, start_s, start_rps, whole=traffic is spec.traffic)


def _simulated(
    spec: Spec, stretch: _Stretch, engine: Engine, stop: Callable[[], bool]
) -> Mapping[str, tuple[Scenario, Result]] | None:
    """All kinds at once, on two threads; None if it was stopped."""
    wish = Stop()
    scenarios = {kind: _scenario(spec, kind, stretch) for kind in KINDS}
    if engine == "reference":  # where there may be no threads, and they would not help
        return {kind: (one, simulate(one, engine=engine)) for kind, one in scenarios.items()}
    with ThreadPoolExecutor(2, thread_name_prefix="planner-simulating") as pool:
        running: dict[str, Future[Result]] = {
            kind: pool.submit(simulate, one, engine=engine, stop=wish) for kind, one in scenarios.items()
        }
        while wait(running.values(), _POLL_S).not_done:
            if stop():
                wish.set()
    try:
        return {kind: (scenarios[kind], future.result()) for kind, future in running.items()}
    except Stopped:
        return None


def _scenario(spec: Spec, kind: str, stretch: _Stretch) -> Scenario:
    """The stretch, after a while at its first rate that is not counted: what there is at its beginning is in use."""
    policy, held_s = _in_use(spec, spec.policies[kind], stretch.start_rps)
    lead_s = min(60.0, max(stretch.traffic.duration_s / 4, 4 * held_s))
    segments = [Segment(0.0, lead_s, stretch.start_rps, stretch.start_rps)]
    segments += [
        Segment(lead_s + item.start_s, lead_s + item.end_s, item.start_rps, item.end_rps)
        for item in stretch.traffic.segments
    ]
    scenario = spec.scenario(policy)
    return replace(scenario, traffic=Traffic(tuple(segments)), warm_up_s=lead_s, interval_s=0.0)


def _in_use(spec: Spec, policy: Policy, rate_rps: float) -> tuple[Policy, float]:
    """The policy with the environments that a steady rate keeps in use, and how long a request holds one (s)."""
    if isinstance(policy, ManagedInstances):
        return begun(spec, policy, rate_rps), (spec.workload.io.mean_ms + spec.workload.cpu.mean_ms) / 1000
    if isinstance(policy, ProvisionedConcurrency):
        spill_over = _warm(spec, policy.spill_over, rate_rps, policy.environments)
        return replace(policy, spill_over=spill_over), service_s(spec.workload, policy.spill_over)
    return _warm(spec, policy, rate_rps, 0), service_s(spec.workload, policy)


def _warm(spec: Spec, policy: DefaultLambda, rate_rps: float, provisioned: int) -> DefaultLambda:
    needed = math.ceil(rate_rps * service_s(spec.workload, policy)) - provisioned
    return replace(policy, initial_environments=max(0, min(needed, policy.account_concurrency - provisioned)))


def _answer(
    question: Question,
    spec: Spec,
    stretch: _Stretch,
    results: Mapping[str, tuple[Scenario, Result]],
    engine: Engine,
) -> Answer:
    rates_rps = rates(spec.traffic)
    managed, kept = spec.policies[MANAGED_INSTANCES], spec.policies[PROVISIONED]
    assert isinstance(managed, ManagedInstances)
    assert isinstance(kept, ProvisionedConcurrency)
    sizes = fleet(rates_rps, spec.workload, managed)
    used = {kind: _used(result) for kind, (_, result) in results.items()}
    if not stretch.whole:  # the fleet of the busiest stretch is not that of all the time
        measured_s = used[MANAGED_INSTANCES].measured_s
        standing_s = sum(sizes) / len(sizes) * measured_s
        used[MANAGED_INSTANCES] = replace(used[MANAGED_INSTANCES], instance_s=standing_s)
    curve = cost_curve(spec, used, rates_rps)
    simulated = results[MANAGED_INSTANCES][1]
    return Answer(
        question=question,
        sides={
            kind: _side(spec, kind, _outcome(*results[kind], stretch.start_s), monthly_bill(spec, kind, used[kind]))
            for kind in KINDS
        },
        curve=curve,
        fleet=sizes,
        break_even_requests=crossing(curve),
        provisioned_environments=kept.environments,
        simulated=simulated.requests,
        asked=simulated.requests if stretch.whole else round(spec.traffic.mean_requests),
        whole=stretch.whole,
        engine=engine,
    )


def _used(result: Result) -> Assumed:
    return Assumed(
        result.completed, result.billed_ms, result.instance_s, result.measured_s, provisioned_ms=result.provisioned_ms
    )


def _outcome(scenario: Scenario, result: Result, start_s: float) -> Outcome:
    lead_s, interval_s = scenario.warm_up_s, scenario.interval_s
    sizes = result.series.mean_column("instances_s")
    first = int(lead_s // interval_s)
    instances = tuple(
        (start_s + max(0.0, index * interval_s - lead_s), size) for index, size in enumerate(sizes) if index >= first
    )
    requests, completed = max(1, result.requests), max(1, result.completed)
    return Outcome(
        p50_ms=result.latency.quantile_s(0.5) * 1000,
        p99_ms=result.latency.quantile_s(0.99) * 1000,
        failed_percent=result.throttle_share * 100,
        cold_percent=result.cold_starts / requests * 100,
        ms_per_request=(result.billed_ms + result.provisioned_ms) / completed,
        mean_instances=result.instance_s / result.measured_s,
        most_instances=result.most_instances,
        instances=instances,
    )


def _side(spec: Spec, kind: str, outcome: Outcome, bill: Bill) -> Side:
    goal = spec.objective
    assert goal is not None  # a question has one
    meets = outcome.p99_ms <= goal.p99_ms and outcome.failed_percent <= goal.throttle_percent
    return Side(kind, bill, outcome, meets)
