"""The course: accounts, checks, progress, grading and the command line."""

from __future__ import annotations

from typing import Any

__all__ = ["open_lab"]


def __getattr__(name: str) -> Any:
    # Looked up when first used, so that the command line's help doesn't load what a notebook needs.
    if name == "open_lab":
        from lmi_labs.lab import open_lab

        return open_lab
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
