"""Real AWS clients other than boto3 against the HTTP endpoint: the aws CLI and the JavaScript SDK."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.moto_lmi.serving import ServerProcess
from tests.moto_lmi.world import OPERATOR_POLICY, package, trust

JS = Path(__file__).parent / "js"


@dataclass(frozen=True)
class Ground:
    """What a provider leans on in one account of the server."""

    server: ServerProcess
    account: str
    subnet_id: str
    role_arn: str

    def pass_time(self, seconds: int) -> None:
        """Let virtual seconds pass in the account."""
        self.server.ask("POST", f"/moto-api/lmi/advance?seconds={seconds}&account={self.account}")


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """One server whose time moves only when it is told to."""
    with ServerProcess("--speed", "0") as running:
        yield running


def ground(server: ServerProcess, account: str) -> Ground:
    """A subnet and an operator role in the account."""
    ec2, iam = server.client("ec2", account), server.client("iam", account)
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    role_arn = iam.create_role(RoleName="operator", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.attach_role_policy(RoleName="operator", PolicyArn=OPERATOR_POLICY)
    return Ground(server, account, subnet_id, role_arn)


def aws(at: Ground, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an `aws lambda` command against the server."""
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": at.account,
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": at.server.url,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
    }
    command = [str(Path(sys.executable).with_name("aws")), "lambda", *arguments, "--output", "json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """The document that a command printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_aws_cli(server: ServerProcess, tmp_path: Path) -> None:
    """The CLI creates, publishes, lists, is refused, and deletes."""
    at = ground(server, "200000000001")
    (tmp_path / "code.zip").write_bytes(package())
    role = f"CapacityProviderOperatorRoleArn={at.role_arn}"
    created = answer(
        aws(at, "create-capacity-provider", "--capacity-provider-name", "cli", "--permissions-config", role,
            "--vpc-config", f"SubnetIds=[{at.subnet_id}],SecurityGroupIds=[]")
    )["CapacityProvider"]  # fmt: skip
    at.pass_time(5)
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": created["CapacityProviderArn"]}}
    answer(
        aws(at, "create-function", "--function-name", "cli", "--runtime", "python3.13", "--role", at.role_arn,
            "--handler", "app.handler", "--zip-file", f"fileb://{tmp_path}/code.zip",
            "--capacity-provider-config", json.dumps(config))
    )  # fmt: skip
    at.pass_time(5)
    published = answer(aws(at, "publish-version", "--function-name", "cli", "--publish-to", "LATEST_PUBLISHED"))
    at.pass_time(90)
    listed = answer(aws(at, "list-function-versions-by-capacity-provider", "--capacity-provider-name", "cli"))
    refused = aws(at, "delete-capacity-provider", "--capacity-provider-name", "cli")
    assert published["Version"] == "$LATEST.PUBLISHED"
    assert [item["State"] for item in listed["FunctionVersions"]] == ["Active"]
    assert refused.returncode != 0
    assert "(ResourceConflictException)" in refused.stderr
    assert aws(at, "delete-function", "--function-name", "cli").returncode == 0
    at.pass_time(400)
    deleting = answer(aws(at, "delete-capacity-provider", "--capacity-provider-name", "cli"))
    assert deleting["CapacityProvider"]["State"] == "Deleting"
    at.pass_time(60)
    assert answer(aws(at, "list-capacity-providers"))["CapacityProviders"] == []


@pytest.mark.slow
def test_javascript_sdk(server: ServerProcess) -> None:
    """The same walk with @aws-sdk/client-lambda, paginator and errors included."""
    if not (JS / "node_modules").exists() or shutil.which("node") is None:
        reason = "the JavaScript SDK is not installed: run `make setup-node` (needs Node.js)"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    at = ground(server, "200000000002")
    code = base64.b64encode(package()).decode()
    done = subprocess.run(
        ["node", "walk.mjs", server.url, at.account, at.subnet_id, at.role_arn, code],
        cwd=JS,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    arn = f"arn:aws:lambda:us-east-1:{at.account}:capacity-provider:js"
    assert seen == {
        "created": "Pending",
        "active": "Active",
        "version": "Active",
        "names": ["js"],
        "listed": ["Active"],
        "refusal": ["ResourceConflictException", 409],
        "deleted": 202,
        "deleting": "Deleting",
        "missing": ["ResourceNotFoundException", f"Capacity provider not found: {arn}"],
    }
