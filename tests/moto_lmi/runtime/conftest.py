"""One data plane for the tests of a module; starting one takes longer than many of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moto_lmi.runtime import DataPlane


@pytest.fixture(scope="module")
def plane() -> Iterator[DataPlane]:
    """A data plane that is closed after the module."""
    with DataPlane() as made:
        yield made
