"""What the CloudWatch tests share: points in, points out, on an account's clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from moto_lmi.clock import clock_for
from tests.moto_lmi.world import ACCOUNT, client

cloudwatch = client("cloudwatch")
NAMESPACE = "Shop"


def dimensions(**named: str) -> list[dict[str, str]]:
    """Dimensions as the API has them."""
    return [{"Name": name, "Value": value} for name, value in named.items()]


def put(name: str, *values: float, **named: str) -> None:
    """Put values of the account's now."""
    cloudwatch.put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[{"MetricName": name, "Value": value, "Dimensions": dimensions(**named)} for value in values],
    )


def metric(identifier: str, name: str, statistic: str = "Average", period: int = 60, **named: str) -> dict[str, Any]:
    """A query for a metric."""
    asked = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions(**named)}
    return {"Id": identifier, "MetricStat": {"Metric": asked, "Period": period, "Stat": statistic}}


def hidden(query: Mapping[str, Any]) -> dict[str, Any]:
    """The query without its data in the answer."""
    return {**query, "ReturnData": False}


def expression(text: str, identifier: str = "e1", **members: Any) -> dict[str, Any]:
    """A query for metric math."""
    return {"Id": identifier, "Expression": text, **members}


def results(*queries: Mapping[str, Any], minutes: float = 60) -> list[dict[str, Any]]:
    """The results of the last minutes, oldest point first."""
    now = clock_for(ACCOUNT).now()
    window = {"StartTime": now - timedelta(minutes=minutes), "EndTime": now, "ScanBy": "TimestampAscending"}
    answer = cloudwatch.get_metric_data(MetricDataQueries=list(queries), **window)
    found: list[dict[str, Any]] = answer["MetricDataResults"]
    return found


def values(*queries: Mapping[str, Any], minutes: float = 60) -> list[float]:
    """The values of the only result."""
    (only,) = results(*queries, minutes=minutes)
    return [round(value, 9) for value in only["Values"]]


def put_each_minute(name: str, given: Iterable[float | None], **named: str) -> None:
    """One value a minute, None for a minute without; the clock ends at a whole minute after the last."""
    clock = clock_for(ACCOUNT)
    clock.advance(60 - clock.now().timestamp() % 60)
    for value in given:
        if value is not None:
            put(name, value, **named)
        clock.advance(60)
