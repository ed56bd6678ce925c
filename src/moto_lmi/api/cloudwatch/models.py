"""The CloudWatch backend on virtual time. moto finds the paths of a backend from the name of this module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterValue, ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricAggregatedDatum, MetricDatum, MetricDatumBase
from moto.moto_api._internal import mock_random

from moto_lmi.api.cloudwatch.alarm_evaluation import AlarmEvaluation
from moto_lmi.api.cloudwatch.listing import matching
from moto_lmi.api.cloudwatch.queries import MetricDataRequest, Window, points_of, statistic_named
from moto_lmi.api.cloudwatch.series import RESOLUTIONS, MetricKey, Sample, Series
from moto_lmi.api.cloudwatch.statistics import compute
from moto_lmi.clock import clock_for
from moto_lmi.request_times import aware, meant, shift

MOST_SAMPLES = 2_000_000
"""An account and Region keeps no more samples than this; beyond it, older ones are folded sooner than on AWS."""

_PAGE = 500


class LMICloudWatchBackend(AlarmEvaluation, CloudWatchBackend):
    """moto's CloudWatch backend with series by metric, statistics, metric math, and alarms that evaluate."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.metrics: dict[MetricKey, Series] = {}
        self.pages: dict[str, list[MetricKey]] = {}
        self._samples_at_last_count = 0

    # --- time ----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The account's virtual time, UTC."""
        return clock_for(self.account_id).now()

    # --- writing -------------------------------------------------------------------------------------------------------

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """PutMetricData. A datum without a Timestamp is of the account's now."""
        for number, datum in enumerate(metric_data, start=1):
            self._validate_parameters_put_metric_data(datum, number)
        given = [aware(datum["Timestamp"]) for datum in metric_data if datum.get("Timestamp")]
        move = shift(self.account_id, max(given, default=None))
        for datum in metric_data:
            moment = aware(datum["Timestamp"]) + move if datum.get("Timestamp") else self.now
            key = MetricKey.of(namespace, datum["MetricName"], datum.get("Dimensions", ()))
            for sample in _samples(datum, moment.timestamp()):
                self.add(key, sample)

    def add(self, key: MetricKey, sample: Sample) -> None:
        """Store one sample."""
        series = self.metrics.get(key)
        if series is None:
            series = self.metrics[key] = Series()
        series.add(sample)
        series.fold_if_grown(self.now.timestamp())
        self._samples_at_last_count += 1
        if self._samples_at_last_count > MOST_SAMPLES:
            self._shrink()

    def _shrink(self) -> None:
        """Fold everything, sooner and sooner, until at most three quarters of the limit are left."""
        now = self.now.timestamp()
        for halvings in range(12):
            resolutions = tuple((age / 2**halvings, period) for age, period in RESOLUTIONS)
            for key, series in list(self.metrics.items()):
                series.fold(now, resolutions)
                if not series:
                    del self.metrics[key]
            self._samples_at_last_count = sum(len(series) for series in self.metrics.values())
            if self._samples_at_last_count <= MOST_SAMPLES * 3 / 4:
                return

    # --- reading -------------------------------------------------------------------------------------------------------

    def every_metric(self) -> Mapping[MetricKey, Series]:
        """The stored metrics, and those that moto's other services show as they are asked for."""
        computed: dict[MetricKey, Series] = {}
        for datum in self.aws_metric_data:
            assert isinstance(datum, MetricDatum)
            dimensions = tuple(sorted((str(item.name), str(item.value)) for item in datum.dimensions))
            series = computed.setdefault(MetricKey(datum.namespace, datum.name, dimensions), Series())
            series.add(Sample.of_value(aware(datum.timestamp).timestamp(), datum.value, unit=datum.unit or "None"))
        return {**self.metrics, **computed} if computed else self.metrics

    def get_all_metrics(self) -> list[MetricDatumBase]:
        """Every sample as one of moto's, for what moto computes itself (Metrics Insights)."""
        return [*_as_moto(self.metrics), *self.aws_metric_data]

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """GetMetricData. Queries in SQL are left to moto, which adds everything up."""
        start, end = meant(self.account_id, start_time, end_time)
        assert start is not None
        if start > end:
            raise ValidationError("The parameter EndTime must be greater than StartTime.")
        if start == end:
            raise ValidationError("The parameter StartTime must not equal parameter EndTime.")
        sql = [query for query in queries if query.get("Expression", "").lstrip().upper().startswith("SELECT")]
        request = MetricDataRequest([query for query in queries if query not in sql])
        window = Window.rounded(start.timestamp(), end.timestamp(), request.shortest_period, self.now.timestamp())
        answer = [
            {
                "id": result.id,
                "label": result.label,
                "values": [value for _, value in _ordered(result.series.points, scan_by)],
                "timestamps": [moment for moment, _ in _ordered(result.series.points, scan_by)],
                "status_code": "Complete",
            }
            for result in request.results(self.every_metric(), window)
        ]
        if sql:
            answer += super().get_metric_data(sql, start.replace(tzinfo=None), end.replace(tzinfo=None), scan_by)
        return answer

    def statistics(
        self,
        key: MetricKey,
        window: tuple[datetime, datetime],
        period: int,
        names: Sequence[str],
        extended: Sequence[str] = (),
        unit: str | None = None,
    ) -> list[dict[str, Any]]:
        """The datapoints of GetMetricStatistics, in no particular order on AWS, in that of time here."""
        start, end = meant(self.account_id, *window)
        assert start is not None
        if start >= end:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        wanted = {name: statistic_named(name, "ExtendedStatistics") for name in (*names, *extended)}
        times = Window.rounded(start.timestamp(), end.timestamp(), period, self.now.timestamp())
        series = self.every_metric().get(key, Series())
        answer = []
        for moment, samples in series.periods(times.start, times.end, period, unit):
            values = {name: compute(statistic, samples) for name, statistic in wanted.items()}
            known = {name: float(value) for name, value in values.items() if value is not None}
            datapoint: dict[str, Any] = {"Timestamp": datetime.fromtimestamp(moment, UTC), "Unit": samples[0].unit}
            datapoint.update({name: known[name] for name in names if name in known})
            percentiles = {name: known[name] for name in extended if name in known}
            if percentiles:
                datapoint["ExtendedStatistics"] = percentiles
            answer.append(datapoint)
        return answer

    def page_of_metrics(
        self, token: str | None, *, recently_active: bool = False, **asked: Any
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of ListMetrics and the token of the next; `asked` as in `listing.matching`."""
        if token:
            if token not in self.pages:
                raise InvalidParameterValue("Request parameter NextToken is invalid")
            keys = self.pages.pop(token)
        else:
            found = matching(self.every_metric(), self.now.timestamp(), recently_active=recently_active, **asked)
            keys = list(found)
        following = None
        if len(keys) > _PAGE:
            following = str(mock_random.uuid4())
            self.pages[following] = keys[_PAGE:]
            while len(self.pages) > 100:
                del self.pages[next(iter(self.pages))]
        return [key.described() for key in keys[:_PAGE]], following

    def alarm_points(
        self, queries: Sequence[Mapping[str, Any]], start: float, end: float, period: float
    ) -> dict[float, float]:
        """The points of the one query of an alarm that returns data."""
        window = Window(start, end)
        for result in MetricDataRequest(queries).results(self.every_metric(), window):
            return dict(result.series.points)
        return {}

    def alarm_metric_points(
        self, key: MetricKey, statistic: str, start: float, end: float, period: float, unit: str | None
    ) -> dict[float, float]:
        """The points of a metric for an alarm."""
        series = self.every_metric().get(key, Series())
        return points_of(series, statistic_named(statistic), Window(start, end), period, unit)


def _samples(datum: Mapping[str, Any], moment: float) -> Iterable[Sample]:
    unit = datum.get("Unit") or "None"
    if datum.get("Values"):
        counts = datum.get("Counts") or [1.0] * len(datum["Values"])
        for value, count in zip(datum["Values"], counts, strict=True):
            yield Sample.of_value(moment, float(value), float(count), unit)
    elif datum.get("StatisticValues"):
        stats = datum["StatisticValues"]
        yield Sample(
            moment,
            float(stats["Sum"]),
            float(stats["Minimum"]),
            float(stats["Maximum"]),
            float(stats["SampleCount"]),
            unit,
        )
    else:
        yield Sample.of_value(moment, float(datum.get("Value", 0)), unit=unit)


def _ordered(points: Mapping[float, float], scan_by: str) -> list[tuple[datetime, float]]:
    ordered = [(datetime.fromtimestamp(moment, UTC), value) for moment, value in sorted(points.items())]
    return ordered[::-1] if scan_by == "TimestampDescending" else ordered


def _as_moto(metrics: Mapping[MetricKey, Series]) -> Iterable[MetricDatumBase]:
    for key, series in metrics.items():
        dimensions = [{"Name": name, "Value": value} for name, value in key.dimensions]
        for sample in series.between(float("-inf"), float("inf")):
            moment = datetime.fromtimestamp(sample.time, UTC).replace(tzinfo=None)
            if sample.weight == 1:
                yield MetricDatum(key.namespace, key.name, sample.sum, dimensions, moment, sample.unit)
            else:
                yield MetricAggregatedDatum(
                    key.namespace, key.name, sample.minimum, sample.maximum, sample.weight, sample.sum,
                    dimensions, moment, sample.unit,
                )  # fmt: skip
