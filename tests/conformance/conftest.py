"""The emulator's HTTP endpoint as a process of its own, and every conformance case run against it once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
READY = "LMI Labs emulator ready at "
# Each poll of a case moves the virtual clock by this much; a publish takes minutes of it.
SECONDS_PER_POLL = 60


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a fresh `lmi-labs serve`, which is ended after the tests."""
    log = tmp_path_factory.mktemp("serve") / "stderr.txt"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "lmi_labs", "serve", "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            # The line that says it is ready must not wait in a buffer.
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as server,
    ):
        try:
            assert server.stdout is not None
            line = next((line for line in server.stdout if line.startswith(READY)), None)
            assert line is not None, f"the server ended before it was ready:\n{log.read_text()}"
            yield line.removeprefix(READY).strip()
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture(scope="session")
def verdicts(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What run_cases.py says of each case, by the case's id."""
    report = tmp_path_factory.mktemp("cases") / "verdicts.json"
    run = subprocess.run(
        [
            sys.executable,
            HERE / "run_cases.py",
            HERE / "conformance_cases.json",
            f"--endpoint={endpoint}",
            f"--advance-url={endpoint}/moto-api/lmi/advance?seconds={SECONDS_PER_POLL}",
            f"--json={report}",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode in (0, 1), f"the cases could not be run:\n{run.stdout}{run.stderr}"
    return {row["id"]: row for row in json.loads(report.read_text())}
