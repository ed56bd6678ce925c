"""Networks, where moto's differ from AWS's in what packets do: transit gateways and IPv6."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.ec2.models import EC2Backend

# A VPC with an IPv6 block: the rules that its default network ACL has besides those for IPv4.
# https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
_IPV6_RULES = ((101, "allow"), (32768, "deny"))


# How the names begin of what changes something, whoever calls it: the API, CloudFormation or another service.
_CHANGES = (
    *("accept_", "add_", "associate_", "attach_", "authorize_", "create_", "delete_", "detach_", "disable_"),
    *("disassociate_", "enable_", "modify_", "reject_", "release_", "remove_", "replace_", "revoke_", "set_"),
    *("update_", "run_", "terminate_", "allocate_"),
)


def forgetting_verdicts(backend: type[Networks]) -> type[Networks]:
    """Have every method that changes something forget which ways were found in the network."""

    def forgetting(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def changed(self: Networks, *arguments: Any, **members: Any) -> Any:
            self.verdicts.clear()
            return method(self, *arguments, **members)

        return changed

    for name in dir(backend):
        if name.startswith(_CHANGES) and callable(getattr(backend, name)):
            setattr(backend, name, forgetting(getattr(backend, name)))
    return backend


@forgetting_verdicts
class Networks(EC2Backend):
    """moto's EC2 backend, with an open default VPC, transit gateways that route and default network ACLs that let IPv6 through."""

    def __init__(self, region_name: str, account_id: str) -> None:
        self.verdicts: dict[object, Any] = {}
        """What `moto_lmi.network.emulated` found out, by the question, until something changes."""
        super().__init__(region_name, account_id)
        self._open_default_vpc()

    def _open_default_vpc(self) -> None:
        """The default VPC of an account has an internet gateway, and its main route table leads there; moto's has none.

        https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
        """
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, self.default_vpc.id)
        for table in self.route_tables.values():
            if table.vpc_id == self.default_vpc.id:
                self.create_route(table.id, "0.0.0.0/0", gateway_id=gateway.id)

    def create_vpc(self, cidr_block: str, *arguments: Any, **members: Any) -> Any:
        """CreateVpc. The default network ACL of a VPC with an IPv6 block allows IPv6."""
        vpc = super().create_vpc(cidr_block, *arguments, **members)
        if vpc.get_cidr_block_association_set(ipv6=True):
            self._allow_ipv6(vpc.id)
        return vpc

    def associate_vpc_cidr_block(
        self, vpc_id: str, cidr_block: str, amazon_provided_ipv6_cidr_block: bool
    ) -> dict[str, Any]:
        """AssociateVpcCidrBlock. With the first IPv6 block the default network ACL begins to allow IPv6."""
        association: dict[str, Any] = super().associate_vpc_cidr_block(
            vpc_id, cidr_block, amazon_provided_ipv6_cidr_block
        )
        if amazon_provided_ipv6_cidr_block:
            self._allow_ipv6(vpc_id)
        return association

    def _allow_ipv6(self, vpc_id: str) -> None:
        for acl in self.network_acls.values():
            if acl.vpc_id != vpc_id or not acl.default:
                continue
            present = {entry.rule_number for entry in acl.network_acl_entries}
            for number, action in _IPV6_RULES:
                for egress in (True, False) if number not in present else ():
                    self.create_network_acl_entry(
                        *(acl.id, number, "-1", action, egress),
                        cidr_block="",
                        icmp_code=None,
                        icmp_type=None,
                        port_range_from=None,
                        port_range_to=None,
                        ipv6_cidr_block="::/0",
                    )

    def modify_private_dns(self, endpoint_id: str, enabled: bool) -> None:
        """Turn private DNS of an interface endpoint on or off; moto's ModifyVpcEndpoint drops the member."""
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[endpoint_id])[0]
        endpoint.private_dns_enabled = enabled

    def create_transit_gateway_route(
        self,
        transit_gateway_route_table_id: str,
        destination_cidr_block: str,
        transit_gateway_attachment_id: str | None = None,
        blackhole: bool = False,
    ) -> dict[str, Any]:
        """CreateTransitGatewayRoute. moto keeps the attachment as one thing where the API has a list, and loses it."""
        route: dict[str, Any] = super().create_transit_gateway_route(
            transit_gateway_route_table_id, destination_cidr_block, transit_gateway_attachment_id, blackhole
        )
        attachment = route.get("transitGatewayAttachments")
        if isinstance(attachment, dict):
            route["transitGatewayAttachments"] = [attachment]
        return route

    def create_transit_gateway_vpc_attachment(
        self,
        transit_gateway_id: str,
        vpc_id: str,
        subnet_ids: list[str],
        tags: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
    ) -> Any:
        """CreateTransitGatewayVpcAttachment. With default propagation on, the VPC's blocks become routes at once."""
        attachment = super().create_transit_gateway_vpc_attachment(
            transit_gateway_id, vpc_id, subnet_ids, tags, options
        )
        gateway = self.transit_gateways[transit_gateway_id]
        table_id = gateway.options.get("PropagationDefaultRouteTableId")
        if gateway.options.get("DefaultRouteTablePropagation") == "enable" and table_id:
            self.enable_transit_gateway_route_table_propagation(attachment.id, table_id)
        return attachment
