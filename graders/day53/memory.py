"""Task 53.10: how much memory a process takes, and how many fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day53.anchors import MEMORY
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

MODEL_MB = 40
LEAST_MB, MOST_MB = 45.0, 160.0
"""A process with the model: the model itself, and a Python with AWS's runtime client in it."""
OPEN = ((2048, 64, 256), (2048, 60, 300), (4096, 512, 0), (2048, 3000, 256))


def right_number(memory_mb: float, each_mb: float, reserved_mb: float) -> int:
    """How many processes of `each_mb` fit beside what is reserved."""
    return max(0, int((memory_mb - reserved_mb) // each_mb))


@task(
    "53.10",
    title="Memory per process",
    points=7,
    syllabus=("53.2", "53.3"),
    answers=("mb_per_process", "most_processes"),
    docs=MEMORY,
)
def check_memory(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The measured size, and the function on round and on awkward numbers."""
    function: Any = answers["most_processes"]
    measured = _judge_measured(answers["mb_per_process"])
    counted = not_a_function(function, "most", "most_processes(memory_mb, mb_per_process, reserved_mb)") or next(
        (problem for numbers in OPEN if (problem := judge_most(function, *numbers)) is not None), None
    )
    if measured is None and counted is None:
        return passed(
            "Each concurrent request costs a whole process. The default of 16 per vCPU is a ceiling, not a promise that the memory is enough."
        )
    problem = measured or counted
    assert problem is not None
    if measured is None or counted is None:
        return refused(
            problem.misconception,
            problem.message,
            expected=problem.expected,
            found=problem.found,
            next_step=problem.next_step,
            credit=0.5,
        )
    return problem


def _judge_measured(value: object) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception,
            message,
            expected="the typical memory of one process, in MB",
            found=shown(value),
            next_step=step,
        )

    if not is_number(value):
        return wrong(
            "memory-form",
            "A number is wanted, the size of one process.",
            "Take the median of the answers' resident_kb, divided by 1024.",
        )
    size: float = value  # type: ignore[assignment]
    if LEAST_MB <= size <= MOST_MB:
        return None
    if LEAST_MB * 1024 <= size <= MOST_MB * 1024:
        return wrong("memory-in-kb", "This is in kB, as Linux counts it.", "Divide by 1,024.")
    if LEAST_MB / 1024 <= size <= MOST_MB / 1024:
        return wrong("memory-in-gb", "This is in GB.", "Divide kB by 1,024 once.")
    if size == MODEL_MB:
        return wrong(
            "memory-model-only",
            "This is the model alone. The process also holds Python and the runtime.",
            "Measure: the answers say what a process holds.",
        )
    if size >= 2 * MOST_MB:
        return wrong(
            "memory-of-all",
            "This is the memory of several processes together.",
            "Take a typical one: the median, not the sum.",
        )
    if size < LEAST_MB:
        return wrong(
            "memory-too-small",
            "A process that holds a model of 40 MB is larger.",
            "Take resident_kb of the answers of the model function.",
        )
    return wrong(
        "memory-too-large",
        "This is more than a process with this model holds.",
        "Take the median of resident_kb, in MB.",
    )


def judge_most(function: Any, memory_mb: float, each_mb: float, reserved_mb: float) -> Verdict | None:
    """What is wrong with the function's number; None when nothing is."""
    outcome, wanted = called(function, memory_mb, each_mb, reserved_mb), right_number(memory_mb, each_mb, reserved_mb)

    def wrong(misconception: str, message: str, step: str) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        asked = f"most_processes({memory_mb}, {each_mb}, {reserved_mb})"
        return refused(misconception, message, expected=f"{asked} gives {wanted}", found=found, next_step=step)

    if outcome.error is not None:
        return wrong("most-raises", "The function raised an exception.", "It takes three numbers in MB.")
    value = outcome.value
    if not is_number(value):
        return wrong("most-form", "A whole number is wanted.", "Return an int.")
    if value == wanted and value == int(value):
        return None
    plain = (memory_mb - reserved_mb) / each_mb
    if value == int(memory_mb // each_mb) != wanted:
        return wrong(
            "most-without-reserve",
            "What is reserved for everything else is not taken off first.",
            "(memory_mb - reserved_mb) // mb_per_process",
        )
    if value == plain:
        return wrong("most-part-of-a-process", "Part of a process serves nobody.", "Round down.")
    if wanted == 0 and value == 1:
        return wrong(
            "most-at-least-one", "Not even one fits, and the caller has to hear it.", "Do not raise the result to 1."
        )
    if value in (wanted + 1, round(plain)):
        return wrong(
            "most-rounded-up",
            "One process too many: the last one has no room. The environment runs out of memory under full load only.",
            "Round down.",
        )
    if value < 0:
        return wrong("most-negative", "If nothing fits, the number is 0.", "max(0, …)")
    if value in (16, 32):
        return wrong(
            "most-default",
            "This is the default per vCPU. It knows nothing of your memory.",
            "Divide the memory that is free by the size of one process.",
        )
    return wrong(
        "most-wrong", "The number is not right.", "(memory_mb - reserved_mb) // mb_per_process, and never below 0."
    )
