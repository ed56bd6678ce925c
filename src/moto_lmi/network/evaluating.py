"""The verdict: what a destination's name leads to, then the way there, over IPv4 and where that fails over IPv6.

The order of the checks: name resolution, the security groups' egress rules, the subnet's network ACL out and back, its
route table, then what stands at every next hop, up to the security groups of the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from moto_lmi.behaviour import Behaviour
from moto_lmi.network.addresses import Addresses, public
from moto_lmi.network.arrival import addresses_of
from moto_lmi.network.destination import Address, Destination, Host, NetworkError, Resource, Service
from moto_lmi.network.endpoints import go_to_endpoint, private_endpoint
from moto_lmi.network.onward import go_on
from moto_lmi.network.rules import Far
from moto_lmi.network.snapshot import Described, Dns, Snapshot
from moto_lmi.network.verdict import Blocking, ProviderVerdict, Verdict, combined
from moto_lmi.network.walk import Place, Stopped, Target, Walk

# Blockings of a public way that come from its routes: then what nearly was a private way is more worth naming.
_WITHOUT_A_WAY = (
    *("no_route", "blackhole", "igw_detached", "no_public_ip", "nat_state", "nat_private", "nat_no_address"),
    *("nat_no_way_out", "egress_only_detached", "gateway_endpoint_state", "peering_transitive", "transit_no_route"),
)


def evaluate(
    snapshot: Snapshot,
    subnet_ids: Sequence[str],
    group_ids: Sequence[str],
    destination: Destination,
    behaviour: Behaviour | None = None,
) -> ProviderVerdict:
    """Whether instances in each of the subnets, with the security groups, reach the destination.

    With no group the VPC's default one counts. `behaviour` holds the switches for what AWS does not state. Raises
    NetworkError for subnets, groups and resources that the snapshot does not have.
    """
    memo: dict[object, Any] = {}
    verdicts = [
        _verdict(snapshot, subnet_id, group_ids, destination, behaviour or Behaviour(), memo)
        for subnet_id in sorted(set(subnet_ids))
    ]
    return combined(str(destination), verdicts)


def _verdict(
    snapshot: Snapshot,
    subnet_id: str,
    group_ids: Sequence[str],
    destination: Destination,
    behaviour: Behaviour,
    memo: dict[object, Any],
) -> Verdict:
    subnet = snapshot.subnet(subnet_id)
    groups = snapshot.groups_or_default(subnet["VpcId"], group_ids)
    for group_id in groups:
        if snapshot.group(group_id)["VpcId"] != subnet["VpcId"]:
            raise NetworkError(f"security group {group_id!r} is not in the VPC {subnet['VpcId']} of subnet {subnet_id}")
    return _Question(snapshot, subnet, frozenset(groups), destination, behaviour, memo).answer()


class _Question:
    """One subnet and one destination."""

    def __init__(
        self,
        snapshot: Snapshot,
        subnet: Described,
        groups: frozenset[str],
        destination: Destination,
        behaviour: Behaviour,
        memo: dict[object, Any],
    ) -> None:
        self.snapshot = snapshot
        self.subnet = subnet
        self.vpc_id: str = subnet["VpcId"]
        self.groups = groups
        self.destination = destination
        self.behaviour = behaviour
        self.memo = memo
        self.dns = snapshot.dns.get(self.vpc_id, Dns(support=True, hostnames=True))

    def answer(self) -> Verdict:
        """The verdict over IPv4; where that has no way and the destination is a name, over IPv6."""
        if isinstance(self.destination, Address) and ":" in self.destination.address:
            return self._over(6)
        verdict = self._over(4)
        named = isinstance(self.destination, Service | Host)
        if verdict.reachable or not (named and self.behaviour.services_over_ipv6):
            return verdict
        if not self.snapshot.blocks(self.subnet["SubnetId"], 6) or verdict.blocking is None:
            return verdict
        if verdict.blocking.cause in ("dns_support", "endpoint_policy", "no_route_table"):
            return verdict
        over_ipv6 = self._over(6)
        if not over_ipv6.reachable:
            return verdict
        sentence = f"{self.destination} and its clients use IPv6 where IPv4 has no way"
        return replace(over_ipv6, assumptions=(*over_ipv6.assumptions, sentence))

    def _over(self, version: int) -> Verdict:
        walk = Walk(self.snapshot, self.behaviour, self._public_target(version), memo=self.memo)
        place = self._place(version)
        blocking: Blocking | None = None
        try:
            walk = self._go(walk, place)
        except Stopped as exc:
            blocking = exc.blocking
        return Verdict(
            subnet_id=self.subnet["SubnetId"],
            zone=self.subnet["AvailabilityZone"],
            destination=str(self.destination),
            reachable=blocking is None,
            path=walk.path,
            hops=tuple(walk.hops),
            blocking=blocking,
            assumptions=tuple(walk.assumptions),
        )

    def _place(self, version: int) -> Place:
        subnet = self.subnet
        has_public = bool(subnet.get("MapPublicIpOnLaunch")) and self.behaviour.subnet_gives_public_ip
        return Place(
            self.vpc_id,
            subnet["SubnetId"],
            subnet["AvailabilityZone"],
            self.snapshot.blocks(subnet["SubnetId"], version),
            "instance",
            self.groups,
            public=has_public or version == 6,
        )

    # --- where the name leads ------------------------------------------------------------------------------------------

    def _go(self, walk: Walk, place: Place) -> Walk:
        destination = self.destination
        if isinstance(destination, Service | Host):
            self._resolve(walk)
        if not place.addresses:
            walk.stop("no_ipv6", place.subnet_id)
        if isinstance(destination, Service):
            return self._go_to_service(walk, place, destination)
        nearly: Blocking | None = None
        if isinstance(destination, Host):
            nearly = self._aim_at_host(walk, destination)
        elif isinstance(destination, Resource):
            walk.target = self._target_of(self._interface_of(destination), walk.target.version, destination.port)
        else:
            far = Far(Addresses.one(destination.address))
            walk.target = Target(destination.address, destination.port, far, whole=True)
        self._depart(walk, place, nearly)
        return walk

    def _resolve(self, walk: Walk) -> None:
        if self.dns.support:
            return
        if not self.dns.own_servers:
            walk.stop("dns_support", self.vpc_id)
        walk.assume(
            f"the name servers that {self.vpc_id} gives its instances resolve {walk.target.name} to public addresses"
        )

    def _go_to_service(self, walk: Walk, place: Place, service: Service) -> Walk:
        nearly: Blocking | None = None
        here = service.region in (None, self.snapshot.region)
        if here and walk.target.version == 4 and self.dns.support:
            endpoint, nearly = private_endpoint(self.snapshot, self.vpc_id, service, self.dns)
            if endpoint is not None:
                return go_to_endpoint(walk, place, endpoint)
        if here and service.has_gateway:
            nearly = self._gateway_not_routed(service) or nearly
        self._depart(walk, place, nearly)
        return walk

    def _depart(self, walk: Walk, place: Place, nearly: Blocking | None) -> None:
        """Leave the instance and its subnet and follow the routes."""
        try:
            walk.leave_instance(place)
            if not self._is_next_door(walk.target):
                walk.leave_subnet(place)
            go_on(walk, place)
        except Stopped as exc:
            if nearly is not None and exc.blocking.cause in _WITHOUT_A_WAY:
                raise Stopped(nearly) from exc
            raise

    def _is_next_door(self, target: Target) -> bool:
        """Whether the target is in the instances' own subnet, whose network ACL then has no say."""
        return self.snapshot.blocks(self.subnet["SubnetId"], target.version).holds(target.far.addresses)

    def _gateway_not_routed(self, service: Service) -> Blocking | None:
        table = self.snapshot.table_of(self.subnet["SubnetId"])
        for endpoint in self.snapshot.endpoints_of(self.vpc_id, service.name, "Gateway"):
            table_id = table["RouteTableId"] if table else "none"
            routed = any(
                route.get("GatewayId") == endpoint["VpcEndpointId"] for route in (table or {}).get("Routes", ())
            )
            if not routed:
                return Blocking.of("gateway_endpoint_not_routed", endpoint["VpcEndpointId"], table=table_id)
        return None

    # --- targets -------------------------------------------------------------------------------------------------------

    def _public_target(self, version: int) -> Target:
        """The destination by its public addresses: its prefix list's where there is one, else any there are."""
        destination = self.destination
        service = destination if isinstance(destination, Service) else None
        list_id = None
        if service is not None and service.region in (None, self.snapshot.region):
            list_id = self.snapshot.service_lists.get(service.name)
        listed = self.snapshot.list_addresses(list_id, version) if list_id else None
        return Target(
            str(destination), destination.port, Far(listed or public(version), list_id=list_id), bool(listed), service
        )

    def _aim_at_host(self, walk: Walk, host: Host) -> Blocking | None:
        """Point the walk at the interface that has the name, if one has; what nearly led to it otherwise."""
        for _, interface in sorted(self.snapshot.interfaces.items()):
            if interface.get("PrivateDnsName") == host.name:
                walk.target = self._target_of(interface, walk.target.version, host.port)
                return None
            association = interface.get("Association", {})
            if association.get("PublicDnsName") != host.name:
                continue
            peering = self._peering_to(interface["VpcId"])
            if interface["VpcId"] == self.vpc_id or (peering and _resolves(peering, interface["VpcId"])):
                walk.target = self._target_of(interface, walk.target.version, host.port)
                return None
            walk.target = replace(walk.target, far=Far(Addresses.one(association["PublicIp"])), whole=True)
            return Blocking.of("peering_dns", peering["VpcPeeringConnectionId"]) if peering else None
        return None

    def _peering_to(self, vpc_id: str) -> Described | None:
        for _, peering in sorted(self.snapshot.peerings.items()):
            sides = {peering.get(side, {}).get("VpcId") for side in ("AccepterVpcInfo", "RequesterVpcInfo")}
            if sides == {vpc_id, self.vpc_id}:
                return peering
        return None

    def _interface_of(self, resource: Resource) -> Described:
        wanted = resource.resource_id
        found = [
            item
            for key, item in sorted(self.snapshot.interfaces.items())
            if wanted in (key, item.get("Attachment", {}).get("InstanceId"))
        ]
        if not found:
            raise NetworkError(
                f"{wanted!r} has no network interface in the VPCs to which the subnets' routes lead; "
                "check the id, or give its private address"
            )
        return min(found, key=lambda item: item.get("Attachment", {}).get("DeviceIndex", 0))

    def _target_of(self, interface: Described, version: int, port: int) -> Target:
        addresses = addresses_of(interface, version)
        if not addresses:
            raise NetworkError(f"{interface['NetworkInterfaceId']!r} has no IPv{version} address")
        far = Far(Addresses.one(addresses[0]), frozenset(group["GroupId"] for group in interface.get("Groups", ())))
        return Target(str(self.destination).rpartition(":")[0], port, far, whole=True, interface=interface)


def _resolves(peering: Described, vpc_id: str) -> bool:
    """Whether public host names of the VPC resolve to private addresses on the other side of the peering connection."""
    for side in ("AccepterVpcInfo", "RequesterVpcInfo"):
        if peering.get(side, {}).get("VpcId") == vpc_id:
            return bool(peering[side].get("PeeringOptions", {}).get("AllowDnsResolutionFromRemoteVpc"))
    return False
