"""Requests that break limits of the service model, in AWS's words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.core.utils import get_service_model

from moto_lmi.api.errors import LambdaError, SerializationException, ValidationException
from moto_lmi.api.validation import read_request

OPERATION = get_service_model("lambda").operation_model("CreateCapacityProvider")
GOOD: dict[str, Any] = {
    "CapacityProviderName": "cp",
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []},
    "PermissionsConfig": {"CapacityProviderOperatorRoleArn": "arn:aws:iam::123456789012:role/op"},
}


def read(**members: Any) -> dict[str, Any]:
    """Read a CreateCapacityProvider request with these members."""
    return read_request(OPERATION, {}, {}, {}, json.dumps({**GOOD, **members}).encode())


def test_a_good_request_comes_through_whole() -> None:
    """Every member arrives, and members that the model doesn't have are dropped."""
    tags = {"team": "blue", "Ünïcode key": ""}
    assert read(Tags=tags, Nonsense=1) == {**GOOD, "Tags": tags}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"CapacityProviderName": ""},
            "2 validation errors detected: Value '' at 'capacityProviderName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1; Value '' at 'capacityProviderName' failed",
        ),
        (
            {"VpcConfig": {"SubnetIds": ["subnet-1"]}},
            "1 validation error detected: Value null at 'vpcConfig.securityGroupIds' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            {"VpcConfig": {"SubnetIds": ["net-1"], "SecurityGroupIds": []}},
            "1 validation error detected: Value '[net-1]' at 'vpcConfig.subnetIds' failed to satisfy constraint: "
            "Member must satisfy constraint: [Member must have length less than or equal to 1024, "
            "Member must have length greater than or equal to 0, "
            "Member must satisfy regular expression pattern: subnet-[0-9a-z]*]",
        ),
        (
            {
                "CapacityProviderScalingConfig": {
                    "ScalingPolicies": [{"PredefinedMetricType": "CPU", "TargetValue": -1}]
                }
            },
            "2 validation errors detected: Value 'CPU' at "
            "'capacityProviderScalingConfig.scalingPolicies.1.member.predefinedMetricType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [LambdaCapacityProviderAverageCPUUtilization, "
            "LambdaCapacityProviderAverageGPUUtilization]; Value '-1.0' at "
            "'capacityProviderScalingConfig.scalingPolicies.1.member.targetValue' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0",
        ),
        (
            {"Tags": {"a": "x" * 257}},
            "Map value must satisfy constraint: [Member must have length less than or equal to 256",
        ),
    ],
)
def test_limits_are_named_as_aws_names_them(members: dict[str, Any], message: str) -> None:
    """The path is in lower camel case, the constraint in the service's own sentence."""
    with pytest.raises(ValidationException) as caught:
        read(**members)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"\xff\xfe", b'{"CapacityProviderName": NaN}', b"[" * 100_000, b'{"CapacityProviderName": {"a": 1}}'],
)
def test_what_cannot_be_read_is_a_serialization_error(body: bytes) -> None:
    """A body that is no JSON object, or a value of the wrong type, never gets as far as the limits."""
    with pytest.raises(SerializationException):
        read_request(OPERATION, {}, {}, {}, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(OPERATION.input_shape.members)), json_values))
def test_any_json_is_read_or_refused(members: dict[str, Any]) -> None:
    """Whatever the values, the answer is a request or one of Lambda's errors."""
    try:
        status, names = 200, set(read(**members))
    except LambdaError as error:
        status, names = error.answer()[0], set()
    assert status in (200, 400)
    assert names <= set(OPERATION.input_shape.members)


def test_the_error_reaches_the_client(world: Any) -> None:
    """boto3 sees code, status and message."""
    with pytest.raises(ClientError) as caught:
        world.lambda_.get_capacity_provider(CapacityProviderName="bad name")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "at 'capacityProviderName' failed to satisfy constraint" in caught.value.response["Error"]["Message"]
