"""From offered traffic to what CloudWatch shows of it, by plain boto3."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from lmi_labs import traffic
from lmi_labs.account import Account
from moto_lmi.clock import clock_for
from tests.moto_lmi.world import ACCOUNT, client

from .test_traffic import account  # noqa: F401 - the fixture

pytestmark = pytest.mark.usefixtures("account")
DIMENSIONS = [{"Name": "FunctionName", "Value": "fn"}]


def data(begin: datetime, end: datetime, name: str, statistic: str = "Sum", **more: str) -> list[float]:
    """The values of the periods of five minutes, oldest first."""
    dimensions = [{"Name": key, "Value": value} for key, value in more.items()] or DIMENSIONS
    metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}
    answer = client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 300, "Stat": statistic}}],
        StartTime=begin,
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def alarm_state() -> str:
    """The state of the alarm on throttles."""
    (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=["throttled"])["MetricAlarms"]
    return str(alarm["StateValue"])


def test_offered_traffic_is_seen_in_cloudwatch(account: Account) -> None:  # noqa: F811
    """Requests, refusals, time taken and utilisation add up to the report, and an alarm on throttles goes off."""
    client("cloudwatch").put_metric_alarm(
        AlarmName="throttled",
        Namespace="AWS/Lambda",
        MetricName="Throttles",
        Dimensions=DIMENSIONS,
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=100,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    account.advance(300 - clock_for(ACCOUNT).now().timestamp() % 300)  # periods begin with the traffic
    begin = clock_for(ACCOUNT).now() - timedelta(minutes=10)
    traffic.offer(account, "fn", traffic.step(50, 600, at_s=1200, duration_s=1800), io_ms=200, cpu_ms=20)
    account.advance(1100)
    assert alarm_state() == "OK"
    assert sum(data(begin, clock_for(ACCOUNT).now(), "Throttles")) == 0
    account.advance(600)
    assert alarm_state() == "ALARM"
    account.advance(1300)
    report = traffic.report(account, "fn")
    assert report.throttled > 1000
    end = clock_for(ACCOUNT).now() + timedelta(minutes=5)
    assert sum(data(begin, end, "Throttles")) == pytest.approx(report.throttled, abs=6)
    assert sum(data(begin, end, "ConcurrencyThrottles")) == pytest.approx(report.throttled, abs=6)
    assert sum(data(begin, end, "Invocations")) == pytest.approx(report.offered - report.throttled, abs=12)
    assert sum(data(begin, end, "Errors")) == 0
    assert alarm_state() == "OK"  # there are enough environments by now
    durations = data(begin, end, "Duration", "Average")
    assert 210 < min(durations) < max(durations) < 400
    environments: dict[str, Any] = {
        "FunctionName": "fn",
        "Resource": "fn:$LATEST.PUBLISHED",
        "CapacityProviderName": "cp",
    }
    used = data(begin, end, "ExecutionEnvironmentConcurrency", "Maximum", **environments)
    limit = data(begin, end, "ExecutionEnvironmentConcurrencyLimit", "Maximum", **environments)
    assert limit[0] / 2 < max(used) <= limit[0]  # nearly full where requests were refused
