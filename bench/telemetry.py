"""Metrics and states: ListMetrics beside moto's, and an account that is saved and put back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto import mock_aws
from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends

import moto_lmi
from bench.measure import Row, median, seconds
from moto_lmi.clock import reset_clocks
from moto_lmi.saved_states import SavedStates
from tests.moto_lmi.world import ACCOUNT, REGION, World, client

_POINTS = 10_000


def list_metrics(metrics: int, goal: str) -> Row:
    """ListMetrics on ten thousand points, through the API; moto's once, it takes a while.

    With few metrics it is looking for them that counts; with hundreds it would be writing the answer, which is moto's.
    """
    ours = [_listing(metrics, None) for _ in range(5)]
    theirs = _listing(metrics, CloudWatchBackend)
    return Row(
        f"ListMetrics, {_POINTS:,} points of {metrics} metrics",
        f"{median(ours) * 1000:,.1f} ms",
        f"{theirs:,.1f} s",
        f"{theirs / median(ours):,.0f} ×",
        goal,
    )


def _listing(metrics: int, plain: type[CloudWatchBackend] | None) -> float:
    moto_lmi.enable(speed=0)
    reset_clocks()
    mended = cloudwatch_backends.backend
    cloudwatch_backends.backend = plain or mended
    try:
        with mock_aws():
            cloudwatch = client("cloudwatch")
            for first in range(0, _POINTS, 1000):
                data = [_datum(number, metrics) for number in range(first, first + 1000)]
                cloudwatch_backends[ACCOUNT][REGION].put_metric_data("Shop", data)
            return seconds(lambda: cloudwatch.list_metrics(Namespace="Shop"))
    finally:
        cloudwatch_backends.backend = mended


def _datum(number: int, metrics: int) -> dict[str, Any]:
    till = f"till-{number % metrics}"
    dimensions = [{"Name": "shop", "Value": "one"}, {"Name": "till", "Value": till}]
    return {"MetricName": "orders", "Value": float(number), "Dimensions": dimensions}


def states() -> Row:
    """Saving and loading an account with a published version, an hour into its life."""
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws(), tempfile.TemporaryDirectory() as folder:
        world = World()
        world.function(provider=world.provider())
        world.publish()
        world.pass_time(3600)
        kept = SavedStates(Path(folder))

        def both() -> None:
            kept.save("lab", ACCOUNT)
            kept.load("lab")

        times = [seconds(both) for _ in range(5)]
        assert world.state() == "Active"
    return Row("save and load a lab account", f"{median(times):,.2f} s", "none: moto has no states", "", "≤ 2.5 s")


def rows() -> Iterator[Row]:
    """Everything about telemetry and states."""
    yield list_metrics(4, "≥ 100 ×")
    yield states()
