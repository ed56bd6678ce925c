"""How patterns of policies match: wildcards, policy variables, ARNs by their parts, principals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

Context = Mapping[str, str | tuple[str, ...]]
"""What a request says of itself, by condition key in lower case; several values are a tuple."""

_TOKEN = re.compile(r"\$\{([^}]*)\}|\*|\?|[^*?$]+|\$")
_LITERALS = ("*", "?", "$")
_ARN_PARTS = 6


@dataclass(frozen=True)
class Principal:
    """Who asks. For a service `arn` is its name, such as lambda.amazonaws.com, and there is no account.

    A session of a role has the ARN of the session in `arn` and the role's in `role_arn`.
    """

    arn: str
    account_id: str | None = None
    role_arn: str | None = None

    @property
    def is_service(self) -> bool:
        """Whether an AWS service asks for itself."""
        return self.account_id is None

    @property
    def is_root(self) -> bool:
        """Whether the account itself asks, with the rights of its root user."""
        return self.arn.endswith(":root")

    @property
    def account_arn(self) -> str:
        """The ARN that stands for the whole account in a Principal element."""
        return f"arn:{self.arn.split(':')[1]}:iam::{self.account_id}:root"


def matches(pattern: str, value: str, context: Context | None = None, *, ignore_case: bool = False) -> bool:
    """Whether the value fits the pattern with `*` and `?`.

    With a context, `${key}` and `${key, 'default'}` are replaced from it; what comes out is text and no pattern. A
    variable that has no value and no default makes the pattern fit nothing.
    """
    if context is not None and "${" in pattern:
        expression = _with_variables(pattern, context)
        if expression is None:
            return False
        return re.fullmatch(expression, value, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None
    return _compiled(pattern, ignore_case).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern))
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _with_variables(pattern: str, context: Context) -> str | None:
    expression = ""
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if text == "*":
            expression += ".*"
        elif text == "?":
            expression += "."
        elif token[1] is None:
            expression += re.escape(text)
        else:
            value = _variable(token[1], context)
            if value is None:
                return None
            expression += re.escape(value)
    return expression


def _variable(content: str, context: Context) -> str | None:
    """What a variable stands for: a value, its default, or with `${*}` the character itself."""
    if content in _LITERALS:
        return content
    key, _, default = content.partition(",")
    value = context.get(key.strip().lower())
    if isinstance(value, str):
        return value
    default = default.strip()
    # A key with several values can't stand in a text.
    return default[1:-1] if value is None and len(default) >= 2 and default[0] == "'" else None


def resolved(text: str, context: Context) -> str | None:
    """The text with its variables replaced, for operators without wildcards; None when one has no value."""
    parts = [token[0] if token[1] is None else _variable(token[1], context) for token in _TOKEN.finditer(text)]
    return None if None in parts else "".join(part for part in parts if part is not None)


def arn_matches(pattern: str, arn: str, context: Context | None = None) -> bool:
    """Whether the ARN fits the pattern, each of its six parts by itself, as AWS compares ARNs.

    `*` fits everything. A pattern with fewer parts fits if its last part ends with `*`.
    """
    if pattern == "*":
        return True
    wanted, parts = _parts(pattern), arn.split(":", _ARN_PARTS - 1)
    if len(wanted) < _ARN_PARTS and wanted[-1].endswith("*") and len(parts) == _ARN_PARTS:
        parts = [*parts[: len(wanted) - 1], ":".join(parts[len(wanted) - 1 :])]
    return len(wanted) == len(parts) and all(
        matches(one, other, context) for one, other in zip(wanted, parts, strict=True)
    )


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> list[str]:
    """The parts of an ARN pattern; a colon inside `${aws:username}` separates nothing."""
    parts, depth = [""], 0
    for index, char in enumerate(pattern):
        if char == ":" and not depth and len(parts) < _ARN_PARTS:
            parts.append("")
            continue
        depth += pattern.startswith("${", index)
        depth -= char == "}" and depth > 0
        parts[-1] += char
    return parts


def how_named(entry: tuple[str, str], principal: Principal) -> str | None:
    """How an entry of a Principal element names who asks: `direct`, as their `role`, as their `account`, or not."""
    kind, name = entry
    if kind == "*":
        return "direct"
    if principal.is_service:
        return "direct" if (kind, name) == ("Service", principal.arn) else None
    if kind != "AWS":
        return None
    if name == principal.arn:
        return "direct"
    if principal.role_arn is not None and name == principal.role_arn:
        return "role"
    return "account" if name in (principal.account_id, principal.account_arn) else None
