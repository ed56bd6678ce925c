"""Task 55.05: more requests at a time in each environment, for a function that waits."""

from __future__ import annotations

from collections.abc import Mapping

from graders.day55.anchors import SLOTS
from graders.day55.runs import NAME, NEXT_TO_NONE, applied_scaling, bursts, judge_version, last_report, worst_minute
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

WAITING = f"{NAME}-waiting"
MEMORY_SLOTS = 61
"""(2,048 MB - 200 MB) / 30 MB a request."""


@task(
    "55.05",
    title="Way 4: more slots",
    points=6,
    syllabus=("55.1", "55.3"),
    answers=("waiting_version", "more_slots_help"),
    docs=SLOTS,
)
def check_slots(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The version's requests at a time, what the burst cost, and for whom it helps."""

    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(f"slots-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)

    version = answers["waiting_version"]
    configuration, problem = judge_version(account, WAITING, version, "slots")
    if problem is not None:
        return problem
    config = configuration.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig", {})
    slots = config.get("PerExecutionEnvironmentMaxConcurrency", 0)
    if slots == 16:
        return wrong("default", "16 for each vCPU is Python's default. Three environments have 48 slots, and the burst needs 60.",
                     "more than 16", slots, "experiment.deploy(…, concurrency=…)")  # fmt: skip
    if slots > MEMORY_SLOTS:
        return wrong("beyond-memory", "So many requests don't fit into an environment's memory: each takes 30 MB of what 200 MB leave of 2,048.",
                     f"at most {MEMORY_SLOTS}", slots, "Divide what is left of the memory by what a request takes.")  # fmt: skip
    applied, _ = applied_scaling(account, WAITING, str(version))
    if applied.get("MinExecutionEnvironments", 3) > 3:
        return wrong("floor-instead", "More environments carry the burst here, which cost more; slots of a waiting function cost nothing.",
                     "the default minimum of 3", applied, "Put MinExecutionEnvironments 3, and play again.")  # fmt: skip
    report = last_report(account, f"{WAITING}:{version}")
    again = 'experiment.play(lab, f"{waiting_name}:{waiting_version}", WAITING_TRIPLE, WAITING)'
    if report is None:
        return wrong("not-played", "No traffic has come to this version.", "WAITING_TRIPLE", "none", again)
    if not bursts(report.rows, 40, 120, 10):
        return wrong("other-traffic", "Other traffic than WAITING_TRIPLE came to this version last.", "40 a second, and 120 from minute 10 on",
                     [row["offered"] // 60 for row in report.rows[8:13]], again)  # fmt: skip
    if (report.rows[5]["mean_latency_ms"] or 0) < 400:
        return wrong(
            "other-demand",
            "The requests were those of the shop: they don't wait half a second.",
            "WAITING",
            "another demand",
            again,
        )
    share = worst_minute(report.rows)
    if share > NEXT_TO_NONE:
        return wrong("too-few", "Requests were still refused: 120 a second of half a second each are 60 under way, and they don't come evenly.",
                     f"below {NEXT_TO_NONE} % in every minute", f"{share:.2f} % with {slots} slots an environment", "More slots.", 0.4)  # fmt: skip
    choice = answers["more_slots_help"]
    if choice not in ("waiting", "computing", "both") or type(choice) is not str:
        return wrong("choice-form", 'It is one of "waiting", "computing" and "both".', '"waiting", "computing" or "both"', choice,
                     "Which of them keeps a vCPU busy?", 0.6)  # fmt: skip
    if choice != "waiting":
        return wrong("for-computing", "A request that computes needs the vCPU. With more of them at a time each takes longer, and no more are answered.",
                     "those that leave the vCPU to others", choice, "Think of a vCPU that is at 100 % already.", 0.6)  # fmt: skip
    return passed(
        "The same three environments take three times the requests, because waiting needs a slot and no vCPU."
    )
