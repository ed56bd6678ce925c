"""Finding and installing what functions for Node.js run on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from moto_lmi.runtime import EnvironmentSpec, nodejs
from moto_lmi.runtime.variables import Places, runtime_variables


def package(place: Path, version: str, compiled: bool) -> Path:
    """A directory that looks like aws-lambda-ric."""
    place.mkdir(parents=True)
    place.joinpath("package.json").write_text(
        json.dumps({"version": version, "bin": {"aws-lambda-ric": "./index.mjs"}})
    )
    if compiled:
        place.joinpath("rapid-client.node").touch()
    return place


def node(place: Path, version: str) -> None:
    """A program that says that it is this version of Node.js."""
    place.mkdir(exist_ok=True)
    place.joinpath("node").write_text(f"#!/bin/sh\necho v{version}\n")
    place.joinpath("node").chmod(0o755)


@pytest.mark.parametrize(
    ("version", "compiled", "node_version", "words"),
    [
        (None, False, "22.1.0", "was not found"),
        ("3.3.0", True, "22.1.0", "aws-lambda-ric 4 is needed"),
        ("4.0.2", False, "22.1.0", "has not been compiled"),
        ("4.0.2", True, "20.19.0", "is v20.19.0"),
        ("4.0.2", True, None, "Node.js 22 or newer was not found"),
    ],
)
def test_what_is_missing_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str | None,
    compiled: bool,
    node_version: str | None,
    words: str,
) -> None:
    """One sentence with what was looked for and the command that installs it."""
    if version:
        package(tmp_path / "ric", version, compiled)
    (tmp_path / "bin").mkdir()
    if node_version:
        node(tmp_path / "bin", node_version)
    monkeypatch.setenv("LMI_NODE_RIC", str(tmp_path / "ric"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(nodejs.NotFound, match=words) as caught:
        nodejs.find()
    assert nodejs.COMMAND in str(caught.value)


def test_a_package_of_ones_own_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LMI_NODE_RIC names it, and the Node.js on the path runs it."""
    here = package(tmp_path / "ric", "4.1.0", compiled=True)
    node(tmp_path / "bin", "24.3.0")
    monkeypatch.setenv("LMI_NODE_RIC", str(here))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    found = nodejs.find()
    assert (found.entry, found.ric_version, found.node_version) == (here / "index.mjs", "4.1.0", "24.3.0")


def test_without_a_compiler_it_says_so(tmp_path: Path) -> None:
    """One sentence, with the packages to install, and exit code 1; nothing is half installed."""
    environ = {**os.environ, "PATH": str(tmp_path)}
    source = (
        "import runpy, sys; sys.prefix = sys.argv[1]; runpy.run_module('moto_lmi.runtime.nodejs', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path)], env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "npm was not found; on Debian and Ubuntu: sudo apt-get install" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("workers", "threads"), [("", "12"), ("2", "6"), ("many", "12"), ("99999", "12")])
def test_threads_are_left_for_files(workers: str, threads: str) -> None:
    """Every worker of Node.js waits for work in a thread of the pool that also reads files; there are four more."""
    spec = EnvironmentSpec(
        "fn", "app.handler", Path("/x"), "nodejs22.x", variables={"AWS_LAMBDA_NODEJS_WORKER_COUNT": workers}
    )
    places = Places("/var/task", "/opt", "/tmp", "/var/runtime", "/run/s", "/usr/bin")
    assert runtime_variables(spec, places, "127.0.0.1:1")["UV_THREADPOOL_SIZE"] == threads
