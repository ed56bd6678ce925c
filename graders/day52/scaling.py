"""Task 52.13: how many execution environments a version keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day52.anchors import SCALING_MODE
from graders.day52.functions import LATEST_PUBLISHED, not_a_version, not_published
from graders.reading import asked, function_named, listed, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

WANTED_SCALING = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6}


@task(
    "52.13",
    title="Between three and six environments",
    points=4,
    syllabus=("52.6",),
    answers=("scaling_config", "function_name", "version"),
    docs=SCALING_MODE,
)
def check_scaling_config(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The numbered version keeps 3 environments and grows to 6; the applied config was read back."""
    value = answers["scaling_config"]
    if type(value) is not dict:
        return _not_a_config(value)
    other = _other_knob(value)
    if other is not None:
        return other
    _, problem = function_named(account, answers["function_name"])
    if problem is not None:
        return problem
    version = answers["version"]
    if type(version) is not str:
        return not_a_version(version)
    ask = account.client("lambda").get_function_scaling_config
    answer, code = asked(ask, FunctionName=answers["function_name"], Qualifier=version)
    latest, _ = asked(ask, FunctionName=answers["function_name"], Qualifier=LATEST_PUBLISHED)
    if code:
        return not_published(version, code)
    return _judge_scaling(
        value, answer, latest.get("AppliedFunctionScalingConfig") or latest.get("RequestedFunctionScalingConfig") or {}
    )


def _scaling_refused(misconception: str, message: str, found: object, step: str, credit: float = 0.3) -> Verdict:
    return refused(
        misconception, message, expected=shown(WANTED_SCALING), found=shown(found), next_step=step, credit=credit
    )


def _not_a_config(value: object) -> Verdict:
    step = 'Take response["AppliedFunctionScalingConfig"] of get_function_scaling_config.'
    if type(value) is str:
        return _scaling_refused(
            "scaling-function-state",
            "This is what put_function_scaling_config answers, the function's state. It says nothing about the numbers.",
            value,
            step,
        )
    if type(value) in (tuple, list):
        return _scaling_refused(
            "scaling-pair", "Two bare numbers leave open which is which. The API names them.", value, step
        )
    return _scaling_refused("scaling-form", "This is not a scaling config.", value, step)


def _other_knob(value: Mapping[str, object]) -> Verdict | None:
    step = "Use put_function_scaling_config on the version."
    if "MaxVCpuCount" in value or "ScalingMode" in value:
        return _scaling_refused(
            "scaling-of-provider",
            "That is the provider's cap, for all its functions together. Here it is about one version.",
            value,
            step,
        )
    if "PerExecutionEnvironmentMaxConcurrency" in value:
        return _scaling_refused(
            "scaling-concurrency",
            "That is how many requests one environment takes at a time, not how many environments there are.",
            value,
            step,
        )
    if any("ConcurrentExecutions" in str(key) for key in value):
        return _scaling_refused(
            "scaling-reserved-concurrency",
            "Reserved and provisioned concurrency are for default Lambda. A version on a provider has a scaling config.",
            value,
            step,
        )
    if "ResponseMetadata" in value:
        return _scaling_refused(
            "scaling-response",
            "This is a whole response. What is in effect is one of its members.",
            listed(value),
            'Take response["AppliedFunctionScalingConfig"].',
            0.6,
        )
    return None


def _judge_scaling(value: Mapping[str, object], answer: Mapping[str, Any], latest: Mapping[str, Any]) -> Verdict:
    applied, requested = answer.get("AppliedFunctionScalingConfig") or {}, answer.get("RequestedFunctionScalingConfig")
    if not applied and not requested:
        if dict(latest) == WANTED_SCALING:
            return _scaling_refused(
                "scaling-of-latest-published",
                "The config stands at $LATEST.PUBLISHED. Each version has its own, and the number does not inherit it.",
                latest,
                "Pass the number as Qualifier.",
            )
        return _scaling_refused(
            "scaling-not-set",
            "The version has no scaling config of its own: nothing was put.",
            value,
            "Call put_function_scaling_config with the number as Qualifier.",
            0.0,
        )
    if requested:
        return _scaling_refused(
            "scaling-not-in-effect",
            "The values are requested, not applied: AWS takes a while to bring environments up or down.",
            requested,
            "Wait until RequestedFunctionScalingConfig is gone from the answer.",
            0.6,
        )
    return _judge_applied(value, applied)


def _judge_applied(value: Mapping[str, object], applied: Mapping[str, Any]) -> Verdict:
    low, high = applied.get("MinExecutionEnvironments"), applied.get("MaxExecutionEnvironments")
    step = "Put both values again."
    if low == 0 and high == 0:
        return _scaling_refused(
            "scaling-deactivated",
            "Zero and zero take the version out of service. No traffic wakes it again.",
            applied,
            step,
        )
    if low is None:
        return _scaling_refused(
            "scaling-min-left-out",
            "The minimum was left out, so it is whatever the default is, today and tomorrow.",
            applied,
            step,
            0.6,
        )
    if high is None:
        return _scaling_refused(
            "scaling-max-left-out",
            "The maximum was left out, and it has no default: only the provider's cap is left to hold the version.",
            applied,
            step,
            0.6,
        )
    if low == high:
        return _scaling_refused(
            "scaling-no-room",
            "Minimum and maximum are the same, so the version cannot grow at all.",
            applied,
            step,
            0.6,
        )
    if dict(applied) != WANTED_SCALING:
        return _scaling_refused("scaling-other-values", "The version has other values.", applied, step, 0.4)
    if dict(value) != dict(applied) or any(type(number) is not int for number in value.values()):
        return _scaling_refused(
            "scaling-not-read-back",
            "The account is right, but scaling_config is not what the account says.",
            value,
            'Take response["AppliedFunctionScalingConfig"].',
            0.7,
        )
    return passed("Three environments wait, six are the most. Beyond that, requests are throttled with 429.")
