"""One account for all layouts: each builds its own VPCs, and a fresh account takes longer than a layout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

import moto_lmi
from moto_lmi.behaviour import reset_behaviour
from moto_lmi.clock import reset_clocks


@pytest.fixture(scope="module")
def shared_account() -> Iterator[None]:
    """An account in the emulator whose time stands still, for all tests of a file."""
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield
    reset_behaviour()
    reset_clocks()
