"""The system logs of capacity providers: which events, where, at which level, and when there are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moto_lmi import facts
from tests.moto_lmi.world import OPERATOR_POLICY, World, client

logs = client("logs")


def records(group: str = "/aws/lambda/capacity-provider/cp", **asked: Any) -> list[dict[str, Any]]:
    """The records of the group, none if it isn't there."""
    groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    if not groups:
        return []
    events = logs.filter_log_events(logGroupName=group, **asked)["events"]
    return [json.loads(event["message"]) for event in events]


def publish(world: World, **members: Any) -> None:
    """A provider with a published version."""
    world.function(provider=world.provider(**members))
    world.publish()


def told(found: list[dict[str, Any]]) -> list[str]:
    """The first two words of each record's message."""
    return [" ".join(record["message"].split()[:2]) for record in found]


def logging(**members: str) -> dict[str, Any]:
    """A TelemetryConfig."""
    return {"TelemetryConfig": {"LoggingConfig": members}}


def test_an_instance_from_launch_to_end(world: World) -> None:
    """Launching, launched, terminating and terminated, for each instance, with what the format says."""
    publish(world)
    hosts = {host["InstanceId"]: host for host in world.hosts()}
    world.lambda_.delete_function(FunctionName="fn")
    world.pass_time(1000)
    found = records()
    assert all(set(record) == set(facts.value("system_logs.fields")) for record in found)
    assert {record["level"] for record in found} == {"INFO"}
    for identifier, host in hosts.items():
        mine = [record for record in found if record["metadata"]["instanceId"] == identifier]
        assert [record["message"].split(f" {host['InstanceType']}")[0] for record in mine] == [
            "Launching",
            "Successfully launched",
            "Terminating",
            "Successfully terminated",
        ]
        assert set(mine[0]["metadata"]) == set(facts.value("system_logs.metadata_fields"))
        assert mine[0]["metadata"]["availabilityZones"] == [host["Placement"]["AvailabilityZone"]]
        assert mine[0]["timestamp"] < mine[1]["timestamp"] < mine[2]["timestamp"]


def test_the_stream_has_the_providers_name(world: World) -> None:
    """The group is of the provider, its stream NAME/managed-instances."""
    publish(world)
    (stream,) = logs.describe_log_streams(logGroupName="/aws/lambda/capacity-provider/cp")["logStreams"]
    assert stream["logStreamName"] == "cp/managed-instances"


def test_records_can_be_searched(world: World) -> None:
    """The guide's own filter pattern finds what went wrong."""
    group = world.ec2.create_security_group(GroupName="gone", Description="gone", VpcId=world.vpc_id)["GroupId"]
    network = {"SubnetIds": world.subnet_ids, "SecurityGroupIds": [group]}
    world.function(provider=world.provider(VpcConfig=network))
    world.ec2.delete_security_group(GroupId=group)
    world.publish()
    found = records(filterPattern='{ $.level = "WARN" || $.level = "ERROR" }')
    assert told(found) == ["Failed to"]
    assert "instanceId" not in found[0]["metadata"]


@pytest.mark.parametrize(("level", "expected"), [("WARN", 0), ("INFO", 6), ("DEBUG", 6)])
def test_levels(world: World, level: str, expected: int) -> None:
    """At WARN launches are not logged."""
    publish(world, **logging(SystemLogLevel=level))
    assert len(records()) == expected


def test_another_group(world: World) -> None:
    """The log group of TelemetryConfig is used, also after an update."""
    publish(world, **logging(LogGroup="/shop/lmi"))
    assert len(records("/shop/lmi")) == 6
    assert records() == []
    world.lambda_.update_capacity_provider(CapacityProviderName="cp", **logging(LogGroup="/shop/other"))
    world.lambda_.delete_function(FunctionName="fn")
    world.pass_time(1000)
    assert len(records("/shop/other")) == 6


def test_a_group_that_lambda_cannot_make(world: World) -> None:
    """A name that begins with aws/ leaves the provider without logs, and everything else works."""
    publish(world, **logging(LogGroup="aws/lmi"))
    assert world.state() == "Active"
    assert records("aws/lmi") == []


def test_a_role_without_permission(world: World) -> None:
    """Without permission to write logs there are none and no error, as the guide warns."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}]}
    role = world.role("silent", OPERATOR_POLICY)
    world.iam.put_role_policy(RoleName="silent", PolicyName="no-logs", PolicyDocument=json.dumps(document))
    publish(world, PermissionsConfig={"CapacityProviderOperatorRoleArn": role})
    assert world.state() == "Active"
    assert records() == []
