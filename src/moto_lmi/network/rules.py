"""Security groups and network ACLs: which part of a flow they let through."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from moto_lmi.network.addresses import Addresses, nothing
from moto_lmi.network.snapshot import Described, Snapshot

Ports = tuple[int, int]

_ALL_PORTS: Ports = (0, 65535)
_TCP = ("tcp", "6")
_ANY = "-1"
_LAST_RULES = (32767, 32768)


@dataclass(frozen=True)
class Far:
    """The other side of a flow: its addresses, the security groups it is in and the prefix list that names it."""

    addresses: Addresses
    groups: frozenset[str] = frozenset()
    list_id: str | None = None


def admitted(snapshot: Snapshot, rules: Iterable[Described], port: int, far: Far) -> Addresses:
    """Which of the far side's addresses the rules of security groups admit over TCP on the port.

    `rules` are IpPermissions or IpPermissionsEgress. Rules only allow, so their order does not matter.
    """
    version = far.addresses.version
    open_to = nothing(version)
    for rule in rules:
        if not _covers(rule, port):
            continue
        if any(pair.get("GroupId") in far.groups for pair in rule.get("UserIdGroupPairs", ())):
            return far.addresses
        lists = [item["PrefixListId"] for item in rule.get("PrefixListIds", ())]
        if far.list_id is not None and far.list_id in lists:
            return far.addresses
        member, blocks = ("CidrIp", "IpRanges") if version == 4 else ("CidrIpv6", "Ipv6Ranges")
        open_to |= Addresses.of(version, (item[member] for item in rule.get(blocks, ())))
        for list_id in lists:
            open_to |= snapshot.list_addresses(list_id, version)
    return open_to & far.addresses


def _covers(rule: Described, port: int) -> bool:
    protocol = str(rule.get("IpProtocol"))
    if protocol == _ANY:
        return True
    low, high = rule.get("FromPort"), rule.get("ToPort")
    if protocol not in _TCP:
        return False
    return low is None or high is None or low == -1 or low <= port <= high


@dataclass(frozen=True)
class AclOutcome:
    """What a network ACL lets through, and the number of the first rule that takes something away."""

    addresses: Addresses
    denied_by: str = ""


def passed(acl: Described, *, egress: bool, ports: Ports, far: Addresses) -> AclOutcome:
    """Which of the far side's addresses the ACL lets through over TCP on every one of the ports.

    The lowest-numbered rule that matches decides; what no rule matches is denied.
    """
    entries = sorted(
        (
            entry
            for entry in acl.get("Entries", ())
            if bool(entry["Egress"]) == egress and str(entry["Protocol"]) in (_ANY, *_TCP)
        ),
        key=lambda entry: int(entry["RuleNumber"]),
    )
    through = far
    denied_by = ""
    for span in _elementary(ports, (_ports_of(entry) for entry in entries)):
        allowed, denied = _decide(entries, span, far)
        through &= allowed
        denied_by = denied_by or denied
    return AclOutcome(through, denied_by)


def _decide(entries: Collection[Described], span: Ports, far: Addresses) -> tuple[Addresses, str]:
    version = far.version
    undecided, allowed, denied_by = far, nothing(version), ""
    for entry in entries:
        low, high = _ports_of(entry)
        if not low <= span[0] <= span[1] <= high:
            continue
        block = entry.get("CidrBlock") if version == 4 else entry.get("Ipv6CidrBlock")
        if not block:
            continue
        matched = undecided & Addresses.of(version, [block])
        if not matched:
            continue
        undecided = undecided - matched
        if str(entry["RuleAction"]).lower() == "allow":
            allowed |= matched
        elif not denied_by:
            number = int(entry["RuleNumber"])
            denied_by = "its last rule (*)" if number in _LAST_RULES else f"rule {number}"
    return allowed, denied_by or ("its last rule (*)" if undecided else "")


def _ports_of(entry: Described) -> Ports:
    span = entry.get("PortRange")
    if str(entry["Protocol"]) == _ANY or not span:
        return _ALL_PORTS
    return int(span["From"]), int(span["To"])


def _elementary(ports: Ports, spans: Iterable[Ports]) -> list[Ports]:
    """The ports cut at the ends of the spans, so that every piece is wholly in a span or wholly outside of it."""
    cuts = {ports[0]}
    for low, high in spans:
        cuts |= {cut for cut in (low, high + 1) if ports[0] < cut <= ports[1]}
    starts = sorted(cuts)
    return [(start, (*starts[1:], ports[1] + 1)[index] - 1) for index, start in enumerate(starts)]


def groups_admit(snapshot: Snapshot, group_ids: Iterable[str], direction: str, port: int, far: Far) -> Addresses:
    """What the groups together admit; `direction` is `IpPermissions` (in) or `IpPermissionsEgress` (out)."""
    rules = [rule for group_id in group_ids for rule in snapshot.group(group_id).get(direction, ())]
    return admitted(snapshot, rules, port, far)
