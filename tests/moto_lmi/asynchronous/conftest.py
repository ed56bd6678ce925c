"""A function on managed instances whose events are run by script."""

from __future__ import annotations

import pytest

from ..scripted import Script
from ..world import World
from .events import Events


@pytest.fixture
def events(world: World, script: Script) -> Events:
    """A published function, ready for events."""
    world.function(provider=world.provider())
    world.publish()
    return Events(world, script)
