"""Sweeps: the same answer from one thread, several, and a Dask cluster."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest

from lmi_sim.plan import sweep
from lmi_sim.plan.sweep import run_all, summary
from tests.lmi_sim.specs import some_scenario

SCENARIOS = [some_scenario(number, requests=300) for number in range(120)]


@pytest.fixture(scope="module")
def alone() -> list[sweep.Summary]:
    """What one thread finds."""
    return run_all(SCENARIOS, threads=1)


def test_threads_find_what_one_thread_finds(alone: list[sweep.Summary]) -> None:
    """In the order of the scenarios, with progress up to the last."""
    seen: list[tuple[int, int]] = []
    assert run_all(SCENARIOS, threads=4, progress=lambda done, total: seen.append((done, total))) == alone
    assert seen[0] == (0, 120)
    assert seen[-1] == (120, 120)


def test_engines_find_the_same(alone: list[sweep.Summary]) -> None:
    """A summary of the reference engine equals the fast one's."""
    assert run_all(SCENARIOS[:10], threads=1, engine="reference") == alone[:10]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_dask_cluster_finds_the_same(alone: list[sweep.Summary]) -> None:
    """In chunks of fifty, on a scheduler named by its address."""
    from distributed import LocalCluster

    seen: list[int] = []
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as cluster:
        found = run_all(SCENARIOS, scheduler=cluster.scheduler_address, progress=lambda done, _total: seen.append(done))
    assert found == alone
    assert max(seen) == 120
    assert {after - before for before, after in pairwise(sorted(seen))} == {60}


def test_a_summary_keeps_the_tail() -> None:
    """Quantiles and shares are those of the result."""
    from lmi_sim.engine import simulate

    result = simulate(SCENARIOS[0])
    assert summary(result).p99_s == result.latency.quantile_s(0.99)
    assert summary(result).failed_share == result.throttle_share
