"""What moto's IAM, STS and Lambda hold of a principal: who an access key belongs to, and which policies count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import PARTITION_NAMES

from moto_lmi.iam.evaluate import Policies
from moto_lmi.iam.matching import Principal
from moto_lmi.iam.policy import Kind, Policy, PolicyError, read_policy

_ISSUED_KEY = re.compile(r"(AKIA|ASIA|LSIA|LKIA)[A-Z0-9]{16}")
"""How the access keys look that IAM and STS give out; moto's begin with L when it is told to."""


class UnknownCaller(Exception):
    """The access key was given out by IAM or STS, but is not there or not active any more."""


@dataclass(frozen=True)
class Caller:
    """A principal with what is attached to it and what every request of its says."""

    principal: Principal
    policies: Policies
    context: Mapping[str, str | tuple[str, ...]]


def caller_of(account_id: str, partition: str, access_key: str) -> Caller:
    """Who an access key belongs to. A key that nobody has given out is the account's root user.

    Raises UnknownCaller for a key that was deleted or is inactive, PolicyError for a policy that can't be read.
    """
    for backend in _backends():
        key = backend.access_keys.get(access_key)
        if key is None:
            continue
        if key.status != "Active":
            raise UnknownCaller(access_key)
        if key.role_arn:
            return _session(backend, access_key)
        return _user(backend.get_user(str(key.user_name)), backend)
    if _ISSUED_KEY.fullmatch(access_key):
        raise UnknownCaller(access_key)
    arn = f"arn:{partition}:iam::{account_id}:root"
    return Caller(Principal(arn, account_id), Policies(), {"aws:principaltype": "Account"})


def _backends() -> Iterator[IAMBackend]:
    for account in list(iam_backends.values()):
        yield from (account[partition] for partition in PARTITION_NAMES if partition in account)


def role_session(role: Role, session_name: str, session_policy: str | None = None) -> Caller:
    """A session of the role, as a service or a user gets it who assumes the role."""
    arn = f"arn:{role.partition}:sts::{role.account_id}:assumed-role/{role.name}/{session_name}"
    backend = iam_backends[role.account_id][role.partition]
    policies = Policies(
        identity=tuple(identity_policies(role)),
        boundary=_boundary(role, backend),
        session=_read(session_policy, f"session policy of {arn}") if session_policy else None,
    )
    context = {
        "aws:principaltype": "AssumedRole",
        "aws:userid": f"{role.id}:{session_name}",
        "aws:principalarn": role.arn,
        **{f"aws:principaltag/{tag['Key']}".lower(): tag["Value"] for tag in _tags_of(role)},
    }
    return Caller(Principal(arn, role.account_id, role.arn), policies, context)


def find_role(role_arn: str, partition: str = "aws") -> Role | None:
    """The role with the ARN, in whichever account it is."""
    account_id = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
    if not account_id:
        return None
    try:
        return iam_backends[account_id][partition].get_role_by_arn(role_arn)
    except NotFoundException:
        return None


def identity_policies(entity: Role | User | Group) -> Iterator[Policy]:
    """The inline and managed policies of a role, user or group; of managed ones the default version."""
    for name, document in entity.policies.items():
        yield _read(document, f"inline policy {name} of {entity.name}")
    for managed in entity.managed_policies.values():
        yield _managed(managed)


def _managed(managed: ManagedPolicy) -> Policy:
    document = next(item.document for item in managed.versions if item.version_id == managed.default_version_id)
    return _read(document, f"policy {managed.arn}")


def _read(document: Any, where: str) -> Policy:
    try:
        return read_policy(document, Kind.IDENTITY)
    except PolicyError as error:
        raise PolicyError(f"{where}, {error.place}", error.problem) from error


def _session(backend: IAMBackend, access_key: str) -> Caller:
    sessions = (
        session
        for accounts in list(sts_backends.values())
        for sts in accounts.values()
        if (session := sts.get_assumed_role_from_access_key(access_key)) is not None
    )
    session = next(sessions, None)
    role = find_role(session.role_arn, backend.partition) if session is not None else None
    if session is None or role is None:
        raise UnknownCaller(access_key)
    return role_session(role, session.session_name, session.policy or None)


def _user(user: User, backend: IAMBackend) -> Caller:
    owners: list[User | Group] = [user, *backend.get_groups_for_user(user.name)]
    context = {
        "aws:principaltype": "User",
        "aws:username": user.name,
        "aws:userid": user.id,
        "aws:principalarn": user.arn,
        **{f"aws:principaltag/{tag['Key']}".lower(): tag["Value"] for tag in user.tags or []},
    }
    identity = tuple(policy for owner in owners for policy in identity_policies(owner))
    return Caller(Principal(user.arn, user.account_id), Policies(identity=identity), context)


def _boundary(role: Role, backend: IAMBackend) -> Policy | None:
    if not role.permissions_boundary_arn:
        return None
    managed = backend.managed_policies.get(role.permissions_boundary_arn)
    if managed is None:
        raise PolicyError(f"permissions boundary of {role.arn}", f"there is no policy {role.permissions_boundary_arn}")
    return _managed(managed)


def _tags_of(role: Role) -> Iterable[dict[str, str]]:
    tags: Any = role.tags or {}
    return tags.values() if isinstance(tags, dict) else tags
