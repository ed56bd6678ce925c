"""Task 54.01: a function on a provider has no network of its own."""

from __future__ import annotations

from collections.abc import Mapping

from graders.codes import Wording, judge_code
from graders.day54.anchors import EGRESS
from graders.day54.place import Place, place
from graders.reading import is_response, listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

_CODES = ("InvalidParameterValueException",)
_WORDING = Wording(
    prefix="vpc",
    attempt="create_function with VpcConfig and CapacityProviderConfig",
    why="A function on a capacity provider uses the provider's VPC, so a value that names another is invalid.",
)
_MEMBERS = ("SubnetIds", "SecurityGroupIds")


@task(
    "54.01",
    title="No network of its own",
    points=5,
    syllabus=("54.1",),
    answers=("vpc_code", "egress"),
    docs=EGRESS,
)
def check_egress(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The code of the refusal, and the subnets and groups through which the function's packets leave."""
    where, problem = place(account)
    if where is None:
        assert problem is not None
        return problem
    wrong_egress = _judge_egress(answers["egress"], where)
    wrong_code = judge_code(answers["vpc_code"], _CODES, _WORDING)
    if wrong_code is not None:
        return wrong_code(0.0 if wrong_egress else 0.5)
    if wrong_egress is not None:
        return wrong_egress
    return passed(
        "The network belongs to the provider: every function on it leaves through the same subnets and groups, logs included."
    )


def _judge_egress(value: object, where: Place) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception,
            message,
            expected="a dict with the provider's SubnetIds and SecurityGroupIds",
            found=shown(value),
            next_step=step,
            credit=0.5,
        )

    read = 'Read get_capacity_provider(CapacityProviderName=NAME)["CapacityProvider"]["VpcConfig"].'
    if not is_response(value):
        return wrong("egress-form", "This is not a dict with the two lists.", read)
    found: dict[str, object] = value  # type: ignore[assignment]
    if "CapacityProvider" in found or "VpcConfig" in found:
        return wrong("egress-response", "This is the whole answer. What is wanted stands inside it.", read)
    if set(found) - {*_MEMBERS, "VpcId"} or not all(name in found for name in _MEMBERS):
        return wrong("egress-members", "The two members are SubnetIds and SecurityGroupIds, as in VpcConfig.", read)
    subnets, groups = texts(found["SubnetIds"]), texts(found["SecurityGroupIds"])
    if subnets is None or groups is None:
        return wrong("egress-lists", "Both members are lists of ids.", read)
    if not subnets:
        return wrong(
            "egress-function",
            "The function's own VpcConfig is empty. That does not mean that its packets go nowhere: they leave through the provider's.",
            read,
        )
    if set(subnets) != set(where.subnet_ids):
        return wrong(
            "egress-subnets",
            f"The provider's instances stand in other subnets: {listed(where.subnet_ids)}.",
            read,
        )
    if set(groups) & where.endpoint_groups():
        return wrong(
            "egress-endpoint-group",
            "One of these groups is that of the endpoints, at the other end of the way.",
            read,
        )
    if set(groups) != set(where.group_ids):
        return wrong("egress-groups", "These are not the groups of the provider's instances.", read)
    return None
