"""What holds for every network: no allowance closes a way, order means nothing, sets of addresses are sets."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields, replace
from ipaddress import ip_address, ip_network
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from moto_lmi.network import Snapshot, destination, evaluate
from moto_lmi.network.addresses import Addresses, everything
from moto_lmi.network.rules import passed
from moto_lmi.network.snapshot import Dns

_BLOCKS = st.sampled_from(
    [
        "0.0.0.0/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "10.0.0.0/8",
        "10.0.1.0/24",
        "10.0.2.0/24",
        "203.0.113.0/24",
        "10.0.2.10/32",
    ]
)
_PORTS = st.sampled_from([(443, 443), (1024, 65535), (0, 65535), (5432, 5432), (32768, 61000)])
_DESTINATIONS = st.sampled_from(["logs", "203.0.113.7", "10.0.2.10:5432", "example.com:5432", "sqs"])


def _group_rule(ports: tuple[int, int], block: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": ports[0], "ToPort": ports[1], "IpRanges": [{"CidrIp": block}]}


def _acl_entry(number: int, egress: bool, action: str, ports: tuple[int, int], block: str) -> dict[str, Any]:
    span = {"From": ports[0], "To": ports[1]}
    return {
        "RuleNumber": number, "Egress": egress, "Protocol": "6", "RuleAction": action, "CidrBlock": block, "PortRange": span
    }  # fmt: skip


_GROUP_RULES = st.lists(st.builds(_group_rule, _PORTS, _BLOCKS), max_size=4)
_ACL_ENTRIES = st.lists(
    st.builds(_acl_entry, st.integers(1, 200), st.booleans(), st.sampled_from(["allow", "deny"]), _PORTS, _BLOCKS),
    max_size=6,
    unique_by=lambda entry: (entry["RuleNumber"], entry["Egress"]),
)


@st.composite
def networks(draw: st.DrawFn) -> Snapshot:
    """A VPC with a private and a public subnet, a NAT gateway, an endpoint for logs, a database, and any rules."""
    zone = {"app": "us-east-1a", "pub": "us-east-1b"}
    subnets = {
        name: {"SubnetId": name, "VpcId": "vpc", "CidrBlock": block, "AvailabilityZone": zone[name]}
        for name, block in (("app", "10.0.1.0/24"), ("pub", "10.0.2.0/24"))
    }
    groups = {
        name: {
            "GroupId": name, "VpcId": "vpc", "GroupName": name,
            "IpPermissions": draw(_GROUP_RULES), "IpPermissionsEgress": draw(_GROUP_RULES),
        }
        for name in ("lmi", "door", "db")
    }  # fmt: skip
    acls = {
        f"acl-{name}": {
            "NetworkAclId": f"acl-{name}", "VpcId": "vpc", "Associations": [{"SubnetId": name}], "Entries": draw(_ACL_ENTRIES)
        }
        for name in subnets
    }  # fmt: skip
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    tables = {
        "rtb-app": {"SubnetId": "app", "NatGatewayId": "nat-1"},
        "rtb-pub": {"SubnetId": "pub", "GatewayId": "igw-1"},
    }
    endpoint = {
        "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc", "State": "available",
        "ServiceName": "com.amazonaws.us-east-1.logs", "SubnetIds": ["app", "pub"], "Groups": [{"GroupId": "door"}],
        "PrivateDnsEnabled": True,
    }  # fmt: skip
    return Snapshot(
        region="us-east-1",
        vpcs={"vpc": {"VpcId": "vpc", "CidrBlock": "10.0.0.0/16"}},
        subnets=subnets,
        route_tables={
            name: {
                "RouteTableId": name, "VpcId": "vpc", "Associations": [{"SubnetId": hop["SubnetId"]}],
                "Routes": [local, {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **hop}],
            }
            for name, hop in tables.items()
        },
        network_acls=acls,
        security_groups=groups,
        nat_gateways={
            "nat-1": {"State": "available", "SubnetId": "pub", "NatGatewayAddresses": [{"PublicIp": "203.0.113.1"}]}
        },
        internet_gateways={"igw-1": {"Attachments": [{"VpcId": "vpc", "State": "available"}]}},
        egress_only_gateways={},
        endpoints={"vpce-1": endpoint} if draw(st.booleans()) else {},
        interfaces={
            "eni-db": {
                "NetworkInterfaceId": "eni-db", "VpcId": "vpc", "SubnetId": "pub", "PrivateIpAddress": "10.0.2.10",
                "Groups": [{"GroupId": "db"}],
            }
        },
        dns={"vpc": Dns(support=True, hostnames=True)},
    )  # fmt: skip


def _reachable(snapshot: Snapshot, to: str) -> bool:
    return evaluate(snapshot, ["app"], ["lmi"], destination(to)).reachable == "all"


@settings(max_examples=60, deadline=None)
@given(networks(), _DESTINATIONS, st.sampled_from(["lmi", "door", "db"]), st.booleans(), _PORTS, _BLOCKS)
def test_one_more_rule_of_a_group_closes_no_way(
    snapshot: Snapshot, to: str, group: str, egress: bool, ports: tuple[int, int], block: str
) -> None:
    """Rules of security groups only allow."""
    more = deepcopy(dict(snapshot.security_groups))
    more[group]["IpPermissionsEgress" if egress else "IpPermissions"].append(_group_rule(ports, block))
    assert _reachable(replace(snapshot, security_groups=more), to) or not _reachable(snapshot, to)


@settings(max_examples=60, deadline=None)
@given(
    networks(),
    _DESTINATIONS,
    st.sampled_from(["acl-app", "acl-pub"]),
    st.integers(0, 300),
    st.booleans(),
    _PORTS,
    _BLOCKS,
)
def test_one_more_allowance_of_a_network_acl_closes_no_way(
    snapshot: Snapshot, to: str, acl: str, number: int, egress: bool, ports: tuple[int, int], block: str
) -> None:
    """Wherever it stands among the rules."""
    more = deepcopy(dict(snapshot.network_acls))
    more[acl]["Entries"].append(_acl_entry(number, egress, "allow", ports, block))
    if len({(entry["RuleNumber"], entry["Egress"]) for entry in more[acl]["Entries"]}) == len(more[acl]["Entries"]):
        assert _reachable(replace(snapshot, network_acls=more), to) or not _reachable(snapshot, to)


@settings(max_examples=60, deadline=None)
@given(networks(), _DESTINATIONS, st.randoms())
def test_the_order_of_describe_output_means_nothing(snapshot: Snapshot, to: str, random: Any) -> None:
    """Whatever order resources, rules, entries and associations come in, the verdict is the same, hop by hop."""

    def shuffled(value: Any) -> Any:
        if isinstance(value, Mapping):
            keys = list(value)
            random.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        if isinstance(value, list):
            items = [shuffled(item) for item in value]
            random.shuffle(items)
            return items
        return value

    other = Snapshot(**{field.name: shuffled(getattr(snapshot, field.name)) for field in fields(Snapshot)})
    wanted = destination(to)
    assert evaluate(other, ["pub", "app"], ["lmi"], wanted) == evaluate(snapshot, ["app", "pub"], ["lmi"], wanted)


@settings(max_examples=100, deadline=None)
@given(_ACL_ENTRIES, st.booleans(), st.sampled_from([80, 443, 5432, 40000]), st.integers(0, 2**32 - 1))
def test_a_network_acl_decides_as_its_rules_read_one_by_one(
    entries: list[dict[str, Any]], egress: bool, port: int, number: int
) -> None:
    """The lowest rule that matches the address and the port decides; without any the packet is denied."""
    address = ip_address(number)
    allowed = False
    for entry in sorted(entries, key=lambda entry: int(entry["RuleNumber"])):
        low, high = entry["PortRange"]["From"], entry["PortRange"]["To"]
        if entry["Egress"] == egress and low <= port <= high and address in ip_network(entry["CidrBlock"]):
            allowed = entry["RuleAction"] == "allow"
            break
    far = Addresses.one(str(address))
    assert bool(passed({"Entries": entries}, egress=egress, ports=(port, port), far=far).addresses) == allowed


@given(st.lists(_BLOCKS, max_size=5), st.lists(_BLOCKS, max_size=5))
def test_addresses_are_sets(one: list[str], other: list[str]) -> None:
    """Union, intersection and difference count as sets do, and what is taken away is away."""
    left, right = Addresses.of(4, one), Addresses.of(4, other)
    assert (left | right).count == left.count + right.count - (left & right).count
    assert (left - right).count == left.count - (left & right).count
    assert not (left - right) & right
    assert everything(4).holds(left)
