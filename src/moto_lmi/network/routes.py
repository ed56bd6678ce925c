"""Route tables: which route packets to some addresses take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moto_lmi.network.addresses import Addresses, Range, parse_cidr
from moto_lmi.network.snapshot import Described, Snapshot

# The members of a route that may name its next hop, as DescribeRouteTables has them.
_NEXT_HOPS = (
    *("NatGatewayId", "GatewayId", "EgressOnlyInternetGatewayId", "VpcPeeringConnectionId", "TransitGatewayId"),
    *("NetworkInterfaceId", "InstanceId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn", "VpcEndpointId"),
)


@dataclass(frozen=True)
class Choice:
    """The route that is taken: its destination as the table writes it, its next hop and whether that is gone."""

    route: Described
    block: str
    next_hop: str
    blackhole: bool


def choose(snapshot: Snapshot, routes: Iterable[Described], wanted: Addresses, list_id: str | None) -> Choice | None:
    """The route of the longest prefix; None when there is none.

    `wanted` may be many addresses (a service's whose exact one is not known): then it is the route that most of them
    take. A prefix list that is known to name the destination but can't be read matches all of it.
    """
    spans = sorted(
        (span for route in routes for span in _spans(snapshot, route, wanted, list_id)),
        # The most specific first; then a written route before a propagated one, and any fixed order.
        key=lambda span: (-span.length, span.route.get("Origin") == "EnableVgwRoutePropagation", span.hop),
    )
    left = wanted
    shares: dict[int, tuple[int, _Span]] = {}
    for span in spans:
        taken = left & Addresses(wanted.version, (span.range,))
        if taken:
            before, first = shares.get(id(span.route), (0, span))
            shares[id(span.route)] = (before + taken.count, first)
            left = left - taken
    if not shares:
        return None
    most, span = max(shares.values(), key=lambda item: item[0])
    if left.count > most:
        return None
    return Choice(span.route, block_of(span.route), span.hop, span.route.get("State") == "blackhole")


def block_of(route: Described) -> str:
    """The destination of a route as the table writes it."""
    for member in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"):
        if route.get(member):
            return str(route[member])
    return "?"


def next_hop(route: Described) -> str:
    """The id of a route's next hop, `local` for the VPC itself, empty when it has none any more."""
    return next((str(route[member]) for member in _NEXT_HOPS if route.get(member)), "")


@dataclass(frozen=True)
class _Span:
    length: int
    range: Range
    route: Described
    hop: str


def _spans(snapshot: Snapshot, route: Described, wanted: Addresses, list_id: str | None) -> Iterable[_Span]:
    hop = next_hop(route)
    route_list = route.get("DestinationPrefixListId")
    if route_list is None:
        version, span, length = parse_cidr(block_of(route))
        if version == wanted.version:
            yield _Span(length, span, route, hop)
        return
    blocks = snapshot.prefix_lists.get(route_list)
    if blocks is None and route_list == list_id:
        # What the list holds can't be read, but it is known to be the destination's own.
        for span in wanted.ranges:
            yield _Span(32 if wanted.version == 4 else 128, span, route, hop)
    for block in blocks or ():
        version, span, length = parse_cidr(block)
        if version == wanted.version:
            yield _Span(length, span, route, hop)
