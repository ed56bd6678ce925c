"""Tasks 51.04 to 51.06: a month on default Lambda, a month on managed instances, and how many instances to commit to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from statistics import fmean
from typing import Any

from graders.calling import not_a_function
from graders.day51.anchors import COMMITMENTS, DEFAULT_BILL, MANAGED_BILL
from graders.formulas import Asked, Mistake, Question, as_number, judge
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.billing import HOURS_PER_MONTH
from lmi_sim.cost import (
    Invocations,
    compute_usd,
    default_lambda_bill,
    managed_instances_bill,
    management_fee_rate,
)
from lmi_sim.plan.purchase import best_commitment

_FEE = float(management_fee_rate())
_GB_SECOND_USD = float(compute_usd(Decimal(1), "arm64"))
_X86_USD = float(compute_usd(Decimal(1), "x86_64"))
_REQUEST_USD = float(default_lambda_bill(Decimal(0), Decimal(1), "arm64")["requests"])
_DAYS_OF_30_H, _DAYS_OF_31_H = 720, 744


def exactly(value: float) -> Decimal:
    """A float as the decimal number that a person writes for it."""
    return Decimal(str(value))


def gb_seconds(requests: float, duration_ms: float, memory_mb: float) -> Decimal:
    """Billed GB-seconds of a month, each duration rounded up to a whole millisecond."""
    return Invocations(exactly(requests), exactly(duration_ms), exactly(memory_mb)).gb_seconds


# --- 51.04 -------------------------------------------------------------------------------------------------------------

DEFAULT_OPEN = ((1_000_000, 200, 512), (50_000_000, 1.2, 128), (3_000_000, 812.4, 2048), (400_000, 90.6, 1024))


def right_default_usd(requests: float, duration_ms: float, memory_mb: float) -> float:
    """What `default_usd` should give: arm64, no free tier."""
    used = gb_seconds(requests, duration_ms, memory_mb)
    return float(default_lambda_bill(used, exactly(requests), "arm64")["total"])


def _with_free_tier(requests: float, duration_ms: float, memory_mb: float) -> float:
    used = gb_seconds(requests, duration_ms, memory_mb)
    return float(default_lambda_bill(used, exactly(requests), "arm64", free_tier=True)["total"])


def _default(
    rounded: Callable[[float], float] = math.ceil,
    mb_per_gb: float = 1024,
    per: float = 1000,
    usd: float = _GB_SECOND_USD,
) -> Callable[[float, float, float], float]:
    """The bill of a month with something else than what it should be."""

    def bill(requests: float, duration_ms: float, memory_mb: float) -> float:
        return requests * (_REQUEST_USD + rounded(duration_ms) / per * memory_mb / mb_per_gb * usd)

    return bill


_DEFAULT_MISTAKES = (
    Mistake("not-rounded", "Each duration is rounded up to a whole millisecond.", "math.ceil(duration_ms)", _default(lambda d: d)),
    Mistake("rounded-down", "Durations are rounded up, not down.", "math.ceil(duration_ms)", _default(math.floor)),
    Mistake("rounded-off", "Durations are rounded up, not to the nearest.", "math.ceil(duration_ms)", _default(round)),
    Mistake(
        "hundreds",
        "Steps of 100 ms are long gone: Lambda has billed by the millisecond since December 2020.",
        "Round up to 1 ms.",
        _default(lambda d: math.ceil(d / 100) * 100),
    ),
    Mistake("thousand", "A GB is 1,024 MB here.", "memory_mb / 1024", _default(mb_per_gb=1000)),
    Mistake("megabytes", "These are MB-seconds at the price of GB-seconds.", "memory_mb / 1024", _default(mb_per_gb=1)),
    Mistake("milliseconds", "These are GB-milliseconds at the price of GB-seconds.", "duration_ms / 1000", _default(per=1)),
    Mistake("x86", "This is the price of x86_64. arm64 costs a fifth less.", "USD_PER_GB_SECOND", _default(usd=_X86_USD)),
    Mistake(
        "without-requests",
        "Each request is charged as well.",
        "Add requests * USD_PER_REQUEST.",
        lambda r, d, m: r * math.ceil(d) / 1000 * m / 1024 * _GB_SECOND_USD,
    ),
    Mistake("requests-only", "The time that they run is charged, too.", "Add GB-seconds times their price.", lambda r, d, m: r * _REQUEST_USD),
    Mistake("free-tier", "The free tier is left out here: one account's other functions use it up.", "Take nothing off.", _with_free_tier),
    Mistake(
        "one-request",
        "This is one request's price. The bill is for all of them.",
        "Multiply by requests.",
        lambda r, d, m: _default()(1, d, m),
    ),
)  # fmt: skip


def default_question(calls: Sequence[tuple[float, ...]]) -> Question:
    """The question of 51.04 with these arguments."""
    return Question(
        "default",
        "default_usd",
        [Asked(numbers) for numbers in calls],
        right_default_usd,
        _DEFAULT_MISTAKES,
        "USD",
        "requests * (USD_PER_REQUEST + ceil(duration_ms) / 1000 * memory_mb / 1024 * USD_PER_GB_SECOND)",
        tolerance=1e-4,
    )


@task(
    "51.04",
    title="A month on default Lambda",
    points=7,
    syllabus=("51.6",),
    answers=("default_usd",),
    docs=DEFAULT_BILL,
)
def check_default_usd(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on four months."""
    function: Any = answers["default_usd"]
    return (
        not_a_function(function, "default", "default_usd(requests, duration_ms, memory_mb)")
        or judge(function, default_question(DEFAULT_OPEN))
        or passed(
            "On default Lambda the bill follows the requests: none, nothing to pay; twice as many, twice the bill."
        )
    )


# --- 51.05 -------------------------------------------------------------------------------------------------------------

MANAGED_OPEN = (
    (100_000_000, 3, 0.1632, 0.72),
    (0, 3, 0.07976),
    (1_000_000_000, 12.5, 0.15952, 0.32),
    (5_000_000, 1, 0.2, 0.65),
)


def right_managed_usd(requests: float, instances: float, usd_per_hour: float, discount: float = 0.0) -> float:
    """What `managed_usd` should give."""
    bill = managed_instances_bill(
        instance_hours=exactly(instances) * HOURS_PER_MONTH,
        on_demand_usd_per_hour=exactly(usd_per_hour),
        requests=exactly(requests),
        discount=exactly(discount),
    )
    return float(bill["total"])


def _managed(factor: Callable[[float], float], hours: float = HOURS_PER_MONTH) -> Callable[..., float]:
    """The bill of a month that pays for instances by another factor of their price, which depends on the discount."""

    def bill(requests: float, instances: float, usd_per_hour: float, discount: float = 0.0) -> float:
        return requests * _REQUEST_USD + instances * hours * usd_per_hour * factor(discount)

    return bill


def _right_factor(discount: float) -> float:
    return 1 - discount + _FEE


_MANAGED_MISTAKES = (
    Mistake(
        "fee-discounted",
        "The discount is on the EC2 price. The fee stays what it is, a share of the price on demand.",
        "price * ((1 - discount) + FEE)",
        _managed(lambda d: (1 - d) * (1 + _FEE)),
    ),
    Mistake("without-fee", "The management fee is missing.", "price * ((1 - discount) + FEE)", _managed(lambda d: 1 - d)),
    Mistake("without-discount", "The discount was not taken off.", "price * ((1 - discount) + FEE)", _managed(lambda d: 1 + _FEE)),
    Mistake("paid-the-discount", "discount is what you save, not what you pay.", "1 - discount", _managed(lambda d: d + _FEE)),
    Mistake("fee-taken-off", "The fee comes on top.", "(1 - discount) + FEE", _managed(lambda d: 1 - d - _FEE)),
    Mistake("fee-fifteen", "15 % is 0.15.", "FEE", _managed(lambda d: 1 - d + 1.5)),
    Mistake("days-of-30", "The month has 730 hours here, a twelfth of a year.", "HOURS_PER_MONTH", _managed(_right_factor, _DAYS_OF_30_H)),
    Mistake("days-of-31", "The month has 730 hours here, a twelfth of a year.", "HOURS_PER_MONTH", _managed(_right_factor, _DAYS_OF_31_H)),
    Mistake("one-hour", "This pays for an hour.", "instances * HOURS_PER_MONTH", _managed(_right_factor, 1)),
    Mistake(
        "without-requests",
        "Requests are charged on managed instances as well.",
        "Add requests * USD_PER_REQUEST.",
        lambda r, i, u, d=0.0: i * HOURS_PER_MONTH * u * _right_factor(d),
    ),
    Mistake(
        "whole-instances",
        "12.5 is a mean over the month: half of the time there were 12, half 13.",
        "Take instances as it is.",
        lambda r, i, u, d=0.0: right_managed_usd(r, math.ceil(i), u, d),
    ),
    Mistake(
        "at-least-three",
        "How many instances there are is given. A version can be set to fewer than three.",
        "Take instances as it is.",
        lambda r, i, u, d=0.0: right_managed_usd(r, max(3, i), u, d),
    ),
    Mistake(
        "requests-discounted",
        "Requests are never discounted.",
        "Take the discount off the EC2 price alone.",
        lambda r, i, u, d=0.0: r * _REQUEST_USD * (1 - d) + i * HOURS_PER_MONTH * u * _right_factor(d),
    ),
    Mistake(
        "everything-discounted",
        "Neither the fee nor the requests are discounted.",
        "Take the discount off the EC2 price alone.",
        lambda r, i, u, d=0.0: (r * _REQUEST_USD + i * HOURS_PER_MONTH * u * (1 + _FEE)) * (1 - d),
    ),
)  # fmt: skip


def managed_question(calls: Sequence[tuple[float, ...]]) -> Question:
    """The question of 51.05 with these arguments."""
    return Question(
        "managed",
        "managed_usd",
        [Asked(numbers) for numbers in calls],
        right_managed_usd,
        _MANAGED_MISTAKES,
        "USD",
        "requests * USD_PER_REQUEST + instances * HOURS_PER_MONTH * usd_per_hour * ((1 - discount) + FEE)",
        tolerance=1e-4,
    )


_LABEL = 72.0
_SAVED = 100 * 0.72 / (1 + _FEE)
_SAVED_KNOWN = (
    (_LABEL, "label", "72 % is saved on the EC2 price. The fee, which is never discounted, is part of the bill as well."),
    (_LABEL - 100 * _FEE, "against-ec2", "That compares with EC2 without Lambda, which has no fee. Compare with the same instances on demand."),
    (100 - _SAVED, "still-paid", "That is what is still to be paid."),
    (_SAVED / 100, "share", "That is a share. Multiply by 100."),
    (72 * (1 - _FEE), "times-fee", "72 % less 15 % of it is not how the fee comes in: it is 15 % of the price on demand."),
    (43.0, "factor", "0.43 is the factor of the price that is paid. How much less is that than 1.15?"),
)  # fmt: skip


@task(
    "51.05",
    title="A month on managed instances",
    points=9,
    syllabus=("51.1", "51.3", "51.6"),
    answers=("managed_usd", "saved_percent"),
    docs=MANAGED_BILL,
)
def check_managed_usd(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on four months, once without a discount; then what 72 % really saves."""
    function: Any = answers["managed_usd"]
    return (
        not_a_function(function, "managed", "managed_usd(requests, instances, usd_per_hour, discount=0)")
        or judge(function, managed_question(MANAGED_OPEN))
        or _judge_saved(answers["saved_percent"])
        or passed(
            "On managed instances the bill follows the hours: the same at midnight and at noon, which makes steady traffic cheap "
            f"and predictable. The fee is paid in full, so 72 % off EC2 is {_SAVED:.1f} % off the bill for instances."
        )
    )


def _judge_saved(value: object) -> Verdict | None:
    def wrong(misconception: str, message: str) -> Verdict:
        return refused(
            f"saved-{misconception}",
            message,
            expected="by how many per cent (EC2 + fee) with 72 % off is below (EC2 + fee) on demand",
            found=shown(value),
            next_step="Divide what managed_usd(0, 1, 1.0, 0.72) gives by what managed_usd(0, 1, 1.0) gives.",
            credit=0.7,
        )

    number = as_number(value)
    if number is None:
        return wrong("form", "A number is wanted, in per cent.")
    if math.isclose(number, _SAVED, abs_tol=0.15):
        return None
    for other, misconception, message in _SAVED_KNOWN:
        if math.isclose(number, other, abs_tol=0.15 if other > 1 else 0.005):
            return wrong(misconception, message)
    return wrong("wrong", "That is not what is saved.")


# --- 51.06 -------------------------------------------------------------------------------------------------------------

_NIGHT_AND_DAY = [3] * 16 + [10] * 8
_OFF_AT_NIGHT = [0] * 8 + [6] * 16
_RAMP = [3, 3, 4, 5, 6, 7, 8, 9, 10, 10, 9, 8, 7, 6, 5, 4, 3, 3, 3, 3]
COMMITMENT_OPEN = (
    (_NIGHT_AND_DAY, 0.32),
    (_NIGHT_AND_DAY, 0.72),
    (_RAMP, 0.32),
    (_RAMP, 0.65),
    ([8] * 30, 0.05),
    (_OFF_AT_NIGHT, 0),
)


def right_commitment(sizes: Sequence[float], discount: float) -> int:
    """What `best_commitment` should give."""
    return best_commitment(sizes, exactly(discount)).instances


def _by_cost(cost: Callable[[int, Sequence[float], float], float]) -> Callable[[Sequence[float], float], int]:
    """The commitment that another idea of its cost would choose."""

    def chosen(sizes: Sequence[float], discount: float) -> int:
        counts = range(math.ceil(max(sizes)) + 1)
        return min(counts, key=lambda count: (round(cost(count, sizes, discount), 9), count))

    return chosen


def _beyond(count: int, sizes: Sequence[float]) -> float:
    return fmean(max(0.0, size - count) for size in sizes)


def _used(count: int, sizes: Sequence[float]) -> float:
    return fmean(min(count, size) for size in sizes)


_COMMITMENT_MISTAKES = (
    Mistake("least", "That commits to what always runs. More can pay: an instance that runs two thirds of the time, at half the price.",
            "Try every number from 0 up and compare what it costs.", lambda s, d: min(s)),
    Mistake("most", "That commits to the peak, and pays for it at night as well.", "Try every number and compare.", lambda s, d: max(s)),
    Mistake("mean", "That is the mean. What counts is how much of the time an instance runs.", "Try every number and compare.",
            lambda s, d: round(fmean(s))),
    Mistake("mean-up", "That is the mean, rounded up.", "Try every number and compare.", lambda s, d: math.ceil(fmean(s))),
    Mistake("mean-down", "That is the mean, rounded down.", "Try every number and compare.", lambda s, d: math.floor(fmean(s))),
    Mistake("median", "That is the median. From where on committing pays depends on the discount.", "Try every number and compare.",
            lambda s, d: sorted(s)[len(s) // 2]),
    Mistake("paid-when-used", "A commitment is paid whether it is used or not. This pays for what is used, and then the most is always best.",
            "Committed instances cost count * (1 - discount) every hour.", _by_cost(lambda c, s, d: _used(c, s) * (1 - d) + _beyond(c, s))),
    Mistake("fee-on-unused", "The fee is on instances that run. What is committed and does not run has none, so the fee changes nothing here.",
            "Leave the fee out.", _by_cost(lambda c, s, d: c * (1 - d + _FEE) + _beyond(c, s) * (1 + _FEE))),
    Mistake("paid-the-discount", "discount is what you save, not what you pay.", "count * (1 - discount)",
            _by_cost(lambda c, s, d: c * d + _beyond(c, s))),
    Mistake("beyond-discounted", "What runs beyond the commitment is paid on demand.", "Only committed instances have the discount.",
            _by_cost(lambda c, s, d: (c + _beyond(c, s)) * (1 - d))),
    Mistake("share-of-peak", "A share of the peak knows nothing of how long it lasts.", "Try every number and compare.",
            lambda s, d: round(max(s) * d)),
    Mistake("at-least-one", "Without a discount a commitment only ties you down: 0 is best.", "Begin with 0.",
            lambda s, d: max(1, right_commitment(s, d))),
    Mistake("money", "This is what it costs, not how many instances to commit to.", "Return the number of instances.",
            lambda s, d: min(c * (1 - d) + _beyond(c, s) for c in range(math.ceil(max(s)) + 1))),
)  # fmt: skip


def commitment_question(calls: Sequence[tuple[Sequence[float], float]]) -> Question:
    """The question of 51.06 with these arguments."""
    return Question(
        "commitment",
        "best_commitment",
        [Asked((list(sizes), discount)) for sizes, discount in calls],
        right_commitment,
        _COMMITMENT_MISTAKES,
        "instances",
        "For every count from 0 to the most: count * (1 - discount) + the mean of max(0, size - count). Take the cheapest.",
        tolerance=1e-9,
    )


@task(
    "51.06",
    title="How many to commit to",
    points=8,
    syllabus=("51.3",),
    answers=("best_commitment",),
    docs=COMMITMENTS,
)
def check_commitment(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on fleets that are steady, that have a day and a night, and that ramp; with several discounts."""
    function: Any = answers["best_commitment"]
    return (
        not_a_function(function, "commitment", "best_commitment(sizes, discount)")
        or judge(function, commitment_question(COMMITMENT_OPEN))
        or passed(
            "An instance is worth a commitment if it runs more of the time than the price that is left: at 32 % off more than 68 %. "
            "A steady fleet is committed whole; what comes and goes with the day is not."
        )
    )
