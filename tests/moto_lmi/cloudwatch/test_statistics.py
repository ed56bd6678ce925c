"""Percentiles and trimmed statistics."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.cloudwatch.models import cloudwatch_backends

from moto_lmi.api.cloudwatch.series import Sample
from moto_lmi.api.cloudwatch.statistics import Statistic, compute, parse_statistic
from tests.moto_lmi.plain import Account, plain_moto

from .helpers import cloudwatch, metric, put, results, values


def of(text: str, *numbers: float) -> float | None:
    """The statistic over numbers of one period."""
    statistic = parse_statistic(text)
    assert statistic is not None
    return compute(statistic, [Sample.of_value(0, number) for number in numbers])


def test_moto_has_no_percentiles(account: Account) -> None:
    """Plain moto fails with a TypeError on p90; here it is a number."""
    with plain_moto(cloudwatch_backends):
        put("latency", *range(1, 11))
        account.pass_time(60)
        with pytest.raises(TypeError):
            results(metric("m", "latency", "p90"))
    put("latency", *range(1, 11))
    account.pass_time(60)
    assert values(metric("m", "latency", "p90")) == [9.1]


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("p0", 1.0),
        ("p50", 50.5),
        ("p99.9", 99.901),
        ("p100", 100.0),
        ("tm90", 45.5),
        ("TM(10%:90%)", 50.5),
        ("TM(:50)", 25.5),
        ("TM(50:)", 75.5),
        ("IQM", 50.5),
        ("tc90", 90.0),
        ("TC(10:20)", 10.0),
        ("ts10", 55.0),
        ("TS(90:)", 955.0),
        ("PR(:25)", 25.0),
        ("PR(25:75)", 50.0),
        ("WM(:90)", (sum(range(1, 91)) + 900) / 100),
        ("Average", 50.5),
        ("SampleCount", 100.0),
    ],
)
def test_statistics_of_one_to_a_hundred(statistic: str, expected: float) -> None:
    """Each statistic of the numbers 1 to 100 is what its definition says."""
    assert of(statistic, *range(1, 101)) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["p", "p101", "P90", "TM(90%:10%)", "TM(10:90%)", "TM(:)", "PR(10%:90%)", "Median", "average", "tm(1:2)"]
)
def test_no_statistic(text: str) -> None:
    """What is no statistic of AWS's is none here."""
    assert parse_statistic(text) is None


def test_unknown_statistic_is_refused(account: Account) -> None:
    """The refusal names the value; nothing is computed."""
    with pytest.raises(ClientError, match=r"ValidationError.*The value median for parameter Stat"):
        results(metric("m", "latency", "median"))


def test_weights_count(account: Account) -> None:
    """Values with Counts are as good as so many single values."""
    cloudwatch.put_metric_data(
        Namespace="Shop", MetricData=[{"MetricName": "latency", "Values": [1.0, 10.0], "Counts": [98.0, 2.0]}]
    )
    account.pass_time(60)
    assert values(metric("m", "latency", "p50")) == [1.0]
    assert values(metric("m", "latency", "p99")) == [10.0]
    assert values(metric("m", "latency", "SampleCount")) == [100.0]


def test_statistic_sets_have_no_percentile(account: Account) -> None:
    """Of a statistic set only what it tells is known."""
    stats = {"SampleCount": 4.0, "Sum": 10.0, "Minimum": 1.0, "Maximum": 4.0}
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "latency", "StatisticValues": stats}])
    account.pass_time(60)
    assert values(metric("m", "latency", "p50")) == []
    assert values(metric("m", "latency")) == [2.5]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.floats(0, 100))
def test_percentiles_lie_within(numbers: Sequence[float], percent: float) -> None:
    """A percentile is never outside of the values, and grows with its percentage."""
    samples = [Sample.of_value(0, number) for number in numbers]
    value = compute(Statistic("P", None, percent), samples)
    more = compute(Statistic("P", None, min(100.0, percent + 1)), samples)
    assert value is not None
    assert more is not None
    assert min(numbers) <= value <= max(numbers)
    assert value <= more + 1e-6
