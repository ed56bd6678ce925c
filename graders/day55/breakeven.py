"""Task 55.10: three bills for the same month, and from where managed instances cost less."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import BREAK_EVEN
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim import cost
from lmi_sim.billing import HOURS_PER_MONTH

BILLS = ("default", "provisioned", "managed")
MEMBERS = ("requests", "duration_ms", "memory_mb", "provisioned", "instances", "usd_per_hour", "discount")
OPEN: tuple[dict[str, float], ...] = (
    dict(zip(MEMBERS, (100e6, 200, 2048, 12, 3, 0.0816, 0.0), strict=True)),
    dict(zip(MEMBERS, (20e6, 120.4, 1024, 4, 3, 0.16, 0.32), strict=True)),
    dict(zip(MEMBERS, (5e6, 80, 512, 0, 4, 0.34, 0.65), strict=True)),
)
_ARCHITECTURE = "arm64"


def right_bills(month: Mapping[str, float]) -> dict[str, float]:
    """What the month costs each way: `lmi_sim.cost`, without the free tier."""
    number = {name: Decimal(str(month[name])) for name in MEMBERS}
    gib, requests = number["memory_mb"] / 1024, number["requests"]
    used = cost.Invocations(requests, number["duration_ms"], number["memory_mb"]).gb_seconds
    hours = Decimal(HOURS_PER_MONTH)
    bills = (
        cost.default_lambda_bill(used, requests, _ARCHITECTURE),
        cost.provisioned_bill(
            kept_gb_seconds=number["provisioned"] * gib * hours * 3600,
            used_gb_seconds=used,
            spilled_gb_seconds=Decimal(0),
            requests=requests,
            architecture=_ARCHITECTURE,
        ),
        cost.managed_instances_bill(
            instance_hours=number["instances"] * hours,
            on_demand_usd_per_hour=number["usd_per_hour"],
            requests=requests,
            discount=number["discount"],
        ),
    )
    return {name: float(bill["total"]) for name, bill in zip(BILLS, bills, strict=True)}


def right_break_even(month: Mapping[str, float]) -> float:
    """From how many requests a month default Lambda costs more than the instances."""
    number = {name: Decimal(str(month[name])) for name in MEMBERS}
    fixed = cost.managed_instances_bill(
        instance_hours=number["instances"] * HOURS_PER_MONTH,
        on_demand_usd_per_hour=number["usd_per_hour"],
        requests=Decimal(0),
        discount=number["discount"],
    )["total"]
    return float(
        cost.break_even_requests(
            fixed_usd=fixed,
            duration_ms=number["duration_ms"],
            memory_mb=number["memory_mb"],
            architecture=_ARCHITECTURE,
        )
    )


@task(
    "55.10",
    title="Three bills, and where they meet",
    points=7,
    syllabus=("55.4",),
    answers=("bills", "break_even"),
    docs=BREAK_EVEN,
)
def check_break_even(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Both functions on months of the check's own."""
    bills: Any = answers["bills"]
    break_even: Any = answers["break_even"]
    problem = not_a_function(bills, "bills", "bills(month)")
    for month in OPEN:
        problem = problem or judge_bills(bills, month)
    problem = problem or not_a_function(break_even, "break-even", "break_even(month)")
    for month in OPEN:
        problem = problem or judge_break_even(break_even, month)
    return problem or passed(
        "Below the break-even the three instances cost more than they save. It moves with duration and memory: long and large requests reach it sooner."
    )


def judge_bills(function: Any, month: Mapping[str, float]) -> Verdict | None:
    """What is wrong with the three bills; None when nothing is."""
    right = right_bills(month)
    outcome = called(function, dict(month))

    def wrong(idea: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(f"bills-{idea}", message, expected=f"{ {name: round(value, 2) for name, value in right.items()} } for {dict(month)}",
                       found=found, next_step=step, credit=credit)  # fmt: skip

    if outcome.error is not None:
        return wrong("raises", "It raises an exception.", "month is a dict with seven numbers.")
    value = outcome.value
    if type(value) is not dict or set(value) != set(BILLS) or not all(is_number(value[name]) for name in BILLS):
        return wrong(
            "form", "The result is not a dict of three numbers.", f"Return a dict with {', '.join(BILLS)}.", 0.0
        )
    requests = 0.2e-6 * month["requests"]
    fee = 0.15 * month["usd_per_hour"] * month["instances"] * HOURS_PER_MONTH
    per_gb_s = month["requests"] * month["memory_mb"] / 1024 / 1000
    ideas = (
        ("managed", right["managed"] - fee * month["discount"], "fee-discounted", "The fee is on the on-demand price. No discount touches it.", "0.15 × usd_per_hour, without the discount."),
        ("managed", right["managed"] - fee, "no-fee", "The management fee is missing.", "15 % of the on-demand price."),
        ("managed", right["managed"] - requests, "no-requests", "On managed instances each request costs as much as elsewhere.", "0.20 US dollars for a million."),
        ("managed", right["managed"] + per_gb_s * month["duration_ms"] * 1.33334e-5, "duration-too", "On managed instances nobody pays for duration: the instances are what is paid.", "Requests, instances and fee."),
        ("default", right["default"] - requests, "no-requests", "The charge for requests is missing.", "0.20 US dollars for a million."),
        ("default", requests + per_gb_s * int(month["duration_ms"]) * 1.33334e-5, "rounded-down", "Durations are billed in whole milliseconds, rounded up.", "math.ceil(duration_ms)."),
        ("default", requests + per_gb_s * month["duration_ms"] * 1.33334e-5, "not-rounded", "Durations are billed in whole milliseconds, rounded up.", "math.ceil(duration_ms)."),
        ("default", requests + (right["default"] - requests) * 1.024, "thousand", "A GB of memory is 1,024 MB here.", "memory_mb / 1024."),
        ("default", requests + (right["default"] - requests) * 1.66667e-5 / 1.33334e-5, "x86", "That is the price of x86_64.", "0.0000133334 for arm64."),
        ("provisioned", right["default"], "provisioned-as-default", "Provisioned concurrency is paid for all month, and its duration at another price.", "Kept and used GB-seconds."),
        ("provisioned", right["provisioned"] - month["provisioned"] * month["memory_mb"] / 1024 * HOURS_PER_MONTH * 3600 * 3.3334e-6, "kept-free", "What is kept ready is paid whether it is used or not.", "provisioned × GB × 730 × 3,600 × 0.0000033334."),
        ("provisioned", right["provisioned"] + per_gb_s * month["duration_ms"] * (1.33334e-5 - 7.7778e-6), "used-at-full-price", "Duration in a provisioned environment has its own, lower price.", "0.0000077778."),
    )  # fmt: skip
    for name in BILLS:
        if abs(value[name] - right[name]) <= 0.001 * right[name]:
            continue
        for line, number, idea, message, step in ideas:
            if line == name and abs(value[name] - number) <= 0.001 * max(number, 0.01):
                return wrong(idea, message, step)
        return wrong(
            f"other-{name}",
            f"The bill {name!r} is another amount than its prices give.",
            "Compare it line by line with the table.",
        )
    return None


def judge_break_even(function: Any, month: Mapping[str, float]) -> Verdict | None:
    """What is wrong with the break-even; None when nothing is."""
    right = right_break_even(month)
    outcome = called(function, dict(month))

    def wrong(idea: str, message: str, step: str) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(f"break-even-{idea}", message, expected=f"about {right:,.0f} requests a month for {dict(month)}", found=found,
                       next_step=step, credit=0.5)  # fmt: skip

    if outcome.error is not None:
        return wrong("raises", "It raises an exception.", "month is a dict with seven numbers.")
    if not is_number(outcome.value):
        return wrong("form", "A number of requests is wanted.", "Return a number.")
    value = float(outcome.value)
    if abs(value - right) <= 0.002 * right:
        return None
    per_request = 1.33334e-5 * -(-month["duration_ms"] // 1) / 1000 * month["memory_mb"] / 1024
    fixed = right * per_request
    ideas = (
        (
            "requests-twice",
            fixed / (per_request + 0.2e-6),
            "Requests cost the same on both sides, so their charge cancels.",
        ),
        ("in-millions", right / 1e6, "This is in millions."),
        ("per-second", right / (HOURS_PER_MONTH * 3600), "This is a rate per second."),
        ("of-an-hour", right / HOURS_PER_MONTH, "These are the requests of an hour."),
    )
    for idea, number, message in ideas:
        if abs(value - number) <= 0.002 * number:
            return wrong(idea, message, "Fixed cost of the month, divided by the duration cost of one request.")
    return wrong(
        "other",
        "It is another number.",
        "Fixed cost of the month (instances and fee), divided by the duration cost of one request.",
    )
