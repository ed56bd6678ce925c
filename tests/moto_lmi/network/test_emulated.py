"""The emulator's own questions about its networks."""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from moto_lmi.behaviour import reset_behaviour, set_behaviour
from moto_lmi.clock import clock_for
from moto_lmi.network import NetworkError, ProviderVerdict, emulated
from moto_lmi.network.in_process import Describer
from tests.moto_lmi.world import ACCOUNT, REGION, client

from .building import Building

_WAY_OUT = (
    "subnet pub main 10.0.0.0/24 a public",
    "igw igw main",
    "table public main pub",
    "route public 0.0.0.0/0 igw",
    "nat nat pub",
    "route main.main 0.0.0.0/0 nat",
)


@pytest.fixture
def network(shared_account: None) -> Iterator[Building]:
    """A VPC with a private subnet and a security group."""
    building = Building()
    building.build(("vpc main 10.0.0.0/16", "dns main on on", "subnet app main 10.0.1.0/24 a", "group lmi main"))
    yield building
    reset_behaviour()


def _logs_arrive(network: Building) -> bool:
    return emulated.logs_arrive(ACCOUNT, REGION, network.ids["app"], [network.ids["lmi"]])


def _reaches(network: Building, *subnets: str) -> ProviderVerdict:
    subnet_ids = [network.ids[name] for name in subnets]
    return emulated.reaches(ACCOUNT, REGION, subnet_ids, [network.ids["lmi"]], "logs")


def test_what_changes_is_seen_at_once(network: Building) -> None:
    """A route, and later a deleted NAT gateway, change the verdict that was kept."""
    assert not _logs_arrive(network)
    network.build(_WAY_OUT)
    assert _logs_arrive(network)
    network.build(("delete nat",))
    assert not _logs_arrive(network)


def test_private_dns_can_be_turned_off_and_on(network: Building) -> None:
    """ModifyVpcEndpoint takes PrivateDnsEnabled, which moto drops, and leaves it alone where it is not given."""
    network.build(("group door main", "ingress door 443 10.0.0.0/16", "endpoint ep main logs app door"))
    ec2 = client("ec2")
    assert _logs_arrive(network)
    ec2.modify_vpc_endpoint(VpcEndpointId=network.ids["ep"], PrivateDnsEnabled=False)
    ec2.modify_vpc_endpoint(VpcEndpointId=network.ids["ep"], PolicyDocument="{}")
    assert _reaches(network, "app").verdicts[0].blocking.cause == "private_dns_off"  # type: ignore[union-attr]
    ec2.modify_vpc_endpoint(VpcEndpointId=network.ids["ep"], PrivateDnsEnabled=True, ResetPolicy=True)
    assert ec2.describe_vpc_endpoints(VpcEndpointIds=[network.ids["ep"]])["VpcEndpoints"][0]["PrivateDnsEnabled"]


def test_what_cloudformation_makes_is_seen_too(network: Building) -> None:
    """A stack changes the network without a call of EC2's API."""
    network.build(("group door main", "endpoint ep main logs app door"))
    assert not _logs_arrive(network)
    ingress = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {
            "GroupId": network.ids["door"],
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "CidrIp": "10.0.0.0/16",
        },
    }
    template = json.dumps({"Resources": {"Ingress": ingress}})
    client("cloudformation").create_stack(StackName="door", TemplateBody=template)
    assert _logs_arrive(network)


def test_a_verdict_is_kept_until_something_changes(network: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second question describes nothing, whatever the order of its subnets."""
    network.build(("subnet other main 10.0.2.0/24 b",))
    first = _reaches(network, "app", "other")
    monkeypatch.setattr(emulated, "take", None)
    assert _reaches(network, "other", "app") is first


def test_the_accounts_switches_decide(network: Building) -> None:
    """Turning a switch changes the verdict."""
    network.build(_WAY_OUT)
    assert _reaches(network, "pub").reachable == "all"
    set_behaviour(ACCOUNT, subnet_gives_public_ip=False)
    assert _reaches(network, "pub").reachable == "none"


def test_the_default_vpc_has_a_way_out(network: Building) -> None:
    """As a new account's on AWS: an internet gateway, a route to it, and subnets that give public addresses."""
    subnets = client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    ids = [subnet["SubnetId"] for subnet in subnets]
    assert emulated.reaches(ACCOUNT, REGION, ids, [], "logs").reachable == "all"


def test_no_socket_is_opened_outside_of_moto(network: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator asks itself without the network, also where requests are not mocked, as in the HTTP endpoint."""

    def refuse(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("moto.core.botocore_stubber.BotocoreStubber.__call__", lambda *_, **__: None)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert not _logs_arrive(network)


def test_time_stands_still_while_it_is_asked(network: Building) -> None:
    """What is due is not run by a question."""
    ran: list[int] = []
    clock_for(ACCOUNT).call_later(0, ran.append, 1)
    assert not _logs_arrive(network)
    assert ran == []
    clock_for(ACCOUNT).advance(0)


def test_what_ec2_refuses_is_refused_in_process_too(network: Building) -> None:
    """With EC2's code and message, as boto3 has them; and what is no operation is no method."""
    asked = {"VpcIds": ["vpc-00000000"]}
    with pytest.raises(ClientError) as by_boto3:
        client("ec2").describe_vpcs(**asked)
    with pytest.raises(ClientError) as in_process:
        Describer(ACCOUNT, REGION).describe_vpcs(**asked)
    assert str(in_process.value) == str(by_boto3.value)
    with pytest.raises(AttributeError, match="describe_everything"):
        Describer(ACCOUNT, REGION).describe_everything()


def test_a_question_about_nothing_is_refused(network: Building) -> None:
    """An unknown subnet is named."""
    with pytest.raises(NetworkError, match="subnet-00000000"):
        emulated.reaches(ACCOUNT, REGION, ["subnet-00000000"], [network.ids["lmi"]], "logs")


def test_verdicts_can_be_saved_with_the_account(network: Building) -> None:
    """A verdict that is kept is a value: it survives a pickle."""
    first = _reaches(network, "app")
    assert pickle.loads(pickle.dumps(first)) == first
