"""Task 55.01: what doubling and tripling cost, and how a learner's function reads it off a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import HEADROOM
from graders.day55.runs import NEXT_TO_NONE, SHOP, Row, bursts, worst_minute
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_labs.traffic import TrafficReport


def rows_of(*minutes: tuple[int, int]) -> list[Row]:
    """Rows of a report with so many requests offered and refused."""
    return [
        {"minute": index, "offered": offered, "throttled": refused_, "served": offered - refused_}
        for index, (offered, refused_) in enumerate(minutes)
    ]


OPEN: tuple[list[Row], ...] = (rows_of((100, 0), (120, 31), (400, 32), (100, 5)), rows_of((0, 0), (50, 2)), [])


@task(
    "55.01",
    title="Double, and triple",
    points=6,
    syllabus=("55.1",),
    answers=("worst_minute", "doubled", "tripled"),
    docs=HEADROOM,
)
def check_bursts(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on rows of the check's own, and the two reports."""
    function: Any = answers["worst_minute"]
    problem = not_a_function(function, "worst", "worst_minute(rows)")
    for rows in OPEN:
        problem = problem or judge_worst(function, rows)
    problem = problem or _judge_reports(answers["doubled"], answers["tripled"])
    if problem is not None:
        return problem
    tripled: Any = answers["tripled"]
    return passed(
        f"Doubling went through. Tripling cost {worst_minute(tripled.rows):.0f} % of the requests of its worst minute, "
        "until new environments were up."
    )


def judge_worst(function: Any, rows: Sequence[Row]) -> Verdict | None:
    """What is wrong with what the function reads off the rows; None when nothing is."""
    right = worst_minute(rows)
    outcome = called(function, rows)

    def wrong(idea: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(f"worst-{idea}", message, expected=f"{right:.2f}", found=found, next_step=step, credit=credit)

    if isinstance(outcome.error, ZeroDivisionError):
        return wrong(
            "of-nothing", "In a minute without requests there is no share.", "Leave out rows that offered 0.", 0.4
        )
    if outcome.error is not None:
        idea = "empty" if not rows else "raises"
        return wrong(
            idea, "It raises an exception" + (" without rows." if not rows else "."), "max(…, default=0.0)", 0.4
        )
    value = outcome.value
    if not is_number(value):
        return wrong("form", "A number is wanted, in per cent.", "Return a float.", 0.0)
    if abs(value - right) < 0.005:
        return None
    total = sum(row["offered"] for row in rows)
    shares = [100 * row["throttled"] / row["offered"] if row["offered"] else 0.0 for row in rows]
    ideas = (
        ("fraction", right / 100, "This is a fraction, not per cent.", "Multiply by 100."),
        ("count", max((row["throttled"] for row in rows), default=0), "This counts requests; a share is wanted.", "Divide by offered."),
        ("average", 100 * sum(row["throttled"] for row in rows) / total if total else 0.0,
         "This is the share of the whole time. Minutes of calm hide the minute that hurt.", "Take the largest of the minutes' shares."),
        ("mean-of-minutes", sum(shares) / max(1, len(shares)), "This is the mean of the minutes' shares.", "Take the largest."),
        ("sum", sum(shares), "Shares of different minutes don't add up.", "Take the largest."),
        ("of-served", max((100 * row["throttled"] / row["served"] for row in rows if row["served"]), default=0.0),
         "This divides by the requests that were answered, not by those that came.", "Divide by offered."),
        ("last", shares[-1] if shares else 0.0, "This is the last minute, not the worst.", "Take the largest of all minutes."),
        ("most-refused", max(zip((row["throttled"] for row in rows), shares, strict=True), default=(0, 0.0))[1],
         "This is the minute with the most refusals. A minute with fewer requests may have the larger share.", "Compare shares, not counts."),
        ("rounded", round(right), "Rounded to whole per cent, small shares are gone.", "Return the float as it is."),
    )  # fmt: skip
    for idea, number, message, step in ideas:
        if abs(value - number) < 0.005:
            return wrong(idea, message, step)
    return wrong(
        "other",
        "It is another number than the largest share of a minute.",
        "100 * throttled / offered, the largest of all rows.",
    )


def _judge_reports(doubled: object, tripled: object) -> Verdict | None:
    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.4) -> Verdict:
        return refused(f"burst-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)

    for name, report, factor in (("doubled", doubled, 2), ("tripled", tripled, 3)):
        again = f'{name} = experiment.play(lab, f"{{shop_name}}:{{first_version}}", {"DOUBLE" if factor == 2 else "TRIPLE"}, SHOP)'
        if type(report) is not TrafficReport:
            return wrong(
                "not-a-report", f"{name} is not what experiment.play returns.", "a report of traffic", report, again
            )
        if SHOP not in str(report.document.get("function_arn")):
            return wrong(
                "other-function",
                "The traffic came to another function.",
                SHOP,
                report.document.get("function_arn"),
                again,
            )
        if not bursts(report.rows, 60, 60 * factor, 10):
            other = bursts(report.rows, 60, 60 * (5 - factor), 10)
            return wrong(
                "exchanged" if other else "other-traffic",
                "Double and triple are exchanged."
                if other
                else f"This is the report of other traffic than {name} asks for.",
                f"60 requests a second, and {60 * factor} from minute 10 on",
                [row["offered"] // 60 for row in report.rows[8:13]],
                again,
            )
    assert isinstance(doubled, TrafficReport)
    assert isinstance(tripled, TrafficReport)
    if worst_minute(doubled.rows) > NEXT_TO_NONE:
        return wrong("doubled-refused", "Doubling cost requests: the version had less room than at the beginning of the lab.",
                     f"below {NEXT_TO_NONE} %", worst_minute(doubled.rows), "Take the version as it was deployed, with its default minimum of 3.")  # fmt: skip
    if worst_minute(tripled.rows) < 1:
        return wrong("tripled-carried", "Tripling cost nothing, so the version had more room than at the beginning of the lab.",
                     "some per cent in the worst minute", worst_minute(tripled.rows), "Take the version as it was deployed, with its default minimum of 3.")  # fmt: skip
    return None
