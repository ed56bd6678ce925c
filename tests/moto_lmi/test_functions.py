"""Functions on capacity providers: creation, changes, publishing, scaling config, deletion."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError
from moto import mock_aws
from moto.core.utils import get_service_model

import moto_lmi
from moto_lmi.clock import reset_clocks

from .test_capacity_providers import refusal
from .world import World, is_ours, managed, package


def test_latest_is_never_active(world: World) -> None:
    """`$LATEST` settles in ActiveNonInvocable, on which the waiter gives up."""
    arn = world.provider()
    created = world.lambda_.create_function(**world.function_request(provider=arn))
    assert (created["State"], created["StateReasonCode"], created["MemorySize"]) == ("Pending", "Creating", 2048)
    assert "SnapStart" not in created
    assert "LastUpdateStatus" not in created
    world.pass_time(3)
    configuration = world.lambda_.get_function_configuration(FunctionName="fn")
    assert (configuration["State"], configuration["LastUpdateStatus"]) == ("ActiveNonInvocable", "Successful")
    waiter = world.lambda_.get_waiter("function_active_v2")
    with pytest.raises(WaiterError):
        waiter.wait(FunctionName="fn", WaiterConfig={"Delay": 0, "MaxAttempts": 2})


@pytest.mark.parametrize(
    ("runtime", "memory", "concurrency"),
    [
        ("python3.14", 4096, 32),
        ("nodejs24.x", 2048, 64),
        ("java25", 2048, 32),
        ("dotnet10", 2048, 32),
        ("provided.al2023", 4096, 16),
    ],
)
def test_default_concurrency_follows_the_language(world: World, runtime: str, memory: int, concurrency: int) -> None:
    """The default is the language's number times the environment's vCPUs."""
    configuration = world.function(provider=world.provider(), Runtime=runtime, MemorySize=memory)
    config = configuration["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    assert config["PerExecutionEnvironmentMaxConcurrency"] == concurrency
    assert config["ExecutionEnvironmentMemoryGiBPerVCpu"] == 2.0


def test_members_are_kept_through_updates(world: World) -> None:
    """What moto itself drops is stored, given back by every read, and changed by an update."""
    members: dict[str, Any] = {
        "Timeout": 5400,
        "MemorySize": 8192,
        "DurableConfig": {"RetentionPeriodInDays": 7, "ExecutionTimeout": 3600},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        "EphemeralStorage": {"Size": 1024},
        "TracingConfig": {"Mode": "Active"},
        "Environment": {"Variables": {"STAGE": "b"}},
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "WARN",
            "SystemLogLevel": "DEBUG",
            "LogGroup": "/g",
        },
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/x",
    }
    arn = world.provider()
    configuration = world.function(provider=arn, **members)
    assert {name: configuration[name] for name in members} == members
    changes = {"MemorySize": 16384, "DurableConfig": {"ExecutionTimeout": 60}, "LoggingConfig": {"LogGroup": "/h"}}
    answer = world.lambda_.update_function_configuration(FunctionName="fn", **changes)
    assert answer["LastUpdateStatus"] == "InProgress"
    assert answer["RevisionId"] != configuration["RevisionId"]
    assert answer["LoggingConfig"] == {**members["LoggingConfig"], "LogGroup": "/h"}
    code, message = refusal(world.lambda_.update_function_configuration, FunctionName="fn", Timeout=5)
    assert (code, message) == (
        "ResourceConflictException",
        "The operation cannot be performed at this time. "
        f"An update is in progress for resource: {configuration['FunctionArn']}",
    )
    world.pass_time(3)
    listed = world.lambda_.list_functions()["Functions"][0]
    got = world.lambda_.get_function(FunctionName="fn")["Configuration"]
    assert listed == got
    assert (got["MemorySize"], got["DurableConfig"]) == (16384, {"RetentionPeriodInDays": 7, "ExecutionTimeout": 60})


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"MemorySize": 1024}, "memory_too_small"),
        ({"MemorySize": 3072}, "memory_not_multiple"),
        ({"Architectures": ["arm64"]}, "architecture_mismatch"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}}, "vpc_config_with_provider"),
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "snap_start_with_provider"),
        ({"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}}, "tenancy_with_provider"),
        ({"AcceleratorConfig": {"AcceleratorMemorySize": 3}}, "accelerator_needs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_function_on_a_provider_cannot_be(world: World, members: dict[str, Any], key: str) -> None:
    """Each rule is refused with its registered sentence, and nothing is created."""
    request = world.function_request(provider=world.provider(), **members)
    assert is_ours(refusal(world.lambda_.create_function, **request), key)
    assert world.lambda_.list_functions()["Functions"] == []


def test_an_ordinary_function_is_as_before(world: World) -> None:
    """Without a provider nothing changes: Active at once, old defaults, numbers, 204 on deletion."""
    configuration = world.function()
    assert (configuration["State"], configuration["MemorySize"], configuration["Timeout"]) == ("Active", 128, 3)
    assert "CapacityProviderConfig" not in configuration
    assert world.lambda_.publish_version(FunctionName="fn")["Version"] == "1"
    world.lambda_.update_function_code(FunctionName="fn", ZipFile=package("two"))
    assert world.lambda_.publish_version(FunctionName="fn")["Version"] == "2"
    _, message = refusal(
        world.lambda_.update_function_configuration,
        FunctionName="fn",
        CapacityProviderConfig=managed(world.provider()),
    )
    assert message == "CapacityProviderConfig isn't supported for Lambda Default functions."
    assert refusal(
        world.lambda_.put_function_scaling_config,
        FunctionName="fn",
        Qualifier="1",
        FunctionScalingConfig={"MinExecutionEnvironments": 1},
    ) == (
        "AccessDeniedException",
        "The function provided by the arn does not contain a capacity provider configuration",
    )
    assert world.lambda_.delete_function(FunctionName="fn")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_numbered_versions(world: World) -> None:
    """A number is used once: the same again if nothing changed, never again after its deletion."""
    world.function(provider=world.provider())
    answer = world.lambda_.publish_version(FunctionName="fn", Description="first")
    assert (answer["Version"], answer["State"], answer["Description"]) == ("1", "Pending", "first")
    world.pass_time(90)
    assert world.state(qualifier="1") == "Active"
    assert world.lambda_.publish_version(FunctionName="fn")["Version"] == "1"
    world.lambda_.delete_function(FunctionName="fn", Qualifier="1")
    assert world.state(qualifier="1") == "Deleting"
    world.pass_time(60)
    assert world.lambda_.publish_version(FunctionName="fn")["Version"] == "2"


def test_versions_do_not_follow_latest(world: World) -> None:
    """A published version stays as it was when `$LATEST` changes, until it is published again."""
    world.function(provider=world.provider())
    world.publish()
    world.lambda_.update_function_configuration(FunctionName="fn", MemorySize=8192)
    world.pass_time(3)
    read = world.lambda_.get_function_configuration
    assert read(FunctionName="fn:$LATEST.PUBLISHED")["MemorySize"] == 2048
    answer = world.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    assert (answer["State"], answer["LastUpdateStatus"], answer["MemorySize"]) == ("Active", "InProgress", 8192)
    world.pass_time(90)
    assert read(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")["LastUpdateStatus"] == "Successful"


def test_publishing_waits_for_latest(world: World) -> None:
    """`$LATEST` can't be published while it is Pending or being updated."""
    arn = world.provider()
    world.lambda_.create_function(**world.function_request(provider=arn))
    code, message = refusal(world.lambda_.publish_version, FunctionName="fn")
    assert (code, message.endswith("state: Pending")) == ("ResourceConflictException", True)


def test_create_with_publish_answers_the_version(world: World) -> None:
    """Publish and PublishTo start the publication with the creation."""
    arn = world.provider()
    answer = world.lambda_.create_function(**world.function_request(provider=arn, PublishTo="LATEST_PUBLISHED"))
    assert answer["Version"] == "$LATEST.PUBLISHED"
    world.pass_time(90)
    assert world.state() == "Active"


def test_scaling_config(world: World) -> None:
    """New values stand under Requested until they are in effect; leaving the config out resets it."""
    world.function(provider=world.provider())
    world.publish()
    put, get = world.lambda_.put_function_scaling_config, world.lambda_.get_function_scaling_config
    target = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}
    wanted = {"MinExecutionEnvironments": 5, "MaxExecutionEnvironments": 9}
    assert put(**target, FunctionScalingConfig=wanted)["FunctionState"] == "Active"
    assert get(**target)["RequestedFunctionScalingConfig"] == wanted
    assert refusal(put, **target, FunctionScalingConfig=wanted)[0] == "ResourceConflictException"
    world.pass_time(40)
    settled = get(**target)
    assert settled["AppliedFunctionScalingConfig"] == wanted
    assert "RequestedFunctionScalingConfig" not in settled
    put(**target)
    world.pass_time(40)
    assert get(**target)["AppliedFunctionScalingConfig"] == {}


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 5}, "min_zero"),
        ({"MinExecutionEnvironments": 0}, "min_zero"),
        ({"MinExecutionEnvironments": 6, "MaxExecutionEnvironments": 5}, "min_above_max"),
        ({"MaxExecutionEnvironments": 2}, "min_above_max"),
    ],
)
def test_scaling_configs_that_make_no_sense(world: World, config: dict[str, int], key: str) -> None:
    """A value left out counts as its default, so a maximum below three needs a minimum beside it."""
    world.function(provider=world.provider())
    world.publish()
    target = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}
    assert is_ours(refusal(world.lambda_.put_function_scaling_config, **target, FunctionScalingConfig=config), key)


def test_out_of_service_and_back(world: World) -> None:
    """0 and 0 deactivate a version and let its instances go; another config wakes it."""
    world.function(provider=world.provider())
    world.publish()
    put = world.lambda_.put_function_scaling_config
    target = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}
    zero = {"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0}
    assert put(**target, FunctionScalingConfig=zero)["FunctionState"] == "Deactivating"
    world.pass_time(40)
    assert world.state() == "Deactivated"
    world.pass_time(300)
    assert world.hosts() == []
    put(**target, FunctionScalingConfig={"MinExecutionEnvironments": 3})
    world.pass_time(60)
    assert world.state() == "Active"
    assert len(world.hosts()) == 3


def test_who_may_be_invoked(world: World) -> None:
    """Refusals in the order in which a learner meets them, then a dry run that passes."""
    world.function(provider=world.provider())
    invoke = world.lambda_.invoke
    assert refusal(invoke, FunctionName="fn")[0] == "NoPublishedVersionException"
    assert "can't be invoked with $LATEST qualifier" in refusal(invoke, FunctionName="fn", Qualifier="$LATEST")[1]
    world.publish(wait=10)
    assert refusal(invoke, FunctionName="fn")[1].endswith("state: Pending")
    world.pass_time(90)
    tail = refusal(invoke, FunctionName="fn", LogType="Tail")
    assert tail[1] == "Tail logs are not supported for functions configured with capacity provider"
    assert invoke(FunctionName="fn", InvocationType="DryRun")["StatusCode"] == 204


def test_every_member_of_the_model_comes_back(world: World) -> None:
    """Each member that CreateFunction and FunctionConfiguration share is answered as it was given, by name of the model."""
    model = get_service_model("lambda")
    shared = set(model.shape_for("CreateFunctionRequest").members) & set(
        model.shape_for("FunctionConfiguration").members
    )
    refused_with_a_provider = {"VpcConfig", "SnapStart", "TenancyConfig", "AcceleratorConfig"}
    elsewhere = {"Layers"}  # the answer has more of a layer than its ARN
    key = "arn:aws:kms:us-east-1:123456789012:key/x"
    values: dict[str, Any] = {
        "FunctionName": "fn",
        "Runtime": "python3.14",
        "Role": world.execution_role_arn,
        "Handler": "app.handler",
        "Description": "words",
        "Timeout": 901,
        "MemorySize": 4096,
        "PackageType": "Zip",
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        "Environment": {"Variables": {"STAGE": "x"}},
        "KMSKeyArn": key,
        "TracingConfig": {"Mode": "Active"},
        "FileSystemConfigs": [
            {
                "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
                "LocalMountPath": "/mnt/data",
            }
        ],
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 2048},
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "ERROR",
            "SystemLogLevel": "WARN",
            "LogGroup": "/g",
        },
        "CapacityProviderConfig": managed(
            world.provider(), PerExecutionEnvironmentMaxConcurrency=7, ExecutionEnvironmentMemoryGiBPerVCpu=4.0
        ),
        "DurableConfig": {"KMSKeyArn": key, "RetentionPeriodInDays": 3, "ExecutionTimeout": 60},
        "RuntimeConfig": {
            "RuntimeArn": f"arn:aws:lambda:us-east-1:123456789012:runtime/{'a' * 20}",
            "RuntimeAlias": "stable",
        },
    }
    assert set(values) == shared - refused_with_a_provider - elsewhere
    code = {"ZipFile": package(), "SourceKMSKeyArn": key}
    created = world.lambda_.create_function(**values, Code=code)
    assert {name: created[name] for name in values} == values
    world.pass_time(3)
    read = world.lambda_.get_function(FunctionName="fn")
    assert {name: read["Configuration"][name] for name in values} == values
    assert read["Code"]["SourceKMSKeyArn"] == key


def test_the_simple_backend_answers_invocations(monkeypatch: pytest.MonkeyPatch) -> None:
    """With moto's `use_docker: False` an invocation of a published version gives what moto's simple backend gives."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws(config={"lambda": {"use_docker": False}}):
        world = World()
        world.function(provider=world.provider())
        world.publish()
        answer = world.lambda_.invoke(FunctionName="fn", Payload=b'{"a": 1}')
        assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST.PUBLISHED")
        assert answer["Payload"].read() == b'{"a": 1}'
        with pytest.raises(world.lambda_.exceptions.InvalidRequestContentException):
            world.lambda_.invoke(FunctionName="fn", Payload=b"{")


def test_deletion_is_asynchronous(world: World) -> None:
    """202, then Deleting for everybody who looks, then gone; an alias keeps its version."""
    world.function(provider=world.provider())
    version = world.publish(latest=False)
    world.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion=version)
    code, message = refusal(world.lambda_.delete_function, FunctionName="fn", Qualifier=version)
    assert (code, "[live]" in message) == ("ResourceConflictException", True)
    assert refusal(world.lambda_.delete_function, FunctionName="fn", Qualifier="$LATEST")[1] == (
        "$LATEST version cannot be deleted without deleting the function."
    )
    revision = world.lambda_.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert world.lambda_.delete_function(FunctionName="fn")["ResponseMetadata"]["HTTPStatusCode"] == 202
    deleting = world.lambda_.get_function_configuration(FunctionName="fn")
    assert (deleting["State"], deleting["LastUpdateStatus"], deleting["RevisionId"]) == (
        "Deleting",
        "InProgress",
        revision,
    )
    world.pass_time(60)
    with pytest.raises(ClientError, match="Function not found"):
        world.lambda_.get_function(FunctionName="fn")


def test_versions_of_a_provider(world: World) -> None:
    """The listing agrees with GetFunctionConfiguration and pages."""
    arn = world.provider()
    for name in ("one", "two", "three"):
        world.function(name, arn)
        world.publish(name)
    pages = world.lambda_.get_paginator("list_function_versions_by_capacity_provider").paginate(
        CapacityProviderName="cp", PaginationConfig={"PageSize": 2}
    )
    listed = {item["FunctionArn"]: item["State"] for page in pages for item in page["FunctionVersions"]}
    assert len(listed) == 3
    for function_arn, state in listed.items():
        assert world.lambda_.get_function_configuration(FunctionName=function_arn)["State"] == state == "Active"


def test_aliases(world: World) -> None:
    """An alias may point to `$LATEST.PUBLISHED`, weights are kept, statuses are AWS's."""
    world.function(provider=world.provider())
    world.publish()
    number = world.publish(latest=False)
    created = world.lambda_.create_alias(
        FunctionName="fn",
        Name="live",
        FunctionVersion="$LATEST.PUBLISHED",
        RoutingConfig={"AdditionalVersionWeights": {number: 0.1}},
    )
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    updated = world.lambda_.update_alias(FunctionName="fn", Name="live", Description="the live one")
    assert updated["RoutingConfig"] == created["RoutingConfig"]
    assert updated["RevisionId"] != created["RevisionId"]
    assert world.lambda_.get_function_configuration(FunctionName="fn:live")["Version"] == "$LATEST.PUBLISHED"
    names = [alias["Name"] for alias in world.lambda_.list_aliases(FunctionName="fn", FunctionVersion="1")["Aliases"]]
    assert names == []
    assert world.lambda_.delete_alias(FunctionName="fn", Name="live")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_stale_revisions_are_refused(world: World) -> None:
    """A RevisionId or CodeSha256 that is not the current one stops a publication."""
    world.function(provider=world.provider())
    publish = world.lambda_.publish_version
    assert refusal(publish, FunctionName="fn", RevisionId="old")[0] == "PreconditionFailedException"
    assert "is different from current CodeSHA256" in refusal(publish, FunctionName="fn", CodeSha256="x")[1]
