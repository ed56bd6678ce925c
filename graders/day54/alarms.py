"""Task 54.12: an alarm that sleeps while traffic is steady and goes off when it triples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from graders.day54.anchors import ALARMS
from graders.day54.dashboards import LAMBDA
from graders.day54.place import FUNCTION, NAME
from graders.reading import asked, is_response, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

CALM_S = 900
"""So long the alarm must have been silent before it went off: the traffic is steady for twenty minutes."""
_THROTTLES = {"Throttles", "ConcurrencyThrottles", "CPUThrottles", "MemoryThrottles", "DiskThrottles"}
_LOWER = ("LessThanThreshold", "LessThanOrEqualToThreshold")
_ALARM = f"{NAME}-throttles"


@task("54.12", title="An alarm that goes off", points=7, syllabus=("54.5",), answers=("alarm_name",), docs=ALARMS)
def check_alarm(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The alarm watches throttles of the function, was silent in the calm, and went off with the traffic."""
    name = answers["alarm_name"]

    def wrong(misconception: str, message: str, found: object, step: str, credit: float = 0.0) -> Verdict:
        return refused(
            misconception, message, expected="an alarm that is OK while traffic is steady, and goes off when it triples",
            found=shown(found), next_step=step, credit=credit,
        )  # fmt: skip

    if is_response(name) or type(name) is not str:
        return wrong("alarm-name-form", "The name of the alarm is wanted.", name, f'alarm_name = "{_ALARM}"')
    if name != _ALARM:
        return wrong("alarm-other-name", "The alarm is to have the name of the task.", name, f"AlarmName={_ALARM!r}")
    answer = asked(account.client("cloudwatch").describe_alarms, AlarmNames=[name])[0]
    alarms = answer.get("MetricAlarms", [])
    if not alarms:
        return wrong(
            "alarm-missing", "CloudWatch has no metric alarm of this name.", "nothing", "put_metric_alarm(AlarmName=…)"
        )
    problem = _judge_metrics(alarms[0], wrong)
    if problem is not None or account.world == "aws":  # there is no traffic to inject in a real account
        return problem or passed("The alarm watches the right thing. In the emulator you can also see it go off.")
    return _judge_history(account, alarms[0], wrong) or passed(
        "Steady traffic refuses a handful of requests at times, and the alarm let you sleep. When traffic tripled, it did not."
    )


def _metrics(alarm: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """Namespace, name, dimensions and statistic of each metric of the alarm."""
    if alarm.get("MetricName"):
        named = {item["Name"]: item["Value"] for item in alarm.get("Dimensions", ())}
        yield (
            alarm.get("Namespace", ""),
            alarm["MetricName"],
            named,
            alarm.get("Statistic") or alarm.get("ExtendedStatistic", ""),
        )
    for query in alarm.get("Metrics", ()):
        stat = query.get("MetricStat")
        if stat:
            metric = stat["Metric"]
            named = {item["Name"]: item["Value"] for item in metric.get("Dimensions", ())}
            yield metric.get("Namespace", ""), metric["MetricName"], named, stat["Stat"]


def _judge_metrics(alarm: Mapping[str, Any], wrong: Callable[..., Verdict]) -> Verdict | None:
    metrics = list(_metrics(alarm))
    about = [f"{namespace} {metric} {dimensions}" for namespace, metric, dimensions, _ in metrics]
    if any(namespace != LAMBDA for namespace, *_ in metrics):
        return wrong(
            "alarm-namespace", "No metric of your function is in this namespace.", about, f"Namespace={LAMBDA!r}"
        )
    watched = [item for item in metrics if item[1] in _THROTTLES]
    if not watched:
        if any(metric == "Errors" for _, metric, *_ in metrics):
            return wrong(
                "alarm-errors",
                "A refused request is no error of the function: it never ran.",
                about,
                "Watch Throttles, or ConcurrencyThrottles.",
            )
        return wrong(
            "alarm-other-metric",
            "The alarm watches something else than refused requests.",
            about,
            "Watch Throttles, or ConcurrencyThrottles.",
        )
    for _, metric, dimensions, stat in watched:
        if "CapacityProviderName" in dimensions:
            return wrong(
                "alarm-dimensions",
                "Throttles are a function's metric. With the provider among the dimensions there is no such metric.",
                about,
                "Dimensions: FunctionName, and Resource if you like.",
                0.2,
            )
        if dimensions.get("FunctionName") != FUNCTION:
            return wrong(
                "alarm-function", "The alarm watches no function of this lab.", about, f"FunctionName={FUNCTION!r}", 0.2
            )
        if stat != "Sum":
            return wrong(
                "alarm-stat",
                f"{stat} of {metric}: each refused request is a 1, so what counts is their sum.",
                about,
                'Statistic="Sum"',
                0.4,
            )
    return None


def _judge_history(account: Account, alarm: Mapping[str, Any], wrong: Callable[..., Verdict]) -> Verdict | None:
    client = account.client("cloudwatch")
    changes: list[tuple[datetime, str, bool]] = []
    began: datetime | None = None
    for item in asked(client.describe_alarm_history, AlarmName=alarm["AlarmName"])[0].get("AlarmHistoryItems", []):
        if item["HistoryItemType"] == "StateUpdate":
            changes.append((item["Timestamp"], *_states(item)))
        elif item["HistoryItemType"] == "ConfigurationUpdate":
            began = min(began or item["Timestamp"], item["Timestamp"])
    went_off = sorted(at for at, new, by_hand in changes if new == "ALARM" and not by_hand)
    if not went_off:
        return _never(alarm, changes, wrong)
    first: datetime = went_off[0]
    if began is not None and (first - began).total_seconds() < CALM_S:
        if alarm["ComparisonOperator"] in _LOWER:
            return wrong(
                "alarm-turned-round",
                "It goes off when there are few refusals.",
                alarm["ComparisonOperator"],
                'ComparisonOperator="GreaterThanThreshold"',
                0.4,
            )
        if alarm.get("TreatMissingData") == "breaching":
            return wrong(
                "alarm-missing-breaches",
                "Where there is no traffic there is no point, and that is not a failure.",
                "TreatMissingData breaching",
                'TreatMissingData="notBreaching"',
                0.5,
            )
        return wrong(
            "alarm-cries-wolf",
            "It went off while traffic was steady: a handful of requests meets three busy environments at times. Whoever is woken for that turns it off.",
            f"threshold {alarm.get('Threshold')}",
            "Watch the share of refused requests, or set the threshold above a handful in five minutes.",
            0.5,
        )
    return None


def _never(
    alarm: Mapping[str, Any], changes: list[tuple[datetime, str, bool]], wrong: Callable[..., Verdict]
) -> Verdict:
    if any(by_hand for _, _, by_hand in changes):
        return wrong(
            "alarm-by-hand",
            "Somebody set the state by hand. That shows that it has a bell, not that it hears anything.",
            "set_alarm_state",
            "Let the traffic triple.",
            0.3,
        )
    if not changes:
        return wrong(
            "alarm-untested",
            "The alarm is there, and nothing has happened since.",
            "no change of state",
            "Create the alarm first, then call triple_the_traffic().",
            0.5,
        )
    if alarm.get("EvaluationPeriods", 1) > 3:
        return wrong(
            "alarm-patient",
            "It waits so long that the trouble is over first.",
            f"{alarm['EvaluationPeriods']} periods",
            "EvaluationPeriods=1",
            0.5,
        )
    return wrong(
        "alarm-deaf",
        "Requests were refused, more than a thousand in five minutes, and it did not go off.",
        f"threshold {alarm.get('Threshold')}",
        "Lower the threshold.",
        0.5,
    )


def _states(item: Mapping[str, Any]) -> tuple[str, bool]:
    """The state after a change, and whether somebody set it by hand: an evaluation says what it saw."""
    try:
        new = json.loads(item.get("HistoryData") or "{}")["newState"]
        return str(new["stateValue"]), not new.get("stateReasonData")
    except (ValueError, KeyError, TypeError):
        return str(item.get("HistorySummary", "")).rsplit(" ", 1)[-1], False
