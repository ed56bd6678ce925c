"""What is chosen where bubblewrap works, is missing, or may not make namespaces."""

from __future__ import annotations

import dataclasses
import logging
import tempfile
from pathlib import Path

import pytest

from moto_lmi.runtime import DataPlane, environment
from moto_lmi.runtime.runtimes import Runtime, runtime_for
from moto_lmi.runtime.sandbox import BUBBLEWRAP, LIMITS_ALONE, isolation
from tests.moto_lmi.runtime.helpers import Function


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


@pytest.mark.skipif(isolation().kind != BUBBLEWRAP, reason="without a sandbox nothing hides the machine's /tmp")
def test_a_language_that_lies_in_tmp_is_found(
    plane: DataPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also then the function's own /tmp is empty."""
    python = runtime_for("python3.13")
    assert isinstance(python, Runtime)
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        program = Path(place, "language", "start")
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {" ".join(python.command)} "$@"\n')
        program.chmod(0o755)
        moved = dataclasses.replace(python, command=(str(program),), trees=(*python.trees, program.parent))
        monkeypatch.setattr(environment, "runtime_for", lambda _name: moved)
        source = "import os\ndef handler(event, context):\n    return os.listdir('/tmp')\n"
        function = Function(plane, tmp_path, source)
        assert function.started.error is None
        assert function.value() == []
        function.end()
