"""Launching one managed instance: what may stop it, which type it gets, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from moto.kms.models import kms_backends
from moto.utilities.utils import get_partition

from lmi_sim.policies.placement import EnvironmentSize, InstanceShape, choose_shape, eligible, spread
from moto_lmi import facts
from moto_lmi.api.ec2.models import Launch, LMIEC2Backend, NoFreeAddress
from moto_lmi.behaviour import behaviour_of
from moto_lmi.clock import clock_for
from moto_lmi.hosts import Host, Provider
from moto_lmi.iam import operator_role
from moto_lmi.instance_types import catalogue, offered_in

_KEY_PROBLEMS = {
    "Disabled": ("DisabledKMSKey", "is disabled"),
    "PendingDeletion": ("InvalidStateKMSKey", "is pending deletion"),
}


@dataclass(frozen=True)
class Ground:
    """Where instances are launched: an account, a Region, its EC2, and how long an instance takes to be usable."""

    account_id: str
    region: str
    ec2: LMIEC2Backend
    launch_s: float


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


def refusal_before_launch(ground: Ground, provider: Provider) -> Refusal | None:
    """What is wrong with the provider's role, subnets, security groups or key by now, if anything is."""
    launch = operator_role.Launch(
        ground.account_id,
        ground.region,
        provider.operator_role_arn,
        provider.arn,
        tuple(provider.subnet_ids),
        tuple(provider.security_group_ids),
    )
    problem = operator_role.operator_role_problem(launch)
    if problem is not None:
        text = "it is missing or not trusted" if problem == operator_role.TRUST_PROBLEM else f"{problem} is not allowed"
        return Refusal.of("fleet_role", role=provider.operator_role_arn, problem=text)
    for subnet_id in provider.subnet_ids:
        if not any(subnet_id in zone for zone in ground.ec2.subnets.values()):
            return Refusal.of("fleet_subnet_gone", subnet_id=subnet_id)
    for group_id in provider.security_group_ids:
        if ground.ec2.get_security_group_from_id(group_id) is None:
            return Refusal.of("fleet_group_gone", group_id=group_id)
    return _key_refusal(ground, provider.kms_key_arn) or _key_access_refusal(launch, provider.kms_key_arn)


def _key_refusal(ground: Ground, key_arn: str | None) -> Refusal | None:
    if key_arn is None or ":alias/" in key_arn:
        return None
    key = kms_backends[ground.account_id][ground.region].keys.get(key_arn.rsplit("/", 1)[-1])
    if key is None:
        return Refusal.of("fleet_key", key=key_arn, problem="does not exist")
    if key.key_state not in _KEY_PROBLEMS:
        return None
    code, problem = _KEY_PROBLEMS[key.key_state]
    return Refusal(code, Refusal.of("fleet_key", key=key_arn, problem=problem).reason)


def _key_access_refusal(launch: operator_role.Launch, key_arn: str | None) -> Refusal | None:
    """Where IAM is enforced, the refusal of a key that the operator role may not use for volumes."""
    if key_arn is None or ":alias/" in key_arn or not behaviour_of(launch.account_id).enforce_iam:
        return None
    action = operator_role.key_problem(launch, key_arn)
    return Refusal.of("fleet_key_access", key=key_arn, role=launch.role_arn, action=action) if action else None


def launch_host(
    ground: Ground, provider: Provider, hosts: list[Host], size: EnvironmentSize, *, first_burst: bool
) -> tuple[Host | None, Refusal | None]:
    """Launch one instance for environments of the size, in the zone that has the fewest so far."""
    subnets = _subnets_by_zone(ground, provider)
    offered = offered_in(ground.region)
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
                instance_id = _launch(ground, provider, shape, subnet_id)
            except NoFreeAddress:
                continue
            return _host(ground, provider, instance_id, shape, zone, subnet_id), None
    return None, Refusal.of("fleet_subnet_full", subnet_ids=", ".join(provider.subnet_ids))


def launch_successor(ground: Ground, provider: Provider, host: Host) -> tuple[Host | None, Refusal | None]:
    """Launch an instance of the same type in the same zone, to take a host's place; MaxVCpuCount does not count it."""
    refusal = refusal_before_launch(ground, provider)
    if refusal is not None:
        return None, refusal
    subnet_ids = _subnets_by_zone(ground, provider)[host.zone]
    for subnet_id in sorted(subnet_ids, key=lambda item: item != host.subnet_id):
        try:
            instance_id = _launch(ground, provider, host.shape, subnet_id)
        except NoFreeAddress:
            continue
        return _host(ground, provider, instance_id, host.shape, host.zone, subnet_id), None
    return None, Refusal.of("fleet_subnet_full", subnet_ids=", ".join(subnet_ids))


def _host(
    ground: Ground, provider: Provider, instance_id: str, shape: InstanceShape, zone: str, subnet_id: str
) -> Host:
    launched = clock_for(ground.account_id).now()
    ready = launched + timedelta(seconds=ground.launch_s)
    return Host(instance_id, provider.arn, shape, zone, subnet_id, launched, ready)


def _cap_refusal(provider: Provider, present: int, shape: InstanceShape, *, first_burst: bool) -> Refusal | None:
    """MaxVCpuCount counts whole instances. The first burst stops only once the cap is reached, and may overshoot it.

    Both were seen in real accounts: 16 vCPUs under a cap of 12, and two hosts of 32 vCPUs under a cap of 64 with the
    third refused.
    """
    counted = present if first_burst else present + shape.vcpus - 1
    if counted < provider.max_vcpu_count:
        return None
    return Refusal.of("fleet_cap", cap=provider.max_vcpu_count, present=present, wanted=shape.vcpus)


def _subnets_by_zone(ground: Ground, provider: Provider) -> dict[str, list[str]]:
    zones: dict[str, list[str]] = {}
    for subnet_id in provider.subnet_ids:
        zones.setdefault(ground.ec2.get_subnet(subnet_id).availability_zone, []).append(subnet_id)
    return zones


def _least_used_first(subnet_ids: list[str], hosts: list[Host]) -> list[str]:
    return sorted(subnet_ids, key=lambda subnet_id: sum(host.subnet_id == subnet_id for host in hosts))


def _launch(ground: Ground, provider: Provider, shape: InstanceShape, subnet_id: str) -> str:
    launch = Launch(
        instance_type=shape.instance_type,
        architecture=provider.architecture,
        subnet_id=subnet_id,
        security_group_ids=tuple(provider.security_group_ids),
        kms_key_arn=provider.kms_key_arn or _default_key(ground),
        tags={facts.value("ec2.tag_key"): provider.arn, **provider.propagated_tags},
        launched=clock_for(ground.account_id).now(),
    )
    return str(ground.ec2.launch_managed(launch).id)


def _default_key(ground: Ground) -> str:
    """The AWS-managed key with which EBS volumes are encrypted when the provider has no key of its own."""
    return f"arn:{get_partition(ground.region)}:kms:{ground.region}:{ground.account_id}:alias/aws/ebs"
