"""The ground that labs after day 52 stand on: network, roles and an Active capacity provider, made and taken away by name.

It is what lab 52 builds by hand, in plain boto3, so that it is the same in the emulator and on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from lmi_labs.account import Account
from lmi_labs.lab import wait_until

__all__ = ["Ground", "clear", "prepare"]


class Place(Protocol):
    """Where ground can be: a lab, or anything else that has an account."""

    @property
    def account(self) -> Account:
        """The account to make it in."""


ZONES = ("a", "b", "d")
"""The zones of us-east-1 that labs use; AWS refused the others to a provider (facts: regions.refused_az_seen)."""
RANGE = "10.50.0.0/16"
"""The addresses of the ground's VPC."""
_OPERATOR_POLICY = "arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
_EXECUTION_POLICIES = (
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy",
)
_ROLE_PATIENCE_S = 60.0
_GONE_PATIENCE_S = 3600.0
_GONE = ("ResourceNotFoundException", "NoSuchEntity")


@dataclass(frozen=True)
class Ground:
    """What is there under the name: ids and ARNs that a function's configuration needs."""

    name: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    security_group_id: str
    operator_role_arn: str
    execution_role_arn: str
    capacity_provider_arn: str


def prepare(
    lab: Place,
    name: str,
    *,
    architecture: str = "arm64",
    max_vcpu_count: int = 24,
    services: tuple[str, ...] = ("logs", "lambda"),
) -> Ground:
    """Find or make everything under the name; done when the provider is Active. Harmless when called again.

    Three subnets in three zones of a VPC, whose only way out are interface endpoints for the AWS services; a security group
    without inbound rules, an operator role, an execution role, and a provider with the cap `max_vcpu_count`. Instances are
    billed from the first published version on, on AWS also each endpoint in each zone.
    """
    ec2, iam, lambda_client = (lab.account.client(service) for service in ("ec2", "iam", "lambda"))
    vpc_id = _vpc(ec2, name)
    subnet_ids = _subnets(ec2, name, vpc_id, lab.account.region)
    group_id = _security_group(ec2, name, vpc_id)
    _endpoints(ec2, name, vpc_id, subnet_ids, lab.account.region, services)
    operator = _role(iam, f"{name}-operator", (_OPERATOR_POLICY,))
    execution = _role(iam, f"{name}-execution", _EXECUTION_POLICIES)

    def create() -> Any:
        return lambda_client.create_capacity_provider(
            CapacityProviderName=name,
            VpcConfig={"SubnetIds": list(subnet_ids), "SecurityGroupIds": [group_id]},
            PermissionsConfig={"CapacityProviderOperatorRoleArn": operator},
            InstanceRequirements={"Architectures": [architecture]},
            CapacityProviderScalingConfig={"MaxVCpuCount": max_vcpu_count},
        )

    if _missing(lambda_client.get_capacity_provider, CapacityProviderName=name):
        patiently(lab, create)

    def active() -> Any:
        provider = lambda_client.get_capacity_provider(CapacityProviderName=name)["CapacityProvider"]
        return provider if provider["State"] == "Active" else None

    provider = wait_until(lab.account, active)
    return Ground(name, vpc_id, subnet_ids, group_id, operator, execution, provider["CapacityProviderArn"])


def patiently(lab: Place, call: Callable[[], Any]) -> Any:
    """Make the call; on AWS again for a minute, because a role that is seconds old is not known everywhere yet."""

    def attempt() -> Any:
        try:
            return call()
        except ClientError as error:
            if lab.account.world != "aws" or error.response["Error"]["Code"] != "InvalidParameterValueException":
                raise
            return None

    return wait_until(lab.account, attempt, timeout=_ROLE_PATIENCE_S)


def clear(lab: Place, name: str) -> None:
    """Delete functions, layers and providers whose names begin with the name, then the ground. Harmless when nothing is left.

    On AWS it takes as long as the instances take to go, which can be many minutes.
    """
    lambda_client = lab.account.client("lambda")
    functions = [
        item["FunctionName"]
        for page in lambda_client.get_paginator("list_functions").paginate()
        for item in page["Functions"]
        if item["FunctionName"].startswith(name)
    ]
    for function in functions:
        lambda_client.delete_function(FunctionName=function)
    for function in functions:
        _wait_until_gone(lab, lambda_client.get_function_configuration, FunctionName=function)
    for layer in lambda_client.list_layers()["Layers"]:
        if layer["LayerName"].startswith(name):
            for version in lambda_client.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"]:
                lambda_client.delete_layer_version(LayerName=layer["LayerName"], VersionNumber=version["Version"])
    providers = [
        item["CapacityProviderArn"].rpartition(":")[2]
        for page in lambda_client.get_paginator("list_capacity_providers").paginate()
        for item in page["CapacityProviders"]
    ]
    for provider in providers:
        if provider.startswith(name):
            lambda_client.delete_capacity_provider(CapacityProviderName=provider)
    for provider in providers:
        if provider.startswith(name):
            _wait_until_gone(lab, lambda_client.get_capacity_provider, CapacityProviderName=provider)
    _clear_network(lab, name)
    for role in (f"{name}-operator", f"{name}-execution"):
        _clear_role(lab.account.client("iam"), role)


def _missing(describe: Callable[..., Any], **arguments: Any) -> bool:
    try:
        describe(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return True
        raise
    return False


def _wait_until_gone(lab: Place, describe: Callable[..., Any], **arguments: Any) -> None:
    wait_until(lab.account, lambda: _missing(describe, **arguments), timeout=_GONE_PATIENCE_S)


def _named(resource_type: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": name}]}]


def _vpc(ec2: Any, name: str) -> str:
    found = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]
    if found:
        return str(found[0]["VpcId"])
    made = ec2.create_vpc(CidrBlock=RANGE, TagSpecifications=_named("vpc", name))
    return str(made["Vpc"]["VpcId"])


def _subnets(ec2: Any, name: str, vpc_id: str, region: str) -> tuple[str, ...]:
    found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
    by_zone = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in found}
    for number, letter in enumerate(ZONES):
        zone = f"{region}{letter}"
        if zone not in by_zone:
            made = ec2.create_subnet(
                VpcId=vpc_id,
                CidrBlock=f"10.50.{number}.0/24",
                AvailabilityZone=zone,
                TagSpecifications=_named("subnet", name),
            )
            by_zone[zone] = made["Subnet"]["SubnetId"]
    return tuple(by_zone[zone] for zone in sorted(by_zone))


def _security_group(ec2: Any, name: str, vpc_id: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": [name]}]
    found = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    if found:
        return str(found[0]["GroupId"])
    return str(ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"])


def _endpoints(
    ec2: Any, name: str, vpc_id: str, subnet_ids: tuple[str, ...], region: str, services: tuple[str, ...]
) -> None:
    """Interface endpoints with private DNS, and a group that lets the VPC's HTTPS in to them."""
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    there = {item["ServiceName"] for item in present_endpoints(ec2, vpc_id)}
    wanted = [service for service in (f"com.amazonaws.{region}.{item}" for item in services) if service not in there]
    if not wanted:
        return
    group_id = _security_group(ec2, f"{name}-endpoints", vpc_id)
    try:
        ec2.authorize_security_group_ingress(GroupId=group_id, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp=RANGE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise
    for service in wanted:
        ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=vpc_id,
            ServiceName=service,
            SubnetIds=list(subnet_ids),
            SecurityGroupIds=[group_id],
            PrivateDnsEnabled=True,
            TagSpecifications=_named("vpc-endpoint", name),
        )


def present_endpoints(ec2: Any, vpc_id: str) -> list[dict[str, Any]]:
    """The VPC's endpoints that are there, or on their way out; describe calls show deleted ones for a while."""
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["VpcEndpoints"]
    return [item for item in found if str(item["State"]).lower() != "deleted"]


def _role(iam: Any, name: str, policies: tuple[str, ...]) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
    try:
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntityException:
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    return str(arn)


def _clear_network(lab: Place, name: str) -> None:
    ec2 = lab.account.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]:
        here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        endpoints = [item["VpcEndpointId"] for item in present_endpoints(ec2, vpc["VpcId"])]
        if endpoints:
            ec2.delete_vpc_endpoints(VpcEndpointIds=endpoints)
        _wait_until_empty(lab, here)
        drop_acls(ec2, vpc["VpcId"])
        for subnet in ec2.describe_subnets(Filters=here)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for group in ec2.describe_security_groups(Filters=here)["SecurityGroups"]:
            if group["GroupName"] != "default":
                ec2.delete_security_group(GroupId=group["GroupId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def drop_acls(ec2: Any, vpc_id: str) -> None:
    """Have every subnet of the VPC use the default network ACL, and delete the others."""
    acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["NetworkAcls"]
    default = next(acl["NetworkAclId"] for acl in acls if acl["IsDefault"])
    for acl in acls:
        if acl["NetworkAclId"] == default:
            continue
        for item in acl["Associations"]:
            ec2.replace_network_acl_association(AssociationId=item["NetworkAclAssociationId"], NetworkAclId=default)
        ec2.delete_network_acl(NetworkAclId=acl["NetworkAclId"])


def _wait_until_empty(lab: Place, here: list[dict[str, Any]]) -> None:
    up = [*here, {"Name": "instance-state-name", "Values": ["pending", "running", "shutting-down", "stopping"]}]
    describe = lab.account.client("ec2").describe_instances
    wait_until(
        lab.account,
        lambda: not describe(IncludeManagedResources=True, Filters=up)["Reservations"],
        timeout=_GONE_PATIENCE_S,
    )


def _clear_role(iam: Any, name: str) -> None:
    if _missing(iam.get_role, RoleName=name):
        return
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)
