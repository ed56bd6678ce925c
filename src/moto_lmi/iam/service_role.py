"""What IAM says of a role that a service takes to call an action: does the role exist, trust the service, allow it?"""

from __future__ import annotations

from dataclasses import dataclass

from moto.utilities.utils import get_partition

from moto_lmi.iam.attached import find_role, role_session
from moto_lmi.iam.evaluate import TRUST, Policies, Request, evaluate
from moto_lmi.iam.matching import Principal
from moto_lmi.iam.policy import Kind, PolicyError, read_policy


@dataclass(frozen=True)
class Call:
    """A service's call: the service's principal, for which resource of which account it acts, and what it calls."""

    service: str
    source_arn: str
    account_id: str
    region: str
    action: str
    resource: str


def service_role_problem(role_arn: str, call: Call) -> str | None:
    """None when the service may make the call with the role, else a sentence that says what lacks."""
    role = find_role(role_arn, get_partition(call.region))
    if role is None:
        return f"the role {role_arn} does not exist"
    source = {"aws:sourceaccount": call.account_id, "aws:sourcearn": call.source_arn}
    try:
        trust = read_policy(role.assume_role_policy_document, Kind.TRUST)
        request = Request(Principal(call.service), "sts:AssumeRole", role.arn, source)
        if not evaluate(request, Policies(resource=(trust,), resource_kind=TRUST)).allowed:
            return f"{call.service} may not assume {role_arn}"
        session = role_session(role, call.service.partition(".")[0])
    except PolicyError as exc:
        return str(exc)
    context = {"aws:requestedregion": call.region, **session.context}
    if not evaluate(Request(session.principal, call.action, call.resource, context), session.policies).allowed:
        return f"{role_arn} does not allow {call.action} on {call.resource}"
    return None
