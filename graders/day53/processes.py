"""Task 53.07: which environments and processes answered, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.calling import called, not_a_function
from graders.day53.anchors import ENVIRONMENTS
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

Answer = dict[str, Any]


def answer(environment: str, process: int, count: int = 1, in_tmp: int = 1) -> Answer:
    """An answer of the lab's first handler."""
    return {"environment": environment, "process": process, "count": count, "in_tmp": in_tmp}


# Two environments have a process of the same number, and one process answers three times.
OPEN = [
    answer("a", 7), answer("a", 8, 1, 2), answer("a", 7, 2, 3), answer("b", 7), answer("a", 7, 3, 4),
    answer("c", 11), answer("c", 12, 1, 2), answer("c", 13, 1, 3),
]  # fmt: skip


def count_processes(answers: list[Answer]) -> dict[str, int]:
    """The number of processes by environment."""
    seen: dict[str, set[int]] = {}
    for item in answers:
        seen.setdefault(item["environment"], set()).add(item["process"])
    return {environment: len(processes) for environment, processes in seen.items()}


@task(
    "53.07",
    title="Environments and processes",
    points=7,
    syllabus=("53.3",),
    answers=("who_ran", "shares_global", "shares_tmp"),
    docs=ENVIRONMENTS,
)
def check_who_ran(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on made-up answers, and the two judgements."""
    function: Any = answers["who_ran"]
    problem = not_a_function(function, "who", "who_ran(answers)") or judge_who_ran(function, OPEN)
    if problem is not None:
        return problem
    return _judge_sharing(answers["shares_global"], answers["shares_tmp"])


def judge_who_ran(function: Any, given: list[Answer]) -> Verdict | None:
    """What is wrong with the function's result for the answers; None when nothing is."""
    outcome, wanted = called(function, given), count_processes(given)

    def wrong(misconception: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(misconception, message, expected=shown(wanted), found=found, next_step=step, credit=credit)

    if outcome.error is not None:
        return wrong(
            "who-raises",
            "The function raised an exception on answers like the handler's.",
            "Each answer has environment, process, count and in_tmp.",
        )
    if outcome.changed_input:
        return wrong("who-changes-input", "The function changed the list that it was given.", "Only read from answers.")
    value = outcome.value
    if type(value) is not dict:
        return wrong(
            "who-form",
            "A dict from environment to a number is wanted.",
            "Return {environment: number of processes}.",
            0.0,
        )
    if value == wanted:
        return None
    if all(type(item) in (set, list, frozenset, tuple) for item in value.values()) and value:
        return wrong(
            "who-lists-processes", "These are the processes. How many they are is wanted.", "Take len(…) of each.", 0.4
        )
    requests = {name: sum(item["environment"] == name for item in given) for name in wanted}
    if value == requests:
        return wrong(
            "who-counts-requests",
            "These are requests. A process answers several, one after the other.",
            "Put the process numbers into a set for each environment.",
        )
    if value == {name: max(item["count"] for item in given if item["environment"] == name) for name in wanted}:
        return wrong(
            "who-takes-count",
            "count is what one process has counted, not how many processes there are.",
            "Count different values of process.",
        )
    if set(value) == {item["process"] for item in given}:
        return wrong(
            "who-by-process",
            "This is by process. Process numbers repeat: each environment has its own numbering.",
            "Make the environment the key.",
        )
    if value.keys() == wanted.keys() and sum(value.values()) < sum(wanted.values()):
        return wrong(
            "who-mixes-environments",
            "Equal process numbers in two environments are two processes.",
            "Keep a set for each environment, not one for all.",
        )
    return wrong(
        "who-wrong",
        "The numbers are not right for these answers.",
        "Collect a set of processes for each environment and take its size.",
    )


def _judge_sharing(shares_global: object, shares_tmp: object) -> Verdict:
    for name, value in (("shares_global", shares_global), ("shares_tmp", shares_tmp)):
        if type(value) is not bool:
            return refused(
                "sharing-form",
                "True or False is wanted.",
                expected=f"True or False in {name}",
                found=shown(value),
                next_step="Look at the highest count and the largest in_tmp that you saw.",
                credit=0.5,
            )
    found = f"shares_global {shares_global}, shares_tmp {shares_tmp}"
    if shares_global and not shares_tmp:
        misconception, message = (
            "sharing-turned-round",
            "It is the other way round: processes have memory of their own, and one /tmp.",
        )
    elif shares_global:
        misconception = "sharing-global"
        message = "No process ever counted the others' requests: count stays far below the number of requests that its environment answered."
    elif not shares_tmp:
        misconception = "sharing-tmp"
        message = "in_tmp grows with every request of the environment, whichever process answers. /tmp is one for all."
    else:
        return passed(
            "Memory apart, /tmp together. The next task is about what that does to code that has always worked."
        )
    return refused(
        misconception,
        message,
        expected="what the handler's count and in_tmp show",
        found=found,
        next_step="Compare, in one environment, the highest count and the largest in_tmp with the number of answers.",
        credit=0.5,
    )
