"""Tasks 52.10 to 52.12: find the managed instances, try to terminate one, and say what they cost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from graders.codes import Wording, judge_code
from graders.day52.anchors import GUARDRAILS, INSTANCES
from graders.reading import listed, managed_instances, provider_named, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.prices import UnknownPrice, on_demand_usd_per_hour

MEMBERS = ("InstanceId", "InstanceType", "AvailabilityZone", "Operator")
FEE = Decimal("1.15")


@task(
    "52.10",
    title="Find the instances",
    points=6,
    syllabus=("52.1", "52.7"),
    answers=("instances", "capacity_provider_name"),
    docs=INSTANCES,
)
def check_instances(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Each managed instance with its type, its zone and who operates it."""
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    actual = {
        item["InstanceId"]: _as_answer(item) for item in managed_instances(account, provider["CapacityProviderArn"])
    }
    if not actual:
        return refused(
            "instances-none-running",
            "No managed instance runs for your provider. They come with the first published version.",
            expected="running instances",
            found="none",
            next_step="Publish a version and wait until it is Active.",
        )
    value = answers["instances"]
    if type(value) is not list or not value or not all(type(item) is dict for item in value):
        return _not_a_report(value)
    return _judge_report(value, actual)


def _as_answer(instance: Mapping[str, Any]) -> dict[str, object]:
    return {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance.get("Operator", {}).get("Principal", ""),
    }


def _not_a_report(value: object) -> Verdict:
    expected = f"a list of dicts with {', '.join(MEMBERS)}"
    step = "Go through Reservations and Instances of describe_instances."
    if type(value) is list and not value:
        misconception = "instances-hidden"
        message = "You found none, but some are running, and they are billed. EC2 hides what a service manages unless you ask for it."
        step = "Pass IncludeManagedResources=True to describe_instances."
    elif type(value) is int:
        misconception, message = (
            "instances-counted",
            "This is how many there are. Where they stand and what they are is the question.",
        )
    elif type(value) is dict:
        misconception, message = (
            "instances-response",
            "This is the whole response. The instances are two levels down: Reservations, then Instances.",
        )
    elif texts(value):
        misconception, message = (
            "instances-ids-only",
            "These are bare ids. Zone, type and operator are wanted with each.",
        )
    else:
        misconception, message = "instances-form", "This is not a report of instances."
    return refused(misconception, message, expected=expected, found=shown(value), next_step=step)


def _judge_report(report: Sequence[dict[str, Any]], actual: Mapping[str, Mapping[str, object]]) -> Verdict:
    def wrong(misconception: str, message: str, expected: str, found: object, step: str, credit: float) -> Verdict:
        return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit)

    if all("Instances" in item for item in report):
        return wrong(
            "instances-reservations",
            "These are reservations: each is a launch, with a list of instances inside.",
            f"dicts with {', '.join(MEMBERS)}",
            listed(report[0]),
            "Go one level down, into Instances.",
            0.1,
        )
    for member in MEMBERS:
        if any(member not in item for item in report):
            if "Placement" in report[0] or "State" in report[0]:
                return wrong(
                    "instances-raw",
                    "These are EC2's own descriptions, with dozens of members. The report has four.",
                    f"dicts with {', '.join(MEMBERS)}",
                    "whole descriptions",
                    'The zone is instance["Placement"]["AvailabilityZone"].',
                    0.3,
                )
            return wrong(
                "instances-member-missing",
                f"Not every entry has {member}.",
                f"dicts with {', '.join(MEMBERS)}",
                listed(report[0]),
                f"Add {member} to each entry.",
                0.4,
            )
    by_id = {item["InstanceId"]: item for item in report if type(item["InstanceId"]) is str}
    strangers = set(by_id) - set(actual)
    if strangers:
        return wrong(
            "instances-not-managed",
            "The report has instances that are not your provider's: ordinary ones, gone ones, or made-up ids.",
            listed(actual),
            listed(strangers),
            "Filter by operator.managed and by the tag aws:lambda:capacity-provider.",
            0.3,
        )
    if set(by_id) != set(actual):
        return wrong(
            "instances-incomplete",
            "There are more instances than you report. Those that you leave out are billed as well.",
            f"{len(actual)} instances",
            f"{len(by_id)}",
            "Go through every reservation, and every instance in it.",
            0.4,
        )
    return _judge_members(by_id, actual) or passed("One in each zone, and none of them yours to operate.")


def _judge_members(by_id: Mapping[str, dict[str, Any]], actual: Mapping[str, Mapping[str, object]]) -> Verdict | None:
    for member, idea in (("Operator", _operator_idea), ("AvailabilityZone", _zone_idea), ("InstanceType", _type_idea)):
        for instance_id, entry in by_id.items():
            value, right = entry[member], actual[instance_id][member]
            if type(value) is not str or value != right:
                misconception, message = idea(value, str(right))
                return refused(
                    misconception,
                    message,
                    expected=f"{member} as describe_instances says it",
                    found=shown(value),
                    next_step={
                        "Operator": 'Take instance["Operator"]["Principal"].',
                        "AvailabilityZone": 'Take instance["Placement"]["AvailabilityZone"].',
                        "InstanceType": 'Take instance["InstanceType"].',
                    }[member],
                    credit=0.7,
                )
    return None


def _operator_idea(value: object, right: str) -> tuple[str, str]:
    if type(value) is dict:
        return "operator-dict", "This is the whole Operator. The name of the service is its member Principal."
    if value == "ec2.amazonaws.com":
        return "operator-ec2", "EC2 runs the hardware of every instance. Who operates this one is written on it."
    if value == "lambda.amazonaws.com":
        return (
            "operator-lambda",
            "Close: lambda.amazonaws.com assumes the operator role. On the instance, EC2 notes the part of Lambda that scales.",
        )
    if type(value) is str and re.fullmatch(r"\d{12}", value):
        return "operator-account", "The instances are in your account and on your bill, but you don't operate them."
    if type(value) is str and ":role/" in value:
        return "operator-role-arn", "The operator role launched the instance. Its operator is a service."
    return "operator-wrong", "This is not who operates the instance."


def _zone_idea(value: object, right: str) -> tuple[str, str]:
    if type(value) is str and value.startswith("subnet-"):
        return "zone-is-subnet", "This is the subnet. It lies in a zone, and the zone is what you spread over."
    if type(value) is str and right.startswith(value):
        return "zone-is-region", "This is the Region. Spread is about the zones in it."
    return "zone-wrong", "This is not the instance's zone."


def _type_idea(value: object, right: str) -> tuple[str, str]:
    if value in ("arm64", "x86_64"):
        return "type-is-architecture", "This is the architecture. The price hangs on the type."
    if type(value) is str and right.startswith(f"{value}."):
        return "type-is-family", "This is the family. Without the size nobody can tell vCPUs or price."
    return "type-wrong", "This is not the instance's type."


# --- 52.11: try to terminate one -----------------------------------------------------------------------------------------

# What AWS answers for these instances is not published; both have been seen on instances that a service manages.
REFUSAL_CODES = ("UnsupportedOperation", "UnauthorizedOperation")


@task(
    "52.11",
    title="Try to terminate one",
    points=4,
    syllabus=("52.7",),
    answers=("terminate_code", "capacity_provider_name"),
    docs=INSTANCES,
)
def check_terminate_refused(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The error code with which EC2 refuses to terminate a managed instance."""
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    if not managed_instances(account, provider["CapacityProviderArn"]):
        return refused(
            "terminate-nothing-runs",
            "No managed instance runs for your provider, so there is nothing to try this on.",
            expected="running instances",
            found="none",
            next_step="Publish a version and wait until it is Active.",
        )
    value = answers["terminate_code"]
    special = _terminate_idea(value)
    if special is not None:
        return refused(
            special[0],
            special[1],
            expected="the error code with which EC2 refuses",
            found=shown(value),
            next_step="Call terminate_instances for one id from your report, without DryRun, and catch ClientError.",
        )
    why = "Managed instances can be seen, not operated: AWS drains and replaces them."
    wrong = judge_code(value, REFUSAL_CODES, Wording("terminate", "TerminateInstances on a managed instance", why))
    return wrong(0.0) if wrong else passed("Seen, not touched. Instances go when no environment is left on them.")


def _terminate_idea(value: object) -> tuple[str, str] | None:
    if type(value) is not str:
        return None
    if value in ("shutting-down", "terminated", "stopping"):
        return (
            "terminate-own-instance",
            "This is the state of an instance that EC2 let you terminate, so it was an ordinary one of yours.",
        )
    if value == "DryRunOperation":
        return (
            "terminate-dry-run",
            "A dry run asks for permission only. Whether the operation is supported shows when you really try.",
        )
    if value.startswith("InvalidInstanceID"):
        return (
            "terminate-unknown-instance",
            "EC2 refused because there is no such instance. Take an id from your report.",
        )
    if re.fullmatch(r"i-[0-9a-f]+", value):
        return "terminate-instance-id", "This is the instance. What EC2 says about terminating it is the question."
    if value == "ResourceConflictException":
        return (
            "terminate-lambda-code",
            "That is what Lambda says about the provider. The question here goes to EC2, about an instance.",
        )
    return None


# --- 52.12: the price ----------------------------------------------------------------------------------------------------


@task(
    "52.12",
    title="What an hour costs",
    points=6,
    syllabus=("52.6",),
    answers=("usd_per_hour", "capacity_provider_name"),
    docs=GUARDRAILS,
)
def check_price(account: Account, answers: Mapping[str, object]) -> Verdict:
    """On-demand price of every running instance, plus 15 percent."""
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    running = managed_instances(account, provider["CapacityProviderArn"])
    value = answers["usd_per_hour"]
    if type(value) not in (int, float, Decimal) or not Decimal(str(value)).is_finite():
        text = type(value) is str
        return refused(
            "price-text" if text else "price-form",
            "This is text. A price that one can add up is a number." if text else "This is not a number.",
            expected="a number of USD per hour",
            found=shown(value),
            next_step="Leave the currency sign and the quotes out.",
        )
    try:
        ec2 = sum((on_demand_usd_per_hour(item["InstanceType"], account.region) for item in running), Decimal(0))
    except UnknownPrice as error:
        return refused(
            "price-not-in-table",
            f"There is no price to compare with: {error}.",
            expected="a known type",
            found=listed(item["InstanceType"] for item in running),
        )
    if not running:
        return refused(
            "price-nothing-runs",
            "No managed instance runs, so an hour costs nothing yet.",
            expected="running instances",
            found="none",
            next_step="Publish a version first.",
        )
    return _judge_price(Decimal(str(value)), ec2, len(running))


def _judge_price(value: Decimal, ec2: Decimal, count: int) -> Verdict:
    right = ec2 * FEE
    if _near(value, right):
        return passed(f"{count} instances, {right:.4f} USD an hour, whether a request comes or not.")
    for amount, misconception, message, credit in (
        (ec2, "price-without-fee", "That is EC2 alone. Lambda charges 15 percent of the on-demand price on top.", 0.5),
        (ec2 * (FEE - 1), "price-fee-only", "That is the fee alone. The instances are billed as well.", 0.3),
        (right / count, "price-one-instance", "That is one instance. Three were launched for the first version.", 0.5),
        (
            ec2 + (FEE - 1) * right / ec2 / FEE,
            "price-fee-in-dollars",
            "The fee is 15 percent of the price, not 15 cents.",
            0.3,
        ),
        (
            ec2 + ec2 / count * (FEE - 1),
            "price-fee-once",
            "The fee was taken for one instance only. Each instance-hour carries it.",
            0.5,
        ),
        (
            ec2 * Decimal("1.015"),
            "price-fee-tenth",
            "The fee came in as 1.5 percent. 15 percent is a factor of 1.15.",
            0.5,
        ),
        (
            ec2 * 16,
            "price-fee-times-fifteen",
            "The fee came in as 15 times the price. 15 percent is a factor of 1.15.",
            0.3,
        ),
        (
            ec2 * Decimal("0.85"),
            "price-fee-as-discount",
            "The 15 percent were taken off. They are a fee, not a discount.",
            0.4,
        ),
        (right * 730, "price-per-month", "That is a month of 730 hours. Worth knowing; the question is one hour.", 0.6),
        (right * 24, "price-per-day", "That is a day. The question is one hour.", 0.6),
        (
            right * 2,
            "price-per-environment",
            "That counts six environments. Instances are billed, however many environments stand on them.",
            0.4,
        ),
        (right * 100, "price-in-cents", "That is in cents. The question is US dollars.", 0.6),
        (
            Decimal(0),
            "price-zero",
            "Nothing is invoked, and still it costs: instances are billed by the hour, not by the request.",
            0.0,
        ),
    ):
        if _near(value, amount):
            return _price_refused(misconception, message, value, credit)
    if value < right / 10:
        return _price_refused(
            "price-per-request",
            "That looks like a price per request or per GB-second. On managed instances the hour of an instance is billed.",
            value,
            0.0,
        )
    return _price_refused("price-other", "That is not the price of the instances that run.", value, 0.0)


def _near(value: Decimal, amount: Decimal) -> bool:
    return abs(value - amount) <= amount * Decimal("0.001")


def _price_refused(misconception: str, message: str, value: Decimal, credit: float) -> Verdict:
    return refused(
        misconception,
        message,
        expected="number of instances × on-demand price × 1.15",
        found=f"{value:.6g} USD",
        next_step="Add on_demand_usd_per_hour(type) for each instance in your report, and multiply the sum by 1.15.",
        credit=credit,
    )
