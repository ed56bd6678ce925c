"""The site, built once for the tests that read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.building import build_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    return build_site(tmp_path_factory.mktemp("site"))
