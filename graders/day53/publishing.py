"""Tasks 53.05 and 53.06: a function that takes eight requests at a time, and a second one on the same instances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day53.anchors import PUBLISH, SHARING
from graders.reading import asked, function_named, pages, provider_of, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

NAME = "lmi-lab-53"
CONCURRENCY = 8
LATEST_PUBLISHED = "$LATEST.PUBLISHED"
STATES = ("Pending", "Active", "Inactive", "Failed", "Deactivating", "Deactivated", "ActiveNonInvocable", "Deleting")


def per_environment(configuration: Mapping[str, Any]) -> int:
    """How many requests at a time an environment of the function takes; 0 without a provider."""
    config = configuration.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig", {})
    return int(config.get("PerExecutionEnvironmentMaxConcurrency", 0))


def provider_arn(account: Account) -> str:
    """The ARN of the lab's provider, or nothing."""
    answer, _ = asked(account.client("lambda").get_capacity_provider, CapacityProviderName=NAME)
    return str(answer.get("CapacityProvider", {}).get("CapacityProviderArn", ""))


@task(
    "53.05",
    title="Create, publish, watch",
    points=7,
    syllabus=("53.4", "53.3"),
    answers=("who_name", "states_seen"),
    docs=PUBLISH,
)
def check_who(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function's configuration, its publication, and the states that were seen."""
    configuration, problem = function_named(account, answers["who_name"])
    if problem is not None:
        return problem
    return (
        _judge_configuration(account, configuration)
        or _judge_publication(account, answers["who_name"])
        or _judge_states(answers["states_seen"])
        or passed(
            "Pending while its environments come up, then Active. Each environment takes eight requests at a time."
        )
    )


def _judge_configuration(account: Account, configuration: Mapping[str, Any]) -> Verdict | None:
    def wrong(misconception: str, message: str, expected: object, found: object, step: str) -> Verdict:
        return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=0.2)

    again = "Delete the function, wait until it is gone, and create it again."
    if not provider_of(configuration):
        return wrong(
            "who-without-provider",
            "This is an ordinary function, with one request per environment. It can't be moved to a provider later.",
            "CapacityProviderConfig",
            "none",
            again,
        )
    if provider_of(configuration) != provider_arn(account):
        return wrong(
            "who-other-provider",
            "It stands on another provider.",
            provider_arn(account),
            provider_of(configuration),
            again,
        )
    concurrency = per_environment(configuration)
    if concurrency != CONCURRENCY:
        idea = "default" if concurrency == 16 else "other"
        return wrong(
            f"who-concurrency-{idea}",
            "Without a number Python gets 16 requests per vCPU."
            if idea == "default"
            else "This is another number of requests at a time.",
            CONCURRENCY,
            concurrency,
            "Set PerExecutionEnvironmentMaxConcurrency=8, beside CapacityProviderArn, with update_function_configuration, and publish again.",
        )
    if configuration.get("MemorySize") != 2048:
        return wrong(
            "who-memory",
            "The function has another size, and with it other vCPUs.",
            2048,
            configuration.get("MemorySize"),
            "Set MemorySize=2048.",
        )
    if configuration.get("Handler") != "app.handler":
        return wrong(
            "who-handler",
            "The handler is named after file and function: app.py at the root, handler in it.",
            "app.handler",
            configuration.get("Handler"),
            "Set Handler='app.handler'.",
        )
    if configuration.get("Runtime") != "python3.13":
        return wrong(
            "who-runtime",
            "It has another runtime.",
            "python3.13",
            configuration.get("Runtime"),
            "Set Runtime='python3.13'.",
        )
    return None


def _judge_publication(account: Account, name: object) -> Verdict | None:
    answer, code = asked(
        account.client("lambda").get_function_configuration, FunctionName=name, Qualifier=LATEST_PUBLISHED
    )
    if code:
        return refused(
            "who-not-published",
            "Nothing is published to $LATEST.PUBLISHED, so an invoke without a qualifier has nowhere to go.",
            expected=LATEST_PUBLISHED,
            found=code,
            next_step='publish_version(FunctionName=…, PublishTo="LATEST_PUBLISHED").',
            credit=0.4,
        )
    if answer.get("State") != "Active":
        return refused(
            "who-not-active",
            "The version can't be invoked yet, or not any more.",
            expected="Active",
            found=shown(f"{answer.get('State')}: {answer.get('StateReason', '')}"),
            next_step="Wait with lab.wait_until; if it is Failed, read StateReason.",
            credit=0.4,
        )
    if per_environment(answer) != CONCURRENCY:
        return refused(
            "who-published-before",
            "$LATEST has the right number of requests at a time, but what is published is older.",
            expected=CONCURRENCY,
            found=per_environment(answer),
            next_step="Publish again: a publication is a copy of $LATEST at that moment.",
            credit=0.4,
        )
    return None


def _judge_states(value: object) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str, credit: float = 0.6) -> Verdict:
        return refused(
            misconception,
            message,
            expected="the states in order, each once",
            found=shown(value),
            next_step=step,
            credit=credit,
        )

    seen = texts(value) if type(value) in (list, tuple) else None
    if seen is None:
        return wrong("states-form", "A list of states is wanted.", 'Begin with [response["State"]] and append.')
    if any(state in ("Successful", "InProgress") for state in seen):
        return wrong(
            "states-last-update",
            "That is LastUpdateStatus: how the last change went. The state is in State.",
            'Read response["State"].',
        )
    if any(state not in STATES for state in seen):
        return wrong("states-unknown", "Lambda has no such state.", 'Read response["State"] as it is.')
    if "ActiveNonInvocable" in seen:
        return wrong(
            "states-of-latest",
            "ActiveNonInvocable is the state of $LATEST. The published version is another.",
            'Read with Qualifier="$LATEST.PUBLISHED".',
        )
    if len(set(seen)) != len(seen):
        return wrong(
            "states-repeated",
            "A state that is seen twice in a row is one state.",
            "Append only what differs from the last.",
        )
    if seen[:1] != ["Pending"]:
        return wrong(
            "states-late",
            "The first state is in the answer of publish_version, before anything runs.",
            'Begin with the answer\'s "State".',
        )
    if seen[-1] != "Active":
        return wrong(
            "states-unfinished",
            "It ends too early: the version could not be invoked yet.",
            "Go on until the state is Active.",
        )
    return None


# --- 53.06 ---------------------------------------------------------------------------------------------------------------


@task(
    "53.06",
    title="A second function on the same instances",
    points=6,
    syllabus=("53.4",),
    answers=("instances_before", "instances_after", "versions_on_provider", "broken_version"),
    docs=SHARING,
)
def check_second(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The two counts, the version of the second function, and the versions on the provider."""
    return (
        _judge_version(account, answers["broken_version"])
        or _judge_counts(answers["instances_before"], answers["instances_after"])
        or _judge_versions(account, answers["versions_on_provider"])
        or passed("No instance was launched: the second function found room on those that were there.")
    )


def _judge_version(account: Account, value: object) -> Verdict | None:
    if type(value) is not str or not value.isdigit():
        return refused(
            "second-version-form",
            "A version's number is text, as publish_version (and deploy) gives it.",
            expected="a number as text, such as '1'",
            found=shown(value),
            next_step='broken_version = deploy(receipts_name, {"app.py": receipts_code})',
        )
    _, problem = function_named(account, f"{NAME}-receipts", value)
    return problem


def _judge_counts(before: object, after: object) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception,
            message,
            expected="two counts of instances",
            found=shown((before, after)),
            next_step=step,
            credit=0.4,
        )

    if type(before) is not int or type(after) is not int:
        return wrong("second-counts-form", "Both are numbers of instances.", "Count with len(…).")
    if before == 0 or after == 0:
        return wrong(
            "second-hidden-instances",
            "Three instances run at least. EC2 hides what a service manages.",
            "Pass IncludeManagedResources=True.",
        )
    if before < 3:
        return wrong(
            "second-counts-reservations",
            "These are not the instances of all three zones.",
            "Count the Instances of every reservation, in all of the provider's subnets.",
        )
    if after > before:
        return wrong(
            "second-counted-late",
            "The second count is higher: the first was taken before the first function's instances were up, or terminated ones were counted.",
            "Count pending and running instances, right before and right after the deployment.",
        )
    if after < before:
        return wrong(
            "second-counts-fewer",
            "The second count is lower than the first. Instances that are shutting down or terminated were counted.",
            "Count pending and running instances only.",
        )
    return None


def _judge_versions(account: Account, value: object) -> Verdict | None:
    listed_now = {
        item["FunctionArn"]
        for item in pages(
            account.client("lambda").list_function_versions_by_capacity_provider,
            "FunctionVersions",
            CapacityProviderName=NAME,
        )
    }

    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception,
            message,
            expected="the ARNs of the versions on the provider",
            found=shown(value),
            next_step=step,
            credit=0.5,
        )

    arns = texts(value)
    if arns is None:
        return wrong(
            "second-versions-form", "A list of ARNs is wanted.", 'Take item["FunctionArn"] of each of FunctionVersions.'
        )
    if any(not arn.startswith("arn:") for arn in arns):
        return wrong(
            "second-versions-names",
            "These are names. A version is told by its ARN, with the number at its end.",
            'Take item["FunctionArn"].',
        )
    if not arns:
        return wrong(
            "second-versions-empty",
            "The provider has versions of two functions.",
            "list_function_versions_by_capacity_provider(CapacityProviderName=NAME).",
        )
    if not any(f":{NAME}-who:" in arn for arn in arns):
        return wrong(
            "second-versions-one-function",
            "This is one function's list. The provider carries two.",
            "Ask the provider, not the function.",
        )
    # What a later task publishes comes on top, so it is enough that these are the provider's.
    strangers = [arn for arn in arns if arn not in listed_now and ":$LATEST" in arn]
    if strangers:
        return wrong(
            "second-versions-latest",
            "$LATEST is no version that stands on instances.",
            "Take what the provider lists, and nothing else.",
        )
    return None
