"""Alarms on virtual time: states, missing data, metric math, history, actions, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.cloudwatch.models import cloudwatch_backends

from moto_lmi.api.cloudwatch.alarm_states import ALARM, INSUFFICIENT_DATA, OK, next_state
from tests.moto_lmi.plain import Account, plain_moto
from tests.moto_lmi.world import client

from .helpers import cloudwatch, expression, hidden, metric, put, put_each_minute

KEEP = "keep"


def alarm(name: str = "busy", **members: Any) -> None:
    """An alarm on errors above 5, by the minute."""
    request = {
        "AlarmName": name,
        "Namespace": "Shop",
        "MetricName": "errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    merged = {**request, **members}
    cloudwatch.put_metric_alarm(**{key: value for key, value in merged.items() if value is not None})


def state(name: str = "busy") -> str:
    """The state of the alarm."""
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    (only,) = [*answer["MetricAlarms"], *answer["CompositeAlarms"]]
    return str(only["StateValue"])


def changes(name: str = "busy") -> list[str]:
    """The changes of state in the alarm's history, oldest first."""
    asked = {"AlarmName": name, "HistoryItemType": "StateUpdate", "ScanBy": "TimestampAscending"}
    items = cloudwatch.describe_alarm_history(**asked)["AlarmHistoryItems"]
    return [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in items]


def test_moto_never_evaluates(account: Account) -> None:
    """In plain moto an alarm stays OK whatever the metric; here it goes into ALARM within two minutes."""
    with plain_moto(cloudwatch_backends):
        alarm()
        put_each_minute("errors", [9, 9, 9])
        assert state() == OK
    alarm()
    assert state() == INSUFFICIENT_DATA
    put_each_minute("errors", [9])
    assert state() == ALARM


def test_a_story(account: Account) -> None:
    """Insufficient, alarm, fine, and insufficient again when the data stop."""
    alarm()
    put_each_minute("errors", [9, 9, 1, 1, None, None, None, None])
    assert changes() == [ALARM, OK, INSUFFICIENT_DATA]


@pytest.mark.parametrize(
    ("to_alarm", "points", "missing", "ignore", "breaching", "not_breaching"),
    [
        (3, "0-X-X", OK, OK, OK, OK),
        (3, "----0", OK, OK, OK, OK),
        (3, "-----", INSUFFICIENT_DATA, KEEP, ALARM, OK),
        (3, "0XX-X", ALARM, ALARM, ALARM, ALARM),
        (3, "--X--", ALARM, KEEP, ALARM, OK),
        (2, "0-X-X", ALARM, ALARM, ALARM, ALARM),
        (2, "00X0X", ALARM, ALARM, ALARM, ALARM),
        (2, "0-X--", OK, OK, ALARM, OK),
        (2, "----0", OK, OK, ALARM, OK),
        (2, "---X-", ALARM, KEEP, ALARM, OK),
        (3, "----X", KEEP, KEEP, ALARM, OK),
        (3, "---X-", KEEP, KEEP, ALARM, OK),
    ],
)
def test_the_tables_of_the_guide(
    to_alarm: int, points: str, missing: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    """Three evaluation periods and a range of five: each row of AWS's two tables, and the text below them."""
    breaches = [{"0": False, "X": True, "-": None}[point] for point in points]
    for treatment, expected in (
        ("missing", missing),
        ("ignore", ignore),
        ("breaching", breaching),
        ("notBreaching", not_breaching),
    ):
        for present in (OK, ALARM, INSUFFICIENT_DATA):
            wanted = present if expected == KEEP else expected
            assert next_state(present, breaches, 3, to_alarm, treatment) == wanted, treatment


def test_some_of_several_points(account: Account) -> None:
    """Two of three points have to breach."""
    alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    put_each_minute("errors", [9, 1, 1])
    assert state() == OK
    put_each_minute("errors", [9, 9])
    assert state() == ALARM


def test_percentile(account: Account) -> None:
    """An alarm on p90 looks at the percentile, not at the average."""
    alarm(Statistic=None, ExtendedStatistic="p90", Threshold=50)
    account.clock.advance(60 - account.clock.now().timestamp() % 60)
    put("errors", *range(1, 101))
    account.pass_time(60)
    assert state() == ALARM


def test_metric_math(account: Account) -> None:
    """An alarm on a share of two metrics, with FILL for the silent one."""
    queries = [
        hidden(metric("m1", "errors", "Sum")),
        hidden(metric("m2", "requests", "Sum")),
        expression("100 * FILL(m1, 0) / m2"),
    ]
    dropped = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    alarm(**dropped, Metrics=queries, Threshold=10)
    account.clock.advance(60 - account.clock.now().timestamp() % 60)
    put("requests", 100)
    account.pass_time(60)
    assert state() == OK
    put("requests", 100)
    put("errors", 20)
    account.pass_time(60)
    assert state() == ALARM


def test_windows_slide(account: Account) -> None:
    """A period of five minutes is looked at every minute, as the five minutes that end then."""
    alarm(Period=300, Threshold=25, EvaluationPeriods=1)
    put_each_minute("errors", [10, 10, 10])
    assert state() == ALARM


def test_quick_alarms(account: Account) -> None:
    """A period of ten seconds is looked at every ten seconds."""
    alarm(Period=10)
    account.clock.advance(10 - account.clock.now().timestamp() % 10)
    put("errors", 9)
    account.pass_time(10)
    assert state() == ALARM


def test_composite_alarms(account: Account) -> None:
    """A composite alarm follows its rule at the moment its children change, across levels."""
    alarm("a")
    alarm("b", MetricName="returns")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("a") AND NOT OK(b)')
    cloudwatch.put_composite_alarm(AlarmName="above", AlarmRule="(ALARM(both) OR FALSE) AND TRUE")
    assert state("above") == OK
    put_each_minute("errors", [9])
    assert (state("both"), state("above")) == (ALARM, ALARM)
    put_each_minute("returns", [1])
    assert (state("both"), state("above")) == (OK, OK)
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []
    shown = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert [item["AlarmRule"] for item in shown] == ["(ALARM(both) OR FALSE) AND TRUE", 'ALARM("a") AND NOT OK(b)']


def test_topics_are_notified(account: Account) -> None:
    """A change of state reaches the subscribers of the topic with AWS's document; disabled actions don't."""
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    alarm(AlarmActions=[topic], OKActions=["arn:aws:lambda:us-east-1:123456789012:function:fn"])
    alarm("silent", AlarmActions=[topic], ActionsEnabled=False)
    put_each_minute("errors", [9, 1])
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    document = json.loads(json.loads(message["Body"])["Message"])
    assert (document["AlarmName"], document["NewStateValue"], document["OldStateValue"]) == (
        "busy",
        ALARM,
        INSUFFICIENT_DATA,
    )
    assert document["Trigger"]["MetricName"] == "errors"
    asked = {"AlarmName": "busy", "HistoryItemType": "Action", "ScanBy": "TimestampAscending"}
    items = cloudwatch.describe_alarm_history(**asked)["AlarmHistoryItems"]
    assert "Successfully executed action" in items[0]["HistorySummary"]
    assert "is not emulated" in items[1]["HistorySummary"]


def test_a_state_that_was_set_holds_until_the_next_evaluation(account: Account) -> None:
    """SetAlarmState changes the state, tells the history, and gives way to the metric."""
    alarm()
    put_each_minute("errors", [1])
    cloudwatch.set_alarm_state(AlarmName="busy", StateValue=ALARM, StateReason="drill")
    assert state() == ALARM
    put_each_minute("errors", [1])
    assert changes() == [OK, ALARM, OK]


def test_an_update_keeps_the_state(account: Account) -> None:
    """As on AWS, PutMetricAlarm on an alarm that is there leaves its state."""
    alarm()
    put_each_minute("errors", [9])
    alarm(Threshold=6)
    assert state() == ALARM


def test_history_of_a_time(account: Account) -> None:
    """DescribeAlarmHistory filters by time, newest first, and remembers alarms that are gone."""
    alarm()
    put_each_minute("errors", [9, 1])
    cloudwatch.delete_alarms(AlarmNames=["busy"])
    items = cloudwatch.describe_alarm_history(StartDate=account.clock.now() - timedelta(minutes=5))["AlarmHistoryItems"]
    assert [item["HistoryItemType"] for item in items] == [
        "ConfigurationUpdate",
        "StateUpdate",
        "StateUpdate",
        "ConfigurationUpdate",
    ]
    assert cloudwatch.describe_alarm_history(AlarmName="other")["AlarmHistoryItems"] == []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"ComparisonOperator": "Above"}, "'Above' at 'comparisonOperator'"),
        ({"TreatMissingData": "maybe"}, "'maybe' at 'treatMissingData'"),
        ({"Period": 45}, "45 for parameter Period"),
        ({"DatapointsToAlarm": 2}, "2 for parameter DatapointsToAlarm"),
        ({"MetricName": None}, "parameter MetricName"),
        ({"Statistic": None}, "parameter Statistic"),
        ({"ExtendedStatistic": "p90"}, "parameter Statistic"),
        ({"Threshold": None}, "parameter Threshold"),
        ({"Statistic": None, "ExtendedStatistic": "q9"}, "The value q9"),
    ],
)
def test_alarms_that_are_refused(account: Account, members: dict[str, Any], words: str) -> None:
    """An alarm that could not be evaluated is refused by name of what is wrong, and isn't there."""
    with pytest.raises(ClientError, match=words):
        alarm(**members)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ([metric("m1", "errors"), metric("m2", "errors")], "exactly one has ReturnData true"),
        ([hidden(metric("m1", "errors")), expression("m1 +")], "Error in expression 'e1'"),
        ([hidden(metric("m1", "errors")), expression("SEARCH('a', 'Sum')")], "without SEARCH"),
        ([hidden(metric("m1", "errors")), expression("TIME_SERIES(1)")], "at least one of the other metrics"),
    ],
)
def test_math_alarms_that_are_refused(account: Account, queries: list[Any], words: str) -> None:
    """So is one whose expressions can't be used."""
    dropped = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    with pytest.raises(ClientError, match=words):
        alarm(**dropped, Metrics=queries)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("ALARM(a", r"a closing parenthesis is expected \(character 8\)"),
        ("WARN(a)", r"ALARM\(…\), OK\(…\).* is expected, not 'WARN' \(character 1\)"),
        ("ALARM(a) ALARM(a)", "AND, OR or the end is expected"),
        ("ALARM(nobody)", "'nobody' is not"),
        ("ALARM(both)", "without a circle"),
    ],
)
def test_rules_that_are_refused(account: Account, rule: str, words: str) -> None:
    """A rule is refused with the place, or with the alarm that is not there or depends on this one."""
    alarm("a")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)")
    with pytest.raises(ClientError, match=words):
        cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule=rule)
