"""The evaluator of policies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lmi.iam.evaluate import TRUST, Decision, Policies, Request, evaluate
from moto_lmi.iam.matching import Principal
from moto_lmi.iam.policy import Kind, Policy, PolicyError, read_policy

from .cases import ACCOUNT, CASES, FUNCTION, PROVIDER, ROLE, ROOT, SESSION_ARN, USER, Case, allow, deny, without


def principal(arn: str) -> Principal:
    """The principal with the ARN or service name."""
    if not arn.startswith("arn:"):
        return Principal(arn)
    return Principal(arn, ACCOUNT, ROLE if arn == SESSION_ARN else None)


def policy(statements: list[dict[str, Any]], kind: Kind = Kind.IDENTITY, version: str = "2012-10-17") -> Policy:
    """A policy of the statements."""
    return read_policy({"Version": version, "Statement": statements}, kind)


def decided(case: Case) -> tuple[Decision, Request]:
    """What is decided on the case's request."""
    kind = Kind.TRUST if case.resource_kind == TRUST else Kind.RESOURCE
    request = Request(principal(case.principal), case.action, case.resource, case.context)
    policies = Policies(
        identity=(policy(case.identity, version=case.version),) if case.identity else (),
        boundary=policy(case.boundary) if case.boundary is not None else None,
        session=policy(case.session) if case.session is not None else None,
        resource=(policy(case.on_resource, kind),) if case.on_resource else (),
        resource_account=case.resource_account,
        resource_kind=case.resource_kind,
        resource_decides=case.resource_decides,
    )
    return evaluate(request, policies), request


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_decisions(case: Case) -> None:
    """Each case is decided as its source says, and a refusal names the kind of policy that is to blame."""
    decision, _ = decided(case)
    assert (None if decision.allowed else (decision.refused_by, decision.explicit)) == case.refused


def test_there_are_enough_cases_and_each_says_where_its_rule_is_from() -> None:
    """At least forty cases, no name twice, every one with a source."""
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.source for case in CASES)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("nothing is attached", "because no identity-based policy allows the lambda:GetFunction action"),
        ("a Deny beside an Allow", "with an explicit deny in an identity-based policy"),
        ("a boundary limits", "because no permissions boundary allows the lambda:GetFunction action"),
        ("a Deny in the boundary", "with an explicit deny in a permissions boundary"),
        ("a session policy limits", "because no session policy allows the lambda:GetFunction action"),
        ("a Deny of the resource policy", "with an explicit deny in a resource-based policy"),
    ],
)
def test_sentences(name: str, ending: str) -> None:
    """Refusals are worded as the IAM User Guide's examples are: who, what, on what, and why."""
    decision, request = decided(next(case for case in CASES if case.name == name))
    start = f"User: {request.principal.arn} is not authorized to perform: lambda:GetFunction on resource: {FUNCTION} "
    assert decision.sentence(request) == start + ending


ACTIONS = st.sampled_from(["lambda:GetFunction", "lambda:Get*", "lambda:*", "*", "iam:*", "lambda:DeleteFunction"])
RESOURCES = st.sampled_from(["*", FUNCTION, PROVIDER, "arn:aws:lambda:*:*:function:*", "arn:aws:iam::*:role/*"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"aws:RequestTag/team": "a"}},
        {"StringNotEquals": {"aws:RequestTag/team": "a"}},
        {"Null": {"aws:TagKeys": "true"}},
        {"ForAllValues:StringLike": {"aws:TagKeys": ["t*"]}},
    ]
)
PRINCIPALS = st.sampled_from(["*", {"AWS": USER}, {"AWS": ACCOUNT}, {"AWS": ROLE}, {"Service": "lambda.amazonaws.com"}])


@st.composite
def statements(draw: st.DrawFn, *, effects: tuple[str, ...] = ("Allow", "Deny"), on_resource: bool = False) -> Any:
    """A statement; for a resource policy with a principal."""
    action, resource = (
        draw(st.sampled_from(["Action", "NotAction"])),
        draw(st.sampled_from(["Resource", "NotResource"])),
    )
    statement = {
        "Effect": draw(st.sampled_from(effects)),
        action: draw(ACTIONS),
        resource: draw(RESOURCES),
        "Condition": draw(CONDITIONS),
    }
    if on_resource:
        statement[draw(st.sampled_from(["Principal", "NotPrincipal"]))] = draw(PRINCIPALS)
    return statement


REQUESTS = st.builds(
    Request,
    st.sampled_from([principal(arn) for arn in (USER, SESSION_ARN, ROOT, "lambda.amazonaws.com")]),
    st.sampled_from(["lambda:GetFunction", "lambda:ListFunctions", "lambda:PassCapacityProvider", "iam:PassRole"]),
    st.sampled_from([FUNCTION, PROVIDER, ROLE, "*"]),
    st.sampled_from([{}, {"aws:requesttag/team": "a", "aws:tagkeys": ("team", "cost")}]),
)
SEVERAL = st.lists(statements(), min_size=1, max_size=3)


@st.composite
def attached(draw: st.DrawFn) -> dict[str, list[dict[str, Any]] | None]:
    """Statements by the layer that they stand in."""
    return {
        "identity": draw(SEVERAL),
        "boundary": draw(st.none() | SEVERAL),
        "session": draw(st.none() | SEVERAL),
        "resource": draw(st.none() | st.lists(statements(on_resource=True), min_size=1, max_size=2)),
    }


def policies_of(layers: dict[str, list[dict[str, Any]] | None], *, resource_decides: bool) -> Policies:
    """The layers as policies."""
    read = {
        name: policy(content, Kind.RESOURCE if name == "resource" else Kind.IDENTITY)
        for name, content in layers.items()
        if content is not None
    }
    return Policies(
        identity=(read["identity"],),
        boundary=read.get("boundary"),
        session=read.get("session"),
        resource=(read["resource"],) if "resource" in read else (),
        resource_account=ACCOUNT,
        resource_decides=resource_decides,
    )


@given(attached(), REQUESTS, st.sampled_from(["identity", "boundary", "session", "resource"]), st.booleans())
def test_deny_always_wins(layers: dict[str, Any], request: Request, where: str, decides: bool) -> None:
    """Whatever else is attached, a Deny of everything in any layer refuses the request."""
    no = deny(Principal="*") if where == "resource" else deny()
    layers = {**layers, where: [*(layers[where] or []), no]}
    decision = evaluate(request, policies_of(layers, resource_decides=decides))
    assert (decision.allowed, decision.explicit) == (False, True)


@given(attached(), REQUESTS, st.data(), st.booleans())
def test_one_more_deny_never_allows(
    layers: dict[str, Any], request: Request, data: st.DataObject, decides: bool
) -> None:
    """A refused request stays refused when a Deny is added to a policy that is there."""
    where = data.draw(st.sampled_from([name for name, content in layers.items() if content is not None]))
    more = data.draw(statements(effects=("Deny",), on_resource=where == "resource"))
    before = evaluate(request, policies_of(layers, resource_decides=decides))
    after = evaluate(request, policies_of({**layers, where: [*layers[where], more]}, resource_decides=decides))
    assert before.allowed or not after.allowed


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ("{", "line 1 column 2"),
        ("[]", "document"),
        ("{}", "Statement"),
        ('{"Version": "2012-10-17"}', "Statement"),
        ('{"Version": "2013-01-01", "Statement": []}', "Version"),
        ({"Statement": []}, "Statement"),
        ({"Statement": [allow()], "Rules": []}, "Rules"),
        ({"Statement": ["x"]}, "Statement[0]"),
        ({"Statement": [allow(), without(allow(), "Effect")]}, "Statement[1].Effect"),
        ({"Statement": [{**allow(), "Effect": "allow"}]}, "Statement[0].Effect"),
        ({"Statement": [without(allow(), "Action")]}, "Statement[0].Action"),
        ({"Statement": [allow(NotAction="*")]}, "Statement[0].NotAction"),
        ({"Statement": [allow("GetFunction")]}, "Statement[0].Action"),
        ({"Statement": [allow([])]}, "Statement[0].Action"),
        ({"Statement": [allow([["*"]])]}, "Statement[0].Action"),
        ({"Statement": [without(allow(), "Resource")]}, "Statement[0].Resource"),
        ({"Statement": [allow(Principal="*")]}, "Statement[0].Principal"),
        ({"Statement": [allow(Resources="*")]}, "Statement[0].Resources"),
        ({"Statement": [allow(Condition={"StringIs": {"a": "b"}})]}, "Statement[0].Condition.StringIs"),
        ({"Statement": [allow(Condition={"ForSome:StringEquals": {}})]}, "Statement[0].Condition.ForSome:StringEquals"),
        ({"Statement": [allow(Condition={"Bool": "true"})]}, "Statement[0].Condition.Bool"),
        ({"Statement": [allow(Sid="a"), deny(Sid="a")]}, "Statement[0].Sid"),
    ],
)
def test_a_policy_that_can_not_be_read_is_told_where(document: Any, place: str) -> None:
    """The place of the mistake in a document is named, with what is wrong."""
    with pytest.raises(PolicyError) as refused:
        read_policy(document, Kind.IDENTITY)
    assert refused.value.place == place
    assert refused.value.problem


@pytest.mark.parametrize(
    ("kind", "statement", "place"),
    [
        (Kind.RESOURCE, allow(), "Statement[0].Principal"),
        (Kind.RESOURCE, allow(Principal="ann"), "Statement[0].Principal"),
        (Kind.RESOURCE, allow(Principal={"User": "ann"}), "Statement[0].Principal.User"),
        (Kind.TRUST, allow("sts:AssumeRole", Principal="*"), "Statement[0].Resource"),
        (Kind.TRUST, without(allow("sts:AssumeRole"), "Resource"), "Statement[0].Principal"),
    ],
)
def test_what_a_document_may_have_depends_on_where_it_stands(kind: Kind, statement: Any, place: str) -> None:
    """Resource and trust policies need principals, trust policies have no resource."""
    with pytest.raises(PolicyError) as refused:
        policy([statement], kind)
    assert refused.value.place == place
