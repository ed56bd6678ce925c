"""The tasks of a day: small check functions with what belongs to them, in a registry.

A check is a function from the account and the learner's answers to a verdict; it reads and never changes anything.

    @task("52.01", title="Three zones", points=5, syllabus=("52.2",), answers=("subnet_ids",), docs="labs/day52.md#vpc")
    def check_subnets(account, answers):
        ...
        return refused("one-zone", "All three subnets are in one zone.", expected="3 zones", found="1 zone",
                       next_step="Give create_subnet another AvailabilityZone for each.")
"""

from __future__ import annotations

import contextlib
import io
import tomllib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lmi_labs.checks import CheckResult, bounded
from lmi_labs.places import days, lab_name, project_root
from lmi_labs.reference import address

if TYPE_CHECKING:
    from lmi_labs.account import Account

Check = Callable[["Account", Mapping[str, Any]], "Verdict"]

UNANSWERED = "unanswered"
"""The misconception id of a task that has not been begun."""

HINTS_PER_TASK = 3


@dataclass(frozen=True)
class Verdict:
    """What a check function decides, before it is bound to its task; `credit` is the share of the points, 0 to 1.

    `docs` is a section of the site that teaches what this very answer lacks, where that is not the task's own.
    """

    credit: float
    message: str
    expected: str = ""
    found: str = ""
    next_step: str = ""
    misconception: str = ""
    docs: str = ""


def passed(message: str) -> Verdict:
    """The answer is right; the message says why, or what it made possible."""
    return Verdict(1.0, message)


def refused(
    misconception: str,
    message: str,
    *,
    expected: object = "",
    found: object = "",
    next_step: str = "",
    credit: float = 0.0,
    docs: str = "",
) -> Verdict:
    """The answer is wrong, and shows the misconception; `credit` below 1 can be given for what is right in it."""
    if not 0 <= credit < 1:
        raise ValueError(f"credit {credit!r} of a refused answer must be at least 0 and below 1")
    return Verdict(credit, message, _text(expected), _text(found), next_step, misconception, docs)


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) < 600 else bounded(value)


@dataclass(frozen=True)
class Task:
    """One graded task of a day."""

    id: str
    title: str
    points: float
    syllabus: tuple[str, ...]
    answers: tuple[str, ...]
    docs: str
    function: Check

    @property
    def day(self) -> int:
        """The day that the task belongs to."""
        return int(self.id.split(".")[0])

    @property
    def docs_url(self) -> str:
        """Where the page that teaches the task can be read."""
        return address(self.docs)

    def check(self, account: Account, answers: Mapping[str, Any], *, hidden: bool = False) -> CheckResult:
        """Check the answers in the account. Whatever they are, the answer is a result.

        With `hidden`, an answer that passes must pass the task's hidden check too.
        """
        missing = [name for name in self.answers if answers.get(name, ...) is ...]
        if missing:
            return self._result(_not_begun(missing))
        verdict = _quietly(self.function, account, answers)
        if hidden and verdict.credit == 1.0:
            extra = hidden_checks(self.day).get(self.id)
            verdict = _quietly(extra, account, answers) if extra else verdict
        return self._result(verdict)

    def _result(self, verdict: Verdict) -> CheckResult:
        return CheckResult(
            task=self.id,
            passed=verdict.credit == 1.0,
            points=round(verdict.credit * self.points, 2),
            max_points=self.points,
            message=verdict.message,
            expected=verdict.expected,
            found=verdict.found,
            hint=verdict.next_step,
            docs_url=address(verdict.docs) if verdict.docs else self.docs_url,
            misconception=verdict.misconception,
        )


def _not_begun(missing: list[str]) -> Verdict:
    names = " and ".join(missing)
    return refused(
        UNANSWERED,
        f"This task has no answer yet: {names} {'is' if len(missing) == 1 else 'are'} not set.",
        expected=f"a value in {names}",
        found="nothing",
        next_step="Write your answer in the cell above, run it, then run this cell again.",
    )


def _quietly(function: Check, account: Account, answers: Mapping[str, Any]) -> Verdict:
    """Run a check so that nothing it meets becomes a traceback, or a line on standard error, which costs the points."""
    try:
        silence = io.StringIO()
        with contextlib.redirect_stderr(silence), contextlib.redirect_stdout(silence), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdict = function(account, answers)
    except Exception as exc:
        return _stumbled(exc)
    except SystemExit as exc:
        return _stumbled(exc)
    if not isinstance(verdict, Verdict):
        raise TypeError(f"the check {function.__name__} returned {verdict!r}, not passed(...) or refused(...)")
    return verdict


def _stumbled(exc: BaseException) -> Verdict:
    code = getattr(exc, "response", {}).get("Error", {}).get("Code", "") if hasattr(exc, "response") else ""
    if code:
        return refused(
            "account-refused",
            "AWS refused a call that looks at your answer, so the answer can't be right yet.",
            expected="a resource that can be described",
            found=bounded(exc),
            next_step="Check that the name or id in your answer is the one that AWS gave you.",
        )
    return refused(
        "not-understood",
        "The check could not make sense of your answer.",
        expected="a value of the kind that the task asks for",
        found=f"{type(exc).__name__}: {bounded(exc, 200)}",
        next_step="Compare the kind of your value (text, number, list, dictionary, function) with the task's text.",
    )


# --- registry ----------------------------------------------------------------------------------------------------------

_tasks: dict[int, dict[str, Task]] = {}
_hidden: dict[int, dict[str, Check]] = {}


def task(
    task_id: str, *, title: str, points: float, syllabus: tuple[str, ...], answers: tuple[str, ...] = (), docs: str
) -> Callable[[Check], Check]:
    """Make a check function the check of a task. The id is the day, a dot and two digits."""

    def register(function: Check) -> Check:
        made = Task(task_id, title, points, syllabus, answers, docs, function)
        _tasks.setdefault(made.day, {})[task_id] = made
        return function

    return register


def hidden_check(task_id: str) -> Callable[[Check], Check]:
    """Make a function the hidden check of a task: run in grading, after the open check has passed."""

    def register(function: Check) -> Check:
        _hidden.setdefault(int(task_id.split(".")[0]), {})[task_id] = function
        return function

    return register


def tasks_of(day: int) -> tuple[Task, ...]:
    """The tasks of a day in order. Raises LookupError when there is no such day."""
    try:
        import_module(f"graders.day{day}")
    except ModuleNotFoundError as exc:
        if exc.name not in (f"graders.day{day}", "graders"):
            raise
        raise LookupError(f"there is no day {day}; there is {', '.join(map(str, days()))}") from exc
    return tuple(item for _, item in sorted(_tasks.get(day, {}).items()))


def hidden_checks(day: int) -> Mapping[str, Check]:
    """The hidden checks of a day by task id; none where the hidden module is not installed."""
    with contextlib.suppress(ModuleNotFoundError):
        import_module(f"graders.hidden.day{day}")
    return _hidden.get(day, {})


def find_task(task_id: str) -> Task:
    """The task with the id. Raises LookupError with the ids that there are."""
    day = task_id.split(".")[0]
    if not day.isdigit():
        raise LookupError(f"{task_id!r} is no task id; one looks like 52.01")
    tasks = tasks_of(int(day))
    for item in tasks:
        if item.id == task_id:
            return item
    raise LookupError(f"there is no task {task_id}; day {day} has {', '.join(item.id for item in tasks)}")


@cache
def hints_of(day: int) -> Mapping[str, tuple[str, ...]]:
    """The hints of a day's tasks by task id, from the gentlest to the nearest to a solution."""
    name = lab_name(day)
    for room in ("labs", "solutions"):
        path = project_root() / room / name / "hints.toml"
        if path.exists():
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            return {entry["id"]: tuple(entry["hints"]) for entry in document["task"]}
    return {}
