"""What is observed of a provider every five minutes."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from moto.awslambda.models import lambda_backends

from moto_lmi.api.lambda_.models import LMILambdaBackend
from moto_lmi.scaling.observations import Observation

from ..world import ACCOUNT, REGION, World


class Notebook:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[Observation] = []

    def note(self, observation: Observation) -> None:
        """Hear one."""
        self.heard.append(observation)


@pytest.fixture
def notebook(world: World) -> Notebook:
    """A listener of the account's observations."""
    heard = Notebook()
    backend: LMILambdaBackend = lambda_backends[ACCOUNT][REGION]  # type: ignore[assignment]
    backend.scaling.listeners.append(heard.note)
    return heard


def test_every_full_five_minutes_are_observed(world: World, notebook: Notebook) -> None:
    """While there are instances, and only then, each five minutes of the clock give one observation."""
    world.clock.move_to(datetime(2030, 1, 1, tzinfo=UTC))
    world.function(provider=world.provider())
    assert notebook.heard == []
    world.publish()
    world.pass_time(1500)
    ends = [item.end for item in notebook.heard]
    assert len(ends) == 5
    assert all(end.minute % 5 == 0 and end.second == end.microsecond == 0 for end in ends)
    assert all(item.end - item.start == timedelta(minutes=5) for item in notebook.heard)
    world.lambda_.delete_function(FunctionName="fn")
    world.pass_time(1200)
    seen = len(notebook.heard)
    world.pass_time(3600)
    assert len(notebook.heard) == seen


def test_an_observation_says_what_stands_where(world: World, notebook: Notebook) -> None:
    """The version with its environments and limit, and each instance with what is allocated of it."""
    world.function(provider=world.provider())
    world.publish()
    world.pass_time(600)
    last = notebook.heard[-1]
    (version,) = last.versions
    assert (version.provider_name, version.resource, version.environments) == ("cp", "fn:$LATEST.PUBLISHED", 3)
    assert (version.concurrency_limit, version.throttles, version.duration_mean_ms) == (16, 0, None)
    assert len(last.instances) == 3
    assert {item.availability_zone for item in last.instances} == {f"{REGION}{zone}" for zone in "abd"}
    for item in last.instances:
        assert (item.environments, item.allocated_vcpus, item.allocated_memory_bytes) == (1, 1.0, 2 * 1024**3)
        assert item.available_vcpus == item.usable_vcpus - 1 == item.vcpus - 2


def test_the_watching_can_be_saved(world: World) -> None:
    """A backend that is watched can be pickled, and goes on to watch."""
    world.function(provider=world.provider())
    world.publish()
    restored = pickle.loads(pickle.dumps(lambda_backends[ACCOUNT][REGION].scaling))
    assert restored.fleet.watcher is restored
