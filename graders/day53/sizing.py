"""Task 53.04: a function of the learner's that chooses memory and ratio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day53.anchors import SIZE
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import facts

MEMBERS = ("MemorySize", "ExecutionEnvironmentMemoryGiBPerVCpu", "Family")
FAMILIES = {ratio: str(facts.value(f"ratios.gib_per_vcpu_{ratio}")["family"]).lower() for ratio in (2, 4, 8)}
MOST_VCPUS = int(facts.value("limits.vcpu_per_environment")[1])
LEAST_GIB, MOST_GIB = (mb // 1024 for mb in facts.value("limits.memory_mb_lmi"))

OPEN = ((1, 1), (1, 3), (2, 12), (3, 6), (4, 32), (16, 20))
TOO_LARGE = ((1, 33), (17, 4), (5, 64))
Size = dict[str, Any]


def right_size(vcpus: float, memory_gib: float) -> Size | None:
    """The size with the least memory and then the fewest vCPUs that is enough; None if none is."""
    enough = [
        (ratio * count, count, ratio)
        for ratio in FAMILIES
        for count in range(1, MOST_VCPUS + 1)
        if count >= vcpus and LEAST_GIB <= ratio * count <= MOST_GIB and ratio * count >= memory_gib
    ]
    if not enough:
        return None
    gib, _, ratio = min(enough)
    return dict(zip(MEMBERS, (gib * 1024, ratio, FAMILIES[ratio]), strict=True))


@task("53.04", title="Choose a size", points=7, syllabus=("53.2",), answers=("choose_size",), docs=SIZE)
def check_choose_size(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on workloads that fit and on some that don't."""
    function: Any = answers["choose_size"]
    problem = not_a_function(function, "size", "choose_size(vcpus, memory_gib)")
    if problem is not None:
        return problem
    for vcpus, gib in OPEN:
        problem = judge_size(function, vcpus, gib)
        if problem is not None:
            return problem
    for vcpus, gib in TOO_LARGE:
        problem = judge_refusal(function, vcpus, gib)
        if problem is not None:
            return problem
    return passed("You name the memory, the ratio turns it into vCPUs, and both steer Lambda to C, M or R instances.")


def judge_size(function: Any, vcpus: float, gib: float) -> Verdict | None:
    """What is wrong with the size that the function chooses; None when nothing is."""
    wanted = right_size(vcpus, gib)
    assert wanted is not None
    outcome = called(function, vcpus, gib)
    asked = f"choose_size({vcpus}, {gib})"

    def wrong(misconception: str, message: str, step: str, credit: float = 0.3) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(
            misconception, message, expected=f"{asked} gives {wanted}", found=found, next_step=step, credit=credit
        )

    if outcome.error is not None:
        return wrong(
            "size-raises",
            f"{asked} raised an exception although a size is enough.",
            "32 GiB and 16 vCPUs are allowed; try the limits themselves.",
        )
    size = outcome.value
    if type(size) is not dict or set(size) != set(MEMBERS):
        return wrong(
            "size-form",
            "The result is not a dict with the three members.",
            f"Return a dict with {', '.join(MEMBERS)}.",
            0.0,
        )
    memory, ratio = size["MemorySize"], size["ExecutionEnvironmentMemoryGiBPerVCpu"]
    if not is_number(memory) or not is_number(ratio) or ratio not in FAMILIES:
        return wrong(
            "size-ratio",
            "The ratio is 2, 4 or 8 GiB per vCPU, and memory is a number.",
            "Try the three ratios in turn.",
        )
    if memory <= MOST_GIB:
        return wrong("size-in-gib", "MemorySize is in MB, as for every function.", "Multiply GiB by 1,024.")
    if memory % 1000 == 0 and memory % 1024:
        return wrong(
            "size-thousand",
            "A GiB is 1,024 MB here; 2,000 MB is below the least size.",
            "Multiply GiB by 1,024, not by 1,000.",
        )
    count = memory / 1024 / ratio
    if memory / 1024 < gib:
        return wrong(
            "size-too-little-memory",
            "The environment has less memory than the workload needs.",
            "Leave out sizes whose memory is below memory_gib.",
        )
    if count < vcpus:
        return wrong(
            "size-too-few-vcpus",
            "The environment has too few vCPUs: they are memory divided by the ratio.",
            "Leave out sizes whose memory / ratio is below vcpus.",
        )
    if count != int(count):
        return wrong(
            "size-part-of-a-vcpu",
            "vCPUs are a whole number: memory has to be a multiple of the ratio.",
            "Go through whole numbers of vCPUs: memory = ratio × vCPUs.",
        )
    if memory != wanted["MemorySize"]:
        return wrong(
            "size-more-memory",
            "It is enough, but another size with less memory is too. Memory takes room on the instances that you pay.",
            "Compare all that are enough, of all three ratios, and take the least memory.",
            0.5,
        )
    if ratio != wanted["ExecutionEnvironmentMemoryGiBPerVCpu"]:
        return wrong(
            "size-more-vcpus",
            "The memory is right, but it comes with more vCPUs than another ratio would give it.",
            "Among sizes of the same memory take the one with the fewest vCPUs, which is the largest ratio.",
            0.6,
        )
    if size["Family"] != wanted["Family"]:
        return wrong(
            "size-family",
            "The family does not go with the ratio: c has 2 GiB per vCPU, m has 4, r has 8.",
            'Return {2: "c", 4: "m", 8: "r"}[ratio].',
            0.7,
        )
    return None


def judge_refusal(function: Any, vcpus: float, gib: float) -> Verdict | None:
    """Whether the function refuses what no size is enough for."""
    outcome = called(function, vcpus, gib)
    if isinstance(outcome.error, ValueError):
        return None
    if outcome.error is not None:
        return refused(
            "size-other-exception",
            "It fails, but not with the exception that was agreed on; a caller who catches ValueError is taken by surprise.",
            expected="ValueError",
            found=outcome.error_text,
            next_step="Look whether nothing is left before you take the smallest, and raise ValueError.",
            credit=0.7,
        )
    return refused(
        "size-accepts-too-much",
        "No environment is that large: 32 GiB and 16 vCPUs are the most.",
        expected=f"ValueError for {vcpus} vCPUs and {gib} GiB",
        found=shown(outcome.value),
        next_step="Leave out sizes beyond 32 GiB and 16 vCPUs, and raise ValueError when none is left.",
        credit=0.6,
    )
