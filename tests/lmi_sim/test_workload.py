"""Distributions of a workload: what is drawn from them has the mean, the spread and the quantiles that were declared."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim import workload
from lmi_sim.random_numbers import Stream, inverse_normal, uniform
from lmi_sim.workload import Distribution

_DRAWS = 4000

means = st.floats(0.01, 1e5)
cvs = st.floats(0.05, 1.5)
seeds = st.integers(0, 2**63)


@st.composite
def quantiles(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Pairs of a probability and a time, both rising."""
    shares = sorted(draw(st.sets(st.integers(0, 100), min_size=2, max_size=8)))
    steps = draw(st.lists(st.floats(0, 1000), min_size=len(shares), max_size=len(shares)))
    return [(share / 100, math.fsum(steps[: index + 1])) for index, share in enumerate(shares)]


def drawn(distribution: Distribution, seed: int) -> list[float]:
    """What the requests of a simulation need, in ms."""
    return [distribution.sample_ms(uniform(seed, Stream.CPU, number)) for number in range(_DRAWS)]


def spread(values: list[float]) -> tuple[float, float]:
    """The mean and the coefficient of variation."""
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values)) / mean


def stratified(distribution: Distribution, count: int = 20_000) -> list[float]:
    """The times at evenly spread probabilities: the distribution without the noise of drawing."""
    return [distribution.sample_ms((index + 0.5) / count) for index in range(count)]


@given(means, seeds)
def test_a_deterministic_time_is_always_the_same(value_ms: float, seed: int) -> None:
    """No spread at all."""
    assert set(drawn(workload.deterministic(value_ms), seed)) == {value_ms}


@given(means, seeds)
def test_an_exponential_time_has_its_mean_and_a_cv_of_1(mean_ms: float, seed: int) -> None:
    """The mean within six standard errors; half of the times are below ln 2 of the mean."""
    values = drawn(workload.exponentially(mean_ms), seed)
    mean, cv = spread(values)
    assert mean == pytest.approx(mean_ms, rel=6 / math.sqrt(_DRAWS))
    assert cv == pytest.approx(1, abs=0.15)
    below = sum(value < mean_ms * math.log(2) for value in values) / _DRAWS
    assert below == pytest.approx(0.5, abs=6 * 0.5 / math.sqrt(_DRAWS))


@given(means, cvs, seeds)
def test_a_lognormal_time_has_its_mean(mean_ms: float, cv: float, seed: int) -> None:
    """Within six standard errors."""
    mean, _ = spread(drawn(workload.lognormal(mean_ms, cv), seed))
    assert mean == pytest.approx(mean_ms, rel=6 * cv / math.sqrt(_DRAWS) + 1e-9)


@given(means, cvs)
def test_a_lognormal_time_has_its_mean_and_cv(mean_ms: float, cv: float) -> None:
    """Without the noise of drawing both agree within a few per cent, which the far tail takes."""
    mean, found = spread(stratified(workload.lognormal(mean_ms, cv)))
    assert mean == pytest.approx(mean_ms, rel=0.01)
    assert found == pytest.approx(cv, rel=0.05)


@given(means, cvs, st.floats(0.01, 0.99))
def test_a_lognormal_time_has_the_quantiles_of_the_textbook(mean_ms: float, cv: float, share: float) -> None:
    """The logarithm is normal with variance ln(1 + cv²)."""
    sigma = math.sqrt(math.log(1 + cv * cv))
    expected = mean_ms * math.exp(-sigma * sigma / 2 + sigma * NormalDist().inv_cdf(share))
    assert workload.lognormal(mean_ms, cv).sample_ms(share) == pytest.approx(expected, rel=1e-6)


@given(quantiles())
def test_measured_quantiles_come_back(pairs: list[tuple[float, float]]) -> None:
    """At each declared probability stands the declared time, and between two of them a straight line."""
    made = workload.empirical(pairs)
    for share, time_ms in pairs:
        if share < 1:
            assert made.sample_ms(share) == pytest.approx(time_ms, abs=1e-6)
    for (low, low_ms), (high, high_ms) in itertools.pairwise(pairs):
        assert made.sample_ms((low + high) / 2) == pytest.approx((low_ms + high_ms) / 2, abs=1e-6)


@given(quantiles(), seeds)
def test_draws_from_measured_quantiles_have_their_mean(pairs: list[tuple[float, float]], seed: int) -> None:
    """Nothing lies outside of what was measured, and the mean is the area under the quantiles."""
    made = workload.empirical(pairs)
    values = drawn(made, seed)
    low, high = pairs[0][1], pairs[-1][1]
    assert low - 1e-9 <= min(values) <= max(values) <= high + 1e-9
    assert math.fsum(values) / _DRAWS == pytest.approx(
        made.mean_ms, abs=6 * (high - low) / 2 / math.sqrt(_DRAWS) + 1e-9
    )


@given(st.floats(1e-9, 1 - 1e-9))
def test_the_inverse_normal_is_that_of_the_standard_library(number: float) -> None:
    """Acklam's approximation within its stated relative error."""
    assert inverse_normal(number) == pytest.approx(NormalDist().inv_cdf(number), rel=2e-9, abs=2e-9)


@pytest.mark.parametrize(
    "made",
    [
        workload.deterministic(5),
        workload.exponentially(5),
        workload.lognormal(5, 1),
        workload.empirical([(0, 1), (1, 9)]),
    ],
    ids=lambda made: made.kind,
)
def test_a_higher_number_never_stands_for_a_shorter_time(made: Distribution) -> None:
    """Sampling is by the inverse of the distribution, also at 0 and just below 1."""
    times = [made.sample_ms(number) for number in (0.0, 1e-12, 0.1, 0.5, 0.9, 1 - 2.0**-53)]
    assert times == sorted(times)
    assert all(0 <= time_ms < math.inf for time_ms in times)


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([(0.5, 1.0)], "at least two quantiles are needed, not 1"),
        ([(0.5, 1.0), (0.5, 2.0)], "quantiles need different probabilities between 0 and 1"),
        ([(0.5, 1.0), (1.5, 2.0)], "quantiles need different probabilities between 0 and 1"),
        ([(0.5, 2.0), (0.9, 1.0)], "the times of quantiles must be at least 0 and must not fall"),
        ([(0.5, -2.0), (0.9, 1.0)], "the times of quantiles must be at least 0 and must not fall"),
    ],
)
def test_quantiles_that_cannot_be_are_refused(pairs: list[tuple[float, float]], sentence: str) -> None:
    """In one sentence."""
    with pytest.raises(ValueError, match=sentence):
        workload.empirical(pairs)


@pytest.mark.parametrize("mean_ms", [-1.0, math.nan, math.inf])
def test_a_mean_must_be_a_number_of_at_least_0(mean_ms: float) -> None:
    """For every kind."""
    for make in (workload.deterministic, workload.exponentially):
        with pytest.raises(ValueError, match="must be a number of at least 0"):
            make(mean_ms)
