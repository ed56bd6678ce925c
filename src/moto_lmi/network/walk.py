"""Walking a way: what is being reached from where, the hops so far, and the checks that every stretch shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, TypeVar

from moto_lmi.behaviour import Behaviour
from moto_lmi.network.addresses import Addresses
from moto_lmi.network.destination import Service
from moto_lmi.network.rules import AclOutcome, Far, Ports, groups_admit, passed
from moto_lmi.network.snapshot import Described, Snapshot
from moto_lmi.network.verdict import Blocking, Hop, Path

T = TypeVar("T")

# From which ports clients call, and to which they get answers: Lambda functions and NAT gateways, and Linux.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_LAMBDA_PORTS: Ports = (1024, 65535)
_LINUX_PORTS: Ports = (32768, 61000)


class Stopped(Exception):
    """The way ends here; carries what blocks it."""

    def __init__(self, blocking: Blocking) -> None:
        super().__init__(blocking.sentence)
        self.blocking = blocking


@dataclass(frozen=True)
class Place:
    """Where packets are: a subnet that they are about to leave, and the addresses that they come from."""

    vpc_id: str
    subnet_id: str
    zone: str
    addresses: Addresses
    kind: str
    """`instance`, `nat` or `transit` (the subnet of a transit gateway attachment)."""
    groups: frozenset[str] = frozenset()
    public: bool = False
    """Whether the addresses are public ones on the internet."""
    came_by: str = ""
    """The transit gateway through which packets came here."""


@dataclass(frozen=True)
class Target:
    """What is to be reached: its name for people, its port, its addresses, and its interface if that is known.

    `whole` is whether every address must be reached; a destination whose address isn't known counts as reached when
    most of those that it may have are.
    """

    name: str
    port: int
    far: Far
    whole: bool
    service: Service | None = None
    interface: Described | None = None

    @property
    def version(self) -> int:
        """The IP version."""
        return self.far.addresses.version

    def enough(self, through: Addresses) -> bool:
        """Whether the addresses that something lets through are enough of the target's."""
        if self.whole:
            return through.holds(self.far.addresses)
        return 2 * through.count >= self.far.addresses.count


@dataclass
class Walk:
    """One way from a place to a target, hop by hop."""

    snapshot: Snapshot
    behaviour: Behaviour
    target: Target
    hops: list[Hop] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    path: Path | None = None
    seen: set[str] = field(default_factory=set)
    """Next hops that packets went through, to notice a circle."""
    memo: dict[object, Any] = field(default_factory=dict)
    """What rules say, shared by the walks of one evaluation: many subnets have the same groups, ACL and routes."""

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """The value for the key, computed the first time."""
        if key not in self.memo:
            self.memo[key] = compute()
        found: T = self.memo[key]
        return found

    def acl_passes(self, acl: Described, *, egress: bool, ports: Ports, far: Addresses) -> AclOutcome:
        """What the network ACL lets through, computed once."""
        key = ("acl", acl["NetworkAclId"], egress, ports, far)
        return self.once(key, lambda: passed(acl, egress=egress, ports=ports, far=far))

    def groups_admit(self, group_ids: Iterable[str], direction: str, far: Far) -> Addresses:
        """What the security groups admit from or to the far side on the target's port, computed once."""
        ids, port = tuple(group_ids), self.target.port
        return self.once(
            ("groups", ids, direction, port, far), lambda: groups_admit(self.snapshot, ids, direction, port, far)
        )

    def hop(self, kind: str, resource: str, says: str) -> None:
        """Note that packets come through a thing."""
        self.hops.append(Hop(kind, resource, says))

    def take(self, path: Path) -> None:
        """The way out of the first subnet; what comes after it does not change it."""
        self.path = self.path or path

    def assume(self, sentence: str) -> None:
        """Note something that describe calls do not tell."""
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    def stop(self, cause: str, resource: str, **values: object) -> NoReturn:
        """The way is blocked by the resource. Raises Stopped."""
        words = {"target": self.target.name, "port": self.target.port, **values}
        raise Stopped(Blocking.of(cause, resource, **words))

    def aimed_at(self, target: Target) -> Walk:
        """The same way so far, towards another target."""
        return replace(
            self, target=target, hops=list(self.hops), assumptions=list(self.assumptions), seen=set(self.seen)
        )

    def ephemeral(self, place: Place) -> Ports:
        """The ports on which answers come back to the place."""
        wide = self.behaviour.wide_ephemeral_ports or place.kind == "nat"
        return _LAMBDA_PORTS if wide else _LINUX_PORTS

    # --- checks that every way shares ----------------------------------------------------------------------------------

    def leave_instance(self, place: Place) -> None:
        """The security groups of the instance let the packets out."""
        groups = sorted(place.groups)
        through = self.groups_admit(groups, "IpPermissionsEgress", self.target.far)
        names = ", ".join(groups)
        if not self.target.enough(through):
            self.stop("sg_egress", names or "none")
        self._note_partial(through, f"the egress rules of {names} allow")
        self.hop("security group", names, f"egress rules allow TCP port {self.target.port} to {self.target.name}")

    def leave_subnet(self, place: Place) -> None:
        """The network ACL of the subnet lets the packets out and the answers in."""
        acl = self.snapshot.acl_of(place.subnet_id)
        if acl is None:
            return
        ephemeral = self.ephemeral(place)
        words = {"subnet": place.subnet_id, "ephemeral": span_of(ephemeral)}
        acl_id, far, port = acl["NetworkAclId"], self.target.far.addresses, (self.target.port, self.target.port)
        out = self.acl_passes(acl, egress=True, ports=port, far=far)
        if not self.target.enough(out.addresses):
            self._stop_at_acl(
                place, "acl_out", acl_id, out.denied_by, words, f"TCP port {port[0]} out to {self.target.name}"
            )
        answer = self.acl_passes(acl, egress=False, ports=ephemeral, far=far)
        if not self.target.enough(answer.addresses):
            answers = f"the answers from {self.target.name} on ports {span_of(ephemeral)}"
            self._stop_at_acl(place, "acl_answer", acl_id, answer.denied_by, words, answers)
        self._note_partial(out.addresses & answer.addresses, f"the network ACL {acl_id} allows")
        self.hop("network ACL", acl_id, f"lets TCP port {port[0]} out of {place.subnet_id} and the answers in")

    def _stop_at_acl(
        self, place: Place, cause: str, acl_id: str, rule: str, words: dict[str, str], what: str
    ) -> NoReturn:
        if place.kind == "nat":
            self.stop("nat_acl", acl_id, rule=rule, subnet=place.subnet_id, what=what)
        self.stop(cause, acl_id, rule=rule, **words)

    def enter_subnet(self, place: Place, subnet_id: str, cause: str) -> None:
        """The network ACL of the subnet lets the packets from the place in and the answers out."""
        acl = self.snapshot.acl_of(subnet_id)
        if acl is None or subnet_id == place.subnet_id:
            return
        acl_id, port, ephemeral = acl["NetworkAclId"], self.target.port, self.ephemeral(place)
        into = self.acl_passes(acl, egress=False, ports=(port, port), far=place.addresses)
        if not into.addresses.holds(place.addresses):
            what = f"TCP port {port} in from {place.subnet_id}"
            self.stop(cause, acl_id, rule=into.denied_by, subnet=subnet_id, what=what)
        back = self.acl_passes(acl, egress=True, ports=ephemeral, far=place.addresses)
        if not back.addresses.holds(place.addresses):
            what = f"the answers out to {place.subnet_id} on ports {span_of(ephemeral)}"
            self.stop(cause, acl_id, rule=back.denied_by, subnet=subnet_id, what=what)
        self.hop("network ACL", acl_id, f"lets TCP port {port} into {subnet_id} and the answers out")

    def enter_interface(self, place: Place, group_ids: Iterable[str], cause: str) -> None:
        """The security groups of the other side admit the packets from the place."""
        groups = sorted(group_ids)
        through = self.groups_admit(groups, "IpPermissions", Far(place.addresses, place.groups))
        names = ", ".join(groups)
        if not through.holds(place.addresses):
            self.stop(cause, names or "none", groups=", ".join(sorted(place.groups)) or "none")
        self.hop("security group", names, f"ingress rules admit TCP port {self.target.port}")

    def _note_partial(self, through: Addresses, who: str) -> None:
        if not self.target.whole and not through.holds(self.target.far.addresses):
            self.assume(
                f"{who} most public addresses but not all; which address {self.target.name} has is not known, "
                "so it is taken for one of the many"
            )


def span_of(ports: Ports) -> str:
    """The ports as people write them."""
    return f"{ports[0]}-{ports[1]}"
