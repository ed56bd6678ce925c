"""The CloudFormation backend. moto finds the paths of a backend from the name of this module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.utils import generate_stack_id

from moto_lmi.cloudformation.resources import ResourceFailed
from moto_lmi.cloudformation.stacks import LMIStack
from moto_lmi.cloudformation.template import prepared


class LMICloudFormationBackend(CloudFormationBackend):
    """moto's CloudFormation backend, with stacks that settle on virtual time and SAM templates."""

    _on_failure = "ROLLBACK"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.drift_detections: dict[str, dict[str, Any]] = {}

    def prepare(self, template: str, parameters: Any) -> str:
        """The template as JSON with SAM translated. Raises ValidationError, with the place of what is wrong."""
        given = (
            {item["ParameterKey"]: item.get("ParameterValue") for item in parameters}
            if isinstance(parameters, list)
            else parameters
        )
        return prepared(template, given or {}, self.account_id, self.region_name)

    @contextmanager
    def failing(self, on_failure: str) -> Iterator[None]:
        """Let stacks that are created meanwhile do so on failure: ROLLBACK, DELETE or DO_NOTHING."""
        self._on_failure = on_failure
        try:
            yield
        finally:
            self._on_failure = "ROLLBACK"

    def create_stack(self, name: str, template: str, parameters: dict[str, Any], *args: Any, **members: Any) -> Stack:
        """CreateStack: refused for a template that can't be right, else begun."""
        if name in [stack.name for stack in self.stacks.values()]:
            raise AlreadyExistsException(f"Stack {name} already exists")
        stack = self._new_stack(name, self.prepare(template, parameters), parameters, **members)
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        stack.create_resources()
        return stack

    def _new_stack(self, name: str, template: Any, parameters: dict[str, Any], **members: Any) -> LMIStack:
        stack = LMIStack(
            stack_id=generate_stack_id(name, self.region_name, self.account_id),
            name=name,
            template=template,
            parameters=parameters,
            account_id=self.account_id,
            region_name=self.region_name,
            cross_stack_resources=self.exports,
            **members,
        )
        stack.on_failure = self._on_failure
        self.stacks[stack.stack_id] = stack
        return stack

    def update_stack(
        self,
        name: str,
        template: str,
        role_arn: str | None,
        parameters: list[dict[str, Any]],
        tags: dict[str, str] | None,
    ) -> Stack:
        """UpdateStack."""
        stack = self._changeable(name)
        resolved = self._resolve_update_parameters(stack, parameters)
        stack.update(self.prepare(template, resolved), role_arn, parameters=resolved, tags=tags)
        return stack

    def _changeable(self, name: str) -> Stack:
        stack = self.get_stack(name)
        if stack.status.endswith("IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
        return stack

    def delete_stack(self, name_or_stack_id: str) -> None:
        """DeleteStack; it is no error when there is no such stack or it is on its way out."""
        for stack in list(self.stacks.values()):
            if name_or_stack_id in (stack.name, stack.stack_id) and stack.status != "DELETE_IN_PROGRESS":
                stack.delete()

    def forget_stack(self, stack: Stack) -> None:
        """The stack's resources are gone."""
        self.stacks.pop(stack.stack_id, None)
        self.deleted_stacks[stack.stack_id] = stack
        self._drop_exports(stack)

    def export_outputs(self, stack: Stack) -> None:
        """Make the stack's exports known. Raises ResourceFailed for a name that another stack exports."""
        self._drop_exports(stack)
        for export in stack.exports:
            if export.name in self.exports:
                raise ResourceFailed(f"Export with name {export.name} is already exported by another stack.")
            self.exports[export.name] = export

    def _drop_exports(self, stack: Stack) -> None:
        for name in [name for name, item in self.exports.items() if item.exporting_stack_id == stack.stack_id]:
            del self.exports[name]

    # --- change sets ---------------------------------------------------------------------------------------------------

    def create_change_set(
        self, stack_name: str, change_set_name: str, template: str, *args: Any, **members: Any
    ) -> Any:
        """CreateChangeSet, refused for a template that can't be right."""
        template = self.prepare(template, args[0] if args else members.get("parameters"))
        answer = super().create_change_set(stack_name, change_set_name, template, *args, **members)
        change_set = self.change_sets[answer[0]]
        plain = change_set.stack
        if not isinstance(plain, LMIStack):
            del self.stacks[plain.stack_id]
            stack = self._new_stack(
                stack_name,
                {},
                plain.parameters,
                notification_arns=plain.notification_arns,
                tags=plain.tags,
                role_arn=plain.role_arn,
            )
            del self.stacks[stack.stack_id]
            stack.stack_id, stack.status, stack.events = plain.stack_id, plain.status, plain.events
            stack.resource_map.stack_id = plain.stack_id
            self.stacks[stack.stack_id] = stack
            change_set.stack = stack
        return answer

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """ExecuteChangeSet: the stack begins to change."""
        change_set = self.describe_change_set(change_set_name)
        assert change_set is not None
        stack: Any = self.stacks[change_set.stack_id]
        if change_set.execution_status != "AVAILABLE":
            raise ValidationError(
                message=f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current execution status of [{change_set.execution_status}]"
            )
        change_set.execution_status = "EXECUTE_COMPLETE"
        if change_set.change_set_type == "CREATE":
            stack.begin_from(change_set.template, change_set.parameters)
        else:
            stack.update(change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
