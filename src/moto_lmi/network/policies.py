"""Endpoint policies: whether one lets calls of a service through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from moto_lmi.network.destination import Service
from moto_lmi.network.snapshot import Described
from moto_lmi.network.walk import Walk


def check_policy(walk: Walk, endpoint: Described) -> None:
    """The endpoint's policy allows the call of the target's service. Raises Stopped.

    What depends on who calls, on which resource or on conditions can't be known here: such an allowance counts, such a
    denial does not, and both are noted as assumptions.
    """
    service = walk.target.service
    text = endpoint.get("PolicyDocument")
    if service is None or not text:
        return
    endpoint_id = endpoint["VpcEndpointId"]
    wanted = service.action or f"{service.action_prefix}:*"
    statements = _statements(text)
    if statements is None:
        walk.stop("endpoint_policy", endpoint_id, problem="is no JSON policy document", action=wanted)
    conditional = "; it depends on who calls, on which resource, or on conditions"
    for statement in statements:
        if statement.get("Effect") != "Deny" or not _matches(statement, service):
            continue
        if _is_for_all(statement):
            walk.stop("endpoint_policy", endpoint_id, problem=f"denies {wanted}", action=wanted)
        walk.assume(f"a denial in the policy of {endpoint_id} does not meet {wanted}{conditional}")
    allowing = [item for item in statements if item.get("Effect") == "Allow" and _matches(item, service)]
    if not allowing:
        walk.stop("endpoint_policy", endpoint_id, problem=f"does not allow {wanted}", action=wanted)
    if not any(_is_for_all(statement) for statement in allowing):
        walk.assume(f"an allowance in the policy of {endpoint_id} meets {wanted}{conditional}")


def _statements(text: str | dict[str, Any]) -> list[dict[str, Any]] | None:
    """The policy's statements; None when it is no policy document."""
    try:
        document = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None
    statements = document.get("Statement") if isinstance(document, dict) else None
    listed = [statements] if isinstance(statements, dict) else statements
    return listed if isinstance(listed, list) and all(isinstance(item, dict) for item in listed) else None


def _matches(statement: dict[str, Any], service: Service) -> bool:
    """Whether the statement is about the action, or with no action given about the service at all."""
    if "NotAction" in statement:
        return not _covers(_listed(statement["NotAction"]), service)
    actions = _listed(statement.get("Action", ()))
    if service.action is not None or statement.get("Effect") == "Deny":
        return _covers(actions, service)
    return any(action == "*" or _fits(action.split(":")[0], service.action_prefix) for action in actions)


def _covers(patterns: Iterable[str], service: Service) -> bool:
    wanted = service.action or f"{service.action_prefix}:*"
    return any(_fits(pattern, wanted) for pattern in patterns)


def _fits(pattern: str, text: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.IGNORECASE) is not None


def _is_for_all(statement: dict[str, Any]) -> bool:
    """Whether the statement is about every caller and resource, without conditions."""
    principal = statement.get("Principal", "*")
    everyone = principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS", ())))
    everything = "NotResource" not in statement and "*" in _listed(statement.get("Resource", "*"))
    return everyone and everything and not statement.get("Condition")


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value]
