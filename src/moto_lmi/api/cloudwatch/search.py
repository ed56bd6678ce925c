"""SEARCH expressions: which metrics a search means. moto 5.2.5 finds none.

    SEARCH('{AWS/Lambda,CapacityProviderName,InstanceType} MetricName="CPUUtilization" cp', 'Average', 300)

A schema in braces names the namespace and exactly the dimensions. Terms in double quotes match the whole value, others
its parts: words, numbers and changes of case divide a value, case is ignored. AND is understood between terms; OR, NOT
and parentheses are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from moto_lmi.api.cloudwatch.math_parser import ExpressionError
from moto_lmi.api.cloudwatch.series import MetricKey

MOST_FOUND = 500
"""A search returns no more time series than this."""

Test = Callable[[MetricKey], bool]

_SCHEMA = re.compile(r"\s*\{(?P<inside>[^}]*)\}")
_PART = re.compile(r'\s*(?:"([^"]*)"|([^,"\s][^,"]*))\s*(?:,|$)')
_WORD = re.compile(r'\s*(?:(?P<sign>[()=])|"(?P<exact>[^"]*)"|(?P<word>[^\s()="]+))')
_TOKENS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def parse_search(text: str) -> Test:
    """The test that the search puts to a metric. Raises ExpressionError."""
    tests: list[Test] = []
    rest = text
    schema = _SCHEMA.match(text)
    if schema:
        tests.append(_schema_test(schema["inside"]))
        rest = text[schema.end() :]
    if rest.strip():
        tests.append(_Terms(rest).parse())
    if not tests:
        raise ExpressionError("a search needs a schema in braces or a term")
    return lambda key: all(test(key) for test in tests)


def found_in(test: Test, keys: Iterable[MetricKey]) -> list[MetricKey]:
    """The metrics that pass, in the order of their names, at most `MOST_FOUND`."""
    return sorted(key for key in keys if test(key))[:MOST_FOUND]


def labels_for(keys: Sequence[MetricKey]) -> list[str]:
    """For each metric what tells it from the others: its name if names differ, and the dimension values that do."""
    columns: list[list[str]] = [[key.name for key in keys]]
    if len({tuple(name for name, _ in key.dimensions) for key in keys}) == 1:
        columns += [[key.dimensions[at][1] for key in keys] for at in range(len(keys[0].dimensions))]
    else:
        columns.append([" ".join(value for _, value in key.dimensions) for key in keys])
    told = [column for column in columns if len(set(column)) > 1] or columns[:1]
    return [" ".join(column[at] for column in told) for at in range(len(keys))]


def _schema_test(inside: str) -> Test:
    parts, position = [], 0
    while position < len(inside):
        match = _PART.match(inside, position)
        if match is None:
            raise ExpressionError(f"the schema {{{inside}}} is not a namespace and dimension names with commas")
        parts.append((match[1] if match[1] is not None else match[2]).strip())
        position = match.end()
    if not parts or not parts[0]:
        raise ExpressionError("a schema begins with a namespace")
    namespace, names = parts[0], sorted(parts[1:])
    return lambda key: key.namespace == namespace and [name for name, _ in key.dimensions] == names


class _Terms:
    """term {[AND | OR] term};  term = NOT term | (terms) | [Name=]word | [Name=]"exact"."""

    def __init__(self, text: str) -> None:
        self.words: list[tuple[str, str]] = []
        position, text = 0, text.rstrip()
        while position < len(text):
            match = _WORD.match(text, position)
            if match is None or match.lastgroup is None:
                raise ExpressionError(f"the search can't be read from {text[position:].strip()[:30]!r} on")
            self.words.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ("end", "")

    def parse(self) -> Test:
        test = self.either()
        if self.peek()[0] != "end":
            raise ExpressionError(f"the search has a {self.peek()[1]!r} too many")
        return test

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == ("word", "OR"):
            self.at += 1
            tests.append(self.both())
        return lambda key: any(test(key) for test in tests)

    def both(self) -> Test:
        tests = [self.term()]
        while self.peek()[0] != "end" and self.peek() not in (("word", "OR"), ("sign", ")")):
            if self.peek() == ("word", "AND"):
                self.at += 1
            tests.append(self.term())
        return lambda key: all(test(key) for test in tests)

    def term(self) -> Test:
        kind, text = self.peek()
        self.at += 1
        if (kind, text) == ("word", "NOT"):
            refused = self.term()
            return lambda key: not refused(key)
        if (kind, text) == ("sign", "("):
            inner = self.either()
            if self.peek() != ("sign", ")"):
                raise ExpressionError("a parenthesis of the search is not closed")
            self.at += 1
            return inner
        if kind not in ("word", "exact") or text in ("AND", "OR"):
            raise ExpressionError(f"the search expects a term, not {text or 'the end'!r}")
        if self.peek() == ("sign", "="):
            return self.named(text)
        fits = _fits(kind, text)
        return lambda key: any(fits(value) for value in _everything(key))

    def named(self, name: str) -> Test:
        self.at += 1
        kind, text = self.peek()
        self.at += 1
        if kind == "sign" and text == "(":
            return self.alternatives(name)
        if kind not in ("word", "exact"):
            raise ExpressionError(f"the search expects a value after {name}=")
        fits = _fits(kind, text)
        return lambda key: any(fits(value) for value in _named(key, name))

    def alternatives(self, name: str) -> Test:
        """`Name=("a" OR "b")`."""
        tests: list[Callable[[str], bool]] = []
        while self.peek() != ("sign", ")"):
            kind, text = self.peek()
            self.at += 1
            if kind == "end":
                raise ExpressionError("a parenthesis of the search is not closed")
            if (kind, text) != ("word", "OR"):
                tests.append(_fits(kind, text))
        self.at += 1
        return lambda key: any(test(value) for value in _named(key, name) for test in tests)


def _fits(kind: str, text: str) -> Callable[[str], bool]:
    if kind == "exact":
        return lambda value: value == text
    wanted = _tokens(text)

    def partial(value: str) -> bool:
        had = _tokens(value)
        return any(had[at : at + len(wanted)] == wanted for at in range(len(had) - len(wanted) + 1))

    return partial


def _tokens(text: str) -> list[str]:
    return [token.lower() for token in _TOKENS.findall(text)]


def _named(key: MetricKey, name: str) -> list[str]:
    if name == "MetricName":
        return [key.name]
    if name == "Namespace":
        return [key.namespace]
    return [value for had, value in key.dimensions if had == name]


def _everything(key: MetricKey) -> list[str]:
    return [key.namespace, key.name, *(text for pair in key.dimensions for text in pair)]
