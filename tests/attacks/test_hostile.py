"""Hostile handlers: the server stays up, other functions are answered meanwhile, and nothing is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moto_lmi.runtime import Answer, DataPlane, FunctionError, Lost, available_runtimes, isolation
from moto_lmi.runtime.sandbox import BUBBLEWRAP
from moto_lmi.runtime.watchdog import Process, below, processes
from tests.moto_lmi.runtime.helpers import LIMIT_S, Function

from .handlers import SOURCE

wrapped = pytest.mark.skipif(isolation().kind != BUBBLEWRAP, reason=f"no sandbox here: {isolation().reason}")
SECRET = "the-server-has-a-secret"


@pytest.fixture(scope="module")
def plane() -> Iterator[DataPlane]:
    """The data plane of a server with a secret in its environment; when it is closed, no process of it is left."""
    before = {process.pid for process in below(os.getpid(), processes())}  # of other tests in this process
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVER_SECRET", SECRET)
        with DataPlane() as made:
            yield made
            made.close()
            deadline = time.monotonic() + 5
            while (left := _left(before)) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert left == []


def _left(before: set[int]) -> list[Process]:
    """What runs below this process, without what ran there before."""
    return [process for process in below(os.getpid(), processes()) if process.pid not in before]


@pytest.fixture(scope="module")
def neighbour(plane: DataPlane, tmp_path_factory: pytest.TempPathFactory) -> Function:
    """A function that did nothing wrong."""
    return Function(plane, tmp_path_factory.mktemp("good") / "code", SOURCE, max_concurrency=2, timeout_s=20)


@pytest.fixture
def attacker(plane: DataPlane, neighbour: Function, tmp_path: Path) -> Iterator[Function]:
    """A hostile function; afterwards the neighbour must be answered and nothing of the attacker be left."""
    function = Function(plane, tmp_path / "code", SOURCE, max_concurrency=3, timeout_s=3, memory_mb=512)
    assert function.started.error is None
    function.wait_for_workers(3)
    pid = function.environment.describe()["pid"]
    yield function
    began = time.monotonic()
    assert neighbour.value({"do": "ok"}) == "ok"
    assert time.monotonic() - began < 10
    family = {process.pid for process in below(pid, processes())} | {pid}
    function.end()
    deadline = time.monotonic() + 5
    while family & set(processes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert family & set(processes()) == set()


def goes_on(function: Function) -> None:
    """The environment still answers."""
    assert function.value({"do": "ok"}) == "ok"


@pytest.mark.parametrize("do", ["endless_loop", "deaf_endless_loop"])
def test_an_endless_loop(attacker: Function, do: str) -> None:
    """The caller gets its timeout, the other workers serve on, and shutdown ends what hears no signal."""
    hung = attacker.later({"do": do}, timeout_s=0.5)
    goes_on(attacker)
    assert hung.result(LIMIT_S).timed_out
    goes_on(attacker)


@pytest.mark.parametrize("do", ["hard_exit", "soft_exit", "segfault", "odd_error", "orphan"])
def test_a_worker_that_ends_itself(attacker: Function, do: str) -> None:
    """Runtime.ExitError for its caller; the others serve on."""
    outcome = attacker.invoke({"do": do})
    assert isinstance(outcome, FunctionError)
    assert outcome.error_type in ("Runtime.ExitError", "Sandbox.Timedout")
    assert (outcome.error_type == "Sandbox.Timedout") == (do == "orphan")
    goes_on(attacker)


def test_a_fork_bomb(attacker: Function, neighbour: Function) -> None:
    """The processes of one environment are limited; its neighbour is served meanwhile."""
    bomb = attacker.later({"do": "fork_bomb"}, timeout_s=1)
    time.sleep(0.5)
    assert neighbour.value({"do": "ok"}) == "ok"
    assert len(below(attacker.environment.describe()["pid"] or 0, processes())) < 1200
    outcome = bomb.result(LIMIT_S)
    assert isinstance(outcome, Lost) or outcome.timed_out


def test_a_thread_bomb(attacker: Function) -> None:
    """Threads count as processes, or run into the memory's limit."""
    outcome = attacker.invoke({"do": "thread_bomb"})
    assert not isinstance(outcome, Answer) or json.loads(outcome.payload) < 1100


def test_a_daemon_does_not_survive(attacker: Function) -> None:
    """A process that left its group and session and ignores SIGTERM ends with the environment."""
    assert attacker.value({"do": "daemon"}) == "started"
    goes_on(attacker)


def test_ten_thousand_open_files(attacker: Function) -> None:
    """4,096 are allowed."""
    count, errno = attacker.value({"do": "open_files"})
    assert 4000 < count < 4096
    assert errno == 24
    goes_on(attacker)


@pytest.mark.parametrize("mb", [64, 1024])
def test_endless_printing(attacker: Function, mb: int) -> None:
    """What is kept is bounded, a record tells what was dropped, and the memory of the server stays."""
    before = resident()
    assert attacker.value({"do": "print_much", "mb": mb}, timeout_s=25) == mb
    attacker.owner.wait_for_log("platform.logsDropped")
    kept = sum(len(record.record) for record in attacker.owner.records if record.kind == "function")
    assert kept < 20 * 1024 * 1024
    assert resident() - before < 200 * 1024 * 1024
    goes_on(attacker)


def test_one_endless_line(attacker: Function) -> None:
    """A line without an end is cut."""
    assert attacker.value({"do": "print_one_line"}, timeout_s=20) == "done"
    attacker.owner.wait_for_log("platform.logsDropped")
    lines = [record.record for record in attacker.owner.records if record.kind == "function"]
    assert max(len(line) for line in lines) <= 256 * 1024


def resident() -> int:
    """Bytes that this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@wrapped
def test_the_server_can_not_be_read(attacker: Function) -> None:
    """Not its files, not its environment, not its memory or command line."""
    for path in (
        __file__,
        "/etc/shadow",
        f"/proc/{os.getpid()}/environ",
        str(Path.home() / ".bashrc"),
        "/proc/1/environ",
    ):
        answer = attacker.value({"do": "read", "path": path})
        assert answer in ("FileNotFoundError", "PermissionError", ""), path
    everything = attacker.value({"do": "look_around"})
    assert SECRET not in everything
    assert "pytest" not in everything
    assert attacker.value({"do": "walk", "words": ["moto_lmi", "conftest", "shadow", "id_rsa", ".git/"]}) == []


@wrapped
def test_nothing_can_be_written_outside_of_tmp(attacker: Function) -> None:
    """The function, its layers, the runtime and the system are read-only."""
    assert attacker.value({"do": "write_outside"}) == []


@wrapped
def test_tmp_has_a_size(attacker: Function) -> None:
    """512 MB together, then the disk is full."""
    written, errno = attacker.value({"do": "fill_tmp"}, timeout_s=20)
    assert 400 * 1024 * 1024 < written <= 512 * 1024 * 1024
    assert errno == 28
    goes_on(attacker)


@wrapped
def test_killing_all_that_can_be_seen(attacker: Function) -> None:
    """It can end its own environment, and no more."""
    outcome = attacker.invoke({"do": "kill_everything"})  # it may survive itself for long enough to answer
    assert isinstance(outcome, Answer | Lost) or outcome.error_type == "Runtime.ExitError"
    attacker.owner.wait_for_change("lost")


@wrapped
def test_killing_the_server(attacker: Function) -> None:
    """Its process can't be signalled by number."""
    survived = []
    before = signal.signal(signal.SIGTERM, lambda *_: survived.append("hit"))
    try:
        attacker.invoke({"do": "kill_server", "pid": os.getpid()})
        assert survived == []
    finally:
        signal.signal(signal.SIGTERM, before)


def test_killing_siblings(attacker: Function) -> None:
    """Their callers are told, and the killer itself serves on."""
    others = [attacker.later({"do": "endless_loop"}, timeout_s=10) for _ in range(2)]
    time.sleep(0.3)
    assert attacker.value({"do": "kill_siblings"}) == 2
    assert {future.result(LIMIT_S).error_type for future in others} == {"Runtime.ExitError"}
    goes_on(attacker)


def test_stopping_siblings(attacker: Function) -> None:
    """A stopped worker is like a slow one: its callers get their timeouts."""
    assert attacker.value({"do": "stop_siblings"}) == "stopped"
    outcomes = [attacker.later({"do": "ok"}, timeout_s=0.5).result(LIMIT_S) for _ in range(3)]
    assert any(isinstance(outcome, FunctionError) and outcome.timed_out for outcome in outcomes)


def test_binding_ports(attacker: Function) -> None:
    """A port that someone has can't be taken; privileged ones neither, where functions have a user of their own."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        mine = taken.getsockname()[1]
        api = int(attacker.environment.describe()["runtime_api"].split(":")[1])
        assert attacker.value({"do": "bind", "ports": [mine, api]}) == []


@wrapped
def test_links_lead_nowhere(attacker: Function) -> None:
    """A link in /tmp is followed inside of the sandbox alone."""
    found = attacker.value({"do": "links", "home": str(Path.home())})
    assert found.pop("proc", []) in ("PermissionError", "FileNotFoundError", []) or "work" not in found
    assert all(
        value in ("FileNotFoundError", "PermissionError") or "pytest" not in str(value) for value in found.values()
    )


@pytest.mark.parametrize(
    ("do", "error_type"),
    [
        ("huge", "Function.ResponseSizeTooLarge"),
        ("recursion", "RecursionError"),
        ("memory_hog", "MemoryError"),
        ("deep", "RecursionError|Runtime.MarshalError|Runtime.ExitError"),
        ("huge_error", "Runtime.Unknown|ValueError"),
        ("surrogate", "Runtime.*|UnicodeEncodeError|Sandbox.Timedout"),
        ("unprintable_error", "RuntimeError|Runtime.ExitError"),
    ],
)
def test_answers_that_can_not_be_given(attacker: Function, do: str, error_type: str) -> None:
    """The caller gets an error, and the worker or its siblings serve on."""
    outcome = attacker.invoke({"do": do}, timeout_s=10)
    assert isinstance(outcome, FunctionError)
    assert any(
        outcome.error_type == one or (one.endswith("*") and outcome.error_type.startswith(one[:-1]))
        for one in error_type.split("|")
    ), outcome
    goes_on(attacker)


def test_nan_is_passed_on_as_python_writes_it(attacker: Function) -> None:
    """What the runtime calls JSON is the function's affair."""
    assert attacker.invoke({"do": "not_a_number"}).payload == b"NaN"


def test_memory_is_shared_by_the_workers(attacker: Function) -> None:
    """Each within its own limit, together beyond the environment's 512 MB: the largest is ended, the rest goes on."""
    hogs = [attacker.later({"do": "memory_hog_together", "mb": 300, "s": 2}, timeout_s=10) for _ in range(3)]
    outcomes = [future.result(LIMIT_S) for future in hogs]
    assert any(isinstance(outcome, FunctionError) for outcome in outcomes), outcomes
    assert {outcome.error_type for outcome in outcomes if isinstance(outcome, FunctionError)} <= {
        "Runtime.OutOfMemory",
        "Runtime.ExitError",
    }
    attacker.owner.wait_for_log("its largest process was ended")
    goes_on(attacker)


def test_closing_every_descriptor(attacker: Function) -> None:
    """The worker loses its connection; someone goes on serving."""
    attacker.invoke({"do": "close_all"})
    goes_on(attacker)


def test_nonsense_for_the_api(attacker: Function) -> None:
    """What isn't HTTP, breaks off or never ends harms nobody."""
    assert attacker.value({"do": "talk_to_api"}) == "sent"
    goes_on(attacker)


def test_asking_for_all_work(attacker: Function) -> None:
    """Two hundred connections that ask for work: no more may wait than the maximum, and they are forgotten when closed."""
    assert attacker.value({"do": "steal"}, timeout_s=10) == "tried"
    deadline = time.monotonic() + 5
    outcome: Any = None
    while time.monotonic() < deadline and not isinstance(outcome, Answer):
        outcome = attacker.invoke({"do": "ok"})
    assert isinstance(outcome, Answer)


@wrapped
def test_another_environment_can_not_be_robbed(attacker: Function, neighbour: Function) -> None:
    """The API of an environment refuses the processes of another, which could take its work."""
    port = int(neighbour.environment.describe()["runtime_api"].split(":")[1])
    before = neighbour.environment.describe()["idle"]
    assert set(attacker.value({"do": "rob", "port": port})) <= {"ConnectionResetError", "BrokenPipeError", ""}
    assert neighbour.environment.describe()["idle"] == before
    with socket.create_connection(("127.0.0.1", port)) as outsider:
        outsider.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            assert outsider.recv(1) == b""


@wrapped
def test_no_privilege_can_be_gained(attacker: Function) -> None:
    """No other user, no device, no mount, no raw socket, no higher limit or priority."""
    assert set(attacker.value({"do": "gain"})) == {"refused"}


@wrapped
def test_no_process_can_be_traced_but_its_own(attacker: Function) -> None:
    """ptrace reaches processes of its own user in its own environment, never the sandbox's first process."""
    attached = attacker.value({"do": "ptrace"})
    assert all(same for _pid, same in attached)
    assert 1 not in [pid for pid, _same in attached]
    goes_on(attacker)


@wrapped
def test_the_kernel_is_not_its_to_change(attacker: Function) -> None:
    """No setting of the machine is written, no memory of it read."""
    answer = attacker.value(
        {
            "do": "kernel",
            "writes": {
                "/proc/sys/kernel/core_pattern": "|/tmp/evil",
                "/proc/sysrq-trigger": "h",
                "/proc/1/oom_score_adj": "1000",
                "/proc/sys/vm/drop_caches": "1",
                "/sys/fs/cgroup/cgroup.procs": "1",
            },
            "reads": ["/proc/1/mem", "/proc/kcore", "/proc/1/root/etc/shadow", "/dev/mem", "/dev/sda", "/dev/vda"],
        }
    )
    assert set(answer.values()) <= {"PermissionError", "FileNotFoundError", "OSError", "empty"}, answer
    goes_on(attacker)


@wrapped
def test_the_way_to_the_server_is_closed(attacker: Function) -> None:
    """The socket between the server and the sandbox's first process can't be opened from inside."""
    assert attacker.value({"do": "descriptors"}) == []


@wrapped
def test_a_namespace_of_its_own_shows_nothing_more(attacker: Function) -> None:
    """As root of its own user namespace it can't take away what covers the server's packages."""
    places = [str(place) for place in available_runtimes()["python"].masked]  # type: ignore[union-attr]
    assert attacker.value({"do": "namespaces", "places": places}) == 0
    goes_on(attacker)


@wrapped
def test_twenty_thousand_names(attacker: Function) -> None:
    """Empty files fill at most its own /tmp, which ends with it."""
    assert attacker.value({"do": "many_files", "count": 20_000}, timeout_s=20) <= 20_000
    goes_on(attacker)


@wrapped
def test_signals_for_the_first_process(attacker: Function) -> None:
    """The sandbox's first process gets none of what its function sends, not even as another user's, and goes on."""
    attacker.invoke({"do": "flood_of_signals"})
    goes_on(attacker)


STARTS = {
    "forks without end": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "exits": "import os\nos._exit(0)",
    "kills its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "never ends": "while True: pass",
    "prints without end": "while True: print('x' * 1000)",
    "takes all memory": "x = []\nwhile True: x.append(bytearray(1 << 24))",
    "has no handler": "y = 1",
    "fails": "raise SystemExit('no')",
    "is no Python": "def (",
}


@pytest.mark.parametrize("source", STARTS.values(), ids=STARTS.keys())
def test_a_module_that(plane: DataPlane, neighbour: Function, tmp_path: Path, source: str) -> None:
    """What happens when the module is imported is told to the owner; nothing is left, and others are answered."""
    function = Function(plane, tmp_path / "code", source, max_concurrency=2, memory_mb=256, init_timeout_s=2)
    assert function.started.error is not None
    assert function.started.error.error_type.startswith(("Runtime.", "Sandbox.", "MemoryError", "SystemExit"))
    assert neighbour.value({"do": "ok"}) == "ok"
    assert function.environment.describe()["state"] == "failed"
    pid = function.environment.describe()["pid"]
    assert pid not in processes()
    assert below(pid, processes()) == []
