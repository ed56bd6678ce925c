"""Functions of the learner's that reckon something: which known mistake do all their results show?

A mistake is a formula too. It is named only when it gives what the learner's function gives for every input, so that a
wrong result is never blamed on a mistake that it does not show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graders.calling import Outcome, called
from graders.reading import shown
from lmi_labs.tasks import Verdict, refused

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Mistake:
    """A misconception as a formula, with what to say of it."""

    id: str
    message: str
    step: str
    formula: Formula


@dataclass(frozen=True)
class Asked:
    """One call: its arguments, and how feedback writes it."""

    arguments: tuple[Any, ...]
    written: str = ""

    def as_text(self, name: str) -> str:
        """The call as code."""
        return self.written or f"{name}({', '.join(map(shown, self.arguments))})"


@dataclass(frozen=True)
class Question:
    """What is asked of a function: its name, the calls, the right formula and the known mistakes; `member` of a dict result.

    Misconception ids begin with `prefix`.
    """

    prefix: str
    name: str
    calls: Sequence[Asked]
    right: Formula
    mistakes: Sequence[Mistake]
    unit: str
    step: str
    member: str = ""
    tolerance: float = 1e-3


def as_number(value: object) -> float | None:
    """The finite number that the value is, None for anything else; a boolean is none."""
    if type(value) not in (int, float, Decimal):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def same(found: object, wanted: object, tolerance: float = 1e-3) -> bool:
    """Whether a result is the wanted number, or nothing where nothing is wanted."""
    if wanted is None:
        return found is None
    number, right = as_number(found), as_number(wanted)
    return number is not None and right is not None and math.isclose(number, right, rel_tol=tolerance, abs_tol=1e-6)


def judge(function: Any, question: Question) -> Verdict | None:
    """What is wrong with the function's results; None when nothing is. Raises nothing."""
    return judge_outcomes([called(function, *asked.arguments) for asked in question.calls], question)


def judge_outcomes(outcomes: Sequence[Outcome], question: Question) -> Verdict | None:
    """The same with what the calls gave, in their order."""
    pairs = list(zip(question.calls, outcomes, strict=True))
    for asked, outcome in pairs:
        problem = _failed(question, asked, outcome)
        if problem is not None:
            return problem
    found = [(asked, _part(question, outcome.value)) for asked, outcome in pairs]
    wrong = [
        (asked, value)
        for asked, value in found
        if not same(value, question.right(*asked.arguments), question.tolerance)
    ]
    if not wrong:
        return None
    return _named(question, found, *wrong[0])


def _failed(question: Question, asked: Asked, outcome: Outcome) -> Verdict | None:
    call = asked.as_text(question.name)
    if outcome.error is not None:
        return refused(
            f"{question.prefix}-raises",
            f"{call} raised an exception.",
            expected=question.unit,
            found=outcome.error_text,
            next_step=question.step,
        )
    if outcome.changed_input:
        return refused(
            f"{question.prefix}-changes-input",
            "The function changed what it was given. A caller does not expect that.",
            expected="the caller's values as they were",
            found="changed values",
            next_step="Make new lists and dicts; sorted(…) does, .sort() does not.",
            credit=0.5,
        )
    return None


def _part(question: Question, value: object) -> object:
    if question.member and type(value) is dict:
        return value.get(question.member)
    return value


def _named(question: Question, found: Sequence[tuple[Asked, object]], asked: Asked, value: object) -> Verdict:
    call = asked.as_text(question.name) + (f'["{question.member}"]' if question.member else "")
    wanted = question.right(*asked.arguments)
    expected = f"{call} is {_written(wanted)} ({question.unit})" if wanted is not None else f"{call} is None"
    shows = next((item for item in question.mistakes if _explains(item, found, question.tolerance)), None)
    if shows is not None:
        return refused(
            f"{question.prefix}-{shows.id}",
            shows.message,
            expected=expected,
            found=_written(value),
            next_step=shows.step,
            credit=0.3,
        )
    if as_number(value) is None:
        return refused(
            f"{question.prefix}-form",
            "This is not a number."
            if wanted is not None
            else "There is no such number here, and the caller has to hear it.",
            expected=expected,
            found=shown(value),
            next_step="Return the number itself, without text, rounding or a unit.",
        )
    return refused(
        f"{question.prefix}-wrong",
        "The number is not right.",
        expected=expected,
        found=_written(value),
        next_step=question.step,
    )


def _explains(mistake: Mistake, found: Sequence[tuple[Asked, object]], tolerance: float) -> bool:
    try:
        return all(same(value, mistake.formula(*asked.arguments), tolerance) for asked, value in found)
    except (ArithmeticError, ValueError, IndexError):  # a mistake that fails for an input explains no result
        return False


def _written(value: object) -> str:
    number = as_number(value)
    return shown(value) if number is None else f"{number:,.6g}" if abs(number) < 1000 else f"{number:,.2f}"
