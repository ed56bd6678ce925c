"""A parsed query as values: expressions and commands."""

from __future__ import annotations

import re
from dataclasses import dataclass


class QueryError(Exception):
    """A query can't be read; `start` and `end` are the offsets of what is wrong, from 0."""

    def __init__(self, problem: str, start: int, end: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.start = start
        self.end = start + 1 if end is None else end


@dataclass(frozen=True)
class Literal:
    """A number or a string."""

    value: float | str


@dataclass(frozen=True)
class Period:
    """A length of time such as 5m, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Regex:
    """A regular expression between slashes."""

    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Field:
    """A field by its name; `*` for all."""

    name: str


@dataclass(frozen=True)
class ListOf:
    """Values in brackets, after `in`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Call:
    """A function or an operator with its arguments; `text` is how it was written."""

    name: str
    arguments: tuple[Expression, ...]
    start: int
    text: str = ""


Expression = Literal | Period | Regex | Field | ListOf | Call


@dataclass(frozen=True)
class Named:
    """An expression and the name under which its value is shown."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Fields:
    """`fields` (adds to what is shown) or `display` (is what is shown)."""

    items: tuple[Named, ...]
    display: bool = False


@dataclass(frozen=True)
class Filter:
    """`filter`."""

    condition: Expression


@dataclass(frozen=True)
class Parse:
    """`parse`: the names of the values that the pattern's groups find in the field."""

    source: Expression
    pattern: re.Pattern[str]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Stats:
    """`stats … by …`."""

    items: tuple[Named, ...]
    by: tuple[Named, ...]


@dataclass(frozen=True)
class Sort:
    """`sort`: expressions, each with whether it is descending."""

    keys: tuple[tuple[Expression, bool], ...]


@dataclass(frozen=True)
class Limit:
    """`limit`."""

    count: int


@dataclass(frozen=True)
class Dedup:
    """`dedup`."""

    fields: tuple[Expression, ...]


Command = Fields | Filter | Parse | Stats | Sort | Limit | Dedup
