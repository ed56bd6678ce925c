"""The five networks of lab 54: each is told apart, mended by the solution's own code, and refused when mended dearly or unsafely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

import moto_lmi
from graders.day54.diagnosis import judge_named
from graders.day54.doors import check_doors
from graders.day54.mending import check_second, judge_mended
from graders.day54.place import NAME, Place, place
from lmi_labs import faults, ground
from lmi_labs.account import Account
from lmi_labs.building import answer_cells
from lmi_labs.ground import RANGE, Ground
from lmi_labs.lab import Lab
from lmi_labs.places import project_root
from lmi_labs.progress import Progress
from moto_lmi import network
from moto_lmi.clock import reset_clocks

CAUSES = {
    "egress-missing": "sg_egress",
    "endpoint-closed": "endpoint_sg",
    "private-dns-off": "private_dns_off",
    "answers-denied": "acl_answer",
    "no-endpoint": "no_route",
}
SEEDS = {kind: next(seed for seed in range(100) if faults.order(seed)[0] == kind) for kind in faults.KINDS}
EVERYWHERE = [{"CidrIp": "0.0.0.0/0"}]
HERE = [{"CidrIp": RANGE}]


def https(ranges: list[dict[str, str]], to: int = 443) -> list[dict[str, Any]]:
    """A rule for TCP from port 443 to another."""
    return [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": to, "IpRanges": ranges}]


class Site:
    """The lab's ground in the emulator, with the solution's way of mending it."""

    def __init__(self) -> None:
        self.lab = Lab(54, Account("moto"), {}, Progress.load())
        self.ground: Ground = ground.prepare(self.lab, NAME)
        self.ec2 = self.lab.account.client("ec2")

    @property
    def place(self) -> Place:
        """What the checks see."""
        found, problem = place(self.lab.account)
        assert found is not None, problem
        return found

    @property
    def blocking(self) -> network.Blocking:
        """What blocks the way of the logs."""
        found = self.place.reach("logs").blocked[0].blocking
        assert found is not None
        return found

    def inject(self, kind: str, turn: int = 1) -> network.Blocking:
        """Make the fault as the turn's; what blocks then."""
        seed = next(seed for seed in range(1000) if faults.order(seed)[turn - 1] == kind)
        faults.inject(self.lab, self.ground, turn, seed)
        return self.blocking

    def mend(self, blocking: network.Blocking) -> None:
        """Mend it with the code of the solution."""
        code = answer_cells(project_root() / "solutions" / "day54_networking" / "lab.py")["54.04"]
        namespace = {"lab": self.lab, "here": self.ground, "ec2": self.ec2, "network": network}
        exec(code[: code.index("\nif blocking:")], namespace)
        mend: Any = namespace["mend"]
        mend(blocking)

    def endpoint(self) -> dict[str, Any]:
        """The endpoint for logs."""
        return self.place.endpoints("logs")[0]

    def acl_entry(self, acl_id: str, **members: Any) -> None:
        """Allow something inbound in a network ACL."""
        rule = {"NetworkAclId": acl_id, "RuleNumber": 110, "Egress": False, "RuleAction": "allow", "CidrBlock": RANGE}
        self.ec2.create_network_acl_entry(**{**rule, **members})


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Site]:
    """The ground, whole."""
    monkeypatch.setenv("LMI_LABS_HOME", str(tmp_path))
    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield Site()
    reset_clocks()


def test_a_number_gives_an_order_and_neighbours_differ() -> None:
    """The order has every kind once and follows from the number; every kind comes first for a fair share of numbers."""
    assert all(sorted(faults.order(seed)) == sorted(faults.KINDS) for seed in range(50))
    firsts = [faults.order(seed)[0] for seed in range(500)]
    assert all(60 <= firsts.count(kind) <= 140 for kind in faults.KINDS)
    assert len({faults.order(seed) for seed in range(500)}) > 100


@pytest.mark.parametrize("kind", faults.KINDS)
def test_each_fault_is_found_named_and_mended(site: Site, kind: str) -> None:
    """The verdict has its cause, the check takes the answer before and after the mending, and the solution mends it."""
    blocking = site.inject(kind)
    assert blocking.cause == CAUSES[kind]
    assert faults.kind_of(site.ec2, site.ground.vpc_id, 1) == kind
    assert judge_named(site.place, 1, blocking.cause, blocking.resource) is None
    unmended = judge_mended(site.place, 1)
    assert unmended is not None
    assert unmended.misconception == "mend-still-blocked"
    assert unmended.credit == 0

    site.mend(blocking)
    assert site.place.reach("logs").reachable == "all"
    assert judge_mended(site.place, 1) is None
    assert judge_named(site.place, 1, blocking.cause, blocking.resource) is None
    other = next(cause for cause in CAUSES.values() if cause != blocking.cause)
    wrong_cause, wrong_id = judge_named(site.place, 1, other, blocking.resource), judge_named(site.place, 1, blocking.cause, site.ground.vpc_id)  # fmt: skip
    assert wrong_cause is not None
    assert wrong_cause.misconception == "cause-other"
    assert wrong_id is not None
    assert wrong_id.misconception == "id-vpc"


@pytest.mark.parametrize("first", faults.KINDS)
def test_a_turn_begins_with_a_whole_network(site: Site, first: str) -> None:
    """Whether the turn before was mended or not, the next has its own fault alone, and is made once."""
    site.inject(first)
    for turn, kind in enumerate((kind for kind in faults.KINDS if kind != first), start=2):
        assert site.inject(kind, turn).cause == CAUSES[kind]
    site.mend(site.blocking)
    faults.inject(site.lab, site.ground, 5, seed=0)
    assert site.place.reach("logs").reachable == "all"
    with pytest.raises(ValueError, match="turn 6 must be from 1 to 5"):
        faults.inject(site.lab, site.ground, 6)


Mending = Callable[[Site, network.Blocking], object]


def _nat(site: Site, blocking: network.Blocking) -> None:
    site.mend(blocking)
    site.ec2.create_nat_gateway(SubnetId=site.ground.subnet_ids[0], ConnectivityType="private")


def _half(site: Site, blocking: network.Blocking) -> None:
    """Admit one of the three subnets only."""
    rule = https([{"CidrIp": "10.50.0.0/24"}])
    site.ec2.authorize_security_group_ingress(GroupId=blocking.resource, IpPermissions=rule)


def _one_zone(site: Site, blocking: network.Blocking) -> None:
    site.mend(blocking)
    endpoint = site.endpoint()
    site.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], RemoveSubnetIds=endpoint["SubnetIds"][1:])


MENDINGS: list[tuple[str, str, Mending]] = [
    *((kind, "mend-nat", _nat) for kind in faults.KINDS),
    (
        "egress-missing",
        "mend-egress-everywhere",
        lambda site, it: site.ec2.authorize_security_group_egress(GroupId=it.resource, IpPermissions=https(EVERYWHERE)),
    ),
    (
        "egress-missing",
        "mend-egress-ports",
        lambda site, it: site.ec2.authorize_security_group_egress(GroupId=it.resource, IpPermissions=https(HERE, 8443)),
    ),
    (
        "endpoint-closed",
        "mend-endpoint-everywhere",
        lambda site, it: site.ec2.authorize_security_group_ingress(GroupId=it.resource, IpPermissions=https(EVERYWHERE)),
    ),
    (
        "endpoint-closed",
        "mend-endpoint-all-ports",
        lambda site, it: site.ec2.authorize_security_group_ingress(
            GroupId=it.resource, IpPermissions=[{"IpProtocol": "-1", "IpRanges": HERE}]
        ),
    ),
    ("endpoint-closed", "mend-still-blocked", _half),
    (
        "answers-denied",
        "mend-acl-everywhere",
        lambda site, it: site.acl_entry(
            it.resource, Protocol="6", PortRange={"From": 1024, "To": 65535}, CidrBlock="0.0.0.0/0"
        ),
    ),
    ("answers-denied", "mend-acl-all-ports", lambda site, it: site.acl_entry(it.resource, Protocol="-1")),
    ("answers-denied", "mend-default-acl", lambda site, _: ground.drop_acls(site.ec2, site.ground.vpc_id)),
    (
        "answers-denied",
        "mend-more-zones",
        lambda site, _: site.ec2.modify_vpc_endpoint(
            VpcEndpointId=site.endpoint()["VpcEndpointId"],
            AddSubnetIds=sorted({*site.ground.subnet_ids} - {*site.endpoint()["SubnetIds"]}),
        ),
    ),
    ("no-endpoint", "mend-one-zone", _one_zone),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "misconception", "mending"), MENDINGS, ids=lambda value: str(value)[:20])
def test_dear_and_unsafe_mendings_are_refused(site: Site, kind: str, misconception: str, mending: Mending) -> None:
    """What costs more, opens more or covers less than it must is refused for what it is."""
    mending(site, site.inject(kind))
    verdict = judge_mended(site.place, 1)
    assert verdict is not None
    assert verdict.misconception == misconception
    assert verdict.next_step


def test_the_second_task_wants_both(site: Site) -> None:
    """54.05 is passed with the second fault named and mended, and not with either alone."""
    site.mend(site.inject("private-dns-off"))
    blocking = site.inject("endpoint-closed", 2)
    answers = {"second_cause": blocking.cause, "second_id": blocking.resource}
    assert check_second(site.lab.account, answers).misconception == "mend-still-blocked"
    site.mend(blocking)
    assert check_second(site.lab.account, answers).credit == 1
    assert check_second(site.lab.account, {**answers, "second_cause": "acl_out"}).misconception == "cause-other"


def test_open_doors_are_refused_until_they_are_closed(site: Site) -> None:
    """The group of 54.08 admits too much, again after its cell was run twice; a rule to the endpoints' group will do."""
    for _ in range(2):
        faults.open_doors(site.lab, site.ground)
    assert check_doors(site.lab.account, {"inbound_needed": 0}).misconception == "doors-inbound-world"
    group = site.place.group(site.ground.security_group_id)
    ec2, group_id = site.ec2, site.ground.security_group_id
    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])
    ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=group["IpPermissionsEgress"])
    [endpoints] = site.place.endpoint_groups()
    to_endpoints = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": endpoints}]}
    database = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.50.64.0/24"}]}
    ec2.authorize_security_group_egress(GroupId=group_id, IpPermissions=[to_endpoints, database])
    assert check_doors(site.lab.account, {"inbound_needed": 0}).credit == 1


@pytest.mark.parametrize("kind", faults.KINDS)
def test_everything_goes_again(site: Site, kind: str) -> None:
    """The ground is cleared whatever the fault has left of it."""
    site.inject(kind)
    ground.clear(site.lab, NAME)
    assert not site.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"]
