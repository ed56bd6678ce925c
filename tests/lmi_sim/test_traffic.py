"""Traffic: how many requests each shape brings, and when."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim import traffic
from lmi_sim.engine.reference.requests import arrival_times
from lmi_sim.traffic import Arrivals, Segment, Traffic

Shape = Callable[[float, float, Arrivals], Traffic]

SHAPES: dict[str, Shape] = {
    "steady": lambda low, high, arrivals: traffic.steady((low + high) / 2, 600, arrivals),
    "ramp up": lambda low, high, arrivals: traffic.ramp(low, high, 600, arrivals),
    "ramp down": lambda low, high, arrivals: traffic.ramp(high, low, 600, arrivals),
    "step": lambda low, high, arrivals: traffic.step(low, high, 200, 600, arrivals),
    "spike": lambda low, high, arrivals: traffic.spike(low, high, 100, 50, 600, arrivals),
    "diurnal": lambda low, high, arrivals: traffic.diurnal(low, high, 600, period_s=300, arrivals=arrivals),
}
"""Each with a mean that is worked out by hand below."""

MEANS: dict[str, Callable[[float, float], float]] = {
    "steady": lambda low, high: (low + high) / 2 * 600,
    "ramp up": lambda low, high: (low + high) / 2 * 600,
    "ramp down": lambda low, high: (low + high) / 2 * 600,
    "step": lambda low, high: low * 200 + high * 400,
    "spike": lambda low, high: low * 550 + high * 50,
    "diurnal": lambda low, high: (low + high) / 2 * 600,
}

rates = st.tuples(st.floats(0, 8), st.floats(0, 8)).map(lambda pair: (min(pair), max(pair)))
shapes = st.sampled_from(sorted(SHAPES))
seeds = st.integers(0, 2**63)


def times(made: Traffic, seed: int = 0) -> list[float]:
    """When the requests arrive."""
    return list(arrival_times(made, seed))


@given(shapes, rates)
def test_the_mean_of_a_shape_is_the_area_under_its_rate(name: str, levels: tuple[float, float]) -> None:
    """Worked out by hand for each shape."""
    made = SHAPES[name](*levels, "poisson")
    assert made.mean_requests == pytest.approx(MEANS[name](*levels), rel=1e-9, abs=1e-9)
    assert made.mean_rps == pytest.approx(made.mean_requests / 600)
    assert made.duration_s == 600


@given(shapes, rates, seeds)
def test_random_arrivals_are_as_many_as_the_rate_says(name: str, levels: tuple[float, float], seed: int) -> None:
    """A Poisson count is within six standard deviations of its mean, and six above zero for small means."""
    made = SHAPES[name](*levels, "poisson")
    mean = made.mean_requests
    assert abs(len(times(made, seed)) - mean) <= 6 * math.sqrt(mean) + 6


@given(shapes, rates)
def test_even_arrivals_are_exact(name: str, levels: tuple[float, float]) -> None:
    """The n-th request comes when the area under the rate is n: a whole number of requests, to rounding."""
    made = SHAPES[name](*levels, "deterministic")
    found = times(made)
    assert abs(len(found) - MEANS[name](*levels)) <= 1 + 1e-6
    for number, time_s in list(enumerate(found, start=1))[:: max(1, len(found) // 20)]:
        assert requests_before(made.segments, time_s) == pytest.approx(number, abs=1e-4)


def requests_before(segments: Sequence[Segment], time_s: float) -> float:
    """The area under the rate until a time."""
    area = 0.0
    for segment in segments:
        width = min(max(time_s - segment.start_s, 0.0), segment.end_s - segment.start_s)
        slope = (segment.end_rps - segment.start_rps) / (segment.end_s - segment.start_s)
        area += segment.start_rps * width + slope * width * width / 2
    return area


def test_even_arrivals_of_a_steady_rate_are_spaced_evenly() -> None:
    """Four a second: at 0.25 s, 0.5 s and so on."""
    assert times(traffic.steady(4, 2, "deterministic"))[:7] == pytest.approx([0.25 * n for n in range(1, 8)])


def test_even_arrivals_of_a_ramp_follow_its_square_root() -> None:
    """From 0 to 10 a second in 10 s the area is t²/2, so the n-th request comes at √(2n)."""
    found = times(traffic.ramp(0, 10, 10, "deterministic"))
    assert found[:49] == pytest.approx([math.sqrt(2 * n) for n in range(1, 50)])


@given(shapes, rates, seeds, st.sampled_from(["poisson", "deterministic"]))
def test_requests_come_in_order_within_the_time(
    name: str, levels: tuple[float, float], seed: int, arrivals: Arrivals
) -> None:
    """No request comes before another of a lower number, before 0 s, or after the end."""
    found = times(SHAPES[name](*levels, arrivals), seed)
    assert all(before <= after for before, after in pairwise(found))
    assert not found or (found[0] >= 0 and found[-1] <= 600)


@given(seeds)
def test_random_arrivals_leave_exponential_gaps(seed: int) -> None:
    """The gaps of a Poisson process have a cv of 1, and so many are longer than the mean as e says."""
    found = times(traffic.steady(10, 1000), seed)
    gaps = [after - before for before, after in pairwise(found)]
    mean = math.fsum(gaps) / len(gaps)
    cv = math.sqrt(math.fsum((gap - mean) ** 2 for gap in gaps) / len(gaps)) / mean
    assert cv == pytest.approx(1, abs=0.1)
    assert sum(gap > mean for gap in gaps) / len(gaps) == pytest.approx(math.exp(-1), abs=0.03)


@given(seeds)
def test_the_same_seed_gives_the_same_arrivals(seed: int) -> None:
    """And another seed others."""
    made = traffic.steady(5, 60)
    assert times(made, seed) == times(made, seed)
    assert times(made, seed) != times(made, seed + 1)


@given(st.floats(0, 20), st.floats(0, 20), st.floats(1, 50), st.floats(1, 50), st.integers(0, 2**32))
def test_bursts_have_the_long_run_mean_of_their_two_states(
    calm: float, burst: float, mean_calm_s: float, mean_burst_s: float, seed: int
) -> None:
    """A two-state MMPP spends in each state the share of its mean length; here over some 2,000 cycles."""
    cycle_s = mean_calm_s + mean_burst_s
    made = traffic.bursts(calm, burst, mean_calm_s, mean_burst_s, 2000 * cycle_s, seed=seed)
    expected = (calm * mean_calm_s + burst * mean_burst_s) / cycle_s
    # The variance of a renewal-reward process: 2 (a - b)² x² y² / (x + y)³ for each second, with means x and y.
    variance = 2 * ((calm - burst) * mean_calm_s * mean_burst_s) ** 2 / cycle_s**3 / (2000 * cycle_s)
    assert abs(made.mean_rps - expected) <= 6 * math.sqrt(variance) + 1e-9
    assert {segment.start_rps for segment in made.segments} <= {calm, burst}


@given(st.floats(1, 50), st.floats(1, 50), st.integers(0, 2**32))
def test_bursts_and_calms_last_as_long_as_declared(mean_calm_s: float, mean_burst_s: float, seed: int) -> None:
    """Exponentially distributed lengths, whose standard deviation is their mean; the last is cut off by the end."""
    made = traffic.bursts(1, 2, mean_calm_s, mean_burst_s, 2000 * (mean_calm_s + mean_burst_s), seed=seed)
    for rate, mean_s in ((1, mean_calm_s), (2, mean_burst_s)):
        lengths = [item.end_s - item.start_s for item in made.segments[:-1] if item.start_rps == rate]
        mean = math.fsum(lengths) / len(lengths)
        deviation = math.sqrt(math.fsum((length - mean) ** 2 for length in lengths) / len(lengths))
        assert mean == pytest.approx(mean_s, rel=0.15)
        assert deviation == pytest.approx(mean_s, rel=0.25)


@given(seeds)
def test_requests_of_bursts_are_as_many_as_their_rates_say(seed: int) -> None:
    """Given the bursts, the count is Poisson."""
    made = traffic.bursts(1, 30, 60, 10, 2000, seed=seed)
    assert abs(len(times(made, seed)) - made.mean_requests) <= 6 * math.sqrt(made.mean_requests) + 6


def test_a_day_is_highest_at_its_peak() -> None:
    """The sine wave of a day has its highest rate at noon and its lowest at midnight."""
    day = traffic.diurnal(10, 50, 86_400)
    assert day.rate_at(43_200) == pytest.approx(50)
    assert day.rate_at(0) == pytest.approx(10)
    assert day.rate_at(21_600) == pytest.approx(30)


levels = st.lists(st.tuples(st.floats(0.01, 50), st.floats(0, 90)), min_size=2, max_size=30)


@given(levels)
def test_rates_survive_a_csv(pairs: list[tuple[float, float]]) -> None:
    """What is written as start_s,rate_rps is read again as it was; the last rate holds as long as the one before."""
    starts = [math.fsum(width for width, _ in pairs[:index]) for index in range(len(pairs))]
    rows = [f"{start!r},{rate!r}" for start, (_, rate) in zip(starts, pairs, strict=True)]
    made = traffic.read_csv(["start_s,rate_rps", *rows])
    assert [segment.start_s for segment in made.segments] == starts
    assert [segment.start_rps for segment in made.segments] == [rate for _, rate in pairs]
    assert made.duration_s == 2 * starts[-1] - starts[-2]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50).map(sorted))
def test_recorded_times_survive_a_csv_and_are_replayed_as_they_are(recorded: list[float]) -> None:
    """One request a row, whatever the seed."""
    made = traffic.read_csv(["time_s", *map(repr, recorded)])
    assert times(made, seed=7) == recorded == list(made.times_s)
    assert made.duration_s == recorded[-1]


@given(shapes, rates, st.floats(0, 280), st.floats(1, 300))
def test_a_window_holds_what_comes_in_it(
    name: str, levels: tuple[float, float], start_s: float, width_s: float
) -> None:
    """The area of a window is the area under the rate between its ends."""
    made = SHAPES[name](*levels, "poisson")
    part = made.window(start_s, start_s + width_s)
    expected = requests_before(made.segments, start_s + width_s) - requests_before(made.segments, start_s)
    assert part.mean_requests == pytest.approx(expected, abs=1e-6)
    assert part.duration_s == pytest.approx(width_s)


@given(shapes, rates, st.floats(0, 10))
def test_scaling_multiplies_every_rate(name: str, levels: tuple[float, float], factor: float) -> None:
    """Twice the traffic is twice the requests."""
    made = SHAPES[name](*levels, "poisson")
    assert made.scaled(factor).mean_requests == pytest.approx(made.mean_requests * factor)
    assert made.scaled(factor).peak_rps == pytest.approx(made.peak_rps * factor)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: traffic.steady(-1, 60), "start_rps -1 must be a number of at least 0"),
        (lambda: traffic.steady(math.nan, 60), "start_rps nan must be a number of at least 0"),
        (lambda: traffic.steady(1, 0), "a segment must end after it begins"),
        (lambda: traffic.diurnal(9, 1, 60), "high_rps 1 must be at least low_rps 9"),
        (lambda: traffic.bursts(1, 2, 0, 1, 60), "mean_calm_s 0 and mean_burst_s 1 must be above 0"),
        (lambda: Traffic(), "traffic needs either segments or recorded times"),
        (lambda: Traffic((Segment(1, 2, 1, 1),)), "traffic begins at 0 s, not at 1 s"),
        (
            lambda: Traffic((Segment(0, 1, 1, 1), Segment(2, 3, 1, 1))),
            "there is a gap in the traffic between 1 s and 2 s",
        ),
        (lambda: traffic.recorded([2, 1]), "recorded times must not go back"),
        (lambda: traffic.recorded([1, 2]).scaled(2), "recorded times can't be scaled"),
    ],
)
def test_traffic_that_cannot_be_is_refused(make: Callable[[], Traffic], sentence: str) -> None:
    """In one sentence with the value and the rule."""
    with pytest.raises(ValueError, match=sentence):
        make()
