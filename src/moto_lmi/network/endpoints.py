"""Interface endpoints: whether a service's name leads to one, and the way to its interfaces."""

from __future__ import annotations

from dataclasses import replace

from moto_lmi.network.addresses import Addresses
from moto_lmi.network.destination import Service
from moto_lmi.network.policies import check_policy
from moto_lmi.network.rules import Far
from moto_lmi.network.snapshot import Described, Dns, Snapshot, is_available, state_of
from moto_lmi.network.verdict import Blocking, Path
from moto_lmi.network.walk import Place, Stopped, Walk


def private_endpoint(
    snapshot: Snapshot, vpc_id: str, service: Service, dns: Dns
) -> tuple[Described | None, Blocking | None]:
    """The interface endpoint to which the service's name resolves in the VPC, or why none of those there is.

    Private DNS takes an endpoint that is available with private DNS on, and both DNS attributes of the VPC.
    """
    why: Blocking | None = None
    for endpoint in snapshot.endpoints_of(vpc_id, service.name, "Interface"):
        endpoint_id = endpoint["VpcEndpointId"]
        words = {"target": str(service), "vpc": vpc_id}
        if not is_available(endpoint):
            why = why or Blocking.of("endpoint_state", endpoint_id, state=state_of(endpoint), **words)
        elif not endpoint.get("PrivateDnsEnabled"):
            why = why or Blocking.of("private_dns_off", endpoint_id, **words)
        elif not dns.hostnames:
            why = why or Blocking.of("dns_hostnames", endpoint_id, **words)
        elif not endpoint.get("SubnetIds"):
            why = why or Blocking.of("endpoint_no_interface", endpoint_id, **words)
        elif not _is_for_inbound_resolvers_only(endpoint):
            return endpoint, None
    return None, why


def _is_for_inbound_resolvers_only(endpoint: Described) -> bool:
    return bool(endpoint.get("DnsOptions", {}).get("PrivateDnsOnlyForInboundResolverEndpoint"))


def go_to_endpoint(walk: Walk, place: Place, endpoint: Described) -> Walk:
    """Go to one of the endpoint's interfaces; the walk that got there. Raises Stopped when none is reached.

    The name resolves to the interfaces of all the endpoint's subnets. Unless the switch asks for all of them, one that
    is reached is enough, as clients try one address after the other.
    """
    snapshot = walk.snapshot
    subnet_ids = [subnet_id for subnet_id in endpoint["SubnetIds"] if subnet_id in snapshot.subnets]
    zone_of = {subnet_id: snapshot.subnets[subnet_id]["AvailabilityZone"] for subnet_id in subnet_ids}
    arrived: Walk | None = None
    stopped: Stopped | None = None
    for subnet_id in sorted(subnet_ids, key=lambda key: (zone_of[key] != place.zone, key)):
        attempt = walk.aimed_at(walk.target)
        try:
            _go_to_interface(attempt, place, endpoint, subnet_id)
        except Stopped as exc:
            walk.hops[:] = walk.hops if stopped else attempt.hops
            stopped = stopped or exc
        else:
            arrived = arrived or attempt
    walk.take(Path.INTERFACE_ENDPOINT)
    if arrived is None or (stopped is not None and walk.behaviour.endpoint_needs_every_zone):
        if stopped is None:
            walk.stop("endpoint_no_interface", endpoint["VpcEndpointId"])
        raise stopped
    if stopped is not None:
        arrived.assume(
            f"clients that are given an address of {endpoint['VpcEndpointId']} which they can't reach try another "
            f"({stopped.blocking.sentence.rstrip('.')})"
        )
    return arrived


def _go_to_interface(walk: Walk, place: Place, endpoint: Described, subnet_id: str) -> None:
    snapshot, version = walk.snapshot, walk.target.version
    blocks = snapshot.blocks(subnet_id, version)
    groups = snapshot.groups_or_default(
        endpoint["VpcId"], [group["GroupId"] for group in endpoint.get("Groups", ()) if group.get("GroupId")]
    )
    walk.target = replace(
        walk.target, far=Far(_known(walk, endpoint, subnet_id) or blocks, frozenset(groups)), whole=True
    )
    walk.take(Path.INTERFACE_ENDPOINT)
    walk.leave_instance(place)
    if subnet_id != place.subnet_id:
        walk.leave_subnet(place)
        walk.enter_subnet(place, subnet_id, "endpoint_acl")
    walk.enter_interface(place, groups, "endpoint_sg")
    zone = snapshot.subnets[subnet_id]["AvailabilityZone"]
    walk.hop("interface endpoint", endpoint["VpcEndpointId"], f"answers for {walk.target.name} in {subnet_id} ({zone})")
    check_policy(walk, endpoint)


def _known(walk: Walk, endpoint: Described, subnet_id: str) -> Addresses | None:
    """The endpoint's address in the subnet, where its interface was described and lies in the subnet's block."""
    blocks = walk.snapshot.blocks(subnet_id, walk.target.version)
    for interface_id in sorted(endpoint.get("NetworkInterfaceIds", ())):
        interface = walk.snapshot.interfaces.get(interface_id, {})
        if interface.get("SubnetId") == subnet_id and walk.target.version == 4:
            address = Addresses.one(interface["PrivateIpAddress"])
            if blocks.holds(address):
                return address
    return None
