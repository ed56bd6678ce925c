"""Calls that take a moment, kept out of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def aside(call: Callable[[], T]) -> T:
    """Make the call in a thread; in this one at the interpreter's end, when Python starts no more work in threads."""
    try:
        waiting = asyncio.get_running_loop().run_in_executor(None, call)
    except RuntimeError:
        return call()
    return await waiting
