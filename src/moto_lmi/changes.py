"""Changes of the state that no request makes, such as what a running function logs.

Each has a kind and a JSON document that says everything, so that a server can write it into its journal and make it
again when the journal is played. The kinds are listed here by where their code is, which a replay must find.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from moto_lmi.locking import STATE

KINDS = {
    "logs": "moto_lmi.invoking.log_writer:write",
    "started": "moto_lmi.invoking.starting:apply",
    "invoked": "moto_lmi.scaling.counted:apply",
    "run": "moto_lmi.background:run_ended",
    "time": "moto_lmi.passing:time_passed",
}

is_replaying = False
"""Whether a journal is being played: then nothing real is started, for what came of it stands in the journal."""

_recorders: list[Callable[[str, str], object]] = []


def make(kind: str, document: Any) -> None:
    """Make a change, under the lock; a server that keeps its state records it."""
    content = json.dumps(document)
    with STATE:
        if _recorders:
            _recorders[-1](kind, content)
        else:
            apply(kind, content)


def apply(kind: str, content: str) -> None:
    """Make the change whose document is `content`, as `make` or a journal has it. Raises KeyError for an unknown kind."""
    module, _, name = KINDS[kind].partition(":")
    getattr(import_module(module), name)(json.loads(content))


def record_with(recorder: Callable[[str, str], object]) -> None:
    """Have changes made by the recorder, which applies and keeps them, until `record_no_more`."""
    _recorders.append(recorder)


def record_no_more(recorder: Callable[[str, str], object]) -> None:
    """Undo `record_with`."""
    if recorder in _recorders:
        _recorders.remove(recorder)
