"""Tasks 51.07 and 51.08: from where on managed instances cost less, read off the planner and then as a function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from graders.calling import not_a_function
from graders.day51.anchors import BREAK_EVEN
from graders.day51.bills import exactly
from graders.formulas import Asked, Mistake, Question, as_number, judge
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.billing import HOURS_PER_MONTH
from lmi_sim.cost import break_even_requests, compute_usd, default_lambda_bill, management_fee_rate

MONTH_S = HOURS_PER_MONTH * 3600
_FEE = float(management_fee_rate())
_GB_SECOND_USD = float(compute_usd(Decimal(1), "arm64"))
_REQUEST_USD = float(default_lambda_bill(Decimal(0), Decimal(1), "arm64")["requests"])

# The workload that the planner is opened with in the lab: three c8g.large, 20 ms of CPU at 1,024 MB, 180 ms of waiting.
_DURATION_MS = 180 + 20 * 1769 / 1024
_PLANNED = (_DURATION_MS, 1024, 3, 0.07976, 0.0, 75.0)
_TOLERANCE = 0.08  # the planner simulates, and shows three digits

OPEN = (
    (200, 1024, 3, 0.07976, 0.0, 100),
    (812.4, 2048, 3, 0.15952, 0.32, 100),
    (90, 512, 6, 0.1632, 0.65, 1_000_000),
    (1.2, 128, 3, 0.07976, 0.0, 40_000),
    (200, 1024, 3, 0.07976, 0.0, 20),
)


def right_break_even(
    duration_ms: float, memory_mb: float, instances: float, usd_per_hour: float, discount: float, carries_rps: float
) -> float | None:
    """What `break_even` should give: requests a second, None where the fleet does not carry them."""
    month = exactly(instances) * HOURS_PER_MONTH * exactly(usd_per_hour)
    fixed_usd = month * (1 - exactly(discount) + management_fee_rate())
    requests = break_even_requests(
        fixed_usd=fixed_usd, duration_ms=exactly(duration_ms), memory_mb=exactly(memory_mb), architecture="arm64"
    )
    rate_rps = float(requests) / MONTH_S
    return rate_rps if rate_rps <= carries_rps else None


@task(
    "51.07",
    title="The break-even, by sliders",
    points=5,
    syllabus=("51.6",),
    answers=("break_even_rps",),
    docs=BREAK_EVEN,
)
def check_break_even_rps(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The rate that the planner shows, within its precision."""
    value = answers["break_even_rps"]
    right = right_break_even(*_PLANNED)
    assert right is not None

    def wrong(misconception: str, message: str) -> Verdict:
        return refused(
            f"slider-{misconception}",
            message,
            expected="the requests a second at which both cost the same",
            found=shown(value),
            next_step="Move only the slider of requests a second, until the planner says that it is just above the break-even.",
        )

    number = as_number(value)
    if number is None:
        return wrong("form", "A number is wanted, in requests a second.")
    if math.isclose(number, right, rel_tol=_TOLERANCE):
        return passed(
            f"By the prices it is {right:.1f} requests a second: there default Lambda costs what three instances cost that stand "
            "there anyway. Below it you pay for instances that wait."
        )
    for factor, misconception, message in _SLIDER_KNOWN:
        if math.isclose(number, right * factor, rel_tol=_TOLERANCE):
            return wrong(misconception, message)
    return wrong("too-low" if number < right else "too-high", _SIDES[number < right])


_SIDES = {
    True: "There default Lambda is still cheaper: the instances wait more than they work.",
    False: "There managed instances have been cheaper for a while. Where does it begin?",
}
_SLIDER_KNOWN = (
    (MONTH_S, "per-month", "These are requests a month, as the planner writes them. How many is that a second?"),
    (MONTH_S / 1e6, "millions", "These are millions of requests a month. How many is that a second?"),
    (3600.0, "per-hour", "These are requests an hour."),
    (86_400.0, "per-day", "These are requests a day."),
    (60.0, "per-minute", "These are requests a minute."),
    (1 / 3, "one-instance", "That pays for a single instance. A version keeps three."),
    (1 / (1 + _FEE), "without-fee", "That leaves out the management fee."),
    (2.0, "half-memory", "That is for 512 MB. The question is about 1,024."),
    (0.5, "double-memory", "That is for 2,048 MB. The question is about 1,024."),
)


# --- 51.08 -------------------------------------------------------------------------------------------------------------


def _rate(
    *,
    factor: Callable[[float], float] = lambda discount: 1 - discount + _FEE,
    rounded: Callable[[float], float] = math.ceil,
    mb_per_gb: float = 1024,
    request_usd: float = 0.0,
    seconds: float = MONTH_S,
    count: Callable[[float], float] = lambda instances: instances,
) -> Callable[..., float]:
    """The rate as somebody reckons who does one thing differently, without a look at what the fleet carries."""

    def rate(
        duration_ms: float, memory_mb: float, instances: float, usd_per_hour: float, discount: float, _: float
    ) -> float:
        month_usd = count(instances) * HOURS_PER_MONTH * usd_per_hour * factor(discount)
        each_usd = rounded(duration_ms) / 1000 * memory_mb / mb_per_gb * _GB_SECOND_USD + request_usd
        return month_usd / each_usd / seconds

    return rate


def _within(rate: Callable[..., float]) -> Callable[..., float | None]:
    """The same with None beyond what the fleet carries."""

    def found(*numbers: float) -> float | None:
        return value if (value := rate(*numbers)) <= numbers[-1] else None

    return found


_MISTAKES = (
    Mistake("beyond-the-fleet", "The fleet does not carry so many: there is no such point with these instances.",
            "Return None where the rate is above carries_rps.", _rate()),
    Mistake("capped", "What the fleet carries is not where costs meet. If they meet beyond it there is no such point.",
            "Return None where the rate is above carries_rps.", lambda *n: min(_rate()(*n), n[-1])),
    Mistake("zero", "0 would say that managed instances are always cheaper.", "Return None.", lambda *n: _within(_rate())(*n) or 0),
    Mistake("per-month", "These are requests a month.", "Divide by the seconds of a month, HOURS_PER_MONTH * 3600.", _rate(seconds=1)),
    Mistake("per-month-capped", "These are requests a month, and they are compared with a rate a second.",
            "Divide by the seconds of a month, HOURS_PER_MONTH * 3600, first.", _within(_rate(seconds=1))),
    Mistake("per-hour", "These are requests an hour.", "HOURS_PER_MONTH * 3600", _within(_rate(seconds=HOURS_PER_MONTH))),
    Mistake("without-fee", "The management fee is missing.", "(1 - discount) + FEE", _within(_rate(factor=lambda d: 1 - d))),
    Mistake("fee-discounted", "The fee is never discounted.", "(1 - discount) + FEE", _within(_rate(factor=lambda d: (1 - d) * (1 + _FEE)))),
    Mistake("without-discount", "The discount was not taken off.", "(1 - discount) + FEE", _within(_rate(factor=lambda d: 1 + _FEE))),
    Mistake("one-instance", "All instances stand there.", "Multiply by instances.", _within(_rate(count=lambda i: 1))),
    Mistake("with-request", "Both pay the same for a request, so it cancels out. It is on one side here.",
            "Leave USD_PER_REQUEST out, or put it on both sides.", _within(_rate(request_usd=_REQUEST_USD))),
    Mistake("not-rounded", "Durations are rounded up to whole milliseconds.", "math.ceil(duration_ms)", _within(_rate(rounded=lambda d: d))),
    Mistake("thousand", "A GB is 1,024 MB here.", "memory_mb / 1024", _within(_rate(mb_per_gb=1000))),
    Mistake("days-of-30", "The month has 730 hours here.", "HOURS_PER_MONTH", _within(_rate(seconds=720 * 3600))),
    Mistake("upside-down", "This is seconds for a request, not requests a second.", "Turn it round.", lambda *n: 1 / _rate()(*n)),
)  # fmt: skip


def break_even_question(calls: Sequence[tuple[float, ...]]) -> Question:
    """The question of 51.08 with these arguments."""
    return Question(
        "break-even",
        "break_even",
        [Asked(numbers) for numbers in calls],
        right_break_even,
        _MISTAKES,
        "requests a second",
        "The month of the fleet divided by the GB-seconds' price of one request, divided by the seconds of a month.",
        tolerance=1e-4,
    )


@task(
    "51.08",
    title="The break-even, as a function",
    points=8,
    syllabus=("51.6",),
    answers=("break_even",),
    docs=BREAK_EVEN,
)
def check_break_even(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on five fleets, one of which can't carry the rate."""
    function: Any = answers["break_even"]
    signature = "break_even(duration_ms, memory_mb, instances, usd_per_hour, discount, carries_rps)"
    return (
        not_a_function(function, "break-even", signature)
        or judge(function, break_even_question(OPEN))
        or passed(
            "The break-even is a rate, and it moves: half the memory on default Lambda doubles it, a Savings Plan lowers it, and a "
            "fleet that grows takes it along."
        )
    )
