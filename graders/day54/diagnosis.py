"""Task 54.03: which thing blocks the way of the logs, and for which subnets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graders.day54.anchors import VERDICT
from graders.day54.place import Place, place
from graders.reading import listed, shown, texts
from lmi_labs import faults
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import network

_ID = re.compile(r"[a-z]+-[0-9a-f]+")
_BY_PREFIX = {
    "i": ("an instance", "Instances are where packets start. Something on their way stops them."),
    "eni": ("a network interface", "The interface sends; something after it stops the packets."),
    "subnet": ("a subnet", "A subnet blocks nothing by itself: its network ACL, its route table or a group does."),
    "vpc": ("a VPC", "The VPC is the whole place. The verdict names one thing in it."),
    "nat": ("a NAT gateway", "There is no NAT gateway on this way."),
    "igw": ("an internet gateway", "There is no internet gateway on this way."),
}
_SAID = "verdict.blocked[0].blocking"


@task(
    "54.03",
    title="Name what blocks the way",
    points=9,
    syllabus=("54.2", "54.4"),
    answers=("blocked_subnets", "blocking_cause", "blocking_id"),
    docs=VERDICT,
)
def check_diagnosis(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Cause, thing and subnets of the first fault, also when it has been mended since."""
    where, problem = place(account)
    if where is None:
        assert problem is not None
        return problem
    problem = judge_named(where, 1, answers["blocking_cause"], answers["blocking_id"])
    if problem is not None:
        return problem
    return _judge_subnets(where, answers["blocked_subnets"]) or passed(
        "Found without a single log line: describe calls say what the way is like, and the function knew nothing of it."
    )


def judge_named(where: Place, turn: int, cause: object, resource: object) -> Verdict | None:
    """What is wrong with the cause and the id that were named for the turn's fault; None when nothing is."""
    if not faults.is_injected(where.ec2, where.vpc_id, turn):
        return refused(
            "fault-missing",
            f"The network of turn {turn} has not been made.",
            expected=f"faults.inject(lab, here, turn={turn})",
            found="no note of it on the VPC",
            next_step="Run the cell above the task.",
        )
    wrong_id = _judge_id(where, turn, resource)
    wrong_cause = _judge_cause(where, turn, cause, credit=0.0 if wrong_id else 0.5)
    if wrong_cause is not None:
        return wrong_cause
    return wrong_id


def _judge_cause(where: Place, turn: int, value: object, credit: float) -> Verdict | None:
    if type(value) is str and faults.was(where.ec2, where.vpc_id, turn, "cause", value):
        return None

    def wrong(misconception: str, message: str, step: str = f"Take {_SAID}.cause.") -> Verdict:
        return refused(
            misconception, message, expected="the key of the cause, such as no_route", found=shown(value), next_step=step,
            credit=credit,
        )  # fmt: skip

    if value is None:
        return wrong(
            "cause-nothing-blocks",
            "Nothing was blocking when you asked, or the question was another one. Was it asked before the mending, and for logs?",
            'Ask network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs").',
        )
    if isinstance(value, network.Blocking):
        return wrong("cause-whole", "This is the whole finding. The key of the cause is its member cause.")
    if type(value) is not str:
        return wrong("cause-form", "The cause is a short text, the key.")
    text = value.strip()
    if _ID.fullmatch(text):
        return wrong("cause-is-id", "This is an id: which thing. The cause says what is wrong with it.")
    if text in set(faults.KINDS):
        return wrong("cause-kind", "This is a word of this course. The verdict has its own.")
    if text.lower().replace("-", "_").replace(" ", "_") in network.causes() and text not in network.causes():
        return wrong("cause-spelling", "Nearly: keys are in small letters with underscores.")
    if len(text.split()) > 3:
        return wrong("cause-sentence", "This is the sentence, or the remedy. Its key is shorter.")
    if text in set(network.Path) or text in ("all", "some", "none"):
        return wrong("cause-path", "This is the way, or whether there is one, and not what stops it.")
    if text in network.causes():
        said = network.causes()[text].sentence.split("{")[0].strip() or text
        return wrong(
            "cause-other",
            f"That can block a way ({said} …), but it is not what blocks this one.",
            f"Ask for the way to logs and read {_SAID}.sentence.",
        )
    return wrong("cause-unknown", "The verdict knows no cause of this name.")


def _judge_id(where: Place, turn: int, value: object) -> Verdict | None:
    if type(value) is str and faults.was(where.ec2, where.vpc_id, turn, "resource", value):
        return None

    def wrong(misconception: str, message: str, step: str = f"Take {_SAID}.resource.") -> Verdict:
        return refused(
            misconception, message, expected="the id of the one thing that blocks", found=shown(value), next_step=step,
            credit=0.5,
        )  # fmt: skip

    if type(value) in (list, tuple, set):
        return wrong("id-list", "Several things are on the way; one blocks it.")
    if type(value) is not str or not _ID.fullmatch(value.strip()):
        return wrong("id-form", "This is not the id of a resource.")
    prefix = value.strip().split("-")[0]
    if prefix in _BY_PREFIX:
        kind, message = _BY_PREFIX[prefix]
        return wrong(f"id-{prefix}", f"This is {kind}. {message}")
    if value in where.group_ids:
        return wrong(
            "id-instances-group", "The group of the instances lets these packets out. Something further on does not."
        )
    if value in where.endpoint_groups():
        return wrong("id-endpoint-group", "The endpoint's group would admit these packets, if they came so far.")
    if prefix == "vpce":
        return wrong("id-endpoint", "The endpoint itself is as it should be. What is before it, or around it?")
    if prefix == "rtb":
        return wrong(
            "id-route-table", "The route table is not what stops these packets: within a VPC the route local is enough."
        )
    return wrong("id-other", "This is another thing than the one that blocks.")


def _judge_subnets(where: Place, value: object) -> Verdict | None:
    found = texts(value)
    expected = "the ids of the subnets that can't reach logs"

    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(misconception, message, expected=expected, found=shown(value), next_step=step, credit=0.8)

    step = "[item.subnet_id for item in verdict.blocked]"
    if found is None:
        return wrong("subnets-form", "A list of subnet ids is wanted.", step)
    if faults.was(where.ec2, where.vpc_id, 1, "subnets", sorted(found)):
        return None
    if not found:
        return wrong("subnets-none", "If none were blocked, all lines would be there.", step)
    if set(found) - set(where.subnet_ids):
        return wrong(
            "subnets-strangers",
            f"These are not subnets of the provider: {listed(set(found) - set(where.subnet_ids))}.",
            step,
        )
    if set(found) == set(where.subnet_ids):
        return wrong(
            "subnets-all", "Not all of them: in one zone the lines arrive, which makes it so hard to see.", step
        )
    return wrong("subnets-some", "These are not all that are blocked, or not the right ones.", step)
