"""Task 55.13: what would stop a rollout before it begins, and what happens when instances are replaced."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import PREFLIGHT
from graders.day55.rollout import RELEASE
from graders.day55.runs import judge_version, last_report
from graders.reading import shown, texts
from lmi_labs import traffic
from lmi_labs.account import Account, AccountError
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import facts

MOST_VERSIONS = int(facts.value("limits.function_versions_per_provider"))
LIFETIME = "scaling_model.instance_lifetime_s"
MOST_WEIGHT = 0.25
FINE: dict[str, Any] = {
    "versions_on_provider": 12,
    "max_vcpu_count": 48,
    "vcpus_in_use": 40,
    "free_environments": 1,
    "environments_per_instance": 3,
    "instance_vcpus": 4,
    "min_environments": 6,
    "resource": "shop:8",
    "alarms": ["shop:7", "shop:8"],
    "weight": 0.1,
}
OPEN: tuple[dict[str, Any], ...] = (
    FINE,
    {**FINE, "versions_on_provider": MOST_VERSIONS + 40},
    {**FINE, "versions_on_provider": MOST_VERSIONS},
    {**FINE, "vcpus_in_use": 44},
    {**FINE, "min_environments": 8},
    {**FINE, "free_environments": 6, "vcpus_in_use": 48},
    {**FINE, "alarms": ["shop:7"]},
    {**FINE, "weight": 0.5, "alarms": []},
    {**FINE, "versions_on_provider": MOST_VERSIONS - 1, "weight": MOST_WEIGHT},
)


def right_blockers(plan: Mapping[str, Any], **other: Any) -> set[str]:
    """What stops the plan; `other` changes a rule, for the ideas that people have of it."""
    missing = max(0, plan["min_environments"] - (0 if other.get("no_free") else plan["free_environments"]))
    up = math.floor if other.get("floor") else math.ceil
    vcpus = up(missing / plan["environments_per_instance"]) * plan["instance_vcpus"]
    if other.get("by_environment"):
        vcpus = missing
    full = (
        plan["versions_on_provider"] > MOST_VERSIONS
        if other.get("late")
        else plan["versions_on_provider"] >= MOST_VERSIONS
    )
    over = plan["vcpus_in_use"] + vcpus
    found = {
        "versions": full and not other.get("no_versions"),
        "vcpus": over >= plan["max_vcpu_count"] if other.get("touching") else over > plan["max_vcpu_count"],
        "alarm": not plan["alarms"] if other.get("any_alarm") else plan["resource"] not in plan["alarms"],
        "weight": plan["weight"] >= MOST_WEIGHT if other.get("strict_weight") else plan["weight"] > MOST_WEIGHT,
    }
    return {name for name, stops in found.items() if stops}


_IDEAS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("limit-itself", {"late": True}, f"At {MOST_VERSIONS} versions the provider is full: the next one is refused."),
    ("no-versions", {"no_versions": True}, "The quota of versions on a provider is not looked at."),
    ("no-free", {"no_free": True}, "Environments go to running instances first, as long as there is room."),
    ("by-environment", {"by_environment": True}, "The cap counts whole instances, not the environments' vCPUs."),
    ("rounded-down", {"floor": True}, "A part of an instance is a whole one."),
    ("touching", {"touching": True}, "A cap that is reached exactly is kept."),
    ("any-alarm", {"any_alarm": True}, "An alarm on another version does not ring for this one."),
    ("strict-weight", {"strict_weight": True}, "A quarter is allowed; more than that is not."),
)


@task(
    "55.13",
    title="Before and while: quotas, rotation",
    points=5,
    syllabus=("55.6", "55.2"),
    answers=("blockers", "rotated", "refused_while_rotating", "old_version"),
    docs=PREFLIGHT,
)
def check_preflight(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on plans of the check's own, and what the rotation showed."""
    function: Any = answers["blockers"]
    problem = not_a_function(function, "blockers", "blockers(plan)")
    for plan in OPEN:
        problem = problem or judge_blockers(function, plan)
    problem = problem or _judge_rotation(account, answers)
    return problem or passed(
        "A new instance comes before the old one goes, so nobody notices. Plan for it anyway: whatever you keep on an instance goes with it."
    )


def judge_blockers(function: Any, plan: Mapping[str, Any]) -> Verdict | None:
    """What is wrong with what the function finds; None when nothing is."""
    right = right_blockers(plan)
    outcome = called(function, dict(plan))

    def wrong(idea: str, message: str, step: str, credit: float = 0.3) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(
            f"blockers-{idea}",
            message,
            expected=f"{sorted(right)} for {dict(plan)}",
            found=found,
            next_step=step,
            credit=credit,
        )

    if outcome.error is not None:
        return wrong("raises", "It raises an exception.", "plan is a dict with the members that the task names.")
    value = texts(outcome.value)
    if value is None:
        return wrong(
            "form", "A list or set of words is wanted, empty when nothing stops the rollout.", 'such as {"vcpus"}', 0.0
        )
    if set(value) == right:
        return None
    if set(value) - {"versions", "vcpus", "alarm", "weight"}:
        return wrong("words", "The words are versions, vcpus, alarm and weight.", "Use these four.", 0.1)
    if len(set(value)) == 1 and set(value) < right:
        return wrong("first-only", "It stops at the first. Who asks wants all of them.", "Collect them.")
    for idea, change, message in _IDEAS:
        if set(value) == right_blockers(plan, **change):
            return wrong(idea, message, "Go through the four rules once more.")
    return wrong("other", "It finds other blockers than the four rules.", "Go through them once more.")


def _judge_rotation(account: Account, answers: Mapping[str, object]) -> Verdict | None:
    def wrong(idea: str, message: str, expected: object, found: object, step: str) -> Verdict:
        return refused(f"rotation-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=0.5)

    version = answers["old_version"]
    _, problem = judge_version(account, RELEASE, version, "rotation")
    if problem is not None:
        return problem
    report = last_report(account, f"{RELEASE}:{version}")
    if report is None or not 5_300 <= sum(60 for row in report.rows if row["offered"]) <= 5_460:
        return wrong("not-played", "The hour and a half of steady traffic were not played on the old version.", "traffic.steady(60, 5400)",
                     "none" if report is None else f"{len(report.rows)} minutes", "experiment.play(lab, …, traffic.steady(60, 5400), SHOP)")  # fmt: skip
    happened = [item for item in report.document["happened"] if item["what"] == "rotated"]
    if not happened:
        return wrong("none", "No instance was replaced meanwhile: fourteen days are longer than that.", f"{LIFETIME} of 3,600 s", "none",
                     "traffic.assume(lab.account, {…}) before you play.")  # fmt: skip
    right, value = len(happened), answers["rotated"]
    if not is_number(value) or value != right:
        return wrong("count", "That is not the number of instances that were replaced.", "the number of 'rotated' in what happened", value,
                     'Count in report.document["happened"].')  # fmt: skip
    if not is_number(answers["refused_while_rotating"]) or answers["refused_while_rotating"] != report.throttled:
        return wrong("refused", "That is not how many requests were refused meanwhile.", "report.throttled", answers["refused_while_rotating"],
                     "report.throttled")  # fmt: skip
    try:
        item = traffic.assumptions(account)[LIFETIME]
    except AccountError:
        return None
    if item["value"] != item["default"]:
        return wrong("assumption-left", "The assumption is still changed, and every later experiment runs with it.", item["default"], item["value"],
                     f'traffic.assume(lab.account, {{"{LIFETIME}": None}})')  # fmt: skip
    return None
