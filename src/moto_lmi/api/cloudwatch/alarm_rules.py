"""The rule of a composite alarm: ALARM("a") AND (OK(b) OR NOT INSUFFICIENT_DATA("c")), TRUE, FALSE.

moto 5.2.5 has no PutCompositeAlarm.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from moto_lmi.api.cloudwatch.math_parser import ExpressionError

StateOf = Callable[[str], str]
"""The state of the alarm with the name."""

_WORD = re.compile(r"""\s*(?:(?P<sign>[()])|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>[^\s()"']+))""")
_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")


@dataclass
class Rule:
    """A rule that was read, and the alarms that it names."""

    test: Callable[[StateOf], bool]
    alarms: list[str] = field(default_factory=list)


def parse_rule(text: str) -> Rule:
    """Read the rule. Raises ExpressionError with the place at which it can't be understood."""
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.words: list[tuple[str, str, int]] = []
        self.at = 0
        self.names: list[str] = []
        position, text = 0, text.rstrip()
        while position < len(text):
            match = _WORD.match(text, position)
            if match is None or match.lastgroup is None:
                raise ExpressionError("a quotation mark is not closed", position + 1)
            self.words.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
            position = match.end()
        self.words.append(("end", "", len(text) + 1))

    def parse(self) -> Rule:
        test = self.either()
        if self.words[self.at][0] != "end":
            raise self.unexpected("AND, OR or the end")
        return Rule(test, self.names)

    def unexpected(self, wanted: str) -> ExpressionError:
        _, text, place = self.words[self.at]
        return ExpressionError(f"{wanted} is expected, not {text!r}" if text else f"{wanted} is expected", place)

    def took(self, kind: str, text: str) -> bool:
        found = self.words[self.at]
        if found[0] == kind and found[1].upper() == text:
            self.at += 1
            return True
        return False

    def either(self) -> Callable[[StateOf], bool]:
        tests = [self.both()]
        while self.took("word", "OR"):
            tests.append(self.both())
        return lambda state_of: any(test(state_of) for test in tests)

    def both(self) -> Callable[[StateOf], bool]:
        tests = [self.single()]
        while self.took("word", "AND"):
            tests.append(self.single())
        return lambda state_of: all(test(state_of) for test in tests)

    def single(self) -> Callable[[StateOf], bool]:
        if self.took("word", "NOT"):
            refused = self.single()
            return lambda state_of: not refused(state_of)
        if self.took("sign", "("):
            inner = self.either()
            self.close()
            return inner
        for word in ("TRUE", "FALSE"):
            if self.took("word", word):
                outcome = word == "TRUE"
                return lambda state_of: outcome
        for state in _STATES:
            if self.took("word", state):
                return self.state_test(state)
        raise self.unexpected("ALARM(…), OK(…), INSUFFICIENT_DATA(…), NOT, TRUE, FALSE or a parenthesis")

    def state_test(self, state: str) -> Callable[[StateOf], bool]:
        if not self.took("sign", "("):
            raise self.unexpected(f"a parenthesis after {state}")
        parts = []
        while self.words[self.at][0] in ("word", "text"):
            parts.append(self.words[self.at][1])
            self.at += 1
        if not parts:
            raise self.unexpected("the name of an alarm")
        name = " ".join(parts)
        if name[0] in "\"'":
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        name = name.split(":alarm:", 1)[-1] if name.startswith("arn:") else name
        self.close()
        self.names.append(name)
        return lambda state_of: state_of(name) == state

    def close(self) -> None:
        if not self.took("sign", ")"):
            raise self.unexpected("a closing parenthesis")
