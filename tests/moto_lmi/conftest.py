"""What the emulator's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

import moto_lmi
from moto_lmi.background import BACKGROUND
from moto_lmi.behaviour import reset_behaviour
from moto_lmi.clock import reset_clocks

from .plain import Account
from .scripted import Script
from .world import REGION, World


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An empty account in the emulator whose time stands still."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield Account()
    reset_behaviour()
    reset_clocks()


@pytest.fixture
def world(account: Account) -> World:
    """The account with what a capacity provider leans on."""
    return World()


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """What runs is said by the test."""
    made = Script()
    monkeypatch.setattr(BACKGROUND, "runner", made)
    made.start()
    yield made
    made.stop()
