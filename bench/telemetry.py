"""Metrics and states: ListMetrics beside moto's, and an account that is saved and put back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from moto import mock_aws
from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends

import moto_lmi
from bench.measure import Row, median, seconds
from moto_lmi.api.cloudwatch.models import LMICloudWatchBackend
from moto_lmi.clock import reset_clocks
from moto_lmi.saved_states import SavedStates
from tests.moto_lmi.world import ACCOUNT, REGION, World, client

_POINTS = 10_000


def list_metrics(metrics: int, dimensions: int, goal: str, *, by_api: bool = True) -> Row:
    """ListMetrics on ten thousand points; moto's once, it takes a while.

    With few metrics it is looking for them that counts. With hundreds it is writing the answer, which is moto's, and
    reading it, which is botocore's and alone takes more than a hundredth of moto's whole time; so `by_api` is off there.
    """
    ours = [_listing(metrics, dimensions, None, by_api) for _ in range(5)]
    theirs = _listing(metrics, dimensions, CloudWatchBackend, by_api)
    how = "through the API" if by_api else "found in the backend"
    return Row(
        f"ListMetrics {how}, {_POINTS:,} points of {metrics} metrics, dimensions: {dimensions}",
        f"{median(ours) * 1000:,.1f} ms",
        f"{theirs:,.1f} s",
        f"{theirs / median(ours):,.0f} ×",
        goal,
    )


def _listing(metrics: int, dimensions: int, plain: type[CloudWatchBackend] | None, by_api: bool) -> float:
    moto_lmi.enable(speed=0)
    reset_clocks()
    mended = cloudwatch_backends.backend
    cloudwatch_backends.backend = plain or mended
    try:
        with mock_aws():
            cloudwatch = client("cloudwatch")
            backend = cloudwatch_backends[ACCOUNT][REGION]
            for first in range(0, _POINTS, 1000):
                data = [_datum(number, metrics, dimensions) for number in range(first, first + 1000)]
                backend.put_metric_data("Shop", data)
            if by_api:
                return seconds(lambda: cloudwatch.list_metrics(Namespace="Shop"))
            if plain:
                return seconds(lambda: backend.list_metrics(None, "Shop", None, []))
            return seconds(lambda: cast(LMICloudWatchBackend, backend).page_of_metrics(None, namespace="Shop"))
    finally:
        cloudwatch_backends.backend = mended


def _datum(number: int, metrics: int, dimensions: int) -> dict[str, Any]:
    named = [{"Name": "till", "Value": f"till-{number % metrics}"}, {"Name": "shop", "Value": "one"}]
    return {"MetricName": "orders", "Value": float(number), "Dimensions": named[:dimensions]}


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
    yield list_metrics(4, 2, "≥ 100 ×")
    yield list_metrics(500, 1, "≥ 100 ×", by_api=False)
    yield list_metrics(500, 1, "what botocore and moto's serializer leave")
    yield states()
