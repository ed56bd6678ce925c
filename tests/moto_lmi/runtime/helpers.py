"""What the data plane's tests share: functions on disk, owners who remember, and a client of the Runtime API."""

from __future__ import annotations

import asyncio
import json
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

from moto_lmi.runtime import DataPlane, EnvironmentSpec, ExecutionEnvironment, Invocation, LogRecord
from moto_lmi.runtime.api import Api, Reactions
from moto_lmi.runtime.extensions import Extensions
from moto_lmi.runtime.http import Connection
from moto_lmi.runtime.invocations import Invocations
from moto_lmi.runtime.model import FunctionError
from moto_lmi.runtime.telemetry import Telemetry

LIMIT_S = 30


def code(place: Path, source: str, name: str = "app.py") -> Path:
    """A directory with one module, as it would have been unpacked from an archive."""
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)
    file = place / name
    file.write_text(textwrap.dedent(source), encoding="utf-8")
    file.chmod(0o755)
    return place


class Owner:
    """Remembers what an environment tells its owner."""

    def __init__(self) -> None:
        self.records: list[LogRecord] = []
        self.changes: list[str] = []
        self._changed = threading.Condition()

    def on_log(self, record: LogRecord) -> None:
        """Take a log record."""
        with self._changed:
            self.records.append(record)
            self._changed.notify_all()

    def on_change(self, _environment: ExecutionEnvironment, change: str) -> None:
        """Take a change of state."""
        with self._changed:
            self.changes.append(change)
            self._changed.notify_all()

    def wait_for_change(self, change: str) -> None:
        """Wait until the change was told. Fails after a while."""
        with self._changed:
            assert self._changed.wait_for(lambda: change in self.changes, LIMIT_S), (change, self.changes)

    def wait_for_log(self, text: str) -> str:
        """Wait until a record holds the text, and return its line. Fails after a while."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(text in line for line in self.lines), LIMIT_S), (text, self.lines)
            return next(line for line in self.lines if text in line)

    @property
    def lines(self) -> list[str]:
        """The log's lines."""
        return [record.line() for record in self.records]

    def kinds(self) -> list[str]:
        """The kinds of the records, in order."""
        return [record.kind for record in self.records]


class Function:
    """A started environment with its owner."""

    def __init__(self, plane: DataPlane, place: Path, source: str, name: str = "app.py", **settings: Any) -> None:
        """Start it from one module of this name; other `settings` are those of EnvironmentSpec."""
        self.owner = Owner()
        self.plane = plane
        spec = EnvironmentSpec(
            **{"function_name": "fn", "handler": "app.handler", "code": code(place, source, name), **settings}
        )
        self.environment = plane.environment(spec, self.owner.on_log, self.owner.on_change)
        self.started = self.environment.start().result(LIMIT_S)

    def invoke(self, event: Any = None, **settings: Any) -> Any:
        """The outcome of an invocation with the event."""
        return self.later(event, **settings).result(LIMIT_S)

    def later(self, event: Any = None, **settings: Any) -> Any:
        """The future of an invocation."""
        return self.environment.invoke(Invocation(json.dumps(event).encode(), **settings))

    def value(self, event: Any = None, **settings: Any) -> Any:
        """What the handler returned."""
        return json.loads(self.invoke(event, **settings).payload)

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers have asked for work. Fails after a while."""
        deadline = time.monotonic() + LIMIT_S
        while self.environment.describe()["workers"] < count:
            assert time.monotonic() < deadline, self.environment.describe()
            time.sleep(0.01)

    def end(self) -> None:
        """Shut it down."""
        self.environment.shutdown().result(LIMIT_S)


class Client:
    """One connection to a Runtime API, which a test speaks by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        """Send a request; header names are written with underscores."""
        lines = [f"{method} {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await self.writer.drain()

    async def receive(self) -> tuple[int, dict[str, str], bytes]:
        """The status, headers (lower case) and body of an answer."""
        status = int((await asyncio.wait_for(self.reader.readline(), LIMIT_S)).split()[1])
        headers = {}
        while line := (await self.reader.readline()).decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, await self.reader.readexactly(int(headers["content-length"]))

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any]:
        """Send a request; the status and the JSON of its answer."""
        await self.send(method, path, body, **headers)
        status, _, answer = await self.receive()
        return status, json.loads(answer) if answer[:1] in (b"{", b'"', b"[") else answer

    async def close(self) -> None:
        """End the connection."""
        self.writer.close()
        await self.writer.wait_closed()


class ApiWorld:
    """The API of an environment without processes: the test is the runtime."""

    def __init__(self, worker_per_connection: bool = True, **settings: Any) -> None:
        """`worker_per_connection` as for awslambdaric; other settings are those of EnvironmentSpec."""
        self.worker_per_connection = worker_per_connection
        self.spec = EnvironmentSpec(
            **{
                "function_name": "fn",
                "handler": "app.handler",
                "code": Path("/nowhere"),
                "max_concurrency": 2,
                **settings,
            }
        )
        self.records: list[LogRecord] = []
        self.ready = 0
        self.init_errors: list[FunctionError] = []
        self.lost = 0
        self.extension_errors: list[str] = []
        self._clients: list[Client] = []

    async def __aenter__(self) -> ApiWorld:
        loop = asyncio.get_running_loop()
        self.telemetry = Telemetry(self.records.append, loop)
        self.extensions = Extensions(self.spec, self.extension_errors.append)
        self.invocations = Invocations(self.spec, loop, self.telemetry.emit, self.worker_per_connection)
        reactions = Reactions(self._on_ready, self.init_errors.append, self._on_lost)
        self.api = Api(self.invocations, self.extensions, self.telemetry, reactions)
        self._server = await loop.create_server(lambda: Connection(self.api), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients:
            await client.close()
        self.telemetry.stop()
        self.api.close()
        self._server.close()
        await self._server.wait_closed()

    async def client(self) -> Client:
        """A new connection."""
        made = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self._clients.append(made)
        return made

    async def worker(self) -> Client:
        """A connection that has asked for work."""
        client = await self.client()
        before = self.invocations.figures()["idle"]
        await client.send("GET", "/2018-06-01/runtime/invocation/next")
        while self.invocations.figures()["idle"] == before:
            await asyncio.sleep(0.001)
        return client

    def invoke(self, request_id: str = "id-1", payload: bytes = b"{}", **settings: Any) -> asyncio.Future[Any]:
        """Begin an invocation."""
        from concurrent.futures import Future

        future: Future[Any] = Future()
        self.invocations.invoke(Invocation(payload, request_id, **settings), future)
        return asyncio.wrap_future(future)

    def _on_ready(self) -> None:
        self.ready += 1

    def _on_lost(self) -> None:
        self.lost += 1
