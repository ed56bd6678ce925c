"""The condition operators of IAM's policy language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from moto_lmi.iam.matching import Context, arn_matches, matches, resolved

_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
}


@dataclass(frozen=True)
class Condition:
    """One key of a Condition block. `quantifier` is ForAnyValue, ForAllValues or empty."""

    operator: str
    quantifier: str
    if_exists: bool
    key: str
    values: tuple[str, ...]


def holds(condition: Condition, context: Context, *, variables: bool) -> bool:
    """Whether the condition is true of the request.

    A key that the request doesn't have makes a condition false, but a negated one true; so do `…IfExists` and
    ForAllValues. `variables` tells whether `${…}` in its values is a variable.
    """
    present = context.get(condition.key.lower())
    if condition.operator == "Null":
        return any((present is None) == (value.lower() == "true") for value in condition.values)
    found = () if present is None else present if isinstance(present, tuple) else (present,)
    negated = condition.operator in _NEGATED
    if not found:
        return condition.if_exists or condition.quantifier == "ForAllValues" or (negated and not condition.quantifier)
    compare = OPERATORS[_NEGATED.get(condition.operator, condition.operator)]
    fits = [any(compare(value, item, context if variables else None) for value in condition.values) for item in found]
    if negated:
        return any(not fit for fit in fits) if condition.quantifier == "ForAnyValue" else not any(fits)
    return all(fits) if condition.quantifier == "ForAllValues" else any(fits)


def _text(wanted: str, context: Context | None) -> str | None:
    return wanted if context is None else resolved(wanted, context)


def _string_equals(wanted: str, found: str, context: Context | None) -> bool:
    return _text(wanted, context) == found


def _string_equals_ignore_case(wanted: str, found: str, context: Context | None) -> bool:
    text = _text(wanted, context)
    return text is not None and text.lower() == found.lower()


def _bool(wanted: str, found: str, context: Context | None) -> bool:
    return wanted.lower() == found.lower()


def _ip_address(wanted: str, found: str, context: Context | None) -> bool:
    try:
        return ip_address(found) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str, Context | None], bool]:
    def compared(wanted: str, found: str, context: Context | None) -> bool:
        try:
            return compare(float(found), float(wanted))
        except ValueError:
            return False

    return compared


def _dates(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str, Context | None], bool]:
    def compared(wanted: str, found: str, context: Context | None) -> bool:
        try:
            return compare(_moment(found), _moment(wanted))
        except (ValueError, OverflowError):
            return False

    return compared


def _moment(text: str) -> datetime:
    """A date as ISO 8601 or in seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


OPERATORS: dict[str, Callable[[str, str, Context | None], bool]] = {
    "StringEquals": _string_equals,
    "StringEqualsIgnoreCase": _string_equals_ignore_case,
    "StringLike": matches,
    "NumericEquals": _numbers(lambda found, wanted: found == wanted),
    "NumericLessThan": _numbers(lambda found, wanted: found < wanted),
    "NumericLessThanEquals": _numbers(lambda found, wanted: found <= wanted),
    "NumericGreaterThan": _numbers(lambda found, wanted: found > wanted),
    "NumericGreaterThanEquals": _numbers(lambda found, wanted: found >= wanted),
    "DateEquals": _dates(lambda found, wanted: found == wanted),
    "DateLessThan": _dates(lambda found, wanted: found < wanted),
    "DateLessThanEquals": _dates(lambda found, wanted: found <= wanted),
    "DateGreaterThan": _dates(lambda found, wanted: found > wanted),
    "DateGreaterThanEquals": _dates(lambda found, wanted: found >= wanted),
    "Bool": _bool,
    "BinaryEquals": _string_equals,
    "IpAddress": _ip_address,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Null": _bool,
}
OPERATORS.update({negated: OPERATORS[plain] for negated, plain in _NEGATED.items()})
