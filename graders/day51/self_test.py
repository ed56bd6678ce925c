"""Task 51.01: the self-test. A wrong answer is told what it mixes up, and sent to the page that refreshes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graders.day51.anchors import BEFORE, REFRESHERS
from graders.formulas import as_number, same
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.reference import address
from lmi_labs.self_test import QUESTIONS
from lmi_labs.tasks import Verdict, passed, refused, task

_IDS = tuple(item.id for item in QUESTIONS)


@dataclass(frozen=True)
class Key:
    """The right answer of a question, why, and what other answers show: a misconception's id and a sentence for each."""

    right: object
    why: str
    known: tuple[tuple[object, str, str], ...] = ()


KEYS = {
    "L1": Key(
        1,
        "Default Lambda gives each environment one request at a time. More at the same time means more environments.",
        (
            (
                1000,
                "account-limit",
                "1,000 is how many requests an account may have at a time, spread over as many environments.",
            ),
            (
                16,
                "managed",
                "16 is for a vCPU of Python on managed instances. On default Lambda an environment serves one.",
            ),
        ),
    ),
    "L2": Key(
        100_000,
        "GB-seconds are memory in GB (512 of 1,024 MB) times seconds (0.2), a million times.",
        (
            (100_000_000, "milliseconds", "These are GB-milliseconds. 200 ms are 0.2 s."),
            (102_400_000, "megabytes", "These are MB-seconds. 512 MB are half a GB."),
            (200_000, "whole-gb", "That would be 1,024 MB. 512 MB are half of it."),
            (102_400, "thousand", "That takes a GB for 1,000 MB. Lambda's has 1,024."),
        ),
    ),
    "L3": Key(
        "init",
        "Code outside the handler runs once for an environment; the handler runs once for a request.",
        (("handler", "handler", "In the handler it is opened anew for every request."),),
    ),
    "E1": Key(
        "no",
        "The local route ends at the VPC's edge. Out of it leads a NAT gateway, an internet gateway or an endpoint.",
        (("yes", "route", "The local route reaches the VPC and nothing else."),),
    ),
    "E2": Key(
        "yes",
        "Security groups are stateful: answers to what went out come in without a rule.",
        (("no", "stateless", "That is how a network ACL works. Security groups remember what went out."),),
    ),
    "E3": Key(
        "trust",
        "The trust policy says who may take a role on, the permissions policy what may be done with it.",
        (("permissions", "permissions", "The permissions policy says what may be done once the role is taken on."),),
    ),
    "E4": Key(
        "/aws/lambda/orders",
        "A function writes to /aws/lambda/ and its name unless LoggingConfig names another group.",
        (
            ("orders", "bare-name", "That is the function's name. The group has a path before it."),
            ("/aws/lambda", "no-name", "Each function has a group of its own; its name is at the end."),
            ("/var/log/lambda", "file", "That is a path on a machine. Lambda's logs go to CloudWatch."),
        ),
    ),
    "M1": Key(
        0.7,
        "A commitment is paid whether it is used or not: ten instances at $0.07.",
        (
            (0.42, "pay-for-use", "That pays for the six that run. A commitment is paid whether it is used or not."),
            (0.6, "on-demand", "That is on demand. You committed to ten."),
            (1.0, "no-discount", "That forgets the 30 %."),
            (0.3, "the-saving", "That is what ten instances save. What do they cost?"),
            (70, "cents", "That is in cents."),
        ),
    ),
    "M2": Key(
        "compute",
        "A Compute Savings Plan covers EC2, Fargate and Lambda; the two others cover EC2 alone.",
        (
            ("instance", "instance-plan", "An EC2 Instance Savings Plan is for a family of EC2 instances in a Region."),
            ("reserved", "reserved", "A Reserved Instance is for EC2 instances."),
        ),
    ),
}


@task("51.01", title="Before you start", points=6, syllabus=("51.3",), answers=("self_test",), docs=BEFORE)
def check_self_test(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Nine answers; partial credit for each that is right."""
    given = answers["self_test"]
    if type(given) is not dict or not set(given) or not set(given) <= set(_IDS):
        return refused(
            "self-test-form",
            "A dict is wanted, from the questions' ids to your answers.",
            expected=f"keys out of {', '.join(_IDS)}",
            found=listed(given) if type(given) is dict else shown(given),
            next_step='Write self_test = {"L1": …, "L2": …, …}.',
        )
    wrong = [name for name in _IDS if not _is_right(name, given.get(name))]
    if not wrong:
        return passed("You have what the course builds on.")
    first = wrong[0]
    misconception, message = _shows(first, given.get(first))
    others = [address(REFRESHERS[name]) for name in wrong[1:]]
    step = "Read the section that is linked here, then answer again."
    if others:
        step += f" To read as well: {', '.join(dict.fromkeys(others))}."
    return refused(
        f"self-test-{first}-{misconception}",
        f"{first}: {message}",
        expected=f"right answers to {', '.join(wrong)}",
        found=listed(f"{name}: {shown(given.get(name))}" for name in wrong),
        next_step=step,
        credit=round((len(_IDS) - len(wrong)) / len(_IDS), 2),
        docs=REFRESHERS[first],
    )


def _is_right(name: str, value: object) -> bool:
    return _alike(value, KEYS[name].right)


def _alike(value: object, wanted: object) -> bool:
    if isinstance(wanted, str):
        return type(value) is str and value.strip().lower() == wanted
    return same(value, wanted)


def _shows(name: str, value: object) -> tuple[str, str]:
    key = KEYS[name]
    if value is None or value is ...:
        return "missing", "there is no answer yet."
    for other, misconception, message in key.known:
        if _alike(value, other):
            return misconception, message
    right_kind: Callable[[object], bool] = (
        (lambda item: type(item) is str) if isinstance(key.right, str) else (lambda item: as_number(item) is not None)
    )
    return ("wrong" if right_kind(value) else "kind"), key.why
