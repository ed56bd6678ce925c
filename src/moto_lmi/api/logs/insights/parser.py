"""The grammar of Insights queries.

query = command {| command};   a line's rest after # is a comment
or = and {or and};  and = not {and not};  not = [not] comparison
comparison = sum [(= != < <= > >=) sum | [not] like (string | regex) | =~ regex | [not] in [sum, …]]
sum = product {(+ | -) product};  product = power {(* | / | %) power};  power = unary [^ power]
unary = [-] (number | period | string | field | `field` | name(arguments) | (or))
"""

from __future__ import annotations

import re
from collections.abc import Callable

from moto_lmi.api.logs.insights.aggregates import AGGREGATES
from moto_lmi.api.logs.insights.functions import FUNCTIONS
from moto_lmi.api.logs.insights.syntax import (
    Call,
    Command,
    Dedup,
    Expression,
    Field,
    Fields,
    Filter,
    Limit,
    ListOf,
    Literal,
    Named,
    Parse,
    Period,
    QueryError,
    Regex,
    Sort,
    Stats,
)

_SPACE = re.compile(r"(?:\s|#[^\n]*)*")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(ms|mo|[smhdwqy])?(?![\w.])")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)*)/(i?)")
_NAME = re.compile(r"`([^`]+)`|([A-Za-z_@][\w@]*(?:\.[\w@]+)*)")
_WORD = re.compile(r"[A-Za-z_]+")
_COMPARISON = re.compile(r"=~|!=|<=|>=|=|<|>")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_592_000, "q": 7_776_000, "y": 31_536_000}  # fmt: skip
_LONG = {
    "millisecond": "ms", "milliseconds": "ms", "msec": "ms", "second": "s", "seconds": "s", "sec": "s", "minute": "m",
    "minutes": "m", "min": "m", "hour": "h", "hours": "h", "hr": "h", "day": "d", "days": "d", "week": "w",
    "weeks": "w", "month": "mo", "months": "mo", "quarter": "q", "year": "y",
}  # fmt: skip
_RESERVED = {"and", "or", "not", "like", "in", "as", "by", "asc", "desc"}
_DEEPEST = 100
_MOST_LIMIT = 10_000


def parse_query(text: str) -> tuple[Command, ...]:
    """The commands of the query. Raises QueryError with the place."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.commands: dict[str, Callable[[], Command]] = {
            "fields": self.fields,
            "display": self.display,
            "filter": self.filter,
            "parse": self.parse,
            "stats": self.stats,
            "sort": self.sort,
            "limit": self.limit,
            "dedup": self.dedup,
        }

    # --- words ---------------------------------------------------------------------------------------------------------

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def took(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.skip()
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def took_sign(self, *signs: str) -> str | None:
        self.skip()
        for sign in signs:
            if self.text.startswith(sign, self.at):
                self.at += len(sign)
                return sign
        return None

    def took_word(self, *words: str) -> str | None:
        self.skip()
        match = _WORD.match(self.text, self.at)
        if match and match[0].lower() in words:
            self.at = match.end()
            return match[0].lower()
        return None

    def expect(self, sign: str) -> None:
        if self.took_sign(sign) is None:
            raise self.unexpected(repr(sign))

    def unexpected(self, wanted: str) -> QueryError:
        self.skip()
        match = re.compile(r"[\w@.]+|\S").match(self.text, self.at)
        if match is None:
            return QueryError(f"{wanted} is expected, not the end", len(self.text))
        return QueryError(f"{wanted} is expected, not {match[0]!r}", match.start(), match.end())

    # --- commands ------------------------------------------------------------------------------------------------------

    def query(self) -> tuple[Command, ...]:
        commands = [self.command()]
        while self.took_sign("|"):
            commands.append(self.command())
        self.skip()
        if self.at < len(self.text):
            raise self.unexpected("'|' or the end")
        return tuple(commands)

    def command(self) -> Command:
        name = self.took_word(*self.commands)
        if name is None:
            raise self.unexpected(f"a command ({', '.join(self.commands)})")
        return self.commands[name]()

    def listed(self, item: Callable[[], Named]) -> tuple[Named, ...]:
        items = [item()]
        while self.took_sign(","):
            items.append(item())
        return tuple(items)

    def named(self) -> Named:
        self.skip()
        start = self.at
        expression = self.either()
        name = self.text[start : self.at].strip()
        if isinstance(expression, Field):
            name = expression.name
        if self.took_word("as"):
            name = self.name()
        return Named(name, expression)

    def name(self) -> str:
        match = self.took(_NAME)
        if match is None:
            raise self.unexpected("a name")
        return match[1] or match[2]

    def fields(self) -> Fields:
        return Fields(self.listed(self.named))

    def display(self) -> Fields:
        return Fields(self.listed(self.named), display=True)

    def filter(self) -> Filter:
        return Filter(self.either())

    def parse(self) -> Parse:
        self.skip()
        begin = self.at
        source: Expression = Field("@message")
        if not re.compile(r"[\"'/]").match(self.text, begin):
            source = self.unary()
        self.skip()
        start = self.at
        regex = self.took(_REGEX)
        if regex:
            pattern = self.compiled(_python_groups(regex[1]), regex[2], start)
            names: tuple[str, ...] = tuple(pattern.groupindex)
            if not names:
                raise QueryError("the regular expression of parse needs a named group (?<name>…)", start, self.at)
            return Parse(source, pattern, names)
        text = self.took(_STRING)
        if text is None:
            raise self.unexpected("a string with * or a regular expression")
        glob = _unquoted(text)
        if not self.took_word("as"):
            raise self.unexpected("'as' and the names of the values")
        found = [self.name()]
        while self.took_sign(","):
            found.append(self.name())
        if len(found) != glob.count("*"):
            raise QueryError(f"the pattern has {glob.count('*')} * and there are {len(found)} names", start, self.at)
        return Parse(source, _glob(glob), tuple(found))

    def compiled(self, pattern: str, flags: str, start: int) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.IGNORECASE if flags else 0)
        except re.error as exc:
            raise QueryError(f"the regular expression can't be used: {exc}", start, self.at) from exc

    def stats(self) -> Stats:
        self.skip()
        start = self.at
        items = self.listed(self.named)
        for item in items:
            if not _aggregates_in(item.expression):
                raise QueryError(f"{item.name} is no aggregate; use one of {', '.join(AGGREGATES)}", start, self.at)
        by = self.listed(self.named) if self.took_word("by") else ()
        return Stats(items, by)

    def sort(self) -> Sort:
        keys = [self.sort_key()]
        while self.took_sign(","):
            keys.append(self.sort_key())
        return Sort(tuple(keys))

    def sort_key(self) -> tuple[Expression, bool]:
        expression = self.sum()
        return expression, self.took_word("asc", "desc") == "desc"

    def limit(self) -> Limit:
        self.skip()
        start = self.at
        match = self.took(re.compile(r"\d+(?!\w)"))
        if match is None:
            raise self.unexpected("a number")
        if not 1 <= int(match[0]) <= _MOST_LIMIT:
            raise QueryError(f"a limit is between 1 and {_MOST_LIMIT}", start, self.at)
        return Limit(int(match[0]))

    def dedup(self) -> Dedup:
        fields: list[Expression] = [Field(self.name())]
        while self.took_sign(","):
            fields.append(Field(self.name()))
        return Dedup(tuple(fields))

    # --- expressions ---------------------------------------------------------------------------------------------------

    def deeper(self, rule: Callable[[], Expression]) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise QueryError(f"the query is nested more than {_DEEPEST} deep", self.at)
        try:
            return rule()
        finally:
            self.depth -= 1

    def either(self) -> Expression:
        node = self.both()
        while self.took_word("or"):
            node = Call("or", (node, self.both()), self.at)
        return node

    def both(self) -> Expression:
        node = self.negated()
        while self.took_word("and"):
            node = Call("and", (node, self.negated()), self.at)
        return node

    def negated(self) -> Expression:
        if self.took_word("not"):
            return Call("not", (self.deeper(self.negated),), self.at)
        return self.comparison()

    def comparison(self) -> Expression:
        left = self.sum()
        start = self.at
        sign = self.took(_COMPARISON)
        if sign:
            right = self.regex_or_text() if sign[0] == "=~" else self.sum()
            return Call("like" if sign[0] == "=~" else sign[0], (left, right), start)
        negate = self.took_word("not") is not None
        node: Expression
        if self.took_word("like"):
            node = Call("like", (left, self.regex_or_text()), start)
        elif self.took_word("in"):
            node = Call("in", (left, self.in_list()), start)
        elif negate:
            raise self.unexpected("'like' or 'in'")
        else:
            return left
        return Call("not", (node,), start) if negate else node

    def regex_or_text(self) -> Expression:
        self.skip()
        start = self.at
        match = self.took(_REGEX)
        if match:
            return Regex(self.compiled(_python_groups(match[1]), match[2], start))
        text = self.took(_STRING)
        if text is None:
            raise self.unexpected("a string or a regular expression between slashes")
        return Literal(_unquoted(text))

    def in_list(self) -> ListOf:
        self.expect("[")
        items = [self.sum()]
        while self.took_sign(","):
            items.append(self.sum())
        self.expect("]")
        return ListOf(tuple(items))

    def sum(self) -> Expression:
        node = self.product()
        while sign := self.took_sign("+", "-"):
            node = Call(sign, (node, self.product()), self.at)
        return node

    def product(self) -> Expression:
        node = self.power()
        while sign := self.took_sign("*", "/", "%"):
            node = Call(sign, (node, self.power()), self.at)
        return node

    def power(self) -> Expression:
        node = self.unary()
        if self.took_sign("^"):
            node = Call("^", (node, self.deeper(self.power)), self.at)
        return node

    def unary(self) -> Expression:
        if self.took_sign("-"):
            return Call("-", (Literal(0.0), self.deeper(self.unary)), self.at)
        if self.took_sign("("):
            node = self.deeper(self.either)
            self.expect(")")
            return node
        number = self.took(_NUMBER)
        if number:
            return Period(float(number[1]) * _SECONDS[number[2]]) if number[2] else Literal(float(number[1]))
        text = self.took(_STRING)
        if text:
            return Literal(_unquoted(text))
        self.skip()
        start = self.at
        name = self.took(_NAME)
        if name is None or (name[2] or "").lower() in _RESERVED:
            self.at = start
            raise self.unexpected("a value")
        if name[2] and self.took_sign("("):
            return self.called(name[2], start)
        return Field(name[1] or name[2])

    def called(self, written: str, start: int) -> Expression:
        name = written.lower()
        if name not in FUNCTIONS and name not in AGGREGATES:
            raise QueryError(f"there is no function {written}", start, start + len(written))
        arguments: list[Expression] = []
        if self.took_sign("*"):
            arguments.append(Field("*"))
        else:
            self.skip()
            if not self.text.startswith(")", self.at):
                arguments.append(self.argument())
                while self.took_sign(","):
                    arguments.append(self.argument())
        self.expect(")")
        return self.checked(name, arguments, start)

    def argument(self) -> Expression:
        self.skip()
        long = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)").match(self.text, self.at)
        if long and long[2].lower() in _LONG:
            self.at = long.end()
            return Period(float(long[1]) * _SECONDS[_LONG[long[2].lower()]])
        return self.deeper(self.either)

    def checked(self, name: str, arguments: list[Expression], start: int) -> Call:
        low, high = AGGREGATES[name].arity if name in AGGREGATES else FUNCTIONS[name].arity
        if not low <= len(arguments) <= high:
            wanted = str(low) if low == high else f"{low} to {high}" if high < 99 else f"at least {low}"
            raise QueryError(f"{name} takes {wanted} arguments, not {len(arguments)}", start, self.at)
        return Call(name, tuple(arguments), start, self.text[start : self.at])


def _unquoted(match: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])


def _python_groups(pattern: str) -> str:
    """Named groups as Python writes them."""
    return re.sub(r"\(\?<(?![=!])", "(?P<", pattern)


def _glob(text: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in text.split("*")]
    groups = "(.*?)".join(parts)
    return re.compile(groups if parts[-1] else groups.removesuffix("(.*?)") + "(.*)", re.DOTALL)


def _aggregates_in(expression: Expression) -> bool:
    if not isinstance(expression, Call):
        return False
    return expression.name in AGGREGATES or any(_aggregates_in(argument) for argument in expression.arguments)
