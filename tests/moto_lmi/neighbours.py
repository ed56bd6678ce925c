"""Random calls of the services around Lambda: EC2, IAM, CloudWatch and its Logs, between the Lambda calls."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from moto.core.utils import get_service_model

from .requests import RequestMaker
from .world import OPERATOR_POLICY, REGION, World, trust

NEIGHBOURS: dict[str, dict[str, float]] = {
    "ec2": {"DescribeInstances": 2, "TerminateInstances": 2, "CreateSubnet": 1, "DeleteSubnet": 0.3, "CreateTags": 1},
    "iam": {"AttachRolePolicy": 4, "DetachRolePolicy": 0.2, "GetRole": 1, "CreateRole": 2, "DeleteRole": 0.2},
    "cloudwatch": {
        "PutMetricData": 4,
        "GetMetricData": 5,
        "GetMetricStatistics": 3,
        "ListMetrics": 2,
        "PutMetricAlarm": 4,
        "PutCompositeAlarm": 1,
        "DescribeAlarms": 1,
        "DescribeAlarmHistory": 1,
        "SetAlarmState": 1,
        "DeleteAlarms": 1,
    },
    "logs": {
        "CreateLogGroup": 1,
        "CreateLogStream": 2,
        "PutLogEvents": 4,
        "FilterLogEvents": 3,
        "PutMetricFilter": 2,
        "StartQuery": 3,
        "DeleteLogGroup": 0.3,
    },
}

_config = Config(retries={"total_max_attempts": 1})
_clients = {name: boto3.Session("testing", "testing", region_name=REGION).client(name, config=_config) for name in NEIGHBOURS}  # fmt: skip
_methods = {
    name: {operation: method for method, operation in item.meta.method_to_api_mapping.items()}
    for name, item in _clients.items()
}
# moto's own EC2 and IAM fail on some nonsense; what matters here is what they do to the fleet.
_SOUND = {
    "DescribeInstances": ("IncludeManagedResources",),
    "TerminateInstances": ("InstanceIds",),
    "CreateSubnet": ("VpcId", "CidrBlock"),
    "DeleteSubnet": ("SubnetId",),
    "CreateTags": ("Resources", "Tags"),
    "AttachRolePolicy": ("RoleName", "PolicyArn"),
    "DetachRolePolicy": ("RoleName", "PolicyArn"),
    "GetRole": ("RoleName",),
    "CreateRole": ("RoleName", "AssumeRolePolicyDocument"),
    "DeleteRole": ("RoleName",),
    "PutMetricAlarm": (
        *("AlarmName", "Namespace", "MetricName", "Statistic", "Period"),
        *("EvaluationPeriods", "Threshold", "ComparisonOperator"),
    ),
    "PutCompositeAlarm": ("AlarmName", "AlarmRule"),
    "SetAlarmState": ("AlarmName", "StateValue", "StateReason"),
}
_EXPRESSIONS = ["m1 * 2", "SUM(METRICS())", "FILL(m1, 0)", "SEARCH('{AWS/Lambda,FunctionName} Invocations', 'Sum')", "m1 +", "e9", "1"]  # fmt: skip


def pools(world: World, chance: random.Random) -> dict[str, list[Any]]:
    """Values that exist, or nearly, at the world's present time."""
    now = world.clock.now()
    moments = [now - timedelta(minutes=minutes) for minutes in (0, 5, 60, 600)]
    hosts = [host["InstanceId"] for host in world.hosts()] or ["i-0123456789abcdef0"]
    metric = {"Namespace": "AWS/Lambda", "MetricName": "CPUUtilization"}
    stats = ["Average", "p90", "TM(10%:90%)", "Sum", "p101", "nonsense"]
    stat = {"Metric": metric, "Period": chance.choice([60, 300, 7]), "Stat": chance.choice(stats)}
    first = {"Id": "m1", "MetricStat": stat}
    return {
        "InstanceIds": [[chance.choice(hosts)]],
        "IncludeManagedResources": [True, False],
        "VpcId": [world.vpc_id],
        "CidrBlock": [f"10.0.{chance.randint(50, 250)}.0/24", "10.0.0.0/24"],
        "SubnetId": [*world.subnet_ids, "subnet-0"],
        "Tags": [[{"Key": "team", "Value": "shop"}]],
        "Resources": [[chance.choice(hosts)], ["subnet-0"]],
        "RoleName": ["operator", "execution", "passing"],
        "PolicyArn": [OPERATOR_POLICY],
        "AssumeRolePolicyDocument": [trust()],
        "DryRun": [False],
        "Namespace": ["Shop", "AWS/Lambda"],
        "MetricName": ["orders", "CPUUtilization"],
        "Dimensions": [[], [{"Name": "CapacityProviderName", "Value": "one"}]],
        "StartTime": moments,
        "EndTime": moments[:2],
        "Timestamp": moments,
        "Period": [60, 300, 10, 7],
        "MetricDataQueries": [[first], [first, {"Id": "e1", "Expression": chance.choice(_EXPRESSIONS)}]],
        "Metrics": [[]],
        "Statistics": [["Average"], ["Sum", "Maximum"]],
        "Statistic": ["Average", "Sum"],
        "AlarmName": ["busy", "calm"],
        "AlarmNames": [["busy"], ["busy", "gone"]],
        "AlarmRule": ["ALARM(busy)", "ALARM(", "NOT OK(calm)"],
        "EvaluationPeriods": [1, 3, 0],
        "Threshold": [1.0],
        "ComparisonOperator": ["GreaterThanThreshold"],
        "StateValue": ["OK", "ALARM"],
        "StateReason": ["drill"],
        "AlarmActions": [[], ["arn:aws:sns:us-east-1:123456789012:none"]],
        "logGroupName": ["/shop", "/shop", "/gone"],
        "logStreamName": ["s", "t"],
        "logEvents": [[{"timestamp": int(_millis(now)), "message": '{"level": "ERROR", "ms": 3}'}]],
        "filterPattern": ["ERROR", "{ $.ms > 2 }", "?a -b", "{ $.ms", "[a, ...]"],
        "filterName": ["f"],
        "metricTransformations": [[{"metricName": "orders", "metricNamespace": "Shop", "metricValue": "$.ms"}]],
        "startTime": [int(_millis(now)) - 3_600_000, 0],
        "endTime": [int(_millis(now)), int(_millis(now)) // 1000],
        "queryString": ["stats count(*) by bin(5m)", "filter ms > 2 | stats avg(ms) by level", "filter (", "fields @message"],
        "nextToken": [],
        "NextToken": [],
    }  # fmt: skip


def neighbour_call(world: World, chance: random.Random) -> str:
    """Make one call to one of the services. Returns how it went; any failure but a refusal of the service is raised."""
    service = chance.choice(list(NEIGHBOURS))
    known = pools(world, chance)
    maker = RequestMaker(chance, known, get_service_model(service), NEIGHBOURS[service])
    operation = maker.operation()
    if operation in _SOUND and (service != "cloudwatch" or chance.random() < 0.5):
        members = {name: chance.choice(known[name]) for name in _SOUND[operation]}
    else:
        members = maker.request(operation)
    refused: Any = None
    try:
        getattr(_clients[service], _methods[service][operation])(**members)
    except ParamValidationError:
        return "not sent"
    except ClientError as error:
        refused = error.response
    if refused is None:
        return f"{service} {operation} accepted"
    assert refused["ResponseMetadata"]["HTTPStatusCode"] < 500, f"{service} {operation} {members}: {refused}"
    assert refused["Error"].get("Message"), f"{service} {operation} {members}: no message"
    return f"{service} {operation} refused"


def _millis(moment: datetime) -> float:
    return moment.timestamp() * 1000
