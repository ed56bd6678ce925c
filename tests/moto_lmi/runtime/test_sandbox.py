"""What is chosen where bubblewrap works, is missing, or may not make namespaces."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from moto_lmi.runtime.sandbox import LIMITS_ALONE, isolation


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "bubblewrap (bwrap) is not installed"),
        ("echo 'bwrap: No permissions to create new namespace' >&2; exit 1", "No permissions to create new namespace"),
    ],
    ids=["missing", "refused"],
)
def test_without_a_sandbox_a_warning_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, script: str | None, words: str
) -> None:
    """A trial decides, not the program's presence; the warning names the reason and what it means."""
    if script:
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("LMI_RUNTIME_ISOLATION", raising=False)
    with caplog.at_level(logging.WARNING):
        found = isolation.__wrapped__()  # past the cache
    assert found.kind == LIMITS_ALONE
    assert words in found.reason
    assert words in caplog.text
    assert "can read what this user can read" in caplog.text


def test_limits_alone_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """LMI_RUNTIME_ISOLATION=limits, with the reason."""
    monkeypatch.setenv("LMI_RUNTIME_ISOLATION", "limits")
    found = isolation.__wrapped__()
    assert (found.kind, found.reason) == (LIMITS_ALONE, "LMI_RUNTIME_ISOLATION=limits is set")
