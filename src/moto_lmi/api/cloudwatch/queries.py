"""GetMetricData and GetMetricStatistics over the stored series.

moto 5.2.5 takes a metric for another that has more dimensions, or ignores the namespace when there are dimensions, and
counts the periods of GetMetricStatistics from the first point instead of from StartTime.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.cloudwatch.exceptions import ValidationError

from moto_lmi import facts
from moto_lmi.api.cloudwatch.math_evaluation import Evaluation
from moto_lmi.api.cloudwatch.math_parser import ExpressionError
from moto_lmi.api.cloudwatch.math_values import SeriesArray, TimeSeries
from moto_lmi.api.cloudwatch.search import found_in, labels_for, parse_search
from moto_lmi.api.cloudwatch.series import DAY, HOUR, MetricKey, Series
from moto_lmi.api.cloudwatch.statistics import Statistic, compute, parse_statistic

_NOTHING = Series()


@dataclass(frozen=True)
class Window:
    """From when to before when, in epoch seconds."""

    start: float
    end: float

    @classmethod
    def rounded(cls, start: float, end: float, period: float, now: float) -> Window:
        """The window with its start rounded down as AWS does: to a minute, older ones to 5 minutes or an hour."""
        age = now - start
        grain = HOUR if age > 63 * DAY else 300.0 if age > 15 * DAY else 60.0
        if period < 60:
            grain = period
        return cls(start - start % grain, end)


def points_of(
    series: Series, statistic: Statistic, window: Window, period: float, unit: str | None = None
) -> dict[float, float]:
    """The statistic by the epoch second at which its period begins; periods without a value are left out."""
    points = {}
    for moment, samples in series.periods(window.start, window.end, period, unit):
        value = compute(statistic, samples)
        if value is not None:
            points[moment] = float(value)
    return points


def statistic_named(text: str, parameter: str = "Stat") -> Statistic:
    """The statistic, or moto's ValidationError when there is none of that name."""
    statistic = parse_statistic(text)
    if statistic is None:
        raise ValidationError(facts.ours("cloudwatch_statistic").format(value=text, parameter=parameter).message)
    return statistic


@dataclass(frozen=True)
class Result:
    """One time series of an answer."""

    id: str
    label: str
    series: TimeSeries


class MetricDataRequest:
    """The queries of one GetMetricData request or of one alarm, checked.

    Raises moto's ValidationError for queries that can't be used.
    """

    def __init__(self, queries: Sequence[Mapping[str, Any]]) -> None:
        self.queries = queries
        seen: set[str] = set()
        for query in queries:
            if query["Id"] in seen:
                raise ValidationError(facts.ours("cloudwatch_duplicate_id").format(id=query["Id"]).message)
            seen.add(query["Id"])
            if "MetricStat" in query:
                statistic_named(query["MetricStat"]["Stat"])

    @property
    def shortest_period(self) -> float:
        """The shortest period of the metrics, of 60 seconds when there are only expressions without one."""
        periods = [float(query["MetricStat"]["Period"]) for query in self.queries if "MetricStat" in query]
        periods += [float(query["Period"]) for query in self.queries if query.get("Period")]
        return min(periods, default=60.0)

    def results(self, metrics: Mapping[MetricKey, Series], window: Window) -> Iterator[Result]:
        """The time series of the queries that return data, in the order of the queries."""
        read = {query["Id"]: _read(query, metrics, window) for query in self.queries if "MetricStat" in query}
        evaluation = Evaluation(
            read,
            {query["Id"]: query["Expression"] for query in self.queries if query.get("Expression")},
            window.start,
            window.end,
            _search_in(metrics, window, self.shortest_period),
        )
        for query in self.queries:
            if query.get("ReturnData", True) is False or str(query.get("ReturnData")).lower() == "false":
                continue
            yield from _results_of(query, evaluation)


def _results_of(query: Mapping[str, Any], evaluation: Evaluation) -> Iterator[Result]:
    identifier, label = query["Id"], query.get("Label")
    if identifier in evaluation.metrics:
        series = evaluation.metrics[identifier]
        yield Result(identifier, label or series.label, series)
        return
    try:
        found = evaluation.series_of(identifier)
        several = isinstance(evaluation.value_of(identifier), SeriesArray)
    except ExpressionError as exc:
        where = f" (character {exc.place})" if exc.place else ""
        sentence = facts.ours("cloudwatch_expression").format(id=identifier, problem=exc.problem, where=where)
        raise ValidationError(sentence.message) from exc
    for series in found:
        parts = (label, series.label if several else "")
        yield Result(identifier, " ".join(part for part in parts if part) or identifier, series)


def _read(query: Mapping[str, Any], metrics: Mapping[MetricKey, Series], window: Window) -> TimeSeries:
    wanted = query["MetricStat"]
    metric, period = wanted["Metric"], float(wanted["Period"])
    key = MetricKey.of(metric.get("Namespace", ""), metric["MetricName"], metric.get("Dimensions", ()))
    points = points_of(metrics.get(key, _NOTHING), statistic_named(wanted["Stat"]), window, period, wanted.get("Unit"))
    return TimeSeries(points, period, query.get("Label") or f"{key.name} {wanted['Stat']}", query["Id"])


def _search_in(
    metrics: Mapping[MetricKey, Series], window: Window, default_period: float
) -> Callable[[str, str, float | None], SeriesArray]:
    def search(text: str, statistic_text: str, period: float | None) -> SeriesArray:
        statistic = parse_statistic(statistic_text)
        if statistic is None:
            raise ExpressionError(f"{statistic_text!r} is no statistic")
        keys = found_in(parse_search(text), metrics)
        seconds = period or default_period
        found = []
        for key, label in zip(keys, labels_for(keys) if keys else [], strict=True):
            points = points_of(metrics[key], statistic, window, seconds)
            if points:
                found.append(TimeSeries(points, seconds, label))
        return SeriesArray(tuple(found))

    return search
