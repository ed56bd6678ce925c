"""Taking a snapshot with an EC2 client: the describe calls that a question needs, in this order and no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from moto_lmi.network.destination import Destination, Host, NetworkError, Service
from moto_lmi.network.snapshot import Described, Dns, Snapshot, TransitTable

_MOST_VPCS = 20
_NOT_FOUND = ("InvalidSubnetID.NotFound", "InvalidSubnetId.NotFound", "InvalidSubnetID.Malformed")


def take(ec2: Any, subnet_ids: Sequence[str], destination: Destination) -> Snapshot:
    """The network around the subnets as far as the way to the destination may lead.

    `ec2` is a boto3 EC2 client of any account. Calls only Describe, Get and Search operations: about eight for one VPC,
    and as many again for the VPCs that its route tables lead to. Raises NetworkError for a subnet that does not exist
    and for subnets of several VPCs, botocore's errors for what the client can't do.
    """
    if not subnet_ids:
        raise NetworkError("no subnet is named; give at least one subnet id")
    taken = _Taken(ec2)
    vpc_id = taken.read_own_subnets(subnet_ids)
    taken.read_vpcs([vpc_id])
    while further := taken.lead_to() - taken.vpc_ids:
        if len(taken.vpc_ids | further) > _MOST_VPCS:
            break
        taken.read_vpcs(sorted(further))
    if isinstance(destination, Service):
        taken.read_subnets_on_the_way(vpc_id, destination)
    else:
        taken.read_subnets()
        taken.read_interfaces()
    if isinstance(destination, Service) and destination.has_gateway:
        taken.read_service_list(destination.name)
    taken.read_prefix_lists()
    if isinstance(destination, Service | Host):
        taken.read_dns(vpc_id)
    return taken.snapshot()


@dataclass
class _Taken:
    """What has been read so far."""

    ec2: Any
    vpc_ids: set[str] = field(default_factory=set)
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    dns: dict[str, Dns] = field(default_factory=dict)
    service_lists: dict[str, str] = field(default_factory=dict)
    prefix_lists: dict[str, list[str]] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        kinds = (
            *("vpcs", "subnets", "route_tables", "network_acls", "security_groups", "nat_gateways"),
            *("internet_gateways", "egress_only_gateways", "endpoints", "peerings", "transit_gateways"),
            *("transit_attachments", "transit_tables", "interfaces"),
        )
        return Snapshot(
            region=self.ec2.meta.region_name,
            **{kind: self.found.get(kind, {}) for kind in kinds},
            dns=self.dns,
            service_lists=self.service_lists,
            prefix_lists=self.prefix_lists,
        )

    def _read(self, kind: str, operation: str, member: str, key: str, **arguments: Any) -> None:
        self.found.setdefault(kind, {}).update(
            {item[key]: item for item in _all(self.ec2, operation, member, **arguments)}
        )

    def _named(self, member: str) -> set[str]:
        """What the route tables name as a next hop in the member."""
        return {
            str(route[member])
            for table in self.found.get("route_tables", {}).values()
            for route in table.get("Routes", ())
            if route.get(member)
        }

    # --- the VPCs ------------------------------------------------------------------------------------------------------

    def read_own_subnets(self, subnet_ids: Sequence[str]) -> str:
        """Read the subnets that are asked about. Returns their VPC."""
        try:
            self._read("subnets", "describe_subnets", "Subnets", "SubnetId", SubnetIds=sorted(set(subnet_ids)))
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _NOT_FOUND:
                raise NetworkError(f"a subnet does not exist here: {exc.response['Error']['Message']}") from exc
            raise
        vpcs = {str(subnet["VpcId"]) for subnet in self.found["subnets"].values()}
        if len(vpcs) > 1:
            raise NetworkError(f"the subnets are in several VPCs ({', '.join(sorted(vpcs))}); a provider's are in one")
        return vpcs.pop()

    def read_subnets(self) -> None:
        """Read every subnet of the VPCs: the destination may be in any of them."""
        of_vpcs = [{"Name": "vpc-id", "Values": sorted(self.vpc_ids)}]
        self._read("subnets", "describe_subnets", "Subnets", "SubnetId", Filters=of_vpcs)

    def read_subnets_on_the_way(self, vpc_id: str, service: Service) -> None:
        """Read the subnets through which packets to a service may go: those of NAT gateways, endpoints, attachments."""
        nats = self.found.get("nat_gateways", {}).values()
        wanted = {str(nat["SubnetId"]) for nat in nats if nat.get("SubnetId")}
        for endpoint in self.found["endpoints"].values():
            if endpoint.get("VpcId") == vpc_id and endpoint.get("ServiceName", "").endswith(f".{service.name}"):
                wanted |= set(endpoint.get("SubnetIds", ()))
        for attachment in self.found.get("transit_attachments", {}).values():
            if attachment.get("VpcId") in self.vpc_ids:
                wanted |= set(attachment.get("SubnetIds", ()))
        if missing := wanted - self.found["subnets"].keys():
            of_ids = [{"Name": "subnet-id", "Values": sorted(missing)}]
            self._read("subnets", "describe_subnets", "Subnets", "SubnetId", Filters=of_ids)

    def read_vpcs(self, vpc_ids: list[str]) -> None:
        """Read what the VPCs are made of, but for their subnets."""
        self.vpc_ids |= set(vpc_ids)
        of_vpcs = [{"Name": "vpc-id", "Values": vpc_ids}]
        self._read("vpcs", "describe_vpcs", "Vpcs", "VpcId", Filters=of_vpcs)
        self._read("route_tables", "describe_route_tables", "RouteTables", "RouteTableId", Filters=of_vpcs)
        self._read("network_acls", "describe_network_acls", "NetworkAcls", "NetworkAclId", Filters=of_vpcs)
        self._read("security_groups", "describe_security_groups", "SecurityGroups", "GroupId", Filters=of_vpcs)
        self._read("endpoints", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", Filters=of_vpcs)
        if self._named("NatGatewayId"):
            self._read("nat_gateways", "describe_nat_gateways", "NatGateways", "NatGatewayId", Filter=of_vpcs)
        if any(gateway.startswith("igw-") for gateway in self._named("GatewayId")):
            attached = [{"Name": "attachment.vpc-id", "Values": vpc_ids}]
            self._read(
                *("internet_gateways", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
                Filters=attached,
            )
        if self._named("EgressOnlyInternetGatewayId"):
            self._read(
                *("egress_only_gateways", "describe_egress_only_internet_gateways"),
                *("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
            )

    def lead_to(self) -> set[str]:
        """The VPCs of this Region that the route tables lead to."""
        vpcs: set[str] = set()
        if peerings := self._named("VpcPeeringConnectionId") - self.found.get("peerings", {}).keys():
            of_peerings = [{"Name": "vpc-peering-connection-id", "Values": sorted(peerings)}]
            for peering in _all(
                self.ec2, "describe_vpc_peering_connections", "VpcPeeringConnections", Filters=of_peerings
            ):
                if peering["VpcPeeringConnectionId"] not in peerings:
                    continue  # moto does not know the filter
                self.found.setdefault("peerings", {})[peering["VpcPeeringConnectionId"]] = peering
                sides = (peering.get("AccepterVpcInfo", {}), peering.get("RequesterVpcInfo", {}))
                here = self.ec2.meta.region_name
                vpcs |= {side["VpcId"] for side in sides if side.get("Region", here) == here and side.get("VpcId")}
        if gateways := self._named("TransitGatewayId") - self.found.get("transit_gateways", {}).keys():
            vpcs |= self._read_transit(sorted(gateways))
        return vpcs

    def _read_transit(self, gateways: list[str]) -> set[str]:
        of_gateways = [{"Name": "transit-gateway-id", "Values": gateways}]
        self._read("transit_gateways", "describe_transit_gateways", "TransitGateways", "TransitGatewayId")
        self._read(
            *("transit_attachments", "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"),
            "TransitGatewayAttachmentId",
            Filters=of_gateways,
        )
        # Which table an attachment uses is told by the general call only.
        for item in _all(
            self.ec2, "describe_transit_gateway_attachments", "TransitGatewayAttachments", Filters=of_gateways
        ):
            known = self.found["transit_attachments"].setdefault(item["TransitGatewayAttachmentId"], dict(item))
            known["Association"] = item.get("Association", {})
        for table in _all(
            self.ec2, "describe_transit_gateway_route_tables", "TransitGatewayRouteTables", Filters=of_gateways
        ):
            table_id = table["TransitGatewayRouteTableId"]
            found = self.ec2.search_transit_gateway_routes(
                TransitGatewayRouteTableId=table_id, Filters=[{"Name": "state", "Values": ["active", "blackhole"]}]
            )
            propagations = self.ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=table_id)
            self.found.setdefault("transit_tables", {})[table_id] = TransitTable(
                table_id,
                tuple(found["Routes"]),
                tuple(propagations["TransitGatewayRouteTablePropagations"]),
            )
        return {item["VpcId"] for item in self.found["transit_attachments"].values() if item.get("VpcId")}

    # --- what only some questions need ---------------------------------------------------------------------------------

    def read_interfaces(self) -> None:
        self._read(
            *("interfaces", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
            Filters=[{"Name": "vpc-id", "Values": sorted(self.vpc_ids)}],
        )

    def read_service_list(self, service: str) -> None:
        name = f"com.amazonaws.{self.ec2.meta.region_name}.{service}"
        for item in _all(
            *(self.ec2, "describe_managed_prefix_lists", "PrefixLists"),
            Filters=[{"Name": "prefix-list-name", "Values": [name]}],
        ):
            if item["PrefixListName"] == name:
                self.service_lists[service] = item["PrefixListId"]

    def read_prefix_lists(self) -> None:
        rules: Iterable[Described] = (
            rule
            for group in self.found["security_groups"].values()
            for member in ("IpPermissions", "IpPermissionsEgress")
            for rule in group.get(member, ())
        )
        wanted = {str(item["PrefixListId"]) for rule in rules for item in rule.get("PrefixListIds", ())}
        for list_id in sorted(wanted | self._named("DestinationPrefixListId") | set(self.service_lists.values())):
            try:
                entries = _all(self.ec2, "get_managed_prefix_list_entries", "Entries", PrefixListId=list_id)
            except ClientError:
                continue  # somebody else's list, not shared: its blocks stay unknown
            self.prefix_lists[list_id] = [entry["Cidr"] for entry in entries]

    def read_dns(self, vpc_id: str) -> None:
        def attribute(name: str, member: str) -> bool:
            answer = self.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
            return bool(answer[member]["Value"])

        support = attribute("enableDnsSupport", "EnableDnsSupport")
        # Host names matter only to the private DNS of interface endpoints.
        has_endpoint = any(item.get("VpcEndpointType") == "Interface" for item in self.found["endpoints"].values())
        hostnames = not has_endpoint or attribute("enableDnsHostnames", "EnableDnsHostnames")
        self.dns[vpc_id] = Dns(support, hostnames, own_servers=not support and self._has_own_servers(vpc_id))

    def _has_own_servers(self, vpc_id: str) -> bool:
        options_id = self.found["vpcs"].get(vpc_id, {}).get("DhcpOptionsId", "default")
        if options_id == "default":
            return False
        sets = _all(self.ec2, "describe_dhcp_options", "DhcpOptions", DhcpOptionsIds=[options_id])
        return any(
            value.get("Value") != "AmazonProvidedDNS"
            for options in sets
            for option in options.get("DhcpConfigurations", ())
            if option["Key"] == "domain-name-servers"
            for value in option.get("Values", ())
        )


def _all(ec2: Any, operation: str, member: str, **arguments: Any) -> list[Described]:
    """Everything that the operation returns in the member, over all its pages."""
    if ec2.can_paginate(operation):
        return [item for page in ec2.get_paginator(operation).paginate(**arguments) for item in page.get(member, ())]
    return list(getattr(ec2, operation)(**arguments).get(member, ()))
