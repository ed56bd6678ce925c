"""How the benchmarks measure: medians of several rounds, alternating between the sides, because machines are noisy."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One line of the outcome: what, ours, the baseline and what was promised, as text."""

    what: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    goal: str = ""


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes, in seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def median(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[min(len(values) - 1, round(0.95 * (len(values) - 1)))]
