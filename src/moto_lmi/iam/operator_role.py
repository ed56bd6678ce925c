"""What IAM says of a capacity provider's operator role: does it exist, trust Lambda, and allow what a launch needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from moto.iam.models import Role
from moto.kms.models import kms_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts
from moto_lmi.iam.attached import Caller, find_role, role_session
from moto_lmi.iam.evaluate import TRUST, Policies, Request, evaluate
from moto_lmi.iam.matching import Principal
from moto_lmi.iam.policy import Kind, PolicyError, read_policy

TRUST_PROBLEM = "trust"
"""What `operator_role_problem` answers when the role is missing or Lambda may not assume it."""

DESCRIBE_ACTIONS = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeInstanceTypes")
"""What a launch reads."""

_LAUNCHED = ("instance", "network-interface", "volume")
_LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
_KEY_ACTIONS = ("kms:DescribeKey", "kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")
"""What encrypting a volume takes; a published workshop's key policy for the operator role has them."""


@dataclass(frozen=True)
class Launch:
    """What a launch of a capacity provider's instances names: the provider, where they go, whose role launches."""

    account_id: str
    region: str
    role_arn: str
    provider_arn: str
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        """The partition of the Region."""
        return get_partition(self.region)


def operator_role_problem(launch: Launch) -> str | None:
    """None when the operator role can launch instances, `TRUST_PROBLEM`, or the first action that it lacks.

    The actions are those of the guide's policy without which no instance comes up, on the provider's own subnets and
    groups and with the condition keys that the guide's policy asks for. A policy that can't be read allows nothing.
    """
    role = find_role(launch.role_arn, launch.partition)
    if role is None or not trusts_lambda(role, launch.account_id, launch.provider_arn):
        return TRUST_PROBLEM
    needs = list(_launch_needs(launch))
    try:
        session = role_session(role, "lambda")
    except PolicyError:
        return needs[0][0]
    for action, resource, context in needs:
        if not _allows(session, action, resource, context, launch.region):
            return action
    return None


def _launch_needs(launch: Launch) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """The actions of a launch, each with a resource and its condition keys."""
    ec2 = f"arn:{launch.partition}:ec2:{launch.region}:{launch.account_id}"
    managed = {"ec2:managedresourceoperator": facts.value("ec2.operator_principal")}
    for action in DESCRIBE_ACTIONS:
        yield action, "*", {}
    for kind in _LAUNCHED:
        yield "ec2:RunInstances", f"{ec2}:{kind}/*", managed
    for subnet_id in launch.subnet_ids:
        yield "ec2:RunInstances", f"{ec2}:subnet/{subnet_id}", {}
    for group_id in launch.security_group_ids:
        yield "ec2:RunInstances", f"{ec2}:security-group/{group_id}", {}
    image = f"arn:{launch.partition}:ec2:{launch.region}::image/*"
    yield "ec2:RunInstances", image, {"ec2:owner": "amazon"}
    for kind in _LAUNCHED:
        yield "ec2:CreateTags", f"{ec2}:{kind}/*", managed


def _allows(session: Caller, action: str, resource: str, context: Mapping[str, str], region: str) -> bool:
    request = Request(
        session.principal, action, resource, {"aws:requestedregion": region, **session.context, **context}
    )
    return evaluate(request, session.policies).allowed


def may_write_logs(role_arn: str, group_arn: str, region: str) -> bool:
    """Whether the role allows what the system logs of a provider take: making the log group and stream, and writing."""
    role = find_role(role_arn, get_partition(region))
    if role is None:
        return False
    try:
        session = role_session(role, "lambda")
    except PolicyError:
        return False
    needs = (("logs:CreateLogGroup", group_arn), *((action, f"{group_arn}:log-stream:*") for action in _LOG_ACTIONS))
    return all(_allows(session, action, resource, {}, region) for action, resource in needs)


def trusts_lambda(role: Role, account_id: str, source_arn: str) -> bool:
    """Whether the role's trust policy lets Lambda assume it for a resource of the account."""
    try:
        trust = read_policy(role.assume_role_policy_document, Kind.TRUST)
    except PolicyError:
        return False
    request = Request(
        Principal(facts.value("iam.operator_trust")),
        "sts:AssumeRole",
        role.arn,
        {"aws:sourceaccount": account_id, "aws:sourcearn": source_arn},
    )
    return evaluate(request, Policies(resource=(trust,), resource_kind=TRUST)).allowed


def role_created(role_arn: str, region: str) -> datetime | None:
    """When the role was created, in wall time, if there is such a role."""
    role = find_role(role_arn, get_partition(region))
    return role.create_date if role else None


def key_problem(launch: Launch, key_arn: str) -> str | None:
    """None when the operator role may encrypt volumes with the key, else the first action that it may not do.

    The key policy must allow the role or leave it to IAM policies (by naming the account), or a grant must name it.
    """
    role = find_role(launch.role_arn, launch.partition)
    key = kms_backends[launch.account_id][launch.region].keys.get(key_arn.rsplit("/", 1)[-1])
    if role is None or key is None:
        return _KEY_ACTIONS[0]
    try:
        session = role_session(role, "lambda")
        policies = replace(
            session.policies,
            resource=(read_policy(key.policy, Kind.RESOURCE),),
            resource_account=launch.account_id,
            resource_decides=True,
        )
    except PolicyError:
        return _KEY_ACTIONS[0]
    granted = {
        f"kms:{operation}"
        for grant in key.grants.values()
        if grant.grantee_principal in (role.arn, session.principal.arn)
        for operation in grant.operations
    }
    context = {
        **session.context,
        "kms:viaservice": f"ec2.{launch.region}.amazonaws.com",
        "kms:calleraccount": launch.account_id,
        "kms:grantisforawsresource": "true",
    }
    for action in _KEY_ACTIONS:
        decision = evaluate(Request(session.principal, action, key.arn, context), policies)
        if not decision.allowed and (decision.explicit or action not in granted):
            return action
    return None
