"""The properties of Lambda's resource types.

Which properties there are, which are required, create-only and read-only follows AWS's resource schemas as cfn-lint
1.58 carries them; what stands inside a property follows the service model, where CloudFormation has the same names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore.model import Shape
from moto.core.utils import get_service_model

_INTRINSICS = ("Ref", "Condition")


@dataclass(frozen=True)
class Properties:
    """The properties of one resource type.

    `operation` is the one that creates it; its members are the properties, under the names in `renamed`, without those
    in `absent`. `others` are properties that other operations set: operation and member, or none for a plain boolean.
    `lists` are properties that are lists of key and value here and maps in the API, by their two keys.
    """

    resource_type: str
    operation: str
    required: tuple[str, ...]
    create_only: tuple[str, ...]
    name: str | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    others: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def shapes(self) -> dict[str, Shape | None]:
        """The shape of each property by its name."""
        members = _members(self.operation)
        to_cfn = {api: cfn for cfn, api in self.renamed.items()}
        shapes: dict[str, Shape | None] = {
            to_cfn.get(name, name): shape for name, shape in members.items() if name not in self.absent
        }
        for name, source in self.others.items():
            shapes[name] = _members(source[0])[source[1]] if source else None
        return shapes

    def problems(self, properties: Any) -> Iterator[str]:
        """What is wrong with the properties as a template has them, in the form of AWS's resource handlers."""
        if not isinstance(properties, dict):
            yield "#: expected type: JSONObject"
            return
        shapes = self.shapes()
        for name, value in properties.items():
            if name not in shapes:
                yield f"#: extraneous key [{name}] is not permitted"
            elif name in self.lists:
                yield from _pair_problems(value, f"#/{name}", self.lists[name])
            else:
                yield from _problems(shapes[name], value, f"#/{name}")
        for name in self.required:
            if name not in properties:
                yield f"#: required key [{name}] not found"

    def request(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The members of the creating operation that resolved properties stand for, with the types of the model."""
        members = _members(self.operation)
        request = {}
        for name, value in properties.items():
            member = self.renamed.get(name, name)
            if value is None or name in self.others or member not in members:
                continue
            if name in self.lists:
                key, worth = self.lists[name]
                value = {item[key]: item[worth] for item in value}
            request[member] = coerced(members[member], value)
        return request

    def other(self, name: str, properties: Mapping[str, Any]) -> Any:
        """A property that another operation sets, with the type of the model; None if it isn't there."""
        value, shape = properties.get(name), self.shapes()[name]
        return value if value is None or shape is None else coerced(shape, value)

    def replaces(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """The create-only properties that differ, so that the resource must be replaced."""
        return [name for name in self.create_only if before.get(name) != after.get(name)]


@cache
def _members(operation: str) -> dict[str, Shape]:
    shape = get_service_model("lambda").operation_model(operation).input_shape
    members: dict[str, Shape] = shape.members
    return members


def _is_intrinsic(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith((*_INTRINSICS, "Fn::"))


def _problems(shape: Shape | None, value: Any, path: str) -> Iterator[str]:
    if shape is None or _is_intrinsic(value):
        return
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: expected type: JSONObject, found: {type(value).__name__}"
            return
        members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
        for name, item in value.items():
            if name not in members:
                yield f"{path}: extraneous key [{name}] is not permitted"
            else:
                yield from _problems(members[name], item, f"{path}/{name}")
        for name in shape.required_members:
            if name not in value:
                yield f"{path}: required key [{name}] not found"
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: expected type: JSONArray, found: {type(value).__name__}"
            return
        for index, item in enumerate(value):
            yield from _problems(shape.member, item, f"{path}/{index}")  # type: ignore[attr-defined]
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path}: expected type: JSONObject, found: {type(value).__name__}"
    elif isinstance(value, dict | list):
        yield f"{path}: expected type: {kind.capitalize()}, found: {'JSONObject' if isinstance(value, dict) else 'JSONArray'}"
    else:
        yield from _scalar_problems(shape, value, path)


def _scalar_problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    try:
        coerced(shape, value)
    except ValueError:
        yield f"{path}: expected type: {shape.type_name.capitalize()}, found: {value!r}"


def _pair_problems(value: Any, path: str, keys: tuple[str, str]) -> Iterator[str]:
    if _is_intrinsic(value):
        return
    if not isinstance(value, list):
        yield f"{path}: expected type: JSONArray, found: {type(value).__name__}"
        return
    for index, item in enumerate(value):
        if _is_intrinsic(item):
            continue
        if not isinstance(item, dict):
            yield f"{path}/{index}: expected type: JSONObject, found: {type(item).__name__}"
            continue
        for name in item:
            if name not in keys:
                yield f"{path}/{index}: extraneous key [{name}] is not permitted"
        for name in keys:
            if name not in item:
                yield f"{path}/{index}: required key [{name}] not found"


def coerced(shape: Shape, value: Any) -> Any:
    """The value with the types of the shape: templates may write numbers and booleans as text. Raises ValueError."""
    kind = shape.type_name
    if kind == "structure":
        members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
        return {
            name: coerced(members[name], item) if name in members else item
            for name, item in value.items()
            if item is not None
        }
    if kind == "list":
        return [coerced(shape.member, item) for item in value if item is not None]  # type: ignore[attr-defined]
    if kind == "map":
        return {name: coerced(shape.value, item) for name, item in value.items() if item is not None}  # type: ignore[attr-defined]
    if kind in ("integer", "long"):
        return int(str(value))
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return truth(value)
    if kind == "string" and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def truth(value: Any) -> bool:
    """A boolean as templates may write it. Raises ValueError for anything else."""
    text = str(value).lower()
    if text not in ("true", "false"):
        raise ValueError(f"{value!r} is neither true nor false")
    return text == "true"


_SCALING = ("PutFunctionScalingConfig", "FunctionScalingConfig")
_TAGS = {"Tags": ("Key", "Value")}

CAPACITY_PROVIDER = Properties(
    "AWS::Lambda::CapacityProvider",
    "CreateCapacityProvider",
    required=("PermissionsConfig", "VpcConfig"),
    create_only=("CapacityProviderName", "VpcConfig", "InstanceRequirements", "PermissionsConfig", "KmsKeyArn"),
    name="CapacityProviderName",
    lists=_TAGS,
)
FUNCTION = Properties(
    "AWS::Lambda::Function",
    "CreateFunction",
    required=("Code", "Role"),
    create_only=("FunctionName", "PackageType", "TenancyConfig"),
    name="FunctionName",
    renamed={"KmsKeyArn": "KMSKeyArn"},
    absent=("Publish", "PublishTo", "AcceleratorConfig", "RuntimeConfig"),
    others={
        "PublishToLatestPublished": None,
        "FunctionScalingConfig": _SCALING,
        "ReservedConcurrentExecutions": ("PutFunctionConcurrency", "ReservedConcurrentExecutions"),
        "RecursiveLoop": ("PutFunctionRecursionConfig", "RecursiveLoop"),
        "RuntimeManagementConfig": None,
    },
    lists=_TAGS,
)
VERSION = Properties(
    "AWS::Lambda::Version",
    "PublishVersion",
    required=("FunctionName",),
    create_only=("FunctionName", "Description", "CodeSha256", "ProvisionedConcurrencyConfig", "RuntimePolicy"),
    absent=("PublishTo", "RevisionId"),
    others={"FunctionScalingConfig": _SCALING, "ProvisionedConcurrencyConfig": None, "RuntimePolicy": None},
)
ALIAS = Properties(
    "AWS::Lambda::Alias",
    "CreateAlias",
    required=("FunctionName", "FunctionVersion", "Name"),
    create_only=("Name", "FunctionName"),
    absent=("RoutingConfig",),
    others={"RoutingConfig": None, "ProvisionedConcurrencyConfig": None},
)
PERMISSION = Properties(
    "AWS::Lambda::Permission",
    "AddPermission",
    required=("FunctionName", "Action", "Principal"),
    create_only=(
        *("FunctionName", "Action", "Principal", "PrincipalOrgID", "SourceArn", "SourceAccount"),
        *("EventSourceToken", "FunctionUrlAuthType", "InvokedViaFunctionUrl"),
    ),
    absent=("StatementId", "Qualifier", "RevisionId"),
)
URL = Properties(
    "AWS::Lambda::Url",
    "CreateFunctionUrlConfig",
    required=("TargetFunctionArn", "AuthType"),
    create_only=("TargetFunctionArn", "Qualifier"),
    renamed={"TargetFunctionArn": "FunctionName"},
)
EVENT_INVOKE_CONFIG = Properties(
    "AWS::Lambda::EventInvokeConfig",
    "PutFunctionEventInvokeConfig",
    required=("FunctionName", "Qualifier"),
    create_only=("FunctionName", "Qualifier"),
)
_ALL = (CAPACITY_PROVIDER, FUNCTION, VERSION, ALIAS, PERMISSION, URL, EVENT_INVOKE_CONFIG)
BY_TYPE = {item.resource_type: item for item in _ALL}
