"""The checks of lab 51: they cope with anything, lead somewhere, blame only what is shown, and draw the same each time."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from graders.day51 import ANCHORS, bills, break_even, deciding, requests, self_test, staleness, who
from graders.day51.anchors import REFRESHERS
from graders.formulas import Asked, Mistake, Question, judge, same
from graders.hidden import day51 as hidden
from lmi_labs.cards import CARDS
from lmi_labs.places import project_root
from lmi_labs.self_test import QUESTIONS
from lmi_labs.tasks import Task, hidden_checks, hints_of, tasks_of
from lmi_labs.wrong_answers import read_wrong_answers

from .odd import ODD_VALUES

TASKS = tasks_of(51)
FOLDER = project_root() / "solutions" / "day51_overview"
DOCS = project_root() / "docs"


class EmptyAccount:
    """An account in which nothing is found."""

    region = "us-east-1"

    def client(self, service: str) -> EmptyAccount:
        """A client that finds nothing."""
        return self

    def __getattr__(self, operation: str) -> Any:
        def answer(**_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no such thing"}}, operation)

        return answer


ACCOUNT: Any = EmptyAccount()


def test_a_hundred_points_and_every_line_of_the_syllabus() -> None:
    """Thirteen tasks give 100 points and cover 51.1 to 51.8."""
    assert [item.id for item in TASKS] == [f"51.{number:02d}" for number in range(1, 14)]
    assert sum(item.points for item in TASKS) == 100
    assert {line for item in TASKS for line in item.syllabus} == {f"51.{number}" for number in range(1, 9)}


def test_every_task_points_to_a_section_of_the_docs_page() -> None:
    """Each anchor exists on the page, and each task uses one of them."""
    page = (DOCS / "labs" / "day51.md").read_text(encoding="utf-8")
    there = {f"labs/day51.md#{anchor}" for anchor in re.findall(r"\{ #([a-z-]+)", page)}
    assert set(ANCHORS) <= there
    assert {item.docs for item in TASKS} == set(ANCHORS)


def test_every_question_of_the_self_test_has_a_key_and_a_refresher() -> None:
    """Each question has a right answer, and a section of a page that exists."""
    assert list(self_test.KEYS) == list(REFRESHERS) == [item.id for item in QUESTIONS]
    for target in REFRESHERS.values():
        page, _, anchor = target.partition("#")
        assert f"{{ #{anchor} }}" in (DOCS / page).read_text(encoding="utf-8"), target


def test_a_wrong_answer_of_the_self_test_leads_to_its_refresher() -> None:
    """The first wrong question's page is linked, the others are named, and what is right counts."""
    given = {name: key.right for name, key in self_test.KEYS.items()} | {"E2": "no", "M1": 0.42}
    result = next(item for item in TASKS if item.id == "51.01").check(ACCOUNT, {"self_test": given})
    assert result.docs_url.endswith("refresh/ec2.md#security-groups")
    assert "refresh/savings.md#commitments" in result.hint
    assert result.points == pytest.approx(6 * 7 / 9, abs=0.02)


def test_three_hints_each_and_none_twice() -> None:
    """Every task has three hints that differ."""
    hints = hints_of(51)
    assert set(hints) == {item.id for item in TASKS}
    assert all(len(set(three)) == 3 for three in hints.values())


def test_the_wrong_answers_show_many_misconceptions() -> None:
    """At least ten known wrong answers a task, most with a misconception of their own."""
    wrong = read_wrong_answers(FOLDER)
    assert len(wrong) >= 230
    for item in TASKS:
        mine = [answer.misconception for answer in wrong if answer.task_id == item.id]
        assert len(mine) >= 10
        assert len(set(mine)) >= len(mine) / 2


@pytest.mark.parametrize("item", TASKS, ids=lambda item: item.id)
def test_odd_values_are_refused_without_an_exception(item: Task) -> None:
    """Whatever stands in the answers, the check and the hidden one give a refusal that can be shown."""
    unseen = hidden_checks(51).get(item.id)
    for value in ODD_VALUES:
        for check in (item.function, unseen) if unseen else (item.function,):
            verdict = check(ACCOUNT, dict.fromkeys(item.answers, value))
            assert verdict.credit < 1, f"{value!r:.40}" if isinstance(value, str) else type(value).__name__
            assert verdict.message
            assert verdict.misconception
            assert all(type(text) is str for text in (verdict.expected, verdict.found, verdict.next_step))


_QUESTIONS = {
    "51.03": requests.environments_question(requests.open_calls()),
    "51.04": bills.default_question(bills.DEFAULT_OPEN),
    "51.05": bills.managed_question(bills.MANAGED_OPEN),
    "51.06": bills.commitment_question(bills.COMMITMENT_OPEN),
    "51.08": break_even.break_even_question(break_even.OPEN),
}


@pytest.mark.parametrize("question", _QUESTIONS.values(), ids=_QUESTIONS)
def test_every_mistake_is_told_from_right_and_from_the_others(question: Question) -> None:
    """The calls tell each known mistake from the right formula, and from each other mistake."""
    outcomes = [
        tuple(
            round(float(value), 9) if (value := formula(*asked.arguments)) is not None else None
            for asked in question.calls
        )
        for formula in (question.right, *(mistake.formula for mistake in question.mistakes))
    ]
    names = ["right", *(mistake.id for mistake in question.mistakes)]
    for index, outcome in enumerate(outcomes):
        twins = [
            other for other, found in zip(names, outcomes, strict=True) if found == outcome and other != names[index]
        ]
        assert not twins, f"{names[index]} gives what {twins} gives"


def test_a_result_is_only_blamed_on_a_mistake_that_explains_all_of_it() -> None:
    """A function that is wrong in its own way is told so, and not a mistake that fits one call."""
    double = Mistake("double", "Twice.", "Once.", lambda number: 2 * number)
    question = Question("x", "f", [Asked((1,)), Asked((2,))], lambda number: number, [double], "units", "step")
    shown = judge(lambda number: 2 * number, question)
    own = judge(lambda number: 2 if number == 1 else 7, question)
    assert shown is not None
    assert shown.misconception == "x-double"
    assert own is not None
    assert own.misconception == "x-wrong"
    assert judge(lambda number: Decimal(number), question) is None


def test_numbers_are_compared_within_their_tolerance() -> None:
    """A number is the wanted one within the tolerance, nothing is only nothing, and a boolean is no number."""
    assert same(100.05, 100)
    assert not same(100.2, 100)
    assert same(None, None)
    assert not same(0, None)
    assert not same(True, 1)


def test_the_hidden_cards_are_of_every_kind_and_the_same_each_time() -> None:
    """The seed gives the same cards, and every decision that there is, no two bills so near that rounding decides."""
    cards = hidden.drawn_cards.__wrapped__(5101, 60)
    assert cards == hidden.drawn_cards(5101, 60)
    decisions = [deciding.right_decision(card) for card in cards]
    kinds = {(item["on"], item["because"]) for item in decisions}
    assert kinds == {
        ("managed", "need"), ("default", "need"), ("default", "spike"), ("managed", "cost"), ("default", "cost"),
    }  # fmt: skip


def test_the_open_cards_show_every_decision() -> None:
    """Each way to decide is met among the twelve."""
    assert len(CARDS) == 12
    kinds = [(item["on"], item["because"]) for item in map(deciding.right_decision, CARDS)]
    assert set(kinds) == {
        ("managed", "need"), ("default", "need"), ("default", "spike"), ("managed", "cost"), ("default", "cost"),
    }  # fmt: skip


def test_every_duty_is_somebodys() -> None:
    """Each duty has who does it and why, both sides have several."""
    assert set(who.WHO_DOES) == set(who._WHY_OF)
    assert {"aws", "you"} == set(who.WHO_DOES.values())
    assert 5 <= list(who.WHO_DOES.values()).count("aws") <= 8


def test_the_statements_are_of_every_kind() -> None:
    """Among the lab's statements are current, stale and wrong ones."""
    verdicts = [staleness.right_verdict(one, staleness.history(), staleness.TODAY) for one in staleness.statements()]
    assert all(verdicts.count(word) >= 2 for word in staleness.WORDS)
