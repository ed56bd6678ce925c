"""Filter patterns of CloudWatch Logs: which events a pattern means, and the values that it names in them.

moto 5.2.5 matches words and one quoted phrase; every other pattern lets all events through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

Fields = Mapping[str, object]
"""The fields that a pattern finds in an event, by the name with which a metric filter refers to them."""


class PatternError(Exception):
    """A pattern can't be read; `problem` says why, `place` where, counted from 1."""

    def __init__(self, problem: str, place: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place


@dataclass(frozen=True)
class Pattern:
    """A pattern that was read. `find` gives the fields of a message, None when the pattern doesn't match it."""

    text: str
    find: Callable[[str], Fields | None]

    def matches(self, message: str) -> bool:
        """Whether the pattern means an event with the message."""
        return self.find(message) is not None


@lru_cache(maxsize=500)
def parse_pattern(text: str) -> Pattern:
    """Read a filter pattern: terms, a JSON pattern in braces or a space-delimited one in brackets. Raises PatternError."""
    from moto_lmi.api.logs.json_patterns import json_finder
    from moto_lmi.api.logs.space_patterns import space_finder
    from moto_lmi.api.logs.term_patterns import term_finder

    stripped = text.strip()
    if not stripped:
        return Pattern(text, lambda message: {})
    if stripped[0] == "{":
        return Pattern(text, json_finder(text))
    if stripped[0] == "[":
        return Pattern(text, space_finder(text))
    return Pattern(text, term_finder(text))


def regular(text: str, place: int) -> re.Pattern[str]:
    """The regular expression between the percent signs. Raises PatternError for one that can't be used."""
    try:
        return re.compile(text)
    except re.error as exc:
        raise PatternError(f"the regular expression %{text}% can't be used: {exc}", place) from exc


def wildcard(text: str) -> re.Pattern[str]:
    """A pattern in which each asterisk stands for any characters, for a whole value."""
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def as_number(value: object) -> float | None:
    """The number that a value is or spells, None when it is none; true and false are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
