"""Hidden checks of lab 54: functions meet inputs that their author has not seen. No input is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day54 import limits, missing_logs, paths, pricing, stories
from graders.day54.place import line_of, log_events
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, hidden_check, passed, refused

_CARDS: tuple[paths.Card, ...] = (
    {"kind": "service", "name": "secretsmanager"},
    {"kind": "service", "name": "s3"},
    {"kind": "internet", "name": "s3.example.com", "ip": 4},
    {"kind": "internet", "name": "ipv6.example.org", "ip": 6},
    {"kind": "vpcs", "ranges": ["172.16.0.0/16"]},
    {"kind": "vpcs", "ranges": ["172.16.0.0/16", "172.17.0.0/16"]},
    {"kind": "vpcs", "ranges": ["172.16.0.0/16", "10.0.0.0/8"]},
)
_MONTHS: tuple[tuple[pricing.Traffic, int], ...] = (
    ({"logs": 0}, 2),
    ({"s3": 500}, 3),
    ({"dynamodb": 20, "s3": 1, "logs": 5, "sqs": 2}, 2),
    ({"a.example.com": 1, "b.example.com": 2, "s3": 7}, 1),
    ({"logs": 1, "sqs": 1, "sns": 1, "kms": 1, "ssm": 1}, 1),
    ({"logs": 4000, "sqs": 1, "sns": 1, "kms": 1, "ssm": 1}, 3),
)
_TYPES: tuple[tuple[str, limits.Need], ...] = (
    ("r8g.2xlarge", (1, 8, 200)),
    ("m7i.4xlarge", (2, 8, 900)),
    ("c6g.large", (1, 2, 250)),
    ("m8g.xlarge", (2, 8, 937.5)),
    ("m7g.large", (1, 4, 468.6)),
    ("r7g.large", (1, 16, 1)),
    ("c7gn.large", (1, 2, 5000)),
)
_MENTIONED = missing_logs.line("f-1", "retry of f-2")
_NO_JSON = {"logStreamName": "s", "timestamp": 2, "message": "START RequestId: f-3 Version: 1"}


def _unseen(subject: str, step: str) -> Verdict:
    return refused(
        f"{subject}-hidden",
        "The function is right for what you can see, and wrong for something else that is as ordinary.",
        expected="a result that follows from the arguments alone",
        next_step=step,
        credit=0.7,
    )


@hidden_check("54.02")
def check_silent(account: Account, answers: Mapping[str, object]) -> Verdict:
    """An id in another request's text, a line that is no JSON, an id asked for twice, none at all."""
    function: Any = answers["silent"]
    logs = [_MENTIONED, _NO_JSON, missing_logs.platform("f-3")]
    for request_ids in (["f-3", "f-2", "f-1"], [], ["f-1"]):
        if missing_logs.judge_silent(function, request_ids, logs):
            return _unseen("silent", "Try a line that is no JSON, and a line whose text names another request.")
    return passed("The function holds for other logs.")


@hidden_check("54.06")
def check_paths(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other cards, and another VPC."""
    function: Any = answers["path_for"]
    if any(paths.judge_path(function, card, ours) for card in _CARDS for ours in ("10.50.0.0/16", "172.16.64.0/20")):
        return _unseen("path", "Try other names and ranges, and another range of your own: ours.")
    return passed("The function holds for other dependencies.")


@hidden_check("54.07")
def check_prices(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other months: nothing but S3, several hosts, a zone only."""
    function: Any = answers["price_ways"]
    if any(pricing.judge_price(function, gb, zones) for gb, zones in _MONTHS):
        return _unseen("price", "Try a month with S3 alone, one with several hosts, and one zone only.")
    return passed("The prices hold for other months.")


@hidden_check("54.09")
def check_story(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The story of requests that went well."""
    function: Any = answers["story"]
    events = log_events(account)
    declined = stories.declined_in(events)
    others = [str(line["requestId"]) for line in map(line_of, events) if line and line["requestId"] not in declined]
    for request_id in dict.fromkeys((others[0], others[-1]) if others else ()):
        if stories.judge_story(account, function, request_id, events):
            return _unseen("story", "Put the id that the function is given into the query, and no other.")
    return passed("Every request's story is told.")


@hidden_check("54.13")
def check_limits(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other instance types."""
    function: Any = answers["carry"]
    described = limits.describe(account, [name for name, _ in _TYPES])
    if any(limits.judge_carry(function, described[name], need) for name, need in _TYPES if name in described):
        return _unseen("carry", "Try other types, and needs that are no whole numbers.")
    return passed("The function holds for other types.")
