"""The statistics of CloudWatch over the samples of one period, percentiles and trimmed ones among them.

    SampleCount Sum Average Minimum Maximum      p99 p99.9      IQM
    TM(10%:90%) TM(:0.5) tm99   the mean of what lies between; WM winsorized; TC its count; TS its sum; PR(a:b) its share

A lower bound is exclusive, an upper one inclusive. AWS does not publish how it interpolates a percentile; here it is
linear between the closest ranks. Statistic sets tell nothing of their values: AWS gives no percentile then, nor does this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from moto_lmi.api.cloudwatch.series import Sample

_PLAIN = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_NUMBER = r"\d+(?:\.\d+)?"
_SHORT = re.compile(rf"(p|tm|wm|tc|ts)({_NUMBER})")
_RANGE = re.compile(rf"(TM|WM|TC|TS|PR)\(({_NUMBER})?(%)?:({_NUMBER})?(%)?\)")


@dataclass(frozen=True)
class Statistic:
    """A statistic; the bounds are percentages if `percent`, else values, and None where there is none."""

    kind: str
    low: float | None = None
    high: float | None = None
    percent: bool = True


@cache
def parse_statistic(text: str) -> Statistic | None:
    """The statistic that the text names, None when it names none."""
    if text in _PLAIN:
        return Statistic(text)
    if text.upper() == "IQM":
        return Statistic("TM", 25, 75)
    short = _SHORT.fullmatch(text)
    if short:
        high = float(short[2])
        return Statistic(short[1].upper(), None, high) if 0 <= high <= 100 else None
    found = _RANGE.fullmatch(text.replace(" ", ""))
    if found is None:
        return None
    kind, low, low_sign, high_text, high_sign = found.groups()
    percent = bool(low_sign or high_sign)
    bounds = [float(bound) if bound else None for bound in (low, high_text)]
    signs_agree = all(bool(sign) == percent for bound, sign in ((low, low_sign), (high_text, high_sign)) if bound)
    in_range = not percent or all(bound is None or bound <= 100 for bound in bounds)
    ordered = None in bounds or bounds[0] < bounds[1]  # type: ignore[operator]
    if bounds == [None, None] or not signs_agree or not in_range or not ordered or (kind == "PR" and percent):
        return None
    return Statistic(kind, bounds[0], bounds[1], percent)


def compute(statistic: Statistic, samples: Sequence[Sample]) -> float | None:
    """The statistic over the samples, of which there is at least one; None when they don't tell."""
    kind = statistic.kind
    if kind == "Sum":
        return sum(sample.sum for sample in samples)
    if kind == "SampleCount":
        return sum(sample.weight for sample in samples)
    if kind == "Average":
        count = sum(sample.weight for sample in samples)
        return sum(sample.sum for sample in samples) / count if count else None
    if kind == "Minimum":
        return min(sample.minimum for sample in samples)
    if kind == "Maximum":
        return max(sample.maximum for sample in samples)
    if any(sample.minimum != sample.maximum for sample in samples):
        return None
    values = sorted((sample.minimum, sample.weight) for sample in samples if sample.weight > 0)
    if not values:
        return None
    if kind == "P":
        return percentile(values, statistic.high or 0.0)
    if kind == "WM":
        return _winsorized_mean(values, statistic)
    return _trimmed(values, statistic)


def percentile(values: Sequence[tuple[float, float]], percent: float) -> float:
    """The percentile of sorted (value, weight) pairs, linear between the closest ranks."""
    total = sum(weight for _, weight in values)
    rank = percent / 100 * (total - 1)
    seen = 0.0
    for place, (value, weight) in enumerate(values):
        seen += weight
        if rank <= seen - 1:
            return value
        if rank < seen and place + 1 < len(values):
            return value + (values[place + 1][0] - value) * (rank - (seen - 1))
    return values[-1][0]


def _trimmed(values: Sequence[tuple[float, float]], statistic: Statistic) -> float | None:
    """Mean, count, sum or share of what lies between the bounds."""
    total = sum(weight for _, weight in values)
    if statistic.percent:
        kept = _between_ranks(values, total * (statistic.low or 0) / 100, total * _or(statistic.high, 100) / 100)
    else:
        low, high = _or(statistic.low, float("-inf")), _or(statistic.high, float("inf"))
        kept = [(value, weight) for value, weight in values if low < value <= high]
    count = sum(weight for _, weight in kept)
    if statistic.kind == "TC":
        return count
    if statistic.kind == "PR":
        return 100 * count / total
    added = sum(value * weight for value, weight in kept)
    if statistic.kind == "TS":
        return added
    return added / count if count else None


def _between_ranks(values: Sequence[tuple[float, float]], low: float, high: float) -> list[tuple[float, float]]:
    kept, seen = [], 0.0
    for value, weight in values:
        inside = min(seen + weight, high) - max(seen, low)
        seen += weight
        if inside > 1e-9:
            kept.append((value, inside))
    return kept


def _winsorized_mean(values: Sequence[tuple[float, float]], statistic: Statistic) -> float:
    low, high = values[0][0], values[-1][0]
    if statistic.low is not None:
        low = percentile(values, statistic.low) if statistic.percent else statistic.low
    if statistic.high is not None:
        high = percentile(values, statistic.high) if statistic.percent else statistic.high
    total = sum(weight for _, weight in values)
    return sum(min(max(value, low), high) * weight for value, weight in values) / total


def _or(bound: float | None, default: float) -> float:
    return default if bound is None else bound
