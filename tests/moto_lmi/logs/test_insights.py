"""Logs Insights: commands, functions, aggregates, and errors with their place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.logs.models import logs_backends

from moto_lmi.api.logs.insights.parser import parse_query
from moto_lmi.api.logs.insights.running import Run
from moto_lmi.api.logs.insights.syntax import QueryError
from tests.moto_lmi.plain import Account, plain_moto

from .helpers import GROUP, ask, logs, open_group, say

EVENTS = (
    {"level": "INFO", "ms": 10, "user": {"name": "ann"}, "path": "/a/1"},
    {"level": "ERROR", "ms": 250, "user": {"name": "ben"}, "path": "/b/2"},
    {"level": "INFO", "ms": 30, "user": {"name": "ann"}, "path": "/a/3"},
    {"level": "WARN", "ms": 90.5, "path": "/b/4"},
)


@pytest.fixture
def shop(account: Account) -> Account:
    """A group with four JSON events and a line of text."""
    open_group()
    say(*EVENTS, "GET /index.html took 12 ms")
    return account


def test_moto_skips_what_it_does_not_know(account: Account) -> None:
    """Plain moto ignores filter and stats and answers every event; here they count."""
    query = 'filter level = "ERROR" | stats count(*) as errors'
    with plain_moto(logs_backends):
        open_group()
        say(*EVENTS)
        assert len(ask(query)) == 4
    open_group()
    say(*EVENTS)
    assert ask(query) == [{"errors": "1"}]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ('level = "INFO"', 2),
        ('level != "INFO"', 3),
        ("ms > 30", 2),
        ("ms >= 30 and ms < 200", 2),
        ("ms > 200 or user.name = 'ann'", 3),
        ("not (ms > 30)", 3),
        ("level like /(?i)err/", 1),
        ("level like 'ER'", 1),
        ("level not like 'ER'", 4),
        ("level =~ /^[IW]/", 3),
        ("level in ['INFO', 'WARN']", 3),
        ("level not in ['INFO', 'WARN']", 2),
        ("ms in [10, 30]", 2),
        ("ispresent(user.name)", 3),
        ("not ispresent(level)", 1),
        ("@message like 'index'", 1),
        ("ms * 2 + 10 = 30", 1),
        ("ms % 20 = 10", 3),
        ("strlen(level) = 5", 1),
        ("tolower(level) = 'info'", 2),
        ("isblank(level)", 1),
        ("`user.name` = 'ben' # a remark\n", 1),
        ("substr(path, 1, 1) = 'a'", 2),
        ("strcontains(path, '/b')", 2),
        ("coalesce(user.name, 'nobody') = 'nobody'", 2),
        ("greatest(ms, 50) = 50", 3),
        ("concat(level, '-', user.name) = 'INFO-ann'", 2),
    ],
)
def test_filter(shop: Account, condition: str, count: int) -> None:
    """Each condition means as many events as it should."""
    assert ask(f"filter {condition} | stats count(*) as n") == [{"n": str(count)}]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("stats count(*), sum(ms) as total", [{"count(*)": "5", "total": "380.5"}]),
        ("stats avg(ms) as a, min(ms) as low, max(ms) as high", [{"a": "95.125", "low": "10", "high": "250"}]),
        ("stats median(ms) as m, pct(ms, 50) as p", [{"m": "60.25", "p": "60.25"}]),
        ("stats count(user.name) as n, count_distinct(user.name) as d", [{"n": "3", "d": "2"}]),
        ("stats earliest(level) as first, latest(level) as last", [{"first": "INFO", "last": "WARN"}]),
        ("stats sortsFirst(level) as first, sortsLast(level) as last", [{"first": "ERROR", "last": "WARN"}]),
        ("stats sum(ms) / count(ms) as mean", [{"mean": "95.125"}]),
        (
            "filter ispresent(level) | stats count(*) as n by level | sort n desc, level asc",
            [{"level": "INFO", "n": "2"}, {"level": "ERROR", "n": "1"}, {"level": "WARN", "n": "1"}],
        ),
        (
            "filter ms > 0 | stats max(ms) as m by strlen(level) as size | sort size | limit 1",
            [{"size": "4", "m": "90.5"}],
        ),
        ("filter ms > 1000 | stats count(*) as n", [{"n": "0"}]),
        (
            "stats count(*) as n by level, user.name | stats max(n) as most",
            [{"most": "2"}],
        ),
        ("fields ms | filter ms > 80 | sort ms | display ms", [{"ms": "90.5"}, {"ms": "250"}]),
        ("fields ms / 1000 as s | filter level = 'ERROR' | display s", [{"s": "0.25"}]),
        ("filter level = 'INFO' | dedup user.name | display user.name", [{"user.name": "ann"}]),
        ("filter ms > 0 | sort level desc, ms asc | limit 2 | display ms", [{"ms": "90.5"}, {"ms": "10"}]),
        (
            "parse @message 'GET * took * ms' as page, took | filter ispresent(page) | display page, took",
            [{"page": "/index.html", "took": "12"}],
        ),
        (
            r"parse path /\/(?<room>\w)\/(?<number>\d)/ | filter room = 'b' | stats sum(number) as s by room",
            [{"room": "b", "s": "6"}],
        ),
        ("parse 'took * ms' as took | stats max(took) as most", [{"most": "12"}]),
        ("fields if(ms > 100, 'slow', 'fast') as pace | filter ms > 80 | sort ms | display pace", [{"pace": "fast"}, {"pace": "slow"}]),
        ("filter ms = 10 | fields replace(path, '/', '-') as p, toupper(user.name) as u | display p, u", [{"p": "-a-1", "u": "ANN"}]),
        ("filter ms = 10 | fields abs(-ms) as a, ceil(ms / 4) as c, floor(ms / 4) as f, sqrt(ms * 10) as r | display a, c, f, r", [{"a": "10", "c": "3", "f": "2", "r": "10"}]),
        ("filter ms = 10 | fields trim('  x ') as t, ltrim('xxa', 'x') as l | display t, l", [{"t": "x", "l": "a"}]),
    ],
)  # fmt: skip
def test_queries(shop: Account, query: str, rows: list[dict[str, str]]) -> None:
    """Each query gives just these rows."""
    assert ask(query) == rows


def test_without_commands_for_it(shop: Account) -> None:
    """Timestamp and message are shown, the newest first."""
    rows = ask("limit 2")
    assert [set(row) for row in rows] == [{"@timestamp", "@message"}] * 2
    assert rows[0]["@message"] == "GET /index.html took 12 ms"


def test_times(account: Account) -> None:
    """Times are shown as AWS shows them, bins begin at their full period."""
    open_group()
    say({"ms": 1})
    first = account.clock.now()
    account.pass_time(600)
    say({"ms": 2}, {"ms": 3})
    rows = ask("stats sum(ms) as total by bin(5m) as at | sort at asc")
    assert [row["total"] for row in rows] == ["1", "5"]
    begin = datetime.strptime(rows[0]["at"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    assert begin.timestamp() % 300 == 0
    assert begin <= first
    assert ask("fields @timestamp | sort @timestamp asc | limit 1")[0]["@timestamp"].startswith(
        f"{first:%Y-%m-%d %H:%M}"
    )
    assert [row["n"] for row in ask("stats count(*) as n by bin(1 hour)", minutes=120)] in (["3"], ["1", "2"])


def test_times_beyond_the_calendar(shop: Account) -> None:
    """A time in the wrong unit is not a failure: the query runs up to the end of the calendar."""
    now = int(shop.clock.now().timestamp())
    query = {"startTime": now - 60, "endTime": now * 1000, "queryString": "stats count(*) as n"}
    identifier = logs.start_query(logGroupName=GROUP, **query)["queryId"]
    assert logs.get_query_results(queryId=identifier)["results"][0][0]["value"] == "5"


def test_statistics_of_a_query(shop: Account) -> None:
    """GetQueryResults says how much was scanned and matched."""
    now = int(shop.clock.now().timestamp())
    query = {"startTime": now - 60, "endTime": now + 60, "queryString": "filter ms > 50"}
    identifier = logs.start_query(logGroupNames=[GROUP], **query)["queryId"]
    answer = logs.get_query_results(queryId=identifier)
    assert answer["status"] == "Complete"
    assert (answer["statistics"]["recordsMatched"], answer["statistics"]["recordsScanned"]) == (2, 5)


@pytest.mark.parametrize(
    ("query", "problem", "start"),
    [
        ("", "a command", 0),
        ("nonsense", "a command .* is expected, not 'nonsense'", 0),
        ("fields @message | ", "a command .* is expected, not the end", 18),
        ("filter", "a value is expected, not the end", 6),
        ("filter a =", "a value is expected, not the end", 10),
        ("filter a = 1 b", r"'\|' or the end is expected, not 'b'", 13),
        ("filter (a = 1", r"'\)' is expected", 13),
        ("filter a like b", "a string or a regular expression", 14),
        ("filter a like /(/", "the regular expression can't be used", 14),
        ("filter nope(a)", "there is no function nope", 7),
        ("filter abs(a, b) = 1", "abs takes 1 arguments, not 2", 7),
        ("stats ms", "ms is no aggregate", 6),
        ("limit x", "a number is expected", 6),
        ("limit 0", "a limit is between 1 and 10000", 6),
        ("parse @message '* *' as a", r"the pattern has 2 \* and there are 1 names", 15),
        ("parse @message /x/", "needs a named group", 15),
        ("parse @message 'x*'", "'as' and the names", 19),
        ("filter " + "(" * 200 + "a" + ")" * 200, "nested more than 100 deep", 108),
    ],
)
def test_malformed_queries(account: Account, query: str, problem: str, start: int) -> None:
    """A query that can't be read is a MalformedQueryException with the place."""
    open_group()
    with pytest.raises(QueryError, match=problem) as error:
        parse_query(query)
    assert error.value.start == start
    if query:
        with pytest.raises(ClientError, match="MalformedQueryException") as refused:
            ask(query)
        location = refused.value.response["queryCompileError"]["location"]  # type: ignore[typeddict-item]
        assert location["startCharOffset"] == start


@given(st.text(alphabet="filterstasby |()=<>'/,.*@12 m\n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes parsing or running fail in another way than with its own error."""
    try:
        commands = parse_query("filter " + text)
    except QueryError as error:
        place = error.start
    else:
        place = 0
        Run(commands, 0.0).results([{"@timestamp": 0.0, "@message": "m", "a": 1.0, "s": "text"}])
    assert 0 <= place <= len(text) + 7
