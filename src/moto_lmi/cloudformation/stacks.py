"""Stacks that are made, changed and removed on virtual time, and rolled back when a resource fails.

moto does a stack in one go. Here its resources are taken one by one in the order of their references, and each waits
until the one before is ready, as CloudFormation does: a capacity provider until it is Active, a function until its
version is up. A stack without such resources is done at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from moto.cloudformation.models import Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import parse_and_update_resource
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.clock import Event as ClockEvent
from moto_lmi.clock import clock_for
from moto_lmi.cloudformation.mended import remove
from moto_lmi.cloudformation.resources import SYSTEM_TAG, LambdaResource, ResourceFailed
from moto_lmi.cloudformation.template import in_order, references

_LOOK_AGAIN_S = 5.0
_LONGEST_WAIT_H = 1
_DELETE_ATTEMPTS, _TRY_AGAIN_S = 20, 30.0
"""A resource that does not go, because an interface of an instance is still in it, is tried again for ten minutes."""
_ENDS = {
    "CREATE_IN_PROGRESS": "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_COMPLETE",
}
_WITH_ALL = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS")
"""The statuses in which a stack has all its resources, as far as its outputs go."""


@dataclass(frozen=True)
class Step:
    """One resource to create, update or delete. `resource` and `definition` are given for what is deleted."""

    action: str
    logical_id: str
    resource: Any = None
    definition: dict[str, Any] | None = None
    attempt: int = 1


@dataclass(frozen=True)
class Before:
    """What a stack was before an update, for the way back."""

    template: Any
    template_dict: dict[str, Any]
    parameters: dict[str, Any]
    resources: dict[str, Any]


class LMIStack(Stack):
    """A stack that takes its resources step by step."""

    def __init__(self, *args: Any, **members: Any) -> None:
        self.on_failure = "ROLLBACK"
        self.stack_status_reason: str | None = None
        self._steps: list[Step] = []
        self._running: Step | None = None
        self._since: datetime | None = None
        self._next: ClockEvent | None = None
        self._before: Before | None = None
        self._touched: list[Step] = []
        self._to_remove: list[Step] = []
        super().__init__(*args, **members)

    # --- what moto calls -----------------------------------------------------------------------------------------------

    def create_resources(self) -> None:
        """Make the resources."""
        self.description = self.template_dict.get("Description")
        self._tags_for_resources()
        self._touched, self._to_remove = [], []
        self._begin("CREATE_IN_PROGRESS", [Step("create", name) for name in in_order(self.template_dict)])

    def begin_from(self, template: str, parameters: dict[str, Any]) -> None:
        """Make the resources of a change set's template, for a stack that had none."""
        self._take(template, self.parse_template(template), parameters)
        self._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        self.create_resources()

    def update(
        self,
        template: str,
        role_arn: str | None = None,
        parameters: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Change the resources to those of the template. Raises ValidationError before anything is changed."""
        after = self.parse_template(template)
        held = self.resource_map
        difference = held.build_resource_diff(after, parameters)
        removed = self._deletions(
            [name for name in reversed(in_order(self.template_dict)) if name in difference["Remove"]]
        )
        before = Before(self.template, self.template_dict, self.parameters, dict(held._parsed_resources))
        self._take(template, after, self.parameters if parameters is None else parameters)
        self._before, self._touched, self._to_remove = before, [], removed
        self.role_arn = role_arn
        if tags is not None:
            self.tags = tags
        changed = set(difference["Modify"])
        steps = []
        for name in in_order(after):
            if name in difference["Add"]:
                steps.append(Step("create", name))
            elif name in changed or self._leans_on(name, changed):
                changed.add(name)
                steps.append(Step("update", name))
        self._add_stack_event("UPDATE_IN_PROGRESS", resource_status_reason="User Initiated")
        self._begin("UPDATE_IN_PROGRESS", steps)

    def delete(self) -> None:
        """Remove the resources, those that lean on others first."""
        self._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
        self._begin("DELETE_IN_PROGRESS", self._deletions(list(reversed(in_order(self.template_dict)))))

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names a nested stack: none."""
        return ""

    @property
    def stack_resources(self) -> Any:
        """The resources that have been made so far; moto's would make the rest."""
        held = self.resource_map
        return [item for name in held.resources if (item := held._parsed_resources.get(name)) is not None]

    @property
    def outputs(self) -> list[dict[str, Any]] | None:
        """The outputs, once all resources are there."""
        return super().outputs if self._has_all else None

    @property
    def exports(self) -> Any:
        """The exports, once all resources are there."""
        return super().exports if self._has_all else []

    @property
    def _has_all(self) -> bool:
        return self.status in _WITH_ALL

    def is_created(self) -> bool:
        """Whether the stack is ready, for a stack that it is nested in."""
        if "ROLLBACK" in self.status or "FAILED" in self.status:
            raise ResourceFailed(
                f"Embedded stack {self.stack_id} was not successfully created: {self.stack_status_reason}"
            )
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")

    # --- steps ---------------------------------------------------------------------------------------------------------

    def _begin(self, status: str, steps: list[Step], reason: str | None = None) -> None:
        self.status, self.stack_status_reason = status, reason
        self._steps, self._running = steps, None
        if self._next is not None:
            clock_for(self.account_id).cancel(self._next)
        self._go_on()

    def _go_on(self) -> None:
        """Take steps until one has to wait; called again by the clock."""
        self._next = None
        while self._running or self._steps:
            step = self._running or self._steps.pop(0)
            try:
                if self._running is None:
                    self._running, self._since = step, clock_for(self.account_id).now()
                    self._start(step)
                if not self._is_done(step):
                    self._next = clock_for(self.account_id).call_later(_LOOK_AGAIN_S, self._go_on)
                    return
            except Exception as error:  # moto's resources raise whatever their backends do
                self._running = None
                if not self._put_off(step):
                    self._failed(step, error)
                    return
                if all(item.attempt > step.attempt for item in self._steps):
                    self._next = clock_for(self.account_id).call_later(_TRY_AGAIN_S, self._go_on)
                    return
                continue
            self._resource_event(step, "COMPLETE")
            self._running = None
            held = self.resource_map._parsed_resources
            if step.action == "delete" and held.get(step.logical_id) is step.resource:
                del held[step.logical_id]
        self._finished()

    def _start(self, step: Step) -> None:
        held = self.resource_map
        self._resource_event(step, "IN_PROGRESS")
        self._touched.append(step)
        if step.action == "delete":
            definition = step.definition or {}
            if not remove(step.resource, definition.get("Type", ""), self.account_id, self.region_name):
                held._delete_resource(step.resource, definition)
            return
        definition = held._resource_json_map[step.logical_id]
        present = held._parsed_resources.get(step.logical_id)
        made: Any
        if step.action == "create" or present is None:
            made = held[step.logical_id]
        else:
            made = parse_and_update_resource(
                step.logical_id, definition, held, account_id=self.account_id, region_name=self.region_name
            )
        if made is not None:
            held._parsed_resources[step.logical_id] = made
        if isinstance(made, LambdaResource) and present is not None and made is not present:
            self._to_remove.append(Step("delete", step.logical_id, present, definition))
        self._tag(step.logical_id, made)

    def _is_done(self, step: Step) -> bool:
        now = clock_for(self.account_id).now()
        if (now - (self._since or now)).total_seconds() > _LONGEST_WAIT_H * 3600:
            sentence = facts.ours("cfn_not_stable").format(resource=step.logical_id, hours=_LONGEST_WAIT_H)
            raise ResourceFailed(sentence.message)
        if step.action == "delete":
            if isinstance(step.resource, LambdaResource):
                return not step.resource.exists()
            return not (isinstance(step.resource, LMIStack) and step.resource.status == "DELETE_IN_PROGRESS")
        resource: Any = self.resource_map._parsed_resources.get(step.logical_id)
        if isinstance(resource, LambdaResource):
            return resource.go_on()
        # moto's own say nothing of it, as a rule.
        return resource is None or resource.is_created() is not False

    def _put_off(self, step: Step) -> bool:
        """Put off the removal of a resource of moto's own, which may lean on another in ways no template shows."""
        again = step.action == "delete" and not isinstance(step.resource, LambdaResource)
        if not again or step.attempt >= _DELETE_ATTEMPTS:
            return False
        self._steps.append(replace(step, attempt=step.attempt + 1))
        return True

    # --- ends ----------------------------------------------------------------------------------------------------------

    def _finished(self) -> None:
        if self.status == "UPDATE_IN_PROGRESS":
            self._add_stack_event("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            self._begin("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", self._to_remove)
            return
        self.status = _ENDS[self.status]
        backend: Any = cloudformation_backends[self.account_id][self.region_name]
        if self.status == "DELETE_COMPLETE":
            backend.forget_stack(self)
        elif self._has_all:
            self.output_map = self._create_output_map()
            backend.export_outputs(self)
        self._before = None
        self._add_stack_event(self.status, resource_status_reason=None)

    def _failed(self, step: Step, error: Exception) -> None:
        self._resource_event(step, "FAILED", reason_of(error))
        why = f"The following resource(s) failed to {step.action}: [{step.logical_id}]. "
        if self.status == "CREATE_IN_PROGRESS":
            self._create_failed(why)
        elif self.status == "UPDATE_IN_PROGRESS":
            self._update_failed(why)
        elif self.status == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            self._go_on()  # what can't be removed after an update is left where it is
        else:
            self.status = self.status.replace("IN_PROGRESS", "FAILED")
            self.stack_status_reason = why
            self._add_stack_event(self.status, resource_status_reason=why)

    def _create_failed(self, why: str) -> None:
        if self.on_failure == "DO_NOTHING":
            self.status, self.stack_status_reason = "CREATE_FAILED", why
            self._add_stack_event("CREATE_FAILED", resource_status_reason=why)
            return
        status = "DELETE_IN_PROGRESS" if self.on_failure == "DELETE" else "ROLLBACK_IN_PROGRESS"
        why += "Rollback requested by user."
        self._add_stack_event(status, resource_status_reason=why)
        self._begin(status, self._deletions(list(reversed(in_order(self.template_dict)))), why)

    def _update_failed(self, why: str) -> None:
        """Bring every resource that the update has touched back to what it was, and remove what it has made."""
        before = self._before
        assert before is not None
        held = self.resource_map._parsed_resources
        steps, removals, present = [], [], dict(before.resources)
        for step in reversed(self._touched):
            name, resource = step.logical_id, held.get(step.logical_id)
            new = resource is not None and resource is not before.resources.get(name)
            if new and (step.action == "create" or isinstance(resource, LambdaResource)):
                removals.append(Step("delete", name, resource, self.template_dict["Resources"][name]))
            elif step.action == "update":
                present[name] = resource
                steps.append(Step("update", name))
        self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason=why)
        self._take(before.template, before.template_dict, before.parameters)
        self.resource_map._parsed_resources.update(present)
        self._touched, self._to_remove = [], []
        self._begin("UPDATE_ROLLBACK_IN_PROGRESS", [*reversed(steps), *removals], why)

    # --- helpers -------------------------------------------------------------------------------------------------------

    def _take(self, template: Any, template_dict: dict[str, Any], parameters: dict[str, Any]) -> None:
        """Hold another template, with the resources of it that are there. Raises ValidationError, changing nothing."""
        held, present = self.resource_map, (self.template, self.template_dict, self.parameters)
        self.template, self.template_dict, self.parameters = template, template_dict, parameters
        try:
            taken = self._create_resource_map()
        except Exception:
            self.template, self.template_dict, self.parameters = present
            raise
        made = held._parsed_resources
        taken._parsed_resources.update({name: made[name] for name in template_dict["Resources"] if name in made})
        self.resource_map = taken
        self.output_map = self._create_output_map()
        self._tags_for_resources()

    def _leans_on(self, name: str, changed: set[str]) -> bool:
        """Whether one of Lambda's resources refers to one that changes, and so may have other properties afterwards."""
        resource = self.resource_map._parsed_resources.get(name)
        return isinstance(resource, LambdaResource) and not changed.isdisjoint(
            references(self.template_dict["Resources"][name])
        )

    def _deletions(self, names: list[str]) -> list[Step]:
        held = self.resource_map
        return [
            Step("delete", name, resource, held._resource_json_map[name])
            for name in names
            if (resource := held._parsed_resources.get(name)) is not None
            and held._resource_json_map.get(name, {}).get("DeletionPolicy") != "Retain"
        ]

    def _tags_for_resources(self) -> None:
        self.resource_map.tags.update({f"{SYSTEM_TAG}stack-name": self.name, f"{SYSTEM_TAG}stack-id": self.stack_id})

    def _tag(self, logical_id: str, resource: Any) -> None:
        tags = {**self.resource_map.tags, f"{SYSTEM_TAG}logical-id": logical_id}
        if isinstance(resource, TaggedEC2Resource):
            backend = ec2_backends[self.account_id][self.region_name]
            backend.create_tags([resource.physical_resource_id], tags)  # type: ignore[attr-defined]
        elif isinstance(resource, LambdaResource):
            own = {item["Key"] for item in resource.properties.get("Tags") or []}
            resource.tag({key: value for key, value in tags.items() if key not in own})

    def _resource_event(self, step: Step, ending: str, reason: str | None = None) -> None:
        resource: Any = step.resource or self.resource_map._parsed_resources.get(step.logical_id)
        definition = step.definition or self.resource_map._resource_json_map.get(step.logical_id, {})
        self._event(
            step.logical_id,
            getattr(resource, "physical_resource_id", None) or "",
            definition.get("Type", ""),
            f"{step.action.upper()}_{ending}",
            reason,
        )

    def _add_stack_event(
        self, resource_status: str, resource_status_reason: str | None = None, resource_properties: str | None = None
    ) -> None:
        self._event(self.name, self.stack_id, "AWS::CloudFormation::Stack", resource_status, resource_status_reason)

    def _event(self, logical_id: str, physical_id: str, kind: str, status: str, reason: str | None) -> None:
        event = Event(self.stack_id, self.name, logical_id, physical_id, kind, status, reason, None)
        event.timestamp = clock_for(self.account_id).now().replace(tzinfo=None)
        event.sendToSns(self.account_id, self.region_name, self.notification_arns)
        self.events.append(event)


def reason_of(error: Exception) -> str:
    """Why a resource failed, as CloudFormation words it."""
    message = getattr(error, "message", None) or getattr(error, "description", None) or str(error) or repr(error)
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {mock_random.uuid4()}, HandlerErrorCode: {_handler_code(error)})"
    )


def _handler_code(error: Exception) -> str:
    if isinstance(error, ResourceFailed):
        return "NotStabilized"
    code = str(getattr(error, "code", ""))
    known = {
        "NotFound": "NotFound",
        "Conflict": "AlreadyExists",
        "AlreadyExists": "AlreadyExists",
        "AccessDenied": "AccessDenied",
    }
    return next((name for part, name in known.items() if part in code), "InvalidRequest")
