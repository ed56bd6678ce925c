"""Creating, changing, publishing and deleting functions, on a capacity provider or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import FunctionAlreadyExists
from moto.awslambda.models import LambdaBackend

from moto_lmi import facts
from moto_lmi.api.errors import AccessDenied, InvalidParameterValue, OwnSentence, PreconditionFailed, ResourceConflict
from moto_lmi.behaviour import behaviour_of
from moto_lmi.capacity_providers import CapacityProvider, CapacityProviders, check_tags
from moto_lmi.clock import clock_for
from moto_lmi.durable.config import check_durable, durable_changes
from moto_lmi.function_rules import (
    check_code,
    check_managed,
    check_ordinary,
    check_provider_active,
    check_source,
    check_zip,
    managed_config,
    with_defaults,
)
from moto_lmi.function_storage import FunctionStorage
from moto_lmi.functions import LATEST, LATEST_PUBLISHED, UPDATING, Function

if TYPE_CHECKING:
    from moto_lmi.fleet import Fleet

_STALE_REVISION = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)
_CODE_SETTINGS = ("S3ObjectVersion", "S3ObjectStorageMode", "SourceKMSKeyArn")
_CODE_MEMBERS = (
    "ZipFile",
    "S3Bucket",
    "S3Key",
    "S3ObjectVersion",
    "S3ObjectStorageMode",
    "ImageUri",
    "SourceKMSKeyArn",
)


class FunctionOperations(LambdaBackend):
    """The function operations of the Lambda backend of one account and Region."""

    capacity_providers: CapacityProviders
    fleet: Fleet
    _lambdas: FunctionStorage

    def create_function(self, spec: dict[str, Any]) -> Function:
        """CreateFunction; with `Publish` or `PublishTo` the answer is the version that is being published."""
        name, _ = self._lambdas.split(spec["FunctionName"])
        if self._lambdas.has(name):
            raise FunctionAlreadyExists(name)
        spec = {**spec, "FunctionName": name, "Code": dict(spec["Code"])}
        check_tags(spec.get("Tags", {}))
        check_durable(spec.get("DurableConfig"))
        config = managed_config(spec)
        if config is None:
            check_ordinary(spec)
            check_source(spec["Code"])
        else:
            check_code(spec)
            provider = self.capacity_providers.get(config["CapacityProviderArn"])
            spec = with_defaults(spec)
            check_managed(spec, provider)
        try:
            function = Function(self.account_id, spec, self.region_name)  # type: ignore[abstract]
        except ValueError as exc:  # how moto words a missing bucket or key
            raise InvalidParameterValue(str(exc.args[-1])) from exc
        self._lambdas.put_function(function)
        if function.is_managed:
            clock_for(self.account_id).call_later(facts.value("timing.function_settled_s"), function.settled)
        if spec.get("Publish") or spec.get("PublishTo"):
            return self._publish(function, spec.get("PublishTo"), "")
        return function

    def update_function_configuration(
        self, function_name: str, qualifier: str | None, body: dict[str, Any]
    ) -> dict[str, Any]:
        """UpdateFunctionConfiguration: changes `$LATEST` only; published versions stay as they are."""
        function = self._changeable(function_name, qualifier, body.get("RevisionId"))
        changes = {name: value for name, value in body.items() if name not in ("FunctionName", "RevisionId")}
        changes = durable_changes(function, changes)
        config = managed_config(changes)
        if config is not None and not function.is_managed:
            raise InvalidParameterValue("CapacityProviderConfig isn't supported for Lambda Default functions.")
        if function.is_managed:
            changes = self._managed_changes(function, changes)
        else:
            check_ordinary({**function.settings(), **changes})
        function.apply(changes)
        self._settle_update(function)
        return function.get_configuration()

    def _managed_changes(self, function: Function, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes with what the function already has of the nested configs; refused if the result is not allowed."""
        present = function.settings()
        config = {**(managed_config(present) or {}), **(managed_config(changes) or {})}
        changes["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": config}
        if "LoggingConfig" in changes:
            changes["LoggingConfig"] = {**present["LoggingConfig"], **changes["LoggingConfig"]}
        provider = self.capacity_providers.get(config["CapacityProviderArn"])
        check_managed({**present, **changes}, provider)
        return changes

    def update_function_code(self, function_name: str, qualifier: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionCode; with `Publish` or `PublishTo` the answer is the version that is being published."""
        function = self._changeable(function_name, qualifier, body.get("RevisionId"))
        code = {name: body[name] for name in _CODE_MEMBERS if name in body}
        if function.is_managed:
            check_source(code)
            check_zip(code)
            provider = self.capacity_providers.get(function.provider_arn)
            architectures = body.get("Architectures", function.architectures)
            check_managed({**function.settings(), "Architectures": architectures}, provider)
        elif body.get("PublishTo"):
            raise OwnSentence("publish_to_without_provider")
        if body.get("DryRun"):
            return function.get_configuration()
        try:
            function.update_function_code(code)
        except ValueError as exc:
            raise InvalidParameterValue(str(exc.args[-1])) from exc
        function.code.update({name: code[name] for name in _CODE_SETTINGS if name in code})
        if "Architectures" in body:
            function.architectures = body["Architectures"]
        function.new_revision()
        self._settle_update(function)
        if body.get("Publish") or body.get("PublishTo"):
            return self._publish(function, body.get("PublishTo"), "").get_configuration()
        return function.get_configuration()

    def _settle_update(self, function: Function) -> None:
        if function.is_managed:
            function.updating()
            clock_for(self.account_id).call_later(facts.value("timing.function_settled_s"), function.settled)

    def _changeable(self, reference: str, qualifier: str | None, revision_id: str | None) -> Function:
        """`$LATEST` of the function, if it may be changed now."""
        function = self._lambdas.latest_of(reference, qualifier)
        if revision_id is not None and revision_id != function.revision_id:
            raise PreconditionFailed(_STALE_REVISION)
        if function.state in ("Pending", "Deleting"):
            raise ResourceConflict.in_state(function.state)
        if function.last_update_status == "InProgress":
            raise ResourceConflict(
                "The operation cannot be performed at this time. "
                f"An update is in progress for resource: {function.function_arn}"
            )
        return function

    # --- publishing ----------------------------------------------------------------------------------------------------

    def publish_version(
        self,
        function_name: str,
        description: str = "",
        *,
        publish_to: str | None = None,
        code_sha256: str | None = None,
        revision_id: str | None = None,
    ) -> Function:
        """PublishVersion: a number, or `$LATEST.PUBLISHED` with PublishTo; the same number again if nothing changed."""
        function = self._changeable(function_name, None, revision_id)
        if code_sha256 is not None and code_sha256 != function.code_sha_256:
            raise InvalidParameterValue(
                f"CodeSHA256 ({code_sha256}) is different from current CodeSHA256 in $LATEST "
                f"({function.code_sha_256}). Please try again with the CodeSHA256 in $LATEST."
            )
        if publish_to and not function.is_managed:
            raise OwnSentence("publish_to_without_provider")
        return self._publish(function, publish_to, description or "")

    def _publish(self, function: Function, publish_to: str | None, description: str) -> Function:
        provider = self.capacity_providers.get(function.provider_arn) if function.is_managed else None
        if provider is not None:
            check_provider_active(provider)
        if provider is not None and publish_to:
            return self._publish_latest(function, provider)
        newest = self._newest_number(function)
        if newest is not None and newest.content() == function.content():
            return newest
        if provider is not None:
            self._check_version_limit(provider)
        version = function.published(self._lambdas.next_number(function.function_name))
        version.description = description or function.description
        self._lambdas.add_version(version)
        if provider is not None:
            self.fleet.bring_up(version, provider)
        return version

    def _publish_latest(self, function: Function, provider: CapacityProvider) -> Function:
        """Publish to `$LATEST.PUBLISHED`. What runs there goes on until the new version is up."""
        present = self._lambdas.version_of(function.function_name, LATEST_PUBLISHED)
        if present is not None:
            if present.state == "Deleting":
                raise ResourceConflict.in_state(present.state)
            if present.content() == function.content() and present.state != "Failed":
                return present
        else:
            self._check_version_limit(provider)
        version = function.published(LATEST_PUBLISHED)
        version.last_update_status, version.last_update_reason = "InProgress", UPDATING
        if present is not None:
            version.applied_scaling = present.requested_scaling or present.applied_scaling
            if present.state == "Active":
                version.state, version.state_reason = "Active", None
        self._lambdas.add_version(version)
        self.fleet.bring_up(version, provider, replaces=present)
        return version

    def _newest_number(self, function: Function) -> Function | None:
        numbers = [
            item
            for item in self._lambdas.versions_of(function.function_name)
            if item.version != LATEST_PUBLISHED and item.state != "Deleting"
        ]
        return numbers[-1] if numbers else None

    def _check_version_limit(self, provider: CapacityProvider) -> None:
        limit = facts.value("limits.function_versions_per_provider")
        if len(self.versions_on(provider)) >= limit:
            raise OwnSentence("version_limit", limit=limit)

    def versions_on(self, provider: CapacityProvider) -> list[Function]:
        """The published versions on a capacity provider, in the order of their ARNs."""
        return [
            version
            for version in self._lambdas.every_version()
            if version.is_managed and version.provider_arn == provider.arn
        ]

    # --- deleting ------------------------------------------------------------------------------------------------------

    def delete_function(self, function_name: str, qualifier: str | None = None) -> bool:  # type: ignore[override]
        """DeleteFunction. True when it goes on in the background, as it does for functions on a capacity provider."""
        name, qualifier = self._lambdas.split(function_name, qualifier)
        version = self._lambdas.find(name, qualifier)
        if qualifier == LATEST:
            raise InvalidParameterValue("$LATEST version cannot be deleted without deleting the function.")
        if qualifier is None:
            return self._delete_whole(version)
        self._check_no_alias(name, version, qualifier)
        if not version.is_managed:
            self._lambdas.remove_version(version)
            return False
        self._begin_delete(version)
        return True

    def _delete_whole(self, latest: Function) -> bool:
        if not latest.is_managed:
            self._remove(latest)
            return False
        if latest.state != "Deleting":
            latest.state, latest.state_reason = "Deleting", None
            latest.last_update_status = "InProgress"
            for version in self._lambdas.versions_of(latest.function_name):
                self._begin_delete(version)
            clock_for(self.account_id).call_later(facts.value("timing.function_deleted_s"), self._remove, latest)
        return True

    def _remove(self, latest: Function) -> None:
        self._lambdas.remove_function(latest)
        self.function_removed(latest.function_name)

    def function_removed(self, name: str) -> None:
        """A function is gone; for whoever keeps something for it."""

    def _begin_delete(self, version: Function) -> None:
        if version.state == "Deleting":
            return
        version.state, version.state_reason = "Deleting", None
        version.last_update_status = "InProgress"
        self.fleet.withdraw(version)
        clock_for(self.account_id).call_later(
            facts.value("timing.function_deleted_s"), self._lambdas.remove_version, version
        )

    def _check_no_alias(self, name: str, version: Function, qualifier: str) -> None:
        aliases = self._lambdas.aliases_of(name)
        if qualifier in aliases:
            raise InvalidParameterValue("Deletion of aliases is not currently supported.")
        using = sorted(
            alias.name
            for alias in aliases.values()
            if alias.function_version == str(version.version)
            or str(version.version) in (alias.routing_config or {}).get("AdditionalVersionWeights", {})
        )
        if using:
            raise ResourceConflict(
                f"Unable to delete version because the following aliases reference it: [{', '.join(using)}]"
            )

    # --- scaling config ------------------------------------------------------------------------------------------------

    def scaled_version(self, function_name: str, qualifier: str) -> Function:
        """The version whose scaling config is meant. Raises as PutFunctionScalingConfig does on AWS."""
        latest = self._lambdas.latest_of(function_name)
        if not latest.is_managed:
            raise AccessDenied("The function provided by the arn does not contain a capacity provider configuration")
        return self._lambdas.find(function_name, qualifier)

    def put_function_scaling_config(
        self, function_name: str, qualifier: str, config: Mapping[str, int] | None
    ) -> Function:
        """PutFunctionScalingConfig: the values stand under Requested until they are in effect; None resets them."""
        version = self.scaled_version(function_name, qualifier)
        wanted = dict(config or {})
        _check_scaling(wanted, self.account_id)
        if version.state in ("Pending", "Failed", "Deleting", "Deactivating"):
            raise ResourceConflict.in_state(version.state)
        if version.requested_scaling is not None or version.last_update_status == "InProgress":
            raise OwnSentence("scaling_config_in_progress", arn=version.arn)
        version.scale(wanted)
        self.fleet.resize(version, version.minimum, version.maximum)
        return version


def _check_scaling(config: Mapping[str, int], account_id: str) -> None:
    minimum = config.get("MinExecutionEnvironments", facts.value("defaults.min_execution_environments"))
    maximum = config.get("MaxExecutionEnvironments")
    if minimum == 0 and maximum != 0 and not behaviour_of(account_id).scale_to_zero:
        raise OwnSentence("min_zero")
    if maximum is not None and minimum > maximum:
        raise OwnSentence("min_above_max", minimum=minimum, maximum=maximum)
