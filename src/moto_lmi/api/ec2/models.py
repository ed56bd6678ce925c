"""The EC2 backend with managed resources. moto finds the paths of a backend from the name of this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance, InstanceState, Reservation

from moto_lmi import facts
from moto_lmi.api.ec2.networks import Networks

T = TypeVar("T")

PENDING = InstanceState("pending", 0)
RUNNING = InstanceState("running", 16)
SHUTTING_DOWN = InstanceState("shutting-down", 32)

_ROOT_DEVICE = "/dev/xvda"
_DATA_DEVICE = "/dev/xvdb"
_hiding: ContextVar[bool] = ContextVar("hiding managed resources", default=False)


@dataclass(frozen=True)
class Operator:
    """The service that operates a managed resource, as describe calls show it."""

    managed: bool
    principal: str
    hidden_by_default: bool


@dataclass(frozen=True)
class Launch:
    """What is asked of EC2 for one managed instance."""

    instance_type: str
    architecture: str
    subnet_id: str
    security_group_ids: tuple[str, ...]
    kms_key_arn: str | None
    tags: Mapping[str, str]
    launched: datetime


class NoFreeAddress(Exception):
    """The subnet has no free private address left."""


def operator_of(resource: Any) -> Operator | None:
    """The operator of an instance, volume or network interface; None for an ordinary one."""
    found: Operator | None = getattr(resource, "operator", None)
    return found


@contextmanager
def hiding_managed_resources(hide: bool) -> Iterator[None]:
    """Leave managed resources out of what the describe methods of the backend return."""
    token = _hiding.set(hide)
    try:
        yield
    finally:
        _hiding.reset(token)


class LMIEC2Backend(Networks):
    """moto's EC2 backend, which also holds what the Lambda scaler launches."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.managed_resource_visibility = "hidden"

    # --- describing ----------------------------------------------------------------------------------------------------

    def describe_instances(self, filters: Any = None) -> list[Reservation]:
        """The reservations with the instances that may be seen."""
        wanted, rest = _operator_filters(filters)
        reservations = super().describe_instances(rest)
        if not (wanted or self._hides):
            return reservations
        return self._seen_reservations(reservations, wanted)

    def get_reservations_by_instance_ids(self, instance_ids: list[str], filters: Any = None) -> list[Reservation]:
        """The reservations of the named instances; what is asked for by id is not hidden."""
        wanted, rest = _operator_filters(filters)
        return self._seen_reservations(super().get_reservations_by_instance_ids(instance_ids, rest), wanted, by_id=True)

    def _seen_reservations(
        self, reservations: list[Reservation], wanted: Mapping[str, list[str]], *, by_id: bool = False
    ) -> list[Reservation]:
        seen = []
        for reservation in reservations:
            reservation.instances = self._seen(reservation.instances, wanted, by_id=by_id)
            if reservation.instances:
                seen.append(reservation)
        return seen

    def describe_instance_status(
        self, instance_ids: list[str], include_all_instances: bool, filters: Any
    ) -> list[Instance]:
        """The status of the instances that may be seen."""
        wanted, rest = _operator_filters(filters)
        found = super().describe_instance_status(instance_ids, include_all_instances, rest)
        return self._seen(found, wanted, by_id=bool(instance_ids))

    def describe_volumes(self, volume_ids: list[str] | None = None, filters: Any = None) -> list[Any]:
        """The volumes that may be seen."""
        wanted, rest = _operator_filters(filters)
        return self._seen(super().describe_volumes(volume_ids, rest), wanted, by_id=bool(volume_ids))

    def get_all_network_interfaces(self, eni_ids: list[str] | None = None, filters: Any = None) -> list[Any]:
        """The network interfaces that may be seen."""
        wanted, rest = _operator_filters(filters)
        return self._seen(super().get_all_network_interfaces(eni_ids, rest), wanted, by_id=bool(eni_ids))

    @property
    def _hides(self) -> bool:
        return _hiding.get() and self.managed_resource_visibility == "hidden"

    def _seen(self, items: Iterable[T], wanted: Mapping[str, list[str]], *, by_id: bool = False) -> list[T]:
        hide = self._hides and not by_id
        return [item for item in items if not (hide and operator_of(item)) and _has_operator(item, wanted)]

    def managed_among(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids (instances, volumes, interfaces, attachments) that belong to managed resources."""
        wanted = set(ids)
        found: set[str] = set()
        for reservation in self.reservations.values():
            found |= {item.id for item in reservation.instances if item.id in wanted and operator_of(item)}
        found |= {key for key in wanted & self.volumes.keys() if operator_of(self.volumes[key])}
        for interface in self.enis.values():
            if operator_of(interface):
                found |= {str(interface.id), str(interface.attachment_id)} & wanted
        return sorted(found)

    # --- what an interface holds on to ---------------------------------------------------------------------------------

    def delete_subnet(self, subnet_id: str) -> Any:
        """DeleteSubnet, refused while a managed network interface is in the subnet."""
        if any(operator_of(interface) and interface.subnet_id == subnet_id for interface in self.enis.values()):
            raise EC2ClientError(
                "DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            )
        return super().delete_subnet(subnet_id)

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> Any:
        """DeleteSecurityGroup, refused while a managed network interface is in the group."""
        for interface in self.enis.values():
            if operator_of(interface) and any(group.id == group_id for group in interface.group_set):
                raise EC2ClientError("DependencyViolation", f"resource {group_id} has a dependent object")
        return super().delete_security_group(name, group_id)

    # --- what the Lambda scaler does -----------------------------------------------------------------------------------

    def launch_managed(self, launch: Launch) -> Instance:
        """Launch one managed instance with its network interface and its two volumes.

        Only the data volume is encrypted with the provider's key; the operational one shows no encryption, as was
        seen in a real account. Raises NoFreeAddress when the subnet is full, and moto's errors for a missing subnet
        or group.
        """
        operator = Operator(
            managed=True,
            principal=facts.value("ec2.operator_principal"),
            hidden_by_default=facts.value("ec2.hidden_by_default"),
        )
        data_volume = {"VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
        if launch.kms_key_arn:
            data_volume["KmsKeyId"] = launch.kms_key_arn
        try:
            reservation = self.run_instances(
                self._image_for(launch.architecture),
                1,
                None,
                [],
                instance_type=launch.instance_type,
                is_instance_type_default=False,
                region_name=self.region_name,
                subnet_id=launch.subnet_id,
                security_group_ids=list(launch.security_group_ids),
                metadata_options=facts.value("ec2.metadata_options"),
                tags={"instance": dict(launch.tags), "volume": dict(launch.tags)},
                block_device_mappings=[
                    {"DeviceName": _ROOT_DEVICE, "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}},
                    {"DeviceName": _DATA_DEVICE, "Ebs": {"VolumeSize": 8, **data_volume}},
                ],
            )
        except (StopIteration, RuntimeError) as exc:  # how moto's subnet says that it is full
            raise NoFreeAddress(launch.subnet_id) from exc
        instance = reservation.instances[0]
        instance.architecture = launch.architecture
        launched = launch.launched.replace(tzinfo=None)
        instance.launch_time = launched
        instance._state = InstanceState(PENDING.name, PENDING.code)
        _mark(instance, operator)
        for interface in instance.nics.values():
            interface.delete_on_termination = True
            interface.add_tags(dict(launch.tags))
            interface.requester_managed = True
            interface.attach_time = launched
            _mark(interface, operator)
        for _, device in instance.get_block_device_mapping:
            volume = self.volumes[device.volume_id]
            device.attach_time = volume.create_time = launched
            if volume.attachment is not None:
                volume.attachment.attach_time = launched
            _mark(device, operator)
            _mark(volume, operator)
        return instance

    def set_managed_state(self, instance_id: str, state: InstanceState) -> None:
        """Show a managed instance in the state; nothing happens when it is gone."""
        instance = self.get_instance_by_id(instance_id)
        if instance is not None:
            instance._state = InstanceState(state.name, state.code)

    def terminate_managed(self, instance_id: str) -> None:
        """Terminate a managed instance; its network interface and volumes go with it."""
        instance = self.get_instance_by_id(instance_id)
        if instance is not None and instance.state != "terminated":
            instance.terminate()
            instance._reason = "Service initiated"

    def forget_managed(self, instance_id: str) -> None:
        """Take a terminated managed instance out of the describe calls, as EC2 does after about an hour."""
        for key, reservation in list(self.reservations.items()):
            if any(item.id == instance_id for item in reservation.instances):
                del self.reservations[key]

    def _image_for(self, architecture: str) -> str:
        images = (image for image in self.amis.values() if image.architecture == architecture)
        image = next(images, None) or next(iter(self.amis.values()))
        return str(image.id)


def _mark(resource: Any, operator: Operator) -> None:
    resource.operator = operator


def _operator_filters(filters: Any) -> tuple[dict[str, list[str]], Any]:
    """The filters on the operator, which moto doesn't know, and the others."""
    if not filters:
        return {}, filters
    wanted = {name: values for name, values in filters.items() if name.startswith("operator.")}
    return wanted, {name: values for name, values in filters.items() if name not in wanted}


def _has_operator(resource: Any, wanted: Mapping[str, list[str]]) -> bool:
    operator = operator_of(resource)
    shown = {
        "operator.managed": str(operator is not None).lower(),
        "operator.principal": operator.principal if operator else "",
    }
    return all(shown.get(name) in values for name, values in wanted.items())
