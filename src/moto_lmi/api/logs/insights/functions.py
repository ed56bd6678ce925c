"""The operators and functions of Insights on single values. A value that is missing is None and mostly stays it."""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from moto_lmi.api.logs.patterns import COMPARE, as_number

Value = float | str | bool | None


@dataclass(frozen=True)
class Function:
    """A function and how many arguments it takes, from and to."""

    call: Callable[..., Value]
    arity: tuple[int, int]


def text_of(value: Value) -> str:
    """A value as text: whole numbers without a point, others with at most four places."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float | int):
        if math.isfinite(value) and value == int(value):
            return str(int(value))
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return value


def truth(value: Value) -> bool:
    """Whether a condition with the value holds."""
    return bool(value) and value != "0" and value != "false"


def compared(sign: str, left: Value, right: Value) -> bool:
    """A comparison: of numbers if both are, else of texts. What is missing is unlike everything, and in no order."""
    if left is None or right is None:
        return sign == "!="
    numbers = as_number(left), as_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return COMPARE[sign](numbers[0], numbers[1])
    one, other = text_of(left), text_of(right)
    order = float((one > other) - (one < other))
    return COMPARE[sign](order, 0.0)


def _numbers(call: Callable[..., float]) -> Callable[..., Value]:
    """A function of numbers; None when an argument is none, or the result isn't defined."""

    def wrapped(*values: Value) -> Value:
        numbers = [as_number(value) for value in values]
        if any(number is None for number in numbers):
            return None
        try:
            result = call(*numbers)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        return float(result) if isinstance(result, int | float) and math.isfinite(result) else None

    return wrapped


def _texts(call: Callable[..., Value]) -> Callable[..., Value]:
    """A function of texts; None when the first is missing."""

    def wrapped(first: Value, *others: Value) -> Value:
        return None if first is None else call(text_of(first), *others)

    return wrapped


def _substr(text: str, start: Value, length: Value = None) -> Value:
    begin = int(as_number(start) or 0)
    size = as_number(length)
    return text[begin:] if size is None else text[begin : begin + int(size)]


def _trimmed(side: str) -> Callable[..., Value]:
    def trim(text: str, characters: Value = None) -> Value:
        return str(getattr(text, side)(None if characters is None else text_of(characters)))

    return trim


def _in_subnet(text: str, subnet: Value) -> Value:
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(text_of(subnet), strict=False)
    except ValueError:
        return False


def _is_ip(text: str) -> Value:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _json_parse(text: str) -> Value:
    try:
        return json.dumps(json.loads(text))
    except ValueError:
        return None


def _floor_to(value: Value, seconds: Value) -> Value:
    moment, period = as_number(value), as_number(seconds)
    return None if moment is None or not period else moment // (period * 1000) * period * 1000


def _ceil_to(value: Value, seconds: Value) -> Value:
    moment, period = as_number(value), as_number(seconds)
    return None if moment is None or not period else -(-moment // (period * 1000)) * period * 1000


def _extreme(values: Sequence[Value], pick: Callable[[Sequence[float]], float]) -> Value:
    numbers = [number for value in values if (number := as_number(value)) is not None]
    return pick(numbers) if numbers else None


OPERATORS: Mapping[str, Callable[..., Value]] = {
    "+": _numbers(lambda left, right: left + right),
    "-": _numbers(lambda left, right: left - right),
    "*": _numbers(lambda left, right: left * right),
    "/": _numbers(lambda left, right: left / right),
    "%": _numbers(math.fmod),
    "^": _numbers(math.pow),
}

FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(_numbers(abs), (1, 1)),
    "ceil": Function(_numbers(math.ceil), (1, 1)),
    "floor": Function(_numbers(math.floor), (1, 1)),
    "log": Function(_numbers(math.log), (1, 1)),
    "sqrt": Function(_numbers(math.sqrt), (1, 1)),
    "greatest": Function(lambda *values: _extreme(values, max), (1, 99)),
    "least": Function(lambda *values: _extreme(values, min), (1, 99)),
    "ispresent": Function(lambda value: value is not None, (1, 1)),
    "coalesce": Function(lambda *values: next((value for value in values if value is not None), None), (1, 99)),
    "if": Function(lambda test, then, other: then if truth(test) else other, (3, 3)),
    "concat": Function(lambda *values: "".join(text_of(value) for value in values), (1, 99)),
    "strlen": Function(_texts(lambda text: float(len(text))), (1, 1)),
    "substr": Function(_texts(_substr), (2, 3)),
    "toupper": Function(_texts(str.upper), (1, 1)),
    "tolower": Function(_texts(str.lower), (1, 1)),
    "trim": Function(_texts(_trimmed("strip")), (1, 2)),
    "ltrim": Function(_texts(_trimmed("lstrip")), (1, 2)),
    "rtrim": Function(_texts(_trimmed("rstrip")), (1, 2)),
    "replace": Function(_texts(lambda text, old, new: text.replace(text_of(old), text_of(new))), (3, 3)),
    "strcontains": Function(_texts(lambda text, part: float(text_of(part) in text)), (2, 2)),
    "isempty": Function(lambda value: value is None or value == "", (1, 1)),
    "isblank": Function(lambda value: value is None or not text_of(value).strip(), (1, 1)),
    "isvalidip": Function(_texts(_is_ip), (1, 1)),
    "isipinsubnet": Function(_texts(_in_subnet), (2, 2)),
    "jsonparse": Function(_texts(_json_parse), (1, 1)),
    "datefloor": Function(_floor_to, (2, 2)),
    "dateceil": Function(_ceil_to, (2, 2)),
    "frommillis": Function(_numbers(lambda value: value), (1, 1)),
    "tomillis": Function(_numbers(lambda value: value), (1, 1)),
    "bin": Function(_floor_to, (1, 2)),
    "now": Function(lambda: None, (0, 0)),
}
"""By name in small letters. `bin` without a first argument is of @timestamp, `now` is the query's; see `running`."""


def like(value: Value, wanted: re.Pattern[str] | str) -> bool:
    """Whether a value contains the text, or the expression finds something in it."""
    if value is None:
        return False
    text = text_of(value)
    return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None
