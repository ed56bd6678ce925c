"""The data plane: how much it costs beside a bare loop on the same awslambdaric, how soon it is ready, what it needs."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench.events import events
from bench.invoking import echo as http_echo
from bench.measure import ROUNDS, Row, median
from moto_lmi.runtime import Answer, Busy, DataPlane, EnvironmentSpec, ExecutionEnvironment, Invocation, isolation
from moto_lmi.runtime.watchdog import below, processes, proportional_bytes

CONCURRENCY = 8
_CALLS = 4_000
_GOAL = 0.5
_bare_rate: list[float] = []
_HANDLER = "def handler(event, context):\n    return event\n"
_BODY = b'{"hello": "world"}'


class _Bare(asyncio.Protocol):
    """The least that can keep awslambdaric busy: every next is answered at once until enough answers have come."""

    def __init__(self, run: _BareRun) -> None:
        self._run = run
        self._buffer = b""
        self._asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"GET"):
            self._buffer = body
            if self._run.started_waiting(self):
                self.hand_over()
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self._buffer = body[length:]
        self._run.times.append(time.perf_counter() - self._asked)
        self._transport.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        if len(self._run.times) >= _CALLS:
            self._run.done.set()

    def hand_over(self) -> None:
        """Give the worker an invocation."""
        self._asked = time.perf_counter()
        self._run.number += 1
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: %d\r\n"
            b"Lambda-Runtime-Deadline-Ms: 9999999999999\r\nLambda-Runtime-Invoked-Function-Arn: arn\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (self._run.number, len(_BODY), _BODY)
        )


class _BareRun:
    """One run of the bare loop."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.number = 0
        self.done = asyncio.Event()
        self._waiting: list[_Bare] = []
        self.began = 0.0

    def started_waiting(self, worker: _Bare) -> bool:
        """Whether the worker may have work now: not before all of them are there."""
        if self.began:
            return not self.done.is_set()
        self._waiting.append(worker)
        if len(self._waiting) == CONCURRENCY:
            self.began = time.perf_counter()
            for each in self._waiting:
                each.hand_over()
        return False


async def _bare(place: Path) -> tuple[float, list[float]]:
    run = _BareRun()
    server = await asyncio.get_running_loop().create_server(lambda: _Bare(run), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    variables = {
        **os.environ,
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_MAX_CONCURRENCY": str(CONCURRENCY),
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    }
    command = [sys.executable, "-m", "awslambdaric", "app.handler"]
    process = subprocess.Popen(command, cwd=place, env=variables, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        await asyncio.wait_for(run.done.wait(), 120)
        return len(run.times) / (time.perf_counter() - run.began), run.times
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        server.close()


def _ours(environment: ExecutionEnvironment) -> tuple[float, list[float]]:
    """Invocations a second and their times, always as many in flight as there are workers, from an ordinary thread."""
    times: list[float] = []
    slots = threading.Semaphore(CONCURRENCY)
    began = time.perf_counter()
    for _ in range(_CALLS):
        slots.acquire()
        asked = time.perf_counter()

        def take(future: object, asked: float = asked) -> None:
            outcome = future.result()  # type: ignore[attr-defined]
            assert isinstance(outcome, Answer), outcome
            times.append(time.perf_counter() - asked)
            slots.release()

        environment.invoke(Invocation(_BODY)).add_done_callback(take)
    for _ in range(CONCURRENCY):
        slots.acquire()
    return len(times) / (time.perf_counter() - began), times


def _at(times: list[float], share: float) -> float:
    """The time within which the share of them lies, in ms."""
    return sorted(times)[round(share * (len(times) - 1))] * 1000


def _spec(place: Path, workers: int) -> EnvironmentSpec:
    return EnvironmentSpec("bench", "app.handler", place, max_concurrency=workers, timeout_s=60, memory_mb=8192)


def _workers_ready(environment: ExecutionEnvironment, count: int) -> None:
    while environment.describe()["workers"] < count:
        time.sleep(0.002)


def echo(plane: DataPlane, place: Path) -> Iterator[Row]:
    """Rate and latency of an echo, beside the bare loop; medians of rounds that alternate."""
    logged: list[int] = []
    environment = plane.environment(_spec(place, CONCURRENCY), on_log=lambda _record: logged.append(1))
    assert environment.start().result().error is None
    _workers_ready(environment, CONCURRENCY)
    rounds: dict[str, list[tuple[float, list[float]]]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        rounds["bare"].append(asyncio.run(_bare(place)))
        rounds["ours"].append(_ours(environment))
    environment.shutdown().result()
    ours, bare = (median([rate for rate, _ in rounds[side]]) for side in ("ours", "bare"))
    assert len(logged) > 2 * ROUNDS * _CALLS
    what = f"echo under awslambdaric, {CONCURRENCY} at once, with its log"
    yield Row(what, f"{ours:,.0f}/s", f"{bare:,.0f}/s", f"{ours / bare:.2f} ×", f"≥ {_GOAL} ×")
    _bare_rate.append(bare)
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        here, there = (median([_at(times, share) for _, times in rounds[side]]) for side in ("ours", "bare"))
        yield Row(f"  its latency, {name}", f"{here:.2f} ms", f"{there:.2f} ms", f"{here / there:.2f} ×")


def busy(plane: DataPlane, place: Path) -> Iterator[Row]:
    """How soon a caller is told that there is no room."""
    slow = place.parent / "slow"
    slow.mkdir()
    (slow / "app.py").write_text("import time\ndef handler(event, context):\n    time.sleep(30)\n", encoding="utf-8")
    environment = plane.environment(_spec(slow, 1))
    assert environment.start().result().error is None
    environment.invoke(Invocation())
    times = []
    for _ in range(1000):
        began = time.perf_counter()
        assert isinstance(environment.invoke(Invocation()).result(), Busy)
        times.append(time.perf_counter() - began)
    environment.shutdown().result()
    yield Row("told that no worker is free, p50", f"{_at(times, 0.5):.2f} ms", "", "", f"p99 {_at(times, 0.99):.2f} ms")


def ready(plane: DataPlane, place: Path) -> Iterator[Row]:
    """How long an environment takes until its first and its last worker are ready, and its memory then."""
    for workers in (8, 16, 64):
        first, last, memory = [], [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            environment = plane.environment(_spec(place, workers))
            assert environment.start().result().error is None
            first.append(time.perf_counter() - began)
            _workers_ready(environment, workers)
            last.append(time.perf_counter() - began)
            pid = environment.describe()["pid"]
            family = [pid, *(process.pid for process in below(pid, processes()))]
            memory.append(sum(proportional_bytes(each) for each in family))
            environment.shutdown().result()
        yield Row(
            f"environment ready, {workers} workers",
            f"{median(first) * 1000:,.0f} ms",
            "",
            "",
            f"all {median(last) * 1000:,.0f} ms, {median(memory) / 2**20:,.0f} MB (PSS)",
        )


def rows() -> Iterator[Row]:
    """Everything about the data plane."""
    with tempfile.TemporaryDirectory() as root, DataPlane() as plane:
        os.chmod(root, 0o755)
        place = Path(root) / "code"
        place.mkdir()
        (place / "app.py").write_text(_HANDLER, encoding="utf-8")
        yield Row("isolation of functions", isolation().kind)
        yield from echo(plane, place)
        yield from http_echo(_bare_rate[-1])
        yield from events()
        yield from busy(plane, place)
        yield from ready(plane, place)
