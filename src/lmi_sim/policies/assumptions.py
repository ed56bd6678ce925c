"""What the models assume, from `facts.toml` beside this file: AWS publishes little of how it places and scales.

An assumption has a section and a name (`scaling.evaluation_period_s`), a value in the unit that its name ends in, its
source, the day it was checked and how sure it is. Every one can be changed where a policy is made.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Assumption", "assumption", "assumptions"]


@dataclass(frozen=True)
class Assumption:
    """One parameter of a model."""

    key: str
    value: Any
    source: str
    checked: date
    confidence: str
    note: str = ""


@cache
def assumptions() -> dict[str, Assumption]:
    """All of them by key, `section.name`, in the order of the file."""
    document = tomllib.loads(files(__package__).joinpath("facts.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": Assumption(key=f"{section}.{name}", **entry)
        for section, entries in document.items()
        for name, entry in entries.items()
    }


def assumption(key: str) -> Any:
    """The value of an assumption. Raises KeyError for an unknown one."""
    return assumptions()[key].value
