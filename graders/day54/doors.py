"""Task 54.08: no inbound rule, and no way out beyond what the dependencies need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from graders.day54.anchors import SECURITY_GROUPS
from graders.day54.place import Place, place
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.ground import RANGE
from lmi_labs.tasks import Verdict, passed, refused, task

DATABASE_RANGE, DATABASE_PORT, HTTPS = "10.50.64.0/24", 5432, 443
Rule = Mapping[str, Any]


@task(
    "54.08",
    title="Close the doors, keep the way out",
    points=8,
    syllabus=("54.3",),
    answers=("inbound_needed",),
    docs=SECURITY_GROUPS,
)
def check_doors(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The instances' group admits nothing, and lets out HTTPS to the endpoints and the database's port to the database."""
    where, problem = place(account)
    if where is None:
        assert problem is not None
        return problem
    problem = _judge_inbound(where) or _judge_outbound(where)
    said = answers["inbound_needed"]
    if problem is None and (type(said) is not int or said != 0):
        return refused(
            "doors-inbound-number",
            "The doors are right, and the number is not. Who calls a function calls the Lambda API; requests do not come through your VPC.",
            expected="how many inbound rules the instances need",
            found=shown(said),
            next_step="How many did you leave?",
            credit=0.7,
        )
    return problem or passed(
        "Nothing comes in, two things go out, and the function works as before. This is all that LMI needs of a security group."
    )


def _judge_inbound(where: Place) -> Verdict | None:
    rules = [rule for group_id in where.group_ids for rule in where.group(group_id).get("IpPermissions", ())]
    if not rules:
        return None
    kinds = {_kind(rule, where) for rule in rules}
    why = {
        "world": "A port is open to the whole internet. Nobody logs in to a managed instance, not even you.",
        "self": "The group admits itself. Environments do not talk to each other.",
        "vpc": "The VPC's range may come in. Answers of endpoints come back without a rule: security groups keep state.",
    }
    kind = next(name for name in ("world", "self", "vpc") if name in kinds)
    return refused(
        f"doors-inbound-{kind}",
        why[kind],
        expected="no inbound rule",
        found=f"{len(rules)} inbound rules",
        next_step='revoke_security_group_ingress with IpPermissions=group["IpPermissions"].',
        credit=0.2,
    )


def _kind(rule: Rule, where: Place) -> str:
    if any(item.get("GroupId") in where.group_ids for item in rule.get("UserIdGroupPairs", ())):
        return "self"
    return "world" if any(item["CidrIp"] == "0.0.0.0/0" for item in rule.get("IpRanges", ())) else "vpc"


def _judge_outbound(where: Place) -> Verdict | None:
    rules = [rule for group_id in where.group_ids for rule in where.group(group_id).get("IpPermissionsEgress", ())]

    def wrong(misconception: str, message: str, found: str, step: str, credit: float = 0.5) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"TCP {HTTPS} to the endpoints, TCP {DATABASE_PORT} to {DATABASE_RANGE}, nothing else",
            found=found,
            next_step=step,
            credit=credit,
        )

    if not rules:
        return wrong(
            "doors-nothing-out",
            "Nothing gets out, the logs neither. They leave by the same group.",
            "no egress rule",
            f"Allow TCP {HTTPS} to the endpoints.",
            0.2,
        )
    if any(str(rule["IpProtocol"]) == "-1" for rule in rules):
        return wrong(
            "doors-all-out",
            "Everything may still go out.",
            "a rule for all traffic",
            "Revoke the rule for all traffic, which every new group has.",
            0.3,
        )
    blocked = next((name for name in ("logs", "lambda") if where.reach(name).reachable != "all"), None)
    if blocked is not None:
        return wrong(
            "doors-https-missing",
            f"The way to {blocked} is closed.",
            where.reach(blocked).sentence,
            f"Allow TCP {HTTPS} to the endpoints' group, or to the VPC's range.",
            0.3,
        )
    if not any(_covers(rule, DATABASE_PORT, DATABASE_RANGE) for rule in rules):
        return wrong(
            "doors-database-missing",
            "The database can't be reached: it is a dependency too.",
            listed(map(_text, rules)),
            f"Allow TCP {DATABASE_PORT} to {DATABASE_RANGE}.",
        )
    return next((problem for rule in rules for problem in _too_wide(rule, where, wrong)), None)


def _too_wide(rule: Rule, where: Place, wrong: Callable[..., Verdict]) -> Iterator[Verdict]:
    if rule.get("FromPort") != rule.get("ToPort") or rule["FromPort"] not in (HTTPS, DATABASE_PORT):
        yield wrong(
            "doors-ports",
            "A port may go out that no dependency listens on.",
            _text(rule),
            f"Allow {HTTPS} and {DATABASE_PORT} only.",
            0.6,
        )
        return
    if str(rule["IpProtocol"]) not in ("tcp", "6"):
        yield wrong("doors-protocol", "Both dependencies speak TCP.", _text(rule), "Allow TCP only.", 0.6)
        return
    blocks = [item["CidrIp"] for item in rule.get("IpRanges", ())] + [
        item["CidrIpv6"] for item in rule.get("Ipv6Ranges", ())
    ]
    wide = [block for block in blocks if not _within(block, RANGE if rule["FromPort"] == HTTPS else DATABASE_RANGE)]
    if wide and rule["FromPort"] == HTTPS:
        yield wrong(
            "doors-https-everywhere",
            "HTTPS may go anywhere. The endpoints are in the VPC.",
            _text(rule),
            "Allow it to the endpoints' group, or to the VPC's range.",
            0.6,
        )
    elif wide:
        yield wrong(
            "doors-database-everywhere",
            "The database's port may go to more than the database.",
            _text(rule),
            f"Allow it to {DATABASE_RANGE} only.",
            0.6,
        )


def _covers(rule: Rule, port: int, block: str) -> bool:
    low, high = rule.get("FromPort"), rule.get("ToPort")
    open_port = low is not None and high is not None and low <= port <= high
    return open_port and any(_within(block, item["CidrIp"]) for item in rule.get("IpRanges", ()))


def _within(inner: str, outer: str) -> bool:
    small, large = ip_network(inner, strict=False), ip_network(outer, strict=False)
    return small.version == large.version and small.subnet_of(large)  # type: ignore[arg-type]


def _text(rule: Rule) -> str:
    others = [item["CidrIp"] for item in rule.get("IpRanges", ())]
    others += [item["GroupId"] for item in rule.get("UserIdGroupPairs", ()) if item.get("GroupId")]
    return f"{rule['IpProtocol']} {rule.get('FromPort')}-{rule.get('ToPort')} to {', '.join(others)}"
