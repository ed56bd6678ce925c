"""Accounts that are saved by name: put back, forked, refused when they are not ours or of other versions."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from moto_lmi import snapshot
from moto_lmi.behaviour import behaviour_of, set_behaviour
from moto_lmi.clock import clock_for
from moto_lmi.saved_states import SavedStates, answer_states, keep_in
from moto_lmi.snapshot import StateError

from .serving import ServerProcess
from .world import ACCOUNT, World

OTHER = "111122223333"


@pytest.fixture
def states(tmp_path: Path) -> SavedStates:
    """An empty folder."""
    return SavedStates(tmp_path / "saved")


def test_an_account_comes_back(world: World, states: SavedStates) -> None:
    """What was made later is gone, what was deleted is there, time and switches are as they were and go on."""
    world.function(provider=world.provider())
    world.publish(wait=10)
    set_behaviour(ACCOUNT, rate_limits=True)
    saved_at = world.clock.now()
    states.save("before", ACCOUNT)
    world.pass_time(100_000)
    world.lambda_.delete_function(FunctionName="fn")
    world.function("later")
    set_behaviour(ACCOUNT, rate_limits=False)
    states.load("before")
    assert [item["FunctionName"] for item in world.lambda_.list_functions()["Functions"]] == ["fn"]
    assert behaviour_of(ACCOUNT).rate_limits
    assert world.clock.now() == saved_at
    assert world.state() == "Pending"
    world.pass_time(90)
    assert world.state() == "Active"


def test_other_accounts_stay(world: World, states: SavedStates) -> None:
    """Loading an account touches no other."""
    states.save("one", ACCOUNT)
    clock_for(OTHER).advance(500)
    before = clock_for(OTHER).now()
    states.load("one")
    assert clock_for(OTHER).now() == before


def test_a_fork_has_its_own_id_and_life(world: World, states: SavedStates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under another id everything bears that id, and the two accounts go separate ways."""
    world.function(provider=world.provider())
    world.publish()
    states.save("one", ACCOUNT)
    states.load("one", OTHER)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER)
    fork = boto3.Session("testing", "testing", region_name="us-east-1").client("lambda")
    shown = fork.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert f":{OTHER}:" in shown["FunctionArn"]
    assert f":{OTHER}:" in shown["Role"]
    fork.delete_function(FunctionName="fn")
    clock_for(OTHER).advance(400)
    assert fork.list_functions()["Functions"] == []
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    assert world.state() == "Active"
    assert clock_for(OTHER).now() - world.clock.now() == timedelta(seconds=400)


def test_another_version_is_refused(world: World, states: SavedStates, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state of another version is named as such in the list and when it is loaded; the account stays."""
    states.save("old", ACCOUNT)
    monkeypatch.setattr(snapshot, "version", lambda name: "9.9.9")
    (listed,) = states.all()
    assert "saved with moto" in listed.problem
    world.function("stays")
    with pytest.raises(StateError, match=r"saved with moto .* and this is 9\.9\.9"):
        states.load("old")
    assert world.lambda_.get_function(FunctionName="stays")


class Trap:
    """What runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("/never"),)


def test_what_was_not_saved_here_is_not_unpickled(world: World, states: SavedStates, tmp_path: Path) -> None:
    """A file with another signature is refused before any of it runs, and loaded only with trust."""
    elsewhere = SavedStates(tmp_path / "elsewhere")
    elsewhere.save("theirs", ACCOUNT)
    states.save("ours", ACCOUNT)
    stranger = states.folder / "theirs.state"
    stranger.write_bytes((tmp_path / "elsewhere" / "theirs.state").read_bytes())
    with pytest.raises(StateError, match="was not saved here, or was changed since"):
        states.load("theirs")
    assert states.load("theirs", trusted=True).account_id == ACCOUNT
    changed = states.folder / "ours.state"
    line, _, content = changed.read_bytes().partition(b"\n")
    for tampered in (line + b"\n" + pickle.dumps(Trap()), line.replace(b"1234", b"1235", 1) + b"\n" + content):
        changed.write_bytes(tampered)
        with pytest.raises(StateError):
            states.load("ours")


def test_bad_names_and_files(world: World, states: SavedStates) -> None:
    """A name that would leave the folder, one that isn't there, a file that is none."""
    for name in ("../x", "", ".hidden", "a/b", "x" * 65):
        with pytest.raises(ValueError, match="is no name of a state"):
            states.save(name, ACCOUNT)
    states.save("there", ACCOUNT)
    with pytest.raises(StateError, match=r"no saved state 'gone'.*there are: there\."):
        states.load("gone")
    (states.folder / "junk.state").write_bytes(b"junk")
    assert [(state.name, bool(state.problem)) for state in states.all()] == [("junk", True), ("there", False)]
    with pytest.raises(StateError, match="is not a saved account"):
        states.load("junk")
    states.delete("junk")
    with pytest.raises(StateError, match="no saved state 'junk'"):
        states.delete("junk")


@pytest.fixture
def nowhere() -> Iterator[None]:
    """An emulator that keeps no states."""
    keep_in(None)
    yield
    keep_in(None)


def test_an_emulator_without_a_folder_says_so(nowhere: None) -> None:
    """The refusal names the fix."""
    status, document = answer_states("GET", "states", {}, None)
    assert (status, document["message"].split(";")[0]) == (409, "this emulator keeps no states")


def test_over_http_and_after_a_kill(tmp_path: Path) -> None:
    """A state that was loaded survives a kill of the server, with what came after it."""
    path = tmp_path / "account"
    with ServerProcess("--state", str(path)) as server:
        logs = server.client("logs")
        logs.create_log_group(logGroupName="one")
        assert server.ask("POST", "/moto-api/lmi/states/save?name=first")[0] == 200
        logs.create_log_group(logGroupName="two")
        assert server.ask("POST", "/moto-api/lmi/states/load?name=first")[0] == 200
        assert server.ask("POST", f"/moto-api/lmi/states/load?name=first&account={OTHER}")[0] == 200
        logs.create_log_group(logGroupName="three")
        status, refused = server.ask("POST", "/moto-api/lmi/states/load?name=second")
        assert (status, "there are: first" in refused["message"]) == (409, True)
        server.kill()
    with ServerProcess("--state", str(path)) as server:
        found = [group["logGroupName"] for group in server.client("logs").describe_log_groups()["logGroups"]]
        assert found == ["one", "three"]
        fork = server.client("logs", OTHER).describe_log_groups()["logGroups"]
        assert [group["arn"].split(":")[4] for group in fork] == [OTHER]
        _, listed = server.ask("GET", "/moto-api/lmi/states")
        assert [state["name"] for state in listed["states"]] == ["first"]
        with pytest.raises(ClientError, match="ResourceAlreadyExists"):
            server.client("logs").create_log_group(logGroupName="three")
