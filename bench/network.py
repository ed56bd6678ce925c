"""Reachability: how long a verdict takes for a provider with all the subnets it may have, in a VPC with fifty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
from moto import mock_aws

import moto_lmi
from bench.measure import Row, median, p95, seconds
from moto_lmi import facts, network
from moto_lmi.clock import reset_clocks
from moto_lmi.network import emulated

_SUBNETS = 50
_TIMES = 21
_GOAL_MS = 50
_ACCOUNT, _REGION = "123456789012", "us-east-1"


def _vpc(ec2: Any) -> tuple[list[str], str]:
    """A VPC with fifty subnets behind a NAT gateway and an endpoint for logs: as many subnets as a provider may have, and a group."""
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(
            VpcId=vpc_id, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{_REGION}{'abcd'[number % 4]}"
        )["Subnet"]["SubnetId"]
        for number in range(_SUBNETS)
    ]
    group_id = ec2.create_security_group(GroupName="lmi", Description="lmi", VpcId=vpc_id)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[rule])
    gateway_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    table_id = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnets[0])
    ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat_id = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    private_id = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    for subnet_id in subnets[1:]:
        ec2.associate_route_table(RouteTableId=private_id, SubnetId=subnet_id)
    ec2.create_route(RouteTableId=private_id, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat_id)
    ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=vpc_id,
        ServiceName=f"com.amazonaws.{_REGION}.logs",
        SubnetIds=subnets[1:4],
        SecurityGroupIds=[group_id],
        PrivateDnsEnabled=True,
    )
    return subnets[1 : 1 + facts.value("limits.subnets")[1]], group_id


def rows() -> Iterator[Row]:
    """A verdict with its snapshot, in the emulator and with boto3; the evaluation alone; and a verdict that was kept."""
    boto3.setup_default_session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=_REGION)
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        ec2 = boto3.client("ec2")
        subnet_ids, group_id = _vpc(ec2)
        for name in ("logs", "sqs"):
            yield from _verdicts(ec2, subnet_ids, group_id, name)


def _verdicts(ec2: Any, subnet_ids: list[str], group_id: str, name: str) -> Iterator[Row]:
    wanted = network.destination(name)
    snapshot = network.take(ec2, subnet_ids, wanted)
    vpc_id = snapshot.subnets[subnet_ids[0]]["VpcId"]

    def kept() -> None:
        assert emulated.reaches(_ACCOUNT, _REGION, subnet_ids, [group_id], name).reachable == "all"

    def fresh() -> float:
        ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": True})  # forgets the verdict
        return seconds(kept)

    def asked() -> None:
        network.reach(ec2, subnet_ids, [group_id], name)

    def evaluated() -> None:
        network.evaluate(snapshot, subnet_ids, [group_id], wanted)

    yield _row(f"{name}: snapshot and verdict in the emulator", [fresh() for _ in range(_TIMES)], goal=True)
    yield _row(f"{name}: snapshot and verdict with boto3 on moto", [seconds(asked) for _ in range(_TIMES)])
    yield _row(f"{name}: verdict of a snapshot", [seconds(evaluated) for _ in range(_TIMES)], goal=True)
    yield _row(f"{name}: verdict that the emulator kept", [seconds(kept) for _ in range(_TIMES)], goal=True)


def _row(what: str, times: list[float], *, goal: bool = False) -> Row:
    return Row(
        f"{what}, {_SUBNETS} subnets",
        f"{median(times) * 1000:.2f} ms",
        "none",
        "",
        f"p95 {p95(times) * 1000:.2f} ms" + (f", goal {_GOAL_MS} ms" if goal else ""),
    )
