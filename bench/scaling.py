"""The emulator under offered traffic, and its server with a room full of learners."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import boto3
from moto import mock_aws

import moto_lmi
from bench.measure import Row, median, p95, seconds
from lmi_sim.traffic import diurnal
from moto_lmi import scaling
from moto_lmi.clock import reset_clocks
from tests.moto_lmi.serving import ServerProcess
from tests.moto_lmi.world import ACCOUNT, OPERATOR_POLICY, World, managed, package, trust

_DAY_S = 86_400.0
_ACCOUNTS = 300
_CALLS_PER_S = 50
_CALLS_S = 20


def virtual_day() -> Iterator[Row]:
    """A day of a diurnal profile with a mean of 1,000 requests per second, on 100 instances at its peak."""
    times = []
    for _ in range(3):
        moto_lmi.enable(speed=0)
        reset_clocks()
        with mock_aws():
            world = World()
            arn = world.provider(
                InstanceRequirements={"AllowedInstanceTypes": ["c7i.xlarge"]},
                CapacityProviderScalingConfig={"MaxVCpuCount": 15000},
            )
            world.function(provider=arn, MemorySize=4096)
            world.publish(wait=120)
            shape = diurnal(250, 1750, _DAY_S)
            scaling.offer(ACCOUNT, "fn", shape.segments, {"io_ms": 100, "cpu_ms": 61})
            times.append(seconds(lambda: world.pass_time(_DAY_S)))  # noqa: B023 - called at once
            report = scaling.report(ACCOUNT, "fn")
    most = max(row.instances for row in report.rows)
    assert 95 <= most <= 110, most
    assert report.offered > 86_000_000
    what = f"one virtual day, {report.offered / 1e6:.1f} M requests, up to {most} instances"
    yield Row(what, f"{median(times):.1f} s", "none: moto has no LMI", "", "≤ 10 s")


def learners() -> Iterator[Row]:
    """A server with 300 accounts, each with a provider and a published function: its memory, and calls at 50 a second."""
    server = ServerProcess("--speed", "20")
    try:
        empty = _resident_mb(server.process.pid)
        accounts = [Learner(server.url, f"1{number:011d}") for number in range(_ACCOUNTS)]
        for learner in accounts:
            learner.prepare()
        full = _resident_mb(server.process.pid)
        times = _mixed_calls(accounts)
        after = _resident_mb(server.process.pid)
    finally:
        server.kill()  # there is no state to keep
    each = (full - empty) / _ACCOUNTS
    yield Row(
        f"server with {_ACCOUNTS} learner accounts",
        f"{full:,.0f} MB",
        f"{empty:,.0f} MB when empty",
        f"{each:.2f} MB each",
    )
    rate = f"{_CALLS_PER_S} mixed lab calls a second for {_CALLS_S} s"
    yield Row(
        rate, f"p95 {p95(times) * 1000:.0f} ms", f"median {median(times) * 1000:.0f} ms", "", f"{after:,.0f} MB then"
    )


class Learner:
    """An account on the server, spoken to with plain HTTP: an SDK's own time would hide the server's."""

    def __init__(self, url: str, account_id: str) -> None:
        self.address = url.removeprefix("http://")
        self.account_id = account_id

    def prepare(self) -> None:
        """Bring it to where it is in the middle of lab 52: a provider, and a function that is being published."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        vpc_id = _tag("vpcId", self.query(connection, "ec2", Action="CreateVpc", CidrBlock="10.0.0.0/16"))
        subnet = self.query(connection, "ec2", Action="CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.0.0/24")
        role = {"RoleName": "operator", "AssumeRolePolicyDocument": trust()}
        role_arn = _tag("Arn", self.query(connection, "iam", Action="CreateRole", **role))
        attached = {"RoleName": "operator", "PolicyArn": OPERATOR_POLICY}
        self.query(connection, "iam", Action="AttachRolePolicy", **attached)
        provider = {
            "CapacityProviderName": "cp",
            "VpcConfig": {"SubnetIds": [_tag("subnetId", subnet)], "SecurityGroupIds": []},
            "PermissionsConfig": {"CapacityProviderOperatorRoleArn": role_arn},
        }
        answer = self.call(connection, "POST", "/2025-11-30/capacity-providers", provider)
        arn = json.loads(answer)["CapacityProvider"]["CapacityProviderArn"]
        clock = f"/moto-api/lmi/advance?seconds=5&account={self.account_id}"
        self.call(connection, "POST", clock)
        function = {
            "FunctionName": "fn",
            "Runtime": "python3.13",
            "Role": role_arn,
            "Handler": "app.handler",
            "Code": {"ZipFile": b64encode(package()).decode()},
            "CapacityProviderConfig": managed(arn),
            "PublishTo": "LATEST_PUBLISHED",
        }
        self.call(connection, "POST", "/2015-03-31/functions", function)
        self.call(connection, "POST", clock.replace("seconds=5", "seconds=120"))
        connection.close()

    def lab_call(self, connection: http.client.HTTPConnection, number: int) -> None:
        """One of the calls that the labs make; most of them read, as learners and checks do."""
        calls = (
            lambda: self.call(connection, "GET", "/2025-11-30/capacity-providers"),
            lambda: self.call(connection, "GET", "/2025-11-30/capacity-providers/cp"),
            lambda: self.call(connection, "GET", "/2015-03-31/functions/fn/configuration?Qualifier=$LATEST.PUBLISHED"),
            lambda: self.call(connection, "GET", "/2025-11-30/capacity-providers/cp/function-versions"),
            lambda: self.query(connection, "ec2", Action="DescribeInstances", IncludeManagedResources="true"),
            lambda: self.call(
                connection,
                "PUT",
                "/2025-11-30/capacity-providers/cp",
                {"CapacityProviderScalingConfig": {"MaxVCpuCount": 400 + number % 7}},
            ),
        )
        calls[number % len(calls)]()

    def query(self, connection: http.client.HTTPConnection, service: str, **members: str) -> str:
        """A call of the query protocol; the body of its answer."""
        version = {"ec2": "2016-11-15", "iam": "2010-05-08"}[service]
        body = urlencode({"Version": version, **members})
        return self._ask(connection, "POST", "/", service, body, "application/x-www-form-urlencoded")

    def call(self, connection: http.client.HTTPConnection, method: str, path: str, document: object = None) -> str:
        """A call of Lambda's; the body of its answer."""
        body = "" if document is None else json.dumps(document)
        return self._ask(connection, method, path, "lambda", body, "application/json")

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, service: str, body: str, kind: str
    ) -> str:
        scope = f"{self.account_id}/20260101/us-east-1/{service}/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type": kind,
            "Host": f"{service}.us-east-1.amazonaws.com",
        }
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status < 300, f"{method} {path}: {answer.status} {text}"
        return text


def _mixed_calls(accounts: list[Learner]) -> list[float]:
    """Seconds from when each call was due to its answer, so that a server that falls behind shows it."""
    times: list[float] = []
    numbers = itertools.count()
    begun = time.perf_counter()

    def worker() -> None:
        connection = http.client.HTTPConnection(accounts[0].address, timeout=60)
        while (number := next(numbers)) < _CALLS_PER_S * _CALLS_S:
            due = begun + number / _CALLS_PER_S
            time.sleep(max(0.0, due - time.perf_counter()))
            accounts[number * 7 % len(accounts)].lab_call(connection, number)
            times.append(time.perf_counter() - due)
        connection.close()

    workers = [threading.Thread(target=worker) for _ in range(8)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert len(times) == _CALLS_PER_S * _CALLS_S
    return times


def _tag(name: str, document: str) -> str:
    match = re.search(rf"<{name}>([^<]+)<", document)
    assert match is not None, document
    return match[1]


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no VmRSS")


def rows() -> Iterator[Row]:
    """Everything about scaling and a full room."""
    boto3.setup_default_session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    yield from virtual_day()
    yield from learners()
