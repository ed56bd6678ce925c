"""The closed forms, against textbook values and against each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmi_sim.queueing import (
    erlang_b,
    erlang_c,
    mean_concurrency,
    mean_wait_single_server,
    multi_server,
    processor_sharing_sojourn,
    slots_and_one_cpu,
)

rates = st.floats(0.01, 500)
times = st.floats(0.001, 2)


def test_textbook_values() -> None:
    """Loss and waiting at 48 servers and 43.2 erlangs; 16 servers at 75 %."""
    assert erlang_b(48, 43.2) == pytest.approx(0.05606819278403193)
    assert erlang_c(48, 43.2) == pytest.approx(0.3726417716234288)
    queue = multi_server(60, 0.2, 16)
    assert queue.waiting_probability == pytest.approx(0.20457385843573994)
    assert queue.mean_wait_s == pytest.approx(0.010228692921786997)
    assert queue.mean_in_system == pytest.approx(12.61372157530722)
    assert mean_wait_single_server(6, 0.1, 2) == pytest.approx(0.375)
    assert processor_sharing_sojourn(70, 0.01) == pytest.approx(1 / 30)
    assert processor_sharing_sojourn(70, 0.01, 0.05) == pytest.approx(1 / 6)
    assert mean_concurrency(500, 0.5237) == pytest.approx(261.85)


def test_sixteen_slots_on_one_vcpu() -> None:
    """200 ms of waiting and 10 ms of CPU: 70.8 requests a second, 71 % busy."""
    network = slots_and_one_cpu(16, 0.2, 0.01)
    assert network.throughput_rps == pytest.approx(70.79665268007341)
    assert network.mean_cpu_residence_s == pytest.approx(0.02599938548370658)
    assert network.cpu_utilisation == pytest.approx(0.7079665268007341)


@given(st.integers(1, 200), st.floats(0, 300))
def test_more_servers_lose_less(servers: int, offered: float) -> None:
    """Loss is a probability and falls with every server."""
    assert 0 <= erlang_b(servers + 1, offered) <= erlang_b(servers, offered) <= 1


@given(rates, times, st.integers(1, 100))
def test_one_queue_by_two_formulas(rate: float, service: float, servers: int) -> None:
    """Little's law holds, and one exponential server is the case of variation 1."""
    assume(rate * service < 0.99 * servers)
    queue = multi_server(rate, service, servers)
    assert queue.mean_in_system == pytest.approx(mean_concurrency(rate, queue.mean_sojourn_s))
    if rate * service < 0.99:
        assert multi_server(rate, service, 1).mean_wait_s == pytest.approx(mean_wait_single_server(rate, service, 1))
        assert multi_server(rate, service, 1).mean_sojourn_s == pytest.approx(processor_sharing_sojourn(rate, service))


@given(st.integers(1, 64), times, times)
def test_the_bounds_of_a_full_environment(slots: int, io: float, cpu: float) -> None:
    """Throughput is below what the slots and what the CPU could do, and rises with the slots."""
    network = slots_and_one_cpu(slots, io, cpu)
    assert network.throughput_rps <= min(slots / (io + cpu), 1 / cpu) * (1 + 1e-9)
    assert slots_and_one_cpu(slots + 1, io, cpu).throughput_rps >= network.throughput_rps * (1 - 1e-9)
    assert network.cpu_utilisation == pytest.approx(network.throughput_rps * cpu)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: erlang_b(0, 1), "servers 0"),
        (lambda: erlang_b(1, -1), "offered -1"),
        (lambda: erlang_b(1, math.nan), "offered nan"),
        (lambda: multi_server(100, 1, 100), "needs more than 100 servers"),
        (lambda: processor_sharing_sojourn(10, 0.1), "must be below 1"),
        (lambda: slots_and_one_cpu(1, 0, 0), "both 0"),
    ],
)
def test_what_cannot_be_is_named(call: object, words: str) -> None:
    """The value and the rule stand in the error."""
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]
