"""How the fast engine is compiled: once, kept on disk beside the sources, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numba

import lmi_sim

__all__ = ["compiled", "inlined"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


# Arrays are passed in and never made, so numba need not count references to them; counting took nine tenths of the time.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def compiled(function: _Function) -> _Function:
    """Compile a function of numbers and arrays when it is first called; other threads can run meanwhile."""
    dispatcher: _Function = numba.njit(**_OPTIONS)(function)
    return dispatcher


def inlined(function: _Function) -> _Function:
    """Compile a function into each of its callers: a call that passes many arrays would cost more than its work."""
    dispatcher: _Function = numba.njit(forceinline=True, **_OPTIONS)(function)
    return dispatcher


def _forget_stale() -> None:
    """Remove what was compiled before a source changed.

    numba looks only at the file of the function that is called, not at the ones that it calls.
    """
    package = Path(lmi_sim.__file__).parent
    sources = [package / "policies" / "scaling.py", package / "random_numbers.py", package / "results.py"]
    changed = max(path.stat().st_mtime for path in [*sources, *Path(__file__).parent.glob("*.py")])
    for index in package.rglob("__pycache__/*.nbi"):
        if index.stat().st_mtime < changed:
            with suppress(OSError):  # another process was faster, or the folder can't be written and is as it came
                index.unlink()


_forget_stale()
