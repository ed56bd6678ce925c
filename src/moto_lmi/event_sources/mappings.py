"""The event source mappings of an account and Region: their settings, their states, and who polls for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from moto.awslambda.models import EventSourceMapping

from moto_lmi import facts
from moto_lmi.api.errors import InvalidParameterValue, LambdaError, OwnSentence, ResourceConflict, ResourceNotFound
from moto_lmi.clock import clock_for
from moto_lmi.event_sources.filters import check_filters
from moto_lmi.event_sources.kinesis import KinesisPoller, stream_of
from moto_lmi.event_sources.sqs import SqsPoller, queue_of, visibility_s
from moto_lmi.runs import Request, Result

if TYPE_CHECKING:
    from moto_lmi.functions import Function

log = logging.getLogger(__name__)

_MISSING = "The resource you requested does not exist."


class Owner(Protocol):
    """What the mappings need of the Lambda backend that they belong to."""

    account_id: str
    region_name: str

    def reached_version(self, function_name: str, qualifier: str | None) -> Function:
        """The version that an invocation reaches. Raises LambdaError."""
        ...

    def run(self, version: Function, request: Request, done: Callable[[Result], object]) -> None:
        """Invoke the version; `done` is told how it went."""
        ...


class SourceMapping(EventSourceMapping):
    """One mapping: its settings, its state, and how its last batch went."""

    def __init__(self, spec: dict[str, Any], now: datetime) -> None:
        super().__init__(spec)
        self.state = "Creating"
        self.last_result = "No records processed"
        self.touch(now)

    @property
    def is_active(self) -> bool:
        """Whether it polls."""
        return self.state in ("Enabled", "Updating")

    @property
    def reports_items(self) -> bool:
        """Whether the function names the records that failed."""
        return "ReportBatchItemFailures" in (self.function_response_types or [])

    def touch(self, now: datetime) -> None:
        """Set LastModified."""
        self.last_modified = now.timestamp()

    def get_configuration(self) -> dict[str, Any]:
        """EventSourceMappingConfiguration."""
        configuration: dict[str, Any] = super().get_configuration()
        configuration["State"] = self.state
        configuration["StateTransitionReason"] = "USER_INITIATED" if ":sqs:" in self.event_source_arn else "User action"
        if ":sqs:" not in self.event_source_arn:
            configuration["LastProcessingResult"] = self.last_result
        configuration.pop("Tags", None)
        return configuration


class EventSources:
    """The mappings by UUID, each with its poller."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._mappings: dict[str, SourceMapping] = {}
        self._pollers: dict[str, SqsPoller | KinesisPoller] = {}

    # --- the API's operations ------------------------------------------------------------------------------------------

    def create(self, spec: Mapping[str, Any], function_arn: str, function: Function) -> SourceMapping:
        """CreateEventSourceMapping for a queue or a stream. Raises LambdaError as AWS refuses it."""
        settings = {**spec, "FunctionArn": function_arn}
        settings.update({"RegionName": self._owner.region_name, "AccountId": self._owner.account_id})
        source = spec.get("EventSourceArn", "")
        if not source:
            raise OwnSentence("no_event_source")
        self._check(settings, function)
        for other in self._mappings.values():
            if other.event_source_arn == source and other.function_arn == function_arn:
                raise ResourceConflict(
                    f'The event source arn (" {source} ") and function (" {function.function_name} ") provided mapping '
                    f"already exists. Please update or delete the existing mapping with UUID {other.uuid}"
                )
        try:
            mapping = SourceMapping(settings, self._now())  # type: ignore[abstract]
        except ValueError as exc:
            raise InvalidParameterValue(str(exc.args[-1])) from exc
        self._mappings[mapping.uuid] = mapping
        kind = SqsPoller if ":sqs:" in source else KinesisPoller
        self._pollers[mapping.uuid] = kind(self, mapping)
        self._settle(mapping, "Enabled" if mapping.enabled else "Disabled")
        return mapping

    def get(self, uuid: str) -> SourceMapping:
        """The mapping. Raises ResourceNotFound."""
        mapping = self._mappings.get(uuid)
        if mapping is None:
            raise ResourceNotFound(_MISSING)
        return mapping

    def has(self, uuid: str) -> bool:
        """Whether the mapping is one of these."""
        return uuid in self._mappings

    def all(self) -> list[SourceMapping]:
        """Every mapping, in the order in which they were made."""
        return list(self._mappings.values())

    def update(self, uuid: str, change: Callable[[SourceMapping], object], enabled: bool | None) -> SourceMapping:
        """UpdateEventSourceMapping: `change` sets the new values. Raises ResourceConflict while it is changing."""
        mapping = self.get(uuid)
        if mapping.state in ("Creating", "Updating", "Enabling", "Disabling", "Deleting"):
            raise ResourceConflict(
                "Cannot update the event source mapping because it is in use."
                if mapping.state != "Deleting"
                else f"Cannot update the event source mapping {uuid} because it is being deleted."
            )
        was_enabled = mapping.state == "Enabled"
        change(mapping)
        mapping.touch(self._now())
        target = was_enabled if enabled is None else enabled
        mapping.enabled = target
        if target != was_enabled:
            mapping.state = "Enabling" if target else "Disabling"
        else:
            mapping.state = "Updating"
        self._settle(mapping, "Enabled" if target else "Disabled")
        return mapping

    def delete(self, uuid: str) -> SourceMapping:
        """DeleteEventSourceMapping: what it is processing is finished. Raises ResourceNotFound."""
        mapping = self.get(uuid)
        mapping.state = "Deleting"
        clock_for(self._owner.account_id).call_later(
            facts.value("timing.event_source_changed_s"), self._remove, mapping
        )
        return mapping

    def _remove(self, mapping: SourceMapping) -> None:
        self._mappings.pop(mapping.uuid, None)
        self._pollers.pop(mapping.uuid, None)

    def _settle(self, mapping: SourceMapping, state: str) -> None:
        clock_for(self._owner.account_id).call_later(
            facts.value("timing.event_source_changed_s"), self._settled, mapping, mapping.state, state
        )

    def _settled(self, mapping: SourceMapping, before: str, state: str) -> None:
        if mapping.state == before and mapping.uuid in self._mappings:
            mapping.state = state
            self._ring(mapping.uuid)

    def check_change(self, mapping: SourceMapping, changes: Mapping[str, Any], function: Function) -> None:
        """Refuse changes that the mapping would not have been created with."""
        present = {"EventSourceArn": mapping.event_source_arn, "BatchSize": mapping.batch_size}
        present["MaximumBatchingWindowInSeconds"] = mapping.max_batch_window
        self._check({**present, **changes}, function)

    def _check(self, settings: Mapping[str, Any], function: Function) -> None:
        source = settings["EventSourceArn"]
        check_filters(settings.get("FilterCriteria") or {})
        if ":sqs:" in source:
            queue = queue_of(source)
            if queue is None:
                raise OwnSentence("event_source_missing", arn=source)
            if function.timeout > visibility_s(queue):
                raise InvalidParameterValue(
                    f"Queue visibility timeout: {visibility_s(queue)} seconds is less than "
                    f"Function timeout: {function.timeout} seconds"
                )
            if settings.get("BatchSize", 10) > 10 and not settings.get("MaximumBatchingWindowInSeconds"):
                raise InvalidParameterValue(
                    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
                )
            if source.endswith(".fifo") and settings.get("MaximumBatchingWindowInSeconds"):
                raise InvalidParameterValue("Batching window is not supported for FIFO queues")
        elif stream_of(source) is None:
            raise OwnSentence("event_source_missing", arn=source)

    # --- polling -------------------------------------------------------------------------------------------------------

    def wake(self, source_arn: str) -> None:
        """Something came into the queue or stream. Never raises: who put it there has nothing to do with the mapping."""
        for uuid, mapping in list(self._mappings.items()):
            if mapping.event_source_arn == source_arn:
                self._ring(uuid)

    def _ring(self, uuid: str) -> None:
        try:
            self._pollers[uuid].wake()
        except Exception:
            log.exception("an event source mapping could not poll")

    def invoke(self, mapping: SourceMapping, payload: bytes, done: Callable[[Result], object], request_id: str) -> str:
        """Invoke the mapping's function. Returns the version that runs, or nothing after telling `done` why none does."""
        name, qualifier = _name_of(mapping.function_arn)
        try:
            version = self._owner.reached_version(name, qualifier)
        except LambdaError as refusal:
            done(Result("unavailable", error_type=refusal.code, message=refusal.message))
            return ""
        self._owner.run(version, Request(payload, request_id, invoked_arn=version.arn), done)
        return str(version.version)

    @property
    def account_id(self) -> str:
        """The account."""
        return self._owner.account_id

    @property
    def region(self) -> str:
        """The Region."""
        return self._owner.region_name

    def role_of(self, mapping: SourceMapping) -> str:
        """The ARN of the function's role, which a stream's records name."""
        return str(self._owner.get_function(mapping.function_arn).role)  # type: ignore[attr-defined]

    def _now(self) -> datetime:
        return clock_for(self._owner.account_id).now()


def _name_of(function_arn: str) -> tuple[str, str | None]:
    parts = function_arn.split(":")
    return parts[6], parts[7] if len(parts) > 7 else None
