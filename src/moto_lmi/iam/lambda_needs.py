"""Which actions on which resources a Lambda operation takes, after AWS's Service Authorization Reference for Lambda."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.ec2.models import ec2_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts

Values = Mapping[str, str | tuple[str, ...]]

_OTHER_ACTIONS = {
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}
_QUALIFIED = {"Invoke", "InvokeWithResponseStream", "PutProvisionedConcurrencyConfig"}
"""Operations that are authorised on the version or alias that they name; the others on the function."""
_WITHOUT_RESOURCE = {
    *("ListFunctions", "ListCapacityProviders", "ListEventSourceMappings", "ListLayers", "ListLayerVersions"),
    *("GetAccountSettings", "CreateEventSourceMapping", "ListCodeSigningConfigs", "CreateCodeSigningConfig"),
}
_FUNCTION_ARN_KEY = {"CreateEventSourceMapping", "UpdateEventSourceMapping", "CreateFunctionUrlConfig"}
_PRINCIPAL_KEY = {"AddPermission", "RemovePermission"}


@dataclass(frozen=True)
class Need:
    """An action that a caller must be allowed, the resource it is on and the condition keys it comes with."""

    action: str
    resource: str
    context: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """The account and Region in which an operation is called."""

    account_id: str
    region: str

    def arn(self, service: str, rest: str, *, regional: bool = True) -> str:
        """An ARN here."""
        region = self.region if regional else ""
        return f"arn:{get_partition(self.region)}:{service}:{region}:{self.account_id}:{rest}"


def needs_of(place: Place, operation: str, request: Mapping[str, Any], *, first_provider: bool = False) -> list[Need]:
    """What the operation takes, its own action first.

    `first_provider` says that the account has no service-linked role yet, which the first provider makes.
    """
    resource = _resource_of(place, operation, request)
    needs = [Need(f"lambda:{_OTHER_ACTIONS.get(operation, operation)}", resource, _own_keys(place, operation, request))]
    needs += _passed(place, operation, request, resource)
    if request.get("Tags") and operation.startswith("Create"):
        needs.append(Need("lambda:TagResource", resource, _tag_keys(request)))
    if operation == "CreateCapacityProvider" and first_provider:
        service = facts.value("iam.operator_trust")
        role = f"role/aws-service-role/{service}/{facts.value('iam.service_linked_role')}"
        arn = place.arn("iam", role, regional=False)
        needs.append(Need(facts.value("iam.slr_permission"), arn, {"iam:awsservicename": service}))
    return needs


def _passed(place: Place, operation: str, request: Mapping[str, Any], resource: str) -> Iterator[Need]:
    """The roles, capacity providers and layers that the request hands over."""
    if operation not in ("CreateFunction", "UpdateFunctionConfiguration", "CreateCapacityProvider"):
        return
    role = request.get("Role") or request.get("PermissionsConfig", {}).get("CapacityProviderOperatorRoleArn")
    if role:
        keys = {"iam:passedtoservice": facts.value("iam.operator_trust"), "iam:associatedresourcearn": resource}
        yield Need("iam:PassRole", role, keys)
    config = (request.get("CapacityProviderConfig") or {}).get("LambdaManagedInstancesCapacityProviderConfig")
    if config:
        yield Need(facts.value("iam.pass_permission"), config["CapacityProviderArn"])
    for layer in request.get("Layers", ()):
        yield Need("lambda:GetLayerVersion", layer)


def _resource_of(place: Place, operation: str, request: Mapping[str, Any]) -> str:
    if operation in _WITHOUT_RESOURCE:
        return "*"
    if "CapacityProviderName" in request:
        return _whole(place, request["CapacityProviderName"], "capacity-provider")
    if "FunctionName" in request and "UUID" not in request:
        name, _, inner = request["FunctionName"].removeprefix(place.arn("lambda", "function:")).partition(":")
        if name == "arn":
            return str(request["FunctionName"])
        if inner and name.isdigit():  # the partial form ACCOUNT:function:NAME
            name, _, inner = inner.removeprefix("function:").partition(":")
        qualifier = request.get("Qualifier") or inner
        suffix = f":{qualifier}" if qualifier and operation in _QUALIFIED else ""
        return place.arn("lambda", f"function:{name}{suffix}")
    if "UUID" in request:
        return place.arn("lambda", f"event-source-mapping:{request['UUID']}")
    if "LayerName" in request:
        version = f":{request['VersionNumber']}" if "VersionNumber" in request else ""
        return _whole(place, request["LayerName"], "layer") + version
    return str(request.get("Resource") or request.get("Arn") or request.get("CodeSigningConfigArn") or "*")


def _whole(place: Place, name_or_arn: str, kind: str) -> str:
    return name_or_arn if name_or_arn.startswith("arn:") else place.arn("lambda", f"{kind}:{name_or_arn}")


def _own_keys(place: Place, operation: str, request: Mapping[str, Any]) -> Values:
    keys: dict[str, str | tuple[str, ...]] = dict(_tag_keys(request))
    if operation == "UntagResource":
        keys["aws:tagkeys"] = tuple(request["TagKeys"])
    if operation in ("CreateFunction", "UpdateFunctionConfiguration"):
        keys.update(_vpc_keys(place, request.get("VpcConfig", {})))
        if request.get("Layers"):
            keys["lambda:layer"] = tuple(request["Layers"])
    if operation in _FUNCTION_ARN_KEY and "FunctionName" in request:
        keys["lambda:functionarn"] = _whole(place, request["FunctionName"], "function")
    if operation in _PRINCIPAL_KEY and "Principal" in request:
        keys["lambda:principal"] = request["Principal"]
    for name, member in (("functionurlauthtype", "FunctionUrlAuthType"), ("functionurlauthtype", "AuthType")):
        if member in request:
            keys[f"lambda:{name}"] = request[member]
    return keys


def _tag_keys(request: Mapping[str, Any]) -> Values:
    tags = request.get("Tags") or {}
    keys: dict[str, str | tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}
    return {**keys, "aws:tagkeys": tuple(tags)} if tags else {}


def _vpc_keys(place: Place, config: Mapping[str, Any]) -> Values:
    keys: dict[str, str | tuple[str, ...]] = {}
    if config.get("SubnetIds"):
        keys["lambda:subnetids"] = tuple(config["SubnetIds"])
        zones = ec2_backends[place.account_id][place.region].subnets.values()
        found = [zone[subnet_id].vpc_id for subnet_id in config["SubnetIds"] for zone in zones if subnet_id in zone]
        if found:
            keys["lambda:vpcids"] = found[0]
    if config.get("SecurityGroupIds"):
        keys["lambda:securitygroupids"] = tuple(config["SecurityGroupIds"])
    return keys
