"""What one capacity provider looks like at a moment, as plain data, read with describe calls only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto_lmi import facts

if TYPE_CHECKING:
    from lmi_labs.account import Account

_GONE = frozenset({"terminated"})
_TAG = "aws:lambda:capacity-provider"


@dataclass(frozen=True)
class SubnetView:
    """A subnet of the provider; the zone is empty when the subnet is gone."""

    subnet_id: str
    zone: str


@dataclass(frozen=True)
class InstanceView:
    """A managed instance that is not terminated yet; `vcpus` is 0 when EC2 does not say."""

    instance_id: str
    instance_type: str
    state: str
    zone: str
    subnet_id: str
    vcpus: int


@dataclass(frozen=True)
class VersionView:
    """A function version on the provider with the execution environments that its scaling config asks for."""

    name: str
    state: str
    minimum: int | None
    maximum: int | None
    changing: bool

    @property
    def environments(self) -> str:
        """The range of environments in words."""
        default = facts.value("defaults.min_execution_environments")
        low = (
            f"at least {default} environments by default"
            if self.minimum is None
            else f"at least {self.minimum} environments"
        )
        high = "no maximum" if self.maximum is None else f"at most {self.maximum}"
        return f"{low}, {high}{', changing' if self.changing else ''}"


@dataclass(frozen=True)
class Snapshot:
    """A provider with its subnets, instances and versions. `missing` says in a sentence why there is none."""

    name: str
    state: str = ""
    architecture: str = ""
    max_vcpu_count: int = 0
    scaling_mode: str = ""
    subnets: tuple[SubnetView, ...] = ()
    instances: tuple[InstanceView, ...] = ()
    versions: tuple[VersionView, ...] = ()
    missing: str = ""

    @property
    def zones(self) -> tuple[str, ...]:
        """The Availability Zones of subnets and instances, in order."""
        return tuple(sorted({item.zone for item in self.subnets} | {item.zone for item in self.instances}))

    @property
    def vcpus_used(self) -> int:
        """vCPUs of all instances that are starting or running."""
        return sum(item.vcpus for item in self.instances if item.state in ("pending", "running"))


def take_snapshot(account: Account, capacity_provider_name: str) -> Snapshot:
    """The provider as it is now. Never raises for what AWS answers: a provider that isn't there is a snapshot too."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return _read(account, capacity_provider_name)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ResourceNotFoundException":
            return Snapshot(
                capacity_provider_name, missing=f"There is no capacity provider named {capacity_provider_name}."
            )
        return Snapshot(capacity_provider_name, missing=f"AWS did not answer ({code}). Try again.")
    except (BotoCoreError, OSError) as error:
        return Snapshot(capacity_provider_name, missing=f"The account can't be reached ({type(error).__name__}).")


def _read(account: Account, name: str) -> Snapshot:
    provider = account.client("lambda").get_capacity_provider(CapacityProviderName=name)["CapacityProvider"]
    scaling = provider.get("CapacityProviderScalingConfig", {})
    return Snapshot(
        name=name,
        state=provider["State"],
        architecture=", ".join(provider.get("InstanceRequirements", {}).get("Architectures", [])),
        max_vcpu_count=scaling.get("MaxVCpuCount", 0),
        scaling_mode=scaling.get("ScalingMode", ""),
        subnets=tuple(_subnets(account, provider["VpcConfig"]["SubnetIds"])),
        instances=tuple(_instances(account, provider["CapacityProviderArn"])),
        versions=tuple(_versions(account, name)),
    )


def _subnets(account: Account, subnet_ids: list[str]) -> Iterator[SubnetView]:
    filters = [{"Name": "subnet-id", "Values": subnet_ids}]
    found = account.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    zones = {item["SubnetId"]: item["AvailabilityZone"] for item in found}
    for subnet_id in sorted(subnet_ids, key=lambda item: (zones.get(item, ""), item)):
        yield SubnetView(subnet_id, zones.get(subnet_id, ""))


def _instances(account: Account, provider_arn: str) -> Iterator[InstanceView]:
    ec2 = account.client("ec2")
    answers = ec2.get_paginator("describe_instances").paginate(
        IncludeManagedResources=True, Filters=[{"Name": "operator.managed", "Values": ["true"]}]
    )
    found = [
        item
        for answer in answers
        for reservation in answer["Reservations"]
        for item in reservation["Instances"]
        if item["State"]["Name"] not in _GONE and _is_of(item, provider_arn)
    ]
    vcpus = _vcpus(ec2, sorted({item["InstanceType"] for item in found}))
    for item in sorted(found, key=lambda item: (item["Placement"]["AvailabilityZone"], item["InstanceId"])):
        yield InstanceView(
            instance_id=item["InstanceId"],
            instance_type=item["InstanceType"],
            state=item["State"]["Name"],
            zone=item["Placement"]["AvailabilityZone"],
            subnet_id=item.get("SubnetId", ""),
            vcpus=vcpus.get(item["InstanceType"], 0),
        )


def _is_of(instance: Mapping[str, Any], provider_arn: str) -> bool:
    names = (provider_arn, provider_arn.rsplit(":", 1)[-1])
    return any(tag["Key"] == _TAG and tag["Value"] in names for tag in instance.get("Tags", []))


def _vcpus(ec2: Any, instance_types: list[str]) -> dict[str, int]:
    if not instance_types:
        return {}
    answer = ec2.describe_instance_types(InstanceTypes=instance_types)
    return {item["InstanceType"]: int(item["VCpuInfo"]["DefaultVCpus"]) for item in answer["InstanceTypes"]}


def _versions(account: Account, name: str) -> Iterator[VersionView]:
    client = account.client("lambda")
    answers = client.get_paginator("list_function_versions_by_capacity_provider").paginate(CapacityProviderName=name)
    for item in (item for answer in answers for item in answer["FunctionVersions"]):
        function, _, qualifier = item["FunctionArn"].partition(":function:")[2].partition(":")
        config, changing = _scaling_config(client.get_function_scaling_config, function, qualifier)
        yield VersionView(
            name=f"{function}:{qualifier}",
            state=item["State"],
            minimum=config.get("MinExecutionEnvironments"),
            maximum=config.get("MaxExecutionEnvironments"),
            changing=changing,
        )


def _scaling_config(ask: Callable[..., Any], function: str, qualifier: str) -> tuple[Mapping[str, int], bool]:
    """What is in effect and whether a change is under way; nothing for a version that went in the meantime."""
    from botocore.exceptions import ClientError

    try:
        answer = ask(FunctionName=function, Qualifier=qualifier)
    except ClientError:
        return {}, False
    return answer.get("AppliedFunctionScalingConfig") or {}, bool(answer.get("RequestedFunctionScalingConfig"))
