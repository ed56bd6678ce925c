"""Which execution environments a request tries, in which order: the router of managed instances, as it is assumed to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["tried"]


def tried(in_flight: Sequence[int], number: int, choices: int, attempts: int) -> Iterator[int]:
    """The places in `in_flight` of the environments to try.

    `number` is a random one of 64 bits. Of `choices` (1 or 2) environments picked at random the less busy comes first,
    then those after it in line, `attempts` in all. The guide says that a busy environment makes the router try another;
    how it picks, and how many it tries, isn't published.
    """
    count = len(in_flight)
    if count == 0:
        return
    pick = (number & 0xFFFFFFFF) % count
    if choices == 2:
        other = (number >> 32) % count
        if in_flight[other] < in_flight[pick]:
            pick = other
    for attempt in range(min(attempts, count)):
        yield (pick + attempt) % count
