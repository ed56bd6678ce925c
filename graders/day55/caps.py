"""Task 55.06: a vCPU cap that follows from a budget, and what it does when traffic needs more."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import CAP
from graders.day55.runs import NAME, bursts, judge_version, last_report, worst_minute
from graders.reading import asked, provider_of, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.cost import management_fee_rate
from lmi_sim.prices import on_demand_usd_per_hour
from lmi_sim.sizing import instance_size

CAPPED = f"{NAME}-capped"
BUDGET, TYPE = 0.65, "c8g.xlarge"
OPEN = ((2.0, "m8g.large"), (BUDGET, TYPE), (9.5, "c8g.2xlarge"))
TOO_SMALL = ((0.5, "c8g.xlarge"), (0.05, "m8g.large"))
_INSTANCES = 3


def usd_per_instance_hour(instance_type: str) -> Decimal:
    """The on-demand price with the fee."""
    return on_demand_usd_per_hour(instance_type) * (1 + management_fee_rate())


def right_cap(usd_per_hour: float, instance_type: str) -> int | None:
    """The largest cap whose whole instances the budget pays; None when it does not pay three."""
    count = int(Decimal(str(usd_per_hour)) / usd_per_instance_hour(instance_type))
    return count * int(instance_size(instance_type).vcpus) if count >= _INSTANCES else None


@task(
    "55.06",
    title="The cap, and what it costs",
    points=8,
    syllabus=("55.2", "55.4"),
    answers=("cap_for", "capped_version", "capped_percent"),
    docs=CAP,
)
def check_cap(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on budgets of the check's own, and the capped provider under traffic."""
    function: Any = answers["cap_for"]
    problem = not_a_function(function, "cap", "cap_for(usd_per_hour, instance_type)")
    for budget, instance_type in OPEN:
        problem = problem or judge_cap(function, budget, instance_type)
    for budget, instance_type in TOO_SMALL:
        problem = problem or judge_refusal(function, budget, instance_type)
    problem = problem or _judge_provider(account, answers["capped_version"], answers["capped_percent"])
    return problem or passed(
        "The bill can't pass the budget. The price of that is a refused request wherever the traffic wants more."
    )


def judge_cap(function: Any, budget: float, instance_type: str) -> Verdict | None:
    """What is wrong with the cap that the function gives for a budget; None when nothing is."""
    right = right_cap(budget, instance_type)
    assert right is not None
    outcome = called(function, budget, instance_type)
    asked_for = f"cap_for({budget}, {instance_type!r})"

    def wrong(idea: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(
            f"cap-{idea}", message, expected=f"{asked_for} gives {right}", found=found, next_step=step, credit=credit
        )

    if outcome.error is not None:
        return wrong(
            "raises",
            f"{asked_for} raised an exception, although the budget pays for three instances.",
            "Three times the price is enough.",
            0.3,
        )
    value = outcome.value
    if not is_number(value):
        return wrong("form", "A number of vCPUs is wanted.", "Return an int.", 0.0)
    if value == right and type(value) is int:
        return None
    vcpus = int(instance_size(instance_type).vcpus)
    count = right // vcpus
    bare = int(Decimal(str(budget)) / on_demand_usd_per_hour(instance_type))
    if value == right:
        return wrong("not-whole", "MaxVCpuCount is a whole number.", "int(…)", 0.6)
    if value == count:
        return wrong(
            "in-instances", "This counts instances. The cap counts their vCPUs.", "Multiply by the vCPUs of one.", 0.4
        )
    if value == bare * vcpus:
        return wrong(
            "without-fee",
            "The fee of 15 % on the on-demand price is missing, so the bill passes the budget.",
            "Multiply the price by 1.15.",
            0.4,
        )
    if value % vcpus:
        return wrong("part-of-an-instance", "The cap counts whole instances. vCPUs that don't make one can't be used.",
                     f"A multiple of {vcpus} for {instance_type}.", 0.4)  # fmt: skip
    if value > right:
        return wrong("above-budget", "With so many vCPUs the bill passes the budget.", "Round down.", 0.4)
    return wrong(
        "below-budget", "The budget pays for more.", "Only the EC2 price and the fee cost anything by the hour.", 0.4
    )


def judge_refusal(function: Any, budget: float, instance_type: str) -> Verdict | None:
    """Whether the function refuses a budget that does not pay the three instances of a first publish."""
    outcome = called(function, budget, instance_type)
    if isinstance(outcome.error, ValueError):
        return None
    return refused(
        "cap-below-three",
        "A first publish launches three instances. A cap that has no room for them keeps the version from coming up.",
        expected=f"ValueError for cap_for({budget}, {instance_type!r})",
        found=outcome.error_text if outcome.error else shown(outcome.value),
        next_step="Raise ValueError for fewer than three instances.",
        credit=0.5,
    )


def _judge_provider(account: Account, version: object, percent: object) -> Verdict | None:
    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.5) -> Verdict:
        return refused(f"capped-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)

    answer, code = asked(account.client("lambda").get_capacity_provider, CapacityProviderName=CAPPED)
    if code:
        return wrong("no-provider", f"There is no capacity provider {CAPPED}.", CAPPED, code, "Create it.", 0.4)
    provider = answer["CapacityProvider"]
    cap, wanted = provider["CapacityProviderScalingConfig"].get("MaxVCpuCount"), right_cap(BUDGET, TYPE)
    if cap != wanted:
        return wrong(
            "other-cap",
            "The provider has another cap than the budget gives.",
            wanted,
            cap,
            f'MaxVCpuCount=cap_for({BUDGET}, "{TYPE}")',
        )
    if (provider.get("InstanceRequirements") or {}).get("AllowedInstanceTypes") != [TYPE]:
        return wrong("other-type", "The cap holds the bill for the type that it was reckoned for. This provider may take others.",
                     TYPE, provider.get("InstanceRequirements"), f"AllowedInstanceTypes [{TYPE!r}]")  # fmt: skip
    configuration, problem = judge_version(account, CAPPED, version, "capped")
    if problem is not None:
        return problem
    if provider_of(configuration) != provider["CapacityProviderArn"]:
        return wrong("on-another-provider", "The version stands on another provider, under another cap.", CAPPED,
                     provider_of(configuration), "experiment.deploy(…, capacity_provider_arn=…)")  # fmt: skip
    report = last_report(account, f"{CAPPED}:{version}")
    if report is None or not bursts(report.rows, 60, 600, 10):
        return wrong("not-played", "TENFOLD was not played on this version.", "60 requests a second, and 600 from minute 10 on",
                     "none" if report is None else "other traffic", 'experiment.play(lab, f"{capped_name}:{capped_version}", TENFOLD, SHOP)')  # fmt: skip
    right = worst_minute(report.rows[20:25])
    if is_number(percent) and abs(float(percent) - right) < 1:  # type: ignore[arg-type]
        return None
    if is_number(percent) and abs(100 * float(percent) - right) < 1:  # type: ignore[arg-type]
        return wrong(
            "fraction", "This is a fraction, not per cent.", f"about {right:.0f}", percent, "Multiply by 100.", 0.7
        )
    if is_number(percent) and abs(float(percent) - worst_minute(report.rows)) < 1:  # type: ignore[arg-type]
        return wrong("worst", "That is the first minute, before the fleet had grown to its cap. What stays is the cap's own cost.",
                     f"about {right:.0f}", percent, "Take the rows from minute 20 on.", 0.7)  # fmt: skip
    return wrong("percent", "That is not what is refused while the fleet stands at its cap.", f"about {right:.0f}", percent,
                 "worst_minute(report.rows[20:25])", 0.6)  # fmt: skip
