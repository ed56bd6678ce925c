"""The owner's process is killed: nothing that it had started is left five seconds later."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from moto_lmi.runtime import isolation
from moto_lmi.runtime.sandbox import FORCE_VARIABLE
from moto_lmi.runtime.watchdog import below, processes

from .helpers import code

OWNER = """
import sys, time
from pathlib import Path
from moto_lmi.runtime import DataPlane, EnvironmentSpec, Invocation, isolation
plane = DataPlane()
for place in sys.argv[1:]:
    made = plane.environment(EnvironmentSpec("fn", "app.handler", Path(place), max_concurrency=4, timeout_s=60))
    assert made.start().result(30).error is None
    while made.describe()["workers"] < 4:
        time.sleep(0.01)
    for _ in range(2):
        made.invoke(Invocation())
time.sleep(0.3)
print(isolation().kind, flush=True)
{ending}
"""
FUNCTION = """
import os, signal, time
def handler(event, context):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(300)
"""


def owner(tmp_path: Path, ending: str, **environment: str) -> subprocess.Popen[str]:
    """Start a process that owns two busy environments, and wait until it says so."""
    places = [str(code(tmp_path / name, FUNCTION)) for name in ("one", "two")]
    started = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(ending=ending), *places],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert started.stdout is not None
    assert started.stdout.readline()
    return started


def left_after(family: set[int], seconds: float) -> set[int]:
    """Which of the processes are still there, looking until none is or the time is over."""
    deadline = time.monotonic() + seconds
    while (left := family & set(processes())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("kind", ["best", "limits"])
def test_a_killed_owner_leaves_nothing(tmp_path: Path, kind: str) -> None:
    """SIGKILL: sandboxes, runtimes, workers and their children end by themselves, with and without bubblewrap."""
    process = owner(tmp_path, "time.sleep(300)", **{FORCE_VARIABLE: kind})
    try:
        family = {item.pid for item in below(process.pid, processes())}
        assert len(family) >= 2 * (1 + 1 + 4), "first processes, runtimes, workers; their children may be on the way"
    finally:
        process.kill()
        process.communicate()
    assert left_after(family, 5) == set()


def test_an_owner_that_ends_without_closing_leaves_nothing(tmp_path: Path) -> None:
    """The interpreter's end closes the data plane: no process, no directory."""
    process = owner(tmp_path, "plane_root = plane._root; print(plane_root, flush=True)")
    family = {item.pid for item in below(process.pid, processes())}
    assert process.stdout is not None
    root = Path(process.stdout.readline().strip())
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert left_after(family, 5) == set()
    assert root.name.startswith("lmi-plane-")
    assert not root.exists()


def test_the_directory_of_a_killed_owner_is_swept_later(tmp_path: Path) -> None:
    """The next data plane removes what a killed one couldn't."""
    process = owner(tmp_path, "print(plane._root, flush=True); time.sleep(300)")
    assert process.stdout is not None
    root = Path(process.stdout.readline().strip())
    process.kill()
    process.communicate()
    assert root.exists()
    again = owner(tmp_path / "again", "pass")
    again.communicate(timeout=30)
    assert not root.exists()


def test_the_isolation_is_told() -> None:
    """Bubblewrap, or limits alone with the reason."""
    found = isolation()
    assert found.kind == "bubblewrap" or found.reason
