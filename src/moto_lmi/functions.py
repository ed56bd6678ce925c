"""Functions and their versions, with every member that the service model gives them.

`$LATEST` of a function on a capacity provider can be changed and published, never invoked (ActiveNonInvocable).
`$LATEST.PUBLISHED` and numbered versions are what runs; the fleet brings them up and tells them how it went.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import ImageConfig, LambdaFunction
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.capacity_providers import lambda_timestamp
from moto_lmi.clock import clock_for
from moto_lmi.function_rules import managed_config, vcpus

LATEST = "$LATEST"
LATEST_PUBLISHED = "$LATEST.PUBLISHED"

CREATING = ("Creating", "The function is being created.")
UPDATING = ("Updating", "The function is being updated.")
RESTORING = ("Restoring", "The function is being restored.")

# Members that moto's own function doesn't keep. They are stored as the API names them and given back as they came.
_KEPT_MEMBERS = (
    "CapacityProviderConfig",
    "DeadLetterConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "LoggingConfig",
    "RuntimeConfig",
    "TenancyConfig",
    "AcceleratorConfig",
)
_CONFIGURATION_SHA_LEAVES_OUT = {
    *("CodeSha256", "CodeSize", "ConfigSha256", "FunctionArn", "LastModified", "RevisionId", "Version", "Description"),
    *("State", "StateReason", "StateReasonCode"),
    *("LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode"),
}


class Function(LambdaFunction):
    """One version of a function: `$LATEST`, `$LATEST.PUBLISHED` or a number."""

    def __init__(self, account_id: str, spec: dict[str, Any], region: str, version: str | int = LATEST) -> None:
        self._kept: dict[str, Any] = {}
        self._snap_start: dict[str, Any] = {}
        self.uid = ""
        super().__init__(account_id, spec, region, version)
        self.keep(spec)
        self.revision_id = str(mock_random.uuid4())
        self.state_reason: tuple[str, str] | None = None
        self.last_update_status = "Successful"
        self.last_update_reason: tuple[str, str] | None = None
        self.requested_scaling: dict[str, int] | None = None
        self.applied_scaling: dict[str, int] = {}
        if self.is_managed:
            self.state, self.state_reason = "Pending", CREATING
        self.touch()

    @property
    def is_managed(self) -> bool:
        """Whether the function is on a capacity provider."""
        return "CapacityProviderConfig" in self._kept

    @property
    def vpc_config(self) -> dict[str, Any] | None:
        """VpcConfig with the VPC of its subnets; moto's own fails when a list is left out."""
        if not self._vpc_config:
            return None
        config = {"SubnetIds": [], "SecurityGroupIds": [], **self._vpc_config}
        subnets = ec2_backends[self.account_id][self.region].subnets.values()
        vpc_ids = [zone[subnet_id].vpc_id for subnet_id in config["SubnetIds"] for zone in subnets if subnet_id in zone]
        return {**config, "VpcId": vpc_ids[0] if vpc_ids else ""}

    @property
    def ephemeral_storage(self) -> int:
        """MB of /tmp. The limits are checked with the other rules, because they depend on other members."""
        return self._ephemeral_storage

    @ephemeral_storage.setter
    def ephemeral_storage(self, size: int) -> None:
        self._ephemeral_storage = size

    @property
    def is_published(self) -> bool:
        """Whether this is a version that can run."""
        return self.version != LATEST

    def touch(self) -> None:
        """Set LastModified to now."""
        self.last_modified = lambda_timestamp(clock_for(self.account_id).now())

    def new_revision(self) -> None:
        """Give the version a new RevisionId and LastModified, as every change does."""
        self.revision_id = str(mock_random.uuid4())
        self.touch()

    # --- settings ------------------------------------------------------------------------------------------------------

    def keep(self, settings: Mapping[str, Any]) -> None:
        """Store the members of a request that moto's function doesn't know."""
        for name in _KEPT_MEMBERS:
            if name in settings:
                self._kept[name] = settings[name]
        if "SnapStart" in settings:
            self._snap_start = settings["SnapStart"]

    def settings(self) -> dict[str, Any]:
        """The members by which the rules judge a change, as a CreateFunction request would have them."""
        return {
            **self._kept,
            "FunctionName": self.function_name,
            "Runtime": self.run_time,
            "PackageType": self.package_type,
            "Architectures": self.architectures,
            "MemorySize": self.memory_size,
            "Timeout": self.timeout,
            "VpcConfig": self._vpc_config or {},
            "EphemeralStorage": {"Size": self.ephemeral_storage},
            "SnapStart": self._snap_start,
        }

    def apply(self, changes: Mapping[str, Any]) -> None:
        """Apply an UpdateFunctionConfiguration request that has passed the rules."""
        changes = dict(changes)
        if "Environment" in changes:
            changes["Environment"] = {"Variables": changes["Environment"].get("Variables", {})}
        if "KMSKeyArn" in changes:
            self.kms_key_arn = changes["KMSKeyArn"]
        if "TracingConfig" in changes:
            self.tracing_config = changes["TracingConfig"]
        if "EphemeralStorage" in changes:
            self.ephemeral_storage = changes["EphemeralStorage"]["Size"]
        if "ImageConfig" in changes:
            self.image_config = ImageConfig(changes["ImageConfig"])
        self.update_configuration(changes)
        self.keep(changes)
        self.new_revision()

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """FunctionConfiguration as the API gives it; members without a value are left out."""
        config = {**self._members(), "RevisionId": self.revision_id, "State": self.state}
        if self.is_managed:
            config["ConfigSha256"] = self._config_sha256(config)
        if self.state_reason:
            config["StateReasonCode"], config["StateReason"] = self.state_reason
        if not on_create:
            config["LastUpdateStatus"] = self.last_update_status
            if self.last_update_reason:
                config["LastUpdateStatusReasonCode"], config["LastUpdateStatusReason"] = self.last_update_reason
        return config

    def get_code(self) -> dict[str, Any]:
        """What GetFunction answers, with the members of the code that moto drops."""
        answer: dict[str, Any] = super().get_code()
        if "SourceKMSKeyArn" in self.code:
            answer.setdefault("Code", {})["SourceKMSKeyArn"] = self.code["SourceKMSKeyArn"]
        return answer

    def _members(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            **self._kept,
            "FunctionName": self.function_name,
            "FunctionArn": self.function_arn,
            "Role": self.role,
            "CodeSize": self.code_size,
            "CodeSha256": self.code_sha_256,
            "Description": self.description,
            "Timeout": self.timeout,
            "MemorySize": self.memory_size,
            "LastModified": self.last_modified,
            "Version": str(self.version),
            "PackageType": self.package_type,
            "Architectures": self.architectures,
            "Layers": self.layers,
            "EphemeralStorage": {"Size": self.ephemeral_storage},
            "TracingConfig": self.tracing_config,
        }
        optional = {
            "Runtime": self.run_time,
            "Handler": self.handler,
            "KMSKeyArn": self.kms_key_arn,
            "VpcConfig": self.vpc_config,
            "SigningProfileVersionArn": self.signing_profile_version_arn,
            "SigningJobArn": self.signing_job_arn,
        }
        config.update({name: value for name, value in optional.items() if value})
        if self.package_type == "Image":
            config["ImageConfigResponse"] = {"ImageConfig": self.image_config.response()}
        if self.environment_vars:
            config["Environment"] = {"Variables": self.environment_vars}
        if not self.is_managed:
            config["SnapStart"] = {"ApplyOn": self._snap_start.get("ApplyOn", "None"), "OptimizationStatus": "Off"}
        return config

    def _config_sha256(self, config: Mapping[str, Any]) -> str:
        kept = {name: value for name, value in config.items() if name not in _CONFIGURATION_SHA_LEAVES_OUT}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def content(self) -> tuple[str, str]:
        """What decides whether there is something new to publish: the hashes of code and configuration."""
        return self.code_sha_256, self._config_sha256(self._members())

    # --- without a caller who waits --------------------------------------------------------------------------------------

    @property
    def durable_config(self) -> dict[str, Any]:
        """DurableConfig, empty for a function that isn't durable."""
        config: dict[str, Any] = self._kept.get("DurableConfig", {})
        return config

    @property
    def is_durable(self) -> bool:
        """Whether an invocation starts a durable execution."""
        return bool(self.durable_config)

    @property
    def dead_letter_target(self) -> str:
        """The ARN of the queue or topic for discarded events, or nothing."""
        return str(self._kept.get("DeadLetterConfig", {}).get("TargetArn", ""))

    # --- life of $LATEST -----------------------------------------------------------------------------------------------

    def settled(self) -> None:
        """$LATEST is ready to be published; called by the clock."""
        if self.state in ("Pending", "ActiveNonInvocable"):
            self.state, self.state_reason = "ActiveNonInvocable", None
            self.last_update_status, self.last_update_reason = "Successful", None

    def updating(self) -> None:
        """A change of $LATEST has been accepted and takes a moment."""
        if self.is_managed:
            self.last_update_status, self.last_update_reason = "InProgress", UPDATING

    # --- life of a published version -----------------------------------------------------------------------------------

    def published(self, version: str | int) -> Function:
        """A copy of this `$LATEST` as the version, which has its own state from now on."""
        copied = copy.copy(self)
        copied._kept = copy.deepcopy(self._kept)
        copied.version = version
        copied.uid = str(mock_random.uuid4())
        copied.function_arn = f"{self.function_arn}:{version}"
        copied.requested_scaling, copied.applied_scaling = None, {}
        copied.last_update_status, copied.last_update_reason = "Successful", None
        copied.new_revision()
        if self.is_managed:
            copied.state, copied.state_reason = "Pending", CREATING
        return copied

    def placed(self) -> None:
        """The fleet has the environments up."""
        if self.state in ("Pending", "Active"):
            self.state, self.state_reason = "Active", None
            self.last_update_status, self.last_update_reason = "Successful", None

    def placement_failed(self, code: str, reason: str) -> None:
        """The fleet could not bring the version up; `code` is one of the model's reason codes."""
        if self.state == "Pending":
            self.state, self.state_reason = "Failed", (code, reason)
        self.last_update_status, self.last_update_reason = "Failed", (code, reason)

    def scale(self, wanted: Mapping[str, int]) -> None:
        """A scaling config has been accepted: 0 and 0 take the version out of service, anything else wakes it."""
        self.requested_scaling = dict(wanted)
        if self.maximum == 0:
            self.state, self.state_reason = "Deactivating", None
        elif self.state == "Deactivated":
            self.state, self.state_reason = "Pending", RESTORING

    def resized(self) -> None:
        """The requested scaling config is in effect."""
        if self.requested_scaling is not None:
            self.applied_scaling, self.requested_scaling = self.requested_scaling, None
        if self.state == "Deactivating":
            self.state, self.state_reason = "Deactivated", None
        elif self.state == "Pending":
            self.state, self.state_reason = "Active", None

    # --- what the fleet asks -------------------------------------------------------------------------------------------

    @property
    def arn(self) -> str:
        """The qualified ARN of the version."""
        return self.function_arn

    @property
    def provider_arn(self) -> str:
        """The ARN of the capacity provider. Only for functions on one."""
        arn: str = self._managed["CapacityProviderArn"]
        return arn

    @property
    def memory_mib(self) -> int:
        """Memory of one execution environment."""
        memory: int = self.memory_size
        return memory

    @property
    def memory_gib_per_vcpu(self) -> float:
        """The memory-to-vCPU ratio."""
        ratio: float = self._managed["ExecutionEnvironmentMemoryGiBPerVCpu"]
        return ratio

    @property
    def vcpus(self) -> float:
        """vCPUs of one execution environment."""
        return vcpus(self.memory_size, self.memory_gib_per_vcpu)

    @property
    def max_concurrency(self) -> int:
        """Requests that one execution environment may have at a time (PerExecutionEnvironmentMaxConcurrency)."""
        most: int = self._managed.get("PerExecutionEnvironmentMaxConcurrency", 1)
        return most

    @property
    def run_key(self) -> str:
        """Tells what runs under it from every other version, and from the same `$LATEST` before a change."""
        return self.uid or f"{self.function_arn}:{self.revision_id}"

    @property
    def logging(self) -> dict[str, Any]:
        """LoggingConfig as it was given."""
        config: dict[str, Any] = self._kept.get("LoggingConfig", {})
        return config

    @property
    def has_accelerator(self) -> bool:
        """Whether the function asks for a GPU."""
        return bool(self._kept.get("AcceleratorConfig"))

    @property
    def architecture(self) -> str:
        """x86_64 or arm64."""
        return self.architectures[0]

    @property
    def _scaling(self) -> dict[str, int]:
        return self.applied_scaling if self.requested_scaling is None else self.requested_scaling

    @property
    def minimum(self) -> int:
        """Fewest execution environments that the fleet keeps up."""
        default: int = facts.value("defaults.min_execution_environments")
        return self._scaling.get("MinExecutionEnvironments", default)

    @property
    def maximum(self) -> int | None:
        """Most execution environments, None for no limit."""
        return self._scaling.get("MaxExecutionEnvironments")

    @property
    def _managed(self) -> dict[str, Any]:
        return managed_config(self._kept) or {}
