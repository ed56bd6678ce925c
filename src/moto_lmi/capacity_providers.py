"""Capacity providers: what they are made of, what is refused, and their way from Pending to gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from moto.core.common_models import BaseModel
from moto.ec2.models import ec2_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts
from moto_lmi.api.errors import InvalidParameterValue, OwnSentence, ResourceConflict, ResourceNotFound
from moto_lmi.behaviour import behaviour_of
from moto_lmi.clock import clock_for
from moto_lmi.iam.operator_role import DESCRIBE_ACTIONS, TRUST_PROBLEM, Launch, operator_role_problem, role_created
from moto_lmi.instance_types import matching_types

OPERATOR_ROLE_INVALID = "The operator role is invalid or doesn't have sufficient permissions. Verify the role and permissions and try again."
SECURITY_GROUPS_INVALID = "One or more security group IDs are invalid. Check that the IDs are correct and try again."

_MOST_TAGS = 50


def lambda_timestamp(moment: datetime) -> str:
    """A moment as Lambda writes it, such as 2025-11-30T16:00:00.000+0000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


class CapacityProvider(BaseModel):
    """One capacity provider. Its attributes carry the names of the API's members, so that moto can serialise it."""

    def __init__(self, account_id: str, region: str, name: str, request: Mapping[str, Any]) -> None:
        self.account_id = account_id
        self.name = name
        self.capacity_provider_arn = provider_arn(account_id, region, name)
        self.state = "Pending"
        self.vpc_config: dict[str, Any] = request["VpcConfig"]
        self.permissions_config: dict[str, Any] = request["PermissionsConfig"]
        self.instance_requirements: dict[str, Any] = {
            "Architectures": [facts.value("defaults.architecture")],
            **request.get("InstanceRequirements", {}),
        }
        # The parts that the fleet asks for; they are fixed at creation.
        self.arn = self.capacity_provider_arn
        self.subnet_ids: list[str] = self.vpc_config["SubnetIds"]
        self.security_group_ids: list[str] = self.vpc_config["SecurityGroupIds"]
        self.operator_role_arn: str = self.permissions_config["CapacityProviderOperatorRoleArn"]
        self.architecture: str = self.instance_requirements["Architectures"][0]
        self.allowed_instance_types: list[str] = self.instance_requirements.get("AllowedInstanceTypes", [])
        self.excluded_instance_types: list[str] = self.instance_requirements.get("ExcludedInstanceTypes", [])

        self.capacity_provider_scaling_config: dict[str, Any] = {
            "MaxVCpuCount": facts.value("defaults.max_vcpu_count"),
            "ScalingMode": facts.value("defaults.scaling_mode"),
            **request.get("CapacityProviderScalingConfig", {}),
        }
        self.kms_key_arn: str | None = request.get("KmsKeyArn")
        self.propagate_tags: dict[str, Any] | None = request.get("PropagateTags")
        self.telemetry_config: dict[str, Any] = {"LoggingConfig": self._logging_config(request)}
        self.tags: dict[str, str] = dict(request.get("Tags", {}))
        self.touch()

    def _logging_config(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "SystemLogLevel": facts.value("defaults.provider_log_level"),
            "LogGroup": facts.value("defaults.provider_log_group").format(name=self.name),
            **request.get("TelemetryConfig", {}).get("LoggingConfig", {}),
        }

    def touch(self) -> None:
        """Set LastModified to now."""
        self.last_modified = lambda_timestamp(clock_for(self.account_id).now())

    def update(self, request: Mapping[str, Any]) -> None:
        """Apply an UpdateCapacityProvider request; members that it leaves out stay."""
        if "CapacityProviderScalingConfig" in request:
            self.capacity_provider_scaling_config = merged_scaling_config(
                self.capacity_provider_scaling_config, request["CapacityProviderScalingConfig"]
            )
        if "PropagateTags" in request:
            self.propagate_tags = request["PropagateTags"]
        if "TelemetryConfig" in request:
            self.telemetry_config["LoggingConfig"].update(request["TelemetryConfig"].get("LoggingConfig", {}))
        self.touch()

    def activated(self) -> None:
        """The provider is ready; called by the clock."""
        if self.state == "Pending":
            self.state = "Active"

    # What the fleet asks of a provider and what may change.

    @property
    def max_vcpu_count(self) -> int:
        """The guardrail: vCPUs of all the provider's instances together."""
        cap: int = self.capacity_provider_scaling_config["MaxVCpuCount"]
        return cap

    @property
    def target_cpu_percent(self) -> float | None:
        """The CPU target of Manual scaling; None in Auto and without such a policy."""
        return self._target("LambdaCapacityProviderAverageCPUUtilization")

    @property
    def target_gpu_percent(self) -> float | None:
        """The GPU target of Manual scaling; None in Auto and without such a policy."""
        return self._target("LambdaCapacityProviderAverageGPUUtilization")

    def _target(self, metric: str) -> float | None:
        policies = self.capacity_provider_scaling_config.get("ScalingPolicies", [])
        return next((float(item["TargetValue"]) for item in policies if item["PredefinedMetricType"] == metric), None)

    @property
    def propagated_tags(self) -> dict[str, str]:
        """Tags that new instances, volumes and interfaces get."""
        if not self.propagate_tags or self.propagate_tags.get("Mode") != "Explicit":
            return {}
        tags: dict[str, str] = self.propagate_tags.get("ExplicitTags", {})
        return tags


def provider_arn(account_id: str, region: str, name: str) -> str:
    """The ARN of a capacity provider: a colon stands before the name, not a slash."""
    return f"arn:{get_partition(region)}:lambda:{region}:{account_id}:capacity-provider:{name}"


def merged_scaling_config(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The scaling config after an update; going to Auto drops the policies of Manual."""
    merged = {**present, **wanted}
    if merged.get("ScalingMode") == "Auto" and "ScalingPolicies" not in wanted:
        merged.pop("ScalingPolicies", None)
    return merged


# --- refusals ----------------------------------------------------------------------------------------------------------


def check_scaling_config(config: Mapping[str, Any]) -> None:
    """Refuse Manual without a policy, and policies without Manual."""
    mode = config.get("ScalingMode", facts.value("defaults.scaling_mode"))
    if mode == "Manual" and not config.get("ScalingPolicies"):
        raise OwnSentence("manual_without_policy")
    if mode != "Manual" and config.get("ScalingPolicies"):
        raise OwnSentence("policy_without_manual")


def check_propagate_tags(config: Mapping[str, Any] | None) -> None:
    """Refuse Explicit without tags, tags without Explicit, and reserved keys."""
    if not config:
        return
    tags = config.get("ExplicitTags")
    if config.get("Mode") == "Explicit" and not tags:
        raise OwnSentence("explicit_without_tags")
    if config.get("Mode") != "Explicit" and tags:
        raise OwnSentence("tags_without_explicit")
    check_tags(tags or {})


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse keys that AWS reserves and more tags than a resource can have."""
    for key in tags:
        if key.lower().startswith("aws:"):
            raise OwnSentence("reserved_tag", key=key)
    if len(tags) > _MOST_TAGS:
        raise OwnSentence("too_many_tags", count=len(tags))


def check_instance_requirements(requirements: Mapping[str, Any], region: str) -> None:
    """Refuse allowed together with excluded types, and types or patterns that name no instance type."""
    allowed, excluded = requirements.get("AllowedInstanceTypes"), requirements.get("ExcludedInstanceTypes")
    if allowed and excluded:
        raise OwnSentence("allowed_and_excluded")
    for pattern in [*(allowed or []), *(excluded or [])]:
        if not matching_types(pattern):
            raise OwnSentence("unknown_instance_type", instance_type=pattern)


def check_vpc_config(account_id: str, region: str, config: Mapping[str, Any]) -> None:
    """Refuse subnets and security groups that don't exist or belong to several VPCs."""
    backend = ec2_backends[account_id][region]
    vpcs: set[str | None] = set()
    for subnet_id in config["SubnetIds"]:
        subnet = next((zone[subnet_id] for zone in backend.subnets.values() if subnet_id in zone), None)
        if subnet is None:
            raise OwnSentence("unknown_subnet")
        vpcs.add(subnet.vpc_id)
    for group_id in config["SecurityGroupIds"]:
        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise InvalidParameterValue(SECURITY_GROUPS_INVALID)
        vpcs.add(group.vpc_id)
    if len(vpcs) > 1:
        raise OwnSentence("subnets_of_several_vpcs")


def check_operator_role(launch: Launch) -> None:
    """Refuse a role that is missing, is not trusted to Lambda, can't launch instances, or is seconds old."""
    problem = operator_role_problem(launch)
    if problem == TRUST_PROBLEM:
        raise InvalidParameterValue(OPERATOR_ROLE_INVALID)
    if problem is not None:
        raise OwnSentence("role_lacks_action", role=launch.role_arn, action=problem)
    if behaviour_of(launch.account_id).iam_propagation:
        _check_role_has_propagated(launch)


def _check_role_has_propagated(launch: Launch) -> None:
    created = role_created(launch.role_arn, launch.region)
    if created is None:
        return
    clock = clock_for(launch.account_id)
    age = (clock.now() - clock.at(created)).total_seconds()
    assumable_after, allowed_after = facts.value("timing.fresh_role_refused_s")
    if age < assumable_after:
        raise InvalidParameterValue(OPERATOR_ROLE_INVALID)
    if age < allowed_after:
        raise OwnSentence("role_lacks_action", role=launch.role_arn, action=DESCRIBE_ACTIONS[0])


# --- the collection ----------------------------------------------------------------------------------------------------


class CapacityProviders:
    """The capacity providers of one account and Region."""

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id = account_id
        self.region = region
        self._providers: dict[str, CapacityProvider] = {}

    def create(self, request: Mapping[str, Any]) -> CapacityProvider:
        """CreateCapacityProvider: the provider is Pending and turns Active by itself."""
        name = self.name_in(request["CapacityProviderName"])
        if name in self._providers:
            raise OwnSentence("duplicate_provider", arn=self._providers[name].arn)
        limit = facts.value("limits.capacity_providers_per_account")
        if len(self._providers) >= limit:
            raise OwnSentence("provider_limit", limit=limit)
        check_instance_requirements(request.get("InstanceRequirements", {}), self.region)
        check_scaling_config(request.get("CapacityProviderScalingConfig", {}))
        check_propagate_tags(request.get("PropagateTags"))
        check_tags(request.get("Tags", {}))
        check_operator_role(
            Launch(
                self.account_id,
                self.region,
                request["PermissionsConfig"]["CapacityProviderOperatorRoleArn"],
                self._arn_of(name),
                tuple(request["VpcConfig"]["SubnetIds"]),
                tuple(request["VpcConfig"]["SecurityGroupIds"]),
            )
        )
        check_vpc_config(self.account_id, self.region, request["VpcConfig"])
        provider = CapacityProvider(self.account_id, self.region, name, request)
        self._providers[name] = provider
        clock_for(self.account_id).call_later(facts.value("timing.provider_active_s"), provider.activated)
        return provider

    def get(self, name_or_arn: str) -> CapacityProvider:
        """The provider with the name or ARN. Raises ResourceNotFound with the full ARN in the sentence."""
        provider = self._providers.get(self.name_in(name_or_arn))
        if provider is None or (":" in name_or_arn and provider.arn != name_or_arn):
            raise ResourceNotFound(f"Capacity provider not found: {self._arn_of(name_or_arn)}")
        return provider

    def all(self) -> Iterator[CapacityProvider]:
        """Every provider, in the order of their names."""
        return iter([self._providers[name] for name in sorted(self._providers)])

    def update(self, request: Mapping[str, Any]) -> CapacityProvider:
        """UpdateCapacityProvider: scaling config, propagated tags and telemetry; everything else is create-only."""
        provider = self.get(request["CapacityProviderName"])
        if provider.state == "Deleting":
            raise OwnSentence("provider_not_active", state=provider.state)
        if "CapacityProviderScalingConfig" in request:
            present = provider.capacity_provider_scaling_config
            check_scaling_config(merged_scaling_config(present, request["CapacityProviderScalingConfig"]))
        check_propagate_tags(request.get("PropagateTags"))
        provider.update(request)
        return provider

    def delete(
        self, name_or_arn: str, functions_in_use: int, retire: Callable[[CapacityProvider], float]
    ) -> CapacityProvider:
        """DeleteCapacityProvider: refused while a function version uses it, else Deleting and later gone."""
        provider = self.get(name_or_arn)
        if functions_in_use:
            raise ResourceConflict(
                f"The capacity provider is currently in use by {functions_in_use} functions. "
                f"To delete this capacity provider, first remove its association with {provider.arn}."
            )
        if provider.state != "Deleting":
            provider.state = "Deleting"
            provider.touch()
            seconds = max(facts.value("timing.provider_deleted_s"), retire(provider))
            clock_for(self.account_id).call_later(seconds, self._remove, provider)
        return provider

    def _remove(self, provider: CapacityProvider) -> None:
        if self._providers.get(provider.name) is provider:
            del self._providers[provider.name]

    def name_in(self, name_or_arn: str) -> str:
        """The name in a name or ARN."""
        return name_or_arn.rsplit(":", 1)[-1]

    def _arn_of(self, name_or_arn: str) -> str:
        if ":" in name_or_arn:
            return name_or_arn
        return provider_arn(self.account_id, self.region, name_or_arn)
