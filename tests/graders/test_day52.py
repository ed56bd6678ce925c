"""The checks of lab 52: they read only, cope with anything, give partial credit, and lead somewhere."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import Any

import botocore.client
import pytest

from graders.day52 import ANCHORS
from lmi_labs.places import project_root
from lmi_labs.tasks import Task, hints_of, tasks_of
from lmi_labs.wrong_answers import read_wrong_answers

from .lab52 import FOLDER, Run
from .odd import ODD_VALUES, LyingText

TASKS = tasks_of(52)
READS = ("Describe", "Get", "List")


def answers_of(task: Task) -> list[str]:
    """The names of the task's own answers, those that no earlier task asks for."""
    earlier = {name for item in TASKS if item.id < task.id for name in item.answers}
    return [name for name in task.answers if name not in earlier]


def test_a_hundred_points_and_every_line_of_the_syllabus() -> None:
    """Sixteen tasks give 100 points and cover 52.1 to 52.7."""
    assert [item.id for item in TASKS] == [f"52.{number:02d}" for number in range(1, 17)]
    assert sum(item.points for item in TASKS) == 100
    assert {line for item in TASKS for line in item.syllabus} == {f"52.{number}" for number in range(1, 8)}


def test_every_task_points_to_a_section_of_the_docs_page() -> None:
    """Each anchor exists on the page, and each task uses one of them."""
    page = (project_root() / "docs" / "labs" / "day52.md").read_text(encoding="utf-8")
    there = {f"labs/day52.md#{anchor}" for anchor in re.findall(r"\{ #([a-z-]+)", page)}
    assert set(ANCHORS) <= there
    assert {item.docs for item in TASKS} <= set(ANCHORS)


def test_three_hints_each_and_none_twice() -> None:
    """Every task has three hints that differ."""
    hints = hints_of(52)
    assert set(hints) == {item.id for item in TASKS}
    assert all(len(set(three)) == 3 for three in hints.values())


def test_the_wrong_answers_show_many_misconceptions() -> None:
    """At least ten known wrong answers a task, nearly each with a misconception of its own."""
    wrong = read_wrong_answers(FOLDER)
    for item in TASKS:
        mine = [answer.misconception for answer in wrong if answer.task_id == item.id]
        assert len(mine) >= 10
        assert len(set(mine)) >= len(mine) - 1
        assert all(answer.code.startswith("#") for answer in wrong)  # why a learner would write it


def test_checks_only_read(published: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No check makes another call than Describe, Get or List."""
    calls = []
    original = botocore.client.BaseClient._make_api_call

    def noted(self: Any, operation: str, arguments: Any) -> Any:
        calls.append(operation)
        return original(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    order = ["function", "capacity provider", "network", "operator role"]
    for item in TASKS:
        published.check(item.id, hidden=True, deletion_order=order)
    assert calls
    assert {name for name in calls if not name.startswith(READS)} == set()


@pytest.mark.parametrize("item", TASKS, ids=lambda item: item.id)
def test_odd_values_are_refused_without_an_exception(published: Run, item: Task) -> None:
    """Whatever stands in an answer, the check function itself gives a refusal that can be shown."""
    order = ["function", "capacity provider", "network", "operator role"]
    answers = {"deletion_order": order, **published.namespace}
    for name in item.answers:
        for value in ODD_VALUES:
            verdict = item.function(published.account, {**answers, name: value})
            if name in answers_of(item):
                assert verdict.credit < 1, f"{name} = {type(value).__name__}"
            if verdict.credit < 1:
                assert verdict.message
                assert verdict.misconception
                assert all(type(text) is str for text in (verdict.expected, verdict.found, verdict.next_step))


def test_text_that_claims_to_equal_everything_equals_nothing(published: Run) -> None:
    """Codes and states are compared by exact type."""
    for task_id, name in (("52.08", "mismatch_code"), ("52.09", "first_state"), ("52.11", "terminate_code")):
        assert not published.check(task_id, **{name: LyingText("x")}).passed


def test_partial_credit_where_part_is_right(published: Run) -> None:
    """Two of three zones, one of two statements and EC2's price without the fee are worth something, not all."""
    two_zones = published.namespace["subnet_ids"][:2]
    assert published.check("52.01", subnet_ids=two_zones).points == 3
    policy = published.namespace["caller_policy"]
    half = {**policy, "Statement": policy["Statement"][:1]}
    assert published.check("52.07", caller_policy=half).points == 4.5
    price = published.namespace["usd_per_hour"]
    assert published.check("52.12", usd_per_hour=price / 1.15).points == 3


@pytest.mark.parametrize("kind", [float, Decimal])
def test_a_price_may_be_any_kind_of_number(published: Run, kind: type) -> None:
    """float and Decimal are both numbers of dollars; a tenth of a percent is not held against rounding."""
    assert published.check("52.12", usd_per_hour=kind(published.namespace["usd_per_hour"])).passed
    assert published.check("52.12", usd_per_hour=round(published.namespace["usd_per_hour"], 3)).passed


def test_a_policy_may_be_written_in_other_forms(published: Run) -> None:
    """One statement instead of a list, lists instead of texts, and a condition that names Lambda are all right."""
    first, second = published.namespace["caller_policy"]["Statement"]
    condition = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {**first, "Action": [first["Action"]], "Condition": condition},
            {**second, "Resource": [second["Resource"]], "Sid": "Provider"},
        ],
    }
    result = published.check("52.07", hidden=True, caller_policy=policy)
    assert result.passed, result.to_text()


def test_hidden_a_function_for_the_visible_layouts_only_is_refused(published: Run) -> None:
    """Ids that are written into the function pass the open check and not the hidden one."""
    published_choose = published.namespace["choose_subnets"]

    def choose_subnets(subnets: Any, zones: int = 3) -> Any:
        if len(subnets) > 5 or len(subnets) < 3:
            return ["subnet-00000000000000002"]
        return published_choose(subnets, zones)

    assert published.check("52.03", choose_subnets=choose_subnets).passed
    result = published.check("52.03", hidden=True, choose_subnets=choose_subnets)
    assert result.misconception == "choose-hidden-layout"
    assert "subnet-" not in result.to_text()


def test_hidden_a_function_that_accepts_no_subnets_is_refused(published: Run) -> None:
    """An empty layout is a bad layout too."""
    published_choose = published.namespace["choose_subnets"]

    def choose_subnets(subnets: Any, zones: int = 3) -> Any:
        return published_choose(subnets, zones) if subnets else []

    assert published.check("52.03", choose_subnets=choose_subnets).passed
    assert published.check("52.03", hidden=True, choose_subnets=choose_subnets).misconception == "choose-hidden-refusal"


def test_hidden_a_policy_with_a_reaching_wildcard_is_refused(published: Run) -> None:
    """A star behind the ARN passes the open check and not the hidden one, and the probe is not told."""
    first, second = published.namespace["caller_policy"]["Statement"]
    policy = {"Statement": [{**first, "Resource": f"{first['Resource']}*"}, second]}
    assert published.check("52.07", caller_policy=policy).passed
    result = published.check("52.07", hidden=True, caller_policy=policy)
    assert result.misconception == "policy-hidden-too-wide"
    assert "999999999999" not in result.to_text()


def test_a_policy_that_denies_beside_allowing_is_refused(published: Run) -> None:
    """Deny wins, wherever it stands."""
    policy = published.namespace["caller_policy"]
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    result = published.check("52.07", caller_policy={**policy, "Statement": [*policy["Statement"], deny]})
    assert result.misconception == "policy-denies"


def test_hidden_what_the_function_prints_is_not_shown(published: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A function that prints its input does not print the hidden layouts into the feedback."""
    published_choose = published.namespace["choose_subnets"]

    def choose_subnets(subnets: Any, zones: int = 3) -> Any:
        sys.stdout.write(str(subnets))
        return published_choose(subnets, zones)

    assert published.check("52.03", hidden=True, choose_subnets=choose_subnets).passed
    assert capsys.readouterr() == ("", "")
