"""The decision on a request: which policies allow it, which refuse it, and in AWS's words why not.

Order, after the IAM User Guide's "Policy evaluation logic": an explicit Deny anywhere refuses. A resource policy that
names the caller allows by itself within an account; one that names the caller's role is limited by the boundary and
the session policy; one that names the account leaves it to identity policies. Else an identity policy must allow, and
so must boundary and session policy where there are any. Between accounts both sides must allow. A KMS key wants its
key policy to allow or to leave it to identity policies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from moto_lmi.iam.conditions import holds
from moto_lmi.iam.matching import Context, Principal, arn_matches, how_named, matches
from moto_lmi.iam.policy import Patterns, Policy, Statement

IDENTITY = "identity-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
RESOURCE = "resource-based policy"
TRUST = "role trust policy"


@dataclass(frozen=True)
class Request:
    """One action on one resource (an ARN or `*`) by a principal. Keys of `context` are in lower case."""

    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Policies:
    """What is attached to the two sides of a request.

    `boundary` and `session` are None where there is none. `resource_kind` names the resource's policy in refusals;
    with `resource_decides` identity policies count only if the resource's policy leaves it to them, as with KMS keys
    and roles that are assumed.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    resource: tuple[Policy, ...] = ()
    resource_account: str | None = None
    resource_kind: str = RESOURCE
    resource_decides: bool = False


@dataclass(frozen=True)
class Decision:
    """Whether a request is allowed, and if not, by which kind of policy it is refused and whether by a Deny."""

    allowed: bool
    refused_by: str = ""
    explicit: bool = False

    def sentence(self, request: Request) -> str:
        """The refusal in AWS's general wording (IAM User Guide, "Access denied error message examples")."""
        if self.explicit:
            article = "an" if self.refused_by[0] in "aeiou" else "a"
            why = f"with an explicit deny in {article} {self.refused_by}"
        else:
            why = f"because no {self.refused_by} allows the {request.action} action"
        return (
            f"User: {request.principal.arn} is not authorized to perform: {request.action} "
            f"on resource: {request.resource} {why}"
        )


ALLOWED = Decision(allowed=True)


def evaluate(request: Request, policies: Policies) -> Decision:
    """The decision on the request. Never raises for documents that `read_policy` has read."""
    layers = (
        (IDENTITY, policies.identity),
        (BOUNDARY, _some(policies.boundary)),
        (SESSION, _some(policies.session)),
        (policies.resource_kind, policies.resource),
    )
    for kind, documents in layers:
        if any(_applies(statement, policy, request) for policy, statement in _with_effect(documents, "Deny")):
            return Decision(allowed=False, refused_by=kind, explicit=True)
    named = {
        how
        for policy, statement in _with_effect(policies.resource, "Allow")
        if _applies(statement, policy, request) and (how := _named(statement, request.principal))
    }
    principal = request.principal
    foreign = policies.resource_account not in (None, principal.account_id)
    if principal.is_service:
        return ALLOWED if "direct" in named else _refused(policies.resource_kind)
    if (foreign or policies.resource_decides) and not named:
        return _refused(policies.resource_kind)
    if not foreign and "direct" in named:
        return ALLOWED
    granted = (not foreign and "role" in named) or principal.is_root or _allows(policies.identity, request)
    if not granted:
        return _refused(IDENTITY)
    if policies.boundary is not None and not _allows((policies.boundary,), request):
        return _refused(BOUNDARY)
    if policies.session is not None and not _allows((policies.session,), request):
        return _refused(SESSION)
    return ALLOWED


def _refused(kind: str) -> Decision:
    return Decision(allowed=False, refused_by=kind)


def _some(policy: Policy | None) -> tuple[Policy, ...]:
    return () if policy is None else (policy,)


def _with_effect(policies: Iterable[Policy], effect: str) -> Iterable[tuple[Policy, Statement]]:
    return ((policy, statement) for policy in policies for statement in policy.statements if statement.effect == effect)


def _allows(policies: Iterable[Policy], request: Request) -> bool:
    return any(_applies(statement, policy, request) for policy, statement in _with_effect(policies, "Allow"))


def _applies(statement: Statement, policy: Policy, request: Request) -> bool:
    """Whether the statement speaks of the request: its action, resource, principal and conditions."""
    return (
        _fits_action(statement.actions, request.action)
        and (statement.resources is None or _fits_resource(statement.resources, policy, request))
        and (statement.principals is None or _named(statement, request.principal) is not None)
        and all(holds(condition, request.context, variables=policy.has_variables) for condition in statement.conditions)
    )


def _fits_action(actions: Patterns, action: str) -> bool:
    return actions.inverted != any(matches(pattern, action, ignore_case=True) for pattern in actions.items)


def _fits_resource(resources: Patterns, policy: Policy, request: Request) -> bool:
    context = request.context if policy.has_variables else None
    if request.resource == "*":  # an action that knows no resources fits only a pattern for all of them
        fits = "*" in resources.items
    else:
        fits = any(arn_matches(pattern, request.resource, context) for pattern in resources.items)
    return resources.inverted != fits


def _named(statement: Statement, principal: Principal) -> str | None:
    """How the statement names the principal; None if it doesn't."""
    principals = statement.principals
    if principals is None:
        return "direct"
    names = [how for entry in principals.items if (how := how_named(entry, principal))]
    if not principals.inverted:
        return next((how for how in ("direct", "role", "account") if how in names), None)
    return None if _excepted(statement.effect, principal, names) else "direct"


def _excepted(effect: str, principal: Principal, names: list[str]) -> bool:
    """Whether NotPrincipal leaves out a principal that it names so.

    Of a Deny AWS asks that the account, for a session its role too, and the principal itself are all listed.
    """
    if effect == "Allow" or principal.is_service or principal.is_root:
        return bool(names)
    return {"direct", "account"} | ({"role"} if principal.role_arn else set()) <= set(names)
