"""What CloudWatch keeps: for each metric a series of samples, compact, in the order of time, coarser as it ages.

A sample is a value with a weight, or a statistic set (sum, minimum, maximum, weight) whose values aren't known. AWS
keeps points of less than a minute for 3 hours, of a minute for 15 days, of five minutes for 63 days and of an hour for
455 days; so does `Series.fold`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

HOUR, DAY = 3600.0, 86_400.0
RESOLUTIONS = ((455 * DAY, 0.0), (63 * DAY, HOUR), (15 * DAY, 300.0), (3 * HOUR, 60.0))
"""From which age on, in seconds, samples are folded into periods of so many seconds; 0 means that they are forgotten."""

_DISTINCT_KEPT = 100
_FOLD_EVERY = 2000


class MetricKey(NamedTuple):
    """What tells one metric from another: namespace, name and all its dimensions in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[Mapping[str, Any]] = ()) -> MetricKey:
        """The key for dimensions as the API has them."""
        return cls(namespace, name, tuple(sorted((item["Name"], item["Value"]) for item in dimensions)))

    def described(self) -> dict[str, Any]:
        """The metric as ListMetrics shows it."""
        return {
            "Namespace": self.namespace,
            "MetricName": self.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions],
        }


class Sample(NamedTuple):
    """A value with a weight (minimum and maximum are the same), or a statistic set. `time` in epoch seconds."""

    time: float
    sum: float
    minimum: float
    maximum: float
    weight: float
    unit: str = "None"

    @classmethod
    def of_value(cls, time: float, value: float, count: float = 1, unit: str = "None") -> Sample:
        """A value that was seen `count` times."""
        return cls(time, value * count, value, value, count, unit)


class Series:
    """The samples of one metric."""

    def __init__(self) -> None:
        self.times = array("d")
        self._numbers = (array("d"), array("d"), array("d"), array("d"))
        self._units = array("B")
        self._unit_names: list[str] = []
        self._folded_at = 0

    def __len__(self) -> int:
        return len(self.times)

    def add(self, sample: Sample) -> None:
        """Put the sample in its place; samples of the same time keep their order."""
        place = (
            len(self.times)
            if not self.times or sample.time >= self.times[-1]
            else bisect_right(self.times, sample.time)
        )
        self.times.insert(place, sample.time)
        for column, number in zip(self._numbers, sample[1:5], strict=True):
            column.insert(place, number)
        if sample.unit not in self._unit_names:
            self._unit_names.append(sample.unit)
        self._units.insert(place, self._unit_names.index(sample.unit))

    def between(self, start: float, end: float, unit: str | None = None) -> Iterator[Sample]:
        """The samples from `start` to before `end` in epoch seconds, of the unit if one is named."""
        first, last = bisect_left(self.times, start), bisect_left(self.times, end)
        sums, minima, maxima, counts = self._numbers
        for place in range(first, last):
            name = self._unit_names[self._units[place]]
            if unit is None or unit == name:
                yield Sample(self.times[place], sums[place], minima[place], maxima[place], counts[place], name)

    def periods(
        self, start: float, end: float, period: float, unit: str | None = None
    ) -> Iterator[tuple[float, list[Sample]]]:
        """The samples by period, counted from `start`; each with the time at which its period begins."""
        begin, kept = start, list[Sample]()
        for sample in self.between(start, end, unit):
            if sample.time >= begin + period:
                if kept:
                    yield begin, kept
                begin, kept = start + (sample.time - start) // period * period, []
            kept.append(sample)
        if kept:
            yield begin, kept

    def fold_if_grown(self, now: float) -> None:
        """Fold once in a while, so that a series can't grow without bound."""
        if len(self.times) - self._folded_at >= _FOLD_EVERY:
            self.fold(now)

    def fold(self, now: float, resolutions: tuple[tuple[float, float], ...] = RESOLUTIONS) -> None:
        """Make old samples coarser and forget the oldest, going by their age at `now`."""
        kept: list[Sample] = []
        begin = float("-inf")
        for age, period in resolutions:
            end = now - age
            if period:
                end -= end % period
                if end > begin:
                    first = begin if begin > float("-inf") else (self.times[0] // period * period if self.times else 0)
                    for moment, samples in self.periods(first, end, period):
                        kept.extend(_folded(moment, samples))
            begin = max(begin, end)
        kept.extend(self.between(begin, float("inf")))
        self.__init__()  # type: ignore[misc]
        for sample in kept:
            self.add(sample)
        self._folded_at = len(self.times)


def _folded(moment: float, samples: list[Sample]) -> Iterator[Sample]:
    """The samples of one period as few: equal values together, statistic sets together."""
    by_unit: dict[str, list[Sample]] = {}
    for sample in samples:
        by_unit.setdefault(sample.unit, []).append(sample)
    for unit, mine in by_unit.items():
        values: dict[float, float] = {}
        sets = [sample for sample in mine if sample.minimum != sample.maximum]
        for sample in mine:
            if sample.minimum == sample.maximum:
                values[sample.minimum] = values.get(sample.minimum, 0.0) + sample.weight
        if len(values) > _DISTINCT_KEPT:
            yield _as_set(moment, mine, unit)
            continue
        for value, count in values.items():
            yield Sample.of_value(moment, value, count, unit)
        if sets:
            yield _as_set(moment, sets, unit)


def _as_set(moment: float, samples: list[Sample], unit: str) -> Sample:
    return Sample(
        moment,
        sum(sample.sum for sample in samples),
        min(sample.minimum for sample in samples),
        max(sample.maximum for sample in samples),
        sum(sample.weight for sample in samples),
        unit,
    )
