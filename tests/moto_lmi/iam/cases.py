"""Decisions of IAM as data: what is attached, what is asked, what AWS decides, and where that is written.

`source` names the page of AWS's documentation whose rule the case follows, or "model" where it is only the
emulator's reading of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto_lmi.iam.evaluate import BOUNDARY, IDENTITY, RESOURCE, SESSION, TRUST

LOGIC = "IAM User Guide, Policy evaluation logic"
ELEMENTS = "IAM User Guide, IAM JSON policy elements: "
WILDCARDS = ELEMENTS + "Resource"
VARIABLES = ELEMENTS + "Variables"
OPERATORS = ELEMENTS + "Condition operators"
MULTIVALUED = "IAM User Guide, Multivalued context keys"
BOUNDARIES = "IAM User Guide, Permissions boundaries"
KEYS = "KMS Developer Guide, Key policies"
REFERENCE = "Service Authorization Reference, AWS Lambda"
SECURITY = "Lambda Developer Guide, lambda-managed-instances-security"

ACCOUNT = "123456789012"
OTHER = "210987654321"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/dev"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/dev/one"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:shop-cart"
PROVIDER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:capacity-provider:trusted-workloads-a"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b"


def allow(action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    """A Deny statement."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **others}


def without(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    """The statement without some elements."""
    return {name: value for name, value in statement.items() if name not in names}


def to(principal: Any, action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    """An Allow statement of a resource policy."""
    return allow(action, resource, Principal=principal, **others)


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    """A Condition block as a keyword."""
    return {"Condition": {operator: {key: value}}}


@dataclass(frozen=True)
class Case:
    """One request and its decision: None when it is allowed, else the kind of policy and whether a Deny was it."""

    name: str
    source: str
    refused: tuple[str, bool] | None
    identity: list[dict[str, Any]] = field(default_factory=list)
    action: str = "lambda:GetFunction"
    resource: str = FUNCTION
    context: dict[str, Any] = field(default_factory=dict)
    principal: str = USER
    boundary: list[dict[str, Any]] | None = None
    session: list[dict[str, Any]] | None = None
    on_resource: list[dict[str, Any]] = field(default_factory=list)
    resource_account: str = ACCOUNT
    resource_kind: str = RESOURCE
    resource_decides: bool = False
    version: str = "2012-10-17"


NO_IDENTITY = (IDENTITY, False)
DENIED = (IDENTITY, True)
PASS = "lambda:PassCapacityProvider"
TRUSTED = "arn:aws:lambda:*:*:capacity-provider:trusted-workloads-*"
TAGGED = {"aws:requesttag/team": "a", "aws:tagkeys": ("team",)}
TWO_KEYS = {"aws:tagkeys": ("team", "cost")}

CASES = [
    # Allow, Deny and nothing
    Case("nothing is attached", LOGIC, NO_IDENTITY),
    Case("an Allow for everything", LOGIC, None, [allow()]),
    Case("a Deny beside an Allow", LOGIC, DENIED, [allow(), deny("lambda:GetFunction")]),
    Case("a Deny before the Allow", LOGIC, DENIED, [deny("lambda:Get*"), allow()]),
    Case("a Deny for something else", LOGIC, None, [allow(), deny("lambda:DeleteFunction")]),
    Case("the root user needs no policy", LOGIC, None, principal=ROOT),
    # Action and NotAction
    Case("action names know no case", ELEMENTS + "Action", None, [allow("LAMBDA:getfunction")]),
    Case("a wildcard inside an action", ELEMENTS + "Action", None, [allow("lambda:*Function")]),
    Case("a question mark is one character", ELEMENTS + "Action", NO_IDENTITY, [allow("lambda:GetFunctio?n")]),
    Case("another service", ELEMENTS + "Action", NO_IDENTITY, [allow("iam:*")]),
    Case("NotAction allows the rest", ELEMENTS + "NotAction", None, [without(allow(NotAction="iam:*"), "Action")]),
    Case(
        "NotAction leaves its own out",
        ELEMENTS + "NotAction",
        NO_IDENTITY,
        [without(allow(NotAction=["iam:*", "lambda:*"]), "Action")],
    ),
    Case(
        "Deny with NotAction",
        ELEMENTS + "NotAction",
        DENIED,
        [allow(), without(deny(NotAction="lambda:List*"), "Action")],
    ),
    # Resource and NotResource
    Case("the function itself", WILDCARDS, None, [allow("lambda:*", FUNCTION)]),
    Case("names of resources know case", WILDCARDS, NO_IDENTITY, [allow("lambda:*", FUNCTION.replace("shop", "Shop"))]),
    Case("a wildcard in the name", WILDCARDS, None, [allow("lambda:*", f"{FUNCTION[:-4]}*")]),
    Case(
        "a wildcard ends with its part of the ARN",
        OPERATORS,
        NO_IDENTITY,
        [allow("lambda:*", f"arn:aws:lambda:*:function:{FUNCTION.rsplit(':', 1)[1]}")],
    ),
    Case("another account's function", WILDCARDS, NO_IDENTITY, [allow("lambda:*", FUNCTION.replace(ACCOUNT, OTHER))]),
    Case("NotResource", ELEMENTS + "NotResource", None, [without(allow(NotResource=PROVIDER), "Resource")]),
    Case(
        "Deny with NotResource",
        ELEMENTS + "NotResource",
        DENIED,
        [allow(), without(deny(NotResource=PROVIDER), "Resource")],
    ),
    Case(
        "an action without resources wants a star",
        REFERENCE,
        NO_IDENTITY,
        [allow("lambda:*", "arn:aws:lambda:*:*:function:*")],
        action="lambda:ListFunctions",
        resource="*",
    ),
    Case("square brackets are no pattern", WILDCARDS, NO_IDENTITY, [allow("lambda:*", f"{FUNCTION[:-1]}[t]")]),
    # Variables
    Case(
        "the user's name in a resource",
        VARIABLES,
        None,
        [allow("lambda:*", "arn:aws:lambda:*:*:function:${aws:username}-*")],
        resource=FUNCTION.replace("shop", "ann"),
        context={"aws:username": "ann"},
    ),
    Case(
        "a variable without a value fits nothing",
        VARIABLES,
        NO_IDENTITY,
        [allow("lambda:*", "arn:aws:lambda:*:*:function:${aws:username}*")],
    ),
    Case(
        "a variable with a default",
        VARIABLES,
        None,
        [allow("lambda:*", "arn:aws:lambda:*:*:function:${aws:principaltag/team, 'shop'}-*")],
    ),
    Case(
        "a star in a value is a star",
        VARIABLES,
        NO_IDENTITY,
        [allow("lambda:*", "arn:aws:lambda:*:*:function:${aws:username}")],
        context={"aws:username": "*"},
    ),
    Case(
        "version 2008-10-17 knows no variables",
        VARIABLES,
        NO_IDENTITY,
        [allow("lambda:*", "arn:aws:lambda:*:*:function:${aws:username}-cart")],
        context={"aws:username": "shop"},
        version="2008-10-17",
    ),
    # Conditions
    Case(
        "StringEquals knows case",
        OPERATORS,
        NO_IDENTITY,
        [allow(**when("StringEquals", "aws:RequestTag/team", "A"))],
        context=TAGGED,
    ),
    Case(
        "StringEqualsIgnoreCase",
        OPERATORS,
        None,
        [allow(**when("StringEqualsIgnoreCase", "aws:RequestTag/team", "A"))],
        context=TAGGED,
    ),
    Case("a missing key is false", OPERATORS, NO_IDENTITY, [allow(**when("StringEquals", "aws:RequestTag/team", "a"))]),
    Case("… IfExists true", OPERATORS, None, [allow(**when("StringEqualsIfExists", "aws:RequestTag/team", "a"))]),
    Case("… negated true", OPERATORS, None, [allow(**when("StringNotEquals", "aws:RequestTag/team", "a"))]),
    Case("Null asks whether it is missing", OPERATORS, None, [allow(**when("Null", "aws:RequestTag/team", "true"))]),
    Case(
        "several values: one is enough",
        OPERATORS,
        None,
        [allow(**when("StringLike", "aws:RequestTag/team", ["b", "a*"]))],
        context=TAGGED,
    ),
    Case(
        "negated: none may fit",
        OPERATORS,
        NO_IDENTITY,
        [allow(**when("StringNotEquals", "aws:RequestTag/team", ["b", "a"]))],
        context=TAGGED,
    ),
    Case(
        "two operators must both hold",
        OPERATORS,
        NO_IDENTITY,
        [allow(Condition={"StringEquals": {"aws:RequestTag/team": "a"}, "Bool": {"aws:SecureTransport": "true"}})],
        context=TAGGED,
    ),
    Case(
        "ArnLike compares part by part",
        OPERATORS,
        None,
        [allow(**when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*"))],
        context={"aws:principalarn": USER},
    ),
    Case(
        "NumericLessThan",
        OPERATORS,
        NO_IDENTITY,
        [allow(**when("NumericLessThan", "aws:MultiFactorAuthAge", "300"))],
        context={"aws:multifactorauthage": "300"},
    ),
    Case(
        "DateGreaterThan",
        OPERATORS,
        None,
        [allow(**when("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"))],
        context={"aws:currenttime": "2026-06-01T00:00:00+00:00"},
    ),
    Case(
        "dates in seconds",
        OPERATORS,
        None,
        [allow(**when("DateLessThan", "aws:EpochTime", "1900000000"))],
        context={"aws:epochtime": "1800000000"},
    ),
    Case(
        "NotIpAddress",
        OPERATORS,
        DENIED,
        [allow(), deny(**when("NotIpAddress", "aws:SourceIp", ["192.0.2.0/24", "203.0.113.0/24"]))],
        context={"aws:sourceip": "127.0.0.1"},
    ),
    Case(
        "Bool",
        OPERATORS,
        NO_IDENTITY,
        [allow(**when("Bool", "aws:MultiFactorAuthPresent", True))],
        context={"aws:multifactorauthpresent": "false"},
    ),
    Case(
        "a variable in a condition",
        VARIABLES,
        None,
        [allow(**when("StringEquals", "aws:ResourceTag/owner", "${aws:username}"))],
        context={"aws:resourcetag/owner": "ann", "aws:username": "ann"},
    ),
    Case(
        "ForAllValues: every key is allowed",
        MULTIVALUED,
        NO_IDENTITY,
        [allow(**when("ForAllValues:StringEquals", "aws:TagKeys", ["team"]))],
        context=TWO_KEYS,
    ),
    Case(
        "ForAllValues of no key is true",
        MULTIVALUED,
        None,
        [allow(**when("ForAllValues:StringEquals", "aws:TagKeys", ["team"]))],
    ),
    Case(
        "ForAnyValue: one key is enough",
        MULTIVALUED,
        None,
        [allow(**when("ForAnyValue:StringEquals", "aws:TagKeys", ["team"]))],
        context=TWO_KEYS,
    ),
    Case(
        "ForAnyValue of no key is false",
        MULTIVALUED,
        NO_IDENTITY,
        [allow(**when("ForAnyValue:StringEquals", "aws:TagKeys", ["team"]))],
    ),
    # Boundaries and session policies
    Case("a boundary allows nothing by itself", BOUNDARIES, NO_IDENTITY, boundary=[allow()]),
    Case("a boundary limits", BOUNDARIES, (BOUNDARY, False), [allow()], boundary=[allow("ec2:*")]),
    Case("a Deny in the boundary", BOUNDARIES, (BOUNDARY, True), [allow()], boundary=[allow(), deny("lambda:*")]),
    Case("within both", BOUNDARIES, None, [allow()], boundary=[allow("lambda:Get*")]),
    Case("a session policy limits", LOGIC, (SESSION, False), [allow()], principal=SESSION_ARN, session=[allow("s3:*")]),
    Case("the role's own policy still counts", LOGIC, NO_IDENTITY, principal=SESSION_ARN, session=[allow()]),
    # Resource policies
    Case("a resource policy names the user", LOGIC, None, on_resource=[to({"AWS": USER})]),
    Case(
        "… and a boundary does not limit that",
        LOGIC,
        None,
        boundary=[allow("ec2:*")],
        on_resource=[to({"AWS": USER})],
    ),
    Case(
        "… but it limits what names a role",
        LOGIC,
        (BOUNDARY, False),
        principal=SESSION_ARN,
        boundary=[allow("ec2:*")],
        on_resource=[to({"AWS": ROLE})],
    ),
    Case("a resource policy names another user", LOGIC, NO_IDENTITY, on_resource=[to({"AWS": f"{USER}a"})]),
    Case("naming the account leaves it to IAM", LOGIC, NO_IDENTITY, on_resource=[to({"AWS": ACCOUNT})]),
    Case(
        "a Deny of the resource policy",
        LOGIC,
        (RESOURCE, True),
        [allow()],
        on_resource=[deny(Principal="*")],
    ),
    Case(
        "Deny with NotPrincipal wants the account too",
        ELEMENTS + "NotPrincipal",
        (RESOURCE, True),
        [allow()],
        on_resource=[deny(NotPrincipal={"AWS": USER})],
    ),
    Case(
        "Deny with NotPrincipal, both named",
        ELEMENTS + "NotPrincipal",
        None,
        [allow()],
        on_resource=[deny(NotPrincipal={"AWS": [USER, ROOT]})],
    ),
    Case(
        "between accounts identity alone is not enough",
        LOGIC,
        (RESOURCE, False),
        [allow()],
        resource_account=OTHER,
    ),
    Case(
        "between accounts the resource alone is not enough",
        LOGIC,
        NO_IDENTITY,
        resource_account=OTHER,
        on_resource=[to({"AWS": USER})],
    ),
    Case(
        "between accounts both",
        LOGIC,
        None,
        [allow()],
        resource_account=OTHER,
        on_resource=[to({"AWS": ACCOUNT})],
    ),
    # Managed instances
    Case("passing a trusted provider", SECURITY, None, [allow(PASS, TRUSTED)], action=PASS, resource=PROVIDER),
    Case(
        "passing another provider",
        SECURITY,
        NO_IDENTITY,
        [allow(PASS, TRUSTED)],
        action=PASS,
        resource=PROVIDER.replace("trusted", "open"),
    ),
    Case(
        "passing a role to Lambda only",
        "IAM User Guide, Grant a user permissions to pass a role",
        NO_IDENTITY,
        [allow("iam:PassRole", ROLE, **when("StringEquals", "iam:PassedToService", "ec2.amazonaws.com"))],
        action="iam:PassRole",
        resource=ROLE,
        context={"iam:passedtoservice": "lambda.amazonaws.com"},
    ),
    # Keys and trust
    Case(
        "an IAM policy alone opens no key",
        KEYS,
        (RESOURCE, False),
        [allow("kms:*")],
        action="kms:Decrypt",
        resource=KEY,
        on_resource=[to({"AWS": f"arn:aws:iam::{ACCOUNT}:user/boss"}, "kms:*")],
        resource_decides=True,
    ),
    Case(
        "a key policy that names the account delegates",
        KEYS,
        None,
        [allow("kms:Decrypt", KEY)],
        action="kms:Decrypt",
        resource=KEY,
        on_resource=[to({"AWS": ROOT}, "kms:*")],
        resource_decides=True,
    ),
    Case(
        "delegation alone is not enough",
        KEYS,
        NO_IDENTITY,
        action="kms:Decrypt",
        resource=KEY,
        on_resource=[to({"AWS": ROOT}, "kms:*")],
        resource_decides=True,
    ),
    Case(
        "a trust policy for Lambda",
        "Lambda Developer Guide, lambda-managed-instances-operator-role",
        None,
        action="sts:AssumeRole",
        resource=ROLE,
        principal="lambda.amazonaws.com",
        on_resource=[without(to({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole"), "Resource")],
        resource_kind=TRUST,
    ),
    Case(
        "a trust policy for another account's sources",
        "IAM User Guide, The confused deputy problem",
        (TRUST, False),
        action="sts:AssumeRole",
        resource=ROLE,
        principal="lambda.amazonaws.com",
        context={"aws:sourceaccount": ACCOUNT},
        on_resource=[
            without(
                to(
                    {"Service": "lambda.amazonaws.com"},
                    "sts:AssumeRole",
                    **when("StringEquals", "aws:SourceAccount", OTHER),
                ),
                "Resource",
            )
        ],
        resource_kind=TRUST,
    ),
    Case("short ARN patterns that end with a star", "model", None, [allow("lambda:*", "arn:aws:lambda:*")]),
]
