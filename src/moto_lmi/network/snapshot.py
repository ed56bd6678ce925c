"""What EC2's describe calls say about a network at one moment, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moto_lmi.network.addresses import Addresses
from moto_lmi.network.destination import NetworkError

Described = Mapping[str, Any]
"""One resource as a describe call returns it."""

_ASSOCIATED = ("associated", "{'State': 'associated'}")
_GONE = ("deleted", "deleting", "rejected", "expired", "failed")


@dataclass(frozen=True)
class Dns:
    """The DNS attributes of a VPC, and whether it names resolvers of its own in its DHCP options."""

    support: bool
    hostnames: bool
    own_servers: bool = False


@dataclass(frozen=True)
class TransitTable:
    """A transit gateway's route table: its static and propagated routes as far as they can be read."""

    table_id: str
    routes: tuple[Described, ...]
    propagations: tuple[Described, ...]


@dataclass(frozen=True)
class Snapshot:
    """The network around some subnets. Every mapping is by id; nothing in it is changed after it was taken."""

    region: str
    vpcs: Mapping[str, Described]
    subnets: Mapping[str, Described]
    route_tables: Mapping[str, Described]
    network_acls: Mapping[str, Described]
    security_groups: Mapping[str, Described]
    nat_gateways: Mapping[str, Described]
    internet_gateways: Mapping[str, Described]
    egress_only_gateways: Mapping[str, Described]
    endpoints: Mapping[str, Described]
    peerings: Mapping[str, Described] = field(default_factory=dict)
    transit_gateways: Mapping[str, Described] = field(default_factory=dict)
    transit_attachments: Mapping[str, Described] = field(default_factory=dict)
    transit_tables: Mapping[str, TransitTable] = field(default_factory=dict)
    interfaces: Mapping[str, Described] = field(default_factory=dict)
    prefix_lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The blocks of each prefix list that could be read."""
    service_lists: Mapping[str, str] = field(default_factory=dict)
    """The prefix list of a service, by the service's name."""
    dns: Mapping[str, Dns] = field(default_factory=dict)

    # --- asking it -----------------------------------------------------------------------------------------------------

    def subnet(self, subnet_id: str) -> Described:
        """The subnet. Raises NetworkError when there is none."""
        return _found(self.subnets, subnet_id, "subnet")

    def blocks(self, subnet_id: str, version: int) -> Addresses:
        """The addresses of a subnet in the IP version; none when it has no block of that version."""
        subnet = self.subnets[subnet_id]
        cidrs = [subnet["CidrBlock"]] if version == 4 and subnet.get("CidrBlock") else []
        if version == 6:
            cidrs = [
                item["Ipv6CidrBlock"]
                for item in subnet.get("Ipv6CidrBlockAssociationSet", ())
                # moto writes the state of a subnet's block as text of a dictionary.
                if item.get("Ipv6CidrBlockState", {}).get("State", "associated") in _ASSOCIATED
            ]
        return Addresses.of(version, cidrs)

    def vpc_blocks(self, vpc_id: str, version: int) -> Addresses:
        """The addresses of a VPC in the IP version."""
        vpc = self.vpcs.get(vpc_id, {})
        member, state = ("CidrBlock", "CidrBlockState") if version == 4 else ("Ipv6CidrBlock", "Ipv6CidrBlockState")
        cidrs = [
            item[member]
            for item in vpc.get(f"{member}AssociationSet", ())
            if item.get(state, {}).get("State", "associated") == "associated"
        ]
        if version == 4 and not cidrs and vpc.get("CidrBlock"):
            cidrs = [vpc["CidrBlock"]]
        return Addresses.of(version, cidrs)

    def table_of(self, subnet_id: str) -> Described | None:
        """The route table that a subnet uses: the one associated with it, else its VPC's main one, if there is any."""
        vpc_id = self.subnets[subnet_id]["VpcId"]
        main = None
        for table in self.route_tables.values():
            for association in table.get("Associations", ()):
                if association.get("AssociationState", {}).get("State", "associated") != "associated":
                    continue
                if association.get("SubnetId") == subnet_id:
                    return table
                if association.get("Main") and table.get("VpcId") == vpc_id:
                    main = table
        return main

    def acl_of(self, subnet_id: str) -> Described | None:
        """The network ACL of a subnet: the one associated with it, else its VPC's default one."""
        vpc_id = self.subnets[subnet_id]["VpcId"]
        default = None
        for acl in self.network_acls.values():
            if any(item.get("SubnetId") == subnet_id for item in acl.get("Associations", ())):
                return acl
            if acl.get("IsDefault") and acl.get("VpcId") == vpc_id:
                default = acl
        return default

    def group(self, group_id: str) -> Described:
        """The security group. Raises NetworkError when there is none."""
        return _found(self.security_groups, group_id, "security group")

    def groups_or_default(self, vpc_id: str, group_ids: Iterable[str]) -> tuple[str, ...]:
        """The ids, or that of the VPC's default group when there are none (the guide's rule for a provider)."""
        wanted = tuple(sorted(group_ids))
        if wanted:
            return wanted
        return tuple(
            sorted(
                group_id
                for group_id, group in self.security_groups.items()
                if group.get("GroupName") == "default" and group.get("VpcId") == vpc_id
            )
        )

    def list_addresses(self, list_id: str, version: int) -> Addresses:
        """The addresses of a prefix list; none when its entries could not be read."""
        return Addresses.of(version, self.prefix_lists.get(list_id, ()))

    def endpoints_of(self, vpc_id: str, service: str, kind: str) -> list[Described]:
        """The VPC's endpoints of a kind (`Interface`, `Gateway`) for the service, usable ones first, then by id."""
        found = [
            endpoint
            for endpoint in self.endpoints.values()
            if endpoint.get("VpcId") == vpc_id
            and endpoint.get("VpcEndpointType", "Gateway") == kind
            and endpoint.get("ServiceName", "").endswith(f".{self.region}.{service}")
            and state_of(endpoint) != "deleted"
        ]
        return sorted(found, key=lambda item: (not is_available(item), item["VpcEndpointId"]))

    def attachment_of(self, gateway_id: str, vpc_id: str) -> Described | None:
        """How a VPC is attached to a transit gateway: the attachment in use, else one that is not (yet or any more)."""
        found = [
            item
            for item in self.transit_attachments.values()
            if item.get("TransitGatewayId") == gateway_id and item.get("VpcId") == vpc_id
        ]
        return min(found, key=lambda item: (not is_available(item), item["TransitGatewayAttachmentId"]), default=None)


def state_of(described: Described) -> str:
    """The state of a resource in small letters, as `pendingAcceptance` and `Available` are both seen."""
    return str(described.get("State", "available")).lower()


def is_available(described: Described) -> bool:
    """Whether a resource is in use and not on its way in or out."""
    return state_of(described) == "available"


def is_gone(described: Described) -> bool:
    """Whether a resource is deleted or will never work."""
    return state_of(described) in _GONE


def _found(items: Mapping[str, Described], key: str, kind: str) -> Described:
    if key not in items:
        near = f"there are {', '.join(sorted(items)[:5])}" if items else "there is none"
        raise NetworkError(f"{kind} {key!r} is not in this account and Region; {near}")
    return items[key]
