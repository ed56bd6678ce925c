"""Managed resources in EC2: hidden unless asked for, shown with their operator, changed by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .test_capacity_providers import refusal
from .world import World, is_ours

OPERATOR = {"Managed": True, "Principal": "scaler.lambda.amazonaws.com", "HiddenByDefault": True}
KINDS = [
    ("describe_instances", "Reservations"),
    ("describe_instance_status", "InstanceStatuses"),
    ("describe_volumes", "Volumes"),
    ("describe_network_interfaces", "NetworkInterfaces"),
]


@pytest.fixture
def running(world: World) -> World:
    """A world with three managed instances and one of the account's own."""
    world.function(provider=world.provider())
    world.publish()
    image = world.ec2.describe_images()["Images"][0]["ImageId"]
    world.ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=world.subnet_ids[0], InstanceType="m8g.large"
    )
    return world


def count(world: World, operation: str, member: str, **members: Any) -> int:
    """How many things a describe call shows."""
    return len(getattr(world.ec2, operation)(**members)[member])


@pytest.mark.parametrize(("operation", "member"), KINDS)
def test_hidden_unless_asked_for(running: World, operation: str, member: str) -> None:
    """A plain call shows the account's own; IncludeManagedResources shows the rest too."""
    own = count(running, operation, member)
    everything = count(running, operation, member, IncludeManagedResources=True)
    assert own == 1
    assert everything - own == (6 if member == "Volumes" else 3)


@pytest.mark.parametrize(("operation", "member"), KINDS)
def test_the_account_can_make_them_visible(running: World, operation: str, member: str) -> None:
    """The account's visibility setting takes the place of the flag."""
    assert running.ec2.get_managed_resource_visibility()["Visibility"] == {"DefaultVisibility": "hidden"}
    running.ec2.modify_managed_resource_visibility(DefaultVisibility="visible")
    shown = count(running, operation, member)
    assert shown == count(running, operation, member, IncludeManagedResources=True) > 1


def test_asked_for_by_id_they_show(running: World) -> None:
    """Whoever knows the id sees the instance, its operator included."""
    instance_id = running.hosts()[0]["InstanceId"]
    answer = running.ec2.describe_instances(InstanceIds=[instance_id])
    assert answer["Reservations"][0]["Instances"][0]["Operator"] == OPERATOR


@pytest.mark.parametrize(("operation", "member"), [KINDS[0], KINDS[2], KINDS[3]])
@pytest.mark.parametrize(
    ("name", "value", "managed"),
    [
        ("operator.managed", "true", True),
        ("operator.managed", "false", False),
        ("operator.principal", "scaler.lambda.amazonaws.com", True),
        ("operator.principal", "somebody.else", None),
    ],
)
def test_filters_on_the_operator(
    running: World, operation: str, member: str, name: str, value: str, managed: bool | None
) -> None:
    """The operator filters select managed resources, the others, or none."""
    expected = {True: 6 if member == "Volumes" else 3, False: 1, None: 0}[managed]
    filters = [{"Name": name, "Values": [value]}]
    assert count(running, operation, member, Filters=filters, IncludeManagedResources=True) == expected


def test_what_comes_with_an_instance_has_its_launch_time(running: World) -> None:
    """Volumes and interfaces are made and attached in virtual time, when the instance is launched."""
    running.pass_time(100_000)
    running.publish()
    new = running.hosts()[-1]
    times = {device["Ebs"]["AttachTime"] for device in new["BlockDeviceMappings"]}
    times |= {interface["Attachment"]["AttachTime"] for interface in new["NetworkInterfaces"]}
    ids = [device["Ebs"]["VolumeId"] for device in new["BlockDeviceMappings"]]
    for volume in running.ec2.describe_volumes(VolumeIds=ids)["Volumes"]:
        times |= {volume["CreateTime"], volume["Attachments"][0]["AttachTime"]}
    assert times == {new["LaunchTime"]}


def test_tag_filters_find_the_instances_of_a_provider(running: World) -> None:
    """The tag that Lambda sets carries the provider's ARN."""
    filters = [{"Name": "tag:aws:lambda:capacity-provider", "Values": ["*:capacity-provider:cp"]}]
    assert count(running, "describe_instances", "Reservations", Filters=filters, IncludeManagedResources=True) == 3


CHANGES = [
    ("terminate_instances", "InstanceIds", "instance"),
    ("stop_instances", "InstanceIds", "instance"),
    ("reboot_instances", "InstanceIds", "instance"),
    ("modify_instance_attribute", "InstanceId", "instance"),
    ("detach_volume", "VolumeId", "volume"),
    ("delete_volume", "VolumeId", "volume"),
    ("detach_network_interface", "AttachmentId", "attachment"),
    ("delete_network_interface", "NetworkInterfaceId", "interface"),
]


@pytest.mark.parametrize(("operation", "parameter", "kind"), CHANGES)
def test_nobody_else_changes_them(running: World, operation: str, parameter: str, kind: str) -> None:
    """Every change is refused with the sentence that names the operator, and nothing has changed."""
    host = running.hosts()[0]
    interface = host["NetworkInterfaces"][0]
    ids = {
        "instance": host["InstanceId"],
        "volume": host["BlockDeviceMappings"][0]["Ebs"]["VolumeId"],
        "attachment": interface["Attachment"]["AttachmentId"],
        "interface": interface["NetworkInterfaceId"],
    }
    members: dict[str, Any] = {parameter: [ids[kind]] if parameter.endswith("s") else ids[kind]}
    if operation == "modify_instance_attribute":
        members["DisableApiTermination"] = {"Value": True}
    assert is_ours(refusal(getattr(running.ec2, operation), **members), "ec2_managed_refused")
    assert [other for other in running.hosts() if other["InstanceId"] == host["InstanceId"]] == [host]


def test_a_mixed_call_changes_nothing(running: World) -> None:
    """Terminating an own instance together with a managed one leaves both running."""
    own = running.ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    with pytest.raises(ClientError):
        running.ec2.terminate_instances(InstanceIds=[own, running.hosts()[0]["InstanceId"]])
    state = running.ec2.describe_instances(InstanceIds=[own])["Reservations"][0]["Instances"][0]["State"]["Name"]
    assert state == "running"
    running.ec2.terminate_instances(InstanceIds=[own])


def test_the_network_under_them_stays(running: World) -> None:
    """A subnet or a group with a managed interface in it can't be deleted; once the instances are gone it can."""
    calls = [(running.ec2.delete_subnet, {"SubnetId": running.subnet_ids[1]})]
    calls += [(running.ec2.delete_security_group, {"GroupId": running.group_id})]
    for call, members in calls:
        assert refusal(call, **members)[0] == "DependencyViolation"
    running.lambda_.delete_function(FunctionName="fn")
    running.pass_time(400)
    for call, members in calls:
        assert call(**members)["ResponseMetadata"]["HTTPStatusCode"] == 200
