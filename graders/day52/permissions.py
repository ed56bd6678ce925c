"""Task 52.07: what the person or pipeline needs that hands role and provider on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graders.day52.anchors import PASS_ROLE
from graders.day52.policies import allowed, statements, words
from graders.day52.roles import not_a_role_arn
from graders.reading import listed, provider_named, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

PASS_ROLE_ACTION, PASS_PROVIDER_ACTION = "iam:PassRole", "lambda:PassCapacityProvider"


@task(
    "52.07",
    title="Who may hand over role and provider",
    points=9,
    syllabus=("52.3",),
    answers=("caller_policy", "operator_role_arn", "capacity_provider_name"),
    docs=PASS_ROLE,
)
def check_caller_policy(account: Account, answers: Mapping[str, object]) -> Verdict:
    """A policy document that allows PassRole on the operator role and PassCapacityProvider on the provider, no more."""
    policy, role = answers["caller_policy"], answers["operator_role_arn"]
    if type(policy) is not dict:
        return _not_a_document(policy)
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    if type(role) is not str:
        return not_a_role_arn(role)
    found = statements(policy)
    if any("Principal" in statement for statement in found):
        return refused(
            "policy-has-principal",
            "A statement names a principal, as in a trust policy. This policy is attached to a person or a pipeline: who that is, is clear.",
            expected="Effect, Action and Resource",
            found="Principal",
            next_step="Take Principal out.",
        )
    return judge_policy(policy, role, str(provider["CapacityProviderArn"]))


def _not_a_document(policy: object) -> Verdict:
    if type(policy) is str:
        misconception, message = (
            "policy-json-text",
            "This is text. Keep the document as a dict; json.dumps is for the call that attaches it.",
        )
    else:
        misconception, message = "policy-form", "This is not a policy document."
    return refused(
        misconception,
        message,
        expected="a dict with Version and Statement",
        found=shown(policy),
        next_step='Write {"Version": "2012-10-17", "Statement": […]}.',
    )


def judge_policy(policy: dict[str, Any], role_arn: str, provider_arn: str) -> Verdict:
    """What the policy allows on this role and this provider, and what it allows beyond them."""
    problems = [
        problem
        for problem in (
            _judge_everything(policy, role_arn),
            _judge_pass_role(policy, role_arn, provider_arn),
            _judge_pass_provider(policy, role_arn, provider_arn),
        )
        if problem is not None
    ]
    if not problems:
        return passed("Exactly two keys: one for the role, one for the provider.")
    first = problems[0]
    return first("one of two", 0.5) if len(problems) == 1 else first("neither", 0.0)


def _found(policy: dict[str, Any]) -> str:
    return listed(
        f"{action} on {resource}"
        for statement in statements(policy)
        for action in words(statement, "Action")
        for resource in words(statement, "Resource")
    )


Problem = Callable[[str, float], Verdict]


def _problem(
    policy: dict[str, Any], misconception: str, message: str, expected: str, step: str, most: float = 1.0
) -> Problem:
    def verdict(right: str, credit: float) -> Verdict:
        return refused(
            misconception,
            message,
            expected=expected,
            found=f"{_found(policy)} ({right} is right)",
            next_step=step,
            credit=min(credit, most),
        )

    return verdict


def _judge_everything(policy: dict[str, Any], role_arn: str) -> Problem | None:
    if allowed(policy, "iam:CreateUser", "arn:aws:iam::000000000000:user/anyone") or allowed(
        policy, "iam:DeleteRole", role_arn
    ):
        return _problem(
            policy,
            "policy-everything",
            "This allows far more than passing on: with such an action pattern the holder can make new administrators.",
            f"{PASS_ROLE_ACTION} and {PASS_PROVIDER_ACTION}",
            "Name the two actions in full.",
            0.1,
        )
    return None


def _judge_pass_role(policy: dict[str, Any], role_arn: str, provider_arn: str) -> Problem | None:
    def problem(misconception: str, message: str, step: str, most: float = 1.0) -> Problem:
        return _problem(policy, misconception, message, f"{PASS_ROLE_ACTION} on {role_arn}", step, most)

    other_role = role_arn.rsplit("/", 1)[0] + "/administrator"
    if allowed(policy, PASS_ROLE_ACTION, role_arn):
        if allowed(policy, PASS_ROLE_ACTION, other_role):
            return problem(
                "policy-pass-any-role",
                "Any role may be passed, an administrator's too. That is the classic way up in an account.",
                "Put the operator role's ARN into Resource.",
            )
        if any(_passed_to_another(statement) for statement in statements(policy)):
            return problem(
                "policy-passed-to-ec2",
                "The condition lets the role be passed to another service. It is Lambda that receives it.",
                'Set iam:PassedToService to "lambda.amazonaws.com".',
            )
        return None
    denied = any(statement.get("Effect") == "Deny" for statement in statements(policy))
    actions = [action.lower() for statement in statements(policy) for action in words(statement, "Action")]
    if denied:
        return problem(
            "policy-denies",
            "A Deny wins over every Allow. These statements are meant to allow.",
            'Set "Effect": "Allow".',
        )
    if allowed(policy, PASS_ROLE_ACTION, provider_arn):
        return problem(
            "policy-resources-swapped",
            "The resources stand the wrong way round: a role is passed with iam:PassRole, a provider with lambda:PassCapacityProvider.",
            "Swap the two resources.",
        )
    if "iam:passrole" in actions:
        return problem(
            "policy-other-role",
            "iam:PassRole is there, but not for your operator role.",
            "Put operator_role_arn into Resource, the whole ARN.",
        )
    if "lambda:passrole" in actions:
        return problem(
            "policy-lambda-passrole",
            "There is no lambda:PassRole. Roles belong to IAM, and so does the action.",
            "Write iam:PassRole.",
        )
    if "sts:assumerole" in actions:
        return problem(
            "policy-assume-role",
            "sts:AssumeRole is for whoever puts the role on. You hand it to Lambda, which is passing.",
            "Write iam:PassRole.",
        )
    return problem(
        "policy-without-passrole",
        "Nothing allows the operator role to be handed to Lambda, so CreateCapacityProvider would be refused.",
        "Add iam:PassRole on operator_role_arn.",
    )


def _passed_to_another(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition")
    tests = condition.values() if type(condition) is dict else []
    services = [
        words(test, key)
        for test in tests
        if type(test) is dict
        for key in test
        if str(key).lower() == "iam:passedtoservice"
    ]
    return any("lambda.amazonaws.com" not in names for names in services)


def _judge_pass_provider(policy: dict[str, Any], role_arn: str, provider_arn: str) -> Problem | None:
    def problem(misconception: str, message: str, step: str) -> Problem:
        return _problem(policy, misconception, message, f"{PASS_PROVIDER_ACTION} on {provider_arn}", step)

    other_provider = provider_arn.rsplit(":", 1)[0] + ":someone-elses"
    if allowed(policy, PASS_PROVIDER_ACTION, provider_arn):
        if allowed(policy, PASS_PROVIDER_ACTION, other_provider):
            return problem(
                "policy-pass-any-provider",
                "Functions may be put on any provider, so also next to code that they should not share instances with.",
                "Put the provider's ARN into Resource.",
            )
        return None
    actions = [action for statement in statements(policy) for action in words(statement, "Action")]
    resources = [resource for statement in statements(policy) for resource in words(statement, "Resource")]
    lowered = [action.lower() for action in actions]
    if provider_arn.replace("capacity-provider:", "capacity-provider/") in resources:
        return problem(
            "policy-provider-arn-slash",
            "In a provider's ARN a colon stands before the name, not a slash.",
            "Take CapacityProviderArn from get_capacity_provider.",
        )
    if provider_arn.rsplit(":", 1)[-1] in resources:
        return problem(
            "policy-provider-name",
            "A policy's Resource is an ARN; the name alone matches nothing.",
            "Take CapacityProviderArn from get_capacity_provider.",
        )
    if "lambda:passcapacityprovider" in lowered:
        return problem(
            "policy-other-provider",
            "lambda:PassCapacityProvider is there, but not for your provider.",
            "Put the provider's ARN into Resource.",
        )
    if "iam:passcapacityprovider" in lowered:
        return problem(
            "policy-iam-passcapacityprovider",
            "Providers belong to Lambda, not to IAM, and so does the action.",
            "Write lambda:PassCapacityProvider.",
        )
    if any(action in ("lambda:createcapacityprovider", "lambda:updatecapacityprovider") for action in lowered):
        return problem(
            "policy-create-not-pass",
            "Making or changing a provider is one thing, putting functions on it another. The second needs its own permission.",
            "Add lambda:PassCapacityProvider.",
        )
    if "lambda:createfunction" in lowered:
        return problem(
            "policy-create-function-only",
            "lambda:CreateFunction alone makes ordinary functions. Putting one on a provider needs a second permission.",
            "Add lambda:PassCapacityProvider.",
        )
    if any("capacityprovider" in action for action in lowered):
        return problem(
            "policy-made-up-action",
            "There is no such action. Its name begins with Pass, as in PassRole.",
            "Write lambda:PassCapacityProvider.",
        )
    return problem(
        "policy-without-passcapacityprovider",
        "Nothing allows a function to be put on the provider. On AWS this may show only as an internal error while publishing.",
        "Add lambda:PassCapacityProvider on the provider's ARN.",
    )
