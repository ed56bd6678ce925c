"""The reference of a simulator's spec, drawn from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docs.pages.tables import GENERATED, code, table, text
from lmi_sim.spec import schema

_HEAD = ["Key", "Meaning", "Value", "Default"]
_TYPES = {"number": "a number", "integer": "a whole number", "string": "text", "boolean": "`true` or `false`"}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
}


def reference() -> str:
    """A heading and tables for each section of a spec."""
    whole = schema()
    sections = whole["properties"]
    plain = {name: item for name, item in sections.items() if item.get("type") != "object"}
    parts = [GENERATED, "### Top of the file { #spec-top }", _table(plain, whole["required"])]
    for name, item in sections.items():
        if name not in plain:
            parts += _section(name, name, item)
    parts += ["### Distributions of times { #spec-distributions }"]
    parts += _alternatives("distribution", whole["$defs"]["distribution"])
    return "\n\n".join(parts)


def _section(path: str, anchor: str, item: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {code(f'[{path}]')} {{ #spec-{anchor.replace('_', '-').replace('.', '-')} }}"
    yield text(f"{item['description']}.")
    if "oneOf" in item:
        yield from _alternatives("shape", item)
        return
    inner = {key: value for key, value in item["properties"].items() if _is_table(value)}
    lines = {key: value for key, value in item["properties"].items() if key not in inner}
    yield _table(lines, item.get("required", ()))
    for key, value in inner.items():
        nested = value["items"] if value.get("type") == "array" else value
        title = f"[{path}.{key}]" if nested is value else f"[[{path}.{key}]]"
        yield f"#### {code(title)}"
        yield text(f"{value['description']}.")
        yield _table(nested["properties"], nested.get("required", ()))


def _is_table(item: Mapping[str, Any]) -> bool:
    return "properties" in item or "properties" in item.get("items", {})


def _alternatives(tag: str, item: Mapping[str, Any]) -> Iterator[str]:
    """What may stand beside each value of the key that decides; what all have stands in every row's table."""
    for branch in item["oneOf"]:
        keys = {key: value for key, value in branch["properties"].items() if key != tag}
        yield code(f'{tag} = "{branch["title"]}"')
        yield _table(keys, branch["required"])


def _table(keys: Mapping[str, Mapping[str, Any]], required: Iterable[str]) -> str:
    needed = set(required)
    return table(
        _HEAD,
        (
            [code(key), text(item["description"]), _value(item), _default(key, item, needed)]
            for key, item in keys.items()
        ),
    )


def _value(item: Mapping[str, Any]) -> str:
    if "$ref" in item:
        return "a [distribution](#spec-distributions)"
    if "enum" in item:
        return ", ".join(code(_shown(choice)) for choice in item["enum"])
    if item["type"] == "array":
        return f"a list, such as {code(_shown(item['examples'][0]))}"
    bounds = [words.format(_number(item[rule])) for rule, words in _BOUNDS.items() if rule in item]
    example = f", such as {code(_shown(item['examples'][0]))}" if item["type"] == "string" else ""
    return ", ".join([_TYPES[item["type"]], *bounds]) + example


def _default(key: str, item: Mapping[str, Any], required: set[str]) -> str:
    if key in required:
        return "*needed*"
    return code(_shown(item["default"])) if "default" in item else "—"


def _number(value: float) -> str:
    return f"{value:,}"


def _shown(value: Any) -> str:
    """A value as TOML writes it, words without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)
