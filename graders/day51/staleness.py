"""Task 51.13: which statement is still true, which is out of date, and which never was right when it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graders.calling import called, not_a_function
from graders.day51.anchors import CHANGES
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.changes import STATEMENTS, Timeline, history, statements
from lmi_labs.tasks import Verdict, passed, refused, task

WORDS = ("current", "stale", "wrong")
TODAY = "2026-11-23"
"""The day as of which the lab asks: when its facts were looked up."""

Case = tuple[Mapping[str, Any], Timeline, str]
Rule = Callable[[Mapping[str, Any], Timeline, str], str]

_LAMPS: Timeline = {"lamps": [("2026-01-01", 3), ("2026-04-01", 5), ("2026-07-01", 3)]}


def lamp(written: str, claims: int) -> dict[str, Any]:
    """A statement on a subject that went from 3 to 5 and back to 3."""
    return {
        "id": "lamp",
        "text": f"There are {claims} lamps.",
        "written": written,
        "subject": "lamps",
        "claims": claims,
    }


# (statement, timeline, as of): between two changes, on the very day of a change, after a change back.
TOY: tuple[Case, ...] = (
    (lamp("2026-02-01", 3), _LAMPS, "2026-03-01"),
    (lamp("2026-02-01", 3), _LAMPS, "2026-05-01"),
    (lamp("2026-04-01", 5), _LAMPS, "2026-04-01"),
    (lamp("2026-03-31", 5), _LAMPS, "2026-03-31"),
    (lamp("2026-03-31", 5), _LAMPS, "2026-05-01"),
    (lamp("2026-05-01", 5), _LAMPS, "2026-07-01"),
    (lamp("2026-05-01", 3), _LAMPS, "2026-06-01"),
    (lamp("2026-02-01", 3), _LAMPS, "2026-08-01"),
    (lamp("2026-05-01", 4), _LAMPS, "2026-08-01"),
)


def value_at(timeline: Timeline, subject: str, day: str) -> Any:
    """What could be said of the subject on the day."""
    return [value for since, value in timeline[subject] if since <= day][-1]


def right_verdict(statement: Mapping[str, Any], timeline: Timeline, as_of: str) -> str:
    """What `judge` should give."""
    claims, subject = statement["claims"], statement["subject"]
    if value_at(timeline, subject, as_of) == claims:
        return "current"
    return "stale" if value_at(timeline, subject, statement["written"]) == claims else "wrong"


@task(
    "51.13",
    title="Current, stale or wrong",
    points=8,
    syllabus=("51.8",),
    answers=("judge", "verdicts"),
    docs=CHANGES,
)
def check_staleness(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on a subject that changed twice, and on the lab's statements; then the verdicts that were kept."""
    function: Any = answers["judge"]
    problem = not_a_function(function, "judge", "judge(statement, timeline, as_of)")
    if problem is not None:
        return problem
    cases = [*TOY, *((statement, dict(history()), TODAY) for statement in statements())]
    return (
        judge_verdicts(function, cases)
        or _judge_kept(answers["verdicts"])
        or passed(
            "A date alone says little: an old text can hold, and a new one can have been out of date on the day it was written. Ask what "
            "has changed since, and when."
        )
    )


@dataclass(frozen=True)
class Idea:
    """Another rule that learners follow, with what to say of it."""

    id: str
    message: str
    step: str
    rule: Rule


def _first(statement: Mapping[str, Any], timeline: Timeline) -> Any:
    return timeline[statement["subject"]][0][1]


def _last(statement: Mapping[str, Any], timeline: Timeline) -> Any:
    return timeline[statement["subject"]][-1][1]


def _by(now: Any, then: Any, claims: Any) -> str:
    """The verdict from what is thought to hold now and to have held then."""
    if now == claims:
        return "current"
    return "stale" if then == claims else "wrong"


def _next_day(statement: Mapping[str, Any], timeline: Timeline, as_of: str) -> str:
    steps = timeline[statement["subject"]]
    now, then = (
        [value for since, value in steps if since < day or since == steps[0][0]][-1]
        for day in (as_of, statement["written"])
    )
    return _by(now, then, statement["claims"])


def _of_two(statement: Mapping[str, Any], timeline: Timeline, as_of: str) -> str:
    steps = timeline[statement["subject"]]
    now, then = (steps[-1][1] if day >= steps[-1][0] else steps[0][1] for day in (as_of, statement["written"]))
    return _by(now, then, statement["claims"])


def _any_change_is_stale(statement: Mapping[str, Any], timeline: Timeline, as_of: str) -> str:
    if any(statement["written"] < since <= as_of for since, _ in timeline[statement["subject"]]):
        return "stale"
    return right_verdict(statement, timeline, as_of)


_IDEAS = (
    Idea("on-the-day", "On the day of a change the new value holds already.", "Compare with since <= day.", _next_day),
    Idea("from-the-future", "A change that comes after the day in question has not happened yet.",
         "Take the last value whose since is not after the day.", lambda s, t, a: _by(_last(s, t), _last(s, t), s["claims"])),
    Idea("fixed-day", "as_of is the day in question, not today.", "Take the last value whose since is not after as_of.",
         lambda s, t, a: right_verdict(s, t, TODAY)),
    Idea("two-steps", "A subject can change more than once.", "Take the last value whose since is not after the day.", _of_two),
    Idea("launch", "What held at the launch need not hold now.", "Take the last value whose since is not after the day.",
         lambda s, t, a: _by(_first(s, t), _first(s, t), s["claims"])),
    Idea("as-written", "It held when it was written. Does it hold on the day in question?",
         "Compare claims with the value as of as_of first.",
         lambda s, t, a: "current" if value_at(t, s["subject"], s["written"]) == s["claims"] else "wrong"),
    Idea("no-wrong", "Some never held when they were written: nobody could ever rightly say so.",
         "For stale compare claims with the value on the day it was written.",
         lambda s, t, a: "current" if right_verdict(s, t, a) == "current" else "stale"),
    Idea("no-stale", "Some were right when they were written. Those are stale, not wrong.",
         "For stale compare claims with the value on the day it was written.",
         lambda s, t, a: "current" if right_verdict(s, t, a) == "current" else "wrong"),
    Idea("true-once", "It was true at some time, but not on the day on which it was written.",
         "For stale compare claims with the value on the day it was written.",
         lambda s, t, a: _by(value_at(t, s["subject"], a), s["claims"] if s["claims"] in [v for _, v in t[s["subject"]]] else ..., s["claims"])),
    Idea("any-change", "A subject can change and what is claimed hold all the same: back to what it was, or not touched by it.",
         "Compare values, not dates.", _any_change_is_stale),
)  # fmt: skip


def judge_verdicts(function: Any, cases: Sequence[Case]) -> Verdict | None:
    """What is wrong with the function's verdicts; None when nothing is."""
    found: list[object] = []
    for statement, timeline, as_of in cases:
        outcome = called(function, statement, timeline, as_of)
        if outcome.error is not None:
            return _refused_at(
                "raises",
                "The function raised an exception.",
                "timeline[subject] is a list of (since, value), the oldest first. Take the timeline that is given.",
                (statement, timeline, as_of),
                outcome.error_text,
            )
        if type(outcome.value) is not str or outcome.value not in WORDS:
            words = f"The answer is one of {', '.join(WORDS)}."
            return _refused_at(
                "words", words, "Return one of these words.", (statement, timeline, as_of), shown(outcome.value)
            )
        found.append(outcome.value)
    wrong = [index for index, case in enumerate(cases) if found[index] != right_verdict(*case)]
    if not wrong:
        return None
    shows = next((idea for idea in _IDEAS if [idea.rule(*case) for case in cases] == found), None)
    first = cases[wrong[0]]
    if shows is not None:
        return _refused_at(shows.id, shows.message, shows.step, first, shown(found[wrong[0]]), 0.3)
    message = "Not every verdict is right."
    step = "Find the value as of as_of, then the value on the day it was written, and compare claims with both."
    return _refused_at("wrong", message, step, first, shown(found[wrong[0]]), 0.2)


def _refused_at(idea: str, message: str, step: str, case: Case, found: str, credit: float = 0.0) -> Verdict:
    statement, _, as_of = case
    return refused(
        f"judge-{idea}",
        message,
        expected=f"{shown(statement['text'])} written {statement['written']}, as of {as_of}: {right_verdict(*case)}",
        found=found,
        next_step=step,
        credit=credit,
    )


def _judge_kept(value: object) -> Verdict | None:
    right = {item["id"]: right_verdict(item, history(), TODAY) for item in statements()}

    def wrong(misconception: str, message: str, found: str) -> Verdict:
        return refused(
            f"verdicts-{misconception}",
            message,
            expected=f"what judge gives for each of the {len(STATEMENTS)} statements, as of {TODAY}",
            found=found,
            next_step=f'verdicts = {{one["id"]: judge(one, timeline, "{TODAY}") for one in said}}',
            credit=0.7,
        )

    if type(value) is not dict or set(value) != set(right):
        return wrong(
            "form", "A dict from the statements' ids is wanted.", listed(value) if type(value) is dict else shown(value)
        )
    differing = [name for name in right if value[name] != right[name] or type(value[name]) is not str]
    if not differing:
        return None
    as_of_launch = {item["id"]: right_verdict(item, history(), item["written"]) for item in statements()}
    if all(value[name] == as_of_launch[name] for name in right):
        return wrong("as-written", "This judges each as of the day it was written.", listed(differing))
    return wrong(
        "wrong",
        "The function is right; these are not its verdicts.",
        listed(f"{name}: {shown(value[name])}" for name in differing),
    )
