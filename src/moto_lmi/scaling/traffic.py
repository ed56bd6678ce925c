"""Traffic for a published version and what one of its requests needs, as values that come out of a JSON document too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

_LONGEST_S = 366 * 86_400.0
_MOST_RPS = 10_000_000.0
_MOST_STRETCHES = 100_000


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which the rate goes linearly from `start_rps` to `end_rps`; seconds from the beginning."""

    start_s: float
    end_s: float
    start_rps: float
    end_rps: float

    def rate(self, time_s: float) -> float:
        """Requests per second at a time within it."""
        return self.start_rps + (self.end_rps - self.start_rps) * (time_s - self.start_s) / (self.end_s - self.start_s)


@dataclass(frozen=True)
class Demand:
    """What one request needs of its environment.

    First it waits `io_ms` on the network, then it needs one vCPU for `cpu_ms`; means, of whatever distribution.
    An environment takes `base_memory_mb` once and `memory_mb` for each request in it; a request takes `disk_mb` of
    /tmp. `gpu_ms` counts for functions with an AcceleratorConfig where the switch `gpu_scaling` is on: the GPU is then
    what requests share, and their CPU time is counted as waiting.
    """

    io_ms: float = 0.0
    cpu_ms: float = 0.0
    base_memory_mb: float = 0.0
    memory_mb: float = 0.0
    disk_mb: float = 0.0
    gpu_ms: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            number(field.name, getattr(self, field.name))
        if self.io_ms + self.cpu_ms + self.gpu_ms <= 0:
            raise ValueError("a request needs some time: set io_ms, cpu_ms or both (milliseconds)")


def number(name: str, value: object, most: float = math.inf) -> float:
    """The value as a float. Raises ValueError unless it is a finite number from 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} {value!r} must be a number of at least 0")
    if value > most:
        raise ValueError(f"{name} {value!r} must be at most {most:g}")
    return float(value)


def read_stretches(rows: object) -> tuple[Stretch, ...]:
    """Traffic from rows of start_s, end_s, start_rps and end_rps, or from objects with these attributes.

    They begin at 0 and follow one another without a gap. Raises ValueError that names the row.
    """
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ValueError("traffic is a list of [start_s, end_s, start_rps, end_rps]")
    found: list[Stretch] = []
    for index, row in enumerate(rows):
        found.append(_stretch(index, row))
        end_s = found[-2].end_s if len(found) > 1 else 0.0
        if found[-1].start_s != end_s:
            problem = "overlaps the one before" if found[-1].start_s < end_s else "leaves a gap"
            raise ValueError(
                f"traffic[{index}] {problem}: it begins at {found[-1].start_s:g} s and must begin at {end_s:g} s"
            )
        if len(found) > _MOST_STRETCHES:
            raise ValueError(f"traffic has more than {_MOST_STRETCHES} rows")
    if not found:
        raise ValueError("traffic is empty; give at least one [start_s, end_s, start_rps, end_rps]")
    return tuple(found)


def _stretch(index: int, row: Any) -> Stretch:
    names = ("start_s", "end_s", "start_rps", "end_rps")
    if all(hasattr(row, name) for name in names):
        row = [getattr(row, name) for name in names]
    if not isinstance(row, Sequence) or isinstance(row, str | bytes) or len(row) != len(names):
        raise ValueError(f"traffic[{index}] {row!r} must be [start_s, end_s, start_rps, end_rps]")
    start_s, end_s, start_rps, end_rps = (
        number(f"traffic[{index}].{name}", value, _LONGEST_S if name.endswith("_s") else _MOST_RPS)
        for name, value in zip(names, row, strict=True)
    )
    if end_s <= start_s:
        raise ValueError(f"traffic[{index}] ends at {end_s:g} s and must end after it begins, at {start_s:g} s")
    return Stretch(start_s, end_s, start_rps, end_rps)


def read_demand(document: object) -> Demand:
    """A demand from a JSON object. Raises ValueError for an unknown member or a wrong value."""
    if not isinstance(document, Mapping):
        raise ValueError("demand is an object with io_ms and cpu_ms")
    known = [field.name for field in fields(Demand)]
    for name in document:
        if name not in known:
            raise ValueError(f"demand has no member {name!r}; there are {', '.join(known)}")
    return Demand(**document)
