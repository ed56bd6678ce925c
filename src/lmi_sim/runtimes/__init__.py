"""What the simulator knows of Lambda's runtimes: how long a cold start takes, and how many requests run at a time.

The numbers stand in this folder with their source.
"""

from __future__ import annotations

import csv
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from lmi_sim.workload import Distribution, empirical

__all__ = ["default_concurrency", "init_time"]


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("runtimes.toml").read_text(encoding="utf-8"))


@cache
def _init_times() -> dict[tuple[str, str], dict[int, list[tuple[float, float]]]]:
    """The measured quantiles by runtime and architecture, then by memory in MB."""
    found: dict[tuple[str, str], dict[int, list[tuple[float, float]]]] = {}
    text = files(__package__).joinpath(_facts()["init_ms"]["file"]).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        quantiles = [(int(name[1:]) / 100, float(row[name])) for name in ("p10", "p50", "p90", "p99")]
        found.setdefault((row["runtime"], row["architecture"]), {})[int(row["memory_mb"])] = quantiles
    return found


def init_time(runtime: str, architecture: str, memory_mb: float) -> Distribution:
    """How long INIT of a small function takes on default Lambda: measured quantiles at the nearest memory measured.

    Raises LookupError for a runtime that wasn't measured.
    """
    times = _init_times()
    if (runtime, architecture) not in times:
        known = ", ".join(dict.fromkeys(name for name, _ in times))
        raise LookupError(f"no cold start of runtime {runtime!r} on {architecture!r} was measured; there are {known}")
    by_memory = times[runtime, architecture]
    return empirical(by_memory[min(by_memory, key=lambda measured: abs(measured - memory_mb))])


def default_concurrency(runtime: str, vcpus: float) -> int:
    """PerExecutionEnvironmentMaxConcurrency when it isn't set: so many for each vCPU, by language.

    Raises LookupError for a runtime of another language.
    """
    by_language: dict[str, int] = _facts()["default_concurrency_per_vcpu"]["value"]
    language = re.match(r"[a-z]*", runtime)
    if language is None or language[0] not in by_language:
        raise LookupError(
            f"no default concurrency is known for runtime {runtime!r}; there is for {', '.join(by_language)}"
        )
    return max(1, int(by_language[language[0]] * vcpus))
