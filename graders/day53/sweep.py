"""Task 53.11: throughput and latency against concurrency, measured by the learner's function, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graders.calling import is_number
from graders.day53.anchors import SWEEP
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

LEVELS = (1, 2, 4, 8)
KINDS = ("io", "cpu")
IO_MS, CPU_MS = 50.0, 20.0
_MEMBERS = ("handler", "concurrency", "throughput_rps", "p99_ms")
Row = Mapping[str, Any]


@task(
    "53.11",
    title="A sweep",
    points=8,
    syllabus=("53.3", "53.2"),
    answers=("sweep", "concurrency_pays_for"),
    docs=SWEEP,
)
def check_sweep(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The rows are complete and agree with themselves; what follows from them is said."""
    rows: Any = answers["sweep"]
    problem = _judge_form(rows) or _judge_units(rows) or _judge_growth(rows)
    if problem is not None:
        return problem
    choice = answers["concurrency_pays_for"]
    if type(choice) is not str or choice not in KINDS:
        return _wrong(
            "pays-form",
            'It is one of "io" and "cpu".',
            '"io" or "cpu"',
            choice,
            "Compare the throughput at 8 with the throughput at 1.",
            0.6,
        )
    if choice == "cpu":
        return _wrong(
            "pays-for-cpu",
            "A vCPU that computes is busy: more requests at a time share it, and each takes longer.",
            "the one whose throughput grows while its latency stays",
            choice,
            "Compare p99_ms at 1 and at 8 for both.",
            0.6,
        )
    return passed(
        "Waiting costs no vCPU, so waiting requests can share one. Computing ones queue for it: their p99 grows, and only more vCPUs help."
    )


def _wrong(
    misconception: str, message: str, expected: object, found: object, step: str, credit: float = 0.3
) -> Verdict:
    return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit)


def _judge_form(rows: Any) -> Verdict | None:
    again = "Keep what sweep_view(measure, {…}, levels=(1, 2, 4, 8)) returns."
    if type(rows) not in (list, tuple) or not all(isinstance(row, Mapping) for row in rows):
        return _wrong("sweep-form", "The rows of the sweep are wanted.", "a list of dicts", rows, again, 0.0)
    missing = [name for name in _MEMBERS if any(name not in row for row in rows)]
    if missing or not rows:
        return _wrong(
            "sweep-members",
            "A row lacks what was measured.",
            listed(_MEMBERS),
            listed(rows[0]) if rows else "no row",
            "measure returns throughput_rps and p99_ms.",
            0.0,
        )
    if not all(is_number(row[name]) and row[name] > 0 for row in rows for name in ("throughput_rps", "p99_ms")):
        return _wrong(
            "sweep-numbers",
            "A measured value is no positive number.",
            "numbers above 0",
            rows[0],
            "Return floats.",
            0.0,
        )
    lacking = [f"{kind} at {level}" for kind in KINDS for level in LEVELS if _row(rows, kind, level) is None]
    if lacking:
        return _wrong(
            "sweep-incomplete", "Some points were not measured.", "io and cpu at 1, 2, 4 and 8", listed(lacking), again
        )
    return None


def _row(rows: Sequence[Row], kind: str, level: int) -> Row | None:
    return next((row for row in rows if row["handler"] == kind and row["concurrency"] == level), None)


def _judge_units(rows: Sequence[Row]) -> Verdict | None:
    """Little's law: answers per second times seconds of latency is the concurrency, and p99 is no less than the mean."""
    lone = _row(rows, "io", 1)
    assert lone is not None
    throughput, p99 = lone["throughput_rps"], lone["p99_ms"]
    if p99 < IO_MS / 100:
        return _wrong(
            "sweep-seconds",
            "p99_ms is in seconds: a handler that waits 50 ms can't answer in less.",
            "50 ms and more at one at a time",
            p99,
            "Multiply by 1,000.",
            0.4,
        )
    if p99 < IO_MS * 0.9:
        return _wrong(
            "sweep-not-the-callers",
            "The latency is below what the handler waits. What a caller waits is longer, never shorter.",
            "50 ms and more",
            p99,
            "Take one.seconds of each request, and their 99th percentile.",
            0.4,
        )
    if throughput < 0.2:
        return _wrong(
            "sweep-per-millisecond",
            "throughput_rps is per millisecond.",
            "answers per second",
            throughput,
            "Divide the number of answers by seconds.",
            0.4,
        )
    if throughput > 2 * 1000 / IO_MS:
        return _wrong(
            "sweep-no-time",
            "One at a time, a handler that waits 50 ms gives at most 20 answers a second. The time that it took is not what was divided by.",
            "at most 20 a second at one at a time",
            throughput,
            "Divide the number of answers by the time from before send_many to after it.",
            0.4,
        )
    eight = _row(rows, "io", 8)
    assert eight is not None
    if eight["throughput_rps"] * eight["p99_ms"] / 1000 < 8 * 0.5 and eight["throughput_rps"] < 1.6 * throughput:
        return _wrong(
            "sweep-one-at-a-time",
            "At 8 the throughput is that of 1, and so is the latency. The requests were sent one after the other.",
            "about eight times the throughput at eight at a time",
            f"{eight['throughput_rps']:.0f} a second at 8, {throughput:.0f} at 1",
            "Pass concurrency=concurrency to send_many.",
            0.4,
        )
    return None


def _judge_growth(rows: Sequence[Row]) -> Verdict | None:
    def growth(kind: str) -> float:
        first, last = _row(rows, kind, 1), _row(rows, kind, 8)
        assert first is not None
        assert last is not None
        return float(last["throughput_rps"] / first["throughput_rps"])

    if growth("io") >= 2 and growth("io") > growth("cpu"):
        return None
    if growth("cpu") > growth("io"):
        return _wrong(
            "sweep-turned-round",
            "The computing handler gained more than the waiting one: the two events seem to be exchanged.",
            'io with {"io_ms": 50}, cpu with {"cpu_ms": 20}',
            f"throughput × {growth('io'):.1f} for io, × {growth('cpu'):.1f} for cpu",
            "Look at what sweep_view was given.",
        )
    return _wrong(
        "sweep-no-growth",
        "The throughput of the waiting handler hardly grows with concurrency. It should: waiting costs no vCPU.",
        "at least twice the throughput at eight at a time",
        f"× {growth('io'):.1f}",
        "Is the function published with 8 requests at a time, and is measure passing its concurrency on? Then run it again.",
    )
