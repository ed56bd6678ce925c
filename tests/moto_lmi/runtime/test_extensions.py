"""Extensions on managed instances: registration, SHUTDOWN, telemetry, and what happens when one fails."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from moto_lmi.runtime import DataPlane, Lost

from .helpers import ApiWorld, Function, code
from .test_api import run

REGISTER = "/2020-01-01/extension/register"
EVENT = "/2020-01-01/extension/event/next"
TELEMETRY = "/2022-07-01/telemetry"
SHUTDOWN = b'{"events": ["SHUTDOWN"]}'

EXTENSION = """#!/usr/bin/env python3
import http.client, http.server, json, os, sys, threading, time

api = os.environ["AWS_LAMBDA_RUNTIME_API"]

def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(api)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()

class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for event in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
            print("telemetry", event["type"], flush=True)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass

name = os.path.basename(sys.argv[0])
status, headers, body = ask("POST", "/2020-01-01/extension/register", '{"events": ["SHUTDOWN"]}', **{"Lambda-Extension-Name": name})
me = {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}
print("registered", status, json.loads(body)["functionName"], flush=True)
server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
subscription = {"schemaVersion": "2025-01-29", "types": ["platform", "function"], "buffering": {"timeoutMs": 25},
                "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_address[1]}/"}}
print("subscribed", ask("PUT", "/2022-07-01/telemetry", json.dumps(subscription), **me)[0], flush=True)
MIDDLE
status, headers, body = ask("GET", "/2020-01-01/extension/event/next", None, **me)
event = json.loads(body)
print("event", event["eventType"], event["shutdownReason"], flush=True)
"""
HANDLER = """
import signal, sys
def end(*_):
    print("sigterm", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
def handler(event, context):
    print("handled")
    return 1
"""


def layer(place: Path, middle: str = "", name: str = "watcher") -> Path:
    """A layer with one extension, which does something of its own before it waits for events."""
    return code(place / "extensions", EXTENSION.replace("MIDDLE", middle), name).parent


def test_an_extension_registers_listens_and_is_told_to_end(plane: DataPlane, tmp_path: Path) -> None:
    """Started before the runtime, told SHUTDOWN at the end, with SIGTERM to the function before it."""
    function = Function(plane, tmp_path / "code", HANDLER, layers=(layer(tmp_path / "layer"),), timeout_s=10)
    owner = function.owner
    assert function.started.error is None
    assert function.environment.describe()["extensions"] == [
        {"name": "watcher", "state": "Ready", "events": ["SHUTDOWN"]}
    ]
    assert function.value() == 1
    for expected in (
        "registered 200 fn",
        "subscribed 200",
        "telemetry platform.initStart",
        "telemetry platform.report",
        "telemetry function",
    ):
        if expected != "telemetry platform.initStart":  # it was sent before anyone could subscribe
            owner.wait_for_log(expected)
    function.end()
    assert [line for line in owner.lines if line in ("sigterm", "event SHUTDOWN spindown")] == [
        "sigterm",
        "event SHUTDOWN spindown",
    ]
    kinds = owner.kinds()
    assert (
        kinds.index("platform.initStart")
        < kinds.index("platform.telemetrySubscription")
        < kinds.index("platform.initRuntimeDone")
    )
    extension = next(record.record for record in owner.records if record.kind == "platform.extension")
    assert extension == {"name": "watcher", "state": "Ready", "events": ["SHUTDOWN"]}


def test_a_slow_extension_is_ended(plane: DataPlane, tmp_path: Path) -> None:
    """Who does not end within two seconds of shutdown is killed."""
    source = layer(tmp_path / "layer")
    script = source / "extensions" / "watcher"
    script.write_text(script.read_text() + "\ntime.sleep(60)\n")
    function = Function(plane, tmp_path / "code", HANDLER, layers=(source,))
    began = time.monotonic()
    function.end()
    assert 1.5 < time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("middle", "error_type"),
    [
        ("sys.exit(3)", "Extension.Crash"),
        (
            "print(ask('POST', '/2020-01-01/extension/init/error', '{}', **me, **{'Lambda-Extension-Function-Error-Type': 'Extension.NoKey'})[0]); time.sleep(30)",
            "Extension.NoKey",
        ),
    ],
    ids=["crash", "init-error"],
)
def test_an_extension_that_fails_at_the_start(plane: DataPlane, tmp_path: Path, middle: str, error_type: str) -> None:
    """The environment does not start, and says why."""
    function = Function(plane, tmp_path / "code", HANDLER, layers=(layer(tmp_path / "layer", middle),))
    assert function.started.error.error_type == error_type


def test_an_extension_that_can_not_be_started(plane: DataPlane, tmp_path: Path) -> None:
    """Extension.LaunchError."""
    place = code(tmp_path / "layer" / "extensions", "not a program", "broken").parent
    function = Function(plane, tmp_path / "code", HANDLER, layers=(place,))
    assert function.started.error.error_type == "Extension.LaunchError"


def test_an_extension_that_crashes_takes_the_environment_along(plane: DataPlane, tmp_path: Path) -> None:
    """All its invocations are answered, and the owner is told to replace it."""
    middle = "threading.Timer(0.7, lambda: os._exit(1)).start()"
    source = "import time\ndef handler(event, context):\n    time.sleep(20)"
    function = Function(plane, tmp_path / "code", source, layers=(layer(tmp_path / "layer", middle),), timeout_s=20)
    assert function.started.error is None
    outcome = function.invoke()
    assert (type(outcome), outcome.error_type) == (Lost, "Extension.Crash")
    assert "exit status 1" in outcome.message
    function.owner.wait_for_change("lost")


async def register(
    world: ApiWorld, name: str = "ext", body: bytes = SHUTDOWN, **headers: str
) -> tuple[int, dict[str, str], Any]:
    """Register by hand."""
    client = await world.client()
    await client.send("POST", REGISTER, body, Lambda_Extension_Name=name, **headers)
    status, answered, answer = await client.receive()
    return status, answered, json.loads(answer)


@run
async def test_registration_answers_with_the_function() -> None:
    """Name, version, handler, and the account for who asks for it; the identifier is a header."""
    async with ApiWorld() as world:
        world.extensions.expect("ext")
        status, headers, answer = await register(world, Lambda_Extension_Accept_Feature="other, accountId")
        assert status == 200
        assert uuid.UUID(headers["lambda-extension-identifier"])
        assert answer == {
            "accountId": "123456789012",
            "functionName": "fn",
            "functionVersion": "$LATEST.PUBLISHED",
            "handler": "app.handler",
        }
        assert (await register(world, "inside", b'{"events": []}'))[2].keys() == {
            "functionName",
            "functionVersion",
            "handler",
        }


@pytest.mark.parametrize(
    ("name", "body", "error_type"),
    [
        ("ext", b'{"events": ["INVOKE"]}', "Extension.InvalidEventType"),
        ("ext", b'{"events": ["SHUTDOWN", "INVOKE"]}', "Extension.InvalidEventType"),
        ("ext", b"nonsense", "InvalidRequestFormat"),
        ("ext", b"[]", "InvalidRequestFormat"),
        ("ext", b'{"events": "SHUTDOWN"}', "InvalidRequestFormat"),
        ("ext", b'{"configurationKeys": ["A"]}', "InvalidRequestFormat"),
        ("inside", SHUTDOWN, "Extension.InvalidEventType"),
        ("", SHUTDOWN, "Extension.InvalidExtensionName"),
    ],
    ids=["invoke", "both", "json", "list", "string", "keys", "internal", "nameless"],
)
@run
async def test_registrations_that_are_refused(name: str, body: bytes, error_type: str) -> None:
    """403 with AWS's error types; on managed instances INVOKE is one of them."""
    async with ApiWorld() as world:
        world.extensions.expect("ext")
        status, _, answer = await register(world, name, body)
        assert (status, answer["errorType"]) == (403, error_type)


@run
async def test_registration_ends() -> None:
    """Twice is refused, an eleventh is refused, and after initialization everyone is."""
    async with ApiWorld() as world:
        world.extensions.expect("ext")
        assert (await register(world))[0] == 200
        assert (await register(world))[2]["errorType"] == "Extension.InvalidExtensionState"
        for number in range(9):
            assert (await register(world, f"inside-{number}", b"{}"))[0] == 200
        assert (await register(world, "inside-0", b"{}"))[2]["errorType"] == "Extension.InvalidExtensionState"
        assert (await register(world, "inside-9", b"{}"))[2]["errorType"] == "Extension.TooManyExtensions"
        world.extensions.close_registration()
        assert (await register(world, "late", b"{}"))[2]["errorType"] == "Extension.RegistrationClosed"


@run
async def test_events_need_an_identifier() -> None:
    """Missing, malformed and unknown identifiers have error types of their own."""
    async with ApiWorld() as world:
        client = await world.client()
        for headers, error_type in (
            ({}, "Extension.MissingExtensionIdentifier"),
            ({"Lambda_Extension_Identifier": "x"}, "Extension.InvalidExtensionIdentifier"),
            ({"Lambda_Extension_Identifier": str(uuid.uuid4())}, "Extension.UnknownExtensionIdentifier"),
        ):
            status, answer = await client.ask("GET", EVENT, **headers)
            assert (status, answer["errorType"]) == (403, error_type)


@run
async def test_shutdown_is_the_only_event() -> None:
    """It has its reason and deadline; an extension that did not ask for it gets none."""
    async with ApiWorld() as world:
        world.extensions.expect("told")
        world.extensions.expect("quiet")
        waiting = []
        for name, body in (("told", SHUTDOWN), ("quiet", b'{"events": []}')):
            identifier = (await register(world, name, body))[1]["lambda-extension-identifier"]
            client = await world.client()
            await client.send("GET", EVENT, Lambda_Extension_Identifier=identifier)
            waiting.append(client)
        while not world.extensions.are_ready:
            await asyncio.sleep(0.001)
        assert world.extensions.shut_down("spindown", 123) == ["told"]
        status, headers, body = await waiting[0].receive()
        assert status == 200
        assert headers["lambda-extension-event-identifier"]
        assert json.loads(body) == {"eventType": "SHUTDOWN", "deadlineMs": 123, "shutdownReason": "spindown"}


@run
async def test_an_exit_error_is_reported() -> None:
    """202, and the environment is told the type; without the header it is refused."""
    async with ApiWorld() as world:
        world.extensions.expect("ext")
        me = {"Lambda_Extension_Identifier": (await register(world))[1]["lambda-extension-identifier"]}
        client = await world.client()
        path = "/2020-01-01/extension/exit/error"
        assert (await client.ask("POST", path, b"{}", **me))[1]["errorType"] == "Extension.MissingHeader"
        typed = {**me, "Lambda_Extension_Function_Error_Type": "Extension.Gone"}
        assert await client.ask("POST", path, b"{}", **typed) == (202, {"status": "OK"})
        assert world.extension_errors == ["Extension.Gone"]
        assert (await client.ask("POST", "/2020-01-01/extension/init/error", b"{}", **typed))[0] == 403


def subscription(**changes: Any) -> bytes:
    """A subscription that is right but for the changes."""
    good = {
        "schemaVersion": "2025-01-29",
        "types": ["platform"],
        "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:1"},
    }
    return json.dumps({**good, **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"[]",
        subscription(schemaVersion="2022-12-13"),
        subscription(types=[]),
        subscription(types=["everything"]),
        subscription(destination={"protocol": "FTP"}),
        subscription(destination={"protocol": "HTTP", "URI": "http://example.com:80"}),
        subscription(destination={"protocol": "HTTP", "URI": "http://sandbox:99999"}),
        subscription(destination={"protocol": "TCP", "port": 0}),
        subscription(buffering={"maxItems": 1}),
        subscription(buffering={"timeoutMs": 1}),
        subscription(buffering=[]),
    ],
    ids=[
        "json",
        "list",
        "schema",
        "no-types",
        "types",
        "protocol",
        "host",
        "port",
        "tcp-port",
        "items",
        "timeout",
        "buffering",
    ],
)
@run
async def test_subscriptions_that_are_refused(body: bytes) -> None:
    """400 ValidationError, each with a sentence."""
    async with ApiWorld() as world:
        world.extensions.expect("ext")
        me = {"Lambda_Extension_Identifier": (await register(world))[1]["lambda-extension-identifier"]}
        status, answer = await (await world.client()).ask("PUT", TELEMETRY, body, **me)
        assert (status, answer["errorType"]) == (400, "ValidationError")
        assert answer["errorMessage"]


@run
async def test_telemetry_by_tcp_and_what_could_not_be_sent() -> None:
    """Lines of JSON on a port; a subscriber that is not there shows as platform.logsDropped."""
    received = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.read())
        writer.close()

    async with ApiWorld() as world:
        server = await asyncio.start_server(take, "127.0.0.1", 0)
        world.extensions.expect("ext")
        me = {"Lambda_Extension_Identifier": (await register(world))[1]["lambda-extension-identifier"]}
        client = await world.client()
        port = server.sockets[0].getsockname()[1]
        body = subscription(destination={"protocol": "TCP", "port": port}, buffering={"timeoutMs": 25})
        assert await client.ask("PUT", TELEMETRY, body, **me) == (200, "OK")
        world.telemetry.emit("platform.start", {"requestId": "a"}, "a")
        world.telemetry.emit("function", "not for this one", "a")
        await world.telemetry.flush()
        while received.count(b"\n") < 2:
            await asyncio.sleep(0.005)
        events = [json.loads(line) for line in received.decode().splitlines()]
        assert [event["type"] for event in events] == ["platform.telemetrySubscription", "platform.start"]
        assert set(events[1]) == {"time", "type", "record"}
        server.close()
        await server.wait_closed()
        world.telemetry.emit("platform.start", {"requestId": "b"}, "b")
        await world.telemetry.flush()
        assert any(record.kind == "platform.logsDropped" for record in world.records)
        world.telemetry.close_subscription()
        status, answer = await client.ask("PUT", TELEMETRY, body, **me)
        assert (status, answer["errorType"]) == (403, "Telemetry.SubscriptionClosed")
