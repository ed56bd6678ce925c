"""Families of instance types, and how their sizes relate."""

from __future__ import annotations

import re

__all__ = ["family_and_size"]

_TYPE = re.compile(r"(?P<family>[cmr]\d[a-z-]*)\.(?P<size>large|(?P<times>\d*)xlarge)")


def family_and_size(instance_type: str) -> tuple[str, int] | None:
    """The family of an instance type, and how many times a `large` it is; None for bare metal and other families."""
    found = _TYPE.fullmatch(instance_type)
    if found is None:
        return None
    return found["family"], 1 if found["size"] == "large" else 2 * int(found["times"] or 1)
