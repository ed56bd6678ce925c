"""A server that is killed under load: what it had acknowledged is there after the restart, with the same identifiers."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from .serving import ServerProcess, state_of
from .world import OPERATOR_POLICY, package, trust

ROUNDS = int(os.environ.get("LMI_KILL_ROUNDS", "5"))


class Writer(threading.Thread):
    """A learner who creates things until the server is gone, and remembers what was acknowledged."""

    def __init__(self, server: ServerProcess, account: str, start_at: int) -> None:
        super().__init__(daemon=True)
        self.account, self.start_at = account, start_at
        self.ec2, self.kms, self.lambda_ = (server.client(name, account) for name in ("ec2", "kms", "lambda"))
        self.iam, self.logs = server.client("iam", account), server.client("logs", account)
        self.vpcs: list[str] = []
        self.keys: dict[str, bytes] = {}
        self.functions: dict[str, str] = {}
        self.groups: list[str] = []
        self.failure: Exception | None = None

    def run(self) -> None:
        """Write until an error says that the server is gone."""
        try:
            self._write()
        except (BotoCoreError, ConnectionError):
            pass
        except ClientError as error:
            self.failure = error

    def _write(self) -> None:
        role = self._role()
        for number in range(self.start_at, self.start_at + 1000):
            vpc = self.ec2.create_vpc(CidrBlock=f"10.{number % 250}.0.0/16")["Vpc"]["VpcId"]
            self.vpcs.append(vpc)
            name = f"fn-{number}"
            made = self.lambda_.create_function(
                FunctionName=name, Runtime="python3.13", Role=role, Handler="app.h", Code={"ZipFile": package(name)}
            )
            self.functions[name] = made["RevisionId"]
            if number % 4 == 0:
                key = self.kms.create_key()["KeyMetadata"]["KeyId"]
                self.keys[key] = self.kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
            group = f"/log/{number}"
            self.logs.create_log_group(logGroupName=group)
            self.groups.append(group)

    def _role(self) -> str:
        name = f"role-{self.start_at}"
        arn: str = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        self.iam.attach_role_policy(RoleName=name, PolicyArn=OPERATOR_POLICY)
        return arn

    def missing(self, server: ServerProcess) -> list[Any]:
        """What was acknowledged and is not there any more."""
        ec2, kms, lambda_, logs = (server.client(name, self.account) for name in ("ec2", "kms", "lambda", "logs"))
        vpcs = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
        pages = lambda_.get_paginator("list_functions").paginate()
        revisions = {item["FunctionName"]: item["RevisionId"] for page in pages for item in page["Functions"]}
        groups = {
            group["logGroupName"]
            for page in logs.get_paginator("describe_log_groups").paginate()
            for group in page["logGroups"]
        }
        lost: list[Any] = [vpc for vpc in self.vpcs if vpc not in vpcs]
        lost += [name for name, revision in self.functions.items() if revisions.get(name) != revision]
        lost += [group for group in self.groups if group not in groups]
        keys = {key["KeyId"] for page in kms.get_paginator("list_keys").paginate() for key in page["Keys"]}
        lost += [key for key in self.keys if key not in keys]
        lost += [
            key
            for key, ciphertext in self.keys.items()
            if key in keys and kms.decrypt(CiphertextBlob=ciphertext, KeyId=key)["Plaintext"] != b"secret"
        ]
        return lost


@pytest.mark.slow
def test_no_acknowledged_write_is_lost(tmp_path: Path) -> None:
    """Kill at a random moment under the load of three accounts, restart, compare; the same state goes on."""
    writers: list[Writer] = []
    chance = random.Random()
    for round_number in range(ROUNDS):
        server = ServerProcess(*state_of(tmp_path))
        here = [Writer(server, f"{account}00000000000"[:12], round_number * 1000) for account in (1, 2, 3)]
        for writer in here:
            writer.start()
        while sum(len(writer.functions) for writer in here) < 2 and any(writer.is_alive() for writer in here):
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 1.5))
        server.kill()
        for writer in here:
            writer.join(timeout=30)
        writers += here
    assert [writer.failure for writer in writers if writer.failure] == []
    with ServerProcess(*state_of(tmp_path)) as server:
        assert [writer.missing(server) for writer in writers] == [[]] * len(writers)
    assert sum(len(writer.functions) for writer in writers) > ROUNDS


@pytest.mark.slow
def test_virtual_time_goes_on_after_a_kill(tmp_path: Path) -> None:
    """A version that was being published when the server died is Active on the same instances later."""
    server = ServerProcess(*state_of(tmp_path), "--speed", "0")
    ec2, iam, lambda_ = (server.client(name) for name in ("ec2", "iam", "lambda"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    role = iam.create_role(RoleName="op", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.attach_role_policy(RoleName="op", PolicyArn=OPERATOR_POLICY)
    provider = lambda_.create_capacity_provider(
        CapacityProviderName="cp",
        VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": []},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": role},
    )["CapacityProvider"]["CapacityProviderArn"]
    server.ask("POST", "/moto-api/lmi/advance?seconds=5")
    lambda_.create_function(
        FunctionName="fn",
        Runtime="python3.13",
        Role=role,
        Handler="app.h",
        Code={"ZipFile": package()},
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider}},
    )
    server.ask("POST", "/moto-api/lmi/advance?seconds=5")
    lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    server.ask("POST", "/moto-api/lmi/advance?seconds=40")
    before = ec2.describe_instances(IncludeManagedResources=True)["Reservations"]
    server.kill()
    with ServerProcess(*state_of(tmp_path)) as server:
        ec2, lambda_ = server.client("ec2"), server.client("lambda")
        assert ec2.describe_instances(IncludeManagedResources=True)["Reservations"] == before
        server.ask("POST", "/moto-api/lmi/advance?seconds=60")
        read = lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
        assert read["State"] == "Active"


@pytest.mark.slow
def test_a_line_that_was_cut_off_is_dropped_and_damage_is_told(tmp_path: Path) -> None:
    """The last, unfinished line was never acknowledged; anything else that is broken stops the start."""
    server = ServerProcess(*state_of(tmp_path))
    vpc = server.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    server.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")
    server.kill()
    journal = tmp_path / "lab.state.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole.splitlines(keepends=True)[-1][:-20])
    with ServerProcess(*state_of(tmp_path)) as server:
        assert vpc in {item["VpcId"] for item in server.client("ec2").describe_vpcs()["Vpcs"]}
        server.client("ec2").create_vpc(CidrBlock="10.2.0.0/16")
        server.kill()
    lines = journal.read_bytes().splitlines(keepends=True)
    damaged = b"".join(
        [lines[0], lines[1].replace(b"create", b"crEate", 1).replace(b"Action", b"ActiOn", 1), *lines[1:]]
    )
    journal.write_bytes(damaged)
    with pytest.raises(RuntimeError, match="is damaged in line 2"):
        ServerProcess(*state_of(tmp_path))
    assert journal.read_bytes() == damaged
