"""Thousands of random calls to Lambda, with EC2, IAM, CloudWatch and Logs between them: what must always hold holds."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from moto.awslambda.models import lambda_backends

import moto_lmi
from moto_lmi.behaviour import reset_behaviour
from moto_lmi.clock import reset_clocks
from moto_lmi.fleet import Fleet

from .neighbours import NEIGHBOURS, neighbour_call
from .requests import OPERATIONS, RequestMaker
from .world import ACCOUNT, REGION, World, managed, package

HISTORIES = int(os.environ.get("LMI_RANDOM_HISTORIES", "14"))
CALLS = 400
NEIGHBOURLY = 0.4
"""How often a call to another service follows a Lambda call."""
NAMES = ("one", "two", "three")
QUALIFIERS = ("$LATEST.PUBLISHED", "$LATEST.PUBLISHED", "1", "1", "$LATEST", "7", "live")

lambda_client = boto3.Session("testing", "testing", region_name=REGION).client(
    "lambda", config=Config(parameter_validation=False, retries={"total_max_attempts": 1})
)

METHODS = {operation: method for method, operation in lambda_client.meta.method_to_api_mapping.items()}


def good_values(world: World) -> dict[str, list[Any]]:
    """Values that exist, or nearly, by the names of members and shapes."""
    arns = [f"arn:aws:lambda:{REGION}:{ACCOUNT}:capacity-provider:{name}" for name in (*NAMES, "none")]
    functions = [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}" for name in NAMES]
    return {
        "CapacityProviderName": [*NAMES, *NAMES, arns[0]],
        "CapacityProviderArn": arns,
        "FunctionName": [*NAMES, *NAMES, functions[0], "none"],
        "Qualifier": [*QUALIFIERS],
        "FunctionVersion": ["$LATEST.PUBLISHED", "$LATEST", "1"],
        "Name": ["live"] * 5 + ["blue"],
        "Resource": [*arns, *functions],
        "SubnetId": [*world.subnet_ids, *world.subnet_ids, "subnet-0"],
        "SecurityGroupIds": [[world.group_id], [], [world.group_id], ["sg-0"]],
        "CapacityProviderOperatorRoleArn": [world.operator_role_arn] * 5 + [world.execution_role_arn],
        "CapacityProviderConfig": [managed(arn) for arn in (*arns[:3], *arns)],
        "Code": [{"ZipFile": package(word)} for word in ("one", "two", "three")] + [{"S3Bucket": "no-such-bucket"}, {}],
        "Role": [world.execution_role_arn],
        "Runtime": ["python3.13", "python3.14", "nodejs24.x", "java25", "python3.12"],
        "Handler": ["app.handler"],
        "MemorySize": [2048, 2048, 4096, 8192, 16384, 32768, 1024, 3072],
        "ExecutionEnvironmentMemoryGiBPerVCpu": [2.0, 2.0, 4.0, 8.0, 3.0],
        "Architectures": [["x86_64"], ["x86_64"], ["x86_64"], ["arm64"]],
        "InstanceType": ["c8*", "m8*", "c7i.*", "c7i.xlarge", "nonsense"],
        "MaxVCpuCount": [12, 16, 64, 400, 400, 2, 15000],
        "MinExecutionEnvironments": [0, 1, 3, 5, 20],
        "MaxExecutionEnvironments": [0, 1, 10, 100, 15000],
        "KmsKeyArn": [world.kms.create_key()["KeyMetadata"]["Arn"], f"arn:aws:kms:{REGION}:{ACCOUNT}:key/none"],
        "Timeout": [3, 900, 5400],
        "MaxItems": [1, 2, 50],
        "Marker": ["", "one", "two:1"],
        "S3Bucket": ["no-such-bucket"],
        "Layers": [[]],
    }


class Invariants:
    """What must hold between any two calls."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.highest_cap: Counter[str] = Counter()

    def check(self) -> None:
        """Look at fleet, EC2 and the two ways to ask for a version's state."""
        backend = lambda_backends[ACCOUNT][REGION]
        fleet: Fleet = backend.fleet
        for provider in backend.capacity_providers.all():
            self.highest_cap[provider.arn] = max(self.highest_cap[provider.arn], provider.max_vcpu_count)
            hosts = fleet.hosts(provider.arn)
            largest = max((host.shape.vcpus for host in hosts), default=0)
            # Only the first burst may lead beyond the cap, and by less than one host.
            assert sum(host.shape.vcpus for host in hosts) < self.highest_cap[provider.arn] + max(largest, 1)
            assert {host.subnet_id for host in hosts} <= set(provider.subnet_ids)
            for host in hosts:
                taken = sum(item.size.vcpus for item in host.environments)
                assert taken <= host.shape.usable_vcpus + 1e-6
            listed = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=provider.name)
            for item in listed["FunctionVersions"]:
                got = lambda_client.get_function_configuration(FunctionName=item["FunctionArn"])
                assert got["State"] == item["State"]

    def check_after_the_end(self) -> None:
        """Delete everything, let time pass, and find nothing."""
        for function in lambda_client.list_functions()["Functions"]:
            for alias in lambda_client.list_aliases(FunctionName=function["FunctionName"])["Aliases"]:
                lambda_client.delete_alias(FunctionName=function["FunctionName"], Name=alias["Name"])
            lambda_client.delete_function(FunctionName=function["FunctionName"])
        self.world.pass_time(400)
        for provider in lambda_client.list_capacity_providers()["CapacityProviders"]:
            lambda_client.delete_capacity_provider(CapacityProviderName=provider["CapacityProviderArn"])
        self.world.pass_time(400)
        assert lambda_client.list_capacity_providers()["CapacityProviders"] == []
        assert lambda_client.list_functions()["Functions"] == []
        assert self.world.hosts() == []
        assert self.world.ec2.describe_volumes(IncludeManagedResources=True)["Volumes"] == []
        assert self.world.ec2.describe_network_interfaces(IncludeManagedResources=True)["NetworkInterfaces"] == []


def play(seed: int) -> Counter[str]:
    """One history of random calls with its invariants; how often each outcome was seen."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    reset_clocks()
    reset_behaviour()
    with mock_aws():
        world = World()
        invariants = Invariants(world)
        maker = RequestMaker(chance, good_values(world))
        for number in range(CALLS):
            operation = maker.operation()
            outcomes[call(operation, maker.request(operation))] += 1
            if chance.random() < NEIGHBOURLY:
                outcomes[neighbour_call(world, chance)] += 1
            world.pass_time(chance.choice([0, 0, 0, 1, 5, 40, 100]))
            if number % 10 == 0:
                invariants.check()
        invariants.check()
        invariants.check_after_the_end()
    return outcomes


def call(operation: str, members: dict[str, Any]) -> str:
    """Make the call. Returns how it went; a server error or an error without a message is not accepted."""
    refused: dict[str, Any] = {}
    try:
        getattr(lambda_client, METHODS[operation])(**members)
    except ClientError as error:
        refused = error.response
    except (BotoCoreError, TypeError, AttributeError, ValueError, KeyError):
        return "not sent"  # botocore itself could not write it down
    if not refused:
        return f"{operation} accepted"
    assert refused["ResponseMetadata"]["HTTPStatusCode"] < 500, f"{operation} {members}: {refused}"
    assert refused["Error"]["Message"], f"{operation} {members}: no message"
    return f"{operation} refused"


@pytest.mark.slow
def test_random_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """At least 5,000 calls over all operations; each of Lambda's is both accepted and refused at times."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    moto_lmi.enable(speed=0)
    total: Counter[str] = Counter()

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(st.integers(0, 2**32))
    def histories(seed: int) -> None:
        total.update(play(seed))

    histories()
    sent = sum(total.values()) - total["not sent"]
    assert sent >= min(5000, HISTORIES * CALLS * 0.8), total
    if sent >= 5000:
        assert {name for name in OPERATIONS if not total[f"{name} accepted"]} == set()
        assert {name for name in OPERATIONS if not total[f"{name} refused"]} <= {"ListFunctions"}
        for service, operations in NEIGHBOURS.items():
            # All instances here are Lambda's, and nobody else may terminate them.
            never = {"TerminateInstances"} & operations.keys()
            assert {name for name in operations if not total[f"{service} {name} accepted"]} == never
