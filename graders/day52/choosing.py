"""Task 52.03: a function of the learner's that chooses subnets and refuses a layout with too few zones."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Mapping, Sequence
from typing import Any

from graders.day52.anchors import VPC
from graders.day52.network import ZONES_WANTED
from graders.reading import listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

Subnet = dict[str, Any]


def subnet(number: int, zone: str, free: int) -> Subnet:
    """A subnet as describe_subnets describes it, as far as the task needs it."""
    return {
        "SubnetId": f"subnet-{number:017x}",
        "VpcId": "vpc-0123456789abcdef0",
        "AvailabilityZone": f"us-east-1{zone}",
        "CidrBlock": f"10.9.{number}.0/24",
        "AvailableIpAddressCount": free,
        "State": "available",
    }


# The first three share two zones, and neither the first nor the last of zone a is the roomiest.
GOOD = [subnet(1, "a", 90), subnet(2, "a", 251), subnet(3, "b", 120), subnet(4, "a", 10), subnet(5, "d", 77)]
ONE_ZONE = [subnet(6, "a", 251), subnet(7, "a", 250), subnet(8, "a", 249), subnet(9, "a", 248)]
TWO_ZONES = [subnet(10, "a", 251), subnet(11, "b", 250), subnet(12, "b", 249)]


@task(
    "52.03",
    title="Choose subnets, refuse a single-zone layout",
    points=8,
    syllabus=("52.2",),
    answers=("choose_subnets",),
    docs=VPC,
)
def check_choose_subnets(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The learner's function, called with layouts that are good, of one zone, of two zones, and with zones=2."""
    function = answers["choose_subnets"]
    if not callable(function):
        return refused(
            "choose-not-a-function",
            "This is the result for one layout. The task is a function that chooses for any layout it is given.",
            expected="a function choose_subnets(subnets, zones=3)",
            found=shown(function),
            next_step="Write def choose_subnets(subnets, zones=3): …",
        )
    given = copy.deepcopy(GOOD)
    outcome, problem = called(function, given)
    if problem is not None:
        return problem
    return (
        _judge_choice(outcome, given, GOOD)
        or _judge_bad_layout(function, ONE_ZONE, 1)
        or _judge_bad_layout(function, TWO_ZONES, 2)
        or _judge_zones_parameter(function)
        or passed("It takes the roomiest subnet of each zone and refuses a layout with too few zones.")
    )


def quietly(function: Any, subnets: list[Subnet], **more: Any) -> object:
    """Call the learner's function with a copy of the subnets; what it prints is not shown, it may be a hidden input."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        outcome: object = function(copy.deepcopy(subnets), **more)
        return outcome


def called(function: Any, subnets: list[Subnet], **more: Any) -> tuple[object, Verdict | None]:
    """What the learner's function makes of the subnets; a refusal if it raises."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return function(subnets, **more), None
    except Exception as error:
        return None, refused(
            "choose-raises",
            "The function raised an exception on a good layout, three zones with at least one subnet each.",
            expected="a list of three subnet ids",
            found=shown(f"{type(error).__name__}: {error}"),
            next_step="Try it on the Subnets of describe_subnets; the keys are SubnetId, AvailabilityZone, AvailableIpAddressCount.",
        )


def best_choice(subnets: Sequence[Subnet]) -> dict[str, str]:
    """The roomiest subnet of each zone: subnet id by zone."""
    rooms: dict[str, Subnet] = {}
    for item in subnets:
        known = rooms.get(item["AvailabilityZone"])
        if known is None or item["AvailableIpAddressCount"] > known["AvailableIpAddressCount"]:
            rooms[item["AvailabilityZone"]] = item
    return {zone: item["SubnetId"] for zone, item in rooms.items()}


def _judge_choice(outcome: object, given: list[Subnet], original: list[Subnet]) -> Verdict | None:
    zone_of = {item["SubnetId"]: item["AvailabilityZone"] for item in original}
    chosen = texts(outcome)
    if given != original:
        return refused(
            "choose-changes-input",
            "The function changed the list that it was given (sorted, emptied or edited it). A caller will not expect that.",
            expected="the caller's list as it was",
            found="a changed list",
            next_step="Use sorted(subnets, …), which makes a new list, or copy it first.",
            credit=0.6,
        )
    if chosen is None and type(outcome) in (list, tuple) and outcome and all(type(item) is dict for item in outcome):  # type: ignore[attr-defined]
        return refused(
            "choose-returns-dicts",
            "The function returns descriptions. VpcConfig takes ids only.",
            expected="a list of subnet ids",
            found="a list of dicts",
            next_step='Return [subnet["SubnetId"] for subnet in …].',
            credit=0.4,
        )
    if chosen is not None and chosen and set(chosen) <= set(zone_of.values()):
        return refused(
            "choose-returns-zones",
            "The function returns zones. It found the right ones, but a provider takes subnets.",
            expected="a list of subnet ids",
            found=listed(chosen),
            next_step="Keep the subnet id for each zone, for example in a dict by zone.",
            credit=0.2,
        )
    if chosen is None or not set(chosen) <= set(zone_of):
        return refused(
            "choose-form",
            "For a good layout the function does not return a list of the subnets' ids.",
            expected="a list of three subnet ids",
            found=shown(outcome),
            next_step="Return a list of SubnetId values.",
        )
    return _judge_spread(chosen, zone_of, original)


def _judge_spread(chosen: list[str], zone_of: Mapping[str, str], original: list[Subnet]) -> Verdict | None:
    if len(chosen) == len(original):
        return refused(
            "choose-all",
            "The function returns every subnet. Three in the same zone weigh that zone three times and make nothing safer.",
            expected="one subnet in each of three zones",
            found=f"{len(chosen)} subnets",
            next_step="Group by AvailabilityZone and keep one of each group.",
            credit=0.1,
        )
    zones = [zone_of[item] for item in chosen]
    if len(set(zones)) < len(zones):
        return refused(
            "choose-first-three",
            "The function picks by position: two of its subnets lie in the same zone. Count zones, not subnets.",
            expected="one subnet in each of three zones",
            found=listed(zones),
            next_step="Group by AvailabilityZone and keep one of each group.",
            credit=0.1,
        )
    if len(chosen) != ZONES_WANTED:
        return refused(
            "choose-wrong-number",
            "With three zones at hand the function does not return one subnet for each.",
            expected="three subnet ids",
            found=f"{len(chosen)}",
            next_step="Return as many ids as `zones` says.",
            credit=0.2,
        )
    best = set(best_choice(original).values())
    if set(chosen) == best:
        return None
    room = {item["SubnetId"]: item["AvailableIpAddressCount"] for item in original}
    smallest = all(
        room[item] == min(room[other] for other in room if zone_of[other] == zone_of[item]) for item in chosen
    )
    return refused(
        "choose-smallest" if smallest else "choose-any-of-zone",
        "In a zone with several subnets the function takes the one with the fewest free addresses. min and max are swapped."
        if smallest
        else "The zones are right, but in a zone with several subnets the function takes one by its position in the list.",
        expected="the subnet with the highest AvailableIpAddressCount of each zone",
        found="a subnet that has fewer free addresses than its neighbour",
        next_step="Take max(group, key=lambda subnet: subnet['AvailableIpAddressCount']).",
        credit=0.6,
    )


def _judge_bad_layout(function: Any, layout: list[Subnet], zones: int) -> Verdict | None:
    words = {1: "a single zone", 2: "two zones"}[zones]
    try:
        outcome = quietly(function, layout)
    except ValueError:
        return None
    except Exception as error:
        return refused(
            "choose-wrong-error",
            f"A layout with {words} is refused, but not with a ValueError. A caller that handles bad layouts will miss it.",
            expected="ValueError",
            found=type(error).__name__,
            next_step='raise ValueError("…") with a sentence that says what is missing.',
            credit=0.7,
        )
    if outcome is None or outcome == []:
        return refused(
            "choose-silent",
            "For a bad layout the function returns nothing. A caller that forgets to look will create a provider without subnets.",
            expected="ValueError",
            found=shown(outcome),
            next_step="raise ValueError instead of returning.",
            credit=0.6,
        )
    return refused(
        "choose-accepts-one-zone" if zones == 1 else "choose-accepts-two-zones",
        "Four subnets in a single zone are accepted. The number of subnets says nothing about the number of zones."
        if zones == 1
        else "Two zones are accepted where three are wanted: being more than one is not enough.",
        expected="ValueError",
        found=shown(outcome),
        next_step="Compare the number of different AvailabilityZone values with `zones`.",
        credit=0.4 if zones == 1 else 0.6,
    )


def _judge_zones_parameter(function: Any) -> Verdict | None:
    try:
        outcome = texts(quietly(function, TWO_ZONES, zones=2))
    except Exception:
        outcome = None
    if outcome is not None and set(outcome) == set(best_choice(TWO_ZONES).values()):
        return None
    return refused(
        "choose-ignores-zones",
        "With zones=2 a layout of two zones is good enough, but the function holds on to three.",
        expected="two subnet ids for zones=2",
        found="something else",
        next_step="Use the parameter `zones` wherever the number 3 stands.",
        credit=0.8,
    )
