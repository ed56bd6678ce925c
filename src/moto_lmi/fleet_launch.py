"""Launching one managed instance: what may stop it, which type it gets, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.utilities.utils import get_partition

from lmi_sim.policies.placement import EnvironmentSize, InstanceShape, choose_shape, eligible, spread
from moto_lmi import facts, iam
from moto_lmi.api.ec2.models import Launch, NoFreeAddress
from moto_lmi.clock import clock_for
from moto_lmi.instance_types import catalogue, offered_in

if TYPE_CHECKING:
    from moto_lmi.fleet import Fleet, Host, Provider

_KEY_PROBLEMS = {
    "Disabled": ("DisabledKMSKey", "is disabled"),
    "PendingDeletion": ("InvalidStateKMSKey", "is pending deletion"),
}


@dataclass(frozen=True)
class Refusal:
    """Why no instance was launched: a state reason code of the service model and a sentence."""

    code: str
    reason: str

    @classmethod
    def of(cls, key: str, /, **values: object) -> Refusal:
        """The refusal with one of the emulator's own sentences."""
        sentence = facts.ours(key).format(**values)
        return cls(sentence.code, sentence.message)

    @property
    def is_cap(self) -> bool:
        """Whether MaxVCpuCount was the reason."""
        return self.code == facts.ours("fleet_cap").code


def refusal_before_launch(account_id: str, region: str, provider: Provider) -> Refusal | None:
    """What is wrong with the provider's role, subnets, security groups or key by now, if anything is."""
    problem = iam.operator_role_problem(account_id, provider.operator_role_arn)
    if problem is not None:
        text = "it is missing or not trusted" if problem == iam.TRUST_PROBLEM else f"{problem} is not allowed"
        return Refusal.of("fleet_role", role=provider.operator_role_arn, problem=text)
    backend = ec2_backends[account_id][region]
    for subnet_id in provider.subnet_ids:
        if not any(subnet_id in zone for zone in backend.subnets.values()):
            return Refusal.of("fleet_subnet_gone", subnet_id=subnet_id)
    for group_id in provider.security_group_ids:
        if backend.get_security_group_from_id(group_id) is None:
            return Refusal.of("fleet_group_gone", group_id=group_id)
    return _key_refusal(account_id, region, provider.kms_key_arn)


def _key_refusal(account_id: str, region: str, key_arn: str | None) -> Refusal | None:
    if key_arn is None or ":alias/" in key_arn:
        return None
    key = kms_backends[account_id][region].keys.get(key_arn.rsplit("/", 1)[-1])
    if key is None:
        return Refusal.of("fleet_key", key=key_arn, problem="does not exist")
    if key.key_state not in _KEY_PROBLEMS:
        return None
    code, problem = _KEY_PROBLEMS[key.key_state]
    return Refusal(code, Refusal.of("fleet_key", key=key_arn, problem=problem).reason)


def launch_host(
    fleet: Fleet, provider: Provider, size: EnvironmentSize, *, first_burst: bool
) -> tuple[Host | None, Refusal | None]:
    """Launch one instance for environments of the size, in the zone that has the fewest so far."""
    from moto_lmi.fleet import Host

    hosts = fleet.hosts(provider.arn)
    subnets = _subnets_by_zone(fleet, provider)
    offered = offered_in(fleet.region)
    candidates = eligible(
        catalogue().values(), provider.architecture, provider.allowed_instance_types, provider.excluded_instance_types
    )
    if choose_shape(candidates, size) is None:
        return None, Refusal.of(
            "fleet_no_type", memory_gib=size.memory_gib, vcpus=size.vcpus, architecture=provider.architecture
        )
    available = [shape for shape in candidates if any(shape.instance_type in offered.get(zone, ()) for zone in subnets)]
    shape = choose_shape(available, size)
    if shape is None:
        wanted = choose_shape(candidates, size)
        assert wanted is not None
        return None, Refusal.of("fleet_not_offered", instance_type=wanted.instance_type)
    refusal = _cap_refusal(provider, sum(host.shape.vcpus for host in hosts), shape, first_burst=first_burst)
    if refusal is not None:
        return None, refusal
    zones = [zone for zone in subnets if shape.instance_type in offered.get(zone, ())]
    for zone in spread(zones, [host.zone for host in hosts]):
        for subnet_id in _least_used_first(subnets[zone], hosts):
            try:
                instance_id = _launch(fleet, provider, shape, subnet_id)
            except NoFreeAddress:
                continue
            host = Host(instance_id, provider.arn, shape, zone, subnet_id)
            fleet.add_host(host)
            return host, None
    return None, Refusal.of("fleet_subnet_full", subnet_ids=", ".join(provider.subnet_ids))


def _cap_refusal(provider: Provider, present: int, shape: InstanceShape, *, first_burst: bool) -> Refusal | None:
    """MaxVCpuCount counts whole instances. The first burst stops only once the cap is reached, and may overshoot it.

    Both were seen in real accounts: 16 vCPUs under a cap of 12, and two hosts of 32 vCPUs under a cap of 64 with the
    third refused.
    """
    counted = present if first_burst else present + shape.vcpus - 1
    if counted < provider.max_vcpu_count:
        return None
    return Refusal.of("fleet_cap", cap=provider.max_vcpu_count, present=present, wanted=shape.vcpus)


def _subnets_by_zone(fleet: Fleet, provider: Provider) -> dict[str, list[str]]:
    zones: dict[str, list[str]] = {}
    for subnet_id in provider.subnet_ids:
        zones.setdefault(fleet.ec2.get_subnet(subnet_id).availability_zone, []).append(subnet_id)
    return zones


def _least_used_first(subnet_ids: list[str], hosts: list[Host]) -> list[str]:
    return sorted(subnet_ids, key=lambda subnet_id: sum(host.subnet_id == subnet_id for host in hosts))


def _launch(fleet: Fleet, provider: Provider, shape: InstanceShape, subnet_id: str) -> str:
    launch = Launch(
        instance_type=shape.instance_type,
        architecture=provider.architecture,
        subnet_id=subnet_id,
        security_group_ids=tuple(provider.security_group_ids),
        kms_key_arn=provider.kms_key_arn or _default_key(fleet),
        tags={facts.value("ec2.tag_key"): provider.arn, **provider.propagated_tags},
        launched=clock_for(fleet.account_id).now(),
    )
    return str(fleet.ec2.launch_managed(launch).id)


def _default_key(fleet: Fleet) -> str:
    """The AWS-managed key with which EBS volumes are encrypted when the provider has no key of its own."""
    return f"arn:{get_partition(fleet.region)}:kms:{fleet.region}:{fleet.account_id}:alias/aws/ebs"
