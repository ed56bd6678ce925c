"""The grammar of metric math: text to a tree, and an error that names the place.

comparison = or;  or = and {(OR | ||) and};  and = test {(AND | &&) test};  test = sum [(== != < > <= >=) sum]
sum = product {(+ | -) product};  product = unary {(* | /) unary};  unary = [-] power;  power = atom [^ unary]
atom = number | string | NAME | NAME(arguments) | (comparison) | [comparison, ...]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^()<>,\[\]]))"
)
_DEEPEST = 100


class ExpressionError(Exception):
    """The expression can't be used; `problem` says why and `place` where, counted from 1 (0: nowhere in particular)."""

    def __init__(self, problem: str, place: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place


@dataclass(frozen=True)
class Token:
    """One word of an expression; `place` counts from 1."""

    kind: str
    text: str
    place: int


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True)
class Text:
    """A string, without its quotes."""

    value: str
    place: int


@dataclass(frozen=True)
class Name:
    """The id of another query, or a keyword such as REPEAT."""

    value: str
    place: int


@dataclass(frozen=True)
class Array:
    """Several expressions in brackets."""

    items: tuple[Node, ...]
    place: int


@dataclass(frozen=True)
class Call:
    """A function or an operator with its arguments; `negate` is the minus before a value."""

    function: str
    arguments: tuple[Node, ...]
    place: int


Node = Number | Text | Name | Array | Call


def tokens(text: str) -> Iterator[Token]:
    """The words of the expression. Raises ExpressionError for a character that begins none."""
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None or match.lastgroup is None:
            start = position + len(stripped[position:]) - len(stripped[position:].lstrip())
            raise ExpressionError(f"{stripped[start]!r} is not expected", start + 1)
        yield Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1)
        position = match.end()
    yield Token("end", "", len(stripped) + 1)


def parse(text: str) -> Node:
    """The tree of the expression. Raises ExpressionError."""
    parser = _Parser(list(tokens(text)))
    node = parser.either()
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

    @property
    def word(self) -> Token:
        return self.words[self.at]

    def take(self) -> Token:
        word = self.word
        self.at += 1
        return word

    def is_sign(self, *signs: str) -> bool:
        return self.word.kind == "sign" and self.word.text in signs

    def is_keyword(self, keyword: str) -> bool:
        return self.word.kind == "name" and self.word.text.upper() == keyword

    def expect(self, sign: str) -> None:
        if not self.is_sign(sign):
            raise self.unexpected(f"{sign!r}")
        self.take()

    def expect_end(self) -> None:
        if self.word.kind != "end":
            raise self.unexpected("an operator or the end")

    def unexpected(self, wanted: str) -> ExpressionError:
        found = repr(self.word.text) if self.word.text else "the end"
        return ExpressionError(f"{wanted} is expected, not {found}", self.word.place)

    def either(self) -> Node:
        node = self.both()
        while self.is_sign("||") or self.is_keyword("OR"):
            node = Call("or", (node, self._after(self.both)), self.word.place)
        return node

    def both(self) -> Node:
        node = self.test()
        while self.is_sign("&&") or self.is_keyword("AND"):
            node = Call("and", (node, self._after(self.test)), self.word.place)
        return node

    def _after(self, rule: Callable[[], Node]) -> Node:
        self.take()
        return rule()

    def test(self) -> Node:
        node = self.sum()
        if self.is_sign("==", "!=", "<", ">", "<=", ">="):
            sign = self.take()
            node = Call(sign.text, (node, self.sum()), sign.place)
        return node

    def sum(self) -> Node:
        node = self.product()
        while self.is_sign("+", "-"):
            sign = self.take()
            node = Call(sign.text, (node, self.product()), sign.place)
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.is_sign("*", "/"):
            sign = self.take()
            node = Call(sign.text, (node, self.unary()), sign.place)
        return node

    def unary(self) -> Node:
        if self.is_sign("-"):
            sign = self.take()
            return Call("negate", (self._deeper(self.unary),), sign.place)
        node = self.atom()
        if self.is_sign("^"):
            sign = self.take()
            node = Call("^", (node, self._deeper(self.unary)), sign.place)
        return node

    def _deeper(self, rule: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError(f"it is nested more than {_DEEPEST} deep", self.word.place)
        try:
            return rule()
        finally:
            self.depth -= 1

    def atom(self) -> Node:
        word = self.word
        if word.kind == "number":
            self.take()
            return Number(float(word.text))
        if word.kind == "string":
            self.take()
            return Text(re.sub(r"\\(.)", r"\1", word.text[1:-1]), word.place)
        if self.is_sign("("):
            self.take()
            node: Node = self._deeper(self.either)
            self.expect(")")
            return node
        if self.is_sign("["):
            self.take()
            return Array(self.listed("]"), word.place)
        if word.kind == "name":
            self.take()
            if self.is_sign("("):
                self.take()
                return Call(word.text.upper(), self.listed(")"), word.place)
            return Name(word.text, word.place)
        raise self.unexpected("a value")

    def listed(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if not self.is_sign(closing):
            items.append(self._deeper(self.either))
            while self.is_sign(","):
                self.take()
                items.append(self._deeper(self.either))
        self.expect(closing)
        return tuple(items)
