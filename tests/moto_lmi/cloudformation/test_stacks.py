"""Stacks with capacity providers and functions on them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moto_lmi import snapshot

from ..world import ACCOUNT, REGION, World, managed
from .templates import Stacks, template

LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}"
SYSTEM = "aws:cloudformation:"


@pytest.fixture
def stacks(world: World) -> Stacks:
    """CloudFormation in the world."""
    return Stacks(world)


def test_a_stack_is_made_step_by_step(world: World, stacks: Stacks) -> None:
    """The provider comes first, the function waits for it, and the stack is complete when all versions are up."""
    assert stacks.create(template(world)) == "CREATE_IN_PROGRESS"
    assert stacks.outputs() == {}
    assert world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]["State"] == "Pending"
    assert world.lambda_.list_functions()["Functions"] == []
    world.pass_time(60)
    assert stacks.status() == "CREATE_IN_PROGRESS"
    world.pass_time(600)
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.outputs() == {
        "ProviderName": "cp",
        "ProviderArn": f"{LAMBDA}:capacity-provider:cp",
        "FunctionArn": f"{LAMBDA}:function:fn",
        "VersionArn": f"{LAMBDA}:function:fn:1",
        "AliasArn": f"{LAMBDA}:function:fn:live",
    }
    assert (world.state(), world.state(qualifier="1")) == ("Active", "Active")
    events = [
        (item["LogicalResourceId"], item["ResourceStatus"])
        for item in reversed(stacks.api.describe_stack_events(StackName="st")["StackEvents"])
    ]
    assert [name for name, status in events if status == "CREATE_COMPLETE"] == [
        "Role", "Provider", "Function", "Version", "Alias", "st"
    ]  # fmt: skip


def test_a_stack_describes_as_the_same_calls_do(world: World, stacks: Stacks) -> None:
    """Provider, function and scaling configs are those that the same requests through boto3 give."""
    stacks.create(template(world), seconds=900)
    by_stack = _described(world, "cp", "fn")
    request = world.provider_request("cp2", InstanceRequirements={"Architectures": ["x86_64"]})
    request["CapacityProviderScalingConfig"] = {"MaxVCpuCount": 64}
    provider = world.provider("cp2", **{name: request[name] for name in request if name != "CapacityProviderName"})
    code = world.lambda_.get_function(FunctionName="fn")["Configuration"]
    world.function(
        "fn2",
        Handler="index.handler",
        MemorySize=2048,
        CapacityProviderConfig=managed(provider, PerExecutionEnvironmentMaxConcurrency=8),
    )
    world.publish("fn2")
    limits = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 9}
    world.lambda_.put_function_scaling_config(
        FunctionName="fn2", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=limits
    )
    world.pass_time(60)
    by_calls = _described(world, "cp2", "fn2")
    assert by_stack == by_calls
    assert code["CodeSize"] > 0


def _described(world: World, provider: str, function: str) -> Any:
    """What describes a provider and a function, without names, times and the hash of the code."""
    api = world.lambda_
    answers = [
        api.get_capacity_provider(CapacityProviderName=provider)["CapacityProvider"],
        api.get_function_configuration(FunctionName=function),
        api.get_function_configuration(FunctionName=function, Qualifier="$LATEST.PUBLISHED"),
        api.get_function_scaling_config(FunctionName=function, Qualifier="$LATEST.PUBLISHED"),
    ]
    left_out = ("LastModified", "RevisionId", "CodeSha256", "CodeSize", "ConfigSha256", "ResponseMetadata")
    text = [{name: value for name, value in answer.items() if name not in left_out} for answer in answers]
    return json.loads(json.dumps(text).replace(provider, "PROVIDER").replace(function, "FUNCTION"))


def test_tags_are_the_templates_and_the_stacks(world: World, stacks: Stacks) -> None:
    """A provider carries its own tags, the stack's, and CloudFormation's three."""
    stacks.create(template(world), seconds=900, Tags=[{"Key": "cost", "Value": "7"}])
    tags = world.lambda_.list_tags(Resource=f"{LAMBDA}:capacity-provider:cp")["Tags"]
    assert tags[f"{SYSTEM}stack-name"] == "st"
    assert tags[f"{SYSTEM}logical-id"] == "Provider"
    assert {key: value for key, value in tags.items() if not key.startswith(SYSTEM)} == {"team": "shop", "cost": "7"}


def test_a_stack_is_removed_in_order(world: World, stacks: Stacks) -> None:
    """The function goes before its provider, each until it is gone; instances go with the provider."""
    stacks.create(template(world), seconds=900)
    assert world.hosts()
    stacks.api.delete_stack(StackName="st")
    assert stacks.status() == "DELETE_IN_PROGRESS"
    world.pass_time(1200)
    assert stacks.status() == "GONE"
    assert world.lambda_.list_functions()["Functions"] == []
    assert world.lambda_.list_capacity_providers()["CapacityProviders"] == []
    assert world.hosts() == []


def test_a_stack_may_be_removed_while_it_is_made(world: World, stacks: Stacks) -> None:
    """DeleteStack in the middle of a creation ends it: what was made goes, and nothing more is made."""
    stacks.create(template(world), seconds=20)
    stacks.api.delete_stack(StackName="st")
    world.pass_time(1200)
    assert stacks.status() == "GONE"
    assert world.lambda_.list_functions()["Functions"] == []
    assert world.lambda_.list_capacity_providers()["CapacityProviders"] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Provider__Colour": "red"}, "resource Provider with message: #: extraneous key [Colour] is not permitted"),
        (
            {"Provider__VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "x"}},
            "Provider with message: #/VpcConfig: extraneous key [VpcId] is not permitted",
        ),
        ({"Provider__PermissionsConfig": None}, "Provider with message: #: required key [PermissionsConfig] not found"),
        (
            {"Function__CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": {"Arn": "x"}}},
            "#/CapacityProviderConfig/LambdaManagedInstancesCapacityProviderConfig: extraneous key [Arn]",
        ),
        ({"Function__Timeout": "soon"}, "Function with message: #/Timeout: expected type: Integer, found: 'soon'"),
        ({"Function__Tags": {"a": "b"}}, "Function with message: #/Tags: expected type: JSONArray"),
        ({"Function__Tags": [{"Key": "a"}]}, "#/Tags/0: required key [Value] not found"),
        ({"Alias__FunctionVersion": {"Ref": "Nothing"}}, "Unresolved resource dependencies [Nothing]"),
        (
            {"Provider__CapacityProviderName": {"Fn::GetAtt": ["Alias", "AliasArn"]}},
            "Circular dependency between resources",
        ),
    ],
)
def test_a_template_that_can_not_be_right_is_refused(
    world: World, stacks: Stacks, changes: dict[str, Any], message: str
) -> None:
    """An unknown or missing property, a wrong type, a reference to nothing: named with the place, nothing is made."""
    assert message in stacks.refused("create_stack", template(world, **changes))
    assert stacks.status() == "GONE"
    assert world.lambda_.list_capacity_providers()["CapacityProviders"] == []
    assert len(world.iam.list_roles()["Roles"]) == 2


@pytest.mark.parametrize("body", ["{", "a: [", "just text", "{}", '{"Resources": {"A": {}}}'])
def test_a_text_that_is_no_template_is_refused(stacks: Stacks, body: str) -> None:
    """What is neither YAML nor JSON, or has no resources, is refused."""
    assert stacks.refused("create_stack", body).startswith("Template format error")


def test_a_failed_resource_rolls_the_stack_back(world: World, stacks: Stacks) -> None:
    """What Lambda refuses is the reason of the event, and everything that was made goes again."""
    body = template(world, Function__Runtime="python3.12")
    assert stacks.create(body, seconds=600) == "ROLLBACK_COMPLETE"
    ((name, reason),) = stacks.failures()
    assert name == "Function"
    assert reason.startswith(
        'Resource handler returned message: "Runtime Enum python3.12 does not support specified feature'
    )
    assert reason.endswith("HandlerErrorCode: InvalidRequest)")
    assert world.lambda_.list_capacity_providers()["CapacityProviders"] == []
    assert len(world.iam.list_roles()["Roles"]) == 2


def test_a_version_that_does_not_come_up_rolls_back_too(world: World, stacks: Stacks) -> None:
    """A version that the fleet can't place fails the function's resource with its reason code."""
    scaling = {"MaxVCpuCount": 2}
    body = template(world, Provider__CapacityProviderScalingConfig=scaling, Function__MemorySize=8192)
    assert stacks.create(body, seconds=1800) == "ROLLBACK_COMPLETE"
    ((name, reason),) = stacks.failures()
    assert name == "Function"
    assert "CapacityProviderScalingLimitExceeded" in reason
    assert world.lambda_.list_functions()["Functions"] == []


@pytest.mark.parametrize(("on_failure", "status"), [("DO_NOTHING", "CREATE_FAILED"), ("DELETE", "GONE")])
def test_on_failure(world: World, stacks: Stacks, on_failure: str, status: str) -> None:
    """DO_NOTHING leaves what was made, DELETE takes the stack away too."""
    body = template(world, Function__Runtime="python3.12")
    assert stacks.create(body, seconds=600, OnFailure=on_failure) == status
    left = [item["State"] for item in world.lambda_.list_capacity_providers()["CapacityProviders"]]
    assert left == (["Active"] if on_failure == "DO_NOTHING" else [])


def test_an_update_in_place(world: World, stacks: Stacks) -> None:
    """Scaling, memory, code and aliases change in place; a new version of the function is up at the end."""
    stacks.create(template(world), seconds=900)
    before = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    after = template(
        world,
        Provider__CapacityProviderScalingConfig={"MaxVCpuCount": 100},
        Provider__Tags=[{"Key": "team", "Value": "new"}],
        Function__MemorySize=4096,
        Function__Code={"ZipFile": "def handler(event, context):\n    return 2\n"},
        Function__FunctionScalingConfig={"MinExecutionEnvironments": 4},
        Alias__Description="changed",
    )
    assert stacks.update(after) == "UPDATE_IN_PROGRESS"
    world.pass_time(900)
    assert stacks.status() == "UPDATE_COMPLETE"
    provider = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    version = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    scaling = world.lambda_.get_function_scaling_config(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert provider["CapacityProviderScalingConfig"]["MaxVCpuCount"] == 100
    assert world.lambda_.list_tags(Resource=provider["CapacityProviderArn"])["Tags"]["team"] == "new"
    assert (version["MemorySize"], version["State"]) == (4096, "Active")
    assert version["CodeSha256"] != before["CodeSha256"]
    assert scaling["AppliedFunctionScalingConfig"] == {"MinExecutionEnvironments": 4}
    assert world.lambda_.get_alias(FunctionName="fn", Name="live")["Description"] == "changed"
    assert world.state(qualifier="1") == "Active"


def test_a_property_that_is_taken_out_goes_back_to_its_default(world: World, stacks: Stacks) -> None:
    """Without its scaling config a provider has the default cap again, without its own a function's scaling is reset."""
    stacks.create(template(world), seconds=900)
    after = template(
        world,
        Provider__CapacityProviderScalingConfig=None,
        Function__FunctionScalingConfig=None,
        Function__MemorySize=None,
    )
    assert stacks.update(after, seconds=900) == "UPDATE_COMPLETE"
    provider = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    scaling = world.lambda_.get_function_scaling_config(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert provider["CapacityProviderScalingConfig"] == {"MaxVCpuCount": 400, "ScalingMode": "Auto"}
    assert scaling["AppliedFunctionScalingConfig"] == {}


def test_a_create_only_property_replaces_the_resource(world: World, stacks: Stacks) -> None:
    """A new name makes a new provider, moves the function to it, and then removes the old one."""
    stacks.create(template(world, Version=None, Alias=None), seconds=900)
    after = template(world, Version=None, Alias=None, Provider__CapacityProviderName="other")
    assert stacks.update(after, seconds=1800) == "UPDATE_COMPLETE"
    names = [item["CapacityProviderArn"] for item in world.lambda_.list_capacity_providers()["CapacityProviders"]]
    assert names == [f"{LAMBDA}:capacity-provider:other"]
    version = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    config = version["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    assert config["CapacityProviderArn"] == names[0]


def test_a_named_resource_is_not_replaced_under_its_name(world: World, stacks: Stacks) -> None:
    """A create-only change of a provider that keeps its name is refused as CloudFormation does, and rolled back."""
    stacks.create(template(world), seconds=900)
    vpc = {"SubnetIds": world.subnet_ids[:1], "SecurityGroupIds": [world.group_id]}
    assert stacks.update(template(world, Provider__VpcConfig=vpc), seconds=900) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Rename cp and update the stack again" in stacks.failures()[0][1]
    provider = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    assert sorted(provider["VpcConfig"]["SubnetIds"]) == sorted(world.subnet_ids)


def test_an_update_that_fails_brings_everything_back(world: World, stacks: Stacks) -> None:
    """What was changed before the failure has its old value again, and what was made is gone."""
    stacks.create(template(world, Version=None, Alias=None), seconds=900)
    after = template(
        world, Alias=None, Provider__CapacityProviderScalingConfig={"MaxVCpuCount": 100}, Function__MemorySize=2049
    )
    assert stacks.update(after, seconds=900) == "UPDATE_ROLLBACK_COMPLETE"
    provider = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]
    assert provider["CapacityProviderScalingConfig"]["MaxVCpuCount"] == 64
    assert world.lambda_.get_function_configuration(FunctionName="fn")["MemorySize"] == 2048
    assert [item["Version"] for item in world.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]] == [
        "$LATEST",
        "$LATEST.PUBLISHED",
    ]


def test_a_resource_that_leaves_the_template_is_removed(world: World, stacks: Stacks) -> None:
    """Alias and version go when the template has them no more; the function stays."""
    stacks.create(template(world), seconds=900)
    after = template(world, Version=None, Alias=None)
    assert stacks.update(after, seconds=900) == "UPDATE_COMPLETE"
    assert world.lambda_.list_aliases(FunctionName="fn")["Aliases"] == []
    versions = world.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert [item["Version"] for item in versions] == ["$LATEST", "$LATEST.PUBLISHED"]


def test_without_publishing(world: World, stacks: Stacks) -> None:
    """PublishToLatestPublished false leaves the function unpublished."""
    body = template(
        world, Version=None, Alias=None, Function__PublishToLatestPublished=False, Function__FunctionScalingConfig=None
    )
    assert stacks.create(body, seconds=60) == "CREATE_COMPLETE"
    versions = world.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
    assert [item["Version"] for item in versions] == ["$LATEST"]


def test_an_ordinary_function_is_there_at_once(world: World, stacks: Stacks) -> None:
    """A stack without capacity provider is complete when the call returns, as with moto alone."""
    body = template(
        world,
        Provider=None,
        Function__CapacityProviderConfig=None,
        Function__FunctionScalingConfig=None,
        Version__FunctionScalingConfig=None,
    )
    assert stacks.create(body) == "CREATE_COMPLETE"
    assert world.lambda_.get_function(FunctionName="fn", Qualifier="live")["Configuration"]["Version"] == "1"
    stacks.api.delete_stack(StackName="st")
    assert stacks.status() == "GONE"


def test_a_change_set_is_executed_on_virtual_time(world: World, stacks: Stacks) -> None:
    """What SAM and the CDK do: create a change set, execute it, wait."""
    members = {"StackName": "st", "ChangeSetName": "one", "TemplateBody": json.dumps(template(world))}
    stacks.api.create_change_set(**members, ChangeSetType="CREATE")
    changes = stacks.api.describe_change_set(StackName="st", ChangeSetName="one")["Changes"]
    assert {item["ResourceChange"]["LogicalResourceId"] for item in changes} >= {"Provider", "Function"}
    assert world.lambda_.list_capacity_providers()["CapacityProviders"] == []
    stacks.api.execute_change_set(StackName="st", ChangeSetName="one")
    assert stacks.status() == "CREATE_IN_PROGRESS"
    world.pass_time(900)
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.outputs()["ProviderName"] == "cp"


def test_drift(world: World, stacks: Stacks) -> None:
    """What was changed beside the stack is found, property by property; what is as the template says is in sync."""
    stacks.create(template(world), seconds=900)
    assert _drift(stacks) == (
        "IN_SYNC",
        {"Provider": "IN_SYNC", "Function": "IN_SYNC", "Version": "IN_SYNC", "Alias": "IN_SYNC"},
    )
    world.lambda_.update_capacity_provider(
        CapacityProviderName="cp", CapacityProviderScalingConfig={"MaxVCpuCount": 80}
    )
    world.lambda_.delete_alias(FunctionName="fn", Name="live")
    assert _drift(stacks) == (
        "DRIFTED",
        {"Provider": "MODIFIED", "Function": "IN_SYNC", "Version": "IN_SYNC", "Alias": "DELETED"},
    )
    one = stacks.api.detect_stack_resource_drift(StackName="st", LogicalResourceId="Provider")["StackResourceDrift"]
    assert one["PropertyDifferences"] == [
        {
            "PropertyPath": "/CapacityProviderScalingConfig/MaxVCpuCount",
            "ExpectedValue": "64",
            "ActualValue": "80",
            "DifferenceType": "NOT_EQUAL",
        }
    ]


def _drift(stacks: Stacks) -> tuple[str, dict[str, str]]:
    """The stack's drift status and that of each resource."""
    identifier = stacks.api.detect_stack_drift(StackName="st")["StackDriftDetectionId"]
    status = stacks.api.describe_stack_drift_detection_status(StackDriftDetectionId=identifier)
    assert status["DetectionStatus"] == "DETECTION_COMPLETE"
    found = stacks.api.describe_stack_resource_drifts(StackName="st")["StackResourceDrifts"]
    return status["StackDriftStatus"], {item["LogicalResourceId"]: item["StackResourceDriftStatus"] for item in found}


def test_a_stack_in_progress_survives_a_snapshot(world: World, stacks: Stacks) -> None:
    """A state that is saved in the middle of a creation goes on where it was."""
    stacks.create(template(world), seconds=30)
    content = snapshot.dump_state()
    world.pass_time(900)
    snapshot.load_state(content)
    assert stacks.status() == "CREATE_IN_PROGRESS"
    world.pass_time(900)
    assert stacks.status() == "CREATE_COMPLETE"


def test_a_stack_in_progress_can_not_be_updated(world: World, stacks: Stacks) -> None:
    """UpdateStack is refused while the stack is being made."""
    stacks.create(template(world))
    assert "CREATE_IN_PROGRESS state and can not be updated" in stacks.refused("update_stack", template(world))


def test_what_invokes_a_function(world: World, stacks: Stacks) -> None:
    """Permission, URL and event invoke config are made with the function, changed in place, and removed."""
    body = template(world, Version=None, Alias=None)
    body["Resources"]["Permission"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
        },
    }
    body["Resources"]["Url"] = {
        "Type": "AWS::Lambda::Url",
        "Properties": {"TargetFunctionArn": {"Fn::GetAtt": ["Function", "Arn"]}, "AuthType": "AWS_IAM"},
    }
    body["Resources"]["Retries"] = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {"FunctionName": {"Ref": "Function"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": "1"},
    }
    body["Outputs"] = {"Url": {"Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}}
    assert stacks.create(body, seconds=900) == "CREATE_COMPLETE"
    api = world.lambda_
    assert api.get_function_url_config(FunctionName="fn")["FunctionUrl"] == stacks.outputs()["Url"]
    assert api.get_function_event_invoke_config(FunctionName="fn", Qualifier="$LATEST")["MaximumRetryAttempts"] == 1
    (statement,) = json.loads(api.get_policy(FunctionName="fn")["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert set(_drift(stacks)[1].values()) == {"IN_SYNC"}
    body["Resources"]["Retries"]["Properties"]["MaximumRetryAttempts"] = 2
    del body["Resources"]["Permission"]
    assert stacks.update(body, seconds=900) == "UPDATE_COMPLETE"
    assert api.get_function_event_invoke_config(FunctionName="fn", Qualifier="$LATEST")["MaximumRetryAttempts"] == 2
    with pytest.raises(api.exceptions.ResourceNotFoundException):
        api.get_policy(FunctionName="fn")
