"""A small world for the tests: clients on the in-process emulator and what a capacity provider leans on."""

from __future__ import annotations

import io
import json
import re
import textwrap
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import boto3

from moto_lmi import facts
from moto_lmi.clock import Clock, clock_for

ACCOUNT = "123456789012"
REGION = "us-east-1"
OPERATOR_POLICY = "arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"


def trust(service: str = "lambda.amazonaws.com") -> str:
    """A trust policy for the service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def package(content: str = "one") -> bytes:
    """A deployment package whose handler gives the content."""
    return archive({"app.py": f"def handler(event, context):\n    return {content!r}\n"})


def archive(files: Mapping[str, str]) -> bytes:
    """A ZIP archive of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), textwrap.dedent(content))
    return buffer.getvalue()


@cache
def client(service: str) -> Any:
    """A client for the service; making one takes longer than most tests."""
    return boto3.Session("testing", "testing", region_name=REGION).client(service)


class World:
    """Clients and shorthands; time stands still until `pass_time`."""

    def __init__(self) -> None:
        self.ec2 = client("ec2")
        self.iam = client("iam")
        self.kms = client("kms")
        self.lambda_ = client("lambda")
        self.vpc_id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet_ids = [self.subnet(f"10.0.{index}.0/24", zone) for index, zone in enumerate("abd")]
        self.group_id = self.ec2.create_security_group(GroupName="lmi", Description="lmi", VpcId=self.vpc_id)["GroupId"]
        self.operator_role_arn = self.role("operator", OPERATOR_POLICY)
        self.execution_role_arn = self.role("execution")

    @property
    def clock(self) -> Clock:
        """The clock of the default account."""
        return clock_for(ACCOUNT)

    def pass_time(self, seconds: float) -> None:
        """Let virtual seconds pass."""
        self.clock.advance(seconds)

    def subnet(self, cidr: str, zone: str) -> str:
        """A new subnet in the zone with the letter."""
        answer = self.ec2.create_subnet(VpcId=self.vpc_id, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
        subnet_id: str = answer["Subnet"]["SubnetId"]
        return subnet_id

    def open_way_out(self) -> None:
        """Let the subnets reach AWS's services and the internet: over a NAT gateway in a public subnet."""
        of_vpc = [{"Name": "vpc-id", "Values": [self.vpc_id]}]
        main = self.ec2.describe_route_tables(Filters=of_vpc)["RouteTables"][0]["RouteTableId"]
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc_id)
        public = self.ec2.create_route_table(VpcId=self.vpc_id)["RouteTable"]["RouteTableId"]
        subnet = self.subnet("10.0.200.0/24", "a")
        self.ec2.associate_route_table(RouteTableId=public, SubnetId=subnet)
        self.ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        self.ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)

    def role(self, name: str, *policies: str, service: str = "lambda.amazonaws.com") -> str:
        """A new role that the service may assume, with the managed policies."""
        arn: str = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))["Role"]["Arn"]
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        return arn

    def provider_request(self, name: str = "cp", **members: Any) -> dict[str, Any]:
        """A valid CreateCapacityProvider request; members replace or add to it."""
        return {
            "CapacityProviderName": name,
            "VpcConfig": {"SubnetIds": self.subnet_ids, "SecurityGroupIds": [self.group_id]},
            "PermissionsConfig": {"CapacityProviderOperatorRoleArn": self.operator_role_arn},
            **members,
        }

    def provider(self, name: str = "cp", **members: Any) -> str:
        """An Active provider's ARN."""
        answer = self.lambda_.create_capacity_provider(**self.provider_request(name, **members))
        self.pass_time(2)
        arn: str = answer["CapacityProvider"]["CapacityProviderArn"]
        return arn

    def function_request(self, name: str = "fn", provider: str | None = None, **members: Any) -> dict[str, Any]:
        """A valid CreateFunction request, on the provider with the ARN if there is one."""
        request: dict[str, Any] = {
            "FunctionName": name,
            "Runtime": "python3.13",
            "Role": self.execution_role_arn,
            "Handler": "app.handler",
            "Code": {"ZipFile": package()},
        }
        if provider:
            request["CapacityProviderConfig"] = managed(provider)
        return {**request, **members}

    def function(self, name: str = "fn", provider: str | None = None, **members: Any) -> dict[str, Any]:
        """A function that is ready to be published; its configuration."""
        self.lambda_.create_function(**self.function_request(name, provider, **members))
        self.pass_time(3)
        configuration: dict[str, Any] = self.lambda_.get_function_configuration(FunctionName=name)
        return configuration

    def publish(self, name: str = "fn", *, latest: bool = True, wait: float = 90) -> str:
        """The qualifier of a version that has been published and had `wait` virtual seconds."""
        members = {"PublishTo": "LATEST_PUBLISHED"} if latest else {}
        version: str = self.lambda_.publish_version(FunctionName=name, **members)["Version"]
        self.pass_time(wait)
        return version

    def state(self, name: str = "fn", qualifier: str = "$LATEST.PUBLISHED") -> str:
        """The state of a version."""
        return str(self.lambda_.get_function_configuration(FunctionName=name, Qualifier=qualifier)["State"])

    def hosts(self, *states: str) -> list[dict[str, Any]]:
        """The managed instances in one of the states, by default those that are not terminated."""
        wanted = states or ("pending", "running", "shutting-down")
        pages: Iterable[Any] = self.ec2.get_paginator("describe_instances").paginate(
            IncludeManagedResources=True, Filters=[{"Name": "operator.managed", "Values": ["true"]}]
        )
        return [
            instance
            for page in pages
            for reservation in page["Reservations"]
            for instance in reservation["Instances"]
            if instance["State"]["Name"] in wanted
        ]


def is_ours(refused: tuple[str, str], key: str) -> bool:
    """Whether code and message are those of one of the emulator's own sentences."""
    sentence = facts.ours(key)
    pattern = ".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", sentence.message))
    return refused[0] == sentence.code and re.fullmatch(pattern, refused[1]) is not None


def managed(provider: str, **members: Any) -> dict[str, Any]:
    """A CapacityProviderConfig."""
    return {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider, **members}}
