"""Closed forms of queueing theory: what must hold for any simulation, and quick answers where nothing need be simulated.

    mean_concurrency            Little's law
    loss_system                 M/G/c/c: arrivals that find all servers busy are lost (Erlang B)
    multi_server                M/M/c, first come first served (Erlang C)
    single_server               M/G/1, first come first served (Pollaczek and Khinchine)
    processor_sharing           M/G/1 with processor sharing: how a vCPU serves several requests
    closed_network              slots that are always full: waiting on the network, then sharing vCPUs
    saturation_rps              what slots and vCPUs carry at most

Rates are per second, times in seconds, offered loads in erlangs. Sources: Erlang; Pollaczek and Khinchine; Kleinrock,
Queueing Systems II (processor sharing); Reiser and Lavenberg (mean value analysis); Denning and Buzen (bounds).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "VARIATIONS",
    "ClosedNetwork",
    "LossSystem",
    "MultiServer",
    "ProcessorSharing",
    "SingleServer",
    "closed_network",
    "coefficient_of_variation",
    "erlang_b",
    "erlang_c",
    "loss_system",
    "mean_concurrency",
    "mean_wait_single_server",
    "multi_server",
    "processor_sharing",
    "processor_sharing_sojourn",
    "saturation_rps",
    "single_server",
    "slots_and_one_cpu",
]

VARIATIONS: dict[str, float | None] = {"deterministic": 0.0, "exponential": 1.0, "lognormal": None, "general": None}
"""The coefficient of variation of a service time by its distribution; None where it is a parameter."""


def coefficient_of_variation(distribution: str, given: float | None = None) -> float:
    """The standard deviation of a service time divided by its mean.

    Raises ValueError for an unknown distribution, for a lognormal one without a value, and for a value that the
    distribution can't have.
    """
    if distribution not in VARIATIONS:
        raise ValueError(f"distribution {distribution!r} must be one of {', '.join(VARIATIONS)}")
    fixed = VARIATIONS[distribution]
    if fixed is None:
        if given is None:
            raise ValueError(f"a {distribution} distribution needs its coefficient of variation")
        _not_negative(cv=given)
        return given
    if given is not None and given != fixed:
        raise ValueError(f"a {distribution} distribution has a coefficient of variation of {fixed:g}, not {given:g}")
    return fixed


def mean_concurrency(arrival_rate: float, latency_s: float) -> float:
    """Little's law: how many requests are under way on average."""
    _not_negative(arrival_rate=arrival_rate, latency_s=latency_s)
    return arrival_rate * latency_s


def erlang_b(servers: int, offered: float) -> float:
    """The share of arrivals that find all servers busy and are lost, at an offered load in erlangs."""
    _positive(servers=servers)
    _not_negative(offered=offered)
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """The share of arrivals that must wait when none are lost. Raises ValueError when the load is not below `servers`."""
    if offered >= servers:
        raise ValueError(f"an offered load of {offered:g} erlangs needs more than {servers} servers")
    lost = erlang_b(servers, offered)
    return servers * lost / (servers - offered * (1 - lost))


@dataclass(frozen=True)
class LossSystem:
    """Means of servers without a queue and Poisson arrivals."""

    blocking_probability: float
    mean_busy: float
    utilisation: float


def loss_system(offered: float, servers: int) -> LossSystem:
    """M/G/c/c at an offered load in erlangs. It doesn't depend on how service times are distributed."""
    blocked = erlang_b(servers, offered)
    busy = offered * (1 - blocked)
    return LossSystem(blocked, busy, busy / servers)


@dataclass(frozen=True)
class MultiServer:
    """Means of a first-come-first-served queue with several servers, Poisson arrivals and exponential service."""

    waiting_probability: float
    mean_wait_s: float
    mean_sojourn_s: float
    utilisation: float
    mean_in_system: float
    drain_per_s: float

    def wait_quantile_s(self, share: float) -> float:
        """The wait that a share of the requests (0 to below 1) doesn't exceed: those that wait do so exponentially."""
        if not 0 <= share < 1:
            raise ValueError(f"a quantile's share must be at least 0 and below 1, not {share}")
        longer = 1 - share
        if longer >= self.waiting_probability:
            return 0.0
        return math.log(self.waiting_probability / longer) / self.drain_per_s


def multi_server(arrival_rate: float, service_s: float, servers: int) -> MultiServer:
    """M/M/c. Raises ValueError when the servers can't keep up."""
    _not_negative(arrival_rate=arrival_rate)
    _above_zero(service_s=service_s)
    offered = arrival_rate * service_s
    waits = erlang_c(servers, offered)
    drain = (servers - offered) / service_s
    wait = waits / drain
    sojourn = wait + service_s
    return MultiServer(waits, wait, sojourn, offered / servers, arrival_rate * sojourn, drain)


@dataclass(frozen=True)
class SingleServer:
    """Means of a first-come-first-served queue with one server and Poisson arrivals."""

    waiting_probability: float
    mean_wait_s: float
    mean_sojourn_s: float
    utilisation: float
    mean_in_system: float


def single_server(arrival_rate: float, service_s: float, variation: float) -> SingleServer:
    """M/G/1, for a coefficient of variation of the service time. Raises ValueError for a load of 1 or more."""
    wait = mean_wait_single_server(arrival_rate, service_s, variation)
    load, sojourn = arrival_rate * service_s, wait + service_s
    return SingleServer(load, wait, sojourn, load, arrival_rate * sojourn)


def mean_wait_single_server(arrival_rate: float, service_s: float, variation: float) -> float:
    """M/G/1, first come first served: the mean wait, for a coefficient of variation of the service time."""
    _not_negative(variation=variation)
    load = _load(arrival_rate, service_s)
    return load * service_s * (1 + variation**2) / (2 * (1 - load))


@dataclass(frozen=True)
class ProcessorSharing:
    """Means of one server that all requests in it share evenly, with Poisson arrivals."""

    mean_sojourn_s: float
    slowdown: float
    utilisation: float
    mean_in_system: float


def processor_sharing(arrival_rate: float, service_s: float) -> ProcessorSharing:
    """M/G/1-PS: a request takes `slowdown` times as long as it would alone, however service times are distributed."""
    sojourn = processor_sharing_sojourn(arrival_rate, service_s)
    load = arrival_rate * service_s
    return ProcessorSharing(sojourn, 1 / (1 - load), load, arrival_rate * sojourn)


def processor_sharing_sojourn(arrival_rate: float, service_s: float, job_s: float | None = None) -> float:
    """M/G/1 with processor sharing: the mean time in the system, of a job that needs `job_s` if it is given.

    It doesn't depend on how service times are distributed.
    """
    job = service_s if job_s is None else job_s
    _not_negative(job_s=job)
    return job / (1 - _load(arrival_rate, service_s))


@dataclass(frozen=True)
class ClosedNetwork:
    """An execution environment that is always full: its throughput, how long requests stay at the CPU, how busy it is."""

    throughput_rps: float
    mean_cpu_residence_s: float
    cpu_utilisation: float


def closed_network(slots: int, io_s: float, cpu_s: float, vcpus: int = 1) -> ClosedNetwork:
    """`slots` requests at a time, each waiting `io_s` on the network and needing `cpu_s` of the shared vCPUs.

    A request uses one vCPU at most. Exact, from the product form of a delay and a processor-sharing station, in which
    only the means of the two times matter.
    """
    _positive(slots=slots, vcpus=vcpus)
    _some_time(io_s, cpu_s)
    if cpu_s == 0:
        return ClosedNetwork(slots / io_s, 0.0, 0.0)
    if io_s == 0:
        busy = min(slots, vcpus)
        return ClosedNetwork(busy / cpu_s, slots / busy * cpu_s, busy / vcpus)
    weights = [0.0]  # the logarithm of the probability, less a constant, of 0, 1, 2 … requests at the CPU
    for count in range(1, slots + 1):
        step = (slots - count + 1) / io_s * (cpu_s / min(count, vcpus))
        weights.append(weights[-1] + math.log(step))
    most = max(weights)
    likely = [math.exp(weight - most) for weight in weights]
    total = math.fsum(likely)
    busy_mean = math.fsum(min(count, vcpus) * weight for count, weight in enumerate(likely)) / total
    at_cpu = math.fsum(count * weight for count, weight in enumerate(likely)) / total
    throughput = busy_mean / cpu_s
    return ClosedNetwork(throughput, at_cpu / throughput, busy_mean / vcpus)


def slots_and_one_cpu(slots: int, io_s: float, cpu_s: float) -> ClosedNetwork:
    """`closed_network` with one vCPU, by exact mean value analysis: the recursion to explain it with."""
    _positive(slots=slots)
    _some_time(io_s, cpu_s)
    at_cpu = residence = throughput = 0.0
    for count in range(1, slots + 1):
        residence = cpu_s * (1 + at_cpu)
        throughput = count / (io_s + residence)
        at_cpu = throughput * residence
    return ClosedNetwork(throughput, residence, throughput * cpu_s)


def saturation_rps(
    *, slots: int | None = None, held_s: float = 0.0, vcpus: float | None = None, cpu_s: float = 0.0
) -> float:
    """The most requests per second that slots, each held for `held_s`, and vCPUs, each used for `cpu_s`, can carry.

    What is None isn't a limit, nor is what takes no time; infinity when nothing limits. The tighter bound counts.
    """
    _not_negative(held_s=held_s, cpu_s=cpu_s)
    if slots is not None:
        _not_negative(slots=slots)
    if vcpus is not None:
        _not_negative(vcpus=vcpus)
    by_slots = slots / held_s if slots is not None and held_s > 0 else math.inf
    by_cpu = vcpus / cpu_s if vcpus is not None and cpu_s > 0 else math.inf
    return min(by_slots, by_cpu)


def _load(arrival_rate: float, service_s: float) -> float:
    _not_negative(arrival_rate=arrival_rate, service_s=service_s)
    load = arrival_rate * service_s
    if load >= 1:
        raise ValueError(f"a load of {load:g} is more than one server can carry; it must be below 1")
    return load


def _some_time(io_s: float, cpu_s: float) -> None:
    _not_negative(io_s=io_s, cpu_s=cpu_s)
    if io_s + cpu_s == 0:
        raise ValueError("a request needs some time: io_s and cpu_s are both 0")


def _positive(**values: int) -> None:
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} {value} must be at least 1")


def _above_zero(**values: float) -> None:
    for name, value in values.items():
        if not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name} {value} must be a number above 0")


def _not_negative(**values: float) -> None:
    for name, value in values.items():
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{name} {value} must be a number of at least 0")
