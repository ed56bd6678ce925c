"""Policy documents as values: read once, every mistake named with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from moto_lmi.iam.conditions import OPERATORS, Condition

_VERSIONS = ("2008-10-17", "2012-10-17")
_TOP_ELEMENTS = {"Version", "Id", "Statement"}
_STATEMENT_ELEMENTS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class PolicyError(ValueError):
    """A policy document can't be read; `place` says where, `problem` what is wrong and what is right."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


class Kind(Enum):
    """Where a document stands; that decides which elements it may have."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"


@dataclass(frozen=True)
class Patterns:
    """The patterns of an element, or of its `Not…` twin, which stands for everything else."""

    items: tuple[str, ...]
    inverted: bool = False


@dataclass(frozen=True)
class Principals:
    """Who a statement speaks of: pairs of a kind (AWS, Service, …, or `*`) and a name."""

    items: tuple[tuple[str, str], ...]
    inverted: bool = False


@dataclass(frozen=True)
class Statement:
    """One statement. `principals` is None in an identity policy, `resources` in a trust policy."""

    effect: str
    actions: Patterns
    resources: Patterns | None
    principals: Principals | None
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None


@dataclass(frozen=True)
class Policy:
    """A document. Variables such as `${aws:username}` mean something from version 2012-10-17 on."""

    version: str
    statements: tuple[Statement, ...]

    @property
    def has_variables(self) -> bool:
        """Whether `${…}` in it is a variable and not just text."""
        return self.version == "2012-10-17"


def read_policy(document: str | Mapping[str, Any], kind: Kind) -> Policy:
    """The document as a value.

    Raises PolicyError for a text that is no JSON or breaks the grammar of IAM's policy language. A document without
    Version counts as 2008-10-17, as AWS says.
    """
    text = document if isinstance(document, str) else json.dumps(document, default=str)
    return _read(text, kind)


@lru_cache(maxsize=4096)
def _read(text: str, kind: Kind) -> Policy:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as exc:
        where = f"line {exc.lineno} column {exc.colno}" if isinstance(exc, json.JSONDecodeError) else "document"
        raise PolicyError(where, "this is no JSON") from exc
    if not isinstance(document, dict):
        raise PolicyError("document", "it must be a JSON object with Version and Statement")
    for name in document:
        if name not in _TOP_ELEMENTS:
            raise PolicyError(name, "there is no such element; there are Version, Id and Statement")
    version = document.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise PolicyError("Version", f"it is {version!r} and must be 2012-10-17 or 2008-10-17")
    if "Statement" not in document:
        raise PolicyError("Statement", "it is missing")
    statements = document["Statement"]
    if not isinstance(statements, list):
        statements = [statements]
    if not statements:
        raise PolicyError("Statement", "it is empty")
    read = tuple(_statement(item, f"Statement[{index}]", kind) for index, item in enumerate(statements))
    sids = [statement.sid for statement in read if statement.sid]
    for index, statement in enumerate(read):
        if statement.sid and sids.count(statement.sid) > 1:
            raise PolicyError(f"Statement[{index}].Sid", f"{statement.sid!r} stands for several statements")
    return Policy(version, read)


def _statement(item: Any, place: str, kind: Kind) -> Statement:
    if not isinstance(item, dict):
        raise PolicyError(place, "a statement must be a JSON object")
    for name in item:
        if name not in _STATEMENT_ELEMENTS:
            raise PolicyError(f"{place}.{name}", f"there is no such element; there are {_listed(_STATEMENT_ELEMENTS)}")
    effect = item.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyError(f"{place}.Effect", "it is missing" if effect is None else f"{effect!r} is not Allow or Deny")
    sid = item.get("Sid")
    if sid is not None and not isinstance(sid, str):
        raise PolicyError(f"{place}.Sid", "it must be a text")
    actions = _patterns(item, "Action", place)
    if actions is None:
        raise PolicyError(f"{place}.Action", "Action or NotAction is needed")
    for action in actions.items:
        if action != "*" and ":" not in action:
            raise PolicyError(f"{place}.Action", f"{action!r} has no service before a colon, as in lambda:GetFunction")
    resources = _patterns(item, "Resource", place)
    if kind is Kind.TRUST and resources is not None:
        raise PolicyError(f"{place}.Resource", "a trust policy has none: the role itself is the resource")
    if kind is not Kind.TRUST and resources is None:
        raise PolicyError(f"{place}.Resource", "Resource or NotResource is needed")
    principals = _principals(item, place)
    if kind is Kind.IDENTITY and principals is not None:
        raise PolicyError(f"{place}.Principal", "an identity policy has none: it speaks of who it is attached to")
    if kind is not Kind.IDENTITY and principals is None:
        raise PolicyError(f"{place}.Principal", "Principal or NotPrincipal is needed")
    return Statement(effect, actions, resources, principals, tuple(_conditions(item, place)), sid)


def _patterns(item: Mapping[str, Any], name: str, place: str) -> Patterns | None:
    twin = f"Not{name}"
    if name in item and twin in item:
        raise PolicyError(f"{place}.{twin}", f"{name} and {twin} can't stand together")
    if name in item:
        return Patterns(_texts(item[name], f"{place}.{name}"))
    if twin in item:
        return Patterns(_texts(item[twin], f"{place}.{twin}"), inverted=True)
    return None


def _principals(item: Mapping[str, Any], place: str) -> Principals | None:
    if "Principal" in item and "NotPrincipal" in item:
        raise PolicyError(f"{place}.NotPrincipal", "Principal and NotPrincipal can't stand together")
    for name in ("Principal", "NotPrincipal"):
        if name in item:
            return Principals(tuple(_named_principals(item[name], f"{place}.{name}")), inverted=name == "NotPrincipal")
    return None


def _named_principals(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if value == "*":
        yield ("*", "*")
        return
    if not isinstance(value, dict) or not value:
        raise PolicyError(place, f'it must be "*" or an object with {_listed(_PRINCIPAL_KINDS)}')
    for kind, names in value.items():
        if kind not in _PRINCIPAL_KINDS:
            raise PolicyError(f"{place}.{kind}", f"there is no such kind; there are {_listed(_PRINCIPAL_KINDS)}")
        for name in _texts(names, f"{place}.{kind}"):
            yield ("*", "*") if (kind, name) == ("AWS", "*") else (kind, name)


def _conditions(item: Mapping[str, Any], place: str) -> Iterator[Condition]:
    block = item.get("Condition", {})
    if not isinstance(block, dict):
        raise PolicyError(f"{place}.Condition", "it must be an object of operators")
    for operator, keys in block.items():
        inner = f"{place}.Condition.{operator}"
        quantifier, _, rest = operator.rpartition(":")
        name, if_exists = rest.removesuffix("IfExists"), rest.endswith("IfExists")
        if name not in OPERATORS or quantifier not in ("", "ForAnyValue", "ForAllValues"):
            raise PolicyError(inner, f"there is no such operator; there are {_listed(OPERATORS)}")
        if not isinstance(keys, dict):
            raise PolicyError(inner, "it must be an object of condition keys")
        for key, values in keys.items():
            yield Condition(name, quantifier, if_exists, key, _texts(values, f"{inner}.{key}"))


def _texts(value: Any, place: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise PolicyError(place, "it is empty")
    for item in values:
        if not isinstance(item, str | bool | int | float):
            raise PolicyError(place, f"{item!r} is not a text")
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in values)


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))
