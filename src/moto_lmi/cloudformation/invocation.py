"""AWS::Lambda::Permission, AWS::Lambda::Url and AWS::Lambda::EventInvokeConfig: who and what invokes a function, and how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.core.common_models import CloudFormationModel

from moto_lmi.api.errors import ResourceNotFound
from moto_lmi.asynchronous.invoke_config import InvokeConfig
from moto_lmi.cloudformation.properties import EVENT_INVOKE_CONFIG, PERMISSION, URL
from moto_lmi.cloudformation.resources import LambdaResource
from moto_lmi.function_urls import BUFFERED, FunctionUrl


class _AtOnce(LambdaResource):
    """A resource that is a part of a function and is there at once."""

    @property
    def _function(self) -> LambdaFunction:
        wanted = self.properties_of.request(self.properties)
        return self.backend.get_function(wanted["FunctionName"], wanted.get("Qualifier"))

    def _part(self) -> Any:
        """The resource in the function, None if it isn't there."""
        raise NotImplementedError

    def is_busy(self) -> bool:
        """Never."""
        return False

    def exists(self) -> bool:
        """Whether the function is there and has it."""
        try:
            return self._part() is not None
        except ResourceNotFound:
            return False


class PermissionResource(_AtOnce, CloudFormationModel):
    """A statement in a function's policy; every change replaces it."""

    properties_of = PERMISSION
    attributes = ("Id",)

    def create(self) -> None:
        """AddPermission, with the resource's name as the statement's."""
        request = {**self.properties_of.request(self.properties), "StatementId": self.name}
        checked = self.request(members=request)
        name = checked.pop("FunctionName")
        self.backend.add_permission(name, None, json.dumps(checked))  # type: ignore[arg-type]

    def delete(self, account_id: str, region: str) -> None:
        """RemovePermission."""
        if self.exists():
            self._function.policy.del_statement(self.name)

    def attribute(self, name: str) -> Any:
        """The statement's id."""
        return self.name

    def _part(self) -> Any:
        return next((item for item in self._function.policy.statements if item.get("Sid") == self.name), None)

    def actual(self) -> dict[str, Any]:
        """A statement does not give its properties back; that it is there is all that is compared."""
        return dict(self.properties)


class UrlResource(_AtOnce, CloudFormationModel):
    """The URL of a function or of an alias."""

    properties_of = URL
    attributes = ("FunctionUrl", "FunctionArn")

    @property
    def _of(self) -> tuple[str, str | None]:
        wanted = self.properties_of.request(self.properties)
        return str(wanted["FunctionName"]), wanted.get("Qualifier")

    def create(self) -> None:
        """CreateFunctionUrlConfig."""
        name, qualifier = self._of
        self.backend.create_function_url_config(name, self.request(), qualifier)

    def update(self, before: Mapping[str, Any]) -> None:
        """UpdateFunctionUrlConfig; what the template has no more goes back to its default."""
        name, qualifier = self._of
        defaults = {"InvokeMode": BUFFERED, "Cors": None}
        self.backend.update_function_url_config(name, {**defaults, **self.request()}, qualifier)

    def delete(self, account_id: str, region: str) -> None:
        """DeleteFunctionUrlConfig."""
        if self.exists():
            self.backend.delete_function_url_config(*self._of)

    @property
    def physical_resource_id(self) -> str:
        """The function's ARN."""
        return str(self.attribute("FunctionArn")) if self.exists() else self.name

    def attribute(self, name: str) -> Any:
        """The URL or the function's ARN."""
        return self._part().document()[name]

    def _part(self) -> FunctionUrl:
        return self.backend.get_function_url_config(*self._of)

    def actual(self) -> dict[str, Any]:
        """The configuration of the URL."""
        name, qualifier = self._of
        return {**self._part().document(), "TargetFunctionArn": name, "Qualifier": qualifier}


class EventInvokeConfigResource(_AtOnce, CloudFormationModel):
    """How asynchronous invocations of a function's version or alias are retried and where their results go."""

    properties_of = EVENT_INVOKE_CONFIG

    @property
    def _arn(self) -> str:
        wanted = self.properties_of.request(self.properties)
        return self.backend.config_arn(wanted["FunctionName"], wanted["Qualifier"])

    def create(self) -> None:
        """PutFunctionEventInvokeConfig."""
        self.backend.put_invoke_config(self.request(), update=False)

    def update(self, before: Mapping[str, Any]) -> None:
        """PutFunctionEventInvokeConfig."""
        self.create()

    def delete(self, account_id: str, region: str) -> None:
        """DeleteFunctionEventInvokeConfig."""
        if self.exists():
            self.backend.invoke_configs.delete(self._arn)

    def attribute(self, name: str) -> Any:
        """There are none."""
        raise KeyError(name)

    def _part(self) -> InvokeConfig:
        return self.backend.invoke_configs.get(self._arn)

    def actual(self) -> dict[str, Any]:
        """The configuration."""
        names = ("FunctionName", "Qualifier")
        return {**self._part().document(), **{name: self.properties[name] for name in names}}
