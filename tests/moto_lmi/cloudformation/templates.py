"""Templates and what the tests of stacks share."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ..world import OPERATOR_POLICY, World, client

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CODE = "def handler(event, context):\n    return 1\n"


def template(world: World, **changes: Any) -> dict[str, Any]:
    """A template with a provider, a function on it, a version and an alias, on the world's subnets and group.

    `changes` replace properties, as `Function__Timeout=5`; None takes a property out, `Name=None` a resource.
    """
    whole: dict[str, Any] = {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [OPERATOR_POLICY]},
            },
            "Provider": {
                "Type": "AWS::Lambda::CapacityProvider",
                "Properties": {
                    "CapacityProviderName": "cp",
                    "VpcConfig": {"SubnetIds": world.subnet_ids, "SecurityGroupIds": [world.group_id]},
                    "PermissionsConfig": {"CapacityProviderOperatorRoleArn": world.operator_role_arn},
                    "InstanceRequirements": {"Architectures": ["x86_64"]},
                    "CapacityProviderScalingConfig": {"MaxVCpuCount": "64"},
                    "Tags": [{"Key": "team", "Value": "shop"}],
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "fn",
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Code": {"ZipFile": CODE},
                    "Role": world.execution_role_arn,
                    "MemorySize": 2048,
                    "CapacityProviderConfig": {
                        "LambdaManagedInstancesCapacityProviderConfig": {
                            "CapacityProviderArn": {"Fn::GetAtt": ["Provider", "Arn"]},
                            "PerExecutionEnvironmentMaxConcurrency": 8,
                        }
                    },
                    "FunctionScalingConfig": {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 9},
                },
            },
            "Version": {
                "Type": "AWS::Lambda::Version",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "FunctionScalingConfig": {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 2},
                },
            },
            "Alias": {
                "Type": "AWS::Lambda::Alias",
                "Properties": {
                    "Name": "live",
                    "FunctionName": {"Ref": "Function"},
                    "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
                },
            },
        },
        "Outputs": {
            "ProviderName": {"Value": {"Ref": "Provider"}},
            "ProviderArn": {"Value": {"Fn::GetAtt": ["Provider", "Arn"]}},
            "FunctionArn": {"Value": {"Fn::GetAtt": ["Function", "Arn"]}},
            "VersionArn": {"Value": {"Ref": "Version"}},
            "AliasArn": {"Value": {"Ref": "Alias"}},
        },
    }
    whole = copy.deepcopy(whole)
    for path, value in changes.items():
        name, _, prop = path.partition("__")
        if not prop:
            del whole["Resources"][name]
        elif value is None:
            del whole["Resources"][name]["Properties"][prop]
        else:
            whole["Resources"][name]["Properties"][prop] = value
    if any(not path.partition("__")[1] for path in changes):
        whole.pop("Outputs")
    return whole


class Stacks:
    """Shorthands for CloudFormation calls on one stack."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api = client("cloudformation")

    def create(self, body: Any, *, seconds: float = 0, name: str = "st", **members: Any) -> str:
        """Create the stack, let virtual time pass, and return its status."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.api.create_stack(StackName=name, TemplateBody=text, **members)
        self.world.pass_time(seconds)
        return self.status(name)

    def update(self, body: dict[str, Any], *, seconds: float = 0, **members: Any) -> str:
        """Update the stack, let virtual time pass, and return its status."""
        self.api.update_stack(StackName="st", TemplateBody=json.dumps(body), **members)
        self.world.pass_time(seconds)
        return self.status()

    def status(self, name: str = "st") -> str:
        """The stack's status, GONE when there is none."""
        try:
            return str(self.api.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        except ClientError:
            return "GONE"

    def outputs(self) -> dict[str, str]:
        """The outputs by their keys."""
        stack = self.api.describe_stacks(StackName="st")["Stacks"][0]
        return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}

    def failures(self) -> list[tuple[str, str]]:
        """Logical names and reasons of the failed resources, oldest first."""
        events = self.api.describe_stack_events(StackName="st")["StackEvents"]
        return [
            (event["LogicalResourceId"], event["ResourceStatusReason"])
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED") and event["LogicalResourceId"] != "st"
        ]

    def refused(self, call: str, body: Any, **members: Any) -> str:
        """The sentence with which create_stack or update_stack is refused at once."""
        text = body if isinstance(body, str) else json.dumps(body)
        with pytest.raises(ClientError) as refusal:
            getattr(self.api, call)(StackName="st", TemplateBody=text, **members)
        error = refusal.value.response["Error"]
        assert error["Code"] == "ValidationError"
        return str(error["Message"])
