"""Reading what traffic did: the last report of a version, and whether it was the traffic that a task asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graders.reading import asked, shown
from lmi_labs import traffic
from lmi_labs.account import Account, AccountError
from lmi_labs.tasks import Verdict, refused
from lmi_labs.traffic import TrafficReport

NAME = "lmi-lab-55"
SHOP = f"{NAME}-shop"
NEXT_TO_NONE = 0.1
"""Per cent of the requests of a minute: below it a burst counts as carried."""
_MINUTE = 60
Row = Mapping[str, Any]


def worst_minute(rows: Sequence[Row]) -> float:
    """The largest share of a minute's requests that were refused, in per cent; 0 where nothing came."""
    return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)


def last_report(account: Account, target: str) -> TrafficReport | None:
    """What came of the traffic that `name:version` had last; None when it had none."""
    try:
        return traffic.report(account, target)
    except AccountError:
        return None


def bursts(rows: Sequence[Row], before_rps: float, after_rps: float, at_minute: int) -> bool:
    """Whether one rate came until a minute, and another one from there on for five minutes at least."""
    offered = [row["offered"] for row in rows]
    if len(offered) < at_minute + 5:
        return False
    first, later = offered[:at_minute], offered[at_minute : at_minute + 5]
    return all(_near(count, before_rps) for count in first) and all(_near(count, after_rps) for count in later)


def _near(count: float, rate_rps: float) -> bool:
    return abs(count - rate_rps * _MINUTE) <= 0.02 * rate_rps * _MINUTE


def judge_version(
    account: Account, function: str, version: object, prefix: str
) -> tuple[dict[str, Any], Verdict | None]:
    """The configuration of an Active numbered version of the function, or why there is none."""
    if type(version) is not str or not version.isdigit():
        return {}, refused(
            f"{prefix}-not-a-version",
            "The number of the version alone is wanted, as publish_version gives it: a text of digits.",
            expected='a version such as "2"',
            found=shown(version),
            next_step="Keep what experiment.deploy returned.",
        )
    answer, code = asked(account.client("lambda").get_function_configuration, FunctionName=function, Qualifier=version)
    if code:
        return {}, refused(
            f"{prefix}-unknown-version",
            f"{function} has no version {version}.",
            expected=f"a published version of {function}",
            found=code,
            next_step=f'Deploy it with experiment.deploy(lab, here, "{function}", …).',
        )
    if answer.get("State") != "Active":
        return {}, refused(
            f"{prefix}-not-active",
            "The version can't be invoked now.",
            expected="Active",
            found=shown(f"{answer.get('State')}: {answer.get('StateReason', '')}"),
            next_step="A minimum and a maximum of 0 take it out of service. Give it a minimum of at least 1, and wait.",
            credit=0.2,
        )
    return answer, None


def judge_tripled(account: Account, target: str, prefix: str) -> tuple[TrafficReport | None, Verdict | None]:
    """The report of the version's last traffic, if that was the tripling; else why not."""
    report = last_report(account, target)
    again = f'Play it: experiment.play(lab, "{target}", TRIPLE, SHOP).'
    if report is None:
        return None, refused(
            f"{prefix}-not-played",
            "No traffic has come to this version, so nothing shows that it carries the burst.",
            expected=f"traffic on {target}",
            found="none",
            next_step=again,
            credit=0.3,
        )
    if not bursts(report.rows, 60, 180, 10):
        return None, refused(
            f"{prefix}-other-traffic",
            "What came to this version last was other traffic than TRIPLE.",
            expected="60 requests a second, and 180 from minute 10 on",
            found=shown([row["offered"] // _MINUTE for row in report.rows[8:14]]),
            next_step=again,
            credit=0.3,
        )
    return report, None


def applied_scaling(account: Account, function: str, qualifier: str) -> tuple[dict[str, int], dict[str, int]]:
    """What a version's scaling config is, and what was asked for and isn't in effect yet."""
    answer, _ = asked(account.client("lambda").get_function_scaling_config, FunctionName=function, Qualifier=qualifier)
    return answer.get("AppliedFunctionScalingConfig") or {}, answer.get("RequestedFunctionScalingConfig") or {}
