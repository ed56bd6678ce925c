"""Tasks 52.01 and 52.02: subnets over three zones, and a security group without inbound rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graders.day52.anchors import SECURITY_GROUPS, VPC
from graders.reading import asked, is_response, listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

ZONES_WANTED = 3


@task("52.01", title="Three subnets in three zones", points=5, syllabus=("52.2",), answers=("subnet_ids",), docs=VPC)
def check_subnets(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Three subnets of one VPC in three Availability Zones."""
    value = answers["subnet_ids"]
    subnet_ids = texts(value)
    if subnet_ids is None or not subnet_ids or not all(item.startswith("subnet-") for item in subnet_ids):
        return _not_subnet_ids(value)
    if len(set(subnet_ids)) < len(subnet_ids):
        return refused(
            "subnet-repeated",
            "The same subnet stands in the list more than once. A subnet lies in one zone, however often you name it.",
            expected="three different subnet ids",
            found=listed(subnet_ids),
            next_step="Make a subnet in each of three zones.",
        )
    answer, code = asked(account.client("ec2").describe_subnets, SubnetIds=subnet_ids)
    if code:
        return refused(
            "subnet-unknown",
            "EC2 does not know all of these subnets. Ids from an example, or from another Region, don't exist here.",
            expected="ids that describe_subnets finds",
            found=code,
            next_step='Take the ids from create_subnet: response["Subnet"]["SubnetId"].',
        )
    return _judge_layout(answer["Subnets"])


def _not_subnet_ids(value: object) -> Verdict:
    expected, step = "a list of three subnet ids", "Collect the SubnetId of each subnet in a list."
    items = texts(value) or []
    if type(value) is str:
        misconception = "subnet-ids-one-string"
        message = "This is a single string. A provider takes a list, so that it can spread instances over the subnets."
    elif is_response(value):
        misconception, message = (
            "subnets-response",
            "This is a whole response. The ids are in the SubnetId of each of its Subnets.",
        )
    elif type(value) in (list, tuple) and value and all(is_response(item) for item in value):  # type: ignore[attr-defined]
        misconception, message = (
            "subnets-as-dicts",
            "These are descriptions of subnets. VpcConfig takes their ids only.",
        )
    elif items and all(item.startswith("vpc-") for item in items):
        misconception = "vpc-id-as-subnet"
        message = "This is the id of a VPC. A VPC spans all zones; what lies in one zone, and what a provider takes, is a subnet."
    elif items and all("/" in item for item in items):
        misconception, message = (
            "cidr-as-subnet",
            "These are address ranges. Make a subnet of each range, and give its id.",
        )
    elif items and all(item.count("-") == 2 for item in items):
        misconception = "zone-names-as-subnets"
        message = (
            "These are zones. Lambda puts an instance's network interface into a subnet of yours, so it needs subnets."
        )
    elif type(value) in (list, tuple, set) and not value:
        misconception = "subnets-empty"
        message = (
            "The list is empty. Lambda does not pick subnets for you: the provider needs between 1 and 16 of yours."
        )
    else:
        misconception, message = "subnets-form", "This is not a list of subnet ids."
    return refused(misconception, message, expected=expected, found=shown(value), next_step=step)


def _judge_layout(subnets: Sequence[Mapping[str, Any]]) -> Verdict:
    vpcs = {subnet["VpcId"] for subnet in subnets}
    zones = {subnet["AvailabilityZone"] for subnet in subnets}
    if len(vpcs) > 1:
        return refused(
            "subnets-two-vpcs",
            "The subnets belong to several VPCs. All of a provider's subnets and security groups lie in one VPC.",
            expected="subnets of one VPC",
            found=listed(vpcs),
            next_step="Make the subnets in a single VPC.",
            credit=0.2,
        )
    if len(zones) == 1:
        return refused(
            "subnets-one-zone",
            "All of these subnets lie in one zone. More subnets are not more zones: if the zone fails, every instance is gone.",
            expected="three Availability Zones",
            found=listed(zones),
            next_step="Pass AvailabilityZone to create_subnet, a different one each time.",
            credit=0.2,
        )
    if len(zones) < ZONES_WANTED:
        return refused(
            "subnets-two-zones",
            "Two zones are covered. Lambda launches three instances on the first publish and spreads them: with two "
            "zones, the loss of one can take two of the three.",
            expected="three Availability Zones",
            found=listed(zones),
            next_step="Add a subnet in a third zone.",
            credit=0.6,
        )
    if len(subnets) > ZONES_WANTED:
        return refused(
            "subnets-too-many",
            "A provider may have up to 16 subnets, but this lab wants one in each of three zones, so that you can see the spread.",
            expected="three subnets",
            found=f"{len(subnets)} subnets",
            next_step="Leave one subnet for each of three zones in the list.",
            credit=0.8,
        )
    return passed(f"Three subnets of one VPC, in {listed(zones)}. Losing a zone now costs a third of the instances.")


@task(
    "52.02",
    title="A security group without inbound rules",
    points=5,
    syllabus=("52.2",),
    answers=("security_group_id", "subnet_ids"),
    docs=SECURITY_GROUPS,
)
def check_security_group(account: Account, answers: Mapping[str, object]) -> Verdict:
    """A security group of the subnets' VPC that admits nothing and lets HTTPS out."""
    value = answers["security_group_id"]
    if type(value) is not str or not value.startswith("sg-"):
        return _not_a_group_id(value)
    answer, code = asked(account.client("ec2").describe_security_groups, GroupIds=[value])
    if code:
        return refused(
            "sg-unknown",
            "EC2 knows no security group with this id.",
            expected="the id of a group that exists",
            found=f"{value}: {code}",
            next_step='Take it from create_security_group: response["GroupId"].',
        )
    group = answer["SecurityGroups"][0]
    subnet_ids = texts(answers["subnet_ids"]) or []
    subnets = asked(account.client("ec2").describe_subnets, SubnetIds=subnet_ids)[0] if subnet_ids else {}
    vpcs = {subnet["VpcId"] for subnet in subnets.get("Subnets", [])}
    return _judge_inbound(group, vpcs) or _judge_outbound(group) or passed("Nothing gets in, HTTPS gets out.")


def _not_a_group_id(value: object) -> Verdict:
    expected, step = "one id that begins with sg-", 'Take response["GroupId"] of create_security_group.'
    if type(value) in (list, tuple, set):
        misconception, message = "sg-list", "One id is wanted here. The list comes later, in VpcConfig."
    elif is_response(value):
        misconception, message = "sg-response", "This is a whole response. The id is its member GroupId."
    elif type(value) is str:
        misconception = "sg-name-as-id"
        message = "This is no id. A provider takes the ids of groups, and a name is only unique within a VPC."
    else:
        misconception, message = "sg-form", "This is not the id of a security group."
    return refused(misconception, message, expected=expected, found=shown(value), next_step=step)


def _judge_inbound(group: Mapping[str, Any], vpcs: set[str]) -> Verdict | None:
    if vpcs and group.get("VpcId") not in vpcs:
        return refused(
            "sg-other-vpc",
            "The group belongs to another VPC than your subnets. A network interface can only carry groups of its own VPC.",
            expected=f"a group of {listed(vpcs)}",
            found=f"a group of {shown(group.get('VpcId'))}",
            next_step="Pass VpcId to create_security_group; without it you get the default VPC.",
            credit=0.2,
        )
    if group.get("GroupName") == "default":
        return refused(
            "sg-default",
            "This is the VPC's default group. It admits everything that carries the same group, and anyone may put things into it.",
            expected="a group made for the provider",
            found="the group named default",
            next_step="Create a group of its own.",
            credit=0.2,
        )
    rules = group.get("IpPermissions", [])
    if not rules:
        return None
    misconception, message = _inbound_idea(rules[0], str(group["GroupId"]))
    return refused(
        misconception,
        message,
        expected="no inbound rule",
        found=f"{len(rules)} inbound rule(s)",
        next_step="Take the rule out with revoke_security_group_ingress.",
        credit=0.4,
    )


def _inbound_idea(rule: Mapping[str, Any], group_id: str) -> tuple[str, str]:
    port = rule.get("FromPort")
    if any(pair.get("GroupId") == group_id for pair in rule.get("UserIdGroupPairs", [])):
        return (
            "sg-inbound-self",
            "A rule admits the group itself. Managed instances have nothing to say to each other through your VPC.",
        )
    if port == 22:
        return (
            "sg-inbound-ssh",
            "Port 22 is open. Nobody logs in to a managed instance: AWS operates it, and you can't change it.",
        )
    if any(str(block.get("CidrIp", "")).startswith("10.") for block in rule.get("IpRanges", [])):
        return (
            "sg-inbound-vpc",
            "The VPC's own addresses are let in. Nothing in your VPC calls the instances: callers call the Lambda API.",
        )
    if port in (80, 443):
        return (
            "sg-inbound-https",
            "HTTP(S) is let in, as for a web server. Invocations do not come through your VPC: Lambda brings them itself.",
        )
    return (
        "sg-inbound",
        "There is an inbound rule. Invocations do not come through your VPC, so nothing has to be let in.",
    )


def _judge_outbound(group: Mapping[str, Any]) -> Verdict | None:
    rules = group.get("IpPermissionsEgress", [])
    if not rules:
        return refused(
            "sg-no-egress",
            "Nothing gets out. The function would run, but it could call nothing and its logs would be missing.",
            expected="an outbound rule for port 443",
            found="no outbound rule",
            next_step="Allow TCP 443 with authorize_security_group_egress.",
            credit=0.5,
        )
    if not any(_lets_https_out(rule) for rule in rules):
        return refused(
            "sg-egress-without-443",
            "The outbound rules leave out TCP 443, which the AWS endpoints use, CloudWatch Logs among them.",
            expected="an outbound rule for port 443",
            found=listed(f"{rule.get('IpProtocol')} {rule.get('FromPort')}-{rule.get('ToPort')}" for rule in rules),
            next_step="Allow TCP 443 with authorize_security_group_egress.",
            credit=0.5,
        )
    return None


def _lets_https_out(rule: Mapping[str, Any]) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    first, last = rule.get("FromPort"), rule.get("ToPort")
    return rule.get("IpProtocol") in ("tcp", "6") and first is not None and last is not None and first <= 443 <= last
