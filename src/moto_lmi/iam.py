"""What IAM says of a capacity provider's operator role: does it exist, trust Lambda, and allow what a launch needs."""

from __future__ import annotations

import json
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts

TRUST_PROBLEM = "trust"
"""What `operator_role_problem` answers when the role is missing or Lambda may not assume it."""

LAUNCH_ACTIONS = (
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeInstanceTypes",
    "ec2:RunInstances",
    "ec2:CreateTags",
)
"""The actions without which no instance can be launched; all are in AWSLambdaManagedEC2ResourceOperator."""


def operator_role_problem(account_id: str, role_arn: str) -> str | None:
    """None when the operator role can launch instances, `TRUST_PROBLEM`, or the first action that it lacks.

    Conditions of statements are not evaluated.
    """
    role = find_role(account_id, role_arn)
    if role is None or not _trusts_lambda(role):
        return TRUST_PROBLEM
    statements = _statements(account_id, role)
    return next((action for action in LAUNCH_ACTIONS if not _allowed(action, statements)), None)


def role_created(account_id: str, role_arn: str) -> datetime | None:
    """When the role was created, in wall time, if there is such a role."""
    role = find_role(account_id, role_arn)
    return role.create_date if role else None


def find_role(account_id: str, role_arn: str) -> Role | None:
    """The role with the ARN, if it exists in the account."""
    backend = iam_backends[account_id][get_partition("us-east-1")]
    try:
        return backend.get_role_by_arn(role_arn)
    except NotFoundException:
        return None


def _trusts_lambda(role: Role) -> bool:
    service = facts.value("iam.operator_trust")
    return any(
        statement.get("Effect") == "Allow"
        and any(fnmatchcase("sts:assumerole", action.lower()) for action in _as_list(statement.get("Action")))
        and service in _as_list(_principals(statement).get("Service"))
        for statement in _read_policy(role.assume_role_policy_document)
    )


def _principals(statement: dict[str, Any]) -> dict[str, Any]:
    principal = statement.get("Principal")
    return principal if isinstance(principal, dict) else {}


def _statements(account_id: str, role: Role) -> list[dict[str, Any]]:
    documents: list[Any] = list(role.policies.values())
    documents += [
        version.document
        for policy in role.managed_policies.values()
        for version in policy.versions
        if version.version_id == policy.default_version_id
    ]
    return [statement for document in documents for statement in _read_policy(document)]


def _read_policy(document: Any) -> list[dict[str, Any]]:
    try:
        policy = json.loads(document) if isinstance(document, str) else document
        return [item for item in _as_list(policy.get("Statement")) if isinstance(item, dict)]
    except (ValueError, AttributeError):
        return []


def _allowed(action: str, statements: list[dict[str, Any]]) -> bool:
    effects = {statement.get("Effect") for statement in statements if _names(action, statement)}
    return "Allow" in effects and "Deny" not in effects


def _names(action: str, statement: dict[str, Any]) -> bool:
    if "NotAction" in statement:
        return not _matches(action, _as_list(statement["NotAction"]))
    return _matches(action, _as_list(statement.get("Action")))


def _matches(action: str, patterns: list[Any]) -> bool:
    return any(isinstance(pattern, str) and fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
