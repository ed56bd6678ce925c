"""Arriving at an interface in a VPC: its subnet's network ACL, its security groups."""

from __future__ import annotations

from collections.abc import Iterable

from moto_lmi.network.addresses import Addresses
from moto_lmi.network.snapshot import Described, Snapshot
from moto_lmi.network.walk import Place, Walk


def arrive(walk: Walk, place: Place, vpc_id: str) -> str:
    """Come from the place to the target's interface in the VPC; the id of its subnet. Raises Stopped."""
    target = walk.target
    interface = target.interface or _interface_with(walk.snapshot, vpc_id, target.far.addresses)
    subnet_id = interface["SubnetId"] if interface else _subnet_with(walk.snapshot, vpc_id, target.far.addresses)
    if subnet_id is None:
        subnets = sorted(key for key, item in walk.snapshot.subnets.items() if item["VpcId"] == vpc_id)
        walk.stop("no_subnet", vpc_id, subnets=", ".join(subnets) or "none")
    walk.enter_subnet(place, subnet_id, "target_acl")
    if interface is None:
        walk.assume(
            f"no network interface has the address of {target.name}, so that no security group of it is checked"
        )
    else:
        groups = [group["GroupId"] for group in interface.get("Groups", ())]
        walk.enter_interface(place, groups, "target_sg")
        walk.hop("network interface", interface["NetworkInterfaceId"], f"is in {subnet_id}")
    return str(subnet_id)


def addresses_of(interface: Described, version: int) -> list[str]:
    """The private addresses of an interface in the IP version."""
    if version == 6:
        return [item["Ipv6Address"] for item in interface.get("Ipv6Addresses", ())]
    listed = [item["PrivateIpAddress"] for item in interface.get("PrivateIpAddresses", ())]
    return listed or [interface["PrivateIpAddress"]]


def _interface_with(snapshot: Snapshot, vpc_id: str, wanted: Addresses) -> Described | None:
    for _, interface in sorted(snapshot.interfaces.items()):
        own = _sets(addresses_of(interface, wanted.version))
        if interface.get("VpcId") == vpc_id and any(wanted == address for address in own):
            return interface
    return None


def _sets(addresses: Iterable[str]) -> list[Addresses]:
    return [Addresses.one(address) for address in addresses]


def _subnet_with(snapshot: Snapshot, vpc_id: str, wanted: Addresses) -> str | None:
    for subnet_id, subnet in sorted(snapshot.subnets.items()):
        if subnet["VpcId"] == vpc_id and snapshot.blocks(subnet_id, wanted.version).holds(wanted):
            return subnet_id
    return None
