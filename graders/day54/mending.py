"""Tasks 54.04 and 54.05: the way is open again, for no more money and no more openness than it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graders.day54.anchors import MENDING
from graders.day54.diagnosis import judge_named
from graders.day54.place import Place, line_of, log_events, place
from graders.reading import asked, listed, shown
from lmi_labs import faults
from lmi_labs.account import Account
from lmi_labs.ground import RANGE
from lmi_labs.tasks import Verdict, passed, refused, task

_EVERYWHERE = ("0.0.0.0/0", "::/0")
Rule = Mapping[str, Any]


@task(
    "54.04",
    title="Mend it, cheaply and safely",
    points=11,
    syllabus=("54.2", "54.3", "54.4"),
    answers=("proof_id",),
    docs=MENDING,
)
def check_mended(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Every subnet reaches logs, nothing was opened or bought for it, and a request has left its line."""
    where, problem = place(account)
    if where is None:
        assert problem is not None
        return problem
    turn = 2 if faults.is_injected(where.ec2, where.vpc_id, 2) else 1
    problem = judge_mended(where, turn)
    return problem or _judge_proof(account, answers["proof_id"])


@task(
    "54.05",
    title="Another one",
    points=9,
    syllabus=("54.2", "54.3"),
    answers=("second_cause", "second_id"),
    docs=MENDING,
)
def check_second(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The second fault is named and mended."""
    where, problem = place(account)
    if where is None:
        assert problem is not None
        return problem
    problem = judge_named(where, 2, answers["second_cause"], answers["second_id"]) or judge_mended(where, 2)
    return problem or passed(
        "Two networks, two causes, one way of looking. The three other faults are there to practise: turn=3, 4 and 5."
    )


def judge_mended(where: Place, turn: int) -> Verdict | None:
    """What is wrong with the mending of the turn's fault; None when nothing is."""
    if not faults.is_injected(where.ec2, where.vpc_id, turn):
        return refused(
            "fault-missing",
            "The network has not been made.",
            expected=f"faults.inject(lab, here, turn={turn})",
            found="no note of it on the VPC",
            next_step="Run the cell above the task.",
        )
    kind = faults.kind_of(where.ec2, where.vpc_id, turn)
    verdict = where.reach("logs")
    if verdict.reachable != "all":
        blocking = verdict.blocked[0].blocking
        assert blocking is not None
        again = faults.was(where.ec2, where.vpc_id, turn, "cause", blocking.cause)
        return refused(
            f"mend-{'still-blocked' if again else 'other-block'}",
            "The way is still blocked." if again else "Something else blocks the way now.",
            expected="every subnet reaches logs",
            found=shown(verdict.sentence),
            next_step="Some subnets get through; look at the others." if verdict.reachable == "some" else blocking.fix,
            credit=0.3 if verdict.reachable == "some" and kind != "answers-denied" else 0.0,
        )
    for judge in (_judge_cost, _judge_inbound, _judge_endpoint_group, _judge_egress, _judge_acls):
        problem = judge(where, kind)
        if problem is not None:
            return problem
    return None


def _refusal(credit: float) -> Callable[[str, str, str, str], Verdict]:
    def wrong(misconception: str, message: str, found: str, step: str) -> Verdict:
        return refused(
            misconception,
            message,
            expected="every subnet reaches logs, with nothing bought and nothing opened beyond it",
            found=found,
            next_step=step,
            credit=credit,
        )

    return wrong


def _judge_cost(where: Place, kind: str) -> Verdict | None:
    wrong = _refusal(0.5)
    nats = asked(where.ec2.describe_nat_gateways, Filter=where.here)[0].get("NatGateways", [])
    nats = [item["NatGatewayId"] for item in nats if item["State"] in ("pending", "available")]
    if nats:
        return wrong(
            "mend-nat",
            "The logs arrive, through a NAT gateway that costs by the hour and by the GB and opens the way to the whole internet.",
            listed(nats),
            "Delete the NAT gateway, and mend what is there.",
        )
    attached = [{"Name": "attachment.vpc-id", "Values": [where.vpc_id]}]
    gateways = asked(where.ec2.describe_internet_gateways, Filters=attached)[0].get("InternetGateways", [])
    if gateways:
        return wrong(
            "mend-internet-gateway",
            "The VPC has a door to the internet now. Its instances need none for their logs.",
            listed(item["InternetGatewayId"] for item in gateways),
            "Detach the internet gateway, and mend what is there.",
        )
    endpoints = where.endpoints("logs")
    if len(endpoints) > 1:
        return wrong(
            "mend-second-endpoint",
            "There are two endpoints for the same service, and both are paid for.",
            listed(item["VpcEndpointId"] for item in endpoints),
            "Delete the new one, and mend the old one.",
        )
    services = {item["ServiceName"].rsplit(".", 1)[-1] for item in where.endpoints()}
    if services - {"logs", "lambda"}:
        return wrong(
            "mend-other-endpoint",
            "An endpoint was bought that the logs do not use.",
            listed(services),
            "Delete the endpoint that is not for logs.",
        )
    zones = endpoints[0].get("SubnetIds", []) if endpoints else []
    if kind == "answers-denied" and len(zones) > 1:
        return wrong(
            "mend-more-zones",
            "An endpoint is paid for in each zone. A rule of the network ACL costs nothing, and was what was wrong.",
            f"the endpoint stands in {len(zones)} subnets",
            "Put the endpoint back into its one subnet, and let the answers through.",
        )
    if kind == "no-endpoint" and len(zones) < len(where.subnet_ids):
        return wrong(
            "mend-one-zone",
            "With an endpoint in fewer zones than the provider has, the loss of that zone takes all logs.",
            f"the endpoint stands in {len(zones)} of {len(where.subnet_ids)} subnets",
            "Create it in all three subnets.",
        )
    return None


def _judge_inbound(where: Place, kind: str) -> Verdict | None:
    rules = [rule for group_id in where.group_ids for rule in where.group(group_id).get("IpPermissions", ())]
    if not rules:
        return None
    return _refusal(0.6)(
        "mend-inbound",
        "The instances' group admits something now. Answers come back by themselves: security groups keep state.",
        listed(_words(rule) for rule in rules),
        "Revoke the inbound rules of the instances' group.",
    )


def _judge_endpoint_group(where: Place, kind: str) -> Verdict | None:
    wrong = _refusal(0.6)
    if set(where.group_ids) & where.endpoint_groups():
        return wrong(
            "mend-shared-group",
            "The endpoint is in the instances' own group. Who is admitted and who asks can't be told apart any more.",
            listed(where.endpoint_groups()),
            "Leave the endpoint in its own group, and open that one.",
        )
    rules = [rule for group_id in where.endpoint_groups() for rule in where.group(group_id).get("IpPermissions", ())]
    for rule in rules:
        if _from_everywhere(rule):
            return wrong(
                "mend-endpoint-everywhere",
                "The endpoint's group admits everybody. Only the instances have to come in.",
                _words(rule),
                "Admit the instances' group, or the VPC's range, on port 443.",
            )
        if str(rule["IpProtocol"]) == "-1" or rule.get("FromPort") != rule.get("ToPort"):
            return wrong(
                "mend-endpoint-all-ports",
                "The endpoint's group admits more ports than the one that an AWS service listens on.",
                _words(rule),
                "Admit TCP port 443 only.",
            )
    return None


def _judge_egress(where: Place, kind: str) -> Verdict | None:
    if kind != "egress-missing":
        return None
    wrong = _refusal(0.6)
    rules = [rule for group_id in where.group_ids for rule in where.group(group_id).get("IpPermissionsEgress", ())]
    for rule in rules:
        if str(rule["IpProtocol"]) == "-1":
            return wrong(
                "mend-all-traffic",
                "Everything may go out now. Somebody had narrowed this group, and one port was missing.",
                _words(rule),
                "Replace it by TCP port 443.",
            )
        if rule.get("FromPort") != rule.get("ToPort"):
            return wrong(
                "mend-egress-ports",
                "More ports may go out than the one that is needed.",
                _words(rule),
                "Allow TCP port 443 only.",
            )
        if _from_everywhere(rule):
            return wrong(
                "mend-egress-everywhere",
                "HTTPS may go to the whole internet. The endpoint is in the VPC.",
                _words(rule),
                "Allow it to the endpoint's group, or to the VPC's range.",
            )
    return None


def _judge_acls(where: Place, kind: str) -> Verdict | None:
    if kind != "answers-denied":
        return None
    wrong = _refusal(0.6)
    acls = asked(where.ec2.describe_network_acls, Filters=where.here)[0].get("NetworkAcls", [])
    mine = [acl for acl in acls if any(item["SubnetId"] in where.subnet_ids for item in acl["Associations"])]
    if any(acl["IsDefault"] for acl in mine):
        return wrong(
            "mend-default-acl",
            "The subnets use the default network ACL, which lets everything through. Somebody had narrowed it.",
            listed(acl["NetworkAclId"] for acl in mine if acl["IsDefault"]),
            "Keep the network ACL, and add the rule that was missing.",
        )
    for acl in mine:
        for entry in acl["Entries"]:
            if entry["Egress"] or entry["RuleAction"] != "allow":
                continue
            if entry.get("CidrBlock") in _EVERYWHERE:
                return wrong(
                    "mend-acl-everywhere",
                    "Answers come from the endpoint, which is in the VPC. Everybody else is let in too now.",
                    _entry(entry),
                    f"Allow them from {RANGE}.",
                )
            if str(entry["Protocol"]) == "-1" or int(entry.get("PortRange", {}).get("From", 0)) < faults.ACL_PORT:
                return wrong(
                    "mend-acl-all-ports",
                    "All ports are open inbound. Answers come to the ports that clients call from.",
                    _entry(entry),
                    "Allow TCP ports 1024 to 65535.",
                )
    return None


def _judge_proof(account: Account, value: object) -> Verdict:
    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception, message, expected="the id of a request whose line has arrived", found=shown(value),
            next_step=step, credit=0.8,
        )  # fmt: skip

    step = "Invoke the function again, wait a moment, and look for a line with its id."
    if type(value) is not str or not value:
        return wrong("proof-form", "The network is mended. One request id is wanted as the proof.", step)
    events = log_events(account)
    if any(line_of(event).get("requestId") == value for event in events):
        return passed("The way is open, for nothing a month and for nobody else, and a request has left its line.")
    if any(value == event["logStreamName"] for event in events):
        return wrong(
            "proof-stream", "This is a log stream, which belongs to an environment and not to a request.", step
        )
    if not events:
        return wrong("proof-no-line", "The network is mended, but no line has come since.", step)
    return wrong(
        "proof-old",
        "The network is mended, but this request has no line. What was lost before stays lost: nothing is sent again.",
        step,
    )


def _from_everywhere(rule: Rule) -> bool:
    blocks: Iterable[str] = (
        *(item["CidrIp"] for item in rule.get("IpRanges", ())),
        *(item["CidrIpv6"] for item in rule.get("Ipv6Ranges", ())),
    )
    return any(block in _EVERYWHERE for block in blocks)


def _words(rule: Rule) -> str:
    others = [
        *(item["CidrIp"] for item in rule.get("IpRanges", ())),
        *(item["CidrIpv6"] for item in rule.get("Ipv6Ranges", ())),
        *(item["GroupId"] for item in rule.get("UserIdGroupPairs", ()) if item.get("GroupId")),
    ]
    ports = "all" if rule.get("FromPort") is None else f"{rule['IpProtocol']} {rule['FromPort']}-{rule['ToPort']}"
    return f"{ports} {', '.join(others)}"


def _entry(entry: Rule) -> str:
    span = entry.get("PortRange") or {}
    ports = f"{span.get('From')}-{span.get('To')}" if span else "all ports"
    return f"rule {entry['RuleNumber']}: {ports} from {entry.get('CidrBlock')}"
