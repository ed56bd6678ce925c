"""Refuses Lambda operations that their caller may not do, where an account's behaviour says that IAM is enforced."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts
from moto_lmi.api.errors import AccessDenied, InvalidParameterValue, LambdaError, OwnSentence
from moto_lmi.behaviour import behaviour_of
from moto_lmi.clock import clock_for
from moto_lmi.iam.attached import Caller, UnknownCaller, caller_of, find_role
from moto_lmi.iam.evaluate import Request, evaluate
from moto_lmi.iam.lambda_needs import Need, Place, needs_of
from moto_lmi.iam.operator_role import trusts_lambda
from moto_lmi.iam.policy import Kind, Policy, PolicyError, read_policy

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend

_SOURCE_IP = "127.0.0.1"
"""The address that every caller of the emulator has in conditions, so that a history can be played again."""


class UnrecognizedClient(LambdaError):
    """The access key is not valid."""

    code = "UnrecognizedClientException"

    def __init__(self) -> None:
        super().__init__("The security token included in the request is invalid.")


def check_caller(backend: LMILambdaBackend, operation: str, request: Mapping[str, Any], access_key: str) -> None:
    """Refuse the operation if the account enforces IAM and the owner of the access key may not do it.

    Raises AccessDenied in AWS's words, UnrecognizedClient for a key that is no longer valid, and InvalidParameterValue
    for an execution role that Lambda may not assume. Changes nothing but the service-linked role, which the first
    capacity provider brings.
    """
    if not behaviour_of(backend.account_id).enforce_iam:
        return
    place = Place(backend.account_id, backend.region_name)
    partition = get_partition(place.region)
    try:
        caller = caller_of(place.account_id, partition, access_key)
        first = operation == "CreateCapacityProvider" and not _has_service_linked_role(place, partition)
        for need in needs_of(place, operation, request, first_provider=first):
            _check(backend, place, caller, need)
    except UnknownCaller as error:
        raise UnrecognizedClient from error
    except PolicyError as error:
        raise OwnSentence("iam_unreadable_policy", place=error.place, problem=error.problem) from error
    if operation in ("CreateFunction", "UpdateFunctionConfiguration") and request.get("Role"):
        _check_execution_role(place, partition, request)


def bring_service_linked_role(account_id: str, region: str) -> None:
    """Make the service-linked role that AWS makes with the first provider, where IAM is enforced."""
    place, partition = Place(account_id, region), get_partition(region)
    if behaviour_of(account_id).enforce_iam and not _has_service_linked_role(place, partition):
        iam_backends[account_id][partition].create_service_linked_role(facts.value("iam.operator_trust"), "", "")


def _has_service_linked_role(place: Place, partition: str) -> bool:
    names = (role.name for role in iam_backends[place.account_id][partition].roles.values())
    return facts.value("iam.service_linked_role") in names


def _check(backend: LMILambdaBackend, place: Place, caller: Caller, need: Need) -> None:
    context = {
        "aws:requestedregion": place.region,
        "aws:currenttime": clock_for(place.account_id).now().isoformat(),
        "aws:epochtime": str(int(clock_for(place.account_id).now().timestamp())),
        "aws:principalarn": caller.principal.arn,
        "aws:principalaccount": caller.principal.account_id or "",
        "aws:resourceaccount": place.account_id,
        "aws:sourceip": _SOURCE_IP,
        **caller.context,
        **_resource_tags(backend, need),
        **need.context,
    }
    request = Request(caller.principal, need.action, need.resource, context)
    resource_policies = tuple(_function_policies(backend, need))
    policies = replace(caller.policies, resource=resource_policies, resource_account=place.account_id)
    decision = evaluate(request, policies)
    if not decision.allowed:
        raise AccessDenied(decision.sentence(request))


def _resource_tags(backend: LMILambdaBackend, need: Need) -> dict[str, str]:
    if not need.action.startswith("lambda:") or need.resource == "*":
        return {}
    with suppress(LambdaError, KeyError, AttributeError):
        tags = backend.list_tags(need.resource)
        return {f"aws:resourcetag/{key.lower()}": value for key, value in tags.items()}
    return {}


def _function_policies(backend: LMILambdaBackend, need: Need) -> list[Policy]:
    """The resource policy of the function that is meant, as AddPermission has made it."""
    if not need.action.startswith("lambda:") or ":function:" not in need.resource:
        return []
    try:
        function = backend.get_function(need.resource)
    except LambdaError:
        return []
    # moto keeps what was added with a qualifier at the version; a version begins with a copy of the function's.
    owners = {id(owner): owner for owner in (backend.get_function(function.function_name), function)}
    return [
        read_policy(
            {"Version": "2012-10-17", "Statement": [_as_stored_by_aws(item) for item in owner.policy.statements]},
            Kind.RESOURCE,
        )
        for owner in owners.values()
        if owner.policy.statements
    ]


def _as_stored_by_aws(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """The statement with the principal as an object; moto keeps ARNs and account ids as AddPermission got them."""
    principal = statement.get("Principal")
    return {**statement, "Principal": {"AWS": principal}} if isinstance(principal, str) else statement


def _check_execution_role(place: Place, partition: str, request: Mapping[str, Any]) -> None:
    role = find_role(request["Role"], partition)
    source = place.arn("lambda", f"function:{request['FunctionName'].rsplit(':', 1)[-1]}")
    if role is None or not trusts_lambda(role, place.account_id, source):
        raise InvalidParameterValue("The role defined for the function cannot be assumed by Lambda.")
