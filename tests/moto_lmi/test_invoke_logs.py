"""What functions log reaches CloudWatch Logs: names, form, levels, ways, and what survives."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from moto_lmi import invoking
from moto_lmi.invoking import log_writer

from .running import PACKAGE, invoke, one_environment
from .serving import ServerProcess, state_of
from .test_invoke_http import plain_function
from .world import World, archive, client, managed

SOURCE = """
    import logging, pathlib, time

    log = logging.getLogger()

    def handler(event, context):
        log.info("first of %s", event["me"])
        pathlib.Path("/tmp", event["me"]).touch()
        for other in event["all"]:
            while not pathlib.Path("/tmp", other).exists():
                time.sleep(0.005)
        log.info("second of %s", event["me"])
        log.debug("never seen")
        print("printed")
        if event.get("fail"):
            raise ValueError("no good")
"""


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    """An account of the test's own; what it runs ends with it."""
    yield world
    invoking.close()


def on_a_provider(world: World, *, way_out: bool = True, **logging: str) -> None:
    """A published function with one environment, and as a rule with a way to CloudWatch Logs."""
    if way_out:
        world.open_way_out()
    members = {"LoggingConfig": {"LogFormat": "JSON", **logging}} if logging else {}
    config = managed(world.provider(), PerExecutionEnvironmentMaxConcurrency=4)
    code = {"ZipFile": archive({"app.py": SOURCE})}
    world.function(CapacityProviderConfig=config, Code=code, Timeout=30, **members)
    world.publish()
    one_environment(world)


def messages(group: str = "/aws/lambda/fn") -> list[str]:
    """The messages of a log group, in order."""
    invoking.settle_logs()
    return [event["message"] for event in client("logs").filter_log_events(logGroupName=group)["events"]]


def records(group: str = "/aws/lambda/fn") -> list[dict[str, Any]]:
    """The messages that are JSON."""
    return [json.loads(line) for line in messages(group) if line.startswith("{")]


def test_concurrent_requests_are_interleaved_and_told_apart(fresh: World) -> None:
    """Lines of two requests alternate in one stream, each with its requestId, between its START and its REPORT."""
    on_a_provider(fresh)
    everyone = ["a", "b"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda me: invoke(fresh, {"me": me, "all": everyone}), everyone))
    found = [item for item in records() if item.get("type") not in ("platform.initStart", "platform.initReport")]
    ids = {item["record"]["requestId"] for item in found if item.get("type") == "platform.start"}
    assert len(ids) == 2
    order = [item.get("message", item.get("type")) for item in found]
    firsts = [index for index, what in enumerate(order) if str(what).startswith("first")]
    seconds = [index for index, what in enumerate(order) if str(what).startswith("second")]
    assert max(firsts) < min(seconds)
    for request_id in ids:
        mine = [
            item.get("type") or item["message"].split()[0]
            for item in found
            if request_id in (item.get("requestId"), item.get("record", {}).get("requestId"))
        ]
        assert mine[0] == "platform.start"
        assert sorted(mine[1:]) == ["first", "platform.report", "second"]
    assert "printed" in messages()
    assert "never seen" not in str(messages())


def test_names_of_group_and_stream(fresh: World) -> None:
    """`/aws/lambda/NAME` and date, version and environment; with a group of one's own the function's name as well."""
    on_a_provider(fresh)
    invoke(fresh, {"me": "a", "all": []})
    invoking.settle_logs()
    (stream,) = client("logs").describe_log_streams(logGroupName="/aws/lambda/fn")["logStreams"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\.PUBLISHED\][0-9a-f]{32}", stream["logStreamName"])
    own = {"LogFormat": "JSON", "LogGroup": "/own"}
    fresh.function("plain", Code={"ZipFile": PACKAGE}, LoggingConfig=own)
    invoke(fresh, name="plain")
    invoking.settle_logs()
    (stream,) = client("logs").describe_log_streams(logGroupName="/own")["logStreams"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/plain\[\$LATEST\][0-9a-f]{32}", stream["logStreamName"])


def test_levels(fresh: World) -> None:
    """SystemLogLevel WARN leaves platform events of success out, ApplicationLogLevel DEBUG lets debug lines in."""
    on_a_provider(fresh, SystemLogLevel="WARN", ApplicationLogLevel="DEBUG")
    invoke(fresh, {"me": "a", "all": []})
    invoke(fresh, {"me": "a", "all": [], "fail": True})
    found = records()
    assert [item["type"] for item in found if "type" in item and "record" in item] == ["platform.report"]
    assert "never seen" in [item.get("message") for item in found]


def test_an_error_is_logged_with_its_stack(fresh: World) -> None:
    """The record of an exception has type, message, stack and request; the report says error."""
    on_a_provider(fresh)
    invoke(fresh, {"me": "a", "all": [], "fail": True})
    found = records()
    (error,) = [item for item in found if item.get("errorType") == "ValueError"]
    (report,) = [item["record"] for item in found if item.get("type") == "platform.report"]
    assert error["errorMessage"] == "no good"
    assert error["requestId"] == report["requestId"]
    assert report["status"] == "error"


def test_default_lambda_logs_text(fresh: World) -> None:
    """START, what was printed, END and REPORT, with the time of the start on the first."""
    fresh.function("plain", Code={"ZipFile": archive({"app.py": "def handler(e, c): print('hello')\n"})})
    for _ in range(2):
        invoke(fresh, name="plain")
    lines = messages("/aws/lambda/plain")
    kinds = [line.split()[0] for line in lines]
    assert sorted(kinds) == sorted(["START", "hello", "END", "REPORT"] * 2)
    reports = [line for line in lines if line.startswith("REPORT")]
    assert ["Init Duration" in line for line in reports] == [True, False]


def test_events_have_virtual_time(fresh: World) -> None:
    """After ten days of virtual time a line is ten days later."""
    fresh.function("plain", Code={"ZipFile": PACKAGE})
    invoke(fresh, name="plain")
    fresh.pass_time(10 * 86_400)
    invoke(fresh, name="plain")
    invoking.settle_logs()
    times = [
        event["timestamp"] for event in client("logs").filter_log_events(logGroupName="/aws/lambda/plain")["events"]
    ]
    assert max(times) - min(times) == pytest.approx(10 * 86_400_000, abs=60_000)


def test_without_a_way_nothing_arrives_and_nobody_is_told(fresh: World) -> None:
    """The function answers; its log is missing, on managed instances alone, until there is a way."""
    on_a_provider(fresh, way_out=False)
    fresh.function("plain", Code={"ZipFile": PACKAGE})
    for name in ("fn", "plain"):
        invoke(fresh, {"me": "a", "all": []}, name)
    invoking.settle_logs()
    groups = {group["logGroupName"] for group in client("logs").describe_log_groups()["logGroups"]}
    assert groups & {"/aws/lambda/fn", "/aws/lambda/plain"} == {"/aws/lambda/plain"}
    fresh.open_way_out()
    time.sleep(log_writer._LOOK_AGAIN_S)
    invoke(fresh, {"me": "b", "all": []})
    assert [line for line in messages() if "first of b" in line]
    assert not [line for line in messages() if "first of a" in line]


def test_a_stream_keeps_its_newest_events(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones go."""
    monkeypatch.setattr(log_writer, "MOST_EVENTS", 5)
    source = "def handler(e, c):\n    for n in range(20): print('line', n)\n"
    fresh.function("plain", Code={"ZipFile": archive({"app.py": source})})
    invoke(fresh, name="plain")
    assert len(messages("/aws/lambda/plain")) == 5


def test_the_log_survives_a_kill(tmp_path: Path) -> None:
    """What a server had in its log is there after a kill and a restart, with the same times."""
    with ServerProcess(*state_of(tmp_path)) as server:
        lambda_, logs = plain_function(server), server.client("logs")
        lambda_.invoke(FunctionName="plain", Payload=b"{}")
        before: list[Any] = []
        while len(before) < 3:  # START, END, REPORT come a moment after the answer
            if logs.describe_log_groups()["logGroups"]:
                before = logs.filter_log_events(logGroupName="/aws/lambda/plain")["events"]
        server.kill()
    with ServerProcess(*state_of(tmp_path)) as server:
        after = server.client("logs").filter_log_events(logGroupName="/aws/lambda/plain")["events"]
    assert [(event["timestamp"], event["message"]) for event in after] == [
        (event["timestamp"], event["message"]) for event in before
    ]
