"""awslambdaric and aws-lambda-ric, both unmodified, against one contract: the same handlers, events and concurrency.

What the public description of Lambda says for every runtime is one test for both; where the clients differ, the test
names the difference.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from moto_lmi.runtime import Answer, Busy, DataPlane, FunctionError, Lost, Stream

from .helpers import LIMIT_S, Function
from .languages import RUNTIMES, function_in, need

LANGUAGES = list(RUNTIMES)


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language whose runtime is here."""
    need(request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def function(language: str, plane: DataPlane, tmp_path_factory: pytest.TempPathFactory) -> Function:
    """The table of handlers in the language."""
    place = tmp_path_factory.mktemp(language) / "code"
    made = function_in(
        language, plane, place, max_concurrency=4, timeout_s=20, memory_mb=1024, log_stream="2026/stream"
    )
    assert made.started.error is None, made.started
    return made


@pytest.mark.parametrize("value", [None, 0, 1.5, "Grüße 😀", [1, [2]], {"a": {"b": None}}, "", True])
def test_what_is_returned_is_the_answer(function: Function, value: object) -> None:
    """JSON there and back, in UTF-8."""
    outcome = function.invoke({"do": "echo", "value": value})
    assert isinstance(outcome, Answer)
    assert (json.loads(outcome.payload), outcome.content_type) == (value, "application/json")


def test_what_is_thrown_is_the_error(language: str, function: Function) -> None:
    """Type, message and stack; the bytes are the client's own, which calls the stack by its language's name."""
    outcome = function.invoke({"do": "throw"})
    assert isinstance(outcome, FunctionError)
    assert (outcome.error_type, outcome.message) == (
        {"python": "ValueError", "nodejs": "RangeError"}[language],
        "no good",
    )
    assert any("app." in line for line in outcome.stack)
    stack = {"python": "stackTrace", "nodejs": "trace"}[language]
    assert {"errorType", "errorMessage", stack} <= json.loads(outcome.payload).keys()
    assert function.value({"do": "echo", "value": 1}) == 1


def test_what_is_no_json_is_an_error(language: str, function: Function) -> None:
    """Python says Runtime.MarshalError; Node.js reports that it could not write the body."""
    outcome = function.invoke({"do": "unserialisable"})
    assert isinstance(outcome, FunctionError)
    assert outcome.error_type == {"python": "Runtime.MarshalError", "nodejs": "Runtime.JSONStringifyError"}[language]
    assert function.value({"do": "echo", "value": 1}) == 1


def test_the_context(function: Function) -> None:
    """Id, ARN, name, version, memory, log group and stream, time left, client context and identity."""
    client = json.dumps({"custom": {"key": "value"}})
    identity = json.dumps({"cognitoIdentityId": "id-7", "cognitoIdentityPoolId": "pool"})
    told = function.value(
        {"do": "context"}, request_id="req-context", client_context=client, cognito_identity=identity, timeout_s=15
    )
    assert 0 < told.pop("left") <= 15_000
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn:$LATEST.PUBLISHED"
    assert told == {
        "id": "req-context",
        "arn": arn,
        "name": "fn",
        "version": "$LATEST.PUBLISHED",
        "memory": 1024,
        "group": "/aws/lambda/fn",
        "stream": "2026/stream",
        "client": {"key": "value"},
        "identity": "id-7",
    }


def test_log_lines_carry_their_request(language: str, function: Function) -> None:
    """Two invocations log at the same time; every JSON record has its level, message and the id of its own request."""
    first = function.later({"do": "log", "word": "apple", "s": 0.3}, request_id="req-apple")
    second = function.later({"do": "log", "word": "berry", "s": 0.3}, request_id="req-berry")
    assert isinstance(first.result(LIMIT_S), Answer)
    assert isinstance(second.result(LIMIT_S), Answer)
    for word in ("apple", "berry"):
        for position, level in (("first", "WARN"), ("second", "ERROR")):
            record = json.loads(function.owner.wait_for_log(f"{position} {word}"))
            assert record["message"] == f"{position} {word}"
            assert record["level"].startswith(level)
            assert record["requestId"] == f"req-{word}"
            assert record["timestamp"].endswith("Z")
    printed = function.owner.wait_for_log("printed apple")
    # print() is not the logger: a plain line. console.log is Node.js's logger.
    assert printed == "printed apple" if language == "python" else json.loads(printed)["requestId"] == "req-apple"
    ids = {record.request_id for record in function.owner.records if "second" in str(record.record)}
    assert {"req-apple", "req-berry"} <= ids


def test_log_lines_as_text(language: str, plane: DataPlane, tmp_path: Path) -> None:
    """With the format Text, Python writes fields with tabs between them; Node.js with many requests at once stays with JSON."""
    function = function_in(language, plane, tmp_path / "code", max_concurrency=2, timeout_s=20, log_format="Text")
    assert isinstance(function.invoke({"do": "log", "word": "cherry"}, request_id="req-cherry"), Answer)
    line = function.owner.wait_for_log("first cherry").strip()
    if language == "python":
        level, moment, request_id, message = line.split("\t")
        assert (level, request_id, message) == ("[WARNING]", "req-cherry", "first cherry")
        assert moment.endswith("Z")
    else:
        record = json.loads(line)
        assert (record["level"], record["requestId"], record["message"]) == ("WARN", "req-cherry", "first cherry")
    function.end()


def test_start_and_report_frame_an_invocation(function: Function) -> None:
    """platform.start and platform.report with the request's id; an error is a report of status error with its type."""
    error = function.invoke({"do": "throw"}, request_id="req-framed")
    function.owner.wait_for_log('"requestId": "req-framed", "status"')
    framed = [record for record in function.owner.records if record.request_id == "req-framed"]
    records = {record.kind: record.record for record in framed if record.kind.startswith("platform.")}
    assert list(records) == ["platform.start", "platform.report"]
    assert records["platform.report"]["status"] == "error"
    assert records["platform.report"]["errorType"] == error.error_type


def test_as_many_run_at_once_as_may(language: str, plane: DataPlane, tmp_path: Path) -> None:
    """Three invocations meet, each with its own id; while three run, a fourth is told Busy at once."""
    function = function_in(language, plane, tmp_path / "code", max_concurrency=3, timeout_s=20)
    function.wait_for_workers(3)
    names = ["a", "b", "c"]
    futures = [function.later({"do": "meet", "me": me, "others": names}, request_id=f"id-{me}") for me in names]
    met = [json.loads(future.result(LIMIT_S).payload) for future in futures]
    assert [item["id"] for item in met] == ["id-a", "id-b", "id-c"]
    waiting = [function.later({"do": "meet", "me": "x", "others": ["nobody"]}) for _ in range(3)]
    assert isinstance(function.invoke({"do": "echo"}), Busy)
    assert not any(future.done() for future in waiting)
    function.end()
    assert all(isinstance(future.result(LIMIT_S), Lost) for future in waiting)


def test_tmp_is_shared(function: Function) -> None:
    """What one invocation leaves in /tmp another finds, in whatever worker."""
    assert isinstance(function.invoke({"do": "write", "name": "left", "value": "here"}), Answer)
    assert [function.value({"do": "read", "name": "left"}) for _ in range(6)] == ["here"] * 6


def test_globals_live_in_a_worker(language: str, plane: DataPlane, tmp_path: Path) -> None:
    """Python's workers are processes; Node.js's are threads of one process. Neither shares globals with the next."""
    function = function_in(language, plane, tmp_path / "code", max_concurrency=4, timeout_s=20)
    function.wait_for_workers(4)
    seen: list[Any] = []
    for _ in range(3):
        futures = [function.later({"do": "seen"}) for _ in range(4)]
        seen += [json.loads(future.result(LIMIT_S).payload) for future in futures]
    assert len({item["pid"] for item in seen}) == {"python": 4, "nodejs": 1}[language]
    workers = {(item["pid"], item.get("thread", 0)) for item in seen}
    assert len(workers) > 1
    assert max(item["seen"] for item in seen) < len(seen)
    function.end()


def test_the_deadline_answers_and_the_code_runs_on(language: str, plane: DataPlane, tmp_path: Path) -> None:
    """Sandbox.Timedout for the caller; neighbours are untouched, and the late answer reaches nobody."""
    function = function_in(language, plane, tmp_path / "code", max_concurrency=2, timeout_s=20)
    function.wait_for_workers(2)
    late = function.later({"do": "sleep", "s": 1.0}, timeout_s=0.3)
    neighbour = function.later({"do": "sleep", "s": 0.5})
    assert late.result(LIMIT_S).timed_out
    assert isinstance(neighbour.result(LIMIT_S), Answer)
    deadline = time.monotonic() + LIMIT_S
    while function.environment.describe()["past_deadline"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert function.value({"do": "echo", "value": "still here"}) == "still here"
    function.end()


def test_a_worker_that_exits(language: str, plane: DataPlane, tmp_path: Path) -> None:
    """A process that exits shows, and is Runtime.ExitError at once; a thread of Node.js doesn't, and is a timeout."""
    function = function_in(language, plane, tmp_path / "code", max_concurrency=2, timeout_s=20)
    function.wait_for_workers(2)
    outcome = function.invoke({"do": "exit"}, timeout_s=2)
    assert outcome.error_type == {"python": "Runtime.ExitError", "nodejs": "Sandbox.Timedout"}[language]
    assert function.value({"do": "echo", "value": "others"}) == "others"
    function.end()


@pytest.mark.parametrize(
    ("what", "python", "nodejs", "error_type"),
    [
        ("no such handler", "x = 1", "export const x = 1;", "Runtime.HandlerNotFound"),
        ("no such module", None, None, "Runtime.ImportModuleError"),
        ("a syntax error", "def handler(:", "export const handler = (", "Runtime.UserCodeSyntaxError"),
        ("an error at import", "raise KeyError('k')", "throw new RangeError('k');", "KeyError|RangeError"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith(("no", "a")) else "",
)
def test_a_start_that_fails(
    language: str, plane: DataPlane, tmp_path: Path, what: str, python: str | None, nodejs: str | None, error_type: str
) -> None:
    """AWS's error type, from the client's own report of the failed initialization."""
    source = {"python": python, "nodejs": nodejs}[language]
    handler = "app.handler" if source else "nowhere.handler"
    function = function_in(language, plane, tmp_path / "code", source or "// #", handler=handler, max_concurrency=2)
    assert function.started.error is not None, what
    assert function.started.error.error_type in error_type.split("|"), function.started
    assert function.environment.state == "failed"


@pytest.mark.parametrize(
    ("do", "error_type", "message"),
    [
        ("synchronous", "TypeError", "at once"),
        ("rejection", "Error", "rejected"),
        ("thrown_text", "string", "only text"),
    ],
)
def test_how_javascript_fails(plane: DataPlane, tmp_path: Path, do: str, error_type: str, message: str) -> None:
    """Thrown at once, rejected, and thrown without being an Error: all reach the caller."""
    function = function_in("nodejs", plane, tmp_path / "code", max_concurrency=1, timeout_s=20)
    outcome = function.invoke({"do": do})
    assert (outcome.error_type, outcome.message) == (error_type, message)
    assert function.invoke({"do": "undefined"}).payload == b"null"
    function.end()


STREAMS = """
import { setTimeout as wait } from 'node:timers/promises';
import { existsSync, writeFileSync } from 'node:fs';

export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.setContentType('text/plain');
  for (const word of event.words) {
    stream.write(word);
    while (event.until && !existsSync(`${process.env.TMPDIR}/${event.until}`)) await wait(5);
  }
  if (event.mark) writeFileSync(`${process.env.TMPDIR}/${event.mark}`, '');
  if (event.fail) throw new RangeError('half-way');
  stream.end();
});
"""


def test_javascript_streams(plane: DataPlane, tmp_path: Path) -> None:
    """streamifyResponse: the caller reads the first piece while the handler is still at work, and a failure afterwards."""
    function = function_in("nodejs", plane, tmp_path / "code", STREAMS, max_concurrency=2, timeout_s=20)
    slow = function.invoke({"words": ["one ", "two"], "until": "go"}, streaming=True)
    assert isinstance(slow, Stream)
    assert slow.content_type == "text/plain"
    pieces = iter(slow)
    assert next(pieces) == b"one "
    assert function.environment.describe()["in_flight"] == 1
    assert isinstance(function.invoke({"words": [], "mark": "go"}), Answer)
    assert b"".join(pieces) == b"two"
    assert slow.error is None
    failing = function.invoke({"words": ["one "], "until": "fail", "fail": True}, streaming=True)
    pieces = iter(failing)
    assert next(pieces) == b"one "
    assert isinstance(function.invoke({"words": [], "mark": "fail"}), Answer)
    assert list(pieces) == []
    assert failing.error is not None
    assert failing.error.error_type == "RangeError"
    whole = function.invoke({"words": ["a", "b", "c"]})
    assert (whole.payload, whole.content_type) == (b"abc", "text/plain")
    function.end()


def test_callbacks_are_refused(plane: DataPlane, tmp_path: Path) -> None:
    """A handler with a callback is refused at the start, as Node.js on managed instances does."""
    source = "export const handler = (event, context, callback) => callback(null, 1);"
    function = function_in("nodejs", plane, tmp_path / "code", source, max_concurrency=2)
    assert function.started.error is not None
    assert function.started.error.error_type == "Runtime.CallbackHandlerDeprecated"
