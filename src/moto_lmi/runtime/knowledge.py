"""What the data plane knows about AWS, read from `facts.toml` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from moto_lmi.facts import Fact, Sentence


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("facts.toml").read_text(encoding="utf-8"))


@cache
def all_facts() -> dict[str, Fact]:
    """Every fact by its dotted key, in the order of the file."""
    return {
        f"{section}.{name}": Fact(
            key=f"{section}.{name}",
            value=entry["value"],
            source=entry["source"],
            checked=entry["checked"],
            confidence=entry["confidence"],
            note=entry.get("note", ""),
        )
        for section, entries in _document().items()
        if section != "ours"
        for name, entry in entries.items()
    }


def value(key: str) -> Any:
    """The value of the fact with the dotted key. Raises KeyError for an unknown key."""
    return all_facts()[key].value


def ours(key: str) -> Sentence:
    """The emulator's own sentence with the key. Raises KeyError for an unknown key."""
    return Sentence(key, **_document()["ours"][key])
