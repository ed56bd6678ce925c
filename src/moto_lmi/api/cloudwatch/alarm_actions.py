"""What an alarm does when its state changes: it publishes to an SNS topic. Other actions are noted, not performed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Alarm


def perform(action: str, alarm: Alarm, before: str, account_id: str, region: str, now: datetime) -> str:
    """Perform the action with the ARN. Returns the sentence for the alarm's history."""
    if action.split(":")[2:3] != ["sns"]:
        return f"The action {action} is not emulated; only SNS topics are notified"
    from moto.core.exceptions import JsonRESTError, ServiceException
    from moto.sns.exceptions import SNSException
    from moto.sns.models import sns_backends

    topic_region, topic_account = action.split(":")[3:5]
    try:
        sns_backends[topic_account][topic_region].publish(
            message=json.dumps(notification(alarm, before, account_id, region, now)),
            subject=f'{alarm.state_value}: "{alarm.name}" in {region}'[:100],
            arn=action,
        )
    except (SNSException, ServiceException, JsonRESTError) as exc:
        return f"Failed to execute action {action}. Received error: {exc}"
    return f"Successfully executed action {action}"


def notification(alarm: Alarm, before: str, account_id: str, region: str, now: datetime) -> dict[str, Any]:
    """The document that subscribers of the topic get, with AWS's members."""
    document: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account_id,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        "Region": region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    }
    if alarm.rule is not None:
        return {**document, "AlarmRule": alarm.rule}
    document["Trigger"] = {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "Statistic": alarm.extended_statistic or alarm.statistic,
        "Dimensions": [{"name": item.name, "value": item.value} for item in alarm.dimensions],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm or alarm.evaluation_periods,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
    }
    return document
