"""The operator role: its trust and permissions at creation and at each launch, and its use of a KMS key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from moto_lmi.behaviour import set_behaviour

from ..world import ACCOUNT, OPERATOR_POLICY, REGION, World
from .cases import allow, deny, when

EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
MANAGED = when("StringEquals", "ec2:ManagedResourceOperator", "scaler.lambda.amazonaws.com")
LAUNCHED = [f"arn:aws:ec2:*:*:{kind}/*" for kind in ("instance", "network-interface", "volume")]
MINIMUM = [
    allow(["ec2:RunInstances", "ec2:CreateTags"], LAUNCHED, **MANAGED),
    allow("ec2:Describe*"),
    allow("ec2:RunInstances", ["arn:aws:ec2:*:*:subnet/*", "arn:aws:ec2:*:*:security-group/*"]),
    allow("ec2:RunInstances", "arn:aws:ec2:*:*:image/*", **when("StringEquals", "ec2:Owner", "amazon")),
]


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def role_with(world: World, *statements: dict[str, Any], trust: dict[str, Any] | None = None) -> str:
    """A role with the statements, trusted to Lambda or as `trust` says."""
    arn = world.role("custom")
    world.iam.put_role_policy(RoleName="custom", PolicyName="inline", PolicyDocument=document(*statements))
    if trust:
        world.iam.update_assume_role_policy(RoleName="custom", PolicyDocument=document(trust))
    return arn


def outcome(world: World, role_arn: str) -> str:
    """How CreateCapacityProvider with the role ends: `ok` or the message."""
    request = world.provider_request(PermissionsConfig={"CapacityProviderOperatorRoleArn": role_arn})
    try:
        world.lambda_.create_capacity_provider(**request)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    return "ok"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (MINIMUM, "ok"),
        ([*MINIMUM, deny("ec2:RunInstances", "arn:aws:ec2:*:*:volume/*")], "ec2:RunInstances"),
        ([*MINIMUM, deny("ec2:*", **when("StringNotEquals", "aws:RequestedRegion", "eu-west-1"))], "ec2:DescribeSec"),
        ([allow("ec2:RunInstances", LAUNCHED), *MINIMUM[1:]], "ec2:CreateTags"),
        ([MINIMUM[0], MINIMUM[2], MINIMUM[3]], "ec2:DescribeSecurityGroups"),
        ([*MINIMUM[:2], MINIMUM[3]], "ec2:RunInstances"),
        ([*MINIMUM[:3], allow("ec2:RunInstances", "arn:aws:ec2:*:*:image/*")], "ok"),
        (
            [
                *MINIMUM[:3],
                allow("ec2:RunInstances", "arn:aws:ec2:*:*:image/*", **when("StringEquals", "ec2:Owner", "self")),
            ],
            "ec2:RunInstances",
        ),
        (
            [
                allow(
                    ["ec2:RunInstances", "ec2:CreateTags"],
                    LAUNCHED,
                    **when("StringEquals", "ec2:ManagedResourceOperator", "me"),
                ),
                *MINIMUM[1:],
            ],
            "ec2:RunInstances",
        ),
    ],
)
def test_what_a_role_of_ones_own_must_allow(world: World, statements: list[dict[str, Any]], expected: str) -> None:
    """Resources and conditions of the role's policies count, and the first action that is missing is named."""
    answer = outcome(world, role_with(world, *statements))
    assert answer == "ok" if expected == "ok" else expected in answer


def test_a_role_may_be_limited_to_the_providers_subnets(world: World) -> None:
    """Permissions on the provider's own subnets are enough, on another subnet they are not."""
    groups = allow("ec2:RunInstances", f"{EC2}:security-group/{world.group_id}")
    own = allow("ec2:RunInstances", [f"{EC2}:subnet/{subnet_id}" for subnet_id in world.subnet_ids])
    others = allow("ec2:RunInstances", f"{EC2}:subnet/subnet-0")
    role = role_with(world, *MINIMUM[:2], MINIMUM[3], groups, others)
    assert "ec2:RunInstances" in outcome(world, role)
    policy = document(*MINIMUM[:2], MINIMUM[3], groups, own)
    world.iam.put_role_policy(RoleName="custom", PolicyName="inline", PolicyDocument=policy)
    assert outcome(world, role) == "ok"


@pytest.mark.parametrize(
    ("condition", "trusted"),
    [
        ({}, True),
        (when("StringEquals", "aws:SourceAccount", ACCOUNT), True),
        (when("StringEquals", "aws:SourceAccount", "210987654321"), False),
        (when("ArnLike", "aws:SourceArn", f"arn:aws:lambda:*:{ACCOUNT}:capacity-provider:*"), True),
        (when("ArnLike", "aws:SourceArn", f"arn:aws:lambda:*:{ACCOUNT}:function:*"), False),
    ],
)
def test_the_conditions_of_the_trust_policy_count(world: World, condition: dict[str, Any], trusted: bool) -> None:
    """Guards against the confused deputy hold for the account and the provider."""
    principal = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **condition}
    answer = outcome(world, role_with(world, *MINIMUM, trust=trust))
    assert answer == "ok" if trusted else answer.startswith("The operator role is invalid")


def test_a_role_stripped_later_fails_the_next_launch(world: World) -> None:
    """A Deny or a boundary that comes after creation makes the next version fail with InsufficientRolePermissions."""
    world.function(provider=world.provider())
    world.iam.put_role_policy(RoleName="operator", PolicyName="stop", PolicyDocument=document(deny("ec2:RunInstances")))
    world.publish()
    version = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert (version["State"], version["StateReasonCode"]) == ("Failed", "InsufficientRolePermissions")
    world.iam.delete_role_policy(RoleName="operator", PolicyName="stop")
    world.publish()
    assert world.state() == "Active"


KMS = ["kms:DescribeKey", "kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey*", "kms:Encrypt"]
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/operator"
DELEGATES = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
NOBODY = allow("kms:PutKeyPolicy", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
ONLY_EC2 = when("StringEquals", "kms:ViaService", f"ec2.{REGION}.amazonaws.com")
ONLY_S3 = when("StringEquals", "kms:ViaService", f"s3.{REGION}.amazonaws.com")


@pytest.mark.parametrize(
    ("key_policy", "role_policy", "grant", "refused"),
    [
        ([DELEGATES], None, None, "kms:DescribeKey"),
        ([DELEGATES], allow(KMS), None, None),
        ([NOBODY], allow(KMS), None, "kms:DescribeKey"),
        ([allow(KMS, Principal={"AWS": OPERATOR})], None, None, None),
        ([allow(KMS, Principal={"AWS": OPERATOR}, **ONLY_EC2)], None, None, None),
        ([allow(KMS, Principal={"AWS": OPERATOR}, **ONLY_S3)], None, None, "kms:DescribeKey"),
        ([allow(KMS[:3], Principal={"AWS": OPERATOR})], None, None, "kms:GenerateDataKeyWithoutPlaintext"),
        ([allow(KMS, Principal={"AWS": OPERATOR})], deny("kms:CreateGrant"), None, "kms:CreateGrant"),
        ([NOBODY], None, ["DescribeKey", "CreateGrant", "Decrypt", "GenerateDataKeyWithoutPlaintext"], None),
        ([NOBODY], None, ["DescribeKey", "Decrypt"], "kms:CreateGrant"),
    ],
)
def test_the_key_of_the_volumes_must_be_open_to_the_role(
    world: World,
    key_policy: list[dict[str, Any]],
    role_policy: dict[str, Any] | None,
    grant: list[str] | None,
    refused: str | None,
) -> None:
    """With IAM enforced a launch needs the key policy, IAM where the key policy leaves it to IAM, or a grant."""
    key = world.kms.create_key(Policy=document(*key_policy), BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
    if role_policy:
        world.iam.put_role_policy(RoleName="operator", PolicyName="key", PolicyDocument=document(role_policy))
    if grant:
        world.kms.create_grant(KeyId=key, GranteePrincipal=OPERATOR, Operations=grant)
    set_behaviour(ACCOUNT, enforce_iam=True)
    world.function(provider=world.provider(KmsKeyArn=key))
    world.publish()
    version = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    if refused is None:
        assert version["State"] == "Active"
    else:
        assert (version["State"], version["StateReasonCode"]) == ("Failed", "KMSKeyAccessDenied")
        assert refused in version["StateReason"]


def test_the_managed_policy_is_enough(world: World) -> None:
    """AWS's own policy for operator roles passes every check, conditions and resources included."""
    assert outcome(world, world.role("other", OPERATOR_POLICY)) == "ok"
