"""Tasks 52.15 and 52.16: what stands in the way of deleting a provider, and leaving nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.codes import Wording, judge_code
from graders.day52.anchors import DELETE
from graders.reading import GONE_STATES, MANAGED_FILTER, asked, listed, pages, provider_named, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task


@task(
    "52.15",
    title="What stands in the way of deleting",
    points=3,
    syllabus=("52.7",),
    answers=("delete_code", "blocking", "capacity_provider_name"),
    docs=DELETE,
)
def check_blocking(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The code of the refused deletion, and the ARNs of the versions that block it."""
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    versions = pages(
        account.client("lambda").list_function_versions_by_capacity_provider,
        "FunctionVersions",
        CapacityProviderName=answers["capacity_provider_name"],
    )
    actual = {item["FunctionArn"] for item in versions}
    if not actual:
        return refused(
            "blocking-nothing-there",
            "No version runs on this provider, so nothing stands in the way.",
            expected="a provider in use",
            found="no versions",
            next_step="Do this before you clean up, on the provider that your function runs on.",
        )
    why = "The provider is in use: that is a conflict with the state of things, not a missing right."
    code = judge_code(
        answers["delete_code"], ("ResourceConflictException",), Wording("delete", "DeleteCapacityProvider", why)
    )
    finding = _judge_arns(answers["blocking"], actual, str(provider["CapacityProviderArn"]))
    if finding is not None:
        misconception, message = finding
        return refused(
            misconception,
            message,
            expected="the FunctionArn of every version on the provider",
            found=shown(answers["blocking"]),
            next_step="Take FunctionArn from each item of list_function_versions_by_capacity_provider.",
            credit=0.4 if code is None else 0.0,
        )
    if code is not None:
        return code(0.6)
    return passed(
        f"{len(actual)} versions hold the provider. Old numbers count as well, also after the function has moved on."
    )


def _judge_arns(value: object, actual: set[str], provider_arn: str) -> tuple[str, str] | None:
    if type(value) is str:
        return "blocking-text", "This is one string. Several versions may be in the way, so a list is wanted."
    if type(value) in (list, tuple) and value and all(type(item) is dict for item in value):  # type: ignore[attr-defined]
        return "blocking-items", "These are the items with their states. The ARNs alone are wanted."
    named = texts(value)
    if named is None:
        return "blocking-form", "This is not a list of ARNs."
    chosen, functions = set(named), {arn.rsplit(":", 1)[0] if arn.count(":") > 6 else arn for arn in actual}
    if chosen == actual:
        return None
    if not chosen:
        return "blocking-empty", "Nothing is named, yet the deletion was refused. Something holds the provider."
    if provider_arn in chosen:
        return (
            "blocking-provider",
            "This is the provider itself. The sentence of the refusal names it, which is easy to misread.",
        )
    if any(item.startswith("i-") for item in chosen):
        return "blocking-instances", "Instances do not hold the provider: they go with it. Function versions do."
    if any(not item.startswith("arn:") for item in chosen):
        return "blocking-names", "These are names or numbers. An ARN with its qualifier says exactly which version."
    if chosen <= functions:
        return (
            "blocking-unqualified",
            "The ARN has no qualifier. It is not the function that holds the provider but each of its versions.",
        )
    if any(item.endswith(":$LATEST") for item in chosen):
        return "blocking-has-latest", "$LATEST is not among what Lambda lists: nothing of it runs on the provider."
    missing = actual - chosen
    if missing and all(item.endswith(":$LATEST.PUBLISHED") for item in missing):
        return (
            "blocking-without-latest-published",
            "$LATEST.PUBLISHED is missing: it runs on the provider like any number.",
        )
    if missing and not chosen - actual:
        return (
            "blocking-without-numbers",
            "A numbered version is missing. Numbers stay until they are deleted, also when nobody calls them.",
        )
    return "blocking-strangers", "There are ARNs among these that Lambda does not list for the provider."


# --- 52.16: clean up -----------------------------------------------------------------------------------------------------

ORDER = ("function", "capacity provider", "network", "operator role")


@task(
    "52.16",
    title="Leave nothing behind",
    points=4,
    syllabus=("52.7",),
    answers=(
        "deletion_order",
        "function_name",
        "capacity_provider_name",
        "subnet_ids",
        "security_group_id",
        "operator_role_arn",
        "execution_role_arn",
        "kms_key_arn",
    ),
    docs=DELETE,
)
def check_clean_up(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The right order, and nothing left: function, provider, instances, network, role; the key waits for its deletion."""
    return (
        _judge_order(answers["deletion_order"])
        or _left_in_lambda(account, answers)
        or _left_in_ec2(account, answers)
        or _left_in_iam_and_kms(account, answers)
        or passed("Nothing is left, and nothing costs any more. The key goes by itself when its waiting time is over.")
    )


def _judge_order(value: object) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str = "Think of who needs whom to be taken down.") -> Verdict:
        expected = f"the words {', '.join(sorted(ORDER))}, in the right order"
        return refused(misconception, message, expected=expected, found=shown(value), next_step=step)

    if type(value) is str:
        return wrong("order-text", "This is one string. The order is a list of four words.")
    if type(value) in (set, frozenset):
        return wrong("order-set", "A set has no order, and the order is the point.")
    words = texts(value)
    if words is None:
        return wrong("order-form", "This is not a list of words.")
    if set(words) - set(ORDER):
        return wrong("order-words", "There is something among these that is not one of the four words of the task.")
    if sorted(words) != sorted(ORDER):
        return wrong("order-incomplete", "Each of the four words stands in the list once.")
    place = {word: words.index(word) for word in ORDER}
    if place["capacity provider"] < place["function"]:
        return wrong(
            "order-provider-before-function", "A provider in use is not deleted: you have seen the 409 yourself."
        )
    if place["operator role"] < place["capacity provider"]:
        return wrong(
            "order-role-before-provider",
            "Without its operator role the provider can't do what it has left to do. Take the role away last.",
        )
    if place["network"] < place["capacity provider"]:
        return wrong(
            "order-network-before-provider",
            "The instances' network interfaces are in your subnets and groups until the provider has let go.",
        )
    if place["operator role"] < place["network"]:
        return wrong(
            "order-role-before-network",
            "This would do, but keep the role until everything that it launched is gone, interfaces too.",
        )
    return None


def _left(misconception: str, message: str, found: object, step: str, credit: float) -> Verdict:
    return refused(misconception, message, expected="nothing left", found=shown(found), next_step=step, credit=credit)


def _left_in_lambda(account: Account, answers: Mapping[str, object]) -> Verdict | None:
    lambda_, name, provider = account.client("lambda"), answers["function_name"], answers["capacity_provider_name"]
    if type(name) is not str or type(provider) is not str:
        return _left(
            "left-names",
            "Function and provider are known by their names; these are none.",
            name,
            "Run the cells above again.",
            0.0,
        )
    configuration, code = asked(lambda_.get_function_configuration, FunctionName=name)
    if not code:
        return _left(
            "left-function",
            "The function is still there. Its published versions keep instances up.",
            f"{name}: {configuration.get('State')}",
            "Delete the function without a qualifier, and wait until it is gone.",
            0.1,
        )
    answer, code = asked(lambda_.get_capacity_provider, CapacityProviderName=provider)
    if not code and answer["CapacityProvider"]["State"] == "Deleting":
        return _left(
            "left-provider-deleting",
            "The provider is being deleted, and not gone yet. What comes after must wait for it.",
            "Deleting",
            "Wait until get_capacity_provider answers ResourceNotFoundException.",
            0.3,
        )
    if not code:
        return _left(
            "left-provider",
            "The provider is still there. It costs nothing now, but the next publish on it will.",
            provider,
            "Delete it once no version uses it.",
            0.2,
        )
    return None


def _left_in_ec2(account: Account, answers: Mapping[str, object]) -> Verdict | None:
    ec2, subnet_ids, group = account.client("ec2"), texts(answers["subnet_ids"]), answers["security_group_id"]
    if not subnet_ids or type(group) is not str:
        return _left(
            "left-network-ids",
            "Subnets and group are known by their ids; these are none.",
            group,
            "Run the cells above again.",
            0.0,
        )
    running = _instances_in(account, set(subnet_ids))
    if running:
        return _left(
            "left-instances",
            "Managed instances are still up in your subnets, and billed.",
            listed(running),
            "Wait: they go a few minutes after their last environment.",
            0.3,
        )
    subnets, _ = asked(ec2.describe_subnets, Filters=[{"Name": "subnet-id", "Values": subnet_ids}])
    if subnets.get("Subnets"):
        return _left(
            "left-subnets",
            "Subnets are still there.",
            listed(item["SubnetId"] for item in subnets["Subnets"]),
            "Delete every one of subnet_ids.",
            0.5,
        )
    groups, _ = asked(ec2.describe_security_groups, Filters=[{"Name": "group-id", "Values": [group]}])
    if groups.get("SecurityGroups"):
        return _left(
            "left-security-group",
            "The security group is still there. It costs nothing, but in a year nobody will dare to delete it.",
            group,
            "Delete it after the subnets' instances are gone.",
            0.6,
        )
    return None


def _instances_in(account: Account, subnet_ids: set[str]) -> list[str]:
    answer, _ = asked(account.client("ec2").describe_instances, IncludeManagedResources=True, Filters=[MANAGED_FILTER])
    instances: list[dict[str, Any]] = [item for each in answer.get("Reservations", []) for item in each["Instances"]]
    return [
        item["InstanceId"]
        for item in instances
        if item.get("SubnetId") in subnet_ids and item["State"]["Name"] not in GONE_STATES
    ]


def _left_in_iam_and_kms(account: Account, answers: Mapping[str, object]) -> Verdict | None:
    role, key = answers["operator_role_arn"], answers["kms_key_arn"]
    if type(role) is not str or type(key) is not str:
        return _left(
            "left-arns",
            "Role and key are known by their ARNs; these are none.",
            role,
            "Run the cells above again.",
            0.0,
        )
    _, code = asked(account.client("iam").get_role, RoleName=role.rsplit("/", 1)[-1])
    if not code:
        return _left(
            "left-operator-role",
            "The operator role is still there, and with it the right to launch instances.",
            role,
            "Detach its policy, then delete it.",
            0.7,
        )
    execution = answers["execution_role_arn"]
    if type(execution) is str and not asked(account.client("iam").get_role, RoleName=execution.rsplit("/", 1)[-1])[1]:
        return _left(
            "left-execution-role",
            "The function's execution role is still there. It outlives its function, since many functions may share one.",
            execution,
            "Detach its policy, then delete it.",
            0.8,
        )
    answer, code = asked(account.client("kms").describe_key, KeyId=key)
    state = answer.get("KeyMetadata", {}).get("KeyState")
    if code:
        return _left(
            "left-key-unknown",
            "KMS does not know this key. A key never goes at once, so this is not the one you used.",
            f"{shown(key)}: {code}",
            "Give the ARN of the key that you created.",
            0.7,
        )
    if state == "Disabled":
        return _left(
            "left-key-disabled",
            "The key is disabled, which still costs its monthly price. Only deletion ends that.",
            state,
            "Call schedule_key_deletion.",
            0.8,
        )
    if state != "PendingDeletion":
        return _left(
            "left-key",
            "The key is still in use, and costs its monthly price.",
            state,
            "Call schedule_key_deletion.",
            0.7,
        )
    return None
