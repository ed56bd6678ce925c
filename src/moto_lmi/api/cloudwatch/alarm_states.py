"""When an alarm is OK, in ALARM or has INSUFFICIENT_DATA: AWS's published rules, as functions without state.

Source: "Configuring how CloudWatch alarms treat missing data" in the CloudWatch guide, whose two tables are tests here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}

WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def next_state(
    present: str, breaches: Sequence[bool | None], periods: int, to_alarm: int, treatment: str = "missing"
) -> str:
    """The state after an evaluation.

    `breaches` holds the evaluation range, oldest first: whether the point breaches, None where it is missing. `periods` is
    EvaluationPeriods, `to_alarm` DatapointsToAlarm, `treatment` TreatMissingData.
    """
    real = [breach for breach in breaches if breach is not None]
    if all(breach is not None for breach in breaches[-periods:]):
        return _by_count(list(breaches[-periods:]), to_alarm)
    if len(real) >= periods:
        return _by_count(real[-periods:], to_alarm)
    filled = periods - len(real)
    if treatment == "breaching":
        return _by_count([*real, *[True] * filled], to_alarm)
    if treatment == "notBreaching":
        return _by_count([*real, *[False] * filled], to_alarm)
    if not real:
        return present if treatment == "ignore" else INSUFFICIENT_DATA
    if sum(real) >= to_alarm:
        return ALARM
    if all(real):
        oldest = next(place for place, breach in enumerate(breaches) if breach is not None)
        if len(breaches) - oldest >= to_alarm and treatment != "ignore":
            return ALARM  # the premature alarm state: an old breach, and since then only breaches or nothing
        return present
    return OK


def _by_count(breaches: Sequence[bool | None], to_alarm: int) -> str:
    return ALARM if sum(bool(breach) for breach in breaches) >= to_alarm else OK
