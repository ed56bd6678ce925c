"""Traffic and assumptions in the emulator's own API beside AWS's; see `moto_lmi.internal_api`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from moto_lmi import scaling

_MEMBERS = ("function", "traffic", "demand")
_INSTEAD = "instead"


def answer_scaling(
    method: str, name: str, query: Mapping[str, str], body: bytes, account: str
) -> dict[str, Any] | None:
    """The document for a request, None when there is no such one. Raises ValueError for a wrong one."""
    region = query.get("region")
    if (method, name) == ("POST", "traffic"):
        document = json_object(body, "function, traffic and demand")
        for member in (*_MEMBERS, *document):
            if member not in document or member not in (*_MEMBERS, _INSTEAD):
                problem = "is missing" if member in _MEMBERS else "is not known"
                raise ValueError(f"the member {member!r} {problem}; there are {', '.join(_MEMBERS)}")
        function = str(document["function"])
        instead = document.get(_INSTEAD, False)
        if not isinstance(instead, bool):
            raise ValueError(f"the member 'instead' is true or false, not {instead!r}")
        offered = scaling.offer(
            account, function, document["traffic"], document["demand"], region=region, instead=instead
        )
        return offered.document()
    if name in ("traffic", "traffic/stop"):
        if "function" not in query:
            raise ValueError("the parameter function is missing; it is the ARN or name of a version")
        if (method, name) == ("GET", "traffic"):
            return scaling.report(account, query["function"], region=region).document()
        if (method, name) == ("POST", "traffic/stop"):
            return scaling.stop(account, query["function"], region=region).document()
    if name == "assumptions" and method in ("GET", "POST"):
        changed = json_object(body, "assumptions") if method == "POST" else {}
        return {item.key: asdict(item) for item in scaling.assume(account, changed, region=region)}
    return None


def json_object(body: bytes, what: str) -> dict[str, Any]:
    """The body as a JSON object. Raises ValueError for anything else."""
    try:
        document = json.loads(body or b"{}")
    except ValueError as exc:
        raise ValueError(f"the body is no JSON object of {what}") from exc
    if not isinstance(document, dict):
        raise ValueError(f"the body is no JSON object of {what}")
    return document
