"""Reads a request by botocore's service model and names every limit of it that a value breaks, in AWS's words."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import regex
from botocore.model import Shape
from moto.core.model import OperationModel

from moto_lmi.api.errors import SerializationException, ValidationException

_JSON_NAMES = {str: "STRING_VALUE", bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", type(None): "NULL"}
_TYPE_NAMES = {
    "string": "a String",
    "integer": "an Integer",
    "long": "a Long",
    "float": "a Float",
    "double": "a Double",
    "boolean": "a Boolean",
    "blob": "a Blob",
}
_DEEPEST_BODY = 100


def read_request(
    operation: OperationModel, uri: Mapping[str, str], query: Mapping[str, list[str]], headers: Any, body: bytes
) -> dict[str, Any]:
    """The members of a rest-json request by their names; members that the model doesn't have are dropped, as AWS does.

    Raises SerializationException when the body is no JSON object or a value has the wrong type, and
    ValidationException when values break limits of the model.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    payload = shape.serialization.get("payload")
    document = {} if payload else _read_body(body)
    members: dict[str, Any] = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        wire_name = member.serialization.get("name", name)
        raw: Any
        if name == payload:
            if member.type_name != "structure":
                members[name] = body
            elif body:
                members[name] = _read(member, _read_body(body))
            continue
        if location == "uri":
            raw = uri.get(wire_name)
        elif location == "querystring":
            raw = query.get(wire_name)
            if raw is not None and member.type_name != "list":
                raw = raw[0]
        elif location == "header":
            raw = headers.get(wire_name)
        else:
            raw = document.get(wire_name)
        if raw is not None:
            members[name] = _read(member, raw, is_text=location is not None)
    violations = list(_violations(shape, members, ""))
    if violations:
        raise ValidationException(violations)
    return members


def check_members(operation: OperationModel, members: Mapping[str, Any]) -> None:
    """Raise ValidationException when the members of a request break limits of the service model."""
    violations = list(_violations(operation.input_shape, members, "")) if operation.input_shape else []
    if violations:
        raise ValidationException(violations)


def _read_body(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        _check_depth(document, _DEEPEST_BODY)
    except (ValueError, RecursionError) as exc:
        raise SerializationException(f"Could not parse request body into json: {exc}") from exc
    if not isinstance(document, dict):
        raise SerializationException("Could not parse request body into json: it must be an object")
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, left - 1)


def _read(shape: Shape, raw: Any, *, is_text: bool = False) -> Any:
    """`raw` as the shape wants it; nulls inside structures and lists count as left out."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(raw, dict):
            raise SerializationException("Expected start of structure or null where something else was found")
        return {
            name: _read(member, raw[member.serialization.get("name", name)])
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if raw.get(member.serialization.get("name", name)) is not None
        }
    if kind == "list":
        if not isinstance(raw, list):
            raise SerializationException("Expected list or null where something else was found")
        return [None if item is None else _read(shape.member, item, is_text=is_text) for item in raw]  # type: ignore[attr-defined]
    if kind == "map":
        if not isinstance(raw, dict):
            raise SerializationException("Expected start of map or null where something else was found")
        return {key: _read(shape.value, item) for key, item in raw.items() if item is not None}  # type: ignore[attr-defined]
    if is_text and kind != "string":
        return _read_text(kind, raw)
    return _read_scalar(kind, raw)


def _read_scalar(kind: str, raw: Any) -> Any:
    if kind in ("integer", "long") and isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if kind in ("float", "double") and isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw) if abs(raw) < 1e308 else raw
    if kind == "boolean" and isinstance(raw, bool):
        return raw
    if kind == "string" and isinstance(raw, str):
        return raw
    if kind == "timestamp":
        return raw
    if kind == "blob" and isinstance(raw, str):
        try:
            base64.b64decode(raw, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise SerializationException("STRING_VALUE can not be converted to a Blob: it is not base64") from exc
        return raw
    found = _JSON_NAMES.get(type(raw), "START_OBJECT" if isinstance(raw, dict) else "START_ARRAY")
    raise SerializationException(f"{found} can not be converted to {_TYPE_NAMES.get(kind, kind)}")


def _read_text(kind: str, raw: str) -> Any:
    try:
        if kind in ("integer", "long"):
            return int(raw)
        if kind in ("float", "double"):
            return float(raw)
    except ValueError as exc:
        raise SerializationException(f"STRING_VALUE can not be converted to {_TYPE_NAMES[kind]}") from exc
    if kind == "boolean":
        return raw.lower() == "true"
    return raw


# --- limits ------------------------------------------------------------------------------------------------------------


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        required = shape.required_members
        for name, member in shape.members.items():  # type: ignore[attr-defined]
            inner = f"{path}.{_lower_camel(name)}" if path else _lower_camel(name)
            if name in value:
                yield from _violations(member, value[name], inner)
            elif name in required:
                yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"
    elif kind == "list":
        yield from _size_violations(shape, value, path)
        yield from _member_violations(shape.member, value, path)  # type: ignore[attr-defined]
    elif kind == "map":
        yield from _size_violations(shape, value, path)
        yield from _map_violations(shape, value, path)
    else:
        for constraint in _broken(shape, value):
            yield f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: {constraint}"


def _size_violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    for constraint in _broken_length(shape, len(value)):
        yield f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: {constraint}"


def _member_violations(member: Shape, values: list[Any], path: str) -> Iterator[str]:
    if member.type_name in ("structure", "list", "map"):
        for position, item in enumerate(values, 1):
            if item is not None:
                yield from _violations(member, item, f"{path}.{position}.member")
        return
    if any(item is None or next(_broken(member, item), None) for item in values):
        constraints = ", ".join(_constraints(member))
        yield (
            f"Value '{_shown(values)}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy constraint: [{constraints}]"
        )


def _map_violations(shape: Shape, value: dict[str, Any], path: str) -> Iterator[str]:
    keys, values = shape.key, shape.value  # type: ignore[attr-defined]
    if any(next(_broken(keys, key), None) for key in value):
        constraints = ", ".join(_constraints(keys))
        yield (
            f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: "
            f"Map keys must satisfy constraint: [{constraints}]"
        )
    if values.type_name == "structure":
        for key, item in value.items():
            yield from _violations(values, item, f"{path}.{key}")
    elif any(next(_broken(values, item), None) for item in value.values()):
        constraints = ", ".join(_constraints(values))
        yield (
            f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: "
            f"Map value must satisfy constraint: [{constraints}]"
        )


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    """The constraints of a scalar shape that the value breaks."""
    if shape.type_name == "string":
        if shape.enum and value not in shape.enum:  # type: ignore[attr-defined]
            yield _enum_constraint(shape)
        yield from _broken_length(shape, len(value))
        pattern = shape.metadata.get("pattern")
        if pattern and not _compiled(pattern).fullmatch(value):
            yield f"Member must satisfy regular expression pattern: {pattern}"
    elif shape.type_name in ("integer", "long", "float", "double"):
        lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
        if highest is not None and not value <= highest:
            yield f"Member must have value less than or equal to {_number(highest)}"
        if lowest is not None and not value >= lowest:
            yield f"Member must have value greater than or equal to {_number(lowest)}"


def _broken_length(shape: Shape, length: int) -> Iterator[str]:
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if highest is not None and length > highest:
        yield f"Member must have length less than or equal to {highest}"
    if lowest is not None and length < lowest:
        yield f"Member must have length greater than or equal to {lowest}"


def _constraints(shape: Shape) -> Iterator[str]:
    """All constraints of a scalar shape, as AWS lists them for the members of a list or map."""
    enum = getattr(shape, "enum", None)
    if enum:
        yield _enum_constraint(shape)
        yield "Member must not be null"
        return
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if highest is not None:
        yield f"Member must have length less than or equal to {highest}"
    if lowest is not None:
        yield f"Member must have length greater than or equal to {lowest}"
    if pattern := shape.metadata.get("pattern"):
        yield f"Member must satisfy regular expression pattern: {pattern}"


def _enum_constraint(shape: Shape) -> str:
    return f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"  # type: ignore[attr-defined]


@cache
def _compiled(pattern: str) -> Any:
    # `regex` knows the Unicode classes such as \p{L} that the tag patterns use and `re` doesn't.
    return regex.compile(pattern)


def _lower_camel(name: str) -> str:
    return name[0].lower() + name[1:]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    if value is None:
        return "null"
    return str(value)


def _number(limit: float) -> str:
    return str(int(limit)) if float(limit).is_integer() else str(limit)
