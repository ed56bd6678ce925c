"""Reading metrics: exact dimensions, periods, units, and time that is the account's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from moto.cloudwatch.models import cloudwatch_backends

from tests.moto_lmi.plain import Account, plain_moto

from .helpers import cloudwatch, dimensions, hidden, metric, put, put_each_minute, results, values


def test_moto_takes_one_metric_for_another(account: Account) -> None:
    """Plain moto counts points with more dimensions in GetMetricStatistics; here dimensions match exactly."""

    def orders() -> float:
        window = {"StartTime": account.clock.now() - timedelta(hours=1), "EndTime": account.clock.now()}
        asked = {"Namespace": "Shop", "MetricName": "orders", "Dimensions": dimensions(shop="a")}
        answer = cloudwatch.get_metric_statistics(**asked, **window, Period=3600, Statistics=["Sum"])
        return sum(point["Sum"] for point in answer["Datapoints"])

    with plain_moto(cloudwatch_backends):
        put("orders", 1, shop="a")
        put("orders", 10, shop="a", till="1")
        account.pass_time(60)
        assert orders() == 11
    put("orders", 1, shop="a")
    put("orders", 10, shop="a", till="1")
    account.pass_time(60)
    assert orders() == 1
    assert values(metric("m", "orders", "Sum", shop="a")) == [1]
    assert values(metric("m", "orders", "Sum")) == []


def test_periods_begin_at_the_start(account: Account) -> None:
    """Values are gathered by periods from StartTime; empty ones are left out."""
    put_each_minute("orders", [1, 2, None, None, 5, 6])
    assert values(metric("m", "orders", "Sum", period=120), minutes=6) == [3, 11]
    assert values(metric("m", "orders", "Sum", period=180), minutes=6) == [3, 11]
    assert values(metric("m", "orders", "Sum", period=300), minutes=5) == [13]


def test_order_and_hidden_queries(account: Account) -> None:
    """ScanBy gives the order, ReturnData says whether a query is in the answer, Label names it."""
    put_each_minute("orders", [1, 2, 3])
    now = account.clock.now()
    answer = cloudwatch.get_metric_data(
        StartTime=now - timedelta(minutes=3),
        EndTime=now,
        ScanBy="TimestampDescending",
        MetricDataQueries=[{**metric("m", "orders"), "Label": "Orders"}, hidden(metric("n", "orders"))],
    )["MetricDataResults"]
    assert [(item["Id"], item["Label"], item["Values"]) for item in answer] == [("m", "Orders", [3, 2, 1])]
    assert answer[0]["Timestamps"][0] == now - timedelta(minutes=1)


def test_units(account: Account) -> None:
    """With a unit only data of that unit count."""
    for unit, value in (("Seconds", 1.0), ("Milliseconds", 500.0)):
        datum = {"MetricName": "latency", "Value": value, "Unit": unit}
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[datum])
    account.pass_time(60)
    query = metric("m", "latency", "Sum")
    query["MetricStat"]["Unit"] = "Seconds"
    assert values(query) == [1]


def test_a_datum_without_time_is_of_the_accounts_now(account: Account) -> None:
    """Three virtual days later a new point is three days younger."""
    put("orders", 1)
    account.pass_time(3 * 86_400)
    put("orders", 2)
    account.pass_time(60)
    (result,) = results(metric("m", "orders", "Sum"), minutes=4 * 1440)
    assert (result["Timestamps"][1] - result["Timestamps"][0]).days in (2, 3)


def test_a_window_that_ends_now_ends_at_the_accounts_now(account: Account) -> None:
    """A notebook asks for the last hour by the wall clock and gets the account's last hour; other times are virtual."""
    account.pass_time(2 * 86_400)
    put("orders", 7)
    account.pass_time(60)
    wall = datetime.now(UTC)
    query = {"MetricDataQueries": [metric("m", "orders")]}
    answer = cloudwatch.get_metric_data(StartTime=wall - timedelta(hours=1), EndTime=wall, **query)
    assert answer["MetricDataResults"][0]["Values"] == [7]
    past = {"StartTime": wall - timedelta(hours=2), "EndTime": wall - timedelta(hours=1)}
    assert cloudwatch.get_metric_data(**past, **query)["MetricDataResults"][0]["Values"] == []


def test_a_datum_of_now_by_the_wall_clock_is_of_the_accounts_now(account: Account) -> None:
    """Timestamps of a request move together when its latest is the wall clock's now."""
    account.pass_time(2 * 86_400)
    wall = datetime.now(UTC)
    data = [
        {"MetricName": "orders", "Value": float(age), "Timestamp": wall - timedelta(minutes=age)} for age in (10, 0)
    ]
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
    account.pass_time(60)
    assert values(metric("m", "orders")) == [10, 0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Period": 45}, r"The value 45 for parameter Period .* multiple of 60"),
        ({"ExtendedStatistics": ["p101"]}, "The value p101"),
        ({"EndTime": datetime(2020, 1, 1, tzinfo=UTC)}, "StartTime must be less"),
    ],
)
def test_bad_requests(account: Account, change: dict[str, object], words: str) -> None:
    """A request that can't be answered is told which value is wrong."""
    request = {
        "Namespace": "Shop",
        "MetricName": "orders",
        "StartTime": datetime(2026, 1, 1, tzinfo=UTC),
        "EndTime": datetime(2026, 1, 2, tzinfo=UTC),
        "Period": 300,
        "Statistics": ["Sum"],
    }
    with pytest.raises(ClientError, match=words):
        cloudwatch.get_metric_statistics(**{**request, **change})


def test_the_same_id_twice_is_refused(account: Account) -> None:
    """Ids tell queries apart."""
    with pytest.raises(ClientError, match="m is there more than once"):
        results(metric("m", "orders"), metric("m", "returns"))
