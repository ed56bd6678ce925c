"""Filter patterns: terms, JSON, space-delimited; and what is refused, with its place."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.logs.models import logs_backends

from moto_lmi.api.logs.patterns import PatternError, parse_pattern
from tests.moto_lmi.plain import Account, plain_moto

from .helpers import GROUP, found, logs, now_ms, open_group, say

DOCUMENT = json.dumps(
    {
        "level": "ERROR",
        "duration": 3.5,
        "count": "12",
        "ok": False,
        "nothing": None,
        "user": {"name": "ben", "a.b": 1, "roles": ["admin", "ops"]},
        "items": [{"id": 1}, {"id": 2}],
        "arn": "arn:aws:lambda:us-east-1:1:function:fn",
    }
)


def test_moto_lets_json_patterns_through(account: Account) -> None:
    """Plain moto answers a JSON pattern with every event; here only with those that it means."""
    events = ({"level": "INFO"}, {"level": "ERROR", "x": 4}, {"level": "ERROR", "x": 2})
    pattern = '{ $.level = "ERROR" && $.x > 3 }'
    with plain_moto(logs_backends):
        open_group()
        say(*events)
        assert len(found(pattern)) == 3
    open_group()
    say(*events)
    assert found(pattern) == [json.dumps({"level": "ERROR", "x": 4})]


def test_moto_lets_optional_terms_through(account: Account) -> None:
    """Plain moto answers `?a ?b` with every event; here one of the terms has to be there."""
    with plain_moto(logs_backends):
        open_group()
        say("apple", "plum", "cherry")
        assert len(found("?apple ?cherry")) == 3
    open_group()
    say("apple", "plum", "cherry")
    assert found("?apple ?cherry") == ["apple", "cherry"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", True),
        ("ERROR", True),
        ("error", False),
        ("ERROR timeout", True),
        ("ERROR missing", False),
        ('"ERROR: the"', True),
        ('"the ERROR"', False),
        ("-missing", True),
        ("ERROR -timeout", False),
        ("?missing ?timeout", True),
        ("?missing ?gone", False),
        ("?ERROR -timeout", False),
        ("ERROR ?missing", True),
        ('-"the database"', False),
        ("%time.ut%", True),
        ("%^the%", False),
        ("-%[0-9]{3}%", False),
    ],
)
def test_terms(pattern: str, expected: bool) -> None:
    """Plain terms are all needed, `-` refuses, one of the `?` is needed unless there are plain ones."""
    assert parse_pattern(pattern).matches("ERROR: the database had a timeout after 300 ms") is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.level = "ERROR" }', True),
        ("{ $.level = ERROR }", True),
        ('{ $.level = "ERR*" }', True),
        ('{ $.level != "WARN" }', True),
        ('{ $.level = "error" }', False),
        ('{ $.missing != "x" }', False),
        ("{ $.duration > 3 && $.duration <= 3.5 }", True),
        ("{ $.duration >= 4 }", False),
        ("{ $.duration = 3.5 }", True),
        ("{ $.count = 12 }", True),
        ("{ $.ok IS FALSE }", True),
        ("{ $.ok IS TRUE }", False),
        ("{ $.nothing IS NULL }", True),
        ("{ $.missing IS NULL }", False),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.level NOT EXISTS }", False),
        ("{ $.level EXISTS }", True),
        ('{ $.user.name = "ben" }', True),
        ("{ $.user.['a.b'] = 1 }", True),
        ("{ $.items[1].id = 2 }", True),
        ("{ $.items[*].id = 2 }", True),
        ("{ $.items[2].id = 2 }", False),
        ('{ $.user.roles[0] = "admin" }', True),
        ("{ $.arn = %function:f.$% }", True),
        ('{ $.level = "WARN" || ($.level = "ERROR" && $.duration < 5) }', True),
        ('{ ($.level = "WARN" || $.level = "ERROR") && $.duration < 1 }', False),
        ("{ $.* = ERROR }", True),
    ],
)
def test_json_patterns(pattern: str, expected: bool) -> None:
    """Each comparison, selector and connection means what the guide says."""
    assert parse_pattern(pattern).matches(DOCUMENT) is expected


def test_json_patterns_need_json() -> None:
    """A message that is no JSON, or a number, is never meant."""
    for message in ("ERROR", "3", '{"level": '):
        assert not parse_pattern("{ $.level NOT EXISTS }").matches(message)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ip, id, user, time, request, status, bytes]", True),
        ("[ip, id, user]", False),
        ("[..., status = 4*, bytes]", True),
        ("[..., status = 404, bytes > 1000]", True),
        ("[..., status, bytes < 1000]", False),
        ("[ip = 10.0.*, ...]", True),
        ("[ip != 10.0.*, ...]", False),
        ('[..., request = "GET*", status, bytes]', True),
        ("[..., request = %html%, status, bytes]", True),
        ("[..., status = 200 || status = 404, bytes]", True),
        ("[..., status >= 400 && status < 404, bytes]", False),
        ("[ip, ..., bytes]", True),
    ],
)
def test_space_delimited_patterns(pattern: str, expected: bool) -> None:
    """Fields stand in their places, in brackets and quotes as one, with conditions."""
    line = '10.0.0.1 - ben [10/Oct/2026:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
    assert parse_pattern(pattern).matches(line) is expected


@pytest.mark.parametrize(
    ("pattern", "problem", "place"),
    [
        ("{ $.a = }", "a value is expected", 9),
        ("{ $.a }", "a comparison, IS or EXISTS is expected", 7),
        ("{ a = 1 }", "a selector", 3),
        ("{ $.a = 1", "'}' is expected", 10),
        ("{ $.a = 1 } x", "the end is expected", 13),
        ('{ $.a > "x" }', "compares numbers", 10),
        ("{ $.a = %[% }", "regular expression", 10),
        ('"open', "a quotation mark is not closed", 1),
        ("[a, b", "']' is expected", 6),
        ("[..., a, ...]", "an ellipsis can stand in one place only", 10),
        ("[a = x b]", "',' or ']' is expected", 8),
        ("[a = x || b = y]", "a condition on 'a' is expected", 11),
    ],
)
def test_bad_patterns(pattern: str, problem: str, place: int) -> None:
    """A pattern that can't be read is told why and where."""
    with pytest.raises(PatternError, match=problem.replace("[", r"\[").replace("}", r"\}")) as error:
        parse_pattern(pattern)
    assert error.value.place == place


def test_a_bad_pattern_is_an_invalid_parameter(account: Account) -> None:
    """FilterLogEvents and PutMetricFilter refuse it with the place; nothing is stored."""
    open_group()
    with pytest.raises(ClientError, match=r"InvalidParameterException.*\(character 9\)"):
        found("{ $.a = }")
    change = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.put_metric_filter(
            filterName="f", logGroupName=GROUP, filterPattern="{ $.a = }", metricTransformations=[change]
        )
    assert logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"] == []


def test_streams_times_and_pages(account: Account) -> None:
    """Events come in the order of time over all streams, page by page, from the streams and times that are asked for."""
    open_group("one", "two")
    say("a", "b", stream="one")
    account.pass_time(3600)
    middle = now_ms()
    say("c", stream="two")
    account.pass_time(3600)
    say("d", stream="one")
    assert found("") == ["a", "b", "c", "d"]
    assert found("", logStreamNames=["one"]) == ["a", "b", "d"]
    assert found("", startTime=middle) == ["c", "d"]
    assert found("", endTime=middle) == ["a", "b", "c"]
    first = logs.filter_log_events(logGroupName=GROUP, limit=3)
    second = logs.filter_log_events(logGroupName=GROUP, limit=3, nextToken=first["nextToken"])
    assert [event["message"] for event in first["events"] + second["events"]] == ["a", "b", "c", "d"]
    assert "nextToken" not in second


def test_events_are_of_the_accounts_time(account: Account) -> None:
    """Thirty virtual days on, new events are accepted and those of the beginning are too old."""
    open_group()
    begin = now_ms()
    account.pass_time(30 * 86_400)
    say("new")
    answer = logs.put_log_events(
        logGroupName=GROUP, logStreamName="s", logEvents=[{"timestamp": begin + 86_400_000, "message": "old"}]
    )
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert found("") == ["new"]


def test_retention_is_kept(account: Account) -> None:
    """Events that are older than the group keeps them go when new ones come."""
    open_group()
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=1)
    say("old")
    account.pass_time(2 * 86_400)
    say("new")
    assert found("") == ["new"]


@given(st.text(alphabet='{}$.abi[]()=!<>&|*"%-?, 1', max_size=25), st.text(max_size=20))
def test_any_text_is_read_or_refused(pattern: str, message: str) -> None:
    """No pattern makes the parser or the match fail in another way than with its own error."""
    try:
        read = parse_pattern(pattern)
    except PatternError:
        return
    assert read.matches(message) in (True, False)
    assert read.matches(DOCUMENT) in (True, False)
