"""The author's gate: the solution scores full, an untouched lab 0, and every known wrong answer is refused for what it is.

The solution is run once, cell by cell, in one fresh emulated account. Before each task's own answer is run, the
process is forked for every wrong answer of that task, a few at once: the child runs the wrong answer on the very account that a
learner would have by then, checks it and reports back. So hundreds of wrong answers cost little more than one lab.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lmi_labs.building import cell_task
from lmi_labs.checks import CheckResult
from lmi_labs.forked import in_children
from lmi_labs.tasks import HINTS_PER_TASK, UNANSWERED, Task, hints_of, tasks_of
from lmi_labs.wrong_answers import WrongAnswer, read_wrong_answers

WRONG_PER_TASK = 10
_SECONDS_UNTOUCHED = 600
"""A whole lab, which may be the first to compile the simulator here."""
_WORLD = {"LMI_LABS_ACCOUNT": "moto", "LMI_LABS_SEED": "3", "LMI_LABS_THREADS": "off"}
"""Which account the gate uses, and the learner's number in it: what is drawn must be the same in every run. A fork would
leave a widget's thread behind, and what it had locked, so there are none."""


@dataclass(frozen=True)
class Judged:
    """A wrong answer with what the check said of it."""

    answer: WrongAnswer
    result: CheckResult | None
    failure: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the check took it for right."""
        return self.result is not None and self.result.passed

    @property
    def has_own_message(self) -> bool:
        """Whether it was refused for the misconception that it shows."""
        return self.result is not None and self.result.misconception == self.answer.misconception


@dataclass
class DayReport:
    """What the gate found for one day."""

    day: int
    tasks: tuple[Task, ...]
    solution: dict[str, CheckResult] = field(default_factory=dict)
    untouched: dict[str, CheckResult] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """The points of all tasks together."""
        return sum(item.points for item in self.tasks)


def verify_day(folder: Path, on_progress: Callable[[str], None] = lambda _: None) -> DayReport:
    """Run the gate over one day's folder in a process that holds no emulated account yet."""
    from lmi_labs.building import read_solution

    day = int(folder.name[3:5])
    report = DayReport(day, tasks_of(day))
    started = time.monotonic()
    notebook = read_solution(folder / "lab.py")
    wrong = read_wrong_answers(folder)
    with tempfile.TemporaryDirectory() as home, _environment(**_WORLD, LMI_LABS_HOME=home):
        [untouched] = in_children([partial(_run_untouched, folder, report.tasks)], seconds_each=_SECONDS_UNTOUCHED)
        report.untouched = untouched or {}
        on_progress("untouched lab")
        _run_solution(notebook, report, wrong, on_progress)
    report.seconds = time.monotonic() - started
    report.problems += _complaints(report, notebook, wrong)
    return report


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# --- running -----------------------------------------------------------------------------------------------------------


def _execute(code: str, namespace: dict[str, Any]) -> None:
    """Run a cell's code as the notebook would, without its output."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(code, "<cell>", "exec"), namespace)


def _namespace() -> dict[str, Any]:
    return {"__name__": "__main__", "display": lambda *_args, **_kwargs: None}


def _run_solution(
    notebook: Any, report: DayReport, wrong: list[WrongAnswer], on_progress: Callable[[str], None]
) -> None:
    namespace = _namespace()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        answered, checked = cell_task(cell, "answer"), cell_task(cell, "check")
        if checked:
            report.solution[checked] = _check(checked, namespace, report.tasks)
            continue
        if answered:
            mine = [item for item in wrong if item.task_id == answered]
            report.judged += _judge(mine, namespace, report.tasks)
            on_progress(f"task {answered}: {len(mine)} wrong answers")
        try:
            _execute(cell.source, namespace)
        except Exception as exc:
            where = f"the answer of task {answered}" if answered else f"the cell {cell.id}"
            report.problems.append(f"{where} in the solution fails: {type(exc).__name__}: {exc}")


def _check(task_id: str, namespace: dict[str, Any], tasks: tuple[Task, ...]) -> CheckResult:
    item = next(item for item in tasks if item.id == task_id)
    answers = {name: namespace[name] for name in item.answers if name in namespace}
    return item.check(namespace["lab"].account, answers, hidden=True)


def _judge(answers: list[WrongAnswer], namespace: dict[str, Any], tasks: tuple[Task, ...]) -> Iterator[Judged]:
    def attempt(answer: WrongAnswer) -> dict[str, Any]:
        failure = ""
        try:
            _execute(answer.code, namespace)
        except Exception as exc:
            # A learner's cell that fails leaves what it did until then; the check must cope.
            failure = f"{type(exc).__name__}: {exc}"
        return {"result": _check(answer.task_id, namespace, tasks).to_dict(), "failure": failure}

    outcomes = in_children([partial(attempt, answer) for answer in answers])
    for answer, outcome in zip(answers, outcomes, strict=True):
        if outcome is None:
            yield Judged(answer, None, "no answer in time, or the process died")
        else:
            yield Judged(answer, CheckResult(**outcome["result"]), outcome["failure"])


def _run_untouched(folder: Path, tasks: tuple[Task, ...]) -> dict[str, Any]:
    import nbformat

    from lmi_labs.building import build

    notebook = nbformat.reads(build(folder).release.decode(), as_version=4)  # type: ignore[no-untyped-call]
    namespace = _namespace()
    results = {}
    for cell in notebook.cells:
        checked = cell_task(cell, "check")
        if checked:
            results[checked] = _check(checked, namespace, tasks).to_dict()
        elif cell.cell_type == "code":
            with contextlib.suppress(Exception):  # a cell that uses an answer that isn't there
                _execute(cell.source, namespace)
    return results


# --- judging -----------------------------------------------------------------------------------------------------------


def _complaints(report: DayReport, notebook: Any, wrong: list[WrongAnswer]) -> Iterator[str]:
    report.untouched = {
        key: value if isinstance(value, CheckResult) else CheckResult(**value)
        for key, value in report.untouched.items()
    }
    hints = hints_of(report.day)
    graded = {cell_task(cell, "check"): cell for cell in notebook.cells if cell_task(cell, "check")}
    for item in report.tasks:
        yield from _task_complaints(item, report)
        if len(hints.get(item.id, ())) != HINTS_PER_TASK:
            yield f"task {item.id} has {len(hints.get(item.id, ()))} hints, not {HINTS_PER_TASK}"
        if sum(answer.task_id == item.id for answer in wrong) < WRONG_PER_TASK:
            yield f"task {item.id} has fewer than {WRONG_PER_TASK} wrong answers"
        if not item.syllabus or "#" not in item.docs:
            yield f"task {item.id} needs a syllabus line and a docs page with an anchor"
        cell = graded.get(item.id)
        if cell is None:
            yield f"task {item.id} has no check cell in the notebook"
        elif cell.metadata["nbgrader"].get("points") != item.points:
            yield f"task {item.id}: the check cell has {cell.metadata['nbgrader'].get('points')} points, not {item.points:g}"
    for judged in report.judged:
        yield from _wrong_complaints(judged)
    known = {item.id for item in report.tasks}
    yield from (f"wrong/{item.name}: there is no task {item.task_id}" for item in wrong if item.task_id not in known)


def _task_complaints(item: Task, report: DayReport) -> Iterator[str]:
    solution, untouched = report.solution.get(item.id), report.untouched.get(item.id)
    if solution is None or not solution.passed:
        said = solution.to_text() if solution else "it was not checked"
        yield f"the solution of task {item.id} does not pass: {said}"
    if untouched is None or untouched.points:
        yield f"untouched, task {item.id} does not score 0"
    elif untouched.misconception != UNANSWERED:
        yield f"untouched, task {item.id} is not told what is missing but: {untouched.message}"


def _wrong_complaints(judged: Judged) -> Iterator[str]:
    name = f"{judged.answer.task_id} {judged.answer.name}"
    if judged.result is None:
        yield f"wrong answer {name}: {judged.failure}"
    elif judged.accepted:
        yield f"wrong answer {name} is accepted"
    elif not judged.has_own_message:
        failed = f" (its cell failed: {judged.failure})" if judged.failure else ""
        yield f"wrong answer {name} shows {judged.answer.misconception!r} but got {judged.result.misconception!r}{failed}"
