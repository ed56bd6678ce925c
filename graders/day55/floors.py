"""Tasks 55.02 and 55.07: the environments that a version keeps, and a version that is out of service and comes back."""

from __future__ import annotations

from collections.abc import Mapping

from graders.codes import Wording, judge_code
from graders.day55.anchors import FLOOR, OUT_OF_SERVICE
from graders.day55.runs import NEXT_TO_NONE, SHOP, applied_scaling, judge_tripled, judge_version, worst_minute
from graders.reading import asked, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

MOST = 8
"""A floor above this pays for far more than the burst needs."""
ROOMY = "lmi-lab-55-roomy"
_DEACTIVATED = "Deactivated"


@task(
    "55.02",
    title="Way 1: a higher floor",
    points=7,
    syllabus=("55.1", "55.2"),
    answers=("floor_version",),
    docs=FLOOR,
)
def check_floor(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The version's minimum, in effect before the burst came, and what the burst cost then."""
    version = answers["floor_version"]
    _, problem = judge_version(account, SHOP, version, "floor")
    if problem is not None:
        return problem
    assert isinstance(version, str)
    applied, requested = applied_scaling(account, SHOP, version)

    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(f"floor-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)

    if requested:
        return wrong("not-in-effect", "The minimum is requested and not in effect yet.", "an applied minimum", requested,
                     "Wait until RequestedFunctionScalingConfig is gone, then play the burst.")  # fmt: skip
    minimum, maximum = applied.get("MinExecutionEnvironments"), applied.get("MaxExecutionEnvironments")
    if minimum is None:
        latest, _ = applied_scaling(account, SHOP, "$LATEST.PUBLISHED")
        idea = "of-latest-published" if latest else "not-set"
        return wrong(idea, "The config stands at $LATEST.PUBLISHED, which is another version." if latest else
                     "The version has no minimum of its own.", f"a minimum at version {version}", applied or "none",
                     "put_function_scaling_config(FunctionName=…, Qualifier=floor_version, …)", 0.1)  # fmt: skip
    if maximum is not None and maximum < 9:
        return wrong("no-room", "With this maximum the version can't grow to what the tripled traffic needs for good.",
                     "no maximum, or one of 9 or more", applied, "Leave the maximum out.")  # fmt: skip
    report, problem = judge_tripled(account, f"{SHOP}:{version}", "floor")
    if problem is not None:
        return problem
    assert report is not None
    share, began = worst_minute(report.rows), report.rows[0]["environments"]
    if share > NEXT_TO_NONE and minimum > began:
        return wrong("too-late", "When the burst came the minimum was not there yet.", f"{minimum} environments from minute 0",
                     f"{began} environments in minute 0", "Set the minimum, wait until it is applied, then play.", 0.4)  # fmt: skip
    if share > NEXT_TO_NONE:
        return wrong("too-low", "Requests were still refused. 180 requests a second need 3.6 vCPUs, and whoever is nearly full refuses.",
                     f"below {NEXT_TO_NONE} % in every minute", f"{share:.2f} % in the worst minute, with a minimum of {minimum}",
                     "One environment more.", 0.4)  # fmt: skip
    if minimum > MOST:
        return wrong("wasteful", "It carries the burst, and most of what you keep ready for it, day and night, stands idle.",
                     f"{MOST} environments or fewer", minimum, "Try how low you can go.", 0.6)  # fmt: skip
    return passed(f"{minimum} environments wait for the burst instead of three. You pay for them all the time.")


@task(
    "55.07",
    title="Out of service and back",
    points=5,
    syllabus=("55.2",),
    answers=("out_state", "out_code", "roomy_version"),
    docs=OUT_OF_SERVICE,
)
def check_out_of_service(account: Account, answers: Mapping[str, object]) -> Verdict:
    """What the version was when it was out, and that it is back with its minimum."""
    state, version = answers["out_state"], answers["roomy_version"]

    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(f"out-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)

    if type(version) is not str:
        return wrong(
            "version-form",
            "roomy_version is no version any more.",
            "a version",
            version,
            "Keep it from task 55.03.",
            0.0,
        )
    if type(state) is not str:
        return wrong("state-form", "A state is a word.", "a text", state, 'Take answer["State"].', 0.0)
    if state != _DEACTIVATED:
        ideas = {
            "Active": ("state-too-early", "That is the state before it began to go."),
            "Deactivating": ("state-on-the-way", "That is a state on the way: environments are being taken down."),
            "Successful": ("state-last-update", "That is LastUpdateStatus. The state is in State."),
            "Inactive": ("state-inactive", "Inactive is what default Lambda calls a function that was idle for weeks."),
        }
        idea, message = ideas.get(state, ("state-other", "That is not the state in which it stays."))
        return wrong(
            idea, message, "the state in which it stays", state, "Wait until the state does not change any more."
        )
    code = judge_code(
        answers["out_code"],
        {"ResourceConflictException"},
        Wording("out-code", "an invoke", "The version exists and is in a state that doesn't go with an invoke."),
    )
    if code is not None:
        return code(0.5)
    answer, _ = asked(account.client("lambda").get_function_configuration, FunctionName=ROOMY, Qualifier=version)
    applied, _ = applied_scaling(account, ROOMY, version)
    if answer.get("State") != "Active":
        return wrong("not-back", "The version is out of service still. No request wakes it.", "Active", answer.get("State"),
                     "Put a minimum of 3 without a maximum, and wait until it is Active.", 0.5)  # fmt: skip
    if applied.get("MinExecutionEnvironments", 3) != 3 or applied.get("MaxExecutionEnvironments") is not None:
        return wrong("other-config", "It is back, but not as it was.", "a minimum of 3, no maximum", applied,
                     "Put MinExecutionEnvironments 3 alone: what is left out goes back to its default.", 0.6)  # fmt: skip
    return passed(
        "Out of service costs no environment and answers nobody. It comes back in a minute or two, not at once."
    )
