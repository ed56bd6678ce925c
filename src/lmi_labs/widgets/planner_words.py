"""A planner's answer in words: the verdict, why, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lmi_labs.widgets.planner_core import Answer, Side
from lmi_labs.widgets.planner_question import ACCOUNT_CONCURRENCY, MAX_VCPUS
from lmi_sim.cost import provisioned_break_even_utilisation
from lmi_sim.plan.advice import NAMES
from lmi_sim.policies.assumptions import assumption
from lmi_sim.prices import instance
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED

__all__ = ["assumed", "basis", "large", "ms", "usd", "verdict", "why"]

_UNITS = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def usd(amount: Decimal | float) -> str:
    """An amount in whole USD; below ten with cents."""
    return f"${amount:,.2f}" if abs(float(amount)) < 10 else f"${amount:,.0f}"


def ms(value: float) -> str:
    """A time in ms; long ones in s."""
    return f"{value:,.0f} ms" if value < 10_000 else f"{value / 1000:,.0f} s"


def large(number: Decimal | float) -> str:
    """A large number in three digits and a word."""
    for size, word in _UNITS:
        if float(number) >= size:
            return f"{float(number) / size:.3g} {word}"
    return f"{float(number):,.0f}"


def _named(side: Side, *, first: bool = False) -> str:
    name = NAMES[side.kind]
    return name[0].upper() + name[1:] if first else name


def _verb(side: Side) -> str:
    return "meet" if side.kind == MANAGED_INSTANCES else "meets"


def _goals(answer: Answer) -> str:
    asked = answer.question
    return (
        f"99 of 100 requests within {asked.p99_goal_ms:,.0f} ms and at most {asked.throttle_goal_percent:g} % given up"
    )


def verdict(answer: Answer) -> str:
    """Which is the cheapest that meets the goals, and by how much."""
    able = answer.able
    if not able:
        nearest = min(answer.sides.values(), key=lambda side: (side.outcome.failed_percent, side.outcome.p99_ms))
        out = nearest.outcome
        return (
            f"None of the three meets the goals ({_goals(answer)}). The nearest, {_named(nearest)}, takes "
            f"{ms(out.p99_ms)} and gives up {_percent(out.failed_percent)}."
        )
    best, *others = able
    text = f"{_named(best, first=True)} {_verb(best)} the goals for {usd(best.usd)} a month"
    if others:
        saved = (others[0].usd - best.usd) / others[0].usd if others[0].usd else Decimal(0)
        text += f", {saved:.0%} less than {_named(others[0])} ({usd(others[0].usd)})"
    missed = [_named(side) for side in answer.sides.values() if not side.meets]
    if missed:
        text += f"; {' and '.join(missed)} would miss them"
    return text + "."


def why(answer: Answer) -> str:
    """The reasons behind the verdict, in a few sentences."""
    return " ".join(_reasons(answer))


def _reasons(answer: Answer) -> Iterator[str]:
    for side in answer.sides.values():
        if not side.meets and answer.able:
            yield _missed(answer, side)
    cheapest = min(answer.sides.values(), key=lambda side: side.usd)
    asked, size = answer.question, instance(answer.question.instance_type)
    standing, always = answer.managed.outcome.mean_instances, min(answer.fleet)
    fleet = answer.managed.bill["ec2"] + answer.managed.bill["fee"]
    if cheapest.kind == MANAGED_INSTANCES:
        if asked.io_ms > asked.cpu_ms:
            yield (
                f"Requests mostly wait, so up to {asked.max_concurrency} of them share an environment on "
                f"{standing:,.1f} {size.instance_type} ({usd(fleet)} with the fee); default Lambda is paid for each of them "
                f"for {answer.default.outcome.ms_per_request:,.0f} ms."
            )
        else:
            yield (
                f"Instances are busy enough: {standing:,.1f} {size.instance_type} ({usd(fleet)} with the fee) do the computing "
                f"for which default Lambda takes {usd(answer.default.bill['compute'])}."
            )
    elif always == max(answer.fleet) <= 3:
        yield (
            f"{always} {size.instance_type} stand whatever comes and cost {usd(fleet)} a month with the fee; this traffic "
            "does not fill them."
        )
    else:
        yield f"The {standing:,.1f} {size.instance_type} that it takes cost {usd(fleet)} a month with the fee."
    if cheapest.kind == PROVISIONED:
        share = provisioned_break_even_utilisation(size.architecture)
        yield f"Provisioned environments are cheaper than on demand when they are busy for more than {share:.0%} of the time."
    yield _crossing(answer)


def _missed(answer: Answer, side: Side) -> str:
    out, asked = side.outcome, answer.question
    named = _named(side, first=True)
    if out.failed_percent > asked.throttle_goal_percent:
        verb = "give" if side.kind == MANAGED_INSTANCES else "gives"
        return f"{named} {verb} up {_percent(out.failed_percent)} after throttles."
    verb = "take" if side.kind == MANAGED_INSTANCES else "takes"
    return f"{named} {verb} {ms(out.p99_ms)} for the slowest of 100."


def _crossing(answer: Answer) -> str:
    now, even = answer.question.requests_per_month, answer.break_even_requests
    if even is None:
        costs = answer.curve[-1].usd
        always = "dearer" if costs[MANAGED_INSTANCES] >= costs[DEFAULT_LAMBDA] else "cheaper"
        return f"At any traffic that is drawn here managed instances are {always} than default Lambda."
    side = "above" if now >= even else "below"
    return (
        f"Managed instances break even with default Lambda at {large(even)} requests a month; this is {large(now)}, "
        f"{side} it."
    )


def _default(key: str) -> int:
    return int(assumption(key))


def _spilled(answer: Answer) -> str:
    if answer.provisioned_environments < ACCOUNT_CONCURRENCY - 1:
        return "so that at the peak at most 1 % of the requests find none (Erlang B)."
    return "as many as the account allows."


def _percent(value: float) -> str:
    return f"{value:.2f} %" if value >= 0.01 or not value else "less than 0.01 %"


def basis(answer: Answer) -> str:
    """How much was simulated."""
    if answer.whole:
        return f"From all of {answer.simulated:,} requests."
    return f"From the busiest {answer.simulated:,} of {answer.asked:,} requests."


def assumed(answer: Answer) -> tuple[str, ...]:
    """What this answer takes for granted besides the assumptions of the model."""
    asked = answer.question
    return (
        f"Requests come at random (Poisson). They wait {asked.io_ms:,.0f} ms on average (lognormal, cv 0.7) and then need "
        f"{asked.cpu_ms:,.0f} ms of CPU (exponential). Callers try a throttled request three times in all.",
        "A month has 730 hours and repeats the traffic shown; no free tier; us-east-1; network, logs and volumes are left out.",
        f"The account allows {ACCOUNT_CONCURRENCY:,} concurrent executions and the capacity provider {MAX_VCPUS:,} vCPUs; AWS's "
        f"defaults are {_default('default_lambda.account_concurrency'):,} and {_default('scaling_model.max_vcpu_count'):,}.",
        f"Provisioned concurrency keeps {answer.provisioned_environments:,} environments all the time, {_spilled(answer)}",
        "Cold starts are those measured for a small function of the runtime; one that imports more takes longer.",
        "Costs over traffic and the fleet's expected size are closed forms: Little's law and the scaler's targets.",
    )
