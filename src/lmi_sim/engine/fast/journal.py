"""The event log of the fast engine, in arrays that are made before the run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lmi_sim.engine.fast.compiling import compiled
from lmi_sim.results import Event

__all__ = ["FIRST_SIZE", "Journal", "events", "journal", "note", "overflowed"]

FIRST_SIZE = 1 << 16


class Journal(NamedTuple):
    """Room for events: their times, rows of (kind, subject, detail), and how many happened. Without room none is kept."""

    times_s: np.ndarray
    rows: np.ndarray
    written: np.ndarray


def journal(size: int) -> Journal:
    """Room for so many events; 0 keeps none."""
    return Journal(np.empty(size), np.empty((size, 3), dtype=np.int64), np.zeros(1, dtype=np.int64))


def overflowed(journal: Journal) -> bool:
    """Whether more happened than was kept, though events are kept."""
    return 0 < journal.times_s.size < int(journal.written[0])


def events(journal: Journal) -> list[Event]:
    """What happened, in order."""
    count = int(journal.written[0])
    rows = zip(journal.times_s[:count].tolist(), journal.rows[:count].tolist(), strict=True)
    return [(time_s, *row) for time_s, row in rows]


@compiled
def note(journal: Journal, now: float, kind: int, subject: int, detail: int) -> None:
    """Note an event, if events are kept."""
    if journal.times_s.size:
        place = journal.written[0]
        journal.written[0] = place + 1
        if place < journal.times_s.size:
            journal.times_s[place] = now
            journal.rows[place, 0] = kind
            journal.rows[place, 1] = subject
            journal.rows[place, 2] = detail
