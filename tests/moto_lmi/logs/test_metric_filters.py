"""Metric filters put what events say into metrics."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from moto.logs.models import logs_backends

from tests.moto_lmi.plain import Account, plain_moto
from tests.moto_lmi.world import client

from .helpers import GROUP, logs, open_group, say

cloudwatch = client("cloudwatch")


def put_filter(pattern: str, value: str = "1", **more: Any) -> None:
    """A metric filter on the group."""
    change = {"metricName": "seen", "metricNamespace": "Shop", "metricValue": value, **more}
    logs.put_metric_filter(filterName="f", logGroupName=GROUP, filterPattern=pattern, metricTransformations=[change])


def total(account: Account, **dimensions: str) -> list[float]:
    """The sum of the metric in the last hour, if there is any."""
    account.pass_time(60)
    now = account.clock.now()
    points = cloudwatch.get_metric_statistics(
        Namespace="Shop",
        MetricName="seen",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now,
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return [point["Sum"] for point in points]


def test_moto_never_applies_them(account: Account) -> None:
    """In plain moto a metric filter has no effect; here matching events are counted."""
    with plain_moto(logs_backends):
        open_group()
        put_filter("ERROR")
        say("ERROR one", "INFO", "ERROR two")
        assert total(account) == []
    open_group()
    put_filter("ERROR")
    say("ERROR one", "INFO", "ERROR two")
    assert total(account) == [2]


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("{ $.ms > 5 }", "$.ms", [30]),
        ("{ $.ms > 5 }", "$.other", [3]),
        ("{ $.ms > 5 }", "$.word", []),
        ("{ $.ms > 100 }", "$.ms", []),
        ("[word, size]", "$size", []),
    ],
)
def test_values_from_events(account: Account, pattern: str, value: str, expected: list[float]) -> None:
    """The value is taken from the event; without a number there is no datum."""
    open_group()
    put_filter(pattern, value)
    say({"ms": 10, "other": 1, "word": "x"}, {"ms": 20, "other": 2}, {"ms": 1})
    assert total(account) == expected


def test_values_from_space_delimited_events(account: Account) -> None:
    """A named field of a line is a value too."""
    open_group()
    put_filter("[word = bytes, size]", "$size")
    say("bytes 12", "bytes 30", "other 7")
    assert total(account) == [42]


def test_defaults_and_dimensions(account: Account) -> None:
    """A default is for events that don't match; dimensions come from the event, whole or not at all."""
    open_group()
    put_filter("{ $.level = ERROR }", defaultValue=0.0)
    say({"level": "INFO"})
    assert total(account) == [0]
    put_filter("{ $.level = * }", dimensions={"Level": "$.level"})
    say({"level": "WARN"}, {"level": "ERROR"}, {"level": "WARN"}, {"other": 1})
    assert (total(account, Level="WARN"), total(account, Level="ERROR")) == ([2], [1])


def test_a_filter_of_the_same_name_is_replaced(account: Account) -> None:
    """As on AWS."""
    open_group()
    put_filter("ERROR")
    put_filter("WARN")
    assert [item["filterPattern"] for item in logs.describe_metric_filters()["metricFilters"]] == ["WARN"]
