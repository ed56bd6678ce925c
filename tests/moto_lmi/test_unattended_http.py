"""Over HTTP, with a state file: what goes on without a waiting caller survives a kill of the server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .serving import ServerProcess, state_of
from .world import archive, managed, trust

SOURCE = """
    import boto3, json

    def handler(event, context):
        boto3.client("sqs").send_message(QueueUrl=event["url"], MessageBody=json.dumps(event["n"]))
"""


def within(seconds: float, condition: Callable[[], Any]) -> Any:
    """What the condition gives once it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def published(server: ServerProcess, code: bytes, **members: Any) -> str:
    """A function `fn` on a capacity provider; its version."""
    ec2, iam, lambda_ = server.client("ec2"), server.client("iam"), server.client("lambda")
    subnets = [item["SubnetId"] for item in ec2.describe_subnets()["Subnets"]][:3]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.attach_role_policy(RoleName="role", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator")
    provider = lambda_.create_capacity_provider(
        CapacityProviderName="cp",
        VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [group]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": role},
    )["CapacityProvider"]["CapacityProviderArn"]
    server.ask("POST", "/moto-api/lmi/advance?seconds=2")
    lambda_.create_function(
        **{
            "FunctionName": "fn",
            "Runtime": "python3.13",
            "Role": role,
            "Handler": "app.handler",
            "Code": {"ZipFile": code},
            "Timeout": 60,
            "CapacityProviderConfig": managed(provider, PerExecutionEnvironmentMaxConcurrency=1),
            **members,
        }
    )
    server.ask("POST", "/moto-api/lmi/advance?seconds=3")
    version: str = lambda_.publish_version(FunctionName="fn")["Version"]
    server.ask("POST", "/moto-api/lmi/advance?seconds=90")
    return version


@pytest.mark.slow
def test_events_survive_a_kill(tmp_path: Path) -> None:
    """What was accepted runs, before the kill or after it: nothing is lost."""
    with ServerProcess("--speed", "0", *state_of(tmp_path)) as server:
        version = published(server, archive({"app.py": SOURCE}))
        url = server.client("sqs").create_queue(QueueName="seen")["QueueUrl"]
        for number in range(12):
            event = {"url": url, "n": number}
            server.client("lambda").invoke(
                FunctionName="fn", Qualifier=version, InvocationType="Event", Payload=json.dumps(event).encode()
            )
        server.kill()
    with ServerProcess("--speed", "0", *state_of(tmp_path)) as server:
        sqs = server.client("sqs")
        seen: set[str] = set()

        def everything() -> bool:
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                seen.add(message["Body"])
            return len(seen) == 12

        within(120, everything)
