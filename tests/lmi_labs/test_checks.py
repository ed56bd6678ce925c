"""Results, their looks, and what checks make of strange answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lmi_labs.account import Account
from lmi_labs.checks import CheckResult, Score, bounded
from lmi_labs.tasks import UNANSWERED, Check, Task, Verdict, passed, refused


class Strange:
    """An answer that is equal to everything and can't be shown."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        raise RuntimeError("no")


def task(function: Check, answers: tuple[str, ...] = ("answer",)) -> Task:
    """A task of four points with the check."""
    return Task("52.01", "T", 4, ("52.1",), answers, "labs/day52.md#x", function)


def right(_account: Account, _answers: Mapping[str, Any]) -> Verdict:
    """A check that is always content."""
    return passed("Good.")


def check(function: Check, **answers: Any) -> CheckResult:
    """The result of a check in an account that is never looked at."""
    return task(function).check(Account("moto"), answers)


def test_a_score_is_its_number_to_nbgrader_and_an_explanation_to_people() -> None:
    """The plain text is the number alone; the HTML has the message."""
    score = Score(check(right, answer=1))
    assert repr(score) == "4"
    assert float(repr(Score(check(lambda *_: refused("m", "No.", credit=0.25), answer=1)))) == 1.0
    assert "Good." in score._repr_html_()


def test_html_is_escaped_and_the_text_says_the_same() -> None:
    """What a learner wrote can't become markup, and nothing is said in colour alone."""
    result = check(lambda *_: refused("m", "Wrong <b>", found="<script>x</script>", next_step="Do."), answer=1)
    page, text = result.to_html(), result.to_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    for word in ("Not yet", "Wrong", "Do.", "Next step"):
        assert word in text
        assert word.split(" <")[0] in page


@pytest.mark.parametrize("answers", [{}, {"answer": ...}])
def test_an_answer_that_is_missing_is_told(answers: dict[str, Any]) -> None:
    """The name that is not set is named, whether it is absent or left as it came."""
    result = check(right, **answers)
    assert (result.passed, result.points, result.misconception) == (False, 0, UNANSWERED)
    assert "answer is not set" in result.message


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), SystemExit(3), KeyError("SubnetId")])
def test_a_check_that_stumbles_is_a_result(error: BaseException) -> None:
    """Whatever happens in a check, the learner gets a result, never a traceback."""

    def stumble(_account: Account, _answers: Mapping[str, Any]) -> Verdict:
        raise error

    result = check(stumble, answer=1)
    assert not result.passed
    assert type(error).__name__ in result.found


def test_checks_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing goes to standard error, for which nbgrader would take all points away, nor to the output."""

    def loud(_account: Account, _answers: Mapping[str, Any]) -> Verdict:
        import sys
        import warnings

        warnings.warn("old", DeprecationWarning, stacklevel=1)
        sys.stderr.write("noise")
        sys.stdout.write("what a learner's function prints")
        return passed("Good.")

    assert check(loud, answer=1).passed
    assert capsys.readouterr() == ("", "")


def test_strange_values_are_shown_safely() -> None:
    """A value that can't be shown, or is endless, is still described."""
    assert "Strange" in bounded(Strange())
    assert len(bounded("x" * 10_000)) == 600


def test_credit_of_a_refusal_is_below_one() -> None:
    """Full credit is for passing alone."""
    with pytest.raises(ValueError, match="below 1"):
        refused("m", "No.", credit=1.0)
