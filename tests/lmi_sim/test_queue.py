"""The queue: both engines alike, and what queueing theory says of it."""

from __future__ import annotations

import random

import pytest

from lmi_sim import queueing, traffic
from lmi_sim.engine.queue import simulate_queue
from lmi_sim.workload import deterministic, exponentially, lognormal
from tests.lmi_sim.specs import distribution, some_traffic


def test_the_engines_agree_on_random_queues() -> None:
    """Number by number, histogram included."""
    for number in range(60):
        draw = random.Random(number)
        coming = some_traffic(draw, 1000)
        service = distribution(draw, 1000 / max(coming.mean_rps, 0.1))
        servers = draw.randrange(1, 40)
        fast, slow = (
            simulate_queue(coming, service, servers, seed=number, engine=engine)  # type: ignore[arg-type]
            for engine in ("fast", "reference")
        )
        assert fast == slow, number


@pytest.mark.parametrize("number", range(6))
def test_waits_are_erlang_c(number: int) -> None:
    """The share that waits and the mean wait of M/M/c, within 1 %."""
    draw = random.Random(500 + number)
    servers = draw.randrange(1, 16)
    load = draw.uniform(0.6, 0.8)
    rate = servers * load / 0.1
    result = simulate_queue(traffic.steady(rate, 40e6 / rate), exponentially(100), servers, seed=number)
    expected = queueing.multi_server(rate, 0.1, servers)
    assert result.waiting_share == pytest.approx(expected.waiting_probability, rel=0.01)
    assert result.mean_wait_s == pytest.approx(expected.mean_wait_s, rel=0.01)
    assert result.utilisation == pytest.approx(load, rel=0.01)


@pytest.mark.parametrize(("service", "variation"), [(deterministic(100), 0), (lognormal(100, 0.8), 0.8)])
def test_one_server_follows_pollaczek_and_khinchine(service: object, variation: float) -> None:
    """The mean wait of M/G/1 depends on the variance of the service."""
    result = simulate_queue(traffic.steady(6, 20e6 / 6), service, 1, seed=1)  # type: ignore[arg-type]
    expected = queueing.mean_wait_single_server(6, 0.1, variation)
    assert result.mean_wait_s == pytest.approx(expected, rel=0.01)


def test_a_queue_needs_a_server() -> None:
    """Zero servers are refused."""
    with pytest.raises(ValueError, match="servers 0 must be at least 1"):
        simulate_queue(traffic.steady(1, 1), deterministic(1), 0)
