"""Functions under the unmodified awslambdaric: what handlers do and get, next to the public description of Lambda."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import awslambdaric
import pytest

from moto_lmi.runtime import (
    Answer,
    Busy,
    Credentials,
    DataPlane,
    EnvironmentSpec,
    FunctionError,
    Invocation,
    Lost,
    Stream,
    available_runtimes,
    isolation,
)
from moto_lmi.runtime.sandbox import BUBBLEWRAP

from .helpers import LIMIT_S, Function, Owner, code

TABLE = """
import decimal, json, os, time

class Custom(Exception):
    pass

def handler(event, context):
    return globals()[event["do"]](event, context)

def echo(event, context):
    return event["value"]

def none(event, context):
    pass

def raw(event, context):
    return b"\\x00\\xff raw"

def unicode(event, context):
    return "Gr\\u00fc\\u00dfe"

def number(event, context):
    return decimal.Decimal("1.10")

def raises(event, context):
    raise ValueError("no good")

def custom(event, context):
    raise Custom("mine")

def base(event, context):
    raise KeyError

def unpicklable(event, context):
    return {1, 2}

def generator(event, context):
    return (number for number in range(3))

def trace(event, context):
    return os.environ.get("_X_AMZN_TRACE_ID")

def told(event, context):
    return {
        "id": context.aws_request_id, "arn": context.invoked_function_arn, "name": context.function_name,
        "version": context.function_version, "memory": context.memory_limit_in_mb, "group": context.log_group_name,
        "stream": context.log_stream_name, "left": context.get_remaining_time_in_millis(),
        "client": context.client_context and context.client_context.custom, "identity":
        context.identity and context.identity.cognito_identity_id,
    }
"""


@pytest.fixture(scope="module")
def function(plane: DataPlane, tmp_path_factory: pytest.TempPathFactory) -> Function:
    """A function that does as it is told."""
    place = tmp_path_factory.mktemp("table") / "code"
    return Function(plane, place, TABLE, memory_mb=2048, log_stream="stream", max_concurrency=2, timeout_s=10)


@pytest.mark.parametrize(
    ("do", "payload"),
    [
        ("none", b"null"),
        ("raw", b"\x00\xff raw"),
        ("unicode", '"Grüße"'.encode()),
        ("number", b"1.10"),
    ],
    ids=["none", "raw", "unicode", "number"],
)
def test_what_a_handler_returns_reaches_the_caller(function: Function, do: str, payload: bytes) -> None:
    """The bytes are awslambdaric's own: JSON in UTF-8, bytes as they are, decimals exact."""
    assert function.invoke({"do": do}).payload == payload


@pytest.mark.parametrize(
    ("do", "error_type", "message"),
    [
        ("raises", "ValueError", "no good"),
        ("custom", "Custom", "mine"),
        ("base", "KeyError", ""),
        ("missing", "KeyError", "'missing'"),
        (
            "unpicklable",
            "Runtime.MarshalError",
            "Unable to marshal response: Object of type set is not JSON serializable",
        ),
        (
            "generator",
            "Runtime.MarshalError",
            "Unable to marshal response: Object of type generator is not JSON serializable",
        ),
    ],
    ids=["raises", "custom", "base", "missing", "unpicklable", "generator"],
)
def test_what_a_handler_raises_reaches_the_caller(function: Function, do: str, error_type: str, message: str) -> None:
    """Type, message and stack of the exception; what can't be JSON is Runtime.MarshalError."""
    outcome = function.invoke({"do": do})
    assert isinstance(outcome, FunctionError)
    assert (outcome.error_type, outcome.message) == (error_type, message)
    body = json.loads(outcome.payload)
    assert set(body) == {"errorMessage", "errorType", "requestId", "stackTrace"}
    if not error_type.startswith("Runtime."):
        assert any('"/var/task/app.py", line' in line or "app.py" in line for line in outcome.stack)


def test_an_event_that_is_not_json(function: Function) -> None:
    """Runtime.UnmarshalError, from awslambdaric."""
    outcome = function.environment.invoke(Invocation(b"{nonsense")).result(LIMIT_S)
    assert outcome.error_type == "Runtime.UnmarshalError"


def test_the_context_tells_what_is_known(function: Function) -> None:
    """Id, ARN, name, version, memory, log group and stream, time left, client context and identity."""
    told = function.value(
        {"do": "told"},
        request_id="8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:fn:live",
        client_context='{"custom": {"a": "b"}}',
        cognito_identity='{"cognitoIdentityId": "me", "cognitoIdentityPoolId": "pool"}',
    )
    assert 9000 < told.pop("left") <= 10_000
    assert told == {
        "id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:fn:live",
        "name": "fn",
        "version": "$LATEST.PUBLISHED",
        "memory": "2048",
        "group": "/aws/lambda/fn",
        "stream": "stream",
        "client": {"a": "b"},
        "identity": "me",
    }


def test_the_trace_id_is_in_the_environment(function: Function) -> None:
    """Python alone gets _X_AMZN_TRACE_ID, and loses it when the next caller sends none."""
    assert function.value({"do": "trace"}, trace_id="Root=1-5bef4de7") == "Root=1-5bef4de7"
    for _ in range(4):
        assert function.value({"do": "trace"}) is None


def test_a_caller_who_wants_a_stream_gets_one(function: Function) -> None:
    """awslambdaric doesn't stream: its answer is the stream's one chunk, and a failure is a failure."""
    stream = function.invoke({"do": "echo", "value": "whole"}, streaming=True)
    assert isinstance(stream, Stream)
    assert (list(stream), stream.error, stream.content_type) == ([b'"whole"'], None, "application/json")
    assert function.invoke({"do": "raises"}, streaming=True).error_type == "ValueError"


def test_a_large_event_comes_through(function: Function) -> None:
    """Six megabytes there and back."""
    text = "x" * (6 * 1024 * 1024 - 100)
    assert function.value({"do": "echo", "value": text}) == text


def test_workers_are_processes(plane: DataPlane, tmp_path: Path) -> None:
    """As many as the maximum, each with globals of its own and all with the same /tmp."""
    source = """
    import os, pathlib, time
    calls = 0
    def handler(event, context):
        global calls
        calls += 1
        tmp = pathlib.Path(os.environ["TMPDIR"])
        (tmp / str(os.getpid())).touch()
        time.sleep(0.3)
        return os.getpid(), calls, len(list(tmp.iterdir()))
    """
    function = Function(plane, tmp_path / "code", source, max_concurrency=4, timeout_s=10)
    first = [json.loads(future.result(LIMIT_S).payload) for future in [function.later() for _ in range(4)]]
    assert len({pid for pid, _, _ in first}) == 4
    assert {calls for _, calls, _ in first} == {1}
    assert max(files for _, _, files in first) == 4
    function.end()


def test_one_too_many_is_told_at_once(plane: DataPlane, tmp_path: Path) -> None:
    """Busy within a moment, while the others run."""
    source = "import time\ndef handler(event, context):\n    time.sleep(1)\n    return 1"
    function = Function(plane, tmp_path / "code", source, max_concurrency=2, timeout_s=10)
    running = [function.later() for _ in range(2)]
    began = time.monotonic()
    assert isinstance(function.invoke(), Busy)
    assert time.monotonic() - began < 0.5
    assert [future.result(LIMIT_S).payload for future in running] == [b"1", b"1"]
    function.end()


def test_a_timeout_leaves_code_and_neighbours_running(plane: DataPlane, tmp_path: Path) -> None:
    """The caller is told at the deadline, the code goes on with no time left, and its worker serves again."""
    source = """
    import os, pathlib, time
    tmp = pathlib.Path(os.environ["TMPDIR"])
    def handler(event, context):
        if event == "slow":
            time.sleep(1.2)
            (tmp / "left").write_text(str(context.get_remaining_time_in_millis()))
        return [path.read_text() for path in tmp.glob("left")]
    """
    function = Function(plane, tmp_path / "code", source, max_concurrency=2, timeout_s=0.5)
    began = time.monotonic()
    slow = function.later("slow")
    assert function.value("quick") == []
    outcome = slow.result(LIMIT_S)
    assert 0.4 < time.monotonic() - began < 1.1
    assert (outcome.error_type, outcome.message) == ("Sandbox.Timedout", "Task timed out after 0.50 seconds")
    assert function.environment.describe()["past_deadline"] == 1
    while function.environment.describe()["in_flight"]:
        time.sleep(0.05)
    assert [int(text) <= 0 for text in function.value("quick")] == [True]
    assert {function.environment.describe()[key] for key in ("workers", "capacity")} == {2}
    function.end()


@pytest.mark.parametrize(
    ("source", "handler", "error_type"),
    [
        ("import nowhere_to_be_found", "app.handler", "Runtime.ImportModuleError"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound"),
        ("def handler(:", "app.handler", "Runtime.UserCodeSyntaxError"),
        ("x = 1", "handler", "Runtime.MalformedHandlerName"),
        ("raise RuntimeError('at import')", "app.handler", "RuntimeError"),
        ("import sys\nsys.exit(3)", "app.handler", "Runtime.ExitError"),
        ("import os\nos._exit(0)", "app.handler", "Runtime.ExitError"),
    ],
    ids=["import", "missing", "syntax", "name", "raises", "exit", "hard-exit"],
)
def test_a_start_that_fails_says_why(
    plane: DataPlane, tmp_path: Path, source: str, handler: str, error_type: str
) -> None:
    """The first init error, not the exit code: type and message; nobody can be invoked afterwards."""
    function = Function(plane, tmp_path / "code", source, handler=handler, max_concurrency=4)
    assert function.started.error.error_type == error_type
    assert function.environment.state == "failed"
    assert isinstance(function.invoke(), Lost)
    function.owner.wait_for_change("failed")
    told = [record for record in function.owner.records if record.kind.startswith("platform.init")]
    assert [record.kind for record in told] == ["platform.initStart", "platform.initRuntimeDone", "platform.initReport"]
    assert {record.record["status"] for record in told[1:]} == {"error"}
    assert {record.record["errorType"] for record in told[1:]} == {error_type}


def test_an_endless_start_has_a_limit(plane: DataPlane, tmp_path: Path) -> None:
    """Sandbox.Timedout with a sentence that names the limit."""
    function = Function(plane, tmp_path / "code", "while True: pass", init_timeout_s=0.7)
    assert function.started.error.timed_out
    assert "0.7 seconds" in function.started.error.message
    assert 600 < function.started.duration_ms < 5000


def test_the_start_is_reported(function: Function) -> None:
    """platform.initStart, .initRuntimeDone and .initReport, in that order, before anything else."""
    kinds = [kind for kind in function.owner.kinds() if kind.startswith("platform.init")]
    assert kinds == ["platform.initStart", "platform.initRuntimeDone", "platform.initReport"]
    start, _, report = function.owner.records[:3]
    assert start.record["initializationType"] == "lambda-managed-instances"
    assert report.record["status"] == "success"
    assert report.record["metrics"]["durationMs"] > 0
    assert json.loads(start.line())["type"] == "platform.initStart"


def test_the_environment_variables_are_managed_instances(plane: DataPlane, tmp_path: Path) -> None:
    """AWS's names with their values; a function can't set the reserved ones, the platform can add."""
    source = "import os\ndef handler(event, context):\n    return dict(os.environ)"
    function = Function(
        plane,
        tmp_path / "code",
        source,
        max_concurrency=3,
        variables={
            "MINE": "yes",
            "AWS_REGION": "mars-1",
            "_HANDLER": "no",
            "TZ": "Europe/Berlin",
            "PYTHONPATH": "/opt/x",
        },
        platform_variables={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        credentials=Credentials("LMI123456789012", "secret", "token"),
        log_level="DEBUG",
    )
    seen = function.value()
    expected = {
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048",
        "AWS_LAMBDA_FUNCTION_NAME": "fn",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST.PUBLISHED",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/fn",
        "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
        "AWS_LAMBDA_MAX_CONCURRENCY": "3",
        "AWS_LAMBDA_RUNTIME_API": function.environment.describe()["runtime_api"],
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "LMI123456789012",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "MINE": "yes",
        "TZ": "Europe/Berlin",
        "_HANDLER": "app.handler",
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert seen["PYTHONPATH"].startswith("/opt/x:")
    assert "VIRTUAL_ENV" not in seen
    function.end()


def test_layers_are_merged_in_order(plane: DataPlane, tmp_path: Path) -> None:
    """A later layer over an earlier one; python/ is on the search path."""
    first = code(tmp_path / "one" / "python", "NAME = 'first'\n", "shared_layer.py").parent
    code(first / "python", "NAME = 'only'\n", "only_layer.py")
    second = code(tmp_path / "two" / "python", "NAME = 'second'\n", "shared_layer.py").parent
    source = (
        "import shared_layer, only_layer\ndef handler(event, context):\n    return shared_layer.NAME, only_layer.NAME"
    )
    function = Function(plane, tmp_path / "code", source, layers=(first, second))
    assert function.value() == ["second", "only"]
    function.end()


@pytest.mark.skipif(isolation().kind != BUBBLEWRAP, reason="without a sandbox the server's Python is seen as it is")
def test_code_finds_what_aws_ships_and_nothing_else(plane: DataPlane, tmp_path: Path) -> None:
    """boto3 is there, as in AWS's runtime; what the server has besides is not."""
    source = """
    import importlib.util as util
    def handler(event, context):
        return {name: util.find_spec(name) is not None for name in event}
    """
    function = Function(plane, tmp_path / "code", source)
    names = ["boto3", "botocore", "awslambdaric", "moto", "moto_lmi", "lmi_labs", "numba", "pytest", "pip"]
    assert function.value(names) == {name: name in ("boto3", "botocore", "awslambdaric") for name in names}
    function.end()


def test_it_is_described(function: Function) -> None:
    """What was declared, on what it really runs, where its API listens, and how many workers there are."""
    seen = function.environment.describe()
    python = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    assert seen["runtime"] == "python3.13"
    assert seen["runs_on"] == f"Python {python}, awslambdaric {awslambdaric.__version__}"
    assert seen["state"] == "ready"
    assert seen["runtime_api"].startswith("127.0.0.1:")
    assert seen["max_concurrency"] == 2


@pytest.mark.parametrize(
    ("runtime", "needle"),
    [
        ("java21", "Java"),
        ("dotnet8", ".NET"),
        ("provided.al2023", "Amazon Linux"),
        ("cobol", "'cobol' is not a runtime"),
    ],
    ids=["java", "dotnet", "provided", "unknown"],
)
def test_what_can_not_run_is_refused(plane: DataPlane, tmp_path: Path, runtime: str, needle: str) -> None:
    """One sentence that names the runtime and what is missing."""
    function = Function(plane, tmp_path / "code", "", runtime=runtime)
    assert function.started.error.error_type == "InvalidRuntime"
    assert f"Functions for {runtime} can't be run here: " in function.started.error.message
    assert needle in function.started.error.message


def test_the_available_runtimes_are_listed() -> None:
    """Python is among them; every other says what is missing."""
    found = available_runtimes()
    assert found["python"].runs_on.startswith("Python ")
    assert all(getattr(item, "reason", "") or getattr(item, "runs_on", "") for item in found.values())


def test_a_lost_worker_leaves_the_rest(plane: DataPlane, tmp_path: Path) -> None:
    """Its invocation gets Runtime.ExitError, the others serve on; with the last one the environment is lost."""
    source = "import os\ndef handler(event, context):\n    return os._exit(1) if event else os.getpid()"
    function = Function(plane, tmp_path / "code", source, max_concurrency=3, timeout_s=10)
    owner, environment = function.owner, function.environment
    assert function.invoke(True).error_type == "Runtime.ExitError"
    owner.wait_for_change("worker_lost")
    assert environment.describe()["capacity"] == 2
    assert environment.describe()["lost_workers"] == 1
    assert function.value() > 0
    assert function.invoke(True).error_type == "Runtime.ExitError"
    assert function.value() > 0
    assert function.invoke(True).error_type == "Runtime.ExitError"
    owner.wait_for_change("lost")
    assert environment.state == "lost"
    outcome = function.invoke()
    assert (type(outcome), outcome.error_type) == (Lost, "Runtime.ExitError")


def test_everyone_is_answered_when_the_runtime_dies(plane: DataPlane, tmp_path: Path) -> None:
    """The parent of the workers is gone: all its invocations are answered, nothing of it is left."""
    source = """
    import os, signal, time
    def handler(event, context):
        if event:
            os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(20)
    """
    function = Function(plane, tmp_path / "code", source, max_concurrency=3, timeout_s=20)
    waiting = [function.later() for _ in range(2)]
    outcomes = [function.later(True).result(LIMIT_S)] + [future.result(LIMIT_S) for future in waiting]
    assert [type(outcome) for outcome in outcomes] == [Lost] * 3
    assert {outcome.error_type for outcome in outcomes} == {"Runtime.ExitError"}
    assert all("Runtime exited with error: signal: killed" in outcome.message for outcome in outcomes)
    function.owner.wait_for_change("lost")


def test_shutdown_answers_and_ends(plane: DataPlane, tmp_path: Path) -> None:
    """Who waits is told, later callers too, and it can be said twice."""
    source = "import time\ndef handler(event, context):\n    time.sleep(20)"
    function = Function(plane, tmp_path / "code", source, timeout_s=20)
    running = function.later()
    time.sleep(0.1)
    function.end()
    assert running.result(1).error_type == "Client.ExecutionEnvironmentShutDown"
    assert function.invoke().error_type == "Client.ExecutionEnvironmentShutDown"
    function.end()
    function.owner.wait_for_change("stopped")
    assert function.environment.state == "stopped"


def test_an_environment_is_started_once(function: Function) -> None:
    """A second start is refused with the state."""
    with pytest.raises(RuntimeError, match="environment-1 is ready; each can be started once"):
        function.environment.start()


def test_invoking_before_the_start_is_busy(plane: DataPlane, tmp_path: Path) -> None:
    """Client.InitIncomplete: a router tries elsewhere."""
    spec = EnvironmentSpec("fn", "app.handler", code(tmp_path / "code", "def handler(event, context): return 1"))
    environment = plane.environment(spec)
    assert environment.invoke(Invocation()).result(LIMIT_S).error_type == "Client.InitIncomplete"
    environment.shutdown().result(LIMIT_S)
    assert environment.state == "stopped"


def test_shutdown_during_the_start(plane: DataPlane, tmp_path: Path) -> None:
    """The start ends with an error instead of going on."""
    spec = EnvironmentSpec("fn", "app.handler", code(tmp_path / "code", "import time; time.sleep(20)"))
    environment = plane.environment(spec)
    starting = environment.start()
    time.sleep(0.2)
    environment.shutdown().result(LIMIT_S)
    assert starting.result(LIMIT_S).error.error_type == "Client.ExecutionEnvironmentShutDown"
    assert environment.state == "stopped"


def test_code_that_the_function_may_not_read(plane: DataPlane, tmp_path: Path) -> None:
    """Where functions have a user of their own, a private directory is refused with a way out."""
    place = code(tmp_path / "code", "def handler(event, context): return 1")
    place.chmod(0o700)
    owner = Owner()
    environment = plane.environment(EnvironmentSpec("fn", "app.handler", place), owner.on_log)
    started = environment.start().result(LIMIT_S)
    if started.error is None:  # the function runs as the user of the server
        assert isinstance(environment.invoke(Invocation()).result(LIMIT_S), Answer)
    else:
        assert "chmod a+rx" in started.error.message
    environment.shutdown().result(LIMIT_S)


@pytest.mark.parametrize("what", ["nothing", "file"])
def test_code_that_is_not_there(plane: DataPlane, tmp_path: Path, what: str) -> None:
    """The start fails with the reason, whoever found it."""
    place = tmp_path / "code"
    if what == "file":
        place.write_text("no directory")
        place.chmod(0o755)
    owner = Owner()
    environment = plane.environment(EnvironmentSpec("fn", "app.handler", place), on_change=owner.on_change)
    error = environment.start().result(LIMIT_S).error
    assert error is not None
    assert error.error_type in ("Sandbox.Failure", "Runtime.ExitError", "Runtime.InvalidEntrypoint")
    assert "code" in error.message or "task" in error.message
    owner.wait_for_change("failed")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("memory_mb", 64),
        ("timeout_s", 0),
        ("timeout_s", 5401),
        ("max_concurrency", 0),
        ("max_concurrency", 1601),
        ("ephemeral_storage_mb", 0),
        ("init_timeout_s", 901),
    ],
)
def test_numbers_out_of_range(setting: str, value: float) -> None:
    """The value and the range are named."""
    with pytest.raises(ValueError, match=f"{setting} {value!r} is outside"):
        EnvironmentSpec("fn", "app.handler", Path("/x"), **{setting: value})


def test_requests_that_can_not_be_headers() -> None:
    """Line breaks can't be smuggled into the Runtime API."""
    with pytest.raises(ValueError, match="request_id"):
        Invocation(request_id="a/b")
    with pytest.raises(ValueError, match="trace_id"):
        Invocation(trace_id="a\r\nEvil: 1")


def test_nothing_starts_at_import() -> None:
    """A data plane that made nothing has no thread, and closing it is harmless."""
    before = threading.active_count()
    plane = DataPlane()
    assert not plane.is_running
    plane.close()
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="closed"):
        plane.environment(EnvironmentSpec("fn", "app.handler", Path("/x")))


def test_invoking_after_the_data_plane_was_closed(tmp_path: Path) -> None:
    """Lost, at once, from any thread."""
    with DataPlane() as plane:
        function = Function(plane, tmp_path / "code", "def handler(event, context): return 1")
        running = function.later()
    assert isinstance(running.result(1), Answer | Lost)
    for _ in range(3):
        assert isinstance(function.environment.invoke(Invocation()).result(1), Lost)
