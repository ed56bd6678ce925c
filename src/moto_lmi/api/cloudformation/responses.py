"""The CloudFormation API's actions as far as virtual time, failures and drift change them."""

from __future__ import annotations

from typing import Any, cast

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from moto_lmi.api.cloudformation.models import LMICloudFormationBackend
from moto_lmi.clock import clock_for
from moto_lmi.cloudformation.drift import drifts
from moto_lmi.cloudformation.stacks import LMIStack


class LMICloudFormationResponse(CloudFormationResponse):
    """moto's CloudFormation actions, on virtual time, with OnFailure and drift."""

    @property
    def cloudformation_backend(self) -> LMICloudFormationBackend:
        """The backend of the caller's account and Region."""
        return cast(LMICloudFormationBackend, cloudformation_backends[self.current_account][self.region])

    def call_action(self) -> TYPE_RESPONSE:
        """Let the account's clock catch up, then do as moto does."""
        clock_for(self.current_account).catch_up()
        answer: TYPE_RESPONSE = super().call_action()
        return answer

    def create_stack(self) -> ActionResult:
        """CreateStack, with OnFailure and DisableRollback."""
        on_failure = self._get_param("OnFailure") or "ROLLBACK"
        if self._get_bool_param("DisableRollback", False):
            on_failure = "DO_NOTHING"
        with self.cloudformation_backend.failing(on_failure):
            return super().create_stack()

    # --- drift ---------------------------------------------------------------------------------------------------------

    def _stack(self) -> LMIStack:
        return cast(LMIStack, self.cloudformation_backend.get_stack(self._get_param("StackName")))

    def detect_stack_drift(self) -> ActionResult:
        """DetectStackDrift: done at once."""
        stack = self._stack()
        if not stack._has_all or stack.status.endswith("IN_PROGRESS"):
            raise ValidationError(
                message=f"Drift detection cannot be performed on stack [{stack.stack_id}] while in {stack.status}"
            )
        found = drifts(stack, self._get_param("LogicalResourceIds"))
        drifted = [item for item in found if item["StackResourceDriftStatus"] != "IN_SYNC"]
        identifier = str(mock_random.uuid4())
        self.cloudformation_backend.drift_detections[identifier] = {
            "StackId": stack.stack_id,
            "StackDriftDetectionId": identifier,
            "StackDriftStatus": "DRIFTED" if drifted else "IN_SYNC",
            "DetectionStatus": "DETECTION_COMPLETE",
            "DriftedStackResourceCount": len(drifted),
            "Timestamp": clock_for(self.current_account).now(),
        }
        return ActionResult({"StackDriftDetectionId": identifier})

    def describe_stack_drift_detection_status(self) -> ActionResult:
        """DescribeStackDriftDetectionStatus."""
        identifier = self._get_param("StackDriftDetectionId")
        found = self.cloudformation_backend.drift_detections.get(identifier)
        if found is None:
            raise ValidationError(message=f"DriftDetectionId [{identifier}] does not exist")
        return ActionResult(found)

    def describe_stack_resource_drifts(self) -> ActionResult:
        """DescribeStackResourceDrifts: as things are now, of the resources whose type has drift."""
        wanted = self._get_param("StackResourceDriftStatusFilters") or []
        found = [item for item in drifts(self._stack()) if not wanted or item["StackResourceDriftStatus"] in wanted]
        return ActionResult({"StackResourceDrifts": [self._dated(item) for item in found]})

    def detect_stack_resource_drift(self) -> ActionResult:
        """DetectStackResourceDrift of one resource."""
        name = self._get_param("LogicalResourceId")
        found = drifts(self._stack(), [name])
        if not found:
            raise ValidationError(message=f"Drift detection is not supported for resource {name}, or it does not exist")
        return ActionResult({"StackResourceDrift": self._dated(found[0])})

    def _dated(self, drift: dict[str, Any]) -> dict[str, Any]:
        return {**drift, "Timestamp": clock_for(self.current_account).now()}
