"""Templates that others write: the examples, AWS SAM, and the AWS CDK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..world import World
from .templates import Stacks

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
CDK = Path(__file__).parent / "cdk"
SYNTHESISED = CDK / "managed.template.json"


@pytest.mark.parametrize("name", ["managed_instances.yaml", "managed_instances_sam.yaml"])
def test_the_examples_are_right_by_cfn_lint(name: str) -> None:
    """AWS's linter has nothing to say against a template that we give away."""
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--regions", "us-east-1", "--", str(EXAMPLES / name)]
    done = subprocess.run(lint, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_example_deploys(world: World) -> None:
    """The example makes its own VPC and roles, and its function is up; with everything removed nothing is left."""
    stacks = Stacks(world)
    text = (EXAMPLES / "managed_instances.yaml").read_text(encoding="utf-8")
    assert stacks.create(text, seconds=900, Capabilities=["CAPABILITY_IAM"]) == "CREATE_COMPLETE"
    outputs = stacks.outputs()
    assert world.state(outputs["FunctionName"]) == "Active"
    provider = world.lambda_.get_capacity_provider(CapacityProviderName=outputs["ProviderArn"])["CapacityProvider"]
    assert provider["CapacityProviderScalingConfig"]["MaxVCpuCount"] == 32
    assert {host["Architecture"] for host in world.hosts()} == {"arm64"}
    stacks.api.delete_stack(StackName="st")
    world.pass_time(1800)
    assert stacks.status() == "GONE"
    assert world.lambda_.list_capacity_providers()["CapacityProviders"] == []


def test_sam(world: World) -> None:
    """The SAM example is translated before it deploys; SAM's operator role passes, and the version is up."""
    stacks = Stacks(world)
    text = (EXAMPLES / "managed_instances_sam.yaml").read_text(encoding="utf-8")
    given = {"SubnetIds": ",".join(world.subnet_ids), "SecurityGroupIds": world.group_id}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    assert stacks.create(text, seconds=900, Parameters=parameters) == "CREATE_COMPLETE"
    provider = world.lambda_.get_capacity_provider(CapacityProviderName="sam-provider")["CapacityProvider"]
    role = provider["PermissionsConfig"]["CapacityProviderOperatorRoleArn"].rsplit("/", 1)[1]
    attached = world.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AWSLambdaManagedEC2ResourceOperator"]
    assert sorted(provider["VpcConfig"]["SubnetIds"]) == sorted(world.subnet_ids)
    (function,) = world.lambda_.list_functions()["Functions"]
    config = function["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    assert config["PerExecutionEnvironmentMaxConcurrency"] == 16
    assert world.state(function["FunctionName"]) == "Active"


def test_a_sam_template_that_is_wrong_is_refused(world: World) -> None:
    """SAM's own sentence names the resource, and nothing is made."""
    wrong = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Handlers": "x"}}},
    }
    message = Stacks(world).refused("create_stack", wrong)
    assert message.startswith("Transform AWS::Serverless-2016-10-31 failed with")
    assert "[Fn]" in message


def test_a_cdk_template_deploys(world: World) -> None:
    """What the CDK synthesises, VPC and roles included, deploys into an account that was never bootstrapped."""
    stacks = Stacks(world)
    text = SYNTHESISED.read_text(encoding="utf-8")
    assert stacks.create(text, seconds=900, Capabilities=["CAPABILITY_IAM"]) == "CREATE_COMPLETE"
    provider = world.lambda_.get_capacity_provider(CapacityProviderName="cdk")["CapacityProvider"]
    (function,) = world.lambda_.list_functions()["Functions"]
    config = function["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    assert provider["InstanceRequirements"]["Architectures"] == ["arm64"]
    assert config == {
        "CapacityProviderArn": provider["CapacityProviderArn"],
        "ExecutionEnvironmentMemoryGiBPerVCpu": 4.0,
        "PerExecutionEnvironmentMaxConcurrency": 10,
    }
    assert world.state(function["FunctionName"]) == "Active"
    scaling = world.lambda_.get_function_scaling_config(
        FunctionName=function["FunctionName"], Qualifier="$LATEST.PUBLISHED"
    )
    assert scaling["AppliedFunctionScalingConfig"] == {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 20}


@pytest.mark.slow
def test_the_cdk_template_is_what_the_cdk_synthesises(tmp_path: Path) -> None:
    """The template that is kept is the app's, synthesised by the aws-cdk-lib of package-lock.json."""
    if not (CDK / "node_modules").exists() or shutil.which("node") is None:
        reason = "the CDK is not installed: run `make setup-node` (needs Node.js)"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    subprocess.run(["node", "app.mjs", str(tmp_path)], cwd=CDK, check=True, timeout=300)
    made = json.loads((tmp_path / "Managed.template.json").read_text(encoding="utf-8"))
    assert made == json.loads(SYNTHESISED.read_text(encoding="utf-8"))
