"""From one next hop to the next: route tables, internet and NAT gateways, gateway endpoints, and what lies beyond."""

from __future__ import annotations

from moto_lmi.network import between
from moto_lmi.network.addresses import public
from moto_lmi.network.arrival import arrive
from moto_lmi.network.policies import check_policy
from moto_lmi.network.routes import Choice, choose
from moto_lmi.network.snapshot import Described, is_available, is_gone, state_of
from moto_lmi.network.verdict import Path
from moto_lmi.network.walk import Place, Walk


def go_on(walk: Walk, place: Place) -> None:
    """Follow the routes from the place to the target. Raises Stopped where they are blocked."""
    table = walk.snapshot.table_of(place.subnet_id)
    if table is None:
        walk.stop("no_route_table", place.subnet_id, vpc=place.vpc_id)
    target = walk.target
    table_id = table["RouteTableId"]
    choice = walk.once(
        ("route", table_id, target.far),
        lambda: choose(walk.snapshot, table.get("Routes", ()), target.far.addresses, target.far.list_id),
    )
    if choice is None:
        if place.kind == "nat":
            _nat_leads_nowhere(walk, place, table_id)
        walk.stop("no_route", table_id)
    words = {"block": choice.block, "table": table_id}
    if choice.next_hop != "local":
        if choice.next_hop in walk.seen:
            walk.stop("routing_loop", choice.next_hop, **words)
        walk.seen.add(choice.next_hop)
    walk.hop("route table", table_id, f"sends {choice.block} to {choice.next_hop or 'nowhere'}")
    _through(walk, place, choice, words)


def _through(walk: Walk, place: Place, choice: Choice, words: dict[str, str]) -> None:
    hop, route = choice.next_hop, choice.route
    if hop == "local":
        walk.take(Path.LOCAL)
        arrive(walk, place, place.vpc_id)
    elif "NatGatewayId" in route and hop == route["NatGatewayId"]:
        _nat_gateway(walk, place, hop, words)
    elif choice.blackhole or not hop:
        walk.stop("blackhole", hop or "unnamed", **words)
    elif hop.startswith("igw-"):
        _internet_gateway(walk, place, hop, words)
    elif hop.startswith("eigw-"):
        _egress_only(walk, place, hop)
    elif hop.startswith("vpce-"):
        _gateway_endpoint(walk, place, hop, words)
    elif hop.startswith("pcx-"):
        between.by_peering(walk, place, hop)
    elif hop.startswith("tgw-"):
        onward = between.by_transit_gateway(walk, place, hop, words)
        if onward is not None:
            go_on(walk, onward)
    else:
        between.beyond(walk, hop, choice.block)


def _internet_gateway(walk: Walk, place: Place, gateway_id: str, words: dict[str, str]) -> None:
    gateway = walk.snapshot.internet_gateways.get(gateway_id)
    if gateway is None or not _attached(gateway, place.vpc_id):
        walk.stop("igw_detached", gateway_id, vpc=place.vpc_id)
    if not public(walk.target.version).holds(walk.target.far.addresses):
        walk.stop("private_address", gateway_id, **words)
    if walk.target.version == 4 and not place.public:
        if place.kind == "nat":
            nat = next(hop.resource for hop in reversed(walk.hops) if hop.kind == "NAT gateway")
            walk.stop("nat_private", nat)
        holder = "packets from another VPC have" if place.kind == "transit" else "its instances have"
        walk.stop("no_public_ip", gateway_id, holder=holder)
    walk.take(Path.INTERNET_GATEWAY)
    walk.hop("internet gateway", gateway_id, "leads to the internet")


def _egress_only(walk: Walk, place: Place, gateway_id: str) -> None:
    gateway = walk.snapshot.egress_only_gateways.get(gateway_id)
    if gateway is None or not _attached(gateway, place.vpc_id):
        walk.stop("egress_only_detached", gateway_id, vpc=place.vpc_id)
    walk.take(Path.EGRESS_ONLY)
    walk.hop("egress-only internet gateway", gateway_id, "leads to the internet over IPv6, and answers back")


def _attached(gateway: Described, vpc_id: str) -> bool:
    return any(
        item.get("VpcId") == vpc_id and item.get("State") in ("available", "attached")
        for item in gateway.get("Attachments", ())
    )


# --- NAT gateways ------------------------------------------------------------------------------------------------------


def _nat_gateway(walk: Walk, place: Place, nat_id: str, words: dict[str, str]) -> None:
    # The state decides and not the route's: a route to a NAT gateway that was deleted may go on to look active.
    nat = walk.snapshot.nat_gateways.get(nat_id, {"State": "deleted"})
    if not is_available(nat):
        walk.stop("nat_state", nat_id, state=state_of(nat), **words)
    outward = public(walk.target.version).holds(walk.target.far.addresses)
    has_address = any(item.get("PublicIp") for item in nat.get("NatGatewayAddresses", ()))
    is_public = nat.get("ConnectivityType", "public") == "public"
    if is_public and outward and not has_address:
        walk.stop("nat_no_address", nat_id)
    walk.take(Path.NAT_GATEWAY)
    subnet_id = nat.get("SubnetId")
    if subnet_id is None:
        walk.hop("NAT gateway", nat_id, "translates addresses; it is regional and in no subnet")
        walk.assume(f"the regional NAT gateway {nat_id} leads to the internet")
        return
    if subnet_id not in walk.snapshot.subnets:
        between.beyond(walk, nat_id, words["block"])
        return
    subnet = walk.snapshot.subnets[subnet_id]
    walk.enter_subnet(place, subnet_id, "nat_acl")
    walk.hop("NAT gateway", nat_id, f"translates addresses, in {subnet_id} ({subnet['AvailabilityZone']})")
    here = Place(
        subnet["VpcId"],
        subnet_id,
        subnet["AvailabilityZone"],
        walk.snapshot.blocks(subnet_id, walk.target.version),
        "nat",
        public=is_public,
    )
    if place.kind == "transit":
        between.check_way_back(walk, subnet_id, place.addresses, place.came_by)
    walk.leave_subnet(here)
    go_on(walk, here)


def _nat_leads_nowhere(walk: Walk, place: Place, table_id: str) -> None:
    nat = next(hop.resource for hop in reversed(walk.hops) if hop.kind == "NAT gateway")
    walk.stop("nat_no_way_out", nat, subnet=place.subnet_id, table=table_id)


# --- gateway endpoints -------------------------------------------------------------------------------------------------


def _gateway_endpoint(walk: Walk, place: Place, endpoint_id: str, words: dict[str, str]) -> None:
    endpoint = walk.snapshot.endpoints.get(endpoint_id, {"State": "deleted"})
    if endpoint.get("VpcEndpointType") == "GatewayLoadBalancer":
        between.beyond(walk, endpoint_id, words["block"])
        return
    if is_gone(endpoint) or not is_available(endpoint):
        walk.stop("gateway_endpoint_state", endpoint_id, state=state_of(endpoint), **words)
    if place.kind == "transit":
        walk.stop("gateway_endpoint_outside", endpoint_id)
    walk.take(Path.GATEWAY_ENDPOINT)
    walk.hop("gateway endpoint", endpoint_id, f"leads to {endpoint['ServiceName']}")
    check_policy(walk, endpoint)
