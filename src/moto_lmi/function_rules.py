"""What is refused when a function is created or changed, and the defaults that a capacity provider brings."""

from __future__ import annotations

import zipfile
from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from moto_lmi import facts
from moto_lmi.api.errors import InvalidParameterValue, OwnSentence, ValidationException
from moto_lmi.capacity_providers import CapacityProvider

_ORDINARY_TIMEOUT_S = facts.value("limits.timeout_s_sync")
_ORDINARY_MEMORY_MB = 10_240
_MIB_PER_GIB = 1024


def managed_config(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """The LambdaManagedInstancesCapacityProviderConfig among the settings, if there is one."""
    config = settings.get("CapacityProviderConfig")
    return config["LambdaManagedInstancesCapacityProviderConfig"] if config else None


def supported_runtimes() -> dict[str, dict[str, Any]]:
    """The facts of the language family by runtime identifier, for runtimes that run on managed instances."""
    families = ("python", "nodejs", "java", "dotnet", "rust")
    return {
        identifier: facts.value(f"runtimes.{family}")
        for family in families
        for identifier in facts.value(f"runtimes.{family}")["ids"]
    }


def vcpus(memory_mb: int, gib_per_vcpu: float) -> float:
    """The vCPUs of an execution environment with so many MB at so many GiB per vCPU."""
    return memory_mb / _MIB_PER_GIB / gib_per_vcpu


def with_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a function on a provider with what Lambda fills in: memory, ratio, concurrency, JSON logs."""
    filled = dict(settings)
    filled.setdefault("MemorySize", facts.value("defaults.memory_mb"))
    config = dict(managed_config(settings) or {})
    config.setdefault("ExecutionEnvironmentMemoryGiBPerVCpu", facts.value("defaults.memory_gib_per_vcpu"))
    config.setdefault("PerExecutionEnvironmentMaxConcurrency", _default_concurrency(filled, config))
    filled["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": config}
    filled["LoggingConfig"] = {
        "LogFormat": facts.value("defaults.function_log_format"),
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        "LogGroup": f"/aws/lambda/{settings['FunctionName']}",
        **settings.get("LoggingConfig", {}),
    }
    return filled


def _default_concurrency(settings: Mapping[str, Any], config: Mapping[str, Any]) -> int:
    family = supported_runtimes().get(settings.get("Runtime", ""), facts.value("runtimes.python"))
    size = vcpus(settings["MemorySize"], config["ExecutionEnvironmentMemoryGiBPerVCpu"])
    most: int = facts.value("limits.per_environment_concurrency_model")[1]
    per_vcpu: int = family["default_concurrency_per_vcpu"]
    return min(most, max(1, round(per_vcpu * size)))


def check_provider_active(provider: CapacityProvider) -> None:
    """Refuse a capacity provider that isn't ready yet, or is being deleted."""
    if provider.state != "Active":
        raise OwnSentence("provider_not_active", state=provider.state)


def check_managed(settings: Mapping[str, Any], provider: CapacityProvider) -> None:
    """Refuse what a function on a capacity provider can't be; `settings` are complete, defaults filled in."""
    check_provider_active(provider)
    runtime = settings.get("Runtime")
    if runtime is not None and runtime not in supported_runtimes():
        raise InvalidParameterValue(
            f"Runtime Enum {runtime} does not support specified feature: Lambda Managed Instances"
        )
    logging = settings.get("LoggingConfig", {})
    if logging.get("LogFormat") == "Text":
        raise InvalidParameterValue(
            'LogLevel is not supported when LogFormat is set to "Text". '
            'Remove LogLevel from your request or change the LogFormat to "JSON" and try again.'
        )
    _check_size(settings)
    _check_architecture(settings, provider)
    _check_unsupported_members(settings)
    _check_ephemeral_storage(settings)
    _check_accelerator(settings, managed=True)


def check_ordinary(settings: Mapping[str, Any]) -> None:
    """Refuse what only a function on a capacity provider can be."""
    timeout = settings.get("Timeout", 3)
    if timeout > _ORDINARY_TIMEOUT_S:
        raise OwnSentence("timeout_without_provider", timeout=timeout)
    if settings.get("MemorySize", 128) > _ORDINARY_MEMORY_MB:
        raise OwnSentence("memory_without_provider")
    if settings.get("PublishTo"):
        raise OwnSentence("publish_to_without_provider")
    _check_ephemeral_storage(settings)
    _check_accelerator(settings, managed=False)


def check_code(settings: Mapping[str, Any]) -> None:
    """Refuse a function without code, a ZIP file that is none or lacks runtime and handler, an image that has them."""
    code = settings["Code"]
    check_source(code)
    if settings.get("PackageType", "Zip") == "Zip":
        if not settings.get("Runtime") or not settings.get("Handler"):
            raise InvalidParameterValue(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages."
            )
        if code.get("ImageUri"):
            raise InvalidParameterValue("Please don't provide ImageUri when updating a function with packageType Zip.")
    elif not code.get("ImageUri"):
        raise InvalidParameterValue("Please provide ImageUri when updating a function with packageType Image.")
    elif settings.get("Runtime") or settings.get("Handler") or settings.get("Layers"):
        raise InvalidParameterValue(
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
        )
    check_zip(code)


def check_source(code: Mapping[str, Any]) -> None:
    """Refuse code that comes from nowhere."""
    if not (code.get("ZipFile") or code.get("ImageUri") or (code.get("S3Bucket") and code.get("S3Key"))):
        raise InvalidParameterValue("Please provide a source for function code.")


def check_zip(code: Mapping[str, Any]) -> None:
    """Refuse bytes that are no ZIP file."""
    content = code.get("ZipFile")
    if content is not None and not zipfile.is_zipfile(BytesIO(b64decode(content))):
        raise InvalidParameterValue("Could not unzip uploaded file. Please check your file, then try to upload again.")


def _check_size(settings: Mapping[str, Any]) -> None:
    memory = settings["MemorySize"]
    smallest = facts.value("limits.memory_mb_lmi")[0]
    if memory < smallest:
        raise OwnSentence("memory_too_small", memory=memory, minimum=smallest)
    config = managed_config(settings) or {}
    ratio = config["ExecutionEnvironmentMemoryGiBPerVCpu"]
    size = vcpus(memory, ratio)
    fewest, most = facts.value("limits.vcpu_per_environment")
    if not size.is_integer() or not fewest <= size <= most:
        raise OwnSentence("memory_not_multiple", memory=memory, ratio=ratio, vcpus=f"{size:g}")


def _check_architecture(settings: Mapping[str, Any], provider: CapacityProvider) -> None:
    architecture = settings.get("Architectures", [facts.value("defaults.architecture")])[0]
    if architecture != provider.architecture:
        raise OwnSentence("architecture_mismatch", function=architecture, provider=provider.architecture)


def _check_unsupported_members(settings: Mapping[str, Any]) -> None:
    vpc = settings.get("VpcConfig", {})
    if vpc.get("SubnetIds") or vpc.get("SecurityGroupIds"):
        raise OwnSentence("vpc_config_with_provider")
    if settings.get("SnapStart", {}).get("ApplyOn", "None") != "None":
        raise OwnSentence("snap_start_with_provider")
    if settings.get("TenancyConfig"):
        raise OwnSentence("tenancy_with_provider")


def _check_ephemeral_storage(settings: Mapping[str, Any]) -> None:
    size = settings.get("EphemeralStorage", {}).get("Size")
    section = "ephemeral_mb_with_accelerator" if settings.get("AcceleratorConfig") else "ephemeral_mb"
    most = facts.value(f"limits.{section}")[1]
    if size is not None and size > most:
        constraint = f"Member must have value less than or equal to {most}"
        raise ValidationException(
            [f"Value '{size}' at 'ephemeralStorage.size' failed to satisfy constraint: {constraint}"]
        )


def _check_accelerator(settings: Mapping[str, Any], *, managed: bool) -> None:
    if not settings.get("AcceleratorConfig"):
        return
    architecture = settings.get("Architectures", [facts.value("defaults.architecture")])[0]
    if not managed or settings.get("PackageType", "Zip") != "Image" or architecture != "x86_64":
        raise OwnSentence("accelerator_needs")
