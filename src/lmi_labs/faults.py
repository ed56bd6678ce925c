"""Faults for a lab's network: drawn by the learner's number, made with plain boto3, so that they are the same on AWS.

    faults.inject(lab, here, turn=1)

Five kinds, all of which let a function answer and its logs vanish. Each turn takes another kind, in an order that follows
from the number, so that neighbours don't have the same. What was made is noted on the VPC in tags, as digests: a check can
compare an answer with them after the fault has been mended, and reading them gives nothing away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lmi_labs.ground import RANGE, Ground, drop_acls, present_endpoints
from moto_lmi import network

if TYPE_CHECKING:
    from lmi_labs.lab import Lab

__all__ = ["KINDS", "TURNS", "inject", "is_injected", "kind_of", "open_doors", "order", "was"]

KINDS = ("egress-missing", "endpoint-closed", "private-dns-off", "answers-denied", "no-endpoint")
"""No egress rule for HTTPS; the endpoint's group admits something else; its name leads nowhere private; a network ACL
denies the answers; there is no endpoint and no other way."""
TURNS = range(1, len(KINDS) + 1)

ACL_PORT = 443
ANSWER_PORTS = (1024, 65535)
_OTHER_PORTS = (80, 8080, 8443, 5432)
_HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
_EVERYTHING = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def order(seed: int) -> tuple[str, ...]:
    """The kinds in the order in which the turns of the learner with this number take them."""
    return tuple(sorted(KINDS, key=lambda kind: _digest("order", seed, kind)))


def inject(lab: Lab, ground: Ground, turn: int = 1, seed: int | None = None) -> None:
    """Make the fault of the turn, 1 to 5, for the learner's number, or for `seed`. Harmless when it was made before.

    What earlier turns left is put right first. Raises ValueError for another turn.
    """
    if turn not in TURNS:
        raise ValueError(f"turn {turn!r} must be from {TURNS[0]} to {TURNS[-1]}")
    if is_injected(lab.account.client("ec2"), ground.vpc_id, turn):
        return
    number = lab.seed if seed is None else seed
    kind = order(number)[turn - 1]
    patient = _Network(lab, ground)
    patient.restore()
    _MAKERS[kind](patient, int(_digest("detail", number, turn), 16))
    _note(patient, turn, kind)


def is_injected(ec2: Any, vpc_id: str, turn: int) -> bool:
    """Whether the turn's fault was made in the VPC, mended or not."""
    return _tag(turn, "kind") in _tags(ec2, vpc_id)


def kind_of(ec2: Any, vpc_id: str, turn: int) -> str:
    """The kind of the turn's fault; empty when none was made."""
    noted = _tags(ec2, vpc_id).get(_tag(turn, "kind"))
    return next((kind for kind in KINDS if _digest(vpc_id, turn, kind) == noted), "")


def was(ec2: Any, vpc_id: str, turn: int, what: str, value: object) -> bool:
    """Whether the turn's fault had this `cause`, blocking `resource` or `subnets`, also when it has been mended."""
    return _tags(ec2, vpc_id).get(_tag(turn, what)) == _digest(vpc_id, turn, what, value)


def open_doors(lab: Lab, ground: Ground) -> None:
    """Give the instances' group the inbound rules that somebody might have added, and every way out. Harmless again."""
    patient = _Network(lab, ground)
    patient.allow_out(_EVERYTHING)
    patient.quietly(
        patient.ec2.authorize_security_group_ingress,
        GroupId=ground.security_group_id,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {**_HTTPS, "IpRanges": [{"CidrIp": RANGE}]},
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": ground.security_group_id}]},
        ],
    )


class _Network:
    """What a fault changes of the ground: the two groups, the endpoint for logs, the subnets' network ACL."""

    def __init__(self, lab: Lab, ground: Ground) -> None:
        self.lab, self.ground = lab, ground
        self.ec2 = lab.account.client("ec2")
        self.here = [{"Name": "vpc-id", "Values": [ground.vpc_id]}]
        self.service = f"com.amazonaws.{lab.account.region}.logs"

    def quietly(self, call: Callable[..., Any], **arguments: Any) -> None:
        """Make a call whose rule may be there already."""
        try:
            call(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
                raise

    def group(self, group_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
        return found

    def allow_out(self, rules: list[dict[str, Any]]) -> None:
        """Give the instances' group these egress rules and no others."""
        group_id = self.ground.security_group_id
        there = self.group(group_id)["IpPermissionsEgress"]
        if there:
            self.ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=there)
        self.ec2.authorize_security_group_egress(GroupId=group_id, IpPermissions=rules)

    def admit(self, rules: list[dict[str, Any]]) -> None:
        """Give the endpoints' group these ingress rules and no others."""
        group_id = self.endpoint_group()
        there = self.group(group_id)["IpPermissions"]
        if there:
            self.ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=there)
        self.ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=rules)

    def endpoint_group(self) -> str:
        wanted = [*self.here, {"Name": "group-name", "Values": [f"{self.ground.name}-endpoints"]}]
        return str(self.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]["GroupId"])

    def endpoints(self) -> list[dict[str, Any]]:
        """The endpoints for logs that are there, or on their way out."""
        found = present_endpoints(self.ec2, self.ground.vpc_id)
        return [item for item in found if item["ServiceName"] == self.service]

    def use_acl(self, acl_id: str) -> None:
        """Have every subnet use the network ACL."""
        for acl in self.ec2.describe_network_acls(Filters=self.here)["NetworkAcls"]:
            for item in acl["Associations"] if acl["NetworkAclId"] != acl_id else ():
                self.ec2.replace_network_acl_association(
                    AssociationId=item["NetworkAclAssociationId"], NetworkAclId=acl_id
                )

    def restore(self) -> None:
        """Put right what an earlier turn may have left."""
        self.allow_out(_EVERYTHING)
        self.admit([{**_HTTPS, "IpRanges": [{"CidrIp": RANGE}]}])
        drop_acls(self.ec2, self.ground.vpc_id)
        endpoints = self.endpoints()
        if not endpoints:
            self.create_endpoint()
            return
        missing = sorted({*self.ground.subnet_ids} - {*endpoints[0].get("SubnetIds", ())})
        more: dict[str, Any] = {"AddSubnetIds": missing} if missing else {}
        if more or not endpoints[0].get("PrivateDnsEnabled"):
            self.ec2.modify_vpc_endpoint(VpcEndpointId=endpoints[0]["VpcEndpointId"], PrivateDnsEnabled=True, **more)

    def create_endpoint(self) -> None:
        self.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=self.ground.vpc_id,
            ServiceName=self.service,
            SubnetIds=list(self.ground.subnet_ids),
            SecurityGroupIds=[self.endpoint_group()],
            PrivateDnsEnabled=True,
            TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": self.ground.name}]}],
        )


def _egress_missing(patient: _Network, detail: int) -> None:
    port = _OTHER_PORTS[detail % len(_OTHER_PORTS)]
    patient.allow_out([{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": RANGE}]}])


def _endpoint_closed(patient: _Network, detail: int) -> None:
    port = _OTHER_PORTS[detail % len(_OTHER_PORTS)]
    patient.admit([{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": RANGE}]}])


def _private_dns_off(patient: _Network, detail: int) -> None:
    patient.ec2.modify_vpc_endpoint(VpcEndpointId=patient.endpoints()[0]["VpcEndpointId"], PrivateDnsEnabled=False)


def _answers_denied(patient: _Network, detail: int) -> None:
    """The endpoint stands in one subnet, and a network ACL lets requests through and no answers, so others lose them."""
    ground = patient.ground
    stays = ground.subnet_ids[detail % len(ground.subnet_ids)]
    patient.ec2.modify_vpc_endpoint(
        VpcEndpointId=patient.endpoints()[0]["VpcEndpointId"],
        RemoveSubnetIds=[subnet_id for subnet_id in ground.subnet_ids if subnet_id != stays],
    )
    made = patient.ec2.create_network_acl(
        VpcId=ground.vpc_id,
        TagSpecifications=[{"ResourceType": "network-acl", "Tags": [{"Key": "Name", "Value": ground.name}]}],
    )
    acl_id = made["NetworkAcl"]["NetworkAclId"]
    rule: dict[str, Any] = {"NetworkAclId": acl_id, "RuleNumber": 100, "RuleAction": "allow", "CidrBlock": RANGE}
    patient.ec2.create_network_acl_entry(**rule, Egress=True, Protocol="-1")
    patient.ec2.create_network_acl_entry(
        **rule, Egress=False, Protocol="6", PortRange={"From": ACL_PORT, "To": ACL_PORT}
    )
    patient.use_acl(acl_id)


def _no_endpoint(patient: _Network, detail: int) -> None:
    patient.ec2.delete_vpc_endpoints(VpcEndpointIds=[item["VpcEndpointId"] for item in patient.endpoints()])
    patient.lab.wait_until(lambda: not patient.endpoints())


_MAKERS: dict[str, Callable[[_Network, int], None]] = {
    "egress-missing": _egress_missing,
    "endpoint-closed": _endpoint_closed,
    "private-dns-off": _private_dns_off,
    "answers-denied": _answers_denied,
    "no-endpoint": _no_endpoint,
}


# --- notes on the VPC --------------------------------------------------------------------------------------------------


def _note(patient: _Network, turn: int, kind: str) -> None:
    ground = patient.ground
    verdict = network.reach(patient.ec2, ground.subnet_ids, [ground.security_group_id], "logs")
    first = verdict.blocked[0]
    assert first.blocking is not None
    facts = {
        "cause": first.blocking.cause,
        "resource": first.blocking.resource,
        "subnets": sorted(item.subnet_id for item in verdict.blocked),
    }
    notes = {_tag(turn, what): _digest(ground.vpc_id, turn, what, value) for what, value in facts.items()}
    notes[_tag(turn, "kind")] = _digest(ground.vpc_id, turn, kind)
    tags = [{"Key": key, "Value": value} for key, value in sorted(notes.items())]
    patient.ec2.create_tags(Resources=[ground.vpc_id], Tags=tags)


def _tag(turn: int, what: str) -> str:
    return f"lmi-labs:turn-{turn}-{what}"


def _tags(ec2: Any, vpc_id: str) -> dict[str, str]:
    found = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    return {tag["Key"]: tag["Value"] for tag in found[0].get("Tags", ())} if found else {}


def _digest(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:12]
