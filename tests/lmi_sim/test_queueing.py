"""The closed forms, against textbook values, exact arithmetic, and each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmi_sim.queueing import (
    closed_network,
    coefficient_of_variation,
    erlang_b,
    erlang_c,
    loss_system,
    mean_concurrency,
    mean_wait_single_server,
    multi_server,
    processor_sharing,
    processor_sharing_sojourn,
    saturation_rps,
    single_server,
    slots_and_one_cpu,
)

rates = st.floats(0.01, 500)
times = st.floats(0.001, 2)
counts = st.integers(1, 100)


def test_textbook_values() -> None:
    """Loss and waiting at 48 servers and 43.2 erlangs; 16 servers at 75 %."""
    assert erlang_b(48, 43.2) == pytest.approx(0.05606819278403193)
    assert loss_system(43.2, 48).mean_busy == pytest.approx(40.77785407172982)
    assert erlang_c(48, 43.2) == pytest.approx(0.3726417716234288)
    queue = multi_server(60, 0.2, 16)
    assert queue.waiting_probability == pytest.approx(0.20457385843573994)
    assert queue.mean_wait_s == pytest.approx(0.010228692921786997)
    assert queue.mean_in_system == pytest.approx(12.61372157530722)
    assert mean_wait_single_server(6, 0.1, 2) == pytest.approx(0.375)
    assert processor_sharing_sojourn(70, 0.01) == pytest.approx(1 / 30)
    assert processor_sharing_sojourn(70, 0.01, 0.05) == pytest.approx(1 / 6)
    assert mean_concurrency(500, 0.5237) == pytest.approx(261.85)


def test_what_spills_over_from_seven_servers() -> None:
    """7 provisioned environments for 6.48 erlangs let 21.6 % of Poisson arrivals spill over."""
    assert loss_system(6.48, 7).blocking_probability == pytest.approx(0.216, abs=5e-4)


def test_sixteen_slots_on_one_vcpu() -> None:
    """200 ms of waiting and 10 ms of CPU: 70.8 requests a second, 71 % busy."""
    for network in (slots_and_one_cpu(16, 0.2, 0.01), closed_network(16, 0.2, 0.01)):
        assert network.throughput_rps == pytest.approx(70.79665268007341)
        assert network.mean_cpu_residence_s == pytest.approx(0.02599938548370658)
        assert network.cpu_utilisation == pytest.approx(0.7079665268007341)


@given(st.integers(1, 60), st.fractions(0, 80, max_denominator=1000))
def test_erlang_b_is_the_exact_sum(servers: int, offered: Fraction) -> None:
    """The recursion gives what a^c/c! over the sum of a^k/k! gives in exact fractions."""
    terms = [offered**count / math.factorial(count) for count in range(servers + 1)]
    assert erlang_b(servers, float(offered)) == pytest.approx(float(terms[-1] / sum(terms)), rel=1e-12, abs=1e-300)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_erlang_c_is_the_exact_sum(servers: int, load: float) -> None:
    """The share that waits, from the stationary distribution of M/M/c in exact fractions."""
    offered = Fraction(load) * servers
    below = sum(offered**count / math.factorial(count) for count in range(servers))
    full = offered**servers / math.factorial(servers) / (1 - offered / servers)
    assert erlang_c(servers, float(offered)) == pytest.approx(float(full / (below + full)), rel=1e-9)


@given(st.integers(1, 200), st.floats(0, 300), st.floats(0, 10))
def test_loss_falls_with_servers_and_rises_with_load(servers: int, offered: float, more: float) -> None:
    """Loss is a probability, falls with every server and rises with the load."""
    assert 0 <= erlang_b(servers + 1, offered) <= erlang_b(servers, offered) <= 1
    assert erlang_b(servers, offered) <= erlang_b(servers, offered + more) * (1 + 1e-12)


@given(counts, st.floats(0, 0.999))
def test_more_must_wait_than_would_be_lost(servers: int, load: float) -> None:
    """Erlang C is at least Erlang B at the same load, and both are the same for no load."""
    offered = load * servers
    assert erlang_b(servers, offered) * (1 - 1e-12) <= erlang_c(servers, offered) <= 1


@given(counts, st.floats(0, 300))
def test_busy_servers_are_what_is_not_lost(servers: int, offered: float) -> None:
    """What is carried is at most what is offered and at most all servers."""
    system = loss_system(offered, servers)
    assert system.mean_busy == pytest.approx(offered * (1 - system.blocking_probability))
    assert system.mean_busy <= min(offered, servers) * (1 + 1e-12)
    assert system.utilisation == pytest.approx(system.mean_busy / servers)


@given(rates, times, counts)
def test_one_queue_by_several_formulas(rate: float, service: float, servers: int) -> None:
    """Little's law holds, and one exponential server is the case of variation 1 of all three models."""
    assume(rate * service < 0.99 * servers)
    queue = multi_server(rate, service, servers)
    assert queue.mean_in_system == pytest.approx(mean_concurrency(rate, queue.mean_sojourn_s))
    assert queue.mean_in_system - mean_concurrency(rate, queue.mean_wait_s) == pytest.approx(
        queue.utilisation * servers
    )
    if rate * service < 0.99:
        one, general = multi_server(rate, service, 1), single_server(rate, service, 1)
        assert one.mean_wait_s == pytest.approx(general.mean_wait_s)
        assert one.waiting_probability == pytest.approx(general.waiting_probability)
        assert one.mean_in_system == pytest.approx(general.mean_in_system)
        assert one.mean_sojourn_s == pytest.approx(processor_sharing(rate, service).mean_sojourn_s)


@given(counts, times, st.floats(0.05, 0.98))
def test_more_servers_wait_less(servers: int, service: float, load: float) -> None:
    """With another server the wait, its share and the utilisation fall."""
    rate = load * servers / service
    one, more = multi_server(rate, service, servers), multi_server(rate, service, servers + 1)
    assert more.mean_wait_s <= one.mean_wait_s
    assert more.waiting_probability <= one.waiting_probability
    assert more.utilisation < one.utilisation


@given(st.integers(1, 64), times, st.floats(0.05, 0.98), st.floats(0, 0.999))
def test_quantiles_of_the_wait(servers: int, service: float, load: float, share: float) -> None:
    """So many wait longer than a quantile as they should, and those that wait do so for the mean wait of these."""
    rate = load * servers / service
    queue = multi_server(rate, service, servers)
    wait = queue.wait_quantile_s(share)
    if wait == 0:
        assert share <= 1 - queue.waiting_probability + 1e-9
    else:
        longer = queue.waiting_probability * math.exp(-(servers / service - rate) * wait)
        assert longer == pytest.approx(1 - share)
    assert queue.mean_wait_s == pytest.approx(queue.waiting_probability / (servers / service - rate))


@given(rates, times, st.floats(0, 5), st.floats(0, 5))
def test_variation_makes_waits_longer(rate: float, service: float, variation: float, more: float) -> None:
    """The wait of M/G/1 grows with variation; constant service waits half as long as exponential."""
    assume(rate * service < 0.99)
    wait = mean_wait_single_server(rate, service, variation)
    assert mean_wait_single_server(rate, service, variation + more) >= wait
    exponential = mean_wait_single_server(rate, service, coefficient_of_variation("exponential"))
    constant = mean_wait_single_server(rate, service, coefficient_of_variation("deterministic"))
    assert 2 * constant == pytest.approx(exponential)


@given(rates, times, times)
def test_processor_sharing_is_linear_in_the_job(rate: float, service: float, job: float) -> None:
    """Whatever varies, a job takes `slowdown` times its own length, and Little's law holds."""
    assume(rate * service < 0.99)
    system = processor_sharing(rate, service)
    assert processor_sharing_sojourn(rate, service, job) == pytest.approx(job * system.slowdown)
    assert system.mean_sojourn_s == pytest.approx(service * system.slowdown)
    assert system.mean_in_system == pytest.approx(system.utilisation / (1 - system.utilisation))


@pytest.mark.parametrize("cv", [0.5, 1.0, 3.0])
def test_processor_sharing_does_not_depend_on_variation(cv: float) -> None:
    """A two-point mix of short and long jobs with the same mean leaves the mean where it is."""
    load, service = 0.7, 0.01
    share = 1 / (1 + cv**2)  # so many jobs of service / share, the others of none
    mixed = share * processor_sharing_sojourn(load / service, service, service / share)
    assert mixed == pytest.approx(processor_sharing(load / service, service).mean_sojourn_s)


@given(st.integers(1, 64), times, times)
def test_the_recursion_and_the_product_form_agree(slots: int, io: float, cpu: float) -> None:
    """Mean value analysis and the stationary distribution are two ways to one answer."""
    recursion, product = slots_and_one_cpu(slots, io, cpu), closed_network(slots, io, cpu)
    assert product.throughput_rps == pytest.approx(recursion.throughput_rps)
    assert product.mean_cpu_residence_s == pytest.approx(recursion.mean_cpu_residence_s)
    assert product.cpu_utilisation == pytest.approx(recursion.cpu_utilisation)


@given(st.integers(1, 64), times, times, st.integers(1, 8))
def test_the_bounds_of_a_full_environment(slots: int, io: float, cpu: float, vcpus: int) -> None:
    """Throughput is between the asymptotic bounds, rises with slots and vCPUs, and obeys Little's law."""
    network = closed_network(slots, io, cpu, vcpus)
    most = saturation_rps(slots=slots, held_s=io + cpu, vcpus=vcpus, cpu_s=cpu)
    least = slots / (io + cpu * max(1, slots / vcpus))
    assert least * (1 - 1e-9) <= network.throughput_rps <= most * (1 + 1e-9)
    assert closed_network(slots + 1, io, cpu, vcpus).throughput_rps >= network.throughput_rps * (1 - 1e-9)
    assert closed_network(slots, io, cpu, vcpus + 1).throughput_rps >= network.throughput_rps * (1 - 1e-9)
    assert network.throughput_rps * (io + network.mean_cpu_residence_s) == pytest.approx(slots)
    assert network.cpu_utilisation == pytest.approx(network.throughput_rps * cpu / vcpus)


@given(st.integers(1, 64), times, times)
def test_as_many_vcpus_as_slots_never_wait(slots: int, io: float, cpu: float) -> None:
    """With a vCPU for each slot nobody is slowed down."""
    network = closed_network(slots, io, cpu, slots)
    assert network.mean_cpu_residence_s == pytest.approx(cpu)
    assert network.throughput_rps == pytest.approx(slots / (io + cpu))


def test_a_full_environment_without_one_of_the_stations() -> None:
    """Without CPU time the slots set the pace, without waiting the vCPUs."""
    assert closed_network(10, 0.5, 0).throughput_rps == 20
    assert closed_network(10, 0.5, 0).mean_cpu_residence_s == 0
    only_cpu = closed_network(10, 0, 0.5, 2)
    assert (only_cpu.throughput_rps, only_cpu.mean_cpu_residence_s, only_cpu.cpu_utilisation) == (4, 2.5, 1)
    assert closed_network(1, 0, 0.5, 2).cpu_utilisation == 0.5


def test_a_large_environment_overflows_nothing() -> None:
    """1,024 slots on 16 vCPUs: the weights differ by hundreds of orders of magnitude."""
    assert closed_network(1024, 1e-3, 0.1, 16).throughput_rps == pytest.approx(160)
    assert closed_network(1024, 100, 1e-4, 16).throughput_rps == pytest.approx(10.24, rel=1e-3)


def test_saturation() -> None:
    """Slots, CPU, or the tighter of both; nothing that takes no time limits."""
    assert saturation_rps(slots=48, held_s=0.5) == 96
    assert saturation_rps(vcpus=3, cpu_s=0.02) == 150
    assert saturation_rps(slots=48, held_s=0.5, vcpus=3, cpu_s=0.05) == 60
    assert saturation_rps(slots=48, vcpus=3) == math.inf


def test_variations() -> None:
    """Each distribution has its own; a lognormal one is told."""
    assert coefficient_of_variation("deterministic") == 0
    assert coefficient_of_variation("exponential", 1.0) == 1
    assert coefficient_of_variation("lognormal", 2.0) == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: erlang_b(0, 1), "servers 0"),
        (lambda: erlang_b(1, -1), "offered -1"),
        (lambda: erlang_b(1, math.nan), "offered nan"),
        (lambda: multi_server(100, 1, 100), "needs more than 100 servers"),
        (lambda: multi_server(1, 0, 1), "service_s 0"),
        (lambda: multi_server(1, 0.1, 1).wait_quantile_s(1), "share must be at least 0 and below 1"),
        (lambda: single_server(1, 0.1, -1), "variation -1"),
        (lambda: processor_sharing_sojourn(10, 0.1), "must be below 1"),
        (lambda: processor_sharing_sojourn(1, 0.1, -1), "job_s -1"),
        (lambda: slots_and_one_cpu(1, 0, 0), "both 0"),
        (lambda: closed_network(1, 0, 0), "needs some time"),
        (lambda: closed_network(1, 1, 1, 0), "vcpus 0"),
        (lambda: saturation_rps(slots=-1, held_s=1), "slots -1"),
        (lambda: saturation_rps(vcpus=-1, cpu_s=1), "vcpus -1"),
        (lambda: coefficient_of_variation("normal"), "one of deterministic, exponential, lognormal"),
        (lambda: coefficient_of_variation("lognormal"), "needs its coefficient"),
        (lambda: coefficient_of_variation("exponential", 2), "of 1, not 2"),
    ],
)
def test_what_cannot_be_is_named(call: Callable[[], object], words: str) -> None:
    """The value and the rule stand in the error."""
    with pytest.raises(ValueError, match=words):
        call()
