"""Task 54.13: what an instance can carry by its vCPUs, its memory and its network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day54.anchors import LIMITS
from graders.reading import asked, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

MEMBERS = ("environments", "limit", "interfaces")
LIMITS_IN_ORDER = ("vcpus", "memory", "network")
Need = tuple[float, float, float]
"""vCPUs, GiB and Mbit/s of an environment."""
OPEN: tuple[tuple[str, Need], ...] = (
    ("m7g.2xlarge", (2, 8, 100)),
    ("m7g.large", (1, 4, 300)),
    ("c7g.2xlarge", (1, 4, 100)),
    ("c7gn.2xlarge", (1, 2, 300)),
    ("c7gn.2xlarge", (1, 3, 12000)),
    ("m7g.large", (1, 4, 475)),
    ("r7g.xlarge", (2, 16, 1000)),
    ("m7g.large", (4, 16, 10)),
)


def right_carry(description: Mapping[str, Any], need: Need) -> dict[str, Any]:
    """How many environments fit, what limits them first, and how many interfaces the instance may have."""
    vcpus, gib, mbps = need
    network = description["NetworkInfo"]
    baseline = sum(card["BaselineBandwidthInGbps"] for card in network["NetworkCards"]) * 1000
    fits = {
        "vcpus": int(description["VCpuInfo"]["DefaultVCpus"] // vcpus),
        "memory": int(description["MemoryInfo"]["SizeInMiB"] / 1024 // gib),
        "network": int(baseline // mbps),
    }
    limit = min(LIMITS_IN_ORDER, key=lambda name: (fits[name], LIMITS_IN_ORDER.index(name)))
    return {"environments": fits[limit], "limit": limit, "interfaces": network["MaximumNetworkInterfaces"]}


@task("54.13", title="What an instance can carry", points=5, syllabus=("54.6",), answers=("carry",), docs=LIMITS)
def check_limits(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on real descriptions of several instance types."""
    function: Any = answers["carry"]
    problem = not_a_function(function, "carry", "carry(description, vcpus, memory_gib, mbps)")
    if problem is not None:
        return problem
    described = describe(account, [name for name, _ in OPEN])
    if not described:
        return refused(
            "carry-no-types", "EC2 describes none of the types.", expected="describe_instance_types", found="nothing"
        )
    for name, need in OPEN:
        problem = judge_carry(function, described[name], need)
        if problem is not None:
            return problem
    return passed(
        "vCPUs and memory are in the price list; the sustained bandwidth is not, and is shared by every environment of the instance."
    )


def describe(account: Account, names: list[str]) -> dict[str, Any]:
    """What EC2 says of the instance types, by name."""
    answer = asked(account.client("ec2").describe_instance_types, InstanceTypes=sorted(set(names)))[0]
    return {item["InstanceType"]: item for item in answer.get("InstanceTypes", [])}


def judge_carry(function: Any, description: Mapping[str, Any], need: Need) -> Verdict | None:
    """What is wrong with the function's result; None when nothing is."""
    outcome, wanted = called(function, description, *need), right_carry(description, need)
    network = description["NetworkInfo"]
    vcpus, gib, mbps = need

    def wrong(misconception: str, message: str, step: str, credit: float = 0.3) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"carry({description['InstanceType']}, {vcpus:g} vCPUs, {gib:g} GiB, {mbps:g} Mbit/s) gives {wanted}",
            found=outcome.error_text if outcome.error else shown(outcome.value),
            next_step=step,
            credit=credit,
        )

    if outcome.error is not None:
        return wrong(
            "carry-raises",
            "The function raised an exception.",
            'description is one item of describe_instance_types()["InstanceTypes"].',
            0.0,
        )
    value = outcome.value
    if type(value) is not dict or set(value) != set(MEMBERS):
        return wrong(
            "carry-form",
            "The result is not a dict with the three members.",
            f"Return a dict with {', '.join(MEMBERS)}.",
            0.0,
        )
    if value["interfaces"] != wanted["interfaces"]:
        return wrong(
            "carry-interfaces",
            "The number of network interfaces is another.",
            'description["NetworkInfo"]["MaximumNetworkInterfaces"]',
        )
    count = value["environments"]
    if not is_number(count):
        return wrong("carry-count-form", "environments is a number.", "Return an int.")
    card = network["NetworkCards"][0]
    by_vcpu = int(description["VCpuInfo"]["DefaultVCpus"] // vcpus)
    by_memory = int(description["MemoryInfo"]["SizeInMiB"] / 1024 // gib)
    fits = [by_vcpu, by_memory]
    if count == wanted["environments"] and count == int(count):
        if value["limit"] == wanted["limit"]:
            return None
        return wrong(
            "carry-limit",
            "The number is right, and what limits it is not.",
            "The limit that allows the fewest; at a tie vcpus before memory before network.",
            0.7,
        )
    if count != int(count):
        return wrong("carry-part", "Part of an environment serves nobody.", "Round down.")
    if count == 1 and wanted["environments"] == 0:
        return wrong("carry-at-least-one", "Not even one fits on this type.", "Do not raise the result to 1.")
    if count == min(*fits, int(card["BaselineBandwidthInGbps"] * 1024 // mbps)):
        return wrong("carry-1024", "Bandwidth is counted in thousands: 1 Gbit/s is 1,000 Mbit/s.", "Multiply by 1,000.")
    peak = min(*fits, int(card["PeakBandwidthInGbps"] * 1000 // mbps))
    baseline = min(*fits, int(card["BaselineBandwidthInGbps"] * 1000 // mbps))
    if count == peak != baseline:
        return wrong(
            "carry-peak",
            "That is the bandwidth of a burst, which lasts while credits do. All day long there is the baseline.",
            "BaselineBandwidthInGbps of the network card",
        )
    if count == min(*fits, int(card["BaselineBandwidthInGbps"] * 125 // mbps)):
        return wrong("carry-bytes", "Bits and bytes: both numbers are in bits.", "Do not divide by 8.")
    if count == max(*fits, int(card["BaselineBandwidthInGbps"] * 1000 // mbps)):
        return wrong(
            "carry-most", "This is what the roomiest of the three allows. The tightest decides.", "Take the least."
        )
    if count in (by_vcpu, by_memory, min(fits)):
        return wrong(
            "carry-without-network",
            "It fits by vCPUs and memory, and the network is forgotten, or one of the others.",
            "Take the least of all three.",
        )
    return wrong(
        "carry-wrong",
        "The number is not right.",
        "min of vCPUs, memory and baseline bandwidth, each divided by what one environment needs, rounded down",
    )
