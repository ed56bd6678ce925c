"""What handlers call: a service that the instance can't reach does not answer, on capacity providers alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from moto_lmi.invoking.outgoing import Caller, Gate
from moto_lmi.runtime.http import Connection

from .serving import ServerProcess
from .test_invoke_http import value_of
from .world import OPERATOR_POLICY, archive, managed, trust

SOURCE = """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    IMPATIENT = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})

    def handler(event, context):
        sqs = boto3.client("sqs", config=IMPATIENT if event.get("impatient") else None)
        try:
            return sorted(sqs.list_queues().get("QueueUrls", []))
        except BotoCoreError as error:
            return type(error).__name__
"""
IMPATIENT = b'{"impatient": true}'
NOT_ANSWERED = ("ReadTimeoutError", "ConnectTimeoutError")


class Ground:
    """A server with `fn` on a provider in a VPC without a way out, and `plain` on default Lambda."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.ec2, self.lambda_ = server.client("ec2"), server.client("lambda")
        self.vpc_id = self.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc_id, EnableDnsHostnames={"Value": True})
        zone = {"VpcId": self.vpc_id, "AvailabilityZone": "us-east-1a"}
        self.subnet_id = self.ec2.create_subnet(CidrBlock="10.7.1.0/24", **zone)["Subnet"]["SubnetId"]
        of_vpc = [{"Name": "vpc-id", "Values": [self.vpc_id]}]
        self.group_id = self.ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"][0]["GroupId"]
        iam = server.client("iam")
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        iam.attach_role_policy(RoleName="role", PolicyArn=OPERATOR_POLICY)
        provider = self.lambda_.create_capacity_provider(
            CapacityProviderName="cp",
            VpcConfig={"SubnetIds": [self.subnet_id], "SecurityGroupIds": [self.group_id]},
            PermissionsConfig={"CapacityProviderOperatorRoleArn": role},
        )["CapacityProvider"]["CapacityProviderArn"]
        self.pass_time(2)
        common = {"Runtime": "python3.13", "Role": role, "Handler": "app.handler"}
        code = {"ZipFile": archive({"app.py": SOURCE})}
        self.lambda_.create_function(FunctionName="plain", Code=code, Timeout=30, MemorySize=512, **common)
        config = managed(provider, PerExecutionEnvironmentMaxConcurrency=2)
        self.lambda_.create_function(FunctionName="fn", Code=code, Timeout=4, CapacityProviderConfig=config, **common)
        self.pass_time(3)
        self.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
        self.pass_time(90)
        scaling = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 1}
        self.lambda_.put_function_scaling_config(
            FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=scaling
        )
        self.pass_time(60)
        server.client("sqs").create_queue(QueueName="mine")

    def pass_time(self, seconds: float) -> None:
        """Let virtual seconds pass."""
        self.server.ask("POST", f"/moto-api/lmi/advance?seconds={seconds}")

    def switch(self, **switches: bool) -> None:
        """Set switches of the account."""
        status, _ = self.server.ask("POST", "/moto-api/lmi/behaviour", switches)
        assert status == 200

    def invoke(self, name: str = "fn", payload: bytes = IMPATIENT) -> Any:
        """What the function gave."""
        return value_of(self.lambda_.invoke(FunctionName=name, Payload=payload))


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One server for the tests of this module."""
    with ServerProcess("--speed", "0") as server:
        yield Ground(server)


def test_without_a_way_a_call_is_not_answered(ground: Ground) -> None:
    """The handler's client gives up; default Lambda is answered, and so is the handler with the switch off."""
    assert ground.invoke() in NOT_ANSWERED
    (queue,) = ground.invoke("plain")
    assert queue.endswith("/mine")
    ground.switch(calls_need_a_way=False)
    assert ground.invoke() == [queue]
    ground.switch(calls_need_a_way=True)
    assert ground.invoke() in NOT_ANSWERED


def test_a_handler_that_waits_ends_in_its_timeout(ground: Ground) -> None:
    """boto3 waits a minute by default, the function four seconds."""
    answer = ground.lambda_.invoke(FunctionName="fn", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 4.00 seconds" in value_of(answer)["errorMessage"]


def test_an_interface_endpoint_is_a_way(ground: Ground) -> None:
    """With one for SQS the handler is answered, once it is gone it waits again."""
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.7.0.0/16"}]}
    ground.ec2.authorize_security_group_ingress(GroupId=ground.group_id, IpPermissions=[rule])
    endpoint_id = ground.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=ground.vpc_id,
        ServiceName="com.amazonaws.us-east-1.sqs",
        SubnetIds=[ground.subnet_id],
        SecurityGroupIds=[ground.group_id],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    (queue,) = ground.invoke()
    assert queue.endswith("/mine")
    ground.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert ground.invoke() in NOT_ANSWERED


def test_a_server_ends_while_calls_wait() -> None:
    """It closes their connections, and waits for nobody."""
    with ServerProcess("--speed", "0") as server:
        ground = Ground(server)
        ground.lambda_.invoke(FunctionName="fn", Payload=b"{}")  # the handler still waits when this has timed out
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 25


# --- the parts ---------------------------------------------------------------------------------------------------------


class Client(Connection):
    """A connection without a socket."""

    def __init__(self) -> None:
        self.was_closed = False

    @property
    def is_open(self) -> bool:
        """Until it is closed."""
        return not self.was_closed

    def close(self) -> None:
        """Note it."""
        self.was_closed = True


class Taken:
    """A body that writes down what it gets."""

    def __init__(self) -> None:
        self.got: list[object] = []

    def feed(self, data: bytes) -> None:
        """A piece."""
        self.got.append(data)

    def end(self, trailers: Mapping[str, str]) -> None:
        """The end."""
        self.got.append(dict(trailers))

    def lost(self) -> None:
        """The other end."""
        self.got.append("lost")


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> Caller:
    """An environment whose place nobody knows."""
    monkeypatch.setattr(Caller, "_look", lambda self: None)
    return Caller(None, "uid")  # type: ignore[arg-type]


@pytest.mark.parametrize("known_after", range(4))
def test_a_gate_hands_everything_on_in_order(known_after: int) -> None:
    """Whenever it becomes known that the request may pass: before, between or after its pieces."""
    body = Taken()
    gate = Gate(body)
    steps = [lambda: gate.feed(b"a"), lambda: gate.feed(b"b"), lambda: gate.end({"x": "y"})]
    steps.insert(known_after, gate.open)
    for step in steps:
        step()
    assert body.got == [b"a", b"b", {"x": "y"}]


def test_a_gate_tells_of_a_client_that_is_lost() -> None:
    """Also when that happened before it was known whether the request may pass."""
    body = Taken()
    gate = Gate(body)
    gate.feed(b"a")
    gate.lost()
    gate.open()
    assert body.got == [b"a", "lost"]


def test_a_shut_gate_lets_nothing_through(caller: Caller) -> None:
    """Neither what has come nor what comes; the connection stays open."""
    body, client = Taken(), Client()
    gate = Gate(body)
    gate.feed(b"a")
    gate.shut(caller, client)
    gate.feed(b"b")
    gate.end({})
    assert (body.got, client.was_closed) == ([], False)


def test_what_is_held_ends_with_the_environment(caller: Caller) -> None:
    """Its connections are closed, and those that would be held later are closed at once."""
    first, second = Client(), Client()
    caller.hold(first)
    caller.gone()
    caller.hold(second)
    assert (first.was_closed, second.was_closed) == (True, True)
