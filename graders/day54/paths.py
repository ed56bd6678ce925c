"""Task 54.06: which dependency needs which way out."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from graders.calling import called, not_a_function
from graders.day54.anchors import PATHS
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.ground import RANGE
from lmi_labs.tasks import Verdict, passed, refused, task

GATEWAY, INTERFACE, NAT = "gateway endpoint", "interface endpoint", "NAT gateway"
EGRESS_ONLY, PEERING, TRANSIT = "egress-only internet gateway", "peering", "transit gateway"
WAYS = (GATEWAY, INTERFACE, NAT, EGRESS_ONLY, PEERING, TRANSIT)

Card = dict[str, Any]
OPEN: tuple[Card, ...] = (
    {"kind": "service", "name": "logs"},
    {"kind": "service", "name": "s3"},
    {"kind": "service", "name": "dynamodb"},
    {"kind": "internet", "name": "api.example.com", "ip": 4},
    {"kind": "internet", "name": "v6.example.com", "ip": 6},
    {"kind": "vpcs", "ranges": ["10.60.0.0/16"]},
    {"kind": "vpcs", "ranges": ["10.61.0.0/16", "10.62.0.0/16", "10.63.0.0/16"]},
    {"kind": "vpcs", "ranges": ["10.50.128.0/17"]},
)


def right_path(card: Card, ours: str = RANGE) -> str:
    """The way out that the card's dependency needs from a VPC with this range."""
    if card["kind"] == "service":
        return GATEWAY if card["name"] in ("s3", "dynamodb") else INTERFACE
    if card["kind"] == "internet":
        return NAT if card["ip"] == 4 else EGRESS_ONLY
    if any(ip_network(block).overlaps(ip_network(ours)) for block in card["ranges"]):
        return INTERFACE
    return PEERING if len(card["ranges"]) == 1 else TRANSIT


@task("54.06", title="Which dependency, which way", points=8, syllabus=("54.2",), answers=("path_for",), docs=PATHS)
def check_paths(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on a card of every kind."""
    function: Any = answers["path_for"]
    problem = not_a_function(function, "path", "path_for(card, ours)")
    if problem is not None:
        return problem
    problems = [problem for card in OPEN if (problem := judge_path(function, card, RANGE)) is not None]
    if not problems:
        return passed("Six ways, and none of them is a setting of the function.")
    first = problems[0]
    return refused(
        first.misconception,
        first.message,
        expected=first.expected,
        found=first.found,
        next_step=first.next_step,
        credit=round(0.8 * (1 - len(problems) / len(OPEN)), 2),
    )


def judge_path(function: Any, card: Card, ours: str) -> Verdict | None:
    """What is wrong with the way that the function gives for the card; None when nothing is."""
    outcome, wanted = called(function, card, ours), right_path(card, ours)

    def wrong(misconception: str, message: str, step: str = "Read the rules above the task once more.") -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"path_for({card}, {ours!r}) gives {wanted!r}",
            found=outcome.error_text if outcome.error else shown(outcome.value),
            next_step=step,
        )

    if outcome.error is not None:
        return wrong(
            "path-raises", "The function fails on an ordinary card.", 'Look at card["kind"] first: the members differ.'
        )
    value = outcome.value
    if value == wanted and type(value) is str:
        return None
    if type(value) is not str:
        return wrong("path-form", "One of the six words is wanted.", f"Return one of: {', '.join(WAYS)}.")
    if value not in WAYS:
        same = value.strip().lower().replace("_", " ").replace("-", " ") in [
            way.lower().replace("-", " ") for way in WAYS
        ]
        if same:
            return wrong(
                "path-spelling", "The word is right but for its spelling.", f"Return one of: {', '.join(WAYS)}."
            )
        if value == "internet gateway":
            return wrong(
                "path-internet-gateway",
                "An internet gateway serves what has a public IPv4 address. The instances have none, so it leads them nowhere.",
            )
        return wrong("path-unknown", "This is none of the six ways.", f"Return one of: {', '.join(WAYS)}.")
    return wrong(*_mistaken(card, value, wanted))


def _mistaken(card: Card, value: str, wanted: str) -> tuple[str, str]:
    if card["kind"] == "service":
        if value == NAT:
            return (
                "path-nat-for-service",
                "It would work, and every GB is paid for, on a way that leads to the whole internet.",
            )
        if wanted == GATEWAY:
            return (
                "path-s3-interface",
                "There is a way to this service that costs nothing: a route to a gateway endpoint.",
            )
        if value == GATEWAY:
            return "path-gateway-for-all", "Gateway endpoints exist for S3 and DynamoDB only."
        return "path-service", "An AWS service of the Region has its own private way."
    if card["kind"] == "internet":
        if value in (INTERFACE, GATEWAY):
            return (
                "path-endpoint-for-internet",
                "Endpoints lead to AWS services and to services that somebody offers by PrivateLink, not to any host.",
            )
        if value == NAT:
            return (
                "path-nat-for-ipv6",
                "A NAT gateway translates IPv4. IPv6 addresses need no translation, only a gateway that lets nobody in.",
            )
        if value == EGRESS_ONLY:
            return "path-egress-only-ipv4", "An egress-only internet gateway carries IPv6 only."
        return "path-internet", "A host on the internet is reached through the internet."
    if wanted == INTERFACE:
        return (
            "path-overlap",
            "The ranges overlap: neither peering nor a transit gateway can tell the two sides apart. PrivateLink can.",
        )
    if value == TRANSIT:
        return "path-transit-for-one", "For one other VPC a peering connection is enough, and has no price by the hour."
    if value == PEERING:
        return "path-peering-for-many", "Peering leads into one VPC and not further: a mesh of connections for many."
    return "path-vpc", "Another VPC is reached by private addresses."
