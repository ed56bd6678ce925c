"""Reading IAM policy documents: who is trusted, and what is allowed on what. Conditions are seen, not evaluated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any


def document_of(value: object) -> dict[str, Any]:
    """The policy document in a dict or in its JSON text; empty when it is neither."""
    if type(value) is str:
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if type(value) is dict else {}


def statements(document: object) -> list[dict[str, Any]]:
    """The statements of a policy document."""
    return [item for item in as_list(document_of(document).get("Statement")) if type(item) is dict]


def as_list(value: object) -> list[Any]:
    """A single value or a list of them, as a list."""
    if value is None:
        return []
    return value if type(value) is list else [value]


def words(statement: dict[str, Any], member: str) -> list[str]:
    """The strings of a member that may be a string or a list of strings."""
    return [item for item in as_list(statement.get(member)) if type(item) is str]


def matches(value: str, patterns: list[str], *, ignore_case: bool = False) -> bool:
    """Whether one of the patterns with * and ? names the value."""
    if ignore_case:
        return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in patterns)
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def allowed(document: object, action: str, resource: str) -> bool:
    """Whether the document allows the action on the resource and does not deny it."""
    effects = {
        statement.get("Effect")
        for statement in statements(document)
        if matches(action, words(statement, "Action"), ignore_case=True)
        and matches(resource, words(statement, "Resource"))
    }
    return "Allow" in effects and "Deny" not in effects


def trusted_services(document: object, action: str = "sts:AssumeRole") -> list[str]:
    """The services that may do the action, by a trust policy."""
    return [name for kind, name in principals(document, action) if kind == "Service"]


def principals(document: object, action: str | None = None) -> Iterator[tuple[str, str]]:
    """The kind and name of each principal that a trust policy allows (the action, or anything)."""
    for statement in statements(document):
        if statement.get("Effect") != "Allow":
            continue
        if action is not None and not matches(action, words(statement, "Action"), ignore_case=True):
            continue
        principal = statement.get("Principal")
        if type(principal) is dict:
            for kind in principal:
                yield from ((str(kind), name) for name in words(principal, kind))
        elif type(principal) is str:
            yield "AWS", principal
