"""Capacity providers: what is kept, what is refused, and their states."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from moto_lmi.behaviour import set_behaviour

from .world import ACCOUNT, OPERATOR_POLICY, World, is_ours, managed


def refusal(call: Any, **members: Any) -> tuple[str, str]:
    """Code and message of the refusal of a call."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_every_member_comes_back(world: World) -> None:
    """All members of the request are answered by create, get and list alike, defaults filled in."""
    members = {
        "InstanceRequirements": {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.*", "m8g.xlarge"]},
        "CapacityProviderScalingConfig": {
            "MaxVCpuCount": 64,
            "ScalingMode": "Manual",
            "ScalingPolicies": [
                {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 55.5}
            ],
        },
        "KmsKeyArn": world.kms.create_key()["KeyMetadata"]["Arn"],
        "PropagateTags": {"Mode": "Explicit", "ExplicitTags": {"team": "blue"}},
        "TelemetryConfig": {"LoggingConfig": {"SystemLogLevel": "WARN", "LogGroup": "/mine"}},
    }
    request = world.provider_request(**members, Tags={"a": "b"})
    created = world.lambda_.create_capacity_provider(**request)["CapacityProvider"]
    assert created["State"] == "Pending"
    world.pass_time(2)
    got = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    listed = world.lambda_.list_capacity_providers()["CapacityProviders"]
    expected = {key: value for key, value in request.items() if key not in ("CapacityProviderName", "Tags")}
    assert {key: got[key] for key in expected} == expected
    assert got == {**created, "State": "Active"} == listed[0]
    assert world.lambda_.list_tags(Resource=got["CapacityProviderArn"])["Tags"] == {"a": "b"}


def test_defaults(world: World) -> None:
    """What is left out has the documented defaults, and no instance is launched for a provider alone."""
    world.provider()
    got = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    assert got["InstanceRequirements"] == {"Architectures": ["x86_64"]}
    assert got["CapacityProviderScalingConfig"] == {"MaxVCpuCount": 400, "ScalingMode": "Auto"}
    assert got["TelemetryConfig"]["LoggingConfig"]["LogGroup"] == "/aws/lambda/capacity-provider/cp"
    assert "KmsKeyArn" not in got
    assert world.hosts() == []


@pytest.mark.parametrize(
    ("members", "key"),
    [
        (
            {"InstanceRequirements": {"AllowedInstanceTypes": ["c8g.*"], "ExcludedInstanceTypes": ["m*"]}},
            "allowed_and_excluded",
        ),
        ({"InstanceRequirements": {"AllowedInstanceTypes": ["c99.large"]}}, "unknown_instance_type"),
        ({"CapacityProviderScalingConfig": {"ScalingMode": "Manual"}}, "manual_without_policy"),
        ({"PropagateTags": {"Mode": "Explicit"}}, "explicit_without_tags"),
        ({"PropagateTags": {"Mode": "None", "ExplicitTags": {"a": "b"}}}, "tags_without_explicit"),
        ({"Tags": {"aws:mine": "b"}}, "reserved_tag"),
        ({"VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": []}}, "unknown_subnet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_business_rules_that_are_ours(world: World, members: dict[str, Any], key: str) -> None:
    """A rule whose wording AWS doesn't publish is refused with the registered sentence."""
    assert is_ours(refusal(world.lambda_.create_capacity_provider, **world.provider_request(**members)), key)


def test_the_operator_role_is_looked_at(world: World) -> None:
    """A missing role, one that trusts EC2, and one without permissions are told apart as AWS does."""
    create = world.lambda_.create_capacity_provider
    ec2_role = world.role("for-ec2", OPERATOR_POLICY, service="ec2.amazonaws.com")
    for arn in (f"arn:aws:iam::{ACCOUNT}:role/none", ec2_role):
        request = world.provider_request(PermissionsConfig={"CapacityProviderOperatorRoleArn": arn})
        assert refusal(create, **request) == (
            "InvalidParameterValueException",
            "The operator role is invalid or doesn't have sufficient permissions. "
            "Verify the role and permissions and try again.",
        )
    powerless = world.role("powerless")
    request = world.provider_request(PermissionsConfig={"CapacityProviderOperatorRoleArn": powerless})
    code, message = refusal(create, **request)
    assert code == "InvalidParameterValueException"
    assert message.endswith("doesn't have permission to perform ec2:DescribeSecurityGroups")


def test_a_fresh_role_is_refused_at_first(world: World) -> None:
    """With IAM propagation on, the refusal changes its words before it clears, in 13 to 23 seconds."""
    set_behaviour(ACCOUNT, iam_propagation=True)
    role = world.role("fresh", OPERATOR_POLICY)
    request = world.provider_request(PermissionsConfig={"CapacityProviderOperatorRoleArn": role})
    messages = []
    for _ in range(30):
        try:
            world.lambda_.create_capacity_provider(**request)
            break
        except ClientError as error:
            messages.append(error.response["Error"]["Message"])
            world.pass_time(1)
    assert 13 <= len(messages) <= 23
    assert messages[0].startswith("The operator role is invalid")
    assert messages[-1].endswith("perform ec2:DescribeSecurityGroups")


def test_request_rates_when_they_are_on(world: World) -> None:
    """One write and fifteen reads a second of virtual time."""
    world.provider()
    set_behaviour(ACCOUNT, rate_limits=True)
    update = {"CapacityProviderName": "cp", "CapacityProviderScalingConfig": {"MaxVCpuCount": 40}}
    world.lambda_.update_capacity_provider(**update)
    for _ in range(15):
        world.lambda_.get_capacity_provider(CapacityProviderName="cp")
    with pytest.raises(world.lambda_.exceptions.TooManyRequestsException):
        world.lambda_.get_capacity_provider(CapacityProviderName="cp")
    world.pass_time(1)
    assert world.lambda_.update_capacity_provider(**update)


def test_update_touches_only_what_may_change(world: World) -> None:
    """The cap rises in place; going back to Auto drops the policies; other members stay."""
    world.provider(
        CapacityProviderScalingConfig={
            "ScalingMode": "Manual",
            "ScalingPolicies": [
                {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 30.0}
            ],
        }
    )
    before = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    answer = world.lambda_.update_capacity_provider(
        CapacityProviderName="cp", CapacityProviderScalingConfig={"ScalingMode": "Auto"}
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    after = answer["CapacityProvider"]
    assert after["CapacityProviderScalingConfig"] == {"MaxVCpuCount": 400, "ScalingMode": "Auto"}
    unchanged = set(before) - {"CapacityProviderScalingConfig", "LastModified"}
    assert {key: after[key] for key in unchanged} == {key: before[key] for key in unchanged}


def test_deletion(world: World) -> None:
    """A provider in use is refused with its own ARN in the sentence; once free it goes in the background."""
    arn = world.provider()
    world.function(provider=arn)
    world.publish()
    delete = world.lambda_.delete_capacity_provider
    assert refusal(delete, CapacityProviderName="cp") == (
        "ResourceConflictException",
        "The capacity provider is currently in use by 1 functions. "
        f"To delete this capacity provider, first remove its association with {arn}.",
    )
    world.lambda_.delete_function(FunctionName="fn")
    assert refusal(delete, CapacityProviderName="cp")[0] == "ResourceConflictException"
    world.pass_time(31)
    assert delete(CapacityProviderName="cp")["CapacityProvider"]["State"] == "Deleting"
    world.pass_time(60)
    assert refusal(world.lambda_.get_capacity_provider, CapacityProviderName="cp") == (
        "ResourceNotFoundException",
        f"Capacity provider not found: {arn}",
    )
    assert world.hosts() == []


def test_nothing_is_published_on_a_provider_that_is_being_deleted(world: World) -> None:
    """So the next provider of the name finds no instance of the one before it, whose subnets may be others."""
    arn = world.provider()
    world.function(provider=arn)
    world.lambda_.delete_capacity_provider(CapacityProviderName="cp")
    for members in ({}, {"PublishTo": "LATEST_PUBLISHED"}):
        refused = refusal(world.lambda_.publish_version, FunctionName="fn", **members)
        assert is_ours(refused, "provider_not_active")
    world.pass_time(60)
    elsewhere = {"SubnetIds": world.subnet_ids[1:], "SecurityGroupIds": [world.group_id]}
    assert world.provider(VpcConfig=elsewhere) == arn
    assert world.hosts() == []
    world.publish()
    assert {host["SubnetId"] for host in world.hosts()} == set(elsewhere["SubnetIds"])


def test_a_provider_is_in_use_by_what_another_is_about_to_replace(world: World) -> None:
    """A publication that moves to another provider runs on the first one until the new one is up."""
    world.function(provider=world.provider())
    world.publish()
    config = managed(world.provider("other"))
    world.lambda_.update_function_configuration(FunctionName="fn", CapacityProviderConfig=config)
    world.pass_time(3)
    world.publish(wait=10)
    code, message = refusal(world.lambda_.delete_capacity_provider, CapacityProviderName="cp")
    assert (code, "by 1 functions" in message) == ("ResourceConflictException", True)
    world.pass_time(90)
    answer = world.lambda_.delete_capacity_provider(CapacityProviderName="cp")
    assert answer["CapacityProvider"]["State"] == "Deleting"


def test_pages_and_filter(world: World) -> None:
    """The paginator sees every provider once, and State filters."""
    for number in range(5):
        world.provider(f"cp-{number}")
    world.lambda_.create_capacity_provider(**world.provider_request("pending"))
    pages = world.lambda_.get_paginator("list_capacity_providers").paginate(PaginationConfig={"PageSize": 2})
    arns = [provider["CapacityProviderArn"] for page in pages for provider in page["CapacityProviders"]]
    assert len(arns) == len(set(arns)) == 6
    active = world.lambda_.list_capacity_providers(State="Active")["CapacityProviders"]
    assert len(active) == 5


def test_tags(world: World) -> None:
    """Tags can be added and taken, and reserved ones are refused."""
    arn = world.provider(Tags={"a": "1"})
    world.lambda_.tag_resource(Resource=arn, Tags={"b": "2"})
    world.lambda_.untag_resource(Resource=arn, TagKeys=["a"])
    assert world.lambda_.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    code, _ = refusal(world.lambda_.tag_resource, Resource=arn, Tags={"aws:x": "1"})
    assert code == "InvalidParameterValueException"
