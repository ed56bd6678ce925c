"""Task 52.04: the operator role, whom it trusts and what it may do."""

from __future__ import annotations

from collections.abc import Mapping

from graders.day52.anchors import OPERATOR_ROLE
from graders.day52.policies import principals, trusted_services
from graders.reading import asked, is_response, listed, shown
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
        return not_a_role_arn(value)
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


def not_a_role_arn(value: object) -> Verdict:
    """The refusal of what is no role's ARN."""
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
