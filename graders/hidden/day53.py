"""Hidden checks of lab 53: functions meet inputs that their author has not seen. No input is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day53 import memory, packaging, processes, sizing
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, hidden_check, passed, refused

_FILES = {"b.py": "", "a/b/c.py": "x = 'ß'\n", "extensions/z": "#!/bin/sh\n", "a.py": "y = 2\n" * 500}


def _unseen(subject: str, step: str) -> Verdict:
    return refused(
        f"{subject}-hidden",
        "The function is right for what you can see, and wrong for something else that is as ordinary.",
        expected="a result that follows from the arguments alone",
        next_step=step,
        credit=0.7,
    )


@hidden_check("53.01")
def check_pack(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other files, an empty one and deep folders among them."""
    pack: Any = answers["pack"]
    if packaging.judge_archive(pack, _FILES) or packaging.judge_repeatable(pack, _FILES):
        return _unseen("pack", "Look for names that are written into the function instead of read from files.")
    return passed("Other files are packed as well.")


@hidden_check("53.04")
def check_choose_size(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Workloads over the whole range, with halves and at the edges."""
    function: Any = answers["choose_size"]
    for vcpus in (1, 1.5, 2, 4, 5, 8, 9, 16):
        for gib in (0.5, 2, 2.5, 8, 15, 16, 24, 31, 32, 32.5):
            right = sizing.right_size(vcpus, gib)
            problem = sizing.judge_size(function, vcpus, gib) if right else sizing.judge_refusal(function, vcpus, gib)
            if problem is not None:
                return _unseen(
                    "size", "Try needs that are no whole numbers, and the limits of 32 GiB and 16 vCPUs themselves."
                )
    return passed("The size is right over the whole range.")


@hidden_check("53.07")
def check_who_ran(account: Account, answers: Mapping[str, object]) -> Verdict:
    """No answers at all, and one environment with many processes."""
    function: Any = answers["who_ran"]
    many = [processes.answer("x", number % 8, number, number) for number in range(40)]
    if processes.judge_who_ran(function, []) or processes.judge_who_ran(function, many):
        return _unseen("who", "Try it with no answers, and with one environment only.")
    return passed("The count holds for other answers.")


@hidden_check("53.10")
def check_most(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Sizes with fractions, and a reserve above the memory."""
    function: Any = answers["most_processes"]
    numbers = ((2048, 63.4, 256), (2048, 59.7, 0), (2048, 70, 3000), (32768, 41.5, 1024), (2048, 2048, 0))
    if any(memory.judge_most(function, *three) for three in numbers):
        return _unseen("most", "Try sizes with fractions, and a reserve that is larger than the memory.")
    return passed("The number holds for other sizes.")
