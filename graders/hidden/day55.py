"""Hidden checks of lab 55: functions meet inputs that their author has not seen, and other nights. No input is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.day55 import benchmark, breakeven, bursts, caps, night, preflight, purchase, rollout, sizing
from lmi_labs import incident_night, traffic
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, hidden_check, passed, refused

_NIGHTS = (4, 17)


def _unseen(subject: str, step: str) -> Verdict:
    return refused(
        f"{subject}-hidden",
        "The function is right for what you can see, and wrong for something else that is as ordinary.",
        expected="a result that follows from the arguments alone",
        next_step=step,
        credit=0.7,
    )


@hidden_check("55.01")
def check_bursts(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other minutes: nothing but calm, everything refused, many of them."""
    function: Any = answers["worst_minute"]
    cases = (
        bursts.rows_of((60, 0), (60, 0)),
        bursts.rows_of((0, 0), (0, 0)),
        bursts.rows_of((10, 10)),
        bursts.rows_of(*((1000 + 7 * index, 3 * index) for index in range(50)), (90, 13)),
    )
    if any(bursts.judge_worst(function, rows) for rows in cases):
        return _unseen("worst", "Try minutes in which everything is refused, and a report of nothing but calm.")
    return passed("The worst minute is found in other reports as well.")


@hidden_check("55.06")
def check_cap(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other budgets and types, three instances to the cent among them."""
    function: Any = answers["cap_for"]
    three = float(3 * caps.usd_per_instance_hour("r8g.xlarge")) + 1e-9
    right = ((three, "r8g.xlarge"), (25.0, "m7i.4xlarge"), (1.0, "c7g.large"), (3.33, "m8g.2xlarge"))
    if any(caps.judge_cap(function, *given) for given in right) or caps.judge_refusal(
        function, three * 0.99, "r8g.xlarge"
    ):
        return _unseen("cap", "Try other types, and a budget that pays for exactly three.")
    return passed("The cap keeps other budgets as well.")


@hidden_check("55.08")
def check_size(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Loads over a wide range, with edges where something just fits."""
    function: Any = answers["size_fleet"]
    shapes = ({"vcpus": 2, "gib": 4}, {"vcpus": 4, "gib": 32}, {"vcpus": 16, "gib": 32})
    for rate in (0.5, 40, 1333):
        for io_ms, cpu_ms in ((5, 60), (300, 3)):
            for mb in (20, 109.25, 1748):
                for shape in shapes:
                    load = {"rate_rps": rate, "io_ms": io_ms, "cpu_ms": cpu_ms, "mb_per_request": mb, "base_mb": 300}
                    environment = {"vcpus": 1, "gib": 2, "max_concurrency": 24}
                    if sizing.judge_size(function, load, environment, shape):
                        return _unseen(
                            "size", "Try a request that just fits into the memory, and a rate below one a second."
                        )
    if sizing.judge_refusal(function, {**sizing.LOAD, "mb_per_request": 4000}, sizing.ENVIRONMENT, sizing.INSTANCE):
        return _unseen("size", "Try a request that does not fit.")
    return passed("Other fleets are sized as well.")


@hidden_check("55.09")
def check_purchase(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other fleets: hours without any instance, a single hour, the largest discount."""
    usd: Any = answers["fleet_usd"]
    best: Any = answers["best_commitment"]
    for instances in ([0, 0, 5], [7], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [3] * 20 + [40]):
        for discount in (0.12, 0.5, 0.72):
            if purchase.judge_best(best, instances, 0.23, discount) or any(
                purchase.judge_usd(usd, instances, count, 0.23, discount) for count in (0, 2, 50)
            ):
                return _unseen("purchase", "Try hours without any instance, and a single hour.")
    return passed("Other fleets are bought as well.")


@hidden_check("55.10")
def check_break_even(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other months."""
    bills: Any = answers["bills"]
    even: Any = answers["break_even"]
    for values in (
        (1, 1, 128, 1, 3, 0.04, 0.72),
        (61e6, 1250.01, 1769, 33, 14, 0.145, 0.1),
        (3.5e6, 30, 10240, 0, 1, 1.2, 0.0),
    ):
        month = dict(zip(breakeven.MEMBERS, values, strict=True))
        if breakeven.judge_bills(bills, month) or breakeven.judge_break_even(even, month):
            return _unseen("bills", "Nothing may be taken from MONTH; all of it stands in the argument.")
    return passed("Other months are billed as well.")


@hidden_check("55.11")
def check_benchmark(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other traffic and another workload."""
    function: Any = answers["benchmark"]
    for given in (benchmark.case(traffic.ramp(10, 90, 900), 8, 200), benchmark.case(traffic.steady(30, 600), 60, 5)):
        if benchmark.judge_benchmark(function, given):
            return _unseen("benchmark", "Take traffic and workload from the arguments.")
    return passed("Other workloads are measured as well.")


@hidden_check("55.12")
def check_rollout(account: Account, answers: Mapping[str, object]) -> Verdict:
    """An event of another alarm of the release, with members that are not used."""
    function: Any = answers["rollback"]
    old, new = str(answers["old_version"]), str(answers["new_version"])
    recorder = rollout.Recorder(old, new)
    function({**rollout.event("ALARM", f"{rollout.RELEASE}-throttles", "INSUFFICIENT_DATA"), "id": "1"}, recorder)
    if not any(operation == "update_alias" for operation, _ in recorder.calls):
        return _unseen("rollback", "The state before is not always OK, and the release may have more alarms.")
    return passed("Any alarm of the release takes it back.")


@hidden_check("55.13")
def check_preflight(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other plans, with everything wrong at once, and room to the last vCPU."""
    function: Any = answers["blockers"]
    fine = preflight.FINE
    plans = (
        {**fine, "versions_on_provider": 250, "vcpus_in_use": 90, "alarms": [], "weight": 1.0},
        {**fine, "free_environments": 40, "vcpus_in_use": 52, "max_vcpu_count": 52},
        {**fine, "environments_per_instance": 7, "instance_vcpus": 8, "min_environments": 15, "vcpus_in_use": 32},
        {**fine, "resource": "shop:12", "alarms": ["shop:1", "shop:2"], "weight": 0.26},
    )
    if any(preflight.judge_blockers(function, plan) for plan in plans):
        return _unseen("blockers", "Try a plan with everything wrong, and one that just fits.")
    return passed("Other plans are judged as well.")


@dataclass(frozen=True)
class _Place:
    account: Account


@hidden_check("55.14")
def check_night(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other nights: another order, other times and numbers."""
    runbook: Any = answers["runbook"]
    for seed in _NIGHTS:
        if night.judge_night(incident_night.play(_Place(account), runbook, seed)):
            return refused(
                "night-hidden",
                "It slept well in the night that you know. In another one customers were hurt for too long, or the bill was too high.",
                expected="the same limits in every night",
                next_step="Act on what describe calls say, not on the minute or on the order of the alarms. Play other seeds.",
                credit=0.7,
            )
    return passed("Other nights pass as well.")
