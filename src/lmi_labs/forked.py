"""Work in forked children: each sees the world as it is now, and nothing that it does is seen here."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_SECONDS_EACH = 120
"""A child that takes longer is ended: far more than any takes, so that a busy machine changes nothing."""


@dataclass
class _Child:
    place: int
    pid: int
    reader: int
    until: float
    chunks: list[bytes] = field(default_factory=list)

    def end(self) -> Any:
        """End the child and say what it answered; None when it did not finish."""
        os.close(self.reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        content = b"".join(self.chunks)
        try:
            return json.loads(content)
        except ValueError:
            return None


def in_children(
    works: Sequence[Callable[[], Any]], at_once: int | None = None, seconds_each: float = _SECONDS_EACH
) -> list[Any]:
    """Do each work in a child of its own, as many at once as there are processors, and answer in the order of `works`.

    What a work returns must fit into JSON. None stands for one that raised, died or took more than `seconds_each`.
    """
    at_once = at_once or os.cpu_count() or 1
    answers: list[Any] = [None] * len(works)
    waiting = list(enumerate(works))[::-1]
    running: dict[int, _Child] = {}
    with selectors.DefaultSelector() as ready:
        while waiting or running:
            while waiting and len(running) < at_once:
                child = _start(*waiting.pop(), seconds_each)
                running[child.reader] = child
                ready.register(child.reader, selectors.EVENT_READ)
            next_end = min(child.until for child in running.values())
            for key, _ in ready.select(max(0.0, next_end - time.monotonic())):
                child = running[key.fd]
                chunk = os.read(child.reader, 65_536)
                child.chunks.append(chunk)
                if not chunk:
                    child.until = 0.0
            for child in [child for child in running.values() if child.until <= time.monotonic()]:
                ready.unregister(child.reader)
                answers[child.place] = running.pop(child.reader).end()
    return answers


def _start(place: int, work: Callable[[], Any], seconds: float) -> _Child:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        gc.freeze()  # what the parent holds is never collected here, so its memory stays shared
        os.close(reader)
        code = 1
        try:
            os.setpgrp()
            with os.fdopen(writer, "w") as pipe:
                json.dump(work(), pipe)
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    return _Child(place, pid, reader, time.monotonic() + seconds)
