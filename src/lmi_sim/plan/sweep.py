"""Many scenarios at once: in threads, or on a Dask cluster.

A summary is all that a search needs of a result, and small enough to travel. The answer doesn't depend on who computes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from lmi_sim.engine import simulate
from lmi_sim.results import Result
from lmi_sim.scenario import Scenario

__all__ = ["CHUNK", "SchedulerError", "Summary", "run_all", "summary"]

CHUNK = 50
"""How many scenarios travel together at least; a task of Dask costs about 2 ms, so single scenarios would be slower."""

Progress = Callable[[int, int], None]
"""Called with how many are done, and how many there are."""


class SchedulerError(Exception):
    """The Dask scheduler can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class Summary:
    """What a search needs of a result: the tail of the latency in s, the share given up, and what was used in s."""

    p50_s: float
    p99_s: float
    failed_share: float
    requests: int
    completed: int
    cold_starts: int
    billed_ms: int
    provisioned_ms: int
    instance_s: float
    environment_s: float
    cpu_s: float
    measured_s: float
    most_instances: int
    instances: tuple[float, ...]
    failed: tuple[float, ...]


def summary(result: Result) -> Summary:
    """The summary of a result; `instances` and `failed` are per interval: a mean, and refused attempts."""
    return Summary(
        p50_s=result.latency.quantile_s(0.5),
        p99_s=result.latency.quantile_s(0.99),
        failed_share=result.throttle_share,
        requests=result.requests,
        completed=result.completed,
        cold_starts=result.cold_starts,
        billed_ms=result.billed_ms,
        provisioned_ms=result.provisioned_ms,
        instance_s=result.instance_s,
        environment_s=result.environment_s,
        cpu_s=result.cpu_s,
        measured_s=result.measured_s,
        most_instances=result.most_instances,
        instances=tuple(result.series.mean_column("instances_s")),
        failed=tuple(result.series.column("throttled")),
    )


def _chunk(scenarios: Sequence[Scenario], engine: Literal["fast", "reference"]) -> list[Summary]:
    return [summary(simulate(scenario, engine=engine)) for scenario in scenarios]


def run_all(
    scenarios: Sequence[Scenario],
    *,
    scheduler: str | None = None,
    threads: int | None = None,
    engine: Literal["fast", "reference"] = "fast",
    progress: Progress | None = None,
) -> list[Summary]:
    """Simulate all; the summaries come in the order of the scenarios.

    Without a scheduler as many threads as there are cores work, or `threads`. With the address of a Dask scheduler
    chunks of at least `CHUNK` scenarios go to its workers. Raises SchedulerError when that can't be done.
    """
    report = progress or (lambda _done, _all: None)
    report(0, len(scenarios))
    if scheduler:
        return _on_dask(scenarios, scheduler, engine, report)
    workers = threads or os.cpu_count() or 1
    found = []
    with ThreadPoolExecutor(workers, thread_name_prefix="sweep") as pool:
        for one in pool.map(lambda scenario: summary(simulate(scenario, engine=engine)), scenarios):
            found.append(one)
            report(len(found), len(scenarios))
    return found


def _on_dask(
    scenarios: Sequence[Scenario], scheduler: str, engine: Literal["fast", "reference"], report: Progress
) -> list[Summary]:
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise SchedulerError(
            "a scheduler was given, but Dask is not installed; install it with: pip install 'lmi-labs[cluster]'"
        ) from None
    try:
        client = Client(scheduler, timeout="5s", set_as_default=False)
    except (OSError, ValueError) as exc:
        raise SchedulerError(
            f"no Dask scheduler answers at {scheduler!r}; start one with `dask scheduler` and name its address, "
            "for example tcp://localhost:8786"
        ) from exc
    with client:
        chunks = list(_chunks(scenarios))
        futures = client.map(_chunk, chunks, [engine] * len(chunks), pure=False)
        sizes = {future.key: len(chunk) for future, chunk in zip(futures, chunks, strict=True)}
        done = 0
        for future in as_completed(futures, loop=client.loop):
            done += sizes[future.key]
            report(done, len(scenarios))
        return [one for part in client.gather(futures) for one in part]


def _chunks(scenarios: Sequence[Scenario]) -> Iterator[Sequence[Scenario]]:
    """Parts of about the same size, of at least `CHUNK` scenarios where there are so many."""
    count = max(1, len(scenarios) // CHUNK)
    for number in range(count):
        yield scenarios[len(scenarios) * number // count : len(scenarios) * (number + 1) // count]
