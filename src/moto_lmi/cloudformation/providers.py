"""AWS::Lambda::CapacityProvider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.common_models import CloudFormationModel

from moto_lmi import facts
from moto_lmi.api.errors import ResourceNotFound
from moto_lmi.capacity_providers import CapacityProvider
from moto_lmi.cloudformation.properties import CAPACITY_PROVIDER
from moto_lmi.cloudformation.resources import LambdaResource, ResourceFailed, tag_list


class CapacityProviderResource(LambdaResource, CloudFormationModel):
    """A capacity provider: made when it is Active, changed in scaling, propagated tags, telemetry and tags."""

    properties_of = CAPACITY_PROVIDER
    attributes = ("Arn", "State")

    @property
    def _provider(self) -> CapacityProvider:
        return self.backend.capacity_providers.get(self.name)

    def create(self) -> None:
        """CreateCapacityProvider."""
        self.properties.setdefault("CapacityProviderName", self.name)
        self.backend.capacity_providers.create(self.request())

    def update(self, before: Mapping[str, Any]) -> None:
        """UpdateCapacityProvider; a property that the template does not have any more goes back to its default."""
        self.properties.setdefault("CapacityProviderName", self.name)
        defaults: dict[str, Any] = {
            "CapacityProviderScalingConfig": {
                "MaxVCpuCount": facts.value("defaults.max_vcpu_count"),
                "ScalingMode": facts.value("defaults.scaling_mode"),
            },
            "PropagateTags": {"Mode": "None"},
            "TelemetryConfig": {
                "LoggingConfig": {
                    "SystemLogLevel": facts.value("defaults.provider_log_level"),
                    "LogGroup": facts.value("defaults.provider_log_group").format(name=self.name),
                }
            },
        }
        wanted = self.properties_of.request(self.properties)
        changes = {
            name: wanted.get(name, default)
            for name, default in defaults.items()
            if self.properties.get(name) != before.get(name)
        }
        if changes:
            request = {"CapacityProviderName": self.name, **changes}
            self.backend.capacity_providers.update(self.request("UpdateCapacityProvider", request))
        old = {item["Key"] for item in before.get("Tags") or []}
        tags = {item["Key"]: item["Value"] for item in self.properties.get("Tags") or []}
        if tags != {item["Key"]: item["Value"] for item in before.get("Tags") or []}:
            self.backend.untag_resource(self._provider.arn, sorted(old - tags.keys()))
            self.tag(tags)

    def delete(self, account_id: str, region: str) -> None:
        """DeleteCapacityProvider."""
        if self.exists() and self._provider.state != "Deleting":
            self.backend.delete_capacity_provider(self.name)

    def is_busy(self) -> bool:
        """Whether the provider is on its way to Active."""
        return self._provider.state == "Pending"

    def check_outcome(self) -> None:
        """Refuse a provider that did not become Active."""
        if self._provider.state != "Active":
            raise ResourceFailed(f"The capacity provider {self.name} is in state {self._provider.state}.")

    def exists(self) -> bool:
        """Whether there is such a provider."""
        try:
            return bool(self._provider)
        except ResourceNotFound:
            return False

    def attribute(self, name: str) -> Any:
        """Arn or State."""
        return self._provider.arn if name == "Arn" else self._provider.state

    def tag(self, tags: Mapping[str, str]) -> None:
        """Put tags on the provider."""
        self._provider.tags.update(tags)

    def actual(self) -> dict[str, Any]:
        """The provider's members."""
        provider = self._provider
        return {
            "CapacityProviderName": provider.name,
            "VpcConfig": provider.vpc_config,
            "PermissionsConfig": provider.permissions_config,
            "InstanceRequirements": provider.instance_requirements,
            "CapacityProviderScalingConfig": provider.capacity_provider_scaling_config,
            "KmsKeyArn": provider.kms_key_arn,
            "PropagateTags": provider.propagate_tags or {"Mode": "None"},
            "TelemetryConfig": provider.telemetry_config,
            "Tags": tag_list(provider.tags),
        }
