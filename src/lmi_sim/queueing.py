"""Closed forms of queueing theory: what must hold for any simulation, and quick answers where nothing need be simulated.

Rates are per second, times in seconds. Sources: Erlang; Pollaczek and Khinchine; Kleinrock, Queueing Systems II
(processor sharing); Reiser and Lavenberg (mean value analysis).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "ClosedNetwork",
    "MultiServer",
    "erlang_b",
    "erlang_c",
    "mean_concurrency",
    "mean_wait_single_server",
    "multi_server",
    "processor_sharing_sojourn",
    "slots_and_one_cpu",
]


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
        raise ValueError(f"an offered load of {offered} erlangs needs more than {servers} servers")
    lost = erlang_b(servers, offered)
    return servers * lost / (servers - offered * (1 - lost))


@dataclass(frozen=True)
class MultiServer:
    """Means of a first-come-first-served queue with several servers, Poisson arrivals and exponential service."""

    waiting_probability: float
    mean_wait_s: float
    mean_sojourn_s: float
    utilisation: float
    mean_in_system: float


def multi_server(arrival_rate: float, service_s: float, servers: int) -> MultiServer:
    """M/M/c. Raises ValueError when the servers can't keep up."""
    offered = arrival_rate * service_s
    waits = erlang_c(servers, offered)
    wait = waits * service_s / (servers - offered)
    return MultiServer(waits, wait, wait + service_s, offered / servers, arrival_rate * (wait + service_s))


def mean_wait_single_server(arrival_rate: float, service_s: float, variation: float) -> float:
    """M/G/1, first come first served: the mean wait, for a coefficient of variation of the service time."""
    load = _load(arrival_rate, service_s)
    return load * service_s * (1 + variation**2) / (2 * (1 - load))


def processor_sharing_sojourn(arrival_rate: float, service_s: float, job_s: float | None = None) -> float:
    """M/G/1 with processor sharing: the mean time in the system, of a job that needs `job_s` if it is given.

    It doesn't depend on how service times are distributed.
    """
    job = service_s if job_s is None else job_s
    return job / (1 - _load(arrival_rate, service_s))


def mean_concurrency(arrival_rate: float, latency_s: float) -> float:
    """Little's law: how many requests are under way on average."""
    _not_negative(arrival_rate=arrival_rate, latency_s=latency_s)
    return arrival_rate * latency_s


@dataclass(frozen=True)
class ClosedNetwork:
    """An execution environment that is always full: its throughput, how long requests stay at the CPU, how busy it is."""

    throughput_rps: float
    mean_cpu_residence_s: float
    cpu_utilisation: float


def slots_and_one_cpu(slots: int, io_s: float, cpu_s: float) -> ClosedNetwork:
    """`slots` requests at a time, each waiting `io_s` on the network and needing `cpu_s` of one shared vCPU.

    Exact mean value analysis of a delay and a processor-sharing station.
    """
    _positive(slots=slots)
    _not_negative(io_s=io_s, cpu_s=cpu_s)
    if io_s + cpu_s == 0:
        raise ValueError("a request needs some time: io_s and cpu_s are both 0")
    at_cpu = residence = throughput = 0.0
    for count in range(1, slots + 1):
        residence = cpu_s * (1 + at_cpu)
        throughput = count / (io_s + residence)
        at_cpu = throughput * residence
    return ClosedNetwork(throughput, residence, throughput * cpu_s)


def _load(arrival_rate: float, service_s: float) -> float:
    _not_negative(arrival_rate=arrival_rate, service_s=service_s)
    load = arrival_rate * service_s
    if load >= 1:
        raise ValueError(f"a load of {load:g} is more than one server can carry; it must be below 1")
    return load


def _positive(**values: int) -> None:
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} {value} must be at least 1")


def _not_negative(**values: float) -> None:
    for name, value in values.items():
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{name} {value} must be a number of at least 0")
