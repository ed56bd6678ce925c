"""The checks of lab 55: they cope with anything, lead somewhere, and know many misconceptions."""

from __future__ import annotations

import re
from typing import Any

import pytest

from graders.day55 import ANCHORS
from lmi_labs.places import project_root
from lmi_labs.tasks import Task, hints_of, tasks_of
from lmi_labs.wrong_answers import read_wrong_answers

from .empty_account import EmptyAccount
from .odd import ODD_VALUES

TASKS = tasks_of(55)
FOLDER = project_root() / "solutions" / "day55_playbook"


def test_a_hundred_points_and_every_line_of_the_syllabus() -> None:
    """Fourteen tasks give 100 points and cover 55.1 to 55.6."""
    assert [item.id for item in TASKS] == [f"55.{number:02d}" for number in range(1, 15)]
    assert sum(item.points for item in TASKS) == 100
    assert {line for item in TASKS for line in item.syllabus} == {f"55.{number}" for number in range(1, 7)}


def test_every_task_points_to_a_section_of_the_docs_page() -> None:
    """Each anchor exists on the page, and each task uses one of them."""
    page = (project_root() / "docs" / "labs" / "day55.md").read_text(encoding="utf-8")
    there = {f"labs/day55.md#{anchor}" for anchor in re.findall(r"\{ #([a-z-]+)", page)}
    assert set(ANCHORS) <= there
    assert {item.docs for item in TASKS} == set(ANCHORS)


def test_three_hints_each_and_none_twice() -> None:
    """Every task has three hints that differ."""
    hints = hints_of(55)
    assert set(hints) == {item.id for item in TASKS}
    assert all(len(set(three)) == 3 for three in hints.values())


def test_the_wrong_answers_show_many_misconceptions() -> None:
    """At least ten known wrong answers a task, most with a misconception of their own, each with why it is written."""
    wrong = read_wrong_answers(FOLDER)
    assert len(wrong) >= 200
    for item in TASKS:
        mine = [answer.misconception for answer in wrong if answer.task_id == item.id]
        assert len(mine) >= 10
        assert len(set(mine)) >= len(mine) / 2


@pytest.mark.parametrize("item", TASKS, ids=lambda item: item.id)
def test_odd_values_are_refused_without_an_exception(item: Task) -> None:
    """Whatever stands in the answers, the check gives a refusal that can be shown."""
    account: Any = EmptyAccount()
    for value in ODD_VALUES:
        verdict = item.function(account, dict.fromkeys(item.answers, value))
        assert verdict.credit < 1, f"{value!r:.40}" if isinstance(value, str) else type(value).__name__
        assert verdict.message
        assert verdict.misconception
        assert all(type(text) is str for text in (verdict.expected, verdict.found, verdict.next_step))
