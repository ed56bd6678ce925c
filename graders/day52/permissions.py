"""Tasks 52.04 and 52.07: the operator role, and what the person needs who hands role and provider on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graders.day52.anchors import OPERATOR_ROLE, PASS_ROLE
from graders.day52.policies import allowed, principals, statements, trusted_services, words
from graders.day52.reading import asked, is_response, listed, provider_named, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

LAMBDA = "lambda.amazonaws.com"
OPERATOR_POLICY = "AWSLambdaManagedEC2ResourceOperator"
OPERATOR_POLICY_ARN = f"arn:aws:iam::aws:policy/{OPERATOR_POLICY}"


@task(
    "52.04", title="The operator role", points=8, syllabus=("52.3",), answers=("operator_role_arn",), docs=OPERATOR_ROLE
)
def check_operator_role(account: Account, answers: Mapping[str, object]) -> Verdict:
    """A role that Lambda may assume, with the managed policy for operators and no more."""
    value = answers["operator_role_arn"]
    if type(value) is not str or ":role/" not in value or not value.startswith("arn:"):
        return _not_a_role_arn(value)
    if ":role/aws-service-role/" in value:
        return refused(
            "role-service-linked",
            "This is the service-linked role, with which Lambda terminates instances. You don't pass it; it comes by itself.",
            expected="a role of your own",
            found=value,
            next_step="Create a role that trusts lambda.amazonaws.com.",
        )
    iam = account.client("iam")
    name = value.rsplit("/", 1)[-1]
    answer, code = asked(iam.get_role, RoleName=name)
    if code or answer["Role"]["Arn"] != value:
        return refused(
            "role-unknown",
            "IAM has no role with this ARN.",
            expected="the ARN of a role that exists",
            found=f"{value}: {code or 'another ARN'}",
            next_step='Take it from create_role: response["Role"]["Arn"].',
        )
    attached, _ = asked(iam.list_attached_role_policies, RoleName=name)
    inline, _ = asked(iam.list_role_policies, RoleName=name)
    return (
        _judge_trust(answer["Role"].get("AssumeRolePolicyDocument"))
        or _judge_attached(
            [policy["PolicyName"] for policy in attached.get("AttachedPolicies", [])], inline.get("PolicyNames", [])
        )
        or passed(
            "Lambda may assume the role and launch instances with it. It cannot terminate any: nobody handed it that."
        )
    )


def _not_a_role_arn(value: object) -> Verdict:
    expected, step = "arn:aws:iam::ACCOUNT:role/NAME", 'Take response["Role"]["Arn"] of create_role or get_role.'
    if is_response(value):
        misconception, message = "role-response", "This is a whole response. The ARN is in its member Role."
    elif type(value) is str and ":policy/" in value:
        misconception = "role-policy-arn"
        message = "This is the ARN of the policy. A policy says what is allowed; the role is who is allowed."
    elif type(value) is str and ":instance-profile/" in value:
        misconception = "role-instance-profile"
        message = (
            "This is an instance profile. It gives a role to software on an instance; managed instances have none."
        )
    elif type(value) is str and value and ":" not in value:
        misconception, message = "role-name", "This is the role's name. A provider takes the ARN."
    else:
        misconception, message = "role-form", "This is not the ARN of a role."
    return refused(misconception, message, expected=expected, found=shown(value), next_step=step)


def _judge_trust(trust: object) -> Verdict | None:
    everyone = list(principals(trust))
    services = [name for kind, name in everyone if kind == "Service"]
    names = [name for _, name in everyone]

    def wrong(misconception: str, message: str, step: str = f"Let the principal be the service {LAMBDA}.") -> Verdict:
        expected = f"only the service {LAMBDA}, with sts:AssumeRole"
        return refused(misconception, message, expected=expected, found=listed(names), next_step=step, credit=0.3)

    if "*" in names:
        return wrong(
            "role-trusts-everyone", "Anyone, in any account, may assume this role. Trust is the lock on the door."
        )
    if LAMBDA in trusted_services(trust):
        others = [name for name in names if name != LAMBDA]
        if not others:
            return None
        return wrong(
            "role-trusts-others-too",
            "Lambda may assume the role, but so may others. Each of them could launch instances with it.",
            "Leave lambda.amazonaws.com as the only principal.",
        )
    if LAMBDA in services:
        return wrong(
            "role-trust-action",
            "Lambda is named, but for another action than sts:AssumeRole, which is the one that it performs.",
            'Set "Action": "sts:AssumeRole".',
        )
    if "ec2.amazonaws.com" in services:
        return wrong(
            "role-trusts-ec2",
            "EC2 may assume the role. But it is not the instances that use it: Lambda uses it to launch them.",
        )
    if "scaler.lambda.amazonaws.com" in services:
        return wrong(
            "role-trusts-scaler",
            "scaler.lambda.amazonaws.com is how EC2 names the operator of an instance. The principal that assumes the role is Lambda.",
        )
    if everyone and not services:
        return wrong(
            "role-trusts-account",
            "An account is trusted, as for a person who switches roles. Here a service assumes the role.",
        )
    return wrong("role-trust", "Lambda may not assume this role.")


def _judge_attached(attached: list[str], inline: list[str]) -> Verdict | None:
    def wrong(misconception: str, message: str, credit: float = 0.5) -> Verdict:
        step = f"Attach {OPERATOR_POLICY_ARN}, and detach the rest."
        found = listed([*attached, *(f"{name} (inline)" for name in inline)])
        return refused(misconception, message, expected=OPERATOR_POLICY, found=found, next_step=step, credit=credit)

    if attached == [OPERATOR_POLICY] and not inline:
        return None
    if "AdministratorAccess" in attached or "PowerUserAccess" in attached:
        return wrong(
            "role-administrator",
            "It works, and it may do nearly everything in the account. A role that launches instances needs only that.",
        )
    if OPERATOR_POLICY in attached:
        return wrong(
            "role-more-than-needed",
            "The right policy is there, and more beside it. Whatever is too much will be used one day.",
            0.8,
        )
    if "AmazonEC2FullAccess" in attached:
        return wrong(
            "role-ec2-full-access",
            "Full access to EC2 can terminate and change every instance you have, also those that Lambda has nothing to do with.",
        )
    if any("Execution" in name for name in attached):
        return wrong(
            "role-execution-policy",
            "This is what a function's execution role has. The operator role is another one: it launches instances.",
        )
    if inline:
        return wrong(
            "role-inline-policy",
            "A policy of your own misses what a launch needs, or what AWS adds later; the managed policy has grown twice in 2026.",
        )
    if not attached:
        return wrong("role-without-policy", "The role is trusted but may do nothing: no policy is attached.")
    return wrong("role-other-policy", "The attached policy is not the one for operators.")


# --- 52.07: the caller's policy ------------------------------------------------------------------------------------------

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
        return _not_a_role_arn(role)
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
