"""Calling a learner's function without ever raising, and without showing what it prints."""

from __future__ import annotations

import contextlib
import copy
import io
from dataclasses import dataclass
from typing import Any

from graders.reading import shown
from lmi_labs.tasks import Verdict, refused


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a value, or the exception that it ended with."""

    value: Any = None
    error: BaseException | None = None
    changed_input: bool = False

    @property
    def error_text(self) -> str:
        """The exception as feedback shows it."""
        return shown(f"{type(self.error).__name__}: {self.error}")


def called(function: Any, *arguments: Any) -> Outcome:
    """What the function makes of copies of the arguments; prints are swallowed, they may hold a hidden input."""
    given = copy.deepcopy(arguments)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            value = function(*given)
        return Outcome(value, changed_input=given != arguments)
    except (Exception, SystemExit) as error:
        return Outcome(error=error)


def not_a_function(value: object, prefix: str, signature: str) -> Verdict | None:
    """The refusal of what can't be called, None for what can."""
    if callable(value):
        return None
    return refused(
        f"{prefix}-not-a-function",
        "This is one result. The task is a function that works for whatever it is given.",
        expected=f"a function {signature}",
        found=shown(value),
        next_step=f"Write def {signature}: …",
    )


def is_number(value: object) -> bool:
    """Whether the value is a finite number, and no boolean."""
    return type(value) in (int, float) and value == value and abs(value) != float("inf")  # type: ignore[arg-type]
