"""Tells whoever runs something for an account that it is over: an execution environment, or the whole account's.

The fleet and the backends speak, the data plane listens. Nothing listens until a function has run, so that nothing of
the data plane is needed, or imported, by what only looks at the control plane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_listeners: list[Callable[[Sequence[str]], object]] = []


def listen(listener: Callable[[Sequence[str]], object]) -> None:
    """Have the listener called with the ids of what is over; it must not wait."""
    _listeners.append(listener)


def forget(listener: Callable[[Sequence[str]], object]) -> None:
    """Call the listener no more."""
    if listener in _listeners:
        _listeners.remove(listener)


def tell(uids: Sequence[str]) -> None:
    """The environments, function versions or accounts (`account/Region`) with the ids are over."""
    for listener in _listeners:
        listener(uids)


def everything_of(account_id: str, region: str) -> str:
    """The id that stands for all that runs for an account in a Region."""
    return f"{account_id}/{region}"
