"""What is kept and for how long: a series never grows without bound."""

from __future__ import annotations

import random

import pytest

from moto_lmi.api.cloudwatch import models
from moto_lmi.api.cloudwatch.series import DAY, HOUR, MetricKey, Sample, Series
from tests.moto_lmi.plain import Account
from tests.moto_lmi.world import ACCOUNT, REGION

NOW = 1_800_000_000.0


def series_of(ages: list[float], value: float = 1.0) -> Series:
    """A series with a sample at each age."""
    series = Series()
    for age in ages:
        series.add(Sample.of_value(NOW - age, value))
    return series


def test_samples_come_out_in_order() -> None:
    """However they are put in."""
    ages = [float(age) for age in range(100)]
    random.Random(1).shuffle(ages)
    times = [sample.time for sample in series_of(ages).between(0, NOW + 1)]
    assert times == sorted(times)
    assert len(times) == 100


@pytest.mark.parametrize(
    ("age", "period"), [(4 * HOUR, 60.0), (16 * DAY, 300.0), (64 * DAY, HOUR)], ids=["minute", "five minutes", "hour"]
)
def test_old_samples_are_folded(age: float, period: float) -> None:
    """Samples of that age end up in periods of that length; nothing is added or lost."""
    series = series_of([age + step for step in range(0, 7200, 7)])
    before = sum(sample.sum for sample in series.between(0, NOW))
    series.fold(NOW)
    kept = list(series.between(0, NOW))
    assert all(sample.time % period == 0 for sample in kept)
    assert len(kept) <= 7200 / period + 2
    assert sum(sample.sum for sample in kept) == before


def test_the_oldest_are_forgotten() -> None:
    """After 455 days a sample is gone; younger ones stay."""
    series = series_of([456 * DAY, 454 * DAY, 1.0])
    series.fold(NOW)
    assert len(series) == 2


def test_folding_keeps_percentiles_of_few_values() -> None:
    """A folded period still knows its values while they are few."""
    series = Series()
    for step in range(60):
        series.add(Sample.of_value(NOW - 5 * HOUR - NOW % 60 + step, float(step % 3)))
    series.fold(NOW)
    assert sorted((sample.minimum, sample.weight) for sample in series.between(0, NOW)) == [(0, 20), (1, 20), (2, 20)]


def test_an_account_keeps_a_limited_number(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit older samples are folded sooner."""
    monkeypatch.setattr(models, "MOST_SAMPLES", 5000)
    backend = models.LMICloudWatchBackend(REGION, ACCOUNT)
    for step in range(20_000):
        moment = backend.now.timestamp() - 10 * DAY + step * 43
        backend.add(MetricKey("Shop", f"m{step % 5}"), Sample.of_value(moment, 1.0))
    assert sum(len(series) for series in backend.metrics.values()) <= 5000
