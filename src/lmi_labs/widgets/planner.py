"""The planner in a notebook: move what describes a workload, and see what it would cost and how it would behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lmi_labs.widgets.planner_question import Question

__all__ = ["planner"]


def planner(question: Question | None = None) -> Any:
    """Controls for a workload, and what default Lambda, provisioned concurrency and managed instances make of it.

    It begins with the question, or with a million requests an hour. Each move is answered at once from as many requests
    as a tenth of a second allows; the whole follows behind it.
    """
    from lmi_labs.widgets.planner_shell import Shell

    return Shell(question).box
