"""Errors of a spec in words: the key's path, the value, the rule, the nearest valid choice. One sentence each."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

__all__ = ["SpecError", "problems"]

_TYPES = {
    "number": "a number",
    "integer": "a whole number",
    "string": "text",
    "object": "a table",
    "boolean": "true or false",
    "array": "a list",
}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_TAGS = ("shape", "distribution")  # the key of a table that says which keys it may have


class SpecError(ValueError):
    """A spec can't be used; `problems` holds one sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def problems(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with a document, a sentence each, in the order of the document's keys."""
    found = [
        f"{path}: {_shown(value)} is not a number that can be used; it must be finite"
        for path, value in _not_finite(document, "")
    ]
    if found:
        return found
    errors = Draft202012Validator(schema).iter_errors(document)
    for error in sorted(errors, key=lambda error: _position(document, list(error.path))):
        found += _sentences(error, "")
    return list(dict.fromkeys(found))


def _position(document: Any, path: list[Any]) -> list[int]:
    """Where in the document something stands, as numbers that can be compared; a table stands before its keys."""
    position = []
    for key in path:
        position.append(key if isinstance(key, int) else list(document).index(key))
        document = document[key]
    return position


def _not_finite(value: Any, path: str) -> Iterator[tuple[str, float]]:
    """Numbers that are infinite, are none, or are too large for arithmetic."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_finite(item, _join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{index}]")
    elif (isinstance(value, int) and abs(value) > sys.float_info.max) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        yield path, value


def _join(path: str, key: object) -> str:
    """The path one step down, written as TOML would."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    name = str(key) if re.fullmatch(r"[A-Za-z0-9_-]+", str(key)) else json.dumps(key)
    return f"{path}.{name}" if path else name


def _sentences(error: ValidationError, above: str) -> Iterator[str]:
    path = above
    for key in error.path:
        path = _join(path, key)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    described = schema.get("description", "")
    match error.validator:
        case "oneOf":
            yield from _of_the_chosen(error, path)
        case "additionalProperties":
            known = list(schema["properties"])
            for key in value:
                if key not in known:
                    yield f"{_join(path, key)}: there is no such key; {_nearest(key, known)}"
        case "required":
            for key in rule:
                if key not in value:
                    what = schema.get("properties", {}).get(key, {}).get("description", "")
                    yield f"{_join(path, key)} is missing" + (f": {what}" if what else "")
        case "type":
            yield f"{path}: {_shown(value)} must be {_TYPES[rule]}{_of_type(value, rule)}"
        case "enum":
            yield f"{path}: {_shown(value)} is none of the choices; {_nearest(value, rule)}"
        case "minimum":
            yield f"{path}: {value} must be at least {rule}{_about(described)}"
        case "exclusiveMinimum":
            yield f"{path}: {value} must be above {rule}{_about(described)}"
        case "maximum":
            yield f"{path}: {value} must be at most {rule}{_about(described)}"
        case "minLength":
            yield f"{path}: it must not be empty{_about(described)}"
        case "minItems":
            yield f"{path}: {_shown(value)} must have at least {rule} items{_about(described)}"
        case "maxItems":
            yield f"{path}: {_shown(value)} must have at most {rule} items{_about(described)}"
        case _:
            raise AssertionError(f"the schema uses {error.validator}, for which there are no words")


def _of_the_chosen(error: ValidationError, path: str) -> Iterator[str]:
    """Of the ways in which a table may look, what is wrong with the one that its tag names."""
    branches: Any = error.validator_value
    tag = next(key for key in _TAGS if key in branches[0]["properties"])
    choices = [branch["properties"][tag]["const"] for branch in branches]
    if not isinstance(error.instance, Mapping) or tag not in error.instance:
        return  # the table's own type and required keys say so
    chosen: Any = error.instance[tag]
    if chosen not in choices:
        yield f"{_join(path, tag)}: {_shown(chosen)} is none of the choices; {_nearest(chosen, choices)}"
        return
    for inner in error.context or ():
        if inner.schema_path[0] == choices.index(chosen):
            yield from _sentences(inner, path)


def _nearest(value: Any, choices: list[Any]) -> str:
    names = [str(choice) for choice in choices]
    near = get_close_matches(str(value), names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"it may be {', '.join(names)}"


def _of_type(value: Any, rule: str) -> str:
    """The nearest value of the type, if the value looks like one."""
    word = str(value).strip().lower()
    if rule == "boolean" and word in _TRUE + _FALSE:
        return f"; did you mean {'true' if word in _TRUE else 'false'}?"
    if rule == "string" and not isinstance(value, (Mapping, list)):
        return f'; did you mean "{_shown(value)}"?'
    if rule in ("number", "integer") and isinstance(value, (str, float)):
        try:
            number = float(word)
        except ValueError:
            return ""
        if math.isfinite(number):
            return f"; did you mean {round(number) if rule == 'integer' or number.is_integer() else number}?"
    return ""


def _about(description: str) -> str:
    return f": {description[0].lower()}{description[1:]}" if description else ""


def _shown(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
