"""A binary heap of (time, code) in two arrays: the earliest first, the lowest code of several at the same time."""

from __future__ import annotations

import numpy as np

from lmi_sim.engine.fast.compiling import inlined

__all__ = ["pop", "push"]


@inlined
def push(times: np.ndarray, codes: np.ndarray, size: int, time_s: float, code: int) -> int:
    """Add an entry to a heap of `size` entries; the arrays must have room. Returns the new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if times[above] < time_s or (times[above] == time_s and codes[above] < code):
            break
        times[place] = times[above]
        codes[place] = codes[above]
        place = above
    times[place] = time_s
    codes[place] = code
    return size + 1


@inlined
def pop(times: np.ndarray, codes: np.ndarray, size: int) -> int:
    """Take the first entry, places 0, out of a heap of `size` entries. Returns the new size."""
    size -= 1
    time_s = times[size]
    code = codes[size]
    place = 0
    below = 1
    while below < size:
        other = below + 1
        if other < size and (
            times[other] < times[below] or (times[other] == times[below] and codes[other] < codes[below])
        ):
            below = other
        if time_s < times[below] or (time_s == times[below] and code < codes[below]):
            break
        times[place] = times[below]
        codes[place] = codes[below]
        place = below
        below = 2 * place + 1
    times[place] = time_s
    codes[place] = code
    return size
