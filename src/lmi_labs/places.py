"""Where the course's folders are: the clone, its labs, its days."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def project_root() -> Path:
    """The folder that holds labs/ and graders/."""
    return Path(__file__).resolve().parents[2]


def days() -> tuple[int, ...]:
    """The days that have a lab."""
    return tuple(sorted(int(folder.name[3:5]) for folder in (project_root() / "solutions").glob("day[0-9][0-9]_*")))


def lab_name(day: int) -> str:
    """The name of a day's lab, such as day52_capacity_providers. Raises LookupError when there is none."""
    for room in ("labs", "solutions"):
        found = sorted((project_root() / room).glob(f"day{day}_*"))
        if found:
            return found[0].name
    raise LookupError(f"there is no lab for day {day}; there is {', '.join(map(str, days()))}")
