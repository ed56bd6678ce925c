"""ListMetrics: each metric once, quickly, with AWS's filters."""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends

from tests.moto_lmi.plain import Account, plain_moto

from .helpers import cloudwatch, dimensions, put


def names(**asked: object) -> list[str]:
    """The names of the metrics that are listed."""
    return [item["MetricName"] for item in cloudwatch.list_metrics(**asked)["Metrics"]]


def test_moto_lists_a_metric_many_times(account: Account) -> None:
    """Plain moto lists a metric without dimensions once for each point; here it is there once."""
    with plain_moto(cloudwatch_backends):
        put("orders", 1, 2, 3)
        assert names() == ["orders"] * 3
    put("orders", 1, 2, 3)
    assert names() == ["orders"]


def test_dimensions_tell_metrics_apart(account: Account) -> None:
    """The same name with other dimensions is another metric, in whichever order they are given."""
    put("orders", 1, shop="a", till="1")
    put("orders", 1, till="1", shop="a")
    put("orders", 1, shop="a")
    assert len(names()) == 2


def test_filters(account: Account) -> None:
    """Namespace, name, dimensions with and without a value; all have to fit."""
    put("orders", 1, shop="a")
    put("orders", 1, shop="b")
    put("returns", 1, till="1")
    assert names(Namespace="Shop", MetricName="orders") == ["orders", "orders"]
    assert names(Dimensions=[{"Name": "shop"}]) == ["orders", "orders"]
    assert names(Dimensions=dimensions(shop="b")) == ["orders"]
    assert names(Namespace="Other") == []
    assert names(Dimensions=[{"Name": "till"}, {"Name": "shop"}]) == []


def test_silent_metrics_go(account: Account) -> None:
    """After two weeks without data a metric is no longer listed, after three hours it isn't recently active."""
    put("orders", 1)
    assert names(RecentlyActive="PT3H") == ["orders"]
    account.pass_time(4 * 3600)
    assert names(RecentlyActive="PT3H") == []
    assert names() == ["orders"]
    account.pass_time(14 * 86_400)
    assert names() == []


def test_pages(account: Account) -> None:
    """Five hundred metrics a page, each once."""
    for number in range(0, 700, 100):
        data = [{"MetricName": f"m{number + more}", "Value": 1.0} for more in range(100)]
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
    first = cloudwatch.list_metrics()
    second = cloudwatch.list_metrics(NextToken=first["NextToken"])
    assert (len(first["Metrics"]), len(second["Metrics"])) == (500, 200)
    assert len({item["MetricName"] for item in first["Metrics"] + second["Metrics"]}) == 700
