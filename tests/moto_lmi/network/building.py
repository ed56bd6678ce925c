"""Builds the networks of `layouts.toml` in the emulator, by API calls alone.

A network is written one thing a line: a verb, the thing's name, and what it is made of. Names stand for ids. What moto
can't be brought into by calls (an endpoint that waits for acceptance) is set in the snapshot, with the verb `state`.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from moto_lmi.behaviour import Behaviour
from moto_lmi.network import Destination, Snapshot, destination, take
from tests.moto_lmi.world import REGION, client

_KINDS = {
    "vpce": "endpoints",
    "tgw-attach": "transit_attachments",
    "pcx": "peerings",
    "nat": "nat_gateways",
    "tgw": "transit_gateways",
    "rtb": "route_tables",
    "igw": "internet_gateways",
    "subnet": "subnets",
    "vpc": "vpcs",
}


@dataclass(frozen=True)
class Layout:
    """One network, a question about it, and the answer that is right."""

    name: str
    lines: tuple[str, ...]
    to: str
    source: str
    subnets: tuple[str, ...] = ("app",)
    groups: tuple[str, ...] = ("lmi",)
    path: str | None = None
    blocked: str | None = None
    at: str | None = None
    action: str | None = None
    switches: tuple[tuple[str, bool], ...] = ()

    @property
    def behaviour(self) -> Behaviour:
        """The switches of the layout."""
        return replace(Behaviour(), **dict(self.switches))


@cache
def layouts() -> list[Layout]:
    """Every layout of the file."""
    document = tomllib.loads(Path(__file__).with_name("layouts.toml").read_text(encoding="utf-8"))
    found = []
    for entry in document["layout"]:
        texts = [document["base"][name] for name in entry.pop("on", "").split()] + [entry.pop("and", "")]
        lines = tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())
        switches = tuple(sorted(entry.pop("switches", {}).items()))
        lists = {key: tuple(entry.pop(key).split()) for key in ("subnets", "groups") if key in entry}
        entry["source"] = document["sources"][entry["source"]]
        found.append(Layout(lines=lines, switches=switches, **lists, **entry))
    return found


class Building:
    """The ids of what was built, and the calls that build it."""

    def __init__(self) -> None:
        self.ec2 = client("ec2")
        self.ids: dict[str, str] = {}
        self.states: list[tuple[str, str, Any]] = []

    def build(self, lines: tuple[str, ...]) -> None:
        """Make every line true."""
        for line in lines:
            verb, *words = shlex.split(line, comments=True)
            make: Callable[..., None] = getattr(self, f"make_{verb}")
            make(*words)

    def snapshot(self, layout: Layout) -> Snapshot:
        """What describe calls say, with the states that moto can't be brought into."""
        taken = take(self.ec2, [self.ids[name] for name in layout.subnets], self.destination(layout))
        for name, member, value in self.states:
            found = getattr(taken, _KINDS[self.ids[name].rpartition("-")[0]])
            if value is None:
                del found[self.ids[name]]
                continue
            described = deepcopy(dict(found[self.ids[name]]))
            if member == "Routes":
                value = [
                    {**route, "State": "blackhole"} if value in route.values() else route
                    for route in described["Routes"]
                ]
            described[member] = value
            found[self.ids[name]] = described
        return taken

    def destination(self, layout: Layout) -> Destination:
        """The destination, with names in the place of ids."""
        host, colon, port = layout.to.partition(":")
        return destination(self.ids.get(host, host) + colon + port, action=layout.action)

    def group_ids(self, layout: Layout) -> list[str]:
        """The ids of the instances' security groups."""
        return [self.ids[name] for name in layout.groups]

    def _all(self, names: str) -> list[str]:
        return [self.ids[name] for name in names.split(",")]

    # --- VPCs, subnets, routes -----------------------------------------------------------------------------------------

    def make_vpc(self, name: str, cidr: str, *flags: str) -> None:
        """`vpc NAME CIDR [ipv6]`; its main route table is NAME.main, its default group NAME.default."""
        vpc = self.ec2.create_vpc(CidrBlock=cidr, AmazonProvidedIpv6CidrBlock="ipv6" in flags)["Vpc"]
        self.ids[name] = vpc_id = vpc["VpcId"]
        of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
        [table] = self.ec2.describe_route_tables(Filters=of_vpc)["RouteTables"]
        [group] = self.ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
        self.ids[f"{name}.main"], self.ids[f"{name}.default"] = table["RouteTableId"], group["GroupId"]

    def make_dns(self, vpc: str, support: str, hostnames: str) -> None:
        """`dns VPC on|off on|off`: enableDnsSupport and enableDnsHostnames."""
        self.ec2.modify_vpc_attribute(VpcId=self.ids[vpc], EnableDnsSupport={"Value": support == "on"})
        self.ec2.modify_vpc_attribute(VpcId=self.ids[vpc], EnableDnsHostnames={"Value": hostnames == "on"})

    def make_servers(self, vpc: str, address: str) -> None:
        """`servers VPC ADDRESS`: name servers of its own in the DHCP options."""
        options = self.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name-servers", "Values": [address]}])
        options_id = options["DhcpOptions"]["DhcpOptionsId"]
        self.ec2.associate_dhcp_options(DhcpOptionsId=options_id, VpcId=self.ids[vpc])

    def make_subnet(self, name: str, vpc: str, cidr: str, zone: str, *flags: str) -> None:
        """`subnet NAME VPC CIDR ZONE [public] [ipv6]`; public is MapPublicIpOnLaunch."""
        more: dict[str, Any] = {}
        if "ipv6" in flags:
            [vpc6] = self.ec2.describe_vpcs(VpcIds=[self.ids[vpc]])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
            more["Ipv6CidrBlock"] = vpc6["Ipv6CidrBlock"].replace("/56", "/64")
        answer = self.ec2.create_subnet(VpcId=self.ids[vpc], CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}", **more)
        self.ids[name] = answer["Subnet"]["SubnetId"]
        if "public" in flags:
            self.ec2.modify_subnet_attribute(SubnetId=self.ids[name], MapPublicIpOnLaunch={"Value": True})

    def make_table(self, name: str, vpc: str, *subnets: str) -> None:
        """`table NAME VPC SUBNET…`: a route table, associated with the subnets."""
        answer = self.ec2.create_route_table(VpcId=self.ids[vpc])
        self.ids[name] = answer["RouteTable"]["RouteTableId"]
        for subnet in subnets:
            self.ec2.associate_route_table(RouteTableId=self.ids[name], SubnetId=self.ids[subnet])

    def make_route(self, table: str, to: str, hop: str) -> None:
        """`route TABLE BLOCK|LIST HOP`."""
        hop_id = self.ids.get(hop, hop)
        member = {
            "igw": "GatewayId",
            "nat": "NatGatewayId",
            "eigw": "EgressOnlyInternetGatewayId",
            "pcx": "VpcPeeringConnectionId",
            "tgw": "TransitGatewayId",
            "eni": "NetworkInterfaceId",
            "vgw": "GatewayId",
        }[hop_id.split("-")[0]]
        where = {"DestinationPrefixListId": self.ids[to]} if to in self.ids else {"DestinationCidrBlock": to}
        if ":" in to:
            where = {"DestinationIpv6CidrBlock": to}
        self.ec2.create_route(RouteTableId=self.ids[table], **where, **{member: hop_id})

    def make_list(self, name: str, *cidrs: str) -> None:
        """`list NAME CIDR…`: a managed prefix list."""
        answer = self.ec2.create_managed_prefix_list(
            PrefixListName=name, MaxEntries=9, AddressFamily="IPv4", Entries=[{"Cidr": cidr} for cidr in cidrs]
        )
        self.ids[name] = answer["PrefixList"]["PrefixListId"]

    def make_hole(self, table: str, block: str) -> None:
        """`hole TABLE BLOCK`: describe calls say that the next hop of the route is gone."""
        self.states.append((table, "Routes", block))

    def make_untable(self, table: str) -> None:
        """`untable TABLE`: describe calls know of no association of the table, as AWS never lets it come."""
        self.states.append((table, "Associations", []))

    # --- rules ---------------------------------------------------------------------------------------------------------

    def make_group(self, name: str, vpc: str, *flags: str) -> None:
        """`group NAME VPC [closed]`: a security group; closed has no egress rule."""
        answer = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.ids[vpc])
        self.ids[name] = group_id = answer["GroupId"]
        if "closed" in flags:
            [group] = self.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
            self.ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=group["IpPermissionsEgress"])

    def make_egress(self, group: str, port: str, to: str) -> None:
        """`egress GROUP PORT|all BLOCK|GROUP|LIST`."""
        self.ec2.authorize_security_group_egress(GroupId=self.ids[group], IpPermissions=[self._rule(port, to)])

    def make_ingress(self, group: str, port: str, source: str) -> None:
        """`ingress GROUP PORT|all BLOCK|GROUP|LIST`."""
        self.ec2.authorize_security_group_ingress(GroupId=self.ids[group], IpPermissions=[self._rule(port, source)])

    def _rule(self, port: str, other: str) -> dict[str, Any]:
        rule: dict[str, Any] = {"IpProtocol": "-1"}
        if port != "all":
            rule = {"IpProtocol": "tcp", "FromPort": int(port), "ToPort": int(port)}
        other_id = self.ids.get(other, other)
        if other_id.startswith("sg-"):
            return {**rule, "UserIdGroupPairs": [{"GroupId": other_id}]}
        if other_id.startswith("pl-"):
            return {**rule, "PrefixListIds": [{"PrefixListId": other_id}]}
        if ":" in other:
            return {**rule, "Ipv6Ranges": [{"CidrIpv6": other}]}
        return {**rule, "IpRanges": [{"CidrIp": other}]}

    def make_acl(self, name: str, vpc: str, *subnets: str) -> None:
        """`acl NAME VPC SUBNET…`: a network ACL without rules, associated with the subnets."""
        answer = self.ec2.create_network_acl(VpcId=self.ids[vpc])
        self.ids[name] = acl_id = answer["NetworkAcl"]["NetworkAclId"]
        of_vpc = [{"Name": "vpc-id", "Values": [self.ids[vpc]]}]
        for acl in self.ec2.describe_network_acls(Filters=of_vpc)["NetworkAcls"]:
            for item in acl["Associations"]:
                if item["SubnetId"] in self._all(",".join(subnets)):
                    self.ec2.replace_network_acl_association(
                        AssociationId=item["NetworkAclAssociationId"], NetworkAclId=acl_id
                    )

    def make_rule(self, acl: str, number: str, way: str, action: str, ports: str, cidr: str) -> None:
        """`rule ACL NUMBER in|out allow|deny PORTS|all CIDR`."""
        low, _, high = ports.partition("-")
        limits: dict[str, Any] = {"Protocol": "-1"}
        if ports != "all":
            limits = {"Protocol": "6", "PortRange": {"From": int(low), "To": int(high or low)}}
        block = {"Ipv6CidrBlock": cidr} if ":" in cidr else {"CidrBlock": cidr}
        self.ec2.create_network_acl_entry(
            NetworkAclId=self.ids[acl],
            RuleNumber=int(number),
            Egress=way == "out",
            RuleAction=action,
            **limits,
            **block,
        )

    # --- gateways and endpoints ----------------------------------------------------------------------------------------

    def make_igw(self, name: str, *vpcs: str) -> None:
        """`igw NAME [VPC]`: an internet gateway, attached to the VPC if there is one."""
        answer = self.ec2.create_internet_gateway()
        self.ids[name] = answer["InternetGateway"]["InternetGatewayId"]
        for vpc in vpcs:
            self.ec2.attach_internet_gateway(InternetGatewayId=self.ids[name], VpcId=self.ids[vpc])

    def make_detach(self, igw: str, vpc: str) -> None:
        """`detach IGW VPC`."""
        self.ec2.detach_internet_gateway(InternetGatewayId=self.ids[igw], VpcId=self.ids[vpc])

    def make_eigw(self, name: str, vpc: str) -> None:
        """`eigw NAME VPC`: an egress-only internet gateway."""
        answer = self.ec2.create_egress_only_internet_gateway(VpcId=self.ids[vpc])
        self.ids[name] = answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]

    def make_nat(self, name: str, subnet: str, *flags: str) -> None:
        """`nat NAME SUBNET [private]`: a NAT gateway, public with an Elastic IP address unless it is private."""
        more: dict[str, Any] = {"ConnectivityType": "private"}
        if "private" not in flags:
            more = {"AllocationId": self.ec2.allocate_address(Domain="vpc")["AllocationId"]}
        answer = self.ec2.create_nat_gateway(SubnetId=self.ids[subnet], **more)
        self.ids[name] = answer["NatGateway"]["NatGatewayId"]

    def make_delete(self, name: str) -> None:
        """`delete NAME`: a NAT gateway, a peering connection or an endpoint goes."""
        resource = self.ids[name]
        if resource.startswith("nat-"):
            self.ec2.delete_nat_gateway(NatGatewayId=resource)
        elif resource.startswith("pcx-"):
            self.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=resource)
        else:
            self.ec2.delete_vpc_endpoints(VpcEndpointIds=[resource])

    def make_gateway(self, name: str, vpc: str, service: str, *tables: str) -> None:
        """`gateway NAME VPC SERVICE TABLE…`: a gateway endpoint."""
        answer = self.ec2.create_vpc_endpoint(
            VpcEndpointType="Gateway",
            VpcId=self.ids[vpc],
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            RouteTableIds=[self.ids[table] for table in tables],
        )
        self.ids[name] = answer["VpcEndpoint"]["VpcEndpointId"]

    def make_endpoint(self, name: str, vpc: str, service: str, subnets: str, groups: str, *flags: str) -> None:
        """`endpoint NAME VPC SERVICE SUBNET,… GROUP,…|- [nodns]`: an interface endpoint."""
        answer = self.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=self.ids[vpc],
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            SubnetIds=self._all(subnets),
            SecurityGroupIds=[] if groups == "-" else self._all(groups),
            PrivateDnsEnabled="nodns" not in flags,
        )
        self.ids[name] = answer["VpcEndpoint"]["VpcEndpointId"]

    def make_policy(self, endpoint: str, document: str) -> None:
        """`policy ENDPOINT DOCUMENT`."""
        self.ec2.modify_vpc_endpoint(VpcEndpointId=self.ids[endpoint], PolicyDocument=document)

    # --- other VPCs ----------------------------------------------------------------------------------------------------

    def make_peer(self, name: str, requester: str, accepter: str, *flags: str) -> None:
        """`peer NAME VPC VPC [pending]`: a peering connection, accepted unless it is pending."""
        answer = self.ec2.create_vpc_peering_connection(
            VpcId=self.ids[requester], PeerVpcId=self.ids.get(accepter, accepter)
        )
        self.ids[name] = answer["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        if "pending" not in flags:
            self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=self.ids[name])

    def make_resolve(self, peering: str) -> None:
        """`resolve PEERING`: both sides resolve public host names of the other one to private addresses."""
        option = {"AllowDnsResolutionFromRemoteVpc": True}
        self.ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=self.ids[peering],
            AccepterPeeringConnectionOptions=option,
            RequesterPeeringConnectionOptions=option,
        )

    def make_tgw(self, name: str) -> None:
        """`tgw NAME`: a transit gateway; its default route table is NAME.table."""
        answer = self.ec2.create_transit_gateway()["TransitGateway"]
        self.ids[name] = answer["TransitGatewayId"]
        self.ids[f"{name}.table"] = answer["Options"]["AssociationDefaultRouteTableId"]

    def make_attach(self, name: str, tgw: str, vpc: str, *subnets: str) -> None:
        """`attach NAME TGW VPC SUBNET…`: attach a VPC to a transit gateway."""
        answer = self.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=self.ids[tgw], VpcId=self.ids[vpc], SubnetIds=[self.ids[subnet] for subnet in subnets]
        )
        self.ids[name] = answer["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    def make_troute(self, tgw: str, cidr: str, attachment: str) -> None:
        """`troute TGW CIDR ATTACHMENT|blackhole`: a static route of the default route table."""
        more: dict[str, Any] = {"Blackhole": True}
        if attachment != "blackhole":
            more = {"TransitGatewayAttachmentId": self.ids[attachment]}
        self.ec2.create_transit_gateway_route(
            DestinationCidrBlock=cidr, TransitGatewayRouteTableId=self.ids[f"{tgw}.table"], **more
        )

    def make_unpropagate(self, tgw: str, *attachments: str) -> None:
        """`unpropagate TGW ATTACHMENT…`: their VPCs' blocks are no routes of the default route table."""
        for attachment in attachments:
            self.ec2.disable_transit_gateway_route_table_propagation(
                TransitGatewayRouteTableId=self.ids[f"{tgw}.table"], TransitGatewayAttachmentId=self.ids[attachment]
            )

    # --- what is reached -----------------------------------------------------------------------------------------------

    def make_eni(self, name: str, subnet: str, address: str, group: str) -> None:
        """`eni NAME SUBNET ADDRESS GROUP`: a network interface."""
        answer = self.ec2.create_network_interface(
            SubnetId=self.ids[subnet], PrivateIpAddress=address, Groups=[self.ids[group]]
        )
        self.ids[name] = answer["NetworkInterface"]["NetworkInterfaceId"]

    def make_instance(self, name: str, subnet: str, group: str) -> None:
        """`instance NAME SUBNET GROUP`; its public host name, if it has one, is NAME.host."""
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        answer = self.ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, SubnetId=self.ids[subnet], SecurityGroupIds=[self.ids[group]]
        )
        self.ids[name] = answer["Instances"][0]["InstanceId"]
        [found] = self.ec2.describe_instances(InstanceIds=[self.ids[name]])["Reservations"][0]["Instances"]
        association = found["NetworkInterfaces"][0].get("Association", {})
        self.ids[f"{name}.host"] = association.get("PublicDnsName", "")

    def make_state(self, name: str, member: str, value: str) -> None:
        """`state NAME MEMBER VALUE`: what describe calls say of a thing, where no call to moto makes it so."""
        known: dict[str, Any] = {"none": [], "nothing": {}}
        self.states.append((name, member, known.get(value, value)))

    def make_stranger(self, peering: str, vpc: str) -> None:
        """`stranger PEERING VPC`: the VPC on the peering connection's other side can't be described."""
        self.states.append((vpc, "", None))
