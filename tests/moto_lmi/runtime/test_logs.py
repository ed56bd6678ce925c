"""What functions print, as records: in order, with their request, within a budget."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import pytest

from moto_lmi.runtime import DataPlane

from .helpers import LIMIT_S, Function

SOURCE = """
import json, logging, sys
logger = logging.getLogger("mine")
logger.setLevel("DEBUG")

def handler(event, context):
    if event == "error":
        raise ValueError("no good")
    logger.info("hello %s", "you")
    logger.debug({"a": 1})
    print("plain")
    print("to stderr", file=sys.stderr)
    for number in range(5):
        print(json.dumps({"number": number}))
    return context.aws_request_id
"""


def test_records_of_the_logger_are_json_with_their_request(plane: DataPlane, tmp_path: Path) -> None:
    """As awslambdaric formats them: timestamp, level, message, logger, requestId."""
    function = Function(plane, tmp_path / "code", SOURCE, log_level="DEBUG")
    request_id = function.value()
    function.end()
    lines = [
        record for record in function.owner.records if record.kind == "function" and record.request_id == request_id
    ]
    first, second = (json.loads(record.line()) for record in lines[:2])
    assert (first["level"], first["message"], first["logger"]) == ("INFO", "hello you", "mine")
    assert second["message"] == {"a": 1}
    assert lines[0].event()["record"]["requestId"] == request_id


def test_what_is_printed_is_a_line_in_its_order(plane: DataPlane, tmp_path: Path) -> None:
    """Lines are passed on as they are; within one stream their order stays, and all come before shutdown ends."""
    function = Function(plane, tmp_path / "code", SOURCE)
    function.value()
    function.end()
    lines = [record.line() for record in function.owner.records if record.kind == "function"]
    assert "plain" in lines
    assert "to stderr" in lines
    assert [line for line in lines if line.startswith('{"number"')] == [
        f'{{"number": {number}}}' for number in range(5)
    ]


def test_a_failure_is_logged_as_awslambdaric_does(plane: DataPlane, tmp_path: Path) -> None:
    """One JSON record of level ERROR with type, message, request and stack."""
    function = Function(plane, tmp_path / "code", SOURCE)
    function.invoke("error", request_id="the-request")
    function.end()
    records = [
        json.loads(item.line())
        for item in function.owner.records
        if item.request_id == "the-request" and item.kind == "function"
    ]
    assert [(item["level"], item["errorType"], item["errorMessage"]) for item in records] == [
        ("ERROR", "ValueError", "no good")
    ]


def test_text_when_text_was_chosen(plane: DataPlane, tmp_path: Path) -> None:
    """The log format is the runtime's affair."""
    function = Function(plane, tmp_path / "code", SOURCE, log_format="Text", log_level="INFO")
    request_id = function.value()
    function.end()
    assert any(line.startswith("[INFO]\t") and f"{request_id}\thello you" in line for line in function.owner.lines)


def test_the_parent_of_the_workers_is_heard(plane: DataPlane, tmp_path: Path) -> None:
    """awslambdaric's event before it forks, at the level DEBUG."""
    function = Function(plane, tmp_path / "code", SOURCE, log_level="DEBUG", max_concurrency=2)
    function.end()
    assert any("runtime_worker_pool_initializing" in line for line in function.owner.lines)


def test_an_owner_that_fails_harms_nobody(plane: DataPlane, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What it raises is logged, and the next record comes."""
    function = Function(plane, tmp_path / "code", SOURCE)
    taken = function.owner.on_log
    calls = []

    def fail_once(record: object) -> None:
        calls.append(record)
        if len(calls) == 1:
            raise RuntimeError("the owner stumbles")

    assert taken is not None
    function.environment._outbox._on_log = fail_once
    with caplog.at_level(logging.ERROR):
        function.value()
        function.end()
    assert len(calls) > 1
    assert "an owner of an execution environment failed" in caplog.text


def test_an_owner_that_waits_holds_nobody_up(plane: DataPlane, tmp_path: Path) -> None:
    """A log callback that blocks on the caller's own lock delays records, not answers."""
    function = Function(plane, tmp_path / "code", SOURCE)
    lock = threading.Lock()
    original = function.environment._outbox._on_log

    def wait(record: object) -> None:
        with lock:
            assert original is not None
            original(record)  # type: ignore[arg-type]

    function.environment._outbox._on_log = wait
    with lock:
        for _ in range(3):
            assert function.later().result(LIMIT_S).payload
    function.end()
    assert function.owner.kinds().count("platform.report") == 3
