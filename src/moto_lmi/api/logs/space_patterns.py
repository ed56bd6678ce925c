"""Space-delimited patterns: `[ip, user, ..., status = 4*, bytes > 1000]`.

Text in brackets or double quotes is one field. An ellipsis stands for any number of fields. A condition repeats the name
of its field: `[level = ERROR || level = WARN, ...]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from moto_lmi.api.logs.patterns import COMPARE, Fields, PatternError, as_number, regular, wildcard

_FIELD = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)')
_CONDITION = re.compile(
    r"\s*(?P<name>[A-Za-z_@][\w@\-]*)?\s*(?:(?P<sign>!=|<=|>=|=|<|>)\s*"
    r'(?:"(?P<text>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s,&|"%]+)))?\s*'
)


@dataclass(frozen=True)
class _Slot:
    """One place of the pattern: a name, and what its value has to be; `rest` for the ellipsis."""

    name: str = ""
    test: Callable[[str], bool] = lambda value: True
    rest: bool = False


def space_finder(text: str) -> Callable[[str], Fields | None]:
    """The test of a message for the pattern. Raises PatternError with the place."""
    slots = _slots(text)
    if sum(slot.rest for slot in slots) > 1:
        raise PatternError("an ellipsis can stand in one place only", text.rindex("...") + 1)

    def find(message: str) -> Fields | None:
        values = [next((part for part in found if part), "") for found in _FIELD.findall(message)]
        placed = _placed(slots, values)
        if placed is None or not all(slot.test(value) for slot, value in placed):
            return None
        return {f"${slot.name}": value for slot, value in placed if slot.name}

    return find


def _placed(slots: Sequence[_Slot], values: Sequence[str]) -> list[tuple[_Slot, str]] | None:
    """Each slot with its value, None when there are too many or too few values."""
    at = next((place for place, slot in enumerate(slots) if slot.rest), None)
    if at is None:
        return list(zip(slots, values, strict=True)) if len(slots) == len(values) else None
    before, after = slots[:at], slots[at + 1 :]
    if len(values) < len(before) + len(after):
        return None
    tail = values[len(values) - len(after) :]
    return [*zip(before, values[: len(before)], strict=True), *zip(after, tail, strict=True)]


def _slots(text: str) -> list[_Slot]:
    begin = text.index("[") + 1
    end = text.rstrip()
    if not end.endswith("]"):
        raise PatternError("']' is expected", len(end) + 1)
    position, limit = begin, len(end) - 1
    slots: list[_Slot] = []
    while True:
        slot, position = _slot(text, position, limit)
        slots.append(slot)
        if position >= limit:
            return slots
        if text[position] != ",":
            raise PatternError(f"',' or ']' is expected, not {text[position]!r}", position + 1)
        position += 1


def _slot(text: str, position: int, limit: int) -> tuple[_Slot, int]:
    ellipsis = re.compile(r"\s*\.\.\.\s*").match(text, position, limit)
    if ellipsis:
        return _Slot(rest=True), ellipsis.end()
    name, any_of, all_of = "", list[list[Callable[[str], bool]]](), list[Callable[[str], bool]]()
    while True:
        match = _CONDITION.match(text, position, limit)
        assert match is not None  # every part of it may be missing
        if match["name"] is None and (match["sign"] is not None or name):
            raise PatternError("the name of a field is expected", position + 1)
        if match["name"] and name and match["name"] != name:
            raise PatternError(
                f"a condition on {name!r} is expected, not on {match['name']!r}", match.start("name") + 1
            )
        name = match["name"] or name
        all_of.append(_test(match))
        position = match.end()
        joint = text[position : min(position + 2, limit)]
        if joint == "||":
            any_of.append(all_of)
            all_of = []
        elif joint != "&&":
            any_of.append(all_of)
            break
        position += 2
    groups = any_of
    return _Slot(name, lambda value: any(all(test(value) for test in group) for group in groups)), position


def _test(match: re.Match[str]) -> Callable[[str], bool]:
    sign = match["sign"]
    if sign is None:
        return lambda value: True
    if match["regex"] is not None:
        expression = regular(match["regex"], match.start("regex"))
        return lambda value: (expression.search(value) is not None) == (sign == "=")
    text = match["text"] if match["text"] is not None else match["word"]
    number = as_number(text) if match["word"] is not None else None
    if number is not None:
        compare = COMPARE[sign]
        return lambda value: (had := as_number(value)) is not None and compare(had, number)
    if sign not in ("=", "!="):
        raise PatternError(f"{sign!r} compares numbers, and {text!r} is none", match.start("sign") + 1)
    whole = wildcard(text)
    return lambda value: (whole.fullmatch(value) is not None) == (sign == "=")
