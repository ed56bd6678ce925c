"""What Lambda's resource types have in common: made, changed and removed in steps that wait for the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from moto.awslambda.utils import get_backend
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.utils import get_service_model

from moto_lmi.api.lambda_.models import LMILambdaBackend
from moto_lmi.api.validation import check_members
from moto_lmi.cloudformation.properties import Properties

R = TypeVar("R", bound="LambdaResource")
SYSTEM_TAG = "aws:cloudformation:"


class ResourceFailed(Exception):
    """A resource can't be made, changed or removed; the message is the reason."""


class LambdaResource:
    """A resource of a stack. Subclasses derive from moto's CloudFormationModel too, by which moto finds them.

    `steps` are names of methods that are still to be called, each once what the last one began is over.
    """

    properties_of: ClassVar[Properties]
    attributes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str, properties: Mapping[str, Any], account_id: str, region: str) -> None:
        self.name = name
        self.properties = dict(properties)
        self.account_id = account_id
        self.region = region
        self.steps: list[str] = []
        self._stepped = False

    # --- for moto ------------------------------------------------------------------------------------------------------

    @classmethod
    def cloudformation_type(cls) -> str:
        """The resource type."""
        return cls.properties_of.resource_type

    @classmethod
    def cloudformation_name_type(cls) -> str:
        """The property that names the resource, empty if none does."""
        return cls.properties_of.name or ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Fn::GetAtt knows the attribute."""
        return attr in cls.attributes

    @classmethod
    def create_from_cloudformation_json(
        cls: type[R], resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> R:
        """Begin to make the resource."""
        resource = cls(resource_name, cloudformation_json["Properties"], account_id, region_name)
        resource.create()
        resource._stepped = True
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls: type[R],
        original_resource: R,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> R:
        """Begin to change the resource, or to make one that replaces it if a create-only property differs."""
        after = cloudformation_json["Properties"]
        if cls.properties_of.replaces(original_resource.properties, after):
            if cls.properties_of.name in after and new_resource_name == original_resource.name:
                raise ResourceFailed(
                    "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                    f"Rename {new_resource_name} and update the stack again."
                )
            return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)
        before, original_resource.properties = original_resource.properties, dict(after)
        original_resource._stepped = False
        original_resource.update(before)
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """Not called: stacks remove these resources through `delete`."""

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        """The value of Fn::GetAtt."""
        if attribute_name not in self.attributes:
            raise UnformattedGetAttTemplateException
        return self.attribute(attribute_name)

    @property
    def physical_resource_id(self) -> str:
        """The value of Ref."""
        return self.name

    def is_created(self) -> bool:
        """Whether the resource is ready."""
        return not self.steps and not self.is_busy()

    # --- for stacks ----------------------------------------------------------------------------------------------------

    def go_on(self) -> bool:
        """Take the next steps as far as they are due. Returns whether all is done; raises when it can't be."""
        while not self.is_busy():
            if self._stepped:  # what was wrong before this change is none of its business
                self.check_outcome()
            if not self.steps:
                return True
            getattr(self, self.steps.pop(0))()
            self._stepped = True
        return False

    def create(self) -> None:
        """Begin to make the resource."""
        raise NotImplementedError

    def update(self, before: Mapping[str, Any]) -> None:
        """Begin to change the resource from the properties before to those it has now."""
        raise NotImplementedError

    def delete(self, account_id: str, region: str) -> None:
        """Begin to remove the resource; it is no error when it is not there."""
        raise NotImplementedError

    def is_busy(self) -> bool:
        """Whether what the last step began is still going on."""
        raise NotImplementedError

    def check_outcome(self) -> None:
        """Raise ResourceFailed when what the last step began came to nothing."""

    def exists(self) -> bool:
        """Whether there is still something of the resource."""
        raise NotImplementedError

    def attribute(self, name: str) -> Any:
        """The value of one of `attributes`."""
        raise NotImplementedError

    def actual(self) -> dict[str, Any]:
        """The resource's properties as they are now, named as in a template; for drift."""
        raise NotImplementedError

    def tag(self, tags: Mapping[str, str]) -> None:
        """Put the tags that a stack gives its resources on the resource, if its type has tags."""

    @property
    def backend(self) -> LMILambdaBackend:
        """The Lambda of the stack's account and Region."""
        return cast(LMILambdaBackend, get_backend(self.account_id, self.region))

    def request(self, operation: str | None = None, members: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A request of the operation, by default the one that creates the resource of its properties.

        Raises ValidationException in AWS's words where it breaks limits of the service model.
        """
        wanted = self.properties_of.request(self.properties) if members is None else dict(members)
        model = get_service_model("lambda").operation_model(operation or self.properties_of.operation)
        check_members(model, wanted)
        copied: dict[str, Any] = json_copy(wanted)
        return copied


def json_copy(value: Any) -> Any:
    """A copy that shares nothing with the template."""
    return json.loads(json.dumps(value))


def changed(before: Mapping[str, Any], after: Mapping[str, Any], *names: str) -> bool:
    """Whether any of the properties differs."""
    return any(before.get(name) != after.get(name) for name in names)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as a template has them, without those that the stack itself has put on."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items()) if not key.startswith(SYSTEM_TAG)]
