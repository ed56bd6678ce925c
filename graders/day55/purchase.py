"""Task 55.09: what a fleet costs with a commitment, and how many instances to commit to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import PURCHASE
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.cost import management_fee_rate

FEE = float(management_fee_rate())
DAY = (*[4] * 8, 6, 9, 12, *[14] * 6, 12, 10, 8, *[6] * 4)
OPEN: tuple[tuple[Sequence[int], int, float, float], ...] = (
    (DAY, 6, 0.16, 0.32),
    (DAY, 0, 0.16, 0.32),
    (DAY, 20, 0.16, 0.65),
    ((3, 3, 3), 3, 0.5, 0.65),
)


def right_usd(instances: Sequence[int], committed: int, price: float, discount: float, **other: Any) -> float:
    """What the hours cost; `other` changes a rule, for the ideas that people have of it."""
    beyond = sum(max(0, count - committed) for count in instances)
    kept = (
        committed * len(instances) if other.get("unused", True) else sum(min(count, committed) for count in instances)
    )
    ec2 = (kept * (1 - discount) + beyond * (1 - (discount if other.get("all_discounted") else 0))) * price
    if other.get("discount_is_price"):
        ec2 = (kept * discount + beyond) * price
    fee_hours = sum(instances)
    fee = FEE * price * fee_hours
    if other.get("fee_discounted"):
        fee = FEE * ec2
    if other.get("no_fee"):
        fee = 0.0
    if other.get("fee_beyond_only"):
        fee = FEE * price * beyond
    if other.get("fee_on_unused"):
        fee = FEE * price * (kept + beyond)
    return ec2 + fee


_IDEAS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("fee-discounted", {"fee_discounted": True}, "The fee is 15 % of the on-demand price. No discount touches it.", "Multiply price, not what you pay for EC2, by 0.15."),
    ("no-fee", {"no_fee": True}, "The management fee is missing.", "15 % of the on-demand price of every hour that an instance runs."),
    ("fee-beyond-only", {"fee_beyond_only": True}, "Committed instances pay the fee as well.", "Every instance that runs."),
    ("fee-on-unused", {"fee_on_unused": True}, "An instance that does not run is not managed: only the commitment is paid for it.", "Take the fee on what runs."),
    ("unused-free", {"unused": False}, "A commitment is paid whether it is used or not.", "committed × hours."),
    ("all-discounted", {"all_discounted": True}, "What goes beyond the commitment is bought at the on-demand price.", "The discount is for committed instances alone."),
    ("discount-is-price", {"discount_is_price": True}, "A discount of 0.32 leaves 0.68 of the price.", "1 - discount."),
)  # fmt: skip


@task(
    "55.09",
    title="The purchase mix",
    points=7,
    syllabus=("55.4",),
    answers=("fleet_usd", "best_commitment"),
    docs=PURCHASE,
)
def check_purchase(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Both functions on fleets of the check's own."""
    usd: Any = answers["fleet_usd"]
    best: Any = answers["best_commitment"]
    problem = not_a_function(usd, "usd", "fleet_usd(instances, committed, usd_per_hour, discount)")
    for given in OPEN:
        problem = problem or judge_usd(usd, *given)
    problem = problem or not_a_function(best, "best", "best_commitment(instances, usd_per_hour, discount)")
    for instances, _, price, discount in OPEN:
        problem = problem or judge_best(best, instances, price, discount)
    return (
        problem
        or judge_best(best, DAY, 0.16, 0.0)
        or passed(
            "A commitment pays for the hours that always come, on demand for the rest. The fee is the same either way."
        )
    )


def judge_usd(function: Any, instances: Sequence[int], committed: int, price: float, discount: float) -> Verdict | None:
    """What is wrong with what the function says that the hours cost; None when nothing is."""
    right = right_usd(instances, committed, price, discount)
    outcome = called(function, list(instances), committed, price, discount)

    def wrong(idea: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(f"usd-{idea}", message, expected=f"{right:.2f} for {len(instances)} hours of {shown(list(instances))}, {committed} committed, at {price} with {discount} off",
                       found=found, next_step=step, credit=credit)  # fmt: skip

    if outcome.error is not None:
        return wrong("raises", "It raises an exception.", "Try it with 0 committed, and with more than ever run.")
    if not is_number(outcome.value):
        return wrong("form", "A number of US dollars is wanted.", "Return a float.", 0.0)
    if outcome.changed_input:
        return wrong("changes-input", "It changes the list that it was given.", "Leave it as it is.", 0.6)
    value = float(outcome.value)
    if abs(value - right) <= 0.001 * right:
        return None
    for idea, change, message, step in _IDEAS:
        if abs(value - right_usd(instances, committed, price, discount, **change)) <= 0.001 * right:
            return wrong(idea, message, step)
    return wrong(
        "other", "It is another amount than the three lines of the bill give.", "Committed, on demand, and the fee."
    )


def best_of(instances: Sequence[int], price: float, discount: float) -> int:
    """The commitment that costs least; the smallest of equals."""
    return min(
        range(max(instances) + 1), key=lambda count: (round(right_usd(instances, count, price, discount), 9), count)
    )


def judge_best(function: Any, instances: Sequence[int], price: float, discount: float) -> Verdict | None:
    """What is wrong with the commitment that the function chooses; None when nothing is."""
    right = best_of(instances, price, discount)
    outcome = called(function, list(instances), price, discount)

    def wrong(idea: str, message: str, step: str) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(f"best-{idea}", message, expected=f"{right} of {shown(list(instances))} with {discount} off", found=found,
                       next_step=step, credit=0.5)  # fmt: skip

    if outcome.error is not None:
        return wrong("raises", "It raises an exception.", "Try every number from 0 to the largest fleet.")
    if not is_number(outcome.value):
        return wrong("form", "A number of instances is wanted.", "Return an int.")
    if outcome.value == right:
        return None
    mean = sum(instances) / len(instances)
    ideas = (
        (
            min(instances),
            "minimum",
            "The fleet's minimum is never idle, but a little idle time is worth its discount: more can be cheaper.",
        ),
        (max(instances), "maximum", "So many are idle most of the day, and paid all of it."),
        (round(mean), "mean", "The mean of the fleet is no rule: how much idle time pays depends on the discount."),
        (int(mean), "mean", "The mean of the fleet is no rule: how much idle time pays depends on the discount."),
    )
    for number, idea, message in ideas:
        if outcome.value == number:
            return wrong(idea, message, "Compare what each number costs with fleet_usd.")
    return wrong(
        "other", "Another number costs less, or as much with fewer.", "Compare what each number costs with fleet_usd."
    )
