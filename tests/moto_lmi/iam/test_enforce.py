"""IAM enforced: what callers may do with capacity providers and functions, through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from moto_lmi.behaviour import set_behaviour

from ..world import ACCOUNT, REGION, World, managed, trust
from .cases import allow, deny, when

LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"


@pytest.fixture
def enforcing(world: World) -> World:
    """A world with a provider and a function, and IAM enforced from then on."""
    world.function(provider=world.provider("trusted-one"))
    world.provider("open-one")
    set_behaviour(ACCOUNT, enforce_iam=True)
    return world


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def user(world: World, *statements: dict[str, Any]) -> Any:
    """A Lambda client of the user ann, to whom the statements are attached."""
    world.iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "shop"}])
    if statements:
        world.iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=document(*statements))
    return client_with(world.iam.create_access_key(UserName="ann")["AccessKey"])


def client_with(key: dict[str, Any]) -> Any:
    """A Lambda client with the access key or the credentials of a session."""
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key.get("SessionToken"), region_name=REGION)
    return session.client("lambda")


def assumed(world: World, *statements: dict[str, Any], boundary: str | None = None, **members: Any) -> Any:
    """A Lambda client of a session of the role dev, to which the statements are attached."""
    trusted = trust().replace("Service", "AWS").replace("lambda.amazonaws.com", ACCOUNT)
    limits = {"PermissionsBoundary": boundary} if boundary else {}
    role = world.iam.create_role(RoleName="dev", AssumeRolePolicyDocument=trusted, **limits)["Role"]["Arn"]
    world.iam.put_role_policy(RoleName="dev", PolicyName="inline", PolicyDocument=document(*statements))
    sts = boto3.client("sts", region_name=REGION)
    return client_with(sts.assume_role(RoleArn=role, RoleSessionName="one", **members)["Credentials"])


def refusal(call: Callable[..., Any], **members: Any) -> tuple[int, str, str]:
    """Status, code and message with which the call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**members)
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def no_identity(action: str, resource: str, caller: str = USER) -> tuple[int, str, str]:
    """The refusal for want of an Allow, in AWS's words."""
    text = f"User: {caller} is not authorized to perform: {action} on resource: {resource} "
    return 403, "AccessDeniedException", text + f"because no identity-based policy allows the {action} action"


def test_nothing_is_refused_unless_it_is_switched_on(world: World) -> None:
    """Without the switch a user without policies may do everything, as in moto."""
    assert user(world).list_capacity_providers()["CapacityProviders"] == []


def test_keys_that_iam_has_not_given_out_are_the_root_user(enforcing: World) -> None:
    """The account's default credentials may do everything."""
    assert len(enforcing.lambda_.list_capacity_providers()["CapacityProviders"]) == 2


@pytest.mark.parametrize(
    ("call", "members", "action", "resource"),
    [
        ("list_capacity_providers", {}, "lambda:ListCapacityProviders", "*"),
        ("get_capacity_provider", {"CapacityProviderName": "x"}, "lambda:GetCapacityProvider", "capacity-provider:x"),
        (
            "get_capacity_provider",
            {"CapacityProviderName": f"{LAMBDA}:capacity-provider:x"},
            "lambda:GetCapacityProvider",
            "capacity-provider:x",
        ),
        (
            "update_capacity_provider",
            {"CapacityProviderName": "x"},
            "lambda:UpdateCapacityProvider",
            "capacity-provider:x",
        ),
        (
            "delete_capacity_provider",
            {"CapacityProviderName": "trusted-one"},
            "lambda:DeleteCapacityProvider",
            "capacity-provider:trusted-one",
        ),
        (
            "list_function_versions_by_capacity_provider",
            {"CapacityProviderName": "x"},
            "lambda:ListFunctionVersionsByCapacityProvider",
            "capacity-provider:x",
        ),
        ("get_function", {"FunctionName": "fn"}, "lambda:GetFunction", "function:fn"),
        ("get_function", {"FunctionName": "fn", "Qualifier": "1"}, "lambda:GetFunction", "function:fn"),
        ("publish_version", {"FunctionName": f"{LAMBDA}:function:fn"}, "lambda:PublishVersion", "function:fn"),
        ("publish_version", {"FunctionName": f"{ACCOUNT}:function:fn"}, "lambda:PublishVersion", "function:fn"),
        ("delete_function", {"FunctionName": "fn"}, "lambda:DeleteFunction", "function:fn"),
        (
            "put_function_scaling_config",
            {"FunctionName": "fn", "Qualifier": "1"},
            "lambda:PutFunctionScalingConfig",
            "function:fn",
        ),
        ("invoke", {"FunctionName": "fn", "Qualifier": "live"}, "lambda:InvokeFunction", "function:fn:live"),
        ("list_tags", {"Resource": f"{LAMBDA}:capacity-provider:x"}, "lambda:ListTags", "capacity-provider:x"),
        (
            "tag_resource",
            {"Resource": f"{LAMBDA}:capacity-provider:x", "Tags": {"a": "b"}},
            "lambda:TagResource",
            "capacity-provider:x",
        ),
    ],
)
def test_each_operation_asks_for_its_action_on_its_resource(
    enforcing: World, call: str, members: dict[str, Any], action: str, resource: str
) -> None:
    """A user without policies is refused with AWS's code and sentence, whether the resource exists or not."""
    arn = resource if resource == "*" else f"{LAMBDA}:{resource}"
    assert refusal(getattr(user(enforcing), call), **members) == no_identity(action, arn)


def test_a_refused_call_changes_nothing(enforcing: World) -> None:
    """After a refused DeleteFunction and CreateCapacityProvider the account is as it was."""
    ann = user(enforcing)
    refusal(ann.delete_function, FunctionName="fn")
    refusal(ann.create_capacity_provider, **enforcing.provider_request("new"))
    names = [item["CapacityProviderArn"] for item in enforcing.lambda_.list_capacity_providers()["CapacityProviders"]]
    assert [name.rsplit(":", 1)[1] for name in names] == ["open-one", "trusted-one"]
    assert enforcing.state(qualifier="$LATEST") == "ActiveNonInvocable"


ROLES = f"arn:aws:iam::{ACCOUNT}:role"
TO_LAMBDA = when("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")
TRUSTED = f"{LAMBDA}:capacity-provider:trusted-*"
CREATE = allow("lambda:CreateFunction")
PASS_ROLE = allow("iam:PassRole", f"{ROLES}/execution", **TO_LAMBDA)


@pytest.mark.parametrize(
    ("statements", "provider", "refused"),
    [
        ([CREATE], "trusted-one", ("iam:PassRole", f"{ROLES}/execution")),
        (
            [CREATE, PASS_ROLE],
            "trusted-one",
            ("lambda:PassCapacityProvider", f"{LAMBDA}:capacity-provider:trusted-one"),
        ),
        ([CREATE, PASS_ROLE, allow("lambda:PassCapacityProvider", TRUSTED)], "trusted-one", None),
        (
            [CREATE, PASS_ROLE, allow("lambda:PassCapacityProvider", TRUSTED)],
            "open-one",
            ("lambda:PassCapacityProvider", f"{LAMBDA}:capacity-provider:open-one"),
        ),
    ],
)
def test_creating_a_function_passes_a_role_and_a_provider(
    enforcing: World, statements: list[dict[str, Any]], provider: str, refused: tuple[str, str] | None
) -> None:
    """CreateFunction takes PassRole on the execution role and PassCapacityProvider on the provider."""
    request = enforcing.function_request("new", f"{LAMBDA}:capacity-provider:{provider}")
    ann = user(enforcing, *statements)
    if refused is None:
        assert ann.create_function(**request)["State"] == "Pending"
    else:
        assert refusal(ann.create_function, **request) == no_identity(*refused)


def test_moving_a_function_to_another_provider_passes_it(enforcing: World) -> None:
    """UpdateFunctionConfiguration takes PassCapacityProvider only when it names a provider."""
    ann = user(enforcing, allow("lambda:UpdateFunctionConfiguration"))
    config = managed(f"{LAMBDA}:capacity-provider:open-one")
    refused = refusal(ann.update_function_configuration, FunctionName="fn", CapacityProviderConfig=config)
    assert refused == no_identity("lambda:PassCapacityProvider", f"{LAMBDA}:capacity-provider:open-one")
    assert ann.update_function_configuration(FunctionName="fn", Description="new")["Description"] == "new"


def test_the_first_provider_takes_the_service_linked_role(world: World) -> None:
    """CreateCapacityProvider takes PassRole, TagResource with tags, and CreateServiceLinkedRole the first time."""
    set_behaviour(ACCOUNT, enforce_iam=True)
    passing = allow("iam:PassRole", world.operator_role_arn, **TO_LAMBDA)
    ann = user(world, allow("lambda:CreateCapacityProvider"), passing)
    linked = f"{ROLES}/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"
    first = refusal(ann.create_capacity_provider, **world.provider_request())
    assert first == no_identity("iam:CreateServiceLinkedRole", linked)
    world.lambda_.create_capacity_provider(**world.provider_request("by-root"))
    assert world.iam.get_role(RoleName="AWSServiceRoleForLambda")["Role"]["Arn"] == linked
    assert ann.create_capacity_provider(**world.provider_request())["CapacityProvider"]["State"] == "Pending"
    tagged = refusal(ann.create_capacity_provider, **world.provider_request("other", Tags={"team": "shop"}))
    assert tagged == no_identity("lambda:TagResource", f"{LAMBDA}:capacity-provider:other")


def test_tags_of_request_resource_and_caller_count(enforcing: World) -> None:
    """Conditions see the tags in the request, on the resource and on the caller."""
    ann = user(
        enforcing,
        allow("lambda:TagResource", **when("StringEquals", "aws:RequestTag/team", "${aws:PrincipalTag/team}")),
        allow("lambda:GetCapacityProvider", **when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}")),
    )
    arn = f"{LAMBDA}:capacity-provider:open-one"
    assert refusal(ann.get_capacity_provider, CapacityProviderName="open-one")[1] == "AccessDeniedException"
    assert refusal(ann.tag_resource, Resource=arn, Tags={"team": "other"})[1] == "AccessDeniedException"
    ann.tag_resource(Resource=arn, Tags={"team": "shop"})
    assert ann.get_capacity_provider(CapacityProviderName="open-one")["CapacityProvider"]["State"] == "Active"


def test_groups_and_managed_policies_count_in_their_default_version(enforcing: World) -> None:
    """A user has what the groups have; of a managed policy its default version counts."""
    ann = user(enforcing)
    arn = enforcing.iam.create_policy(PolicyName="p", PolicyDocument=document(allow("lambda:List*")))["Policy"]["Arn"]
    enforcing.iam.create_group(GroupName="devs")
    enforcing.iam.add_user_to_group(GroupName="devs", UserName="ann")
    enforcing.iam.attach_group_policy(GroupName="devs", PolicyArn=arn)
    assert len(ann.list_capacity_providers()["CapacityProviders"]) == 2
    enforcing.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("iam:*")), SetAsDefault=True)
    assert refusal(ann.list_capacity_providers) == no_identity("lambda:ListCapacityProviders", "*")


def test_a_session_of_a_role_is_limited_by_boundary_and_session_policy(enforcing: World) -> None:
    """A session has the role's policies, cut by the role's boundary and by the policy it was assumed with."""
    boundary = enforcing.iam.create_policy(
        PolicyName="limit", PolicyDocument=document(allow("lambda:*"), deny("lambda:DeleteFunction"))
    )["Policy"]["Arn"]
    dev = assumed(enforcing, allow(), boundary=boundary, Policy=document(allow("lambda:Get*"), allow("lambda:Del*")))
    assert dev.get_function(FunctionName="fn")["Configuration"]["FunctionName"] == "fn"
    me = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/dev/one is not authorized to perform: "
    by_boundary = refusal(dev.delete_function, FunctionName="fn")[2]
    assert by_boundary == (
        f"{me}lambda:DeleteFunction on resource: {LAMBDA}:function:fn with an explicit deny in a permissions boundary"
    )
    by_session = refusal(dev.list_capacity_providers)[2]
    assert by_session == (
        f"{me}lambda:ListCapacityProviders on resource: * "
        "because no session policy allows the lambda:ListCapacityProviders action"
    )


def test_the_functions_own_policy_lets_a_user_invoke(enforcing: World) -> None:
    """AddPermission for a user's ARN is enough within the account; for the function only, not for a version."""
    ann = user(enforcing)
    enforcing.publish()
    enforcing.lambda_.add_permission(
        FunctionName="fn", StatementId="ann", Action="lambda:InvokeFunction", Principal=USER
    )
    assert ann.invoke(FunctionName="fn", InvocationType="DryRun")["StatusCode"] == 204
    qualified = refusal(ann.invoke, FunctionName="fn", Qualifier="$LATEST.PUBLISHED", InvocationType="DryRun")
    assert qualified == no_identity("lambda:InvokeFunction", f"{LAMBDA}:function:fn:$LATEST.PUBLISHED")


def test_keys_that_are_no_longer_valid_are_refused(enforcing: World) -> None:
    """An inactive and a deleted access key get UnrecognizedClientException."""
    ann = user(enforcing, allow())
    (key,) = enforcing.iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    refused = (403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    enforcing.iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(ann.list_functions) == refused
    enforcing.iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Active")
    assert len(ann.list_functions()["Functions"]) == 1
    enforcing.iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    assert refusal(ann.list_functions) == refused


def test_the_execution_role_must_trust_lambda(enforcing: World) -> None:
    """A role that EC2 may assume is no execution role."""
    request = enforcing.function_request("new", Role=enforcing.role("for-ec2", service="ec2.amazonaws.com"))
    assert refusal(enforcing.lambda_.create_function, **request) == (
        400,
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    )


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ("{'Version'", "line 1 column 2: this is no JSON"),
        (json.dumps({"Version": "2012-10-17"}), "Statement: it is missing"),
        (json.dumps({"Statement": [allow()]}), "Version: it must be 2012-10-17"),
        (document({"Effect": "Allow", "Action": "*"}), "Statement[0].Resource: Resource or NotResource is needed"),
    ],
)
def test_a_malformed_policy_is_refused_with_its_place(world: World, policy: str, place: str) -> None:
    """IAM's refusal of a document says where the mistake is, and nothing is stored."""
    status, code, message = refusal(
        world.iam.put_role_policy, RoleName="operator", PolicyName="new", PolicyDocument=policy
    )
    assert (status, code) == (400, "MalformedPolicyDocument")
    assert message.endswith(f"({place})")
    assert world.iam.list_role_policies(RoleName="operator")["PolicyNames"] == []
    assert refusal(world.iam.create_policy, PolicyName="new", PolicyDocument=policy)[2].endswith(f"({place})")


def test_a_malformed_trust_or_key_policy_is_refused(world: World) -> None:
    """CreateRole and the KMS calls name the place too, and make nothing."""
    keys = len(world.kms.list_keys()["Keys"])
    bad = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    assert refusal(world.iam.create_role, RoleName="new", AssumeRolePolicyDocument=bad)[1] == "MalformedPolicyDocument"
    assert refusal(world.iam.get_role, RoleName="new")[1] == "NoSuchEntity"
    expected = (400, "MalformedPolicyDocumentException", "Statement[0].Principal: Principal or NotPrincipal is needed")
    assert refusal(world.kms.create_key, Policy=bad) == expected
    assert len(world.kms.list_keys()["Keys"]) == keys
