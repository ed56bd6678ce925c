"""The search: order by closed form, screen on the busiest stretch, decide on the whole traffic with several seeds.

Demand is uncertain: besides the randomness of arrivals each seed has its own level of traffic, evenly spread over
plus and minus `UNCERTAINTY`; an option must meet the objective at every level. Recorded times are replayed as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lmi_sim import prices, queueing
from lmi_sim.billing import HOURS_PER_MONTH, monthly_bill
from lmi_sim.cost import Bill
from lmi_sim.plan.advice import reasons_for
from lmi_sim.plan.candidates import Candidate, candidates
from lmi_sim.plan.curve import break_even, cost_curve
from lmi_sim.plan.fleet import environments_at
from lmi_sim.plan.model import Change, Option, Plan, PlanError
from lmi_sim.plan.purchase import PURCHASES, Commitment, best_commitment
from lmi_sim.plan.sweep import Progress, Summary, run_all
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy, ProvisionedConcurrency
from lmi_sim.policies.placement import EnvironmentSize
from lmi_sim.random_numbers import Stream, uniform
from lmi_sim.scenario import Scenario
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Objective, Spec
from lmi_sim.traffic import Traffic

__all__ = ["UNCERTAINTY", "begun", "bill_of", "busiest", "plan", "title_of"]

UNCERTAINTY = 0.1
_BATCH = 64
_BATCH_ON_DASK = 512  # ten chunks, so that a cluster has something to share
_DRAWS = 20_000


@dataclass(frozen=True)
class _Effort:
    """How much is simulated: configurations, requests of the busiest stretch, runs of the whole traffic, kinds kept."""

    configurations: int
    stretch_requests: float
    seeds: int
    kinds: int


def plan(
    spec: Spec,
    *,
    seeds: int = 3,
    quick: bool = False,
    scheduler: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Find the cheapest way to meet the spec's objective.

    `quick` simulates less and may miss the last few per cent. With the address of a Dask `scheduler` its workers
    simulate. Raises PlanError when the spec has no objective or nothing meets it, SchedulerError as `run_all` does.
    """
    objective = _objective(spec)
    effort = _Effort(128, 40_000, 1, 3) if quick else _Effort(512, 120_000, max(1, seeds), 6)
    run = _Runner(spec, effort, scheduler, threads, progress)
    ordered = candidates(spec)
    managed = _search(objective, ordered, run)
    meeting = [option for option in managed if option.meets(objective)]
    (default,) = run.options(DEFAULT_LAMBDA, [spec.policies[DEFAULT_LAMBDA]])
    kept = _provisioned(spec, objective, run)
    options = [*meeting[:1], default, *([kept] if kept else [])]
    able = sorted((option for option in options if option.meets(objective)), key=lambda item: item.usd)
    if not able:
        raise PlanError(_nothing(objective, [*managed, default], len(ordered)))
    best = meeting[0] if meeting else managed[0] if managed else None
    base = best.policy if best and isinstance(best.policy, ManagedInstances) else ordered[0].policy
    curve = cost_curve(spec, base, default)
    return Plan(
        spec=spec,
        objective=objective,
        recommended=able[0],
        options=tuple(sorted(options, key=lambda item: item.usd)),
        runners_up=tuple(meeting[1:]),
        reasons=reasons_for(spec, objective, able, options, curve),
        changes=tuple(_changes(spec, objective, base, run)),
        curve=curve,
        break_even_requests=break_even(spec, base, default),
        commitments=tuple(_commitments(spec, best)) if best else (),
        considered=len(ordered),
        simulated=run.simulated,
        seeds=effort.seeds,
        window=run.window,
    )


def _objective(spec: Spec) -> Objective:
    if spec.objective is None:
        raise PlanError("objective is missing: a plan needs at least objective.p99_ms, the latency that must be met")
    draws = sorted(
        spec.workload.io.sample_ms(uniform(spec.seed, Stream.IO, number))
        + spec.workload.cpu.sample_ms(uniform(spec.seed, Stream.CPU, number))
        for number in range(_DRAWS)
    )
    least_ms = draws[math.ceil(0.99 * _DRAWS) - 1]
    if spec.objective.p99_ms < least_ms:
        raise PlanError(
            f"objective.p99_ms: {spec.objective.p99_ms:g} can't be met by anything, because 99 of 100 requests take up to "
            f"{least_ms:,.0f} ms on an idle machine; ask for at least that, or shorten workload.io or workload.cpu"
        )
    return spec.objective


def _nothing(objective: Objective, options: Sequence[Option], considered: int) -> str:
    best = min(options, key=lambda option: (option.failed_percent > objective.throttle_percent, option.p99_ms))
    return (
        f"objective: none of {considered:,} configurations meets p99_ms {objective.p99_ms:g} and throttle_percent "
        f"{objective.throttle_percent:g}; the nearest, {best.title}, has {best.p99_ms:,.0f} ms and gives up "
        f"{best.failed_percent:.2f} %, so relax the objective, allow more retries, or raise max_vcpu_count"
    )


class _Runner:
    """Simulates, and counts what it simulated."""

    def __init__(
        self, spec: Spec, effort: _Effort, scheduler: str | None, threads: int | None, progress: Progress | None
    ) -> None:
        self.spec = spec
        self.effort = effort
        self.simulated = 0
        self.batch = _BATCH_ON_DASK if scheduler else _BATCH
        self._how = {"scheduler": scheduler, "threads": threads, "progress": progress}
        self.stretch, start_s, self.start_rps = busiest(spec.traffic, effort.stretch_requests)
        self.window = (
            f"screened on {self.stretch.duration_s / 60:,.0f} minutes from {start_s / 60:,.0f} min, decided on "
            f"{spec.traffic.duration_s / 60:,.0f} minutes"
        )

    def screen(self, policies: Sequence[ManagedInstances]) -> list[Summary]:
        """Each policy on the busiest stretch, begun as large as the rate before it needs."""
        scenarios = [
            replace(self.spec.scenario(begun(self.spec, policy, self.start_rps)), traffic=self.stretch, warm_up_s=0.0)
            for policy in policies
        ]
        return self._run(scenarios)

    def options(self, kind: str, policies: Sequence[Policy]) -> list[Option]:
        """Ways to run the workload, each simulated on the whole traffic for each seed and level of demand, and paid."""
        seeds = self.effort.seeds
        summaries = self._run([one for policy in policies for one in _levels(self.spec, policy, seeds)])
        found = []
        for number, policy in enumerate(policies):
            runs = tuple(summaries[number * seeds : (number + 1) * seeds])
            bill, commitment = bill_of(self.spec, policy, runs)
            found.append(Option(kind, title_of(policy), policy, bill, runs, commitment))
        return found

    def expected(self, cases: Sequence[tuple[Spec, Policy]]) -> list[Summary]:
        """Policies on the whole traffic of other specs, once each, at the level that is expected."""
        return self._run([one for this, policy in cases for one in _levels(this, policy, 1)])

    def _run(self, scenarios: list[Scenario]) -> list[Summary]:
        self.simulated += len(scenarios)
        return run_all(scenarios, **self._how)  # type: ignore[arg-type]


def busiest(traffic: Traffic, requests: float, shortest_s: float = 600.0) -> tuple[Traffic, float, float]:
    """A stretch with about so many requests that ends after the highest rate, where it begins, and the rate there."""
    if traffic.mean_requests <= requests:
        return traffic, 0.0, traffic.rate_at(0)
    length_s = min(traffic.duration_s, max(shortest_s, requests / max(traffic.peak_rps, 1e-9)))
    if traffic.times_s:
        return traffic.window(0, length_s), 0.0, traffic.mean_rps
    peak = max(traffic.segments, key=lambda item: max(item.start_rps, item.end_rps))
    at_s = peak.start_s if peak.start_rps >= peak.end_rps else peak.end_s
    start_s = min(max(0.0, at_s - length_s / 3), traffic.duration_s - length_s)
    return traffic.window(start_s, start_s + length_s), start_s, traffic.rate_at(start_s)


def begun(spec: Spec, policy: ManagedInstances, rate_rps: float) -> ManagedInstances:
    """The policy with as many environments as the rate at the beginning needs."""
    return replace(policy, initial_environments=environments_at(rate_rps, spec.workload, policy))


def _levels(spec: Spec, policy: Policy, seeds: int) -> Iterator[Scenario]:
    """The whole traffic with each seed, at levels spread evenly over the uncertainty of demand."""
    if isinstance(policy, ManagedInstances):
        policy = begun(spec, policy, spec.traffic.rate_at(0))
    scenario = spec.scenario(policy)
    for number in range(seeds):
        level = 1.0 if seeds == 1 else 1 + UNCERTAINTY * (2 * number / (seeds - 1) - 1)
        traffic = spec.traffic if spec.traffic.times_s else spec.traffic.scaled(level)
        yield replace(scenario, traffic=traffic, seed=spec.seed + number)


def _search(objective: Objective, ordered: Sequence[Candidate], run: _Runner) -> list[Option]:
    """Simulate batches, the cheapest fleets first, until enough different ones meet the objective; by their cost."""
    found: list[Option] = []
    kinds: set[tuple[str, EnvironmentSize]] = set()
    for start in range(0, min(len(ordered), run.effort.configurations), run.batch):
        batch = [item.policy for item in ordered[start : start + run.batch] if _kind(item.policy) not in kinds]
        passed: dict[tuple[str, EnvironmentSize], ManagedInstances] = {}
        for policy, one in zip(batch, run.screen(batch), strict=True):
            if one.p99_s * 1000 <= objective.p99_ms and one.failed_share * 100 <= objective.throttle_percent:
                passed.setdefault(_kind(policy), policy)
        chosen = list(passed.values())[: run.effort.kinds - len(kinds)]
        options = run.options(MANAGED_INSTANCES, chosen)
        found += options
        kinds |= {_kind(policy) for policy, option in zip(chosen, options, strict=True) if option.meets(objective)}
        if len(kinds) >= run.effort.kinds:
            break
    if not found and ordered:  # nothing among the cheapest: one that is all headroom still shows how near it comes
        found = run.options(MANAGED_INSTANCES, [max(ordered, key=lambda item: item.fleet_usd).policy])
    return sorted(found, key=lambda item: item.usd)


def _kind(policy: ManagedInstances) -> tuple[str, EnvironmentSize]:
    """Options of one kind differ in details alone; one of them is enough for a reader."""
    return policy.instance.instance_type, policy.environment


def _provisioned(spec: Spec, objective: Objective, run: _Runner) -> Option | None:
    """The cheapest number of provisioned environments: those that Erlang's formula suggests, simulated."""
    default = spec.policies[DEFAULT_LAMBDA]
    assert isinstance(default, DefaultLambda)
    service_s = (spec.workload.io.mean_ms + spec.workload.cpu.mean_ms * default.cpu_stretch(spec.workload)) / 1000
    sizes = set()
    for rate in (spec.traffic.mean_rps, spec.traffic.peak_rps):
        offered = rate * service_s
        for spilled in (0.3, 0.1, 0.01):
            count = max(1, math.ceil(offered * 0.5))
            while queueing.erlang_b(count, offered) > spilled and count < default.account_concurrency:
                count += max(1, count // 50)
            sizes.add(count)
    own = spec.policies.get(PROVISIONED)
    policies = [
        ProvisionedConcurrency(count, default) for count in sorted(sizes) if count < default.account_concurrency
    ]
    policies += [own] if isinstance(own, ProvisionedConcurrency) else []
    options = run.options(PROVISIONED, policies)
    return min(options, key=lambda item: (not item.meets(objective), item.usd), default=None)


def bill_of(spec: Spec, policy: Policy, runs: Sequence[Summary]) -> tuple[Bill, Commitment | None]:
    """The mean bill of the runs; of managed instances with the best commitment at the spec's discount."""
    bills = [monthly_bill(spec, policy, one) for one in runs]
    mean = {line: sum((bill[line] for bill in bills), Decimal(0)) / len(bills) for line in bills[0]}
    if not isinstance(policy, ManagedInstances):
        return mean, None
    sizes = [sum(one.instances[index] for one in runs) / len(runs) for index in range(len(runs[0].instances))]
    commitment = best_commitment(sizes, spec.pricing.ec2_discount)
    ec2 = commitment.paid_instances * HOURS_PER_MONTH * _price(spec, policy)
    return {**mean, "ec2": ec2, "total": mean["total"] - mean["ec2"] + ec2}, commitment


def _price(spec: Spec, policy: ManagedInstances) -> Decimal:
    return prices.on_demand_usd_per_hour(policy.instance.instance_type, spec.pricing.region)


def _commitments(spec: Spec, option: Option) -> Iterator[tuple[str, Commitment, Decimal]]:
    """What the managed instances would cost a month with each kind of commitment, and how much to commit."""
    assert isinstance(option.policy, ManagedInstances)
    for label, discount in PURCHASES:
        this = replace(spec, pricing=replace(spec.pricing, ec2_discount=discount))
        bill, commitment = bill_of(this, option.policy, option.runs)
        assert commitment is not None  # the policy is of managed instances
        yield label, commitment, bill["total"]


def _changes(spec: Spec, objective: Objective, policy: ManagedInstances, run: _Runner) -> Iterator[Change]:
    """The same configuration and default Lambda when traffic, work or the model's assumptions are different."""
    work = spec.workload
    slower = replace(work, cpu=replace(work.cpu, mean_ms=work.cpu.mean_ms * 1.25)) if not work.cpu.quantiles else None
    variations: list[tuple[str, Spec, ManagedInstances]] = [("as planned", spec, policy)]
    if not spec.traffic.times_s:
        variations += [
            (f"traffic × {factor:g}", replace(spec, traffic=spec.traffic.scaled(factor)), policy)
            for factor in (0.5, 1.5, 2.0)
        ]
    if slower:
        variations.append(("CPU time × 1.25", replace(spec, workload=slower), policy))
    variations += [
        ("the scaler looks every 5 minutes", spec, replace(policy, evaluation_period_s=300.0)),
        ("instances launch in 3 minutes", spec, replace(policy, instance_launch_s=180.0)),
        ("the router tries one environment", spec, replace(policy, router_choices=1, router_attempts=1)),
    ]
    managed = run.expected([(this, changed) for _, this, changed in variations])
    others = list(dict.fromkeys(id(this) for _, this, _ in variations))
    specs = {id(this): this for _, this, _ in variations}
    default = dict(
        zip(others, run.expected([(specs[key], specs[key].policies[DEFAULT_LAMBDA]) for key in others]), strict=True)
    )
    for (what, this, changed), one in zip(variations, managed, strict=True):
        yield Change(
            what=what,
            managed_usd=bill_of(this, changed, [one])[0]["total"],
            default_usd=bill_of(this, this.policies[DEFAULT_LAMBDA], [default[id(this)]])[0]["total"],
            managed_p99_ms=one.p99_s * 1000,
            managed_failed_percent=one.failed_share * 100,
            managed_meets=one.p99_s * 1000 <= objective.p99_ms and one.failed_share * 100 <= objective.throttle_percent,
        )


def title_of(policy: Policy) -> str:
    """A policy in a few words."""
    if isinstance(policy, ManagedInstances):
        return (
            f"{policy.instance.instance_type}, environments of {policy.environment.memory_gib:g} GiB and "
            f"{policy.environment.vcpus:g} vCPU with {policy.max_concurrency} slots, at least {policy.min_environments}, "
            f"CPU target {policy.target_cpu:.0%}"
        )
    if isinstance(policy, ProvisionedConcurrency):
        return f"{policy.environments} provisioned environment{'' if policy.environments == 1 else 's'}"
    return "default Lambda"
