"""Work in forked children."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

import pytest

from lmi_labs.forked import in_children


def test_answers_come_in_the_order_of_the_works() -> None:
    """Also when a later one is done first."""

    def work(number: int) -> int:
        time.sleep(0.2 if number == 0 else 0)
        return number

    assert in_children([partial(work, number) for number in range(5)], at_once=2) == [0, 1, 2, 3, 4]


def test_a_work_that_raises_or_dies_answers_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """The others are not harmed."""

    def raises() -> None:
        raise ValueError("no")

    assert in_children([raises, lambda: os._exit(0), lambda: {"fine": True}]) == [None, None, {"fine": True}]
    capfd.readouterr()


def test_nothing_a_child_does_is_seen_here() -> None:
    """Each has the world as it was at the fork."""
    seen: list[int] = []

    def work(number: int) -> int:
        seen.append(number)
        return len(seen)

    assert in_children([partial(work, 1), partial(work, 2)]) == [1, 1]
    assert seen == []


def test_no_more_run_at_once_than_asked(tmp_path: Path) -> None:
    """Three works, two at once: none sees two others beside itself."""

    def work(number: int) -> int:
        mine = tmp_path / str(number)
        mine.touch()
        time.sleep(0.1)
        beside = len(list(tmp_path.iterdir()))
        mine.unlink()
        return beside

    assert max(in_children([partial(work, number) for number in range(6)], at_once=2)) <= 2


def test_a_work_without_end_is_ended() -> None:
    """And answers nothing; the next one has its own time."""
    assert in_children([lambda: time.sleep(60), lambda: 1], at_once=1, seconds_each=0.5) == [None, 1]


def test_a_long_answer_comes_whole() -> None:
    """Longer than a pipe holds."""
    assert in_children([lambda: "x" * 1_000_000]) == ["x" * 1_000_000]
