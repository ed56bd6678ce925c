"""What the emulator's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

import moto_lmi
from moto_lmi.behaviour import reset_behaviour
from moto_lmi.clock import reset_clocks

from .world import REGION, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An account in the emulator whose time stands still."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield World()
    reset_behaviour()
    reset_clocks()
