"""The facts about Lambda Managed Instances, read from `facts.toml`, and the sentences that are the emulator's own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Fact:
    """One fact with where it comes from; `value` is None when AWS has not published it."""

    key: str
    value: Any
    source: str
    checked: date
    confidence: str
    note: str = ""


@dataclass(frozen=True)
class Sentence:
    """An error that the emulator words itself because AWS's wording is not known."""

    key: str
    code: str
    message: str
    why: str

    def format(self, **values: object) -> Sentence:
        """The same sentence with the {names} in its message filled in."""
        return Sentence(self.key, self.code, self.message.format(**values), self.why)


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("facts.toml").read_text(encoding="utf-8"))


@cache
def all_facts() -> dict[str, Fact]:
    """Every fact by its dotted key, in the order of the file."""
    return {
        f"{section}.{name}": Fact(
            key=f"{section}.{name}",
            value=entry.get("value"),
            source=entry["source"],
            checked=entry["checked"],
            confidence=entry["confidence"],
            note=entry.get("note", ""),
        )
        for section, entries in _document().items()
        if section != "ours"
        for name, entry in entries.items()
    }


@cache
def all_sentences() -> dict[str, Sentence]:
    """Every sentence of the emulator's own by its key."""
    return {key: Sentence(key, **entry) for key, entry in _document()["ours"].items()}


def fact(key: str) -> Fact:
    """The fact with the dotted key, such as `limits.max_vcpu_count`. Raises KeyError for an unknown key."""
    return all_facts()[key]


def value(key: str) -> Any:
    """The value of the fact with the dotted key. Raises KeyError for an unknown key."""
    return fact(key).value


def ours(key: str) -> Sentence:
    """The emulator's own sentence with the key. Raises KeyError for an unknown key."""
    return all_sentences()[key]
