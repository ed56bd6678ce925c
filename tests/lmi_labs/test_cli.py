"""The command line: instant help, clear errors, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lmi_labs import cli
from lmi_labs.tasks import tasks_of


def run(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, in a home folder of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LMI_"))}
    return subprocess.run(
        [sys.executable, "-m", "lmi_labs", *arguments],
        env={**clean, "LMI_LABS_HOME": str(home), **environment},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", [*cli.COMMANDS])
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` ends with 0 and says what the command is for."""
    assert cli.main([name, "--help"]) == 0
    assert cli.COMMANDS[name].split(",")[0][1:30] in capsys.readouterr().out.replace("\n", " ")


def test_help_loads_nothing_heavy() -> None:
    """Help answers without moto, boto3, Jupyter or the rest, which take seconds."""
    code = (
        "import sys; from lmi_labs.cli import main; main(['--help']);"
        "heavy = {'moto', 'boto3', 'botocore', 'jupyter_client', 'nbgrader', 'nbformat', 'numpy', 'rich'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["hint", "52.99"], "there is no task 52.99"),
        (["hint", "five"], "is no task id"),
        (["check", "12"], "there is no day 12"),
        (["reset", "all"], "neither a day"),
        (["nonsense"], "invalid choice"),
        ([], "required"),
    ],
)
def test_a_wrong_call_ends_with_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    """The sentence names what was wrong and what there is."""
    done = run(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "No lab is running"),
        ({"LMI_LABS_ENDPOINT": "http://127.0.0.1:9"}, "does not answer"),
        ({"LMI_LABS_ACCOUNT": "moon"}, "it must be one of moto, server, aws"),
        ({"LMI_LABS_ACCOUNT": "server"}, "LMI_LABS_ENDPOINT is not set"),
    ],
)
def test_check_needs_an_account(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    """Without an account to look at, one sentence says what to do; exit code 1."""
    done = run("check", "52", home=tmp_path, AWS_MAX_ATTEMPTS="1", **environment)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_hints_come_one_by_one(tmp_path: Path) -> None:
    """Each call gives the next hint, and the last one stays."""
    first = tasks_of(52)[0].id
    heads = [run("hint", first, home=tmp_path).stdout.split(":")[0] for _ in range(4)]
    assert heads == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]


def test_progress_is_data_when_asked(tmp_path: Path) -> None:
    """`--json` is for programs."""
    document: dict[str, list[dict[str, Any]]] = json.loads(run("progress", "--json", home=tmp_path).stdout)
    assert [entry["task"] for entry in document["52"]] == [item.id for item in tasks_of(52)]


def test_reset_keeps_the_learners_notebook(tmp_path: Path) -> None:
    """The notebook is as it came, and the learner's own lies beside it."""
    folder = tmp_path / "work" / "day52_capacity_providers"
    folder.mkdir(parents=True)
    (folder / "day52_capacity_providers.ipynb").write_text("mine")
    assert run("reset", "52", home=tmp_path).returncode == 0
    assert "nbformat" in (folder / "day52_capacity_providers.ipynb").read_text()
    assert [path.read_text() for path in folder.glob("*.before-reset-*.ipynb")] == ["mine"]


@pytest.mark.slow
def test_start_leaves_nothing_behind(tmp_path: Path) -> None:
    """A session comes up, other commands find its account, and its end takes every process with it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LMI_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "lmi_labs", "start", "--no-browser", "--work-dir", str(tmp_path / "work")],
        env={**clean, "LMI_LABS_HOME": str(tmp_path), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        assert any(line.startswith("LMI Labs ready at http://127.0.0.1:") for line in lines if "ready" in line)
        checked = json.loads(run("check", "52", "--json", home=tmp_path).stdout)
        assert {entry["points"] for entry in checked} == {0}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert (tmp_path / "work" / "day52_capacity_providers" / "day52_capacity_providers.ipynb").exists()
    time.sleep(0.5)
    left = [path.parent.name for path in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _read(path)]
    assert left == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
