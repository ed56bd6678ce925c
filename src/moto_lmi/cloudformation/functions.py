"""AWS::Lambda::Function, AWS::Lambda::Version and AWS::Lambda::Alias, on a capacity provider or not."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from moto.core.common_models import CloudFormationModel

from moto_lmi import facts
from moto_lmi.api.errors import ResourceNotFound
from moto_lmi.cloudformation.properties import ALIAS, FUNCTION, VERSION, truth
from moto_lmi.cloudformation.resources import LambdaResource, ResourceFailed, changed, json_copy, tag_list
from moto_lmi.functions import LATEST_PUBLISHED, Function

_CODE = ("Code", "Architectures")
_APART = (*_CODE, "FunctionName", "Tags", "PublishToLatestPublished", "FunctionScalingConfig")
_OF_OTHER_OPERATIONS = ("ReservedConcurrentExecutions", "RecursiveLoop", "RuntimeManagementConfig")
_DEFAULTS: dict[str, Any] = {
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "KMSKeyArn": "",
    "TracingConfig": {"Mode": "PassThrough"},
    "Timeout": 3,
    "EphemeralStorage": {"Size": 512},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}
"""What an update sets a property to that the template does not have any more."""


class FunctionResource(LambdaResource, CloudFormationModel):
    """A function; on a capacity provider it is published to $LATEST.PUBLISHED unless the template says otherwise."""

    properties_of = FUNCTION
    attributes = ("Arn", "SnapStartResponse", "SnapStartResponse.ApplyOn", "SnapStartResponse.OptimizationStatus")

    @property
    def _latest(self) -> Function:
        return self.backend._lambdas.latest_of(self.name)

    @property
    def _published(self) -> Function | None:
        return self.backend._lambdas.version_of(self.name, LATEST_PUBLISHED)

    @property
    def _publishes(self) -> bool:
        wanted = self.properties.get("PublishToLatestPublished", True)
        return self._latest.is_managed and truth(wanted)

    def create(self) -> None:
        """CreateFunction, then publish and scale."""
        self.properties.setdefault("FunctionName", self.name)
        self.backend.create_function(self._create_request())
        self.steps = ["reserve", "publish", "scale"]

    def _create_request(self) -> dict[str, Any]:
        members = self.properties_of.request(self.properties)
        members["Code"] = _code(members)
        return self.request(members=members)

    def update(self, before: Mapping[str, Any]) -> None:
        """UpdateFunctionCode and UpdateFunctionConfiguration for what has changed, then publish and scale."""
        self.properties.setdefault("FunctionName", self.name)
        self.steps = []
        settings = {name for name in {*before, *self.properties} if name not in (*_APART, *_OF_OTHER_OPERATIONS)}
        if changed(before, self.properties, *_CODE):
            self.steps.append("update_code")
        if changed(before, self.properties, *settings):
            self._changes = self._configuration(before, settings)
            self.steps.append("update_configuration")
        if changed(before, self.properties, "Tags"):
            old = [item["Key"] for item in before.get("Tags") or []]
            self.backend.untag_resource(self._latest.function_arn, old)
            self.tag({item["Key"]: item["Value"] for item in self.properties.get("Tags") or []})
        if changed(before, self.properties, "ReservedConcurrentExecutions"):
            self.steps.append("reserve")
        self.steps.append("publish")
        if changed(before, self.properties, "FunctionScalingConfig"):
            self.steps.append("scale")

    def _configuration(self, before: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
        wanted = self.properties_of.request(self.properties)
        members = {
            self.properties_of.renamed.get(name, name) for name in names if changed(before, self.properties, name)
        }
        changes = {name: wanted[name] for name in members if name in wanted}
        changes |= {name: _DEFAULTS[name] for name in members - wanted.keys() if name in _DEFAULTS}
        if "MemorySize" in members - wanted.keys():
            changes["MemorySize"] = facts.value("defaults.memory_mb") if self._latest.is_managed else 128
        if "CapacityProviderConfig" in members - wanted.keys():
            changes["CapacityProviderConfig"] = {}  # can't be taken away, which the API says
        return self.request("UpdateFunctionConfiguration", {"FunctionName": self.name, **changes})

    # --- steps ---------------------------------------------------------------------------------------------------------

    def update_code(self) -> None:
        """UpdateFunctionCode with the code and architecture of the properties."""
        members = self.properties_of.request(self.properties)
        body = {"FunctionName": self.name, **_code(members)}
        if "Architectures" in members:
            body["Architectures"] = members["Architectures"]
        self.backend.update_function_code(self.name, None, self.request("UpdateFunctionCode", body))

    def update_configuration(self) -> None:
        """UpdateFunctionConfiguration with what has changed."""
        self.backend.update_function_configuration(self.name, None, self._changes)

    def reserve(self) -> None:
        """PutFunctionConcurrency, or DeleteFunctionConcurrency where the property is gone."""
        reserved = self.properties_of.other("ReservedConcurrentExecutions", self.properties)
        if reserved is None:
            self._latest.reserved_concurrency = None
        elif self._latest.is_managed:
            raise ResourceFailed(facts.ours("reserved_concurrency").message)
        else:
            self.backend.put_function_concurrency(self.name, reserved)

    def publish(self) -> None:
        """PublishVersion to $LATEST.PUBLISHED."""
        if self._publishes:
            self.backend.publish_version(self.name, publish_to="LATEST_PUBLISHED")

    def scale(self) -> None:
        """PutFunctionScalingConfig on $LATEST.PUBLISHED."""
        wanted = self.properties_of.other("FunctionScalingConfig", self.properties)
        version = self._published
        if version is None:
            if wanted is not None:
                raise ResourceFailed(facts.ours("cfn_scaling_without_version").message)
        elif (wanted or {}) != version.applied_scaling:
            self.backend.put_function_scaling_config(self.name, LATEST_PUBLISHED, wanted)

    # --- state ---------------------------------------------------------------------------------------------------------

    def delete(self, account_id: str, region: str) -> None:
        """DeleteFunction."""
        if self.exists() and self._latest.state != "Deleting":
            self.backend.delete_function(self.name)

    def is_busy(self) -> bool:
        """Whether $LATEST or what was published is in the making."""
        latest, version = self._latest, self._published
        if latest.state == "Pending" or latest.last_update_status == "InProgress":
            return True
        return version is not None and version_is_busy(version)

    def check_outcome(self) -> None:
        """Refuse a version that could not be brought up."""
        if self._published is not None:
            check_version(self._published)

    def exists(self) -> bool:
        """Whether there is such a function."""
        return self.backend._lambdas.has(self.name)

    def attribute(self, name: str) -> Any:
        """Arn or a part of SnapStartResponse."""
        if name == "Arn":
            return self._latest.function_arn
        response = self._latest.get_configuration().get("SnapStart", {})
        return response if name == "SnapStartResponse" else response.get(name.rpartition(".")[2], "")

    def tag(self, tags: Mapping[str, str]) -> None:
        """Put tags on the function."""
        self._latest.tags.update(tags)

    def actual(self) -> dict[str, Any]:
        """The function's configuration."""
        configuration = self._latest.get_configuration()
        if "KMSKeyArn" in configuration:
            configuration["KmsKeyArn"] = configuration["KMSKeyArn"]
        configuration["Layers"] = [layer["Arn"] for layer in configuration.get("Layers") or []]
        configuration["Tags"] = tag_list(self._latest.tags)
        configuration["ReservedConcurrentExecutions"] = self._latest.reserved_concurrency
        if self._published is not None:
            configuration["FunctionScalingConfig"] = self._published.applied_scaling
        return configuration


def version_is_busy(version: Function) -> bool:
    """Whether a published version is on its way up or its scaling config on its way in."""
    on_its_way = version.state in ("Pending", "Deactivating") or version.last_update_status == "InProgress"
    return on_its_way or version.requested_scaling is not None


def check_version(version: Function) -> None:
    """Refuse a version that could not be brought up."""
    if "Failed" in (version.state, version.last_update_status):
        code, reason = version.state_reason or version.last_update_reason or ("", "")
        raise ResourceFailed(f"{version.arn} is in state Failed: {code}: {reason}")


def _code(members: Mapping[str, Any]) -> dict[str, Any]:
    """The code as the API wants it; a text in ZipFile becomes a package with one file named index."""
    code = dict(members["Code"])
    text = code.get("ZipFile")
    if text is not None:
        suffix = "js" if str(members.get("Runtime", "")).startswith("nodejs") else "py"
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(zipfile.ZipInfo(f"index.{suffix}"), text)
        code["ZipFile"] = base64.b64encode(buffer.getvalue()).decode()
    return code


class VersionResource(LambdaResource, CloudFormationModel):
    """A numbered version of a function."""

    properties_of = VERSION
    attributes = ("Version", "FunctionArn")

    _number = ""

    @property
    def _version(self) -> Function:
        return self.backend._lambdas.find(self._function, self._number)

    @property
    def _function(self) -> str:
        return str(self.properties["FunctionName"])

    def create(self) -> None:
        """PublishVersion, then scale; refused when nothing has changed since the last version."""
        request = self.request()
        known = {str(item.version) for item in self.backend.list_versions_by_function(self._function)}
        version = self.backend.publish_version(
            self._function, request.get("Description", ""), code_sha256=request.get("CodeSha256")
        )
        self._number = str(version.version)
        if self._number in known:
            raise ResourceFailed(
                f"A version for this Lambda function exists ( {self._number} ). "
                "Modify the function to create a new version."
            )
        self.steps = ["scale"]

    def update(self, before: Mapping[str, Any]) -> None:
        """A version has nothing to change but its scaling."""
        self.steps = ["scale"]

    def scale(self) -> None:
        """PutFunctionScalingConfig on the version."""
        wanted = self.properties_of.other("FunctionScalingConfig", self.properties)
        if self._version.is_managed:
            if (wanted or {}) != self._version.applied_scaling:
                self.backend.put_function_scaling_config(self._function, self._number, wanted)
        elif wanted is not None:
            self.backend.scaled_version(self._function, self._number)  # says why that can't be

    def delete(self, account_id: str, region: str) -> None:
        """DeleteFunction of the version."""
        if self.exists() and self._version.state != "Deleting":
            self.backend.delete_function(self._function, self._number)

    def is_busy(self) -> bool:
        """Whether the version is on its way up."""
        return self._version.is_managed and version_is_busy(self._version)

    def check_outcome(self) -> None:
        """Refuse a version that could not be brought up."""
        check_version(self._version)

    def exists(self) -> bool:
        """Whether there is such a version."""
        if not self._number:
            return False
        try:
            return bool(self._version)
        except ResourceNotFound:
            return False

    @property
    def physical_resource_id(self) -> str:
        """The qualified ARN."""
        return self._version.arn if self.exists() else self.name

    def attribute(self, name: str) -> Any:
        """Version or FunctionArn."""
        return self._number if name == "Version" else self._version.arn

    def actual(self) -> dict[str, Any]:
        """What a version has of its properties."""
        return {
            "FunctionName": self._function,
            "Description": self._version.description,
            "CodeSha256": self._version.code_sha_256,
            "FunctionScalingConfig": self._version.applied_scaling,
        }


class AliasResource(LambdaResource, CloudFormationModel):
    """An alias of a function."""

    properties_of = ALIAS
    attributes = ("AliasArn",)

    @property
    def _of(self) -> tuple[str, str]:
        return str(self.properties["Name"]), str(self.properties["FunctionName"])

    def _routing(self) -> dict[str, Any]:
        weights = (self.properties.get("RoutingConfig") or {}).get("AdditionalVersionWeights", [])
        by_version = {str(item["FunctionVersion"]): float(item["FunctionWeight"]) for item in weights}
        return {"AdditionalVersionWeights": by_version} if by_version else {}

    def create(self) -> None:
        """CreateAlias."""
        request = self.request()
        self.backend.create_alias(
            *self._of, request["FunctionVersion"], request.get("Description", ""), self._routing() or None
        )

    def update(self, before: Mapping[str, Any]) -> None:
        """UpdateAlias."""
        self.backend.update_alias(
            *self._of, str(self.properties["FunctionVersion"]), self.properties.get("Description", ""), self._routing()
        )

    def delete(self, account_id: str, region: str) -> None:
        """DeleteAlias."""
        if self.exists():
            self.backend.delete_alias(*self._of)

    def is_busy(self) -> bool:
        """An alias is there at once."""
        return False

    def exists(self) -> bool:
        """Whether there is such an alias."""
        name, function = self._of
        try:
            return any(alias.name == name for alias in self.backend.list_aliases(function))
        except ResourceNotFound:
            return False

    @property
    def physical_resource_id(self) -> str:
        """The ARN."""
        return str(self.attribute("AliasArn")) if self.exists() else self.name

    def attribute(self, name: str) -> Any:
        """The ARN."""
        return self.backend.get_alias(*self._of).arn

    def actual(self) -> dict[str, Any]:
        """The alias's members."""
        found = json_copy(self.backend.get_alias(*self._of).to_json())
        weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})
        return {
            **found,
            "FunctionName": self.properties["FunctionName"],
            "RoutingConfig": {
                "AdditionalVersionWeights": [
                    {"FunctionVersion": version, "FunctionWeight": weight} for version, weight in weights.items()
                ]
            },
        }
