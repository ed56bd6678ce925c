"""One execution environment: a sandbox with the real runtime in it, behind an API of its own.

    new → starting → ready → stopping → stopped
              │         └→ lost      (the runtime, an extension or the sandbox ended)
              └→ failed              (initialization)

It is ready when the first worker asks for work. A worker that is lost is not replaced, because awslambdaric starts none:
its invocation is answered with Runtime.ExitError, the environment goes on with those that are left, `describe()` shows
how many, and with the last of them the environment is lost. Its owner is told and may start another.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.api import Api, Reactions
from moto_lmi.runtime.aside import aside
from moto_lmi.runtime.extensions import Extensions
from moto_lmi.runtime.http import Connection
from moto_lmi.runtime.invocations import Invocations
from moto_lmi.runtime.logs import LogServer
from moto_lmi.runtime.model import (
    EXIT_ERROR,
    OUT_OF_MEMORY,
    TIMED_OUT,
    Busy,
    Ended,
    EnvironmentSpec,
    FunctionError,
    Invocation,
    LogRecord,
    Lost,
)
from moto_lmi.runtime.peers import Peers
from moto_lmi.runtime.processes import Processes, reason
from moto_lmi.runtime.runtimes import Runtime, Unavailable, refusal_of, runtime_for
from moto_lmi.runtime.sandbox import BUBBLEWRAP, Sandbox
from moto_lmi.runtime.streams import Outcome
from moto_lmi.runtime.telemetry import Telemetry
from moto_lmi.runtime.variables import extension_variables, runtime_variables
from moto_lmi.runtime.watchdog import Process, below, inspect, processes

if TYPE_CHECKING:
    from moto_lmi.runtime.delivery import Outbox
    from moto_lmi.runtime.plane import DataPlane

log = logging.getLogger(__name__)

_BACKLOG = 4096
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Started:
    """How the start went: `error` is None when the environment is ready."""

    error: FunctionError | None
    duration_ms: float


class ExecutionEnvironment:
    """Made by `DataPlane.environment`. Its methods may be called from any thread and answer with futures."""

    def __init__(
        self,
        plane: DataPlane,
        name: str,
        spec: EnvironmentSpec,
        outbox: Outbox,
        on_change: Callable[[ExecutionEnvironment, str], None] | None,
        on_end: Callable[[Ended], object] | None,
    ) -> None:
        """Nothing is started yet."""
        self.name, self.spec, self.state = name, spec, "new"
        self._plane, self._outbox, self._on_change = plane, outbox, on_change
        self._loop = plane.loop
        self._runtime: Runtime | Unavailable = runtime_for(spec.runtime)
        self._telemetry = Telemetry(self._log, self._loop)
        self._extensions = Extensions(spec, self._extension_failed)
        per_connection = isinstance(self._runtime, Runtime) and self._runtime.worker_per_connection
        self._invocations = Invocations(spec, self._loop, self._telemetry.emit, per_connection, on_end)
        reactions = Reactions(self._ready, self._init_failed, self._worker_lost)
        self._api = Api(self._invocations, self._extensions, self._telemetry, reactions)
        self._logs: LogServer | None = None
        self._sandbox: Sandbox | None = None
        self._server: asyncio.Server | None = None
        self._processes: Processes | None = None
        self._first_error: FunctionError | None = None
        self._failure: asyncio.Future[FunctionError] = self._loop.create_future()
        self._runtime_began = False
        self._runtime_ready = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None
        self._address = ""
        self._lost_workers = 0

    # --- the owner's side, from any thread ------------------------------------------------------------------------------

    def start(self) -> Future[Started]:
        """Start the sandbox, the extensions and the runtime; done when the first worker asks for work, or it failed.

        Raises RuntimeError when it was started before.
        """
        if self.state != "new":
            raise RuntimeError(f"the execution environment {self.name} is {self.state}; each can be started once")
        self.state = "starting"
        return self._plane.submit(self._start())

    def invoke(self, invocation: Invocation) -> Future[Outcome]:
        """Run the handler. The future has an Answer, Stream, FunctionError, Busy or Lost; ValueError for a used id."""
        future: Future[Outcome] = Future()
        try:
            self._plane.post(lambda: self._invoke(invocation, future))
        except RuntimeError as exc:
            with contextlib.suppress(InvalidStateError):  # it was taken at the last moment
                future.set_result(Lost("Client.ExecutionEnvironmentShutDown", str(exc)))
        return future

    def invoke_here(self, invocation: Invocation, future: Future[Outcome]) -> None:
        """The same from within the data plane's loop, at once; the outcome goes into the future."""
        self._invoke(invocation, future)

    @property
    def load(self) -> int:
        """How many invocations it has: running, waiting for a worker, or past their deadline and not over."""
        return self._invocations.load

    def shutdown(self, reason: str = "spindown") -> Future[None]:
        """End everything in it; done when nothing is left and the owner has every log record."""
        return self._plane.submit(self._shut_down(reason))

    def describe(self) -> dict[str, Any]:
        """What it is and how it is, for people and for tests."""
        runs_on = self._runtime.runs_on if isinstance(self._runtime, Runtime) else self._runtime.reason
        sandbox = self._sandbox
        return {
            "name": self.name,
            "state": self.state,
            "function": self.spec.arn,
            "runtime": self.spec.runtime,
            "runs_on": runs_on,
            "max_concurrency": self.spec.max_concurrency,
            "isolation": sandbox.isolation.kind if sandbox else "",
            "runtime_api": self._address,
            "pid": self._processes.pid if self._processes else None,
            "lost_workers": self._lost_workers,
            "extensions": [extension.record() for extension in self._extensions.all()],
            **self._invocations.figures(),
        }

    # --- start ---------------------------------------------------------------------------------------------------------

    async def _start(self) -> Started:
        began = time.monotonic()
        if isinstance(self._runtime, Unavailable):
            words = refusal_of(self.spec.runtime, self._runtime)
            error: FunctionError | None = FunctionError.made_here("InvalidRuntime", words)
        else:
            try:
                error = await self._initialize(self._runtime, began)
            except (OSError, subprocess.SubprocessError) as exc:
                log.warning("an execution environment could not be made: %s", exc)
                error = FunctionError.made_here("Sandbox.Failure", f"The environment could not be made: {exc}")
        took = round((time.monotonic() - began) * 1000, 3)
        if error is not None and self.state == "starting":
            self.state = "failed"
            await self._clean(error.error_type, error.message)
            self._tell("failed")
        elif self.state == "starting":
            self.state = "ready"
            self._tell("ready")
        return Started(error, took)

    async def _initialize(self, runtime: Runtime, began: float) -> FunctionError | None:
        directory = self._plane.directory_for(self.name)
        sandbox = self._sandbox = Sandbox(self.spec, runtime, directory)
        self._api.peers = Peers(sandbox.uid, self._family if sandbox.isolation.kind == BUBBLEWRAP else None)
        await aside(sandbox.prepare)
        self._logs = LogServer(sandbox.run, self._telemetry.emit, self._loop)
        await self._logs.open()
        self._server = await self._loop.create_server(lambda: Connection(self._api), "127.0.0.1", 0, backlog=_BACKLOG)
        host, port = self._server.sockets[0].getsockname()
        self._address = f"{host}:{port}"
        crew = self._processes = Processes(sandbox, self._loop, self._hear, self._gone)
        start = {
            "initializationType": self.spec.initialization_type,
            "phase": "init",
            "functionName": self.spec.function_name,
            "functionVersion": self.spec.function_version,
            "instanceId": self.spec.log_stream,
            "instanceMaxMemory": self.spec.memory_mb * _MIB,
            "runtimeVersion": self.spec.runtime,
            "runtimeVersionArn": "",
        }
        self._telemetry.emit("platform.initStart", start)
        error = await self._within_limit(self._bring_up(sandbox, crew))
        if error is not None and not error.timed_out and self._runtime_began and not self._runtime_ready.is_set():
            self._telemetry.emit("platform.initRuntimeDone", self._init_status(error))
        for extension in self._extensions.all():
            self._telemetry.emit("platform.extension", extension.record())
        report = {"metrics": {"durationMs": round((time.monotonic() - began) * 1000, 3)}, **self._init_status(error)}
        self._telemetry.emit("platform.initReport", report)
        return error

    async def _within_limit(self, bringing_up: Any) -> FunctionError | None:
        """Bring up, unless something fails first or it takes too long."""
        task = self._loop.create_task(bringing_up)
        done, _ = await asyncio.wait(
            {task, self._failure}, timeout=self.spec.init_limit_s, return_when=asyncio.FIRST_COMPLETED
        )
        if task in done:
            task.result()
            return None
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        if self._failure in done:
            return self._failure.result()
        sentence = knowledge.ours("init_timeout").format(seconds=self.spec.init_limit_s)
        return self._first_error or FunctionError.made_here(TIMED_OUT, sentence.message)

    async def _bring_up(self, sandbox: Sandbox, crew: Processes) -> None:
        """Extensions first, then the runtime, then all of them ready: AWS's order."""
        places = sandbox.places
        for name in sandbox.extensions():
            self._extensions.expect(name)
            crew.spawn(
                f"extension-{name}",
                [f"{places.opt}/extensions/{name}"],
                extension_variables(self.spec, places, self._address),
                "/" if sandbox.isolation.kind == BUBBLEWRAP else str(sandbox.directory),
                sandbox.extension_log_socket,
            )
        await self._until(lambda: self._extensions.are_registered)
        self._runtime_began = True
        crew.spawn(
            "runtime",
            [*sandbox.command, self.spec.handler],
            runtime_variables(self.spec, places, self._address),
            places.task_root,
            places.log_socket,
        )
        await self._runtime_ready.wait()
        self._telemetry.emit("platform.initRuntimeDone", self._init_status(None))
        self._extensions.close_registration()
        await self._until(lambda: self._extensions.are_ready)
        self._telemetry.close_subscription()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._extensions.changed.clear()
            await self._extensions.changed.wait()

    def _init_status(self, error: FunctionError | None) -> dict[str, Any]:
        status = {"initializationType": self.spec.initialization_type, "phase": "init", "status": "success"}
        if error is not None:
            status["status"] = "timeout" if error.timed_out else "error"
            status["errorType"] = error.error_type
        return status

    # --- what happens in the loop ----------------------------------------------------------------------------------------

    def _invoke(self, invocation: Invocation, future: Future[Outcome]) -> None:
        if self.state in ("new", "starting"):
            if future.set_running_or_notify_cancel():
                future.set_result(Busy("Client.InitIncomplete", f"the environment is {self.state}"))
            return
        self._invocations.invoke(invocation, future)

    def _ready(self) -> None:
        self._runtime_ready.set()

    def _init_failed(self, error: FunctionError) -> None:
        """A worker can't start. AWS waits for another one to be ready, or for the runtime's end."""
        if self._first_error is None:
            self._first_error = error

    def _worker_lost(self) -> None:
        if self.state == "ready":
            self._lost_workers += 1
            self._tell("worker_lost")

    def _extension_failed(self, error_type: str) -> None:
        self._die(error_type, "An extension reported that it failed.")

    def _log(self, record: LogRecord) -> None:
        if not self._outbox.log(record) and self._logs is not None:
            self._logs.budget.drop(len(str(record.record)), 1)

    def _tell(self, change: str) -> None:
        on_change = self._on_change
        if on_change is not None:
            self._plane.delivery.put(lambda: on_change(self, change))

    # --- its processes ---------------------------------------------------------------------------------------------------

    def _gone(self) -> None:
        complaint = self._sandbox.complaint() if self._sandbox else ""
        self._die(EXIT_ERROR, f"The sandbox ended. {complaint}".strip())

    def _hear(self, news: dict[str, Any]) -> None:
        name = news["name"]
        if news["event"] == "failed":
            error_type = "Runtime.InvalidEntrypoint" if name == "runtime" else "Extension.LaunchError"
            self._die(error_type, news["error"])
        elif name == "runtime":
            self._die(EXIT_ERROR, f"Runtime exited {reason(news['status'])}")
        else:
            self._die("Extension.Crash", f"{name} exited {reason(news['status'])}")

    # --- the end -------------------------------------------------------------------------------------------------------

    def _die(self, error_type: str, message: str) -> None:
        """Something that the environment can't be without has ended."""
        if self.state == "starting":
            if not self._failure.done():
                self._failure.set_result(self._first_error or FunctionError.made_here(error_type, message))
        elif self.state == "ready":
            self.state = "lost"
            self._ending = self._loop.create_task(self._end_lost(error_type, message))

    async def _end_lost(self, error_type: str, message: str) -> None:
        await self._clean(error_type, message)
        self._tell("lost")

    async def _shut_down(self, reason: str) -> None:
        if self.state in ("starting", "ready"):
            orderly = self.state == "ready"
            if not self._failure.done():
                self._failure.set_result(
                    FunctionError.made_here("Client.ExecutionEnvironmentShutDown", "It was shut down.")
                )
            self.state = "stopping"
            self._ending = self._loop.create_task(self._stop(reason, orderly))
        elif self.state == "new":
            self.state = "stopped"
            self._invocations.end("Client.ExecutionEnvironmentShutDown", "The execution environment was shut down.")
        if self._ending is not None:
            await asyncio.shield(self._ending)
        await asyncio.wrap_future(self._plane.delivery.drained())

    async def _stop(self, reason: str, orderly: bool) -> None:
        if orderly and self._extensions.all():
            await self._say_goodbye(reason)
        await self._clean("Client.ExecutionEnvironmentShutDown", "The execution environment was shut down.")
        self.state = "stopped"
        self._tell("stopped")

    async def _say_goodbye(self, reason: str) -> None:
        """With extensions: SIGTERM to the runtime, then SHUTDOWN to them, each with AWS's time limit."""
        limit = knowledge.value("timing.shutdown_s")
        deadline = time.time() + limit
        assert self._processes is not None
        self._processes.signal("runtime", signal.SIGTERM)
        await self._processes.exited(["runtime"], knowledge.value("timing.runtime_shutdown_s"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._telemetry.flush()
        told = self._extensions.shut_down(reason, round(deadline * 1000))
        await self._processes.exited([f"extension-{name}" for name in told], max(0.0, deadline - time.time()))

    async def _clean(self, error_type: str, message: str) -> None:
        """Answer everyone, end every process, close every socket, remove every file."""
        self._invocations.end(error_type, message)
        if self._processes is not None:
            await self._processes.end()
        self._api.close()
        if self._server is not None:
            self._server.close()
        if self._logs is not None:
            await self._logs.close()
        self._telemetry.stop()
        if self._sandbox is not None:
            directory: Path = self._sandbox.directory
            await aside(lambda: shutil.rmtree(directory, ignore_errors=True))

    # --- the watchdog --------------------------------------------------------------------------------------------------

    @property
    def watched_pid(self) -> int:
        """The process whose descendants are to be watched; 0 when there is none."""
        alive = self._processes is not None and self.state in ("starting", "ready")
        return self._processes.pid if self._processes is not None and alive else 0

    def _family(self) -> list[int]:
        """The ids of its processes."""
        return [process.pid for process in below(self.watched_pid, processes())] if self.watched_pid else []

    def judge(self, everything: dict[int, Process]) -> None:
        """Hold the environment to its memory and its number of processes. Called in a thread of the data plane."""
        assert self._sandbox is not None
        root = self.watched_pid
        most = max(knowledge.value("limits.processes"), 2 * self.spec.max_concurrency + 64)
        if root:
            verdict = inspect(root, everything, self.spec.memory_mb * _MIB, most)
            if verdict.too_many:
                words = f"The environment had {verdict.threads} processes and threads; {most} are allowed."
                self._loop.call_soon_threadsafe(self._die, EXIT_ERROR, words)
            elif verdict.killed:
                self._loop.call_soon_threadsafe(self._out_of_memory, verdict.memory_bytes)

    def _out_of_memory(self, used: int) -> None:
        self._invocations.loss_type = OUT_OF_MEMORY
        words = (
            f"The environment used {used // _MIB} MB of its {self.spec.memory_mb} MB; its largest process was ended."
        )
        self._telemetry.emit("function", words)
