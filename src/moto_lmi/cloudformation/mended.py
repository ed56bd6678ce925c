"""What moto 5.2.5 leaves out of resource types that a capacity provider's stack needs: roles' policies, and going away.

moto's AWS::IAM::Role ignores ManagedPolicyArns, and an operator role without policies launches nothing. Of a VPC moto
makes route tables, gateways and endpoints from a template, and never removes them, so that the VPC can't go either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.iam.models import IAMBackend, Role, iam_backends
from moto.utilities.utils import get_partition


class RoleResource(CloudFormationModel):
    """AWS::IAM::Role with its managed policies, trust and inline policies, also when it is updated."""

    @staticmethod
    def cloudformation_type() -> str:
        """The resource type."""
        return "AWS::IAM::Role"

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names the role."""
        return "RoleName"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Fn::GetAtt knows the attribute."""
        return Role.has_cfn_attr(attr)

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Role:
        """Make the role. Raises what IAM does for a policy that is not there, leaving no role."""
        properties = cloudformation_json["Properties"]
        tags = properties.get("Tags") or []
        definition = {**cloudformation_json, "Properties": {**properties, "Tags": tags, "Policies": []}}
        role = Role.create_from_cloudformation_json(resource_name, definition, account_id, region_name, **kwargs)
        try:
            _put_policies(_backend(account_id, region_name), role, {}, properties)
        except Exception:
            Role.delete_from_cloudformation_json(role.name, definition, account_id, region_name)
            raise
        return role

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Role,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Role:
        """Bring the role's trust and policies to those of the template."""
        properties = cloudformation_json["Properties"]
        backend = _backend(account_id, region_name)
        backend.update_assume_role_policy(original_resource.name, _text(properties["AssumeRolePolicyDocument"]))
        before = {"ManagedPolicyArns": list(original_resource.managed_policies), "Policies": []}
        _put_policies(backend, original_resource, before, properties)
        original_resource.description = properties.get("Description", "")
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """Detach the role's policies and remove it."""
        backend = _backend(account_id, region_name)
        for arn in list(backend.get_role(resource_name).managed_policies):
            backend.detach_role_policy(arn, resource_name)
        Role.delete_from_cloudformation_json(resource_name, cloudformation_json, account_id, region_name)


def _backend(account_id: str, region: str) -> IAMBackend:
    return iam_backends[account_id][get_partition(region)]


def _put_policies(backend: IAMBackend, role: Role, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    arns, held = after.get("ManagedPolicyArns") or [], before.get("ManagedPolicyArns", [])
    for arn in held:
        if arn not in arns:
            backend.detach_role_policy(arn, role.name)
    for arn in arns:
        if arn not in held:
            backend.attach_role_policy(arn, role.name)
    inline = {item["PolicyName"]: _text(item["PolicyDocument"]) for item in after.get("Policies") or []}
    for name, document in inline.items():
        backend.put_role_policy(role.name, name, document)


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document, default=str)


def _leave_table(backend: Any, resource: Any) -> None:
    table = backend.get_route_table(resource.route_table_id)
    for association, subnet_id in list(table._associations.items()):
        if subnet_id == resource.subnet_id:
            backend.disassociate_route_table(association)


def _detach(backend: Any, resource: Any) -> None:
    for gateway in backend.internet_gateways.values():
        if gateway.vpc is not None and gateway.vpc.id == resource.vpc_id:
            gateway.vpc = None


REMOVED_HERE: dict[str, Callable[[Any, Any], Any]] = {
    "AWS::EC2::RouteTable": lambda backend, resource: backend.delete_route_table(resource.id),
    "AWS::EC2::SubnetRouteTableAssociation": _leave_table,
    "AWS::EC2::InternetGateway": lambda backend, resource: backend.delete_internet_gateway(resource.id),
    "AWS::EC2::VPCGatewayAttachment": _detach,
    "AWS::EC2::NatGateway": lambda backend, resource: backend.delete_nat_gateway(resource.id),
    "AWS::EC2::VPCEndpoint": lambda backend, resource: backend.delete_vpc_endpoints([resource.id]),
}
"""How resources go of types that moto makes and does not remove."""


def remove(resource: Any, resource_type: str, account_id: str, region: str) -> bool:
    """Remove a resource of one of those types. Returns whether it was one."""
    removal = REMOVED_HERE.get(resource_type)
    if removal is None:
        return False
    removal(ec2_backends[account_id][region], resource)
    return True
