"""`lmi-labs state`: against a running emulator, a state file, and the account at the beginning of a day."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lmi_labs import cli
from lmi_labs.checkpoints import make_checkpoint
from lmi_labs.places import days
from moto_lmi.saved_states import SavedStates
from tests.moto_lmi.serving import ServerProcess


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """An emulator with a state file."""
    with ServerProcess("--state", str(tmp_path / "account")) as running:
        yield running


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What the command wrote, in one line."""
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def groups(server: ServerProcess, account: str = "testing") -> list[str]:
    """The log groups of an account."""
    found = server.client("logs", account).describe_log_groups()["logGroups"]
    return [group["logGroupName"] for group in found]


def test_save_load_fork_and_delete(server: ServerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    """A round: save, change, put back, fork, list, delete."""
    state = ["state", "--endpoint", server.url]
    logs = server.client("logs")
    logs.create_log_group(logGroupName="one")
    assert cli.main([*state, "save", "first"]) == 0
    assert said(capsys) == "Account 123456789012 is saved as first."
    logs.create_log_group(logGroupName="two")
    assert cli.main([*state, "load", "first"]) == 0
    assert "Account 123456789012 is as it was saved in first; its time is" in said(capsys)
    assert cli.main([*state, "load", "first", "--account", "111122223333"]) == 0
    assert (groups(server), groups(server, "111122223333")) == (["one"], ["one"])
    capsys.readouterr()
    assert cli.main([*state, "--json", "list"]) == 0
    listed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in listed["states"]] == ["first"]
    assert cli.main([*state, "delete", "first"]) == 0
    assert cli.main([*state, "list"]) == 0
    assert "Nothing is saved yet." in said(capsys)


def test_refusals(server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can't be done is told with its reason: exit 1; a day that has no lab: exit 2."""
    state = ["state", "--endpoint", server.url]
    for arguments, code, words in (
        ([*state, "load", "gone"], 1, "There is no saved state 'gone'"),
        ([*state, "save", "../x"], 1, "is no name of a state"),
        ([*state, "save", "x", "--account", "12"], 1, "twelve digits"),
        ([*state, "day", "3"], 2, "there is no lab for day 3"),
        (["state", "--state", str(tmp_path / "account"), "list"], 1, "in use by another emulator"),
        (["state", "--state", str(tmp_path / "none"), "list"], 1, "There is no state file"),
        (["state", "--endpoint", "http://127.0.0.1:9", "list"], 1, "does not answer"),
    ):
        assert cli.main(arguments) == code, arguments
        assert words in said(capsys)


def test_the_first_days_checkpoint(server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first day nothing has been played: the account is empty, whatever was in it."""
    server.client("logs").create_log_group(logGroupName="one")
    assert cli.main(["state", "--endpoint", server.url, "day", str(days()[0])]) == 0
    assert "is as it was saved in day" in said(capsys)
    assert groups(server) == []
    assert [state.name for state in SavedStates(tmp_path / "saved").all()] == [f"day{days()[0]}"]


def test_a_state_file_without_its_emulator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same commands on the file; what they change is there when the emulator runs again."""
    path = tmp_path / "account"
    with ServerProcess("--state", str(path)) as server:
        server.client("logs").create_log_group(logGroupName="one")
        assert cli.main(["state", "--endpoint", server.url, "save", "first"]) == 0
        server.client("logs").create_log_group(logGroupName="two")
    load = [sys.executable, "-m", "lmi_labs", "state", "--state", str(path), "load", "first"]
    subprocess.run(load, check=True, capture_output=True, timeout=120)
    with ServerProcess("--state", str(path)) as server:
        assert groups(server) == ["one"]


@pytest.mark.slow
def test_a_day_is_played_once(tmp_path: Path) -> None:
    """The account after a day's solution holds what the solution made, and is not made a second time."""
    first = days()[0]
    command = [sys.executable, "-m", "lmi_labs.checkpoints", str(tmp_path), "after", str(first)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (state,) = SavedStates(tmp_path).all()
    assert state.bytes > 500_000
    name = make_checkpoint(first, tmp_path)
    written = (tmp_path / f"{name}.state").stat().st_mtime_ns
    assert make_checkpoint(first, tmp_path) == name
    assert (tmp_path / f"{name}.state").stat().st_mtime_ns == written
