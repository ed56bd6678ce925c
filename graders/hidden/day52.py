"""Hidden checks of lab 52: a function and a policy meet inputs that their author has not seen. No input is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day52.choosing import best_choice, quietly, subnet
from graders.day52.policies import allowed
from graders.reading import provider_named, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, hidden_check, passed, refused

_FIVE_ZONES = [subnet(31 + number, zone, 40 + 17 * number % 91) for number, zone in enumerate("fbdacbfadc")]
_LAST_ZONE_FIRST = [
    subnet(60, "d", 3),
    subnet(61, "b", 9),
    subnet(62, "b", 200),
    subnet(63, "a", 1),
    subnet(64, "d", 8),
]
_ONE_SUBNET = [subnet(70, "b", 251)]


@hidden_check("52.03")
def check_choose_subnets(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function holds for other layouts, other numbers of zones, and for none at all."""
    function: Any = answers["choose_subnets"]
    good = (
        _chooses(function, _LAST_ZONE_FIRST, 3)
        and _chooses(function, _ONE_SUBNET, 1)
        and _chooses_some(function, _FIVE_ZONES, 3)
        and _chooses(function, _FIVE_ZONES, 5)
    )
    if not good:
        return refused(
            "choose-hidden-layout",
            "The function is right for the layouts that you can see, and wrong for another good one.",
            expected="the roomiest subnet of each of `zones` zones, whatever the layout",
            next_step="Look for names, zones or numbers that are written into the function instead of read from its arguments.",
            credit=0.7,
        )
    if not (_refuses(function, [], 3) and _refuses(function, _ONE_SUBNET, 2) and _refuses(function, _FIVE_ZONES, 6)):
        return refused(
            "choose-hidden-refusal",
            "The function refuses the bad layouts that you can see, and accepts another bad one.",
            expected="ValueError whenever there are fewer zones than `zones`",
            next_step="Compare the number of different zones with `zones`, in every case.",
            credit=0.7,
        )
    return passed("The function holds for layouts that you have not seen.")


def _chooses(function: Any, layout: list[dict[str, Any]], zones: int) -> bool:
    """Whether the roomiest subnet of every zone is chosen, where there are exactly as many zones as are wanted."""
    try:
        return set(texts(quietly(function, layout, zones=zones)) or []) == set(best_choice(layout).values())
    except Exception:
        return False


def _chooses_some(function: Any, layout: list[dict[str, Any]], zones: int) -> bool:
    """Whether so many zones are chosen of more that there are, each with its roomiest subnet."""
    try:
        chosen = texts(quietly(function, layout, zones=zones)) or []
    except Exception:
        return False
    return len(chosen) == len(set(chosen)) == zones and set(chosen) <= set(best_choice(layout).values())


def _refuses(function: Any, layout: list[dict[str, Any]], zones: int) -> bool:
    try:
        quietly(function, layout, zones=zones)
    except ValueError:
        return True
    except Exception:
        return False
    return False


@hidden_check("52.07")
def check_caller_policy(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The policy is probed with actions and resources that it must not allow."""
    policy, role = answers["caller_policy"], answers["operator_role_arn"]
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None or type(role) is not str:
        return problem or refused("policy-form", "The operator role is not known.")
    arn = str(provider["CapacityProviderArn"])
    probes = [
        ("iam:PassRole", f"{role}-2"),
        ("iam:PassRole", role.replace(role.split(":")[4], "999999999999")),
        ("lambda:PassCapacityProvider", f"{arn}-2"),
        ("lambda:PassCapacityProvider", arn.replace(f":{account.region}:", ":ap-southeast-4:")),
        ("iam:AttachRolePolicy", role),
        ("iam:UpdateAssumeRolePolicy", role),
        ("lambda:DeleteCapacityProvider", arn),
        ("lambda:UpdateCapacityProvider", arn),
    ]
    if any(allowed(policy, action, resource) for action, resource in probes):
        return refused(
            "policy-hidden-too-wide",
            "The policy allows something that was not asked for: a wildcard reaches further than you meant.",
            expected="the two actions, each on one ARN",
            next_step="Write actions and ARNs in full, without a star.",
            credit=0.7,
        )
    return passed("The policy allows nothing beyond the two.")
