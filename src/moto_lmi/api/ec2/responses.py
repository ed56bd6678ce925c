"""The EC2 API's actions as far as managed resources change them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.responses import EC2Response

from moto_lmi import facts
from moto_lmi.api.ec2.models import LMIEC2Backend, hiding_managed_resources
from moto_lmi.clock import clock_for

# Actions that change a resource, and the parameters in which they name it.
_CHANGES = {
    "TerminateInstances": ("InstanceIds",),
    "StopInstances": ("InstanceIds",),
    "StartInstances": ("InstanceIds",),
    "RebootInstances": ("InstanceIds",),
    "ModifyInstanceAttribute": ("InstanceId",),
    "ResetInstanceAttribute": ("InstanceId",),
    "ModifyInstanceMetadataOptions": ("InstanceId",),
    "AssociateIamInstanceProfile": ("InstanceId",),
    "AttachVolume": ("VolumeId", "InstanceId"),
    "DetachVolume": ("VolumeId", "InstanceId"),
    "ModifyVolume": ("VolumeId",),
    "DeleteVolume": ("VolumeId",),
    "AttachNetworkInterface": ("NetworkInterfaceId", "InstanceId"),
    "DetachNetworkInterface": ("AttachmentId",),
    "ModifyNetworkInterfaceAttribute": ("NetworkInterfaceId",),
    "DeleteNetworkInterface": ("NetworkInterfaceId",),
    "AssignPrivateIpAddresses": ("NetworkInterfaceId",),
    "UnassignPrivateIpAddresses": ("NetworkInterfaceId",),
    "AssociateAddress": ("NetworkInterfaceId", "InstanceId"),
}


class LMIEC2Response(EC2Response):
    """moto's EC2 actions: managed resources are hidden unless asked for, and nobody but their operator changes them."""

    @property
    def ec2_backend(self) -> LMIEC2Backend:
        """The backend of the caller's account and Region."""
        return cast(LMIEC2Backend, ec2_backends[self.current_account][self.region])

    def call_action(self) -> TYPE_RESPONSE:
        """Let the account's clock catch up, refuse changes of managed resources, then do as moto does."""
        clock_for(self.current_account).catch_up()
        action = self._get_action()
        managed = self.ec2_backend.managed_among(self._named(_CHANGES[action])) if action in _CHANGES else []
        if managed:
            sentence = facts.ours("ec2_managed_refused").format(
                operation=action, resources=", ".join(managed), operator=facts.value("ec2.operator_principal")
            )
            error = EC2ClientError(sentence.code, sentence.message)
            status, headers, body = self.serialized(ActionResult(error))
            return status, {**headers, "status": str(status)}, body
        include = self._get_param("IncludeManagedResources", False)
        hide = action.startswith("Describe") and str(include).lower() != "true"
        with hiding_managed_resources(hide):
            answer: TYPE_RESPONSE = super().call_action()
            return answer

    def _named(self, parameters: tuple[str, ...]) -> Iterator[str]:
        for name in parameters:
            value: Any = self._get_param(name, [])
            yield from value if isinstance(value, list) else [value]

    def get_managed_resource_visibility(self) -> ActionResult:
        """GetManagedResourceVisibility: whether describe calls show managed resources by themselves."""
        self.error_on_dryrun()
        return ActionResult({"Visibility": {"DefaultVisibility": self.ec2_backend.managed_resource_visibility}})

    def modify_managed_resource_visibility(self) -> ActionResult:
        """ModifyManagedResourceVisibility, for the whole account and Region."""
        self.error_on_dryrun()
        wanted = self._get_param("DefaultVisibility")
        if wanted not in ("hidden", "visible"):
            raise EC2ClientError(
                "InvalidParameterValue", f"Value ({wanted}) for parameter DefaultVisibility is invalid."
            )
        self.ec2_backend.managed_resource_visibility = wanted
        return ActionResult({"Visibility": {"DefaultVisibility": wanted}})

    def modify_vpc_endpoint(self) -> ActionResult:
        """ModifyVpcEndpoint, with PrivateDnsEnabled."""
        answer: ActionResult = super().modify_vpc_endpoint()
        if self._get_param("PrivateDnsEnabled") is not None:
            self.ec2_backend.modify_private_dns(
                self._get_param("VpcEndpointId"), self._get_bool_param("PrivateDnsEnabled")
            )
        return answer
