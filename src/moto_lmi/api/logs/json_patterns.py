"""JSON patterns: `{ $.level = "ERROR" && ($.duration > 3 || $.user.name = b* ) }`.

test = SELECTOR (= != < > <= >=) value | SELECTOR IS (TRUE | FALSE | NULL) | SELECTOR (EXISTS | NOT EXISTS)
selector = $ {.name | .* | [number] | [*] | ['name']};  value = number | "text*" | text* | %regular expression%
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from moto_lmi.api.logs.patterns import COMPARE, Fields, PatternError, as_number, regular, wildcard

Test = Callable[[object], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<selector>\$(?:\.(?:\*|[A-Za-z0-9_@\-]+)|\[(?:\d+|\*)\]|\.?\[['\"][^'\"]*['\"]\])*)"
    r"|(?P<sign>&&|\|\||!=|<=|>=|[(){}=<>])"
    r"|\"(?P<text>(?:[^\"\\]|\\.)*)\"|%(?P<regex>[^%]*)%"
    r"|(?P<word>[^\s(){}=<>!&|\"]+))"
)
_STEP = re.compile(r"\.(\*|[A-Za-z0-9_@\-]+)|\[(\d+|\*)\]|\.?\[['\"]([^'\"]*)['\"]\]")
_MISSING = object()


def json_finder(text: str) -> Callable[[str], Fields | None]:
    """The test of a message for the pattern. Raises PatternError with the place."""
    parser = _Parser(text)
    test = parser.parse()
    selectors = parser.selectors

    def find(message: str) -> Fields | None:
        try:
            document = json.loads(message)
        except ValueError:
            return None
        if not isinstance(document, dict | list) or not test(document):
            return None
        return _Fields(document, selectors)

    return find


class _Fields(dict[str, object]):
    """The document's fields by selector; those of the pattern are there at once, others are looked up."""

    def __init__(self, document: object, selectors: list[str]) -> None:
        super().__init__()
        self._document = document
        for selector in selectors:
            self[selector] = self[selector]

    def __missing__(self, selector: str) -> object:
        return next((value for value in select(self._document, selector) if value is not _MISSING), None)


def select(document: object, selector: str) -> Iterator[object]:
    """The values at a selector such as `$.a.b[0]`; several with `*`, none where nothing is."""
    values = [document]
    for name, index, quoted in _STEP.findall(selector[1:]):
        values = [inner for value in values for inner in _inside(value, name or quoted, index)]
    yield from values


def _inside(value: object, name: str, index: str) -> Iterator[object]:
    if index == "*" or (name == "*" and isinstance(value, list)):
        yield from value if isinstance(value, list) else ()
    elif index:
        if isinstance(value, list) and int(index) < len(value):
            yield value[int(index)]
    elif isinstance(value, dict):
        if name == "*":
            yield from value.values()
        elif name in value:
            yield value[name]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[tuple[str, str, int]] = []
        self.selectors: list[str] = []
        self.at = 0
        position, stripped = 0, text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None or match.lastgroup is None:
                place = position + len(stripped[position:]) - len(stripped[position:].lstrip())
                raise PatternError(f"{stripped[place]!r} is not expected", place + 1)
            self.words.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
            position = match.end()
        self.words.append(("end", "", len(text) + 1))

    @property
    def word(self) -> tuple[str, str, int]:
        return self.words[self.at]

    def take(self) -> tuple[str, str, int]:
        word = self.word
        self.at += 1
        return word

    def took(self, sign: str) -> bool:
        if self.word[:2] == ("sign", sign):
            self.at += 1
            return True
        return False

    def took_word(self, *words: str) -> bool:
        found = [(kind, text.upper()) for kind, text, _ in self.words[self.at : self.at + len(words)]]
        if found == [("word", word) for word in words]:
            self.at += len(words)
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.took(sign):
            raise self.unexpected(repr(sign))

    def unexpected(self, wanted: str) -> PatternError:
        _, text, place = self.word
        return PatternError(f"{wanted} is expected, not {text!r}" if text else f"{wanted} is expected", place)

    def parse(self) -> Test:
        self.expect("{")
        test = self.either()
        self.expect("}")
        if self.word[0] != "end":
            raise self.unexpected("the end")
        return test

    def either(self) -> Test:
        tests = [self.both()]
        while self.took("||"):
            tests.append(self.both())
        return lambda document: any(test(document) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.took("&&"):
            tests.append(self.single())
        return lambda document: all(test(document) for test in tests)

    def single(self) -> Test:
        if self.took("("):
            test = self.either()
            self.expect(")")
            return test
        kind, selector, _ = self.word
        if kind != "selector":
            raise self.unexpected("a selector such as $.name, or a parenthesis")
        self.take()
        self.selectors.append(selector)
        return self._after(selector)

    def _after(self, selector: str) -> Test:
        if self.took_word("NOT", "EXISTS"):
            return lambda document: not any(True for _ in select(document, selector))
        if self.took_word("EXISTS"):
            return lambda document: any(True for _ in select(document, selector))
        for word, wanted in (("TRUE", True), ("FALSE", False), ("NULL", None)):
            if self.took_word("IS", word):
                return _is(selector, wanted)
        kind, sign, _ = self.word
        if kind != "sign" or sign not in COMPARE:
            raise self.unexpected("a comparison, IS or EXISTS")
        self.take()
        return self._compared(selector, sign)

    def _compared(self, selector: str, sign: str) -> Test:
        kind, text, place = self.take()
        if kind == "regex":
            expression = regular(text, place)
            found: Test = lambda value: isinstance(value, str) and expression.search(value) is not None  # noqa: E731
        elif kind == "word" and as_number(text) is not None:
            number, compare = float(text), COMPARE[sign]
            return lambda document: any(
                (had := as_number(value)) is not None and compare(had, number) for value in select(document, selector)
            )
        elif kind in ("text", "word"):
            whole = wildcard(re.sub(r"\\(.)", r"\1", text) if kind == "text" else text)
            found = lambda value: isinstance(value, str | int | float | bool) and bool(whole.fullmatch(_text(value)))  # noqa: E731
        else:
            self.at -= 1
            raise self.unexpected("a value")
        if sign == "=":
            return lambda document: any(found(value) for value in select(document, selector))
        if sign == "!=":
            return lambda document: (values := list(select(document, selector))) != [] and not any(map(found, values))
        raise PatternError(f"{sign!r} compares numbers, and {text!r} is none", place)


def _is(selector: str, wanted: object) -> Test:
    return lambda document: any(value is wanted for value in select(document, selector))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
