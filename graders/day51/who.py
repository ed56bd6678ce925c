"""Tasks 51.11 and 51.12: try to do AWS's part on a managed instance, then say who does what."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from graders.codes import Wording, judge_code
from graders.day51.anchors import WHO
from graders.reading import asked, listed, managed_instances, shown, texts
from lmi_labs.account import Account
from lmi_labs.duties import DUTIES
from lmi_labs.tasks import Verdict, passed, refused, task

PROVIDER = "lmi-lab-51"
ATTEMPTS = {"stop": "StopInstances", "terminate": "TerminateInstances", "modify": "ModifyInstanceAttribute"}
# What AWS answers for these instances is not published; both have been seen on instances that a service manages.
REFUSAL_CODES = ("UnsupportedOperation", "UnauthorizedOperation")
_WHY = "Managed instances can be seen, not operated: AWS patches, drains and replaces them."


@task(
    "51.11",
    title="Do AWS's part",
    points=8,
    syllabus=("51.7",),
    answers=("plain_ids", "instance_ids", "refusals"),
    docs=WHO,
)
def check_attempts(account: Account, answers: Mapping[str, object]) -> Verdict:
    """What was seen without and with asking for managed resources, and how three attempts were refused."""
    answer, _ = asked(account.client("lambda").get_capacity_provider, CapacityProviderName=PROVIDER)
    arn = answer.get("CapacityProvider", {}).get("CapacityProviderArn", "")
    running = {item["InstanceId"] for item in managed_instances(account, arn)} if arn else set()
    if not running:
        return refused(
            "attempts-nothing-runs",
            "No managed instance runs for this lab, so there is nothing to try this on.",
            expected="running instances",
            found="none",
            next_step="Run the cell with bring_up again.",
        )
    return (
        _judge_plain(answers["plain_ids"], running)
        or _judge_ids(answers["instance_ids"], running)
        or _judge_refusals(answers["refusals"])
        or passed(
            "On your bill, in your subnets, and none of your business: you see instances when you ask, and can't touch them."
        )
    )


def _judge_plain(value: object, running: Collection[str]) -> Verdict | None:
    ids = texts(value)
    if ids is not None and not ids:
        return None
    managed = ids is not None and set(ids) & set(running)
    return refused(
        "plain-asked" if managed else "plain-others" if ids else "plain-form",
        "These are managed instances, so you asked for them: plain describe_instances hides what a service manages."
        if managed
        else "These instances are not this lab's. Look in its subnets only."
        if ids
        else "A list of ids is wanted, of what a plain call shows in the lab's subnets.",
        expected="what describe_instances shows without IncludeManagedResources",
        found=shown(value),
        next_step="Filter by subnet-id, and pass nothing else.",
    )


def _judge_ids(value: object, running: Collection[str]) -> Verdict | None:
    def wrong(misconception: str, message: str) -> Verdict:
        return refused(
            f"ids-{misconception}",
            message,
            expected=f"the ids of the {len(running)} instances that run",
            found=shown(value),
            next_step="The same call with IncludeManagedResources=True; take InstanceId of the Instances of all Reservations.",
            credit=0.2,
        )

    ids = texts(value)
    if ids is None:
        return wrong("form", "A list of ids is wanted.")
    if not ids:
        return wrong("hidden", "You found none, but some run, and they are billed. EC2 hides them unless you ask.")
    if set(ids) == set(running):
        return None
    if set(ids) < set(running):
        return wrong("some", "Some are missing. Each instance may have a reservation of its own.")
    return wrong("others", "Not all of these are this lab's running instances.")


def _judge_refusals(value: object) -> Verdict | None:
    if type(value) is not dict or set(value) != set(ATTEMPTS):
        found = listed(value) if type(value) is dict else shown(value)
        return refused(
            "refusals-form",
            "A dict with three error codes is wanted.",
            expected=", ".join(ATTEMPTS),
            found=found,
            next_step='Write refusals = {"stop": …, "terminate": …, "modify": …}.',
            credit=0.4,
        )
    for index, (name, operation) in enumerate(ATTEMPTS.items()):
        problem = _judge_refusal(name, operation, value[name], 0.4 + 0.2 * index)
        if problem is not None:
            return problem
    return None


def _judge_refusal(name: str, operation: str, value: object, credit: float) -> Verdict | None:
    idea = _special(value)
    if idea is not None:
        return refused(
            f"{name}-{idea[0]}",
            idea[1],
            expected=f"the error code with which {operation} is refused",
            found=shown(value),
            next_step="Try it really, on one of instance_ids, and catch ClientError.",
            credit=credit,
        )
    wrong = judge_code(value, REFUSAL_CODES, Wording(name, f"{operation} on a managed instance", _WHY))
    return wrong(credit) if wrong else None


def _special(value: object) -> tuple[str, str] | None:
    if type(value) is not str:
        return None
    if value in ("stopping", "stopped", "shutting-down", "terminated"):
        return (
            "own-instance",
            "This is the state of an instance that EC2 let you change, so it was an ordinary one of yours.",
        )
    if value == "DryRunOperation":
        return "dry-run", "A dry run asks for permission only. Whether it is supported shows when you really try."
    if value.startswith("InvalidInstanceID"):
        return "unknown-instance", "EC2 refused because there is no such instance. Take an id of instance_ids."
    if value.startswith(("MissingParameter", "InvalidParameter", "ParamValidation")):
        return "bad-call", "EC2 did not understand the call, so it never came to the question who may do this."
    if re.fullmatch(r"i-[0-9a-f]+", value):
        return "instance-id", "This is the instance. What EC2 says is the question."
    return None


# --- 51.12 -------------------------------------------------------------------------------------------------------------

_YOURS = frozenset(
    {
        "update the base image of an image function",
        "say which instance types may be used",
        "cap the vCPUs that may be running",
        "give the functions a way out of the VPC",
        "make code safe for several requests at a time",
        "buy a Savings Plan",
        "watch throttles and alarm somebody",
    }
)
WHO_DOES = {duty: "you" if duty in _YOURS else "aws" for duty in DUTIES}
_WHY_OF = {
    "patch the operating system of the instances": ("patching", "AWS patches the operating system; you have no access to it."),
    "update the language runtime of a ZIP function": ("runtime", "With a ZIP package the runtime is AWS's, and AWS updates it."),
    "update the base image of an image function": ("image", "An image brings its runtime along, and what is in it is yours to update."),
    "choose the machine image of the instances": ("ami", "There is no choice of machine image: AWS takes its own."),
    "replace an instance that fails": ("replacing", "AWS replaces instances; you could not if you wanted to."),
    "add instances when load rises": ("scaling", "AWS scales. You say within which limits."),
    "route a request to an environment with a free slot": ("routing", "AWS's router does. There is no load balancer of yours."),
    "say which instance types may be used": ("types", "AWS picks within what your provider allows; to allow it is yours."),
    "cap the vCPUs that may be running": ("cap", "MaxVCpuCount is a member of your provider. Left alone it is 400."),
    "give the functions a way out of the VPC": ("network", "Subnets, routes and endpoints are yours. Without a way out there are no logs."),
    "make code safe for several requests at a time": ("code", "Your code meets itself in one environment. Nobody else can mend it."),
    "buy a Savings Plan": ("buying", "Nobody commits your money but you."),
    "watch throttles and alarm somebody": ("alarms", "AWS writes the metrics. To look at them is yours."),
}  # fmt: skip


@task("51.12", title="Who does what", points=4, syllabus=("51.1", "51.7"), answers=("duties",), docs=WHO)
def check_duties(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Each duty with who does it; partial credit for those that are right."""
    value: Any = answers["duties"]
    if type(value) is not dict or set(value) != set(DUTIES):
        found = f"{len(value)} keys" if type(value) is dict else shown(value)
        return refused(
            "duties-form",
            "A dict with exactly the duties as keys is wanted.",
            expected=f"{len(DUTIES)} keys, as DUTIES has them",
            found=found,
            next_step="Copy the texts from DUTIES, or build the dict in a loop over it.",
        )
    odd = [duty for duty in DUTIES if value[duty] not in ("aws", "you") or type(value[duty]) is not str]
    if odd:
        return refused(
            "duties-words",
            'Each is done by "aws" or by "you".',
            expected='"aws" or "you"',
            found=f"{odd[0]}: {shown(value[odd[0]])}",
            next_step="Decide for one of the two; where both have a part, who acts when it has to be done?",
        )
    wrong = [duty for duty in DUTIES if value[duty] != WHO_DOES[duty]]
    if not wrong:
        return passed("AWS keeps the machines, you keep the code, the limits, the network and the money.")
    misconception, message = _duties_idea(value, wrong)
    return refused(
        misconception,
        message,
        expected="who really does it",
        found=listed(f"{duty}: {value[duty]}" for duty in wrong),
        next_step="Think of what you could do and what you could not in the last task.",
        credit=max(0.0, round(1 - 2 * len(wrong) / len(DUTIES), 2)),
    )


def _duties_idea(value: Mapping[str, str], wrong: list[str]) -> tuple[str, str]:
    if len(wrong) == len(DUTIES):
        return "duties-turned-round", "It is the other way round, everywhere."
    if len(set(value.values())) == 1:
        only = value[DUTIES[0]]
        return f"duties-all-{only}", (
            "It is not AWS alone: code, network, limits and money are yours."
            if only == "aws"
            else "That is EC2 without Lambda. Here AWS keeps the machines."
        )
    name, message = _WHY_OF[wrong[0]]
    return f"duties-{name}", f"{wrong[0]}: {message}"
