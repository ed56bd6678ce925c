"""Tasks 52.08 and 52.09: bind a function to the provider, and publish it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.codes import Wording, judge_code
from graders.day52.anchors import ARCHITECTURE, THREE_STEPS
from graders.reading import asked, function_named, is_response, listed, provider_named, provider_of, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

LATEST, LATEST_PUBLISHED = "$LATEST", "$LATEST.PUBLISHED"
MEMORY_MB, RATIO = 2048, 2.0


@task(
    "52.08",
    title="Bind a function to the provider",
    points=8,
    syllabus=("52.1", "52.4"),
    answers=("mismatch_code", "function_name", "capacity_provider_name"),
    docs=ARCHITECTURE,
)
def check_function(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The code of the refused x86_64 attempt, and an arm64 function on the provider."""
    code = judge_code(
        answers["mismatch_code"],
        ("InvalidParameterValueException",),
        Wording(
            "mismatch",
            "CreateFunction without Architectures",
            "The function's architecture is a parameter that does not fit the provider's.",
        ),
    )
    function = _judge_function(account, answers)
    if function is None and code is None:
        return passed("arm64 on arm64. $LATEST is ActiveNonInvocable: it can be changed and published, not invoked.")
    verdict = function or code
    assert verdict is not None
    return verdict(0.7 if function is None else 0.3 if code is None else 0.0)


def _judge_function(account: Account, answers: Mapping[str, object]) -> Any:
    configuration, problem = function_named(account, answers["function_name"])
    if problem is not None:
        return lambda credit: problem
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return lambda credit: problem

    def wrong(misconception: str, message: str, expected: str, found: object, step: str) -> Any:
        return lambda credit: refused(
            misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit
        )

    again = "Delete the function and create it again."
    arn, bound = provider["CapacityProviderArn"], provider_of(configuration)
    architectures = configuration.get("Architectures", ["x86_64"])
    if not bound:
        return wrong(
            "function-without-provider",
            "This is an ordinary function: it names no capacity provider. It cannot be moved to one later.",
            arn,
            "no CapacityProviderConfig",
            again,
        )
    if architectures != ["arm64"]:
        return wrong(
            "function-moved-to-x86",
            "The function got a provider of its own architecture. The lab wants the function to follow the provider.",
            "arm64",
            architectures,
            f'Pass Architectures=["arm64"]. {again}',
        )
    if bound != arn:
        return wrong(
            "function-other-provider",
            "The function is bound to another provider, where none of your guardrails hold.",
            arn,
            bound,
            "Change CapacityProviderArn with update_function_configuration.",
        )
    config = configuration["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    if config.get("ExecutionEnvironmentMemoryGiBPerVCpu", RATIO) != RATIO:
        return wrong(
            "function-ratio",
            "The ratio of memory to vCPU is not the default of 2 to 1, so each environment gets another share of a host.",
            "2 GiB per vCPU",
            config.get("ExecutionEnvironmentMemoryGiBPerVCpu"),
            "Leave ExecutionEnvironmentMemoryGiBPerVCpu out.",
        )
    if configuration.get("MemorySize") != MEMORY_MB:
        return wrong(
            "function-memory",
            "The function has another size. With memory come vCPUs, and with those larger instances: the bill of this lab would grow.",
            f"{MEMORY_MB} MB",
            configuration.get("MemorySize"),
            "Set MemorySize=2048.",
        )
    if configuration.get("State") != "ActiveNonInvocable":
        return wrong(
            "function-not-settled",
            "The function is still being created.",
            "ActiveNonInvocable",
            configuration.get("State"),
            "Wait with lab.wait_until, then check again.",
        )
    return None


# --- 52.09: publish and read the states ----------------------------------------------------------------------------------


@task(
    "52.09",
    title="Publish, and read the states",
    points=7,
    syllabus=("52.1", "52.7"),
    answers=("first_state", "version", "states", "function_name"),
    docs=THREE_STEPS,
)
def check_published(account: Account, answers: Mapping[str, object]) -> Verdict:
    """`$LATEST.PUBLISHED` and a numbered version are Active; the states were read after Pending."""
    _, problem = function_named(account, answers["function_name"])
    if problem is not None:
        return problem
    version = answers["version"]
    if type(version) is not str or not version.isdigit():
        return not_a_version(version)
    actual: dict[str, object] = {}
    for qualifier in (LATEST, LATEST_PUBLISHED, version):
        configuration, code = asked(
            account.client("lambda").get_function_configuration,
            FunctionName=answers["function_name"],
            Qualifier=qualifier,
        )
        if code:
            return not_published(qualifier, code)
        actual[qualifier] = configuration.get("State")
    return _judge_first_state(answers["first_state"]) or _judge_states(answers["states"], actual, version)


def not_a_version(version: object) -> Verdict:
    """The refusal of what is no version's number."""
    expected, step = "a number as text, such as '1'", 'Take response["Version"] of publish_version without PublishTo.'
    if type(version) is int:
        misconception, message = "version-int", "Versions are numbers, but the API writes and wants them as text."
    elif version == LATEST and type(version) is str:
        misconception, message = (
            "version-latest",
            "$LATEST is what you edit; it is not a version, and it never runs on a provider.",
        )
    elif version == LATEST_PUBLISHED and type(version) is str:
        misconception = "version-latest-published"
        message = (
            "$LATEST.PUBLISHED runs, but it moves with the next publish. A number stands for the same code for ever."
        )
    elif is_response(version):
        misconception, message = "version-response", "This is a whole response. The number is its member Version."
    elif type(version) is str and version.startswith("arn:"):
        misconception, message = "version-arn", "This is the version's ARN. The number is its last part."
    else:
        misconception, message = "version-form", "This is not a version's number. An alias is only a name for one."
    return refused(misconception, message, expected=expected, found=shown(version), next_step=step)


def not_published(qualifier: str, code: str) -> Verdict:
    """The refusal of a version that the function does not have."""
    if qualifier == LATEST_PUBLISHED:
        return refused(
            "nothing-at-latest-published",
            "Nothing is published to $LATEST.PUBLISHED, so an invoke without a qualifier has nowhere to go. The API, unlike "
            "the console, does not do this by itself.",
            expected=LATEST_PUBLISHED,
            found=code,
            next_step='Call publish_version with PublishTo="LATEST_PUBLISHED".',
            credit=0.3,
        )
    return refused(
        "version-unknown",
        "The function has no such version. A number exists once publish_version has given it out.",
        expected="a version that exists",
        found=f"{qualifier}: {code}",
        next_step="Call publish_version without PublishTo.",
        credit=0.3,
    )


def _judge_first_state(value: object) -> Verdict | None:
    if type(value) is str and value == "Pending":
        return None
    if value == "Active" and type(value) is str:
        misconception = "first-state-read-late"
        message = "Active is where it ends. The first answer of publish_version comes before any instance is up; a second publish finds the version there."
    elif value in ("Creating", "Updating") and type(value) is str:
        misconception, message = (
            "first-state-reason-code",
            "This is the StateReasonCode: why it is in its state. The state is in State.",
        )
    elif value in ("InProgress", "Successful") and type(value) is str:
        misconception, message = (
            "first-state-last-update",
            "This is LastUpdateStatus: how the last change went. The state is in State.",
        )
    else:
        misconception, message = (
            "first-state",
            "This is not the state that the answer of the first publish_version had.",
        )
    return refused(
        misconception,
        message,
        expected="the State in the answer of the first publish_version",
        found=shown(value),
        next_step='Keep response["State"] of the first publish in first_state.',
        credit=0.6,
    )


def _judge_states(value: object, actual: Mapping[str, object], version: str) -> Verdict:
    def wrong(misconception: str, message: str, found: object, step: str, credit: float = 0.6) -> Verdict:
        expected = f"the State of {LATEST}, {LATEST_PUBLISHED} and {version}"
        return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit)

    read = "Read State with get_function_configuration(FunctionName=…, Qualifier=…) for each of the three."
    if type(value) is not dict:
        return wrong(
            "states-not-by-qualifier",
            "The states are wanted by qualifier, so that one can tell which is whose.",
            value,
            read,
        )
    missing = [qualifier for qualifier in actual if qualifier not in value]
    if missing and any(str(key).startswith("arn:") for key in value):
        return wrong("states-by-arn", "The keys are ARNs. The qualifier is their last part.", listed(value), read)
    if missing:
        return wrong("states-incomplete", f"There is no state for {listed(missing)}.", listed(value), read)
    latest = value[LATEST]
    if latest == "Active":
        return wrong(
            "latest-thought-active",
            "$LATEST of a function on a provider is never Active: no instance ever runs it.",
            latest,
            read,
        )
    if latest in ("Inactive", "Deactivated"):
        return wrong(
            "latest-thought-inactive",
            "Inactive and Deactivated are what can be woken. $LATEST is neither: it can be published, not invoked.",
            latest,
            read,
        )
    if any(value[qualifier] in ("Successful", "InProgress") for qualifier in actual):
        return wrong(
            "states-last-update-status",
            "This is LastUpdateStatus, how the last change went. The state is in State.",
            listed(value.values()),
            read,
        )
    if any(value[qualifier] == "Pending" for qualifier in (LATEST_PUBLISHED, version)):
        return wrong(
            "states-read-early",
            "Pending was read before the environments were up. Publishing goes on in the background.",
            listed(value.values()),
            "Wait until the version is Active, then read the states.",
        )
    differing = [
        qualifier for qualifier in actual if value[qualifier] != actual[qualifier] or type(value[qualifier]) is not str
    ]
    if differing:
        return wrong(
            "states-differ",
            f"The account says something else about {listed(differing)}.",
            listed(f"{key}: {actual[key]}" for key in differing),
            read,
        )
    if any(actual[qualifier] != "Active" for qualifier in (LATEST_PUBLISHED, version)):
        return wrong(
            "version-not-active",
            "You read the states rightly, but not everything that you published is Active.",
            listed(f"{key}: {actual[key]}" for key in actual),
            "Look at StateReasonCode and StateReason of the version.",
        )
    return passed(
        "Pending, then Active; and $LATEST stays ActiveNonInvocable. The second publish needed no new instances."
    )
