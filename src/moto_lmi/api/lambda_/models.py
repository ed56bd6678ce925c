"""The Lambda backend with managed instances. moto finds the paths of a backend from the name of this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import SystemRandom
from typing import Any

from moto.awslambda.exceptions import UnknownAliasException
from moto.awslambda.models import LambdaAlias
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.resource_tagging import TaggedResource
from moto.moto_api._internal import mock_random

from moto_lmi import clock, endings
from moto_lmi.api.errors import InvalidParameterValue, NoPublishedVersion, PreconditionFailed, ResourceConflict
from moto_lmi.background_operations import BackgroundOperations
from moto_lmi.behaviour import behaviour_of
from moto_lmi.capacity_providers import CapacityProvider, CapacityProviders, check_tags
from moto_lmi.fleet import Fleet
from moto_lmi.function_operations import FunctionOperations
from moto_lmi.function_storage import FunctionStorage
from moto_lmi.function_urls import FunctionUrls
from moto_lmi.functions import LATEST, LATEST_PUBLISHED, Function
from moto_lmi.scaling.loop import Scaling
from moto_lmi.telemetry.metrics import MetricWriter
from moto_lmi.telemetry.system_logs import SystemLogs

_random = SystemRandom()
_PROVIDER_KIND = ":capacity-provider:"


class LMILambdaBackend(FunctionUrls, BackgroundOperations, FunctionOperations):
    """moto's Lambda backend, with capacity providers and functions that run on them."""

    runs_code = True
    """Whether an invocation runs the function's code on the data plane."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lambdas = FunctionStorage(region_name=region_name, account_id=account_id)
        self.capacity_providers = CapacityProviders(account_id, region_name)
        self.fleet = Fleet(account_id, region_name)
        self.scaling = Scaling(self.fleet)
        self.scaling.listeners.append(MetricWriter(account_id, region_name).record)
        self.fleet.recorder = SystemLogs(account_id, region_name, self.capacity_providers)

    def reset(self) -> None:
        """Forget everything, and what the account's clock had still to do."""
        clock.ALL.pop(self.account_id, None)
        endings.tell([endings.everything_of(self.account_id, self.region_name)])
        super().reset()

    # --- capacity providers --------------------------------------------------------------------------------------------

    def delete_capacity_provider(self, name_or_arn: str) -> CapacityProvider:
        """DeleteCapacityProvider: refused while a published version uses it, also one that another is about to replace."""
        provider = self.capacity_providers.get(name_or_arn)
        functions = {version.function_name for version in self.versions_on(provider)}
        functions |= {workload.function_name for workload in self.fleet.workloads_on(provider)}
        return self.capacity_providers.delete(name_or_arn, len(functions), self.fleet.retire_provider)

    # --- reading functions ---------------------------------------------------------------------------------------------

    def get_function(self, function_name_or_arn: str, qualifier: str | None = None) -> Function:
        """The version that the name, ARN and qualifier mean."""
        return self._lambdas.find(function_name_or_arn, qualifier)

    def list_functions(self, func_version: str | None = None) -> Iterable[Function]:
        """`$LATEST` of every function, with `ALL` followed by its published versions."""
        for latest in self._lambdas.every_function():
            yield latest
            if func_version == "ALL":
                yield from self._lambdas.versions_of(latest.function_name)

    def list_versions_by_function(self, function_name: str) -> Iterable[Function]:
        """`$LATEST` and the published versions of one function."""
        latest = self._lambdas.latest_of(function_name)
        return [latest, *self._lambdas.versions_of(latest.function_name)]

    # --- aliases -------------------------------------------------------------------------------------------------------

    def create_alias(  # type: ignore[override]
        self,
        name: str,
        function_name: str,
        function_version: str,
        description: str = "",
        routing_config: dict[str, Any] | None = None,
    ) -> LambdaAlias:
        """CreateAlias; `$LATEST.PUBLISHED` is accepted as its version."""
        latest = self._lambdas.latest_of(function_name)
        arn = self._lambdas.arn_of(latest.function_name, name)
        aliases = self._lambdas.aliases_of(latest.function_name)
        if name in aliases:
            raise ResourceConflict(f"Alias already exists: {arn}")
        self._check_alias_target(latest.function_name, function_version, routing_config)
        alias = LambdaAlias(
            self.account_id,
            self.region_name,
            name,
            latest.function_name,
            function_version,
            description,
            routing_config,  # type: ignore[arg-type]
        )
        aliases[name] = alias
        return alias

    def get_alias(self, name: str, function_name: str) -> LambdaAlias:
        """GetAlias."""
        latest = self._lambdas.latest_of(function_name)
        alias = self._lambdas.aliases_of(latest.function_name).get(name)
        if alias is None:
            raise UnknownAliasException(self._lambdas.arn_of(latest.function_name, name))
        found: LambdaAlias = alias
        return found

    def list_aliases(self, function_name: str) -> Iterable[LambdaAlias]:
        """ListAliases, in the order of their names."""
        latest = self._lambdas.latest_of(function_name)
        aliases = self._lambdas.aliases_of(latest.function_name)
        return [aliases[name] for name in sorted(aliases)]

    def update_alias(  # type: ignore[override]
        self,
        name: str,
        function_name: str,
        function_version: str | None = None,
        description: str | None = None,
        routing_config: dict[str, Any] | None = None,
        revision_id: str | None = None,
    ) -> LambdaAlias:
        """UpdateAlias; what is left out stays."""
        alias = self.get_alias(name, function_name)
        if revision_id is not None and revision_id != alias.revision_id:
            raise PreconditionFailed(
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
            )
        latest = self._lambdas.latest_of(function_name)
        self._check_alias_target(latest.function_name, function_version or alias.function_version, routing_config)
        alias.update(description, function_version, routing_config)  # type: ignore[arg-type]
        alias.revision_id = str(mock_random.uuid4())
        return alias

    def delete_alias(self, name: str, function_name: str) -> None:
        """DeleteAlias; it is no error when there is no such alias."""
        latest = self._lambdas.latest_of(function_name)
        self._lambdas.aliases_of(latest.function_name).pop(name, None)

    def _check_alias_target(self, name: str, version: str, routing: dict[str, Any] | None) -> None:
        self._lambdas.find(name, version)
        weights = (routing or {}).get("AdditionalVersionWeights", {})
        if weights and version == LATEST:
            raise InvalidParameterValue("$LATEST is not supported for an alias pointing to more than 1 version")
        for other, weight in weights.items():
            if not 0 <= weight <= 1:
                raise InvalidParameterValue(f"Weight {weight} of version {other} must be between 0.0 and 1.0")
            self._lambdas.find(name, other)

    # --- tags ----------------------------------------------------------------------------------------------------------

    def _tags_of(self, resource_arn: str) -> dict[str, str]:
        if _PROVIDER_KIND in resource_arn:
            return self.capacity_providers.get(resource_arn).tags
        tags: dict[str, str] = self._get_resource_by_arn(resource_arn).tags
        return tags

    def list_tags(self, resource_arn: str) -> dict[str, str]:
        """The tags of a function, event source mapping or capacity provider."""
        return self._tags_of(resource_arn)

    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        """Add tags to a function, event source mapping or capacity provider."""
        present = self._tags_of(resource_arn)
        check_tags({**present, **tags})
        present.update(tags)

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take tags from a function, event source mapping or capacity provider."""
        present = self._tags_of(resource_arn)
        for key in tag_keys:
            present.pop(key, None)

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """What the Resource Groups Tagging API sees."""
        yield from super().iter_tagged_resources()
        for provider in self.capacity_providers.all():
            yield TaggedResource(arn=provider.arn, tags=provider.tags, resource_type="lambda:capacity-provider")

    # --- invoking ------------------------------------------------------------------------------------------------------

    def invoked_version(self, function_name: str, qualifier: str | None, log_type: str | None) -> Function:
        """The version that an invocation reaches, or AWS's refusal of it. An alias with weights chooses anew each time."""
        name, qualifier = self._lambdas.split(function_name, qualifier)
        latest = self._lambdas.latest_of(name)
        if not latest.is_managed:
            return self._lambdas.find(name, self._aliased(name, qualifier))
        if log_type == "Tail":
            raise InvalidParameterValue("Tail logs are not supported for functions configured with capacity provider")
        if qualifier == LATEST:
            raise InvalidParameterValue(
                "Functions configured with capacity provider configuration can't be invoked with $LATEST qualifier. "
                "To invoke this function, specify a published version qualifier or $LATEST.PUBLISHED."
            )
        if qualifier is None and self._lambdas.version_of(name, LATEST_PUBLISHED) is None:
            raise NoPublishedVersion(
                "The function can't be invoked because no published version exists. For functions with capacity "
                "provider configuration, either publish a version to $LATEST.PUBLISHED, or specify a published "
                "version qualifier."
            )
        version = self._lambdas.find(name, self._aliased(name, qualifier) or LATEST_PUBLISHED)
        if version.state != "Active":
            raise ResourceConflict.in_state(version.state)
        return version

    def leaves_to_moto(self, function_name: str) -> bool:
        """Whether moto answers an invocation: its simple backend, or its Docker containers if the account wants them."""
        if not self.runs_code:
            return True
        return behaviour_of(self.account_id).docker and not self._lambdas.latest_of(function_name).is_managed

    def invoked_arn(self, function_name: str, qualifier: str | None) -> str:
        """The ARN by which a function is invoked, as its code is told."""
        return self._lambdas.arn_of(*self._lambdas.split(function_name, qualifier))

    def _aliased(self, name: str, qualifier: str | None) -> str | None:
        """The version behind the qualifier if it is an alias with weights, by chance; else the qualifier."""
        alias = self._lambdas.aliases_of(name).get(qualifier) if qualifier else None
        weights = (alias.routing_config or {}).get("AdditionalVersionWeights", {}) if alias else {}
        chance = _random.random()
        for version, weight in weights.items():
            if chance < weight:
                return str(version)
            chance -= weight
        return qualifier


class LMILambdaSimpleBackend(LMILambdaBackend, LambdaSimpleBackend):
    """The same for `mock_aws(config={"lambda": {"use_docker": False}})`: every invocation succeeds."""

    runs_code = False
