"""The planner's core and drawing, without a notebook."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi_labs.widgets import planner_drawing
from lmi_labs.widgets.planner import planner
from lmi_labs.widgets.planner_core import FIRST_REQUESTS, Question, answer
from lmi_sim.plan.curve import crossing
from lmi_sim.plan.model import Point

questions = st.builds(
    Question,
    rate_rps=st.floats(1, 2000),
    shape=st.sampled_from(["steady", "diurnal", "spike"]),
    cpu_ms=st.floats(0, 300),
    io_ms=st.floats(0, 1000),
    memory_mb=st.sampled_from([128.0, 1024.0, 1769.0]),
    instance_type=st.sampled_from(["c8g.large", "m8g.xlarge", "r8g.2xlarge", "m7i.2xlarge"]),
    max_concurrency=st.sampled_from([1, 8, 64]),
    discount=st.sampled_from([0.0, 0.32, 0.65]),
    p99_goal_ms=st.floats(10, 5000),
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(questions)
def test_any_question_has_an_answer_that_adds_up(question: Question) -> None:
    """Bills are positive, the verdict follows from them, charts have rows, and all of it is valid JSON."""
    found = answer(question)
    able = [side for side in (found.managed, found.default) if side.meets]
    assert found.managed.usd > 0
    assert ("Neither" in found.verdict) == (not able)
    if len(able) == 2:
        assert found.verdict.startswith("Managed") == (found.managed.usd <= found.default.usd)
    for chart in planner_drawing.charts(found):
        assert all(len(row) == len(chart.header) for row in chart.rows)
        json.dumps(chart.spec, allow_nan=False)
    assert "A model, not AWS" in planner_drawing.head(found)


def test_the_first_answer_comes_from_the_busiest_stretch_and_says_so() -> None:
    """Its costs agree with the whole to a few per cent."""
    question = Question()
    first, whole = answer(question), answer(question, whole=True)
    assert first.simulated < first.asked
    assert "the busiest 2" in planner_drawing.head(first)
    assert whole.whole
    assert "Simulated: all of 1,000,800" in planner_drawing.head(whole)
    assert float(first.managed.usd) == pytest.approx(float(whole.managed.usd), rel=0.05)
    assert float(first.default.usd) == pytest.approx(float(whole.default.usd), rel=0.05)


def test_the_reference_engine_answers_from_less() -> None:
    """As in a browser tab; the page says that the slow engine is at work."""
    found = answer(Question(), engine="reference")
    assert found.simulated <= 10 * FIRST_REQUESTS["reference"]
    assert "slow engine" in planner_drawing.head(found)


def test_a_question_that_cannot_be_asked_is_said_in_the_widget() -> None:
    """No traceback: the instance is too small for the environment."""
    with pytest.raises(ValueError, match=r"does not fit on c8g\.large"):
        answer(Question(instance_type="c8g.large", environment_gib=16.0))
    box = planner(Question(instance_type="c8g.large", environment_gib=16.0))
    assert "can't be simulated: an environment of 8 vCPUs" in box.children[1].value


@pytest.mark.parametrize(
    ("managed", "default", "expected"),
    [((10, 10, 10), (1, 2, 3), None), ((1, 1, 1), (2, 3, 4), None), ((10, 10, 10), (5, 15, 25), 150)],
)
def test_where_the_lines_cross(managed: tuple[int, ...], default: tuple[int, ...], expected: int | None) -> None:
    """Between two points, by their gaps; never, when one is cheaper all along."""
    curve = [
        Point(Decimal(requests), Decimal(ours), Decimal(theirs))
        for requests, ours, theirs in zip((100, 200, 300), managed, default, strict=True)
    ]
    assert crossing(curve) == expected
