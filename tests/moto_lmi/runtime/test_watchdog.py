"""What processes use together: found in /proc, and judged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from moto_lmi.runtime.watchdog import below, inspect, processes, proportional_bytes

FAMILY = """
import os, sys, time
if sys.argv[1:]:
    big = bytearray(60_000_000)
else:
    os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, __file__, "child"])
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A process with a child that uses 60 MB more than itself."""
    script = tmp_path_factory.mktemp("family") / "family.py"
    script.write_text(FAMILY)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout is not None
    assert [parent.stdout.readline() for _ in range(2)] == ["ready\n", "ready\n"]
    yield parent.pid
    os.killpg(parent.pid, signal.SIGKILL)
    parent.communicate()


def test_a_family_is_found(family: int) -> None:
    """Descendants with their memory and threads, without the process itself."""
    (child,) = below(family, processes())
    assert child.parent == family
    assert child.resident > 60_000_000
    assert child.threads == 1
    assert 60_000_000 < proportional_bytes(child.pid) <= child.resident


def test_memory_within_the_limit_is_left_alone(family: int) -> None:
    """Nothing is ended."""
    verdict = inspect(family, processes(), 500_000_000, 10)
    assert (verdict.killed, verdict.too_many, verdict.threads) == (0, False, 1)


def test_memory_beyond_the_limit_ends_the_largest(family: int) -> None:
    """By its share of the memory."""
    (child,) = below(family, processes())
    assert inspect(family, processes(), 30_000_000, 10).killed == child.pid
    deadline = time.monotonic() + 5
    while below(family, processes()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert below(family, processes()) == []


def test_too_many_processes_are_told(family: int) -> None:
    """Processes and threads are counted together."""
    assert inspect(family, processes(), 500_000_000, 0).too_many


def test_a_process_that_is_gone_uses_nothing() -> None:
    """It may end between two looks."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert proportional_bytes(gone.pid) == 0
