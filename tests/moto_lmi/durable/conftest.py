"""A durable function whose invocations are run by script."""

from __future__ import annotations

import pytest

from ..scripted import Script
from ..world import World
from .drama import Drama


@pytest.fixture
def drama(world: World, script: Script) -> Drama:
    """A published durable function."""
    world.function(provider=world.provider(), DurableConfig={"ExecutionTimeout": 600, "RetentionPeriodInDays": 7})
    return Drama(world, script, world.publish(latest=False))
