"""A function whose event sources are polled and whose runs are by script."""

from __future__ import annotations

import pytest

from ..scripted import Script
from ..world import World
from .sources import Sources


@pytest.fixture
def sources(world: World, script: Script) -> Sources:
    """A published function that can be mapped."""
    world.function(provider=world.provider())
    world.publish()
    return Sources(world, script)
