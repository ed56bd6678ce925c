"""Task 55.14: incident night. The check plays nights with the learner's runbook and counts pain and dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.calling import not_a_function
from graders.day55.anchors import RUNBOOK
from graders.reading import shown
from lmi_labs import incident_night
from lmi_labs.account import Account, AccountError
from lmi_labs.incident_night import CAMPAIGN, CLEAN_UP, DEPLOYMENT, Night
from lmi_labs.tasks import Verdict, passed, refused, task

SEED = 55
MOST_PAIN, MOST_OF_ONE, MOST_USD = 25, 12, 3.20

_CAUSES = {
    CAMPAIGN: ("campaign", "The provider stood at its cap, and the scaler was refused one instance after the other.",
               "Compare the vCPUs that run with MaxVCpuCount, and raise it."),
    DEPLOYMENT: ("deployment", "A new version had a share of the traffic all the time, and was slow.",
                 "Look at the alias's RoutingConfig, and take the weights away."),
    CLEAN_UP: ("clean-up", "The version was out of service, with a minimum and a maximum of 0, and stayed so.",
               "Look at the version's scaling config, and put a minimum of 3."),
}  # fmt: skip


@dataclass(frozen=True)
class _Place:
    account: Account


@task(
    "55.14",
    title="Incident night",
    points=9,
    syllabus=("55.1", "55.2", "55.6"),
    answers=("runbook",),
    docs=RUNBOOK,
)
def check_night(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The night of the lab's own seed."""
    runbook: Any = answers["runbook"]
    problem = not_a_function(runbook, "night", "runbook(event, client)")
    if problem is not None:
        return problem
    try:
        night = incident_night.play(_Place(account), runbook, SEED)
    except AccountError as error:
        return refused("night-not-here", "The night can be played in the emulator only.", expected="the emulator", found=shown(error),
                       next_step="Set LMI_LABS_ACCOUNT to moto.")  # fmt: skip
    return judge_night(night) or passed(
        f"{night.pain_minutes} minutes of pain and {night.usd:.2f} US dollars, while you slept. The metrics' five minutes are most of it."
    )


def judge_night(night: Night) -> Verdict | None:
    """What went wrong in the night; None when it stayed within its limits."""
    limits = f"at most {MOST_PAIN} minutes of pain, {MOST_OF_ONE} of one incident, and {MOST_USD:.2f} US dollars"
    score = f"{night.pain_minutes} minutes {night.pain_by_incident} and {night.usd:.2f} US dollars"

    def wrong(idea: str, message: str, step: str, credit: float) -> Verdict:
        return refused(f"night-{idea}", message, expected=limits, found=score, next_step=step, credit=credit)

    long = {kind for kind, minutes in night.pain_by_incident.items() if minutes > MOST_OF_ONE}
    errors = [page.error for page in night.watch.pages if page.error]
    if long and 2 * len(errors) > len(night.watch.pages):
        return wrong(
            "raises",
            f"The runbook failed when it was called: {errors[0]}",
            "Call it with an event by hand, and read the error.",
            0.1,
        )
    if not any(page.acts for page in night.watch.pages):
        return wrong(
            "nothing-helps",
            "The runbook changed nothing all night.",
            "Begin with one cause: what would a describe call show?",
            0.1,
        )
    if night.usd > MOST_USD and not long:
        return wrong("lavish", "The customers were well, and the bill is that of a fleet that could carry anything.",
                     "Raise what is short, by as much as is short.", 0.6)  # fmt: skip
    if long:
        kind = next(
            item.kind for item in night.watch.incidents if item.kind in long
        )  # the first, from which others may follow
        idea, message, step = _CAUSES[kind]
        return wrong(idea, message, step, 0.6 if len(long) == 1 else 0.3)
    if night.pain_minutes > MOST_PAIN:
        return wrong(
            "slow",
            "Every incident was ended, but together they hurt too long.",
            "Act on the first page of an incident.",
            0.7,
        )
    return None
