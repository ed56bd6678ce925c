"""What the tests of the checks share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .lab52 import Run, running


@pytest.fixture
def lab52(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Lab 52, to be run by the test as far as it needs."""
    with running(monkeypatch, str(tmp_path)) as run:
        yield run


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Lab 52 with everything up, just before it is taken down; for tests that change nothing."""
    with pytest.MonkeyPatch.context() as patch, running(patch, str(tmp_path_factory.mktemp("home"))) as run:
        run.until("52.15")
        yield run
