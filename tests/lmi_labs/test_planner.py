"""The planner's questions, answers, words and drawing, without a notebook."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi_labs.widgets import planner_drawing, planner_words
from lmi_labs.widgets.planner_charts import charts
from lmi_labs.widgets.planner_core import answer, refined
from lmi_labs.widgets.planner_forms import KINDS, Point, crossing, fleet, provisioned_environments, rates, service_s
from lmi_labs.widgets.planner_question import INSTANCE_TYPES, PURCHASES, RUNTIMES, SHAPES, Question
from lmi_labs.widgets.vega import VEGA_LITE
from lmi_sim import prices, queueing
from lmi_sim.plan.curve import TODAY
from lmi_sim.plan.fleet import instance_hours
from lmi_sim.policies import DefaultLambda, ManagedInstances
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED

questions = st.builds(
    Question,
    rate_rps=st.floats(1, 2000),
    shape=st.sampled_from(sorted(SHAPES)),
    cpu_ms=st.floats(0.1, 300),
    io_ms=st.floats(0, 1000),
    runtime=st.sampled_from(RUNTIMES),
    memory_mb=st.sampled_from([128.0, 1024.0, 1769.0]),
    instance_type=st.sampled_from(["c8g.large", "m8g.2xlarge", "r8g.4xlarge", "m7i.4xlarge"]),
    environment_gib=st.just(8.0),
    max_concurrency=st.sampled_from([1, 8, 64]),
    purchase=st.sampled_from(sorted(PURCHASES)),
    p99_goal_ms=st.floats(10, 5000),
).filter(lambda question: question.problem() is None)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(questions)
def test_any_question_has_an_answer_that_adds_up(question: Question) -> None:
    """The verdict names the cheapest that meets the goals; every chart has rows and is valid JSON."""
    found = answer(question, 0.0)
    assert list(found.sides) == list(KINDS)
    for side in found.sides.values():
        assert side.usd == sum(amount for line, amount in side.bill.items() if line != "total") > 0
        assert math.isfinite(side.outcome.p99_ms)
        assert side.outcome.p50_ms <= side.outcome.p99_ms
    text = planner_words.verdict(found)
    if found.able:
        best = min((side for side in found.sides.values() if side.meets), key=lambda side: side.usd)
        assert text.lower().startswith(planner_words.NAMES[best.kind].lower())
        assert planner_words.usd(best.usd) in text
    else:
        assert text.startswith("None of the three meets the goals")
    for chart in charts(found):
        assert all(len(row) == len(chart.header) for row in chart.rows)
        json.dumps(chart.spec, allow_nan=False)


def test_the_first_answer_is_near_the_whole_and_says_what_it_rests_on() -> None:
    """Its costs agree with those of all requests to a few per cent."""
    first = answer(Question(), 0.0)
    whole = refined(Question(), engine="fast", stop=lambda: False)
    assert whole is not None
    assert not first.whole
    assert planner_words.basis(first).startswith("From the busiest ")
    assert planner_words.basis(first).endswith("of 1,000,800 requests.")
    assert planner_words.basis(whole) == f"From all of {whole.simulated:,} requests."
    assert whole.simulated == pytest.approx(1_000_800, rel=0.005)
    for kind in KINDS:
        assert float(first.sides[kind].usd) == pytest.approx(float(whole.sides[kind].usd), rel=0.05)
        assert first.sides[kind].outcome.p50_ms == pytest.approx(whole.sides[kind].outcome.p50_ms, rel=0.1)


def test_the_bill_of_managed_instances_by_hand() -> None:
    """Three c8g.xlarge for 730 hours with the fee of 15 % on the full price, and $0.20 for a million requests."""
    found = answer(Question(rate_rps=100.0, purchase="compute_sp_1yr"), 0.0)
    hourly = prices.on_demand_usd_per_hour("c8g.xlarge")
    expected = 3 * 730 * hourly * (1 - Decimal("0.32")) + 3 * 730 * hourly * Decimal("0.15")
    requests = Decimal(100 * 730 * 3600) * Decimal("0.0000002")
    assert found.managed.usd == pytest.approx(expected + requests, rel=Decimal("1e-9"))


def test_a_savings_plan_is_for_default_lambda_too() -> None:
    """12 % less for its compute, as in AWS's calculator; requests cost the same."""
    full, less = (answer(Question(purchase=key), 0.0).default.bill for key in ("none", "compute_sp_1yr"))
    assert less["compute"] == pytest.approx(full["compute"] * Decimal("0.88"), rel=Decimal("1e-9"))
    assert less["requests"] == full["requests"]


def test_what_was_asked_can_be_given_up() -> None:
    """The whole of a day is given up at once; there is no answer."""
    assert refined(Question(rate_rps=300, shape="diurnal"), engine="fast", stop=lambda: True) is None


def test_who_waits_hurries_the_first_answer() -> None:
    """With a newer question waiting it comes from the first short stretch, whatever the budget."""
    hurried = answer(Question(), 60.0, hurry=lambda: True)
    assert hurried.simulated < 10_000


def test_the_reference_engine_answers_from_less() -> None:
    """As in a browser tab, where no thread may be started."""
    found = answer(Question(), 0.0, engine="reference")
    assert 100 < found.simulated < 1000
    assert found.engine == "reference"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"rate_rps": float("nan")}, "The requests a second must be from 0.01 to 1,000,000, not nan."),
        ({"rate_rps": -1.0}, "The requests a second must be from 0.01 to 1,000,000, not -1.0."),
        ({"cpu_ms": 0.0, "io_ms": 0.0}, "A request needs some CPU time or some waiting; both are 0 ms."),
        ({"min_environments": -2}, "The environments at least must be from 1 to 15,000, not -2."),
        ({"min_environments": 15_000}, "Max_vcpu_count 10000 holds 2500 c8g.xlarge"),
        ({"shape": "square"}, "There is no shape of traffic 'square'; there are steady, diurnal, spike."),
        ({"runtime": "python3.9"}, "There is no runtime 'python3.9'; there are python3.13"),
        ({"instance_type": "c8g.huge"}, "No on-demand price for instance type 'c8g.huge' in us-east-1; did you mean"),
        ({"instance_type": "t3.large"}, "No on-demand price for instance type 't3.large'"),
        (
            {"instance_type": "c8g.large", "environment_gib": 16.0},
            "An environment of 8 vCPUs and 16 GiB does not fit on",
        ),
        (
            {"instance_type": "m8g.xlarge"},
            "An environment of 2 GiB at 4 GiB for each vCPU has 0.5 vCPUs; it must have 1 to 16, which is 4 GiB at least.",
        ),
    ],
)
def test_what_cannot_be_asked_is_answered_in_a_sentence(change: dict[str, object], expected: str) -> None:
    """With the value and the rule, and never a traceback."""
    problem = replace(Question(), **change).problem()  # type: ignore[arg-type]
    assert problem is not None
    assert problem.startswith(expected)


def test_what_is_offered_can_be_asked() -> None:
    """Every instance type, shape, runtime and way to buy of the controls, with an environment that fits."""
    for types in INSTANCE_TYPES.values():
        for name in types:
            gib = {"c": 2.0, "m": 4.0, "r": 8.0}[name[0]]
            assert Question(instance_type=name, environment_gib=gib).problem() is None, name
    for field, values in (("shape", SHAPES), ("runtime", RUNTIMES), ("purchase", PURCHASES)):
        for value in values:
            assert replace(Question(), **{field: value}).problem() is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("managed", "default", "expected"),
    [((10, 10, 10), (1, 2, 3), None), ((1, 1, 1), (2, 3, 4), None), ((10, 10, 10), (5, 15, 25), 150)],
)
def test_where_the_lines_cross(managed: tuple[int, ...], default: tuple[int, ...], expected: int | None) -> None:
    """Between two points, by their gaps; never, when one is cheaper all along."""
    curve = [
        Point(Decimal(requests), {MANAGED_INSTANCES: Decimal(ours), DEFAULT_LAMBDA: Decimal(theirs)})
        for requests, ours, theirs in zip((100, 200, 300), managed, default, strict=True)
    ]
    assert crossing(curve) == expected


def test_the_curve_goes_through_today() -> None:
    """At today's level its costs are those of the three ways, which the closed form of the fleet gives here."""
    found = answer(Question(), 0.0)
    for kind in KINDS:
        assert found.curve[TODAY].usd[kind] == pytest.approx(found.sides[kind].usd, rel=Decimal("1e-9"))
    assert [point.requests for point in found.curve] == sorted(point.requests for point in found.curve)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.floats(0.01, 500), st.floats(1, 2000))
def test_provisioned_environments_are_the_fewest_that_erlang_allows(peak_rps: float, io_ms: float) -> None:
    """With one less, more than 1 % of the requests would find none."""
    spec, policy = Question(cpu_ms=0, io_ms=io_ms).spec(), DefaultLambda(account_concurrency=10_000)
    count = provisioned_environments(peak_rps, spec.workload, policy)
    offered = peak_rps * service_s(spec.workload, policy)
    assert queueing.erlang_b(count, offered) <= 0.01 + 1e-12
    assert count == 1 or queueing.erlang_b(count - 1, offered) > 0.01


def test_the_fleet_over_time_is_that_of_a_plan() -> None:
    """Its mean is the closed form that a search orders configurations by."""
    spec = Question(shape="diurnal", cpu_ms=50).spec()
    policy = spec.policies[MANAGED_INSTANCES]
    assert isinstance(policy, ManagedInstances)
    sizes = fleet(rates(spec.traffic), spec.workload, policy)
    assert sum(sizes) / len(sizes) * 24 == pytest.approx(instance_hours(spec.traffic, spec.workload, policy))
    assert min(sizes) < max(sizes)


def test_the_drawing_says_everything_in_words() -> None:
    """A table for each chart, the three ways side by side, what is assumed, and that this is a model."""
    found = answer(Question(), 0.0)
    drawn = planner_drawing.draw(found, "A <note>.")
    assert "A &lt;note&gt;." in drawn.head
    for name in ("managed instances", "default Lambda", "provisioned concurrency"):
        assert name in drawn.head
    for chart, output in zip(charts(found), drawn.outputs, strict=True):
        assert f"aria-label='{chart.title}'" in drawn.tables
        assert output["data"]["text/plain"] == f"{chart.title}. {chart.caption}"
        assert output["data"][VEGA_LITE] == chart.spec
    assert "A model, not AWS" in drawn.tables
    assert "scaling_model.target_cpu_percent" in drawn.tables
    assert "12 &lt; 13" in planner_drawing.refusal("12 < 13", answered=False)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(999, "999"), (1e3, "1 thousand"), (730_584_000, "731 million"), (Decimal("1.5e9"), "1.5 billion")],
)
def test_large_numbers_have_three_digits(number: Decimal | float, expected: str) -> None:
    """And a word for their size."""
    assert planner_words.large(number) == expected


def test_an_account_that_is_too_small_is_said() -> None:
    """Where Erlang asks for more environments than the account allows, the words say so."""
    found = answer(Question(rate_rps=2000, io_ms=3000, cpu_ms=2000, memory_mb=512), 0.0)
    assert found.provisioned_environments == 9_999
    assert any(
        "9,999 environments all the time, as many as the account allows" in text
        for text in planner_words.assumed(found)
    )
    assert found.sides[PROVISIONED].bill["kept"] > 0
