"""Ways into other VPCs: peering connections and transit gateways, and next hops that describe calls do not explain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from moto_lmi.network.addresses import Addresses, parse_cidr
from moto_lmi.network.arrival import arrive
from moto_lmi.network.routes import choose
from moto_lmi.network.snapshot import Described, Snapshot, TransitTable, is_available, state_of
from moto_lmi.network.verdict import Path
from moto_lmi.network.walk import Place, Walk


def beyond(walk: Walk, hop: str, block: str) -> None:
    """What is behind the next hop can't be described: open or not as the switch says."""
    if not walk.behaviour.unseen_network_is_open:
        walk.stop("beyond", hop, block=block)
    walk.take(Path.BEYOND)
    walk.hop("next hop", hop, "leads on; what is behind it is not described")
    walk.assume(f"{hop} lets the packets through to {walk.target.name}, and the answers back")


# --- peering -----------------------------------------------------------------------------------------------------------


def by_peering(walk: Walk, place: Place, peering_id: str) -> None:
    """Through a peering connection into the VPC on its other side, and no further. Raises Stopped."""
    peering = walk.snapshot.peerings.get(peering_id, {"Status": {"Code": "deleted"}})
    state = str(peering.get("Status", {}).get("Code", "deleted"))
    if state != "active":
        walk.stop("peering_state", peering_id, state=state)
    walk.take(Path.PEERING)
    far = _other_side(peering, place.vpc_id)
    if far == place.vpc_id:
        walk.stop("peering_circular", peering_id, chain=f"{place.vpc_id} → {peering_id} → {far}")
    if place.kind == "transit":
        walk.stop("peering_transitive", peering_id, far=far)
    if far not in walk.snapshot.vpcs:
        beyond(walk, peering_id, far)
        return
    if walk.snapshot.vpc_blocks(place.vpc_id, 4) & walk.snapshot.vpc_blocks(far, 4):
        walk.stop("peering_overlap", peering_id)
    if not walk.snapshot.vpc_blocks(far, walk.target.version).holds(walk.target.far.addresses):
        chain, closed = _chain(walk.snapshot, place.vpc_id, peering_id, walk.target.far.addresses)
        if closed:
            walk.stop("peering_circular", peering_id, chain=chain)
        walk.stop("peering_transitive", peering_id, far=far)
    walk.hop("VPC peering connection", peering_id, f"leads into {far}")
    subnet_id = arrive(walk, place, far)
    check_way_back(walk, subnet_id, place.addresses, peering_id)


def _other_side(peering: Described, vpc_id: str) -> str:
    sides = [str(peering.get(side, {}).get("VpcId")) for side in ("AccepterVpcInfo", "RequesterVpcInfo")]
    return sides[0] if sides[1] == vpc_id else sides[1]


def _chain(snapshot: Snapshot, vpc_id: str, peering_id: str, wanted: Addresses) -> tuple[str, bool]:
    """Follow the peering routes for the addresses from VPC to VPC: the chain in words, and whether it is a circle."""
    words, seen, here = [vpc_id], {vpc_id}, vpc_id
    hop = peering_id
    while True:
        here = _other_side(snapshot.peerings[hop], here)
        words += [hop, here]
        if here in seen:
            return " → ".join(words), True
        seen.add(here)
        tables = sorted(
            (item for item in snapshot.route_tables.values() if item["VpcId"] == here),
            key=lambda item: item["RouteTableId"],
        )
        choices = [choose(snapshot, table.get("Routes", ()), wanted, None) for table in tables]
        onward = [item.next_hop for item in choices if item is not None and item.next_hop in snapshot.peerings]
        if not onward:
            return " → ".join(words), False
        hop = onward[0]


# --- transit gateways --------------------------------------------------------------------------------------------------


def by_transit_gateway(walk: Walk, place: Place, gateway_id: str, words: dict[str, str]) -> Place | None:
    """Through a transit gateway into the VPC that its route table names.

    Returns None when the target was there, and the attachment's subnet when packets must go on. Raises Stopped.
    """
    snapshot, target = walk.snapshot, walk.target
    gateway = snapshot.transit_gateways.get(gateway_id)
    if gateway is None:
        walk.stop("transit_state", gateway_id, state="deleted")
    if not is_available(gateway):
        walk.stop("transit_state", gateway_id, state=state_of(gateway))
    walk.take(Path.TRANSIT_GATEWAY)
    attachment = snapshot.attachment_of(gateway_id, place.vpc_id)
    if attachment is None or not is_available(attachment):
        walk.stop("transit_attachment", gateway_id, vpc=place.vpc_id)
    attachment_id = attachment["TransitGatewayAttachmentId"]
    if place.zone not in _zones(snapshot, attachment):
        walk.stop("transit_zone", attachment_id, zone=place.zone)
    table_id = attachment.get("Association", {}).get("TransitGatewayRouteTableId")
    if not table_id:
        walk.stop("transit_association", attachment_id)
    table = snapshot.transit_tables.get(table_id)
    if table is None:
        beyond(walk, gateway_id, words["block"])
        return None
    far_id, block = _transit_route(walk, table, target.far.addresses)
    walk.hop("transit gateway", gateway_id, f"its route table {table_id} sends {block} to {far_id}")
    far = snapshot.transit_attachments.get(far_id)
    if far is None or far.get("VpcId") not in snapshot.vpcs:
        beyond(walk, far_id, block)
        return None
    if far["VpcId"] == place.vpc_id:
        walk.stop("routing_loop", gateway_id, **words)
    if not is_available(far):
        walk.stop("transit_attachment", gateway_id, vpc=far["VpcId"])
    _check_transit_back(walk, far, attachment_id, place.addresses)
    if snapshot.vpc_blocks(far["VpcId"], target.version).holds(target.far.addresses):
        referenced = all(
            item.get("Options", {}).get("SecurityGroupReferencingSupport") == "enable" for item in (attachment, far)
        )
        coming = place if referenced else replace(place, groups=frozenset())
        subnet_id = arrive(walk, coming, far["VpcId"])
        check_way_back(walk, subnet_id, place.addresses, gateway_id)
        return None
    zones = _zones(snapshot, far)
    zone = place.zone if place.zone in zones else min(zones)
    return Place(far["VpcId"], zones[zone], zone, place.addresses, "transit", came_by=gateway_id)


def _zones(snapshot: Snapshot, attachment: Described) -> dict[str, str]:
    """The subnet of the attachment in each Availability Zone."""
    subnets = [snapshot.subnets[key] for key in sorted(attachment.get("SubnetIds", ())) if key in snapshot.subnets]
    return {str(subnet["AvailabilityZone"]): str(subnet["SubnetId"]) for subnet in reversed(subnets)}


def _transit_route(walk: Walk, table: TransitTable, wanted: Addresses) -> tuple[str, str]:
    """The attachment to which the table sends the addresses, and the block of the route. Raises Stopped."""
    found = _lookup(walk.snapshot, table, wanted)
    if found is None:
        walk.stop("transit_no_route", table.table_id)
    if found.get("State") == "blackhole" or not found.get("TransitGatewayAttachments"):
        walk.stop("transit_blackhole", table.table_id, block=found["DestinationCidrBlock"])
    return str(found["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"]), str(found["DestinationCidrBlock"])


def _lookup(snapshot: Snapshot, table: TransitTable, wanted: Addresses) -> dict[str, Any] | None:
    """The route of the longest prefix, a static one before a propagated one; propagations stand for their VPC's blocks."""
    candidates = [dict(route, rank=0 if route.get("Type") == "static" else 1) for route in table.routes]
    for item in table.propagations:
        if item.get("State", "enabled") != "enabled":
            continue
        vpc = snapshot.vpcs.get(str(item.get("ResourceId")), {})
        blocks = [entry["CidrBlock"] for entry in vpc.get("CidrBlockAssociationSet", ())]
        candidates += [
            {"DestinationCidrBlock": block, "State": "active", "TransitGatewayAttachments": [item], "rank": 1}
            for block in blocks
        ]
    fitting = []
    for route in candidates:
        version, span, length = parse_cidr(route.get("DestinationCidrBlock", "0.0.0.0/32"))
        if version == wanted.version and _mostly(Addresses(version, (span,)), wanted):
            fitting.append((-length, route["rank"], str(route.get("TransitGatewayAttachments")), route))
    return min(fitting, key=lambda item: item[:3])[3] if fitting else None


def _mostly(block: Addresses, wanted: Addresses) -> bool:
    return 2 * (block & wanted).count >= wanted.count


def _check_transit_back(walk: Walk, far: Described, attachment_id: str, home: Addresses) -> None:
    """The far attachment's table sends answers to the attachment that the packets came from."""
    table = walk.snapshot.transit_tables.get(far.get("Association", {}).get("TransitGatewayRouteTableId", ""))
    if table is None:
        walk.stop("transit_association", far["TransitGatewayAttachmentId"])
    found = _lookup(walk.snapshot, table, home)
    attachments = [item["TransitGatewayAttachmentId"] for item in (found or {}).get("TransitGatewayAttachments", ())]
    if attachment_id not in attachments:
        walk.stop("no_way_back", table.table_id, back=attachment_id, home=_home(walk, home))


# --- answers -----------------------------------------------------------------------------------------------------------


def check_way_back(walk: Walk, subnet_id: str, home: Addresses, back: str) -> None:
    """The subnet's route table sends answers back the way the packets came. Raises Stopped."""
    table = walk.snapshot.table_of(subnet_id)
    choice = None if table is None else choose(walk.snapshot, table.get("Routes", ()), home, None)
    table_id = subnet_id if table is None else table["RouteTableId"]
    if choice is None or choice.next_hop != back or choice.blackhole:
        walk.stop("no_way_back", table_id, back=back, home=_home(walk, home))
    walk.hop("route table", table_id, f"sends the answers to {back}")


def _home(walk: Walk, home: Addresses) -> str:
    """The subnet of this Region whose addresses they are, in words."""
    names = [
        f"{subnet['CidrBlock']} ({subnet_id})"
        for subnet_id, subnet in sorted(walk.snapshot.subnets.items())
        if home and walk.snapshot.blocks(subnet_id, home.version) == home
    ]
    return names[0] if names else "the instances' subnet"
