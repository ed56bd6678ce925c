"""What the Lambda backend does without a caller who waits: events, event sources and durable executions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import EventSourceMapping, LambdaBackend
from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.api.errors import InvalidParameterValue, RequestTooLarge
from moto_lmi.asynchronous import EventQueues, InvokeConfigs, QueuedEvent
from moto_lmi.background import BACKGROUND
from moto_lmi.clock import clock_for
from moto_lmi.durable import DurableExecutions
from moto_lmi.durable.execution import Execution
from moto_lmi.event_sources import EventSources
from moto_lmi.event_sources.mappings import SourceMapping
from moto_lmi.functions import LATEST, LATEST_PUBLISHED
from moto_lmi.runs import Request, Result, Runs

if TYPE_CHECKING:
    from moto_lmi.fleet import Fleet
    from moto_lmi.function_storage import FunctionStorage
    from moto_lmi.functions import Function

_DEFAULT_CONCURRENCY = 1000


class BackgroundOperations(LambdaBackend):
    """The part of the Lambda backend that goes on by itself."""

    fleet: Fleet
    _lambdas: FunctionStorage
    runs_code: bool

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.runs = Runs(account_id, region_name)
        self.invoke_configs = InvokeConfigs()
        self.event_queues = EventQueues(self)
        self.durable = DurableExecutions(self)
        self.event_sources = EventSources(self)

    def invoked_version(self, function_name: str, qualifier: str | None, log_type: str | None) -> Function:
        """The version that an invocation reaches. Raises LambdaError as AWS refuses it."""
        raise NotImplementedError

    def reached_version(self, function_name: str, qualifier: str | None) -> Function:
        """The version that is reached; a durable function has to be named with its version.

        Raises LambdaError as AWS refuses it.
        """
        version = self.invoked_version(function_name, qualifier, None)
        if version.is_durable and self._lambdas.split(function_name, qualifier)[1] is None:
            raise InvalidParameterValue("You cannot invoke a durable function using an unqualified ARN.")
        return version

    # --- running -------------------------------------------------------------------------------------------------------

    def start_run(self, version: Function, request: Request, done: Callable[[Result], object]) -> None:
        """Run the version once, as it is."""
        self.runs.start(version, request, done)

    def run(self, version: Function, request: Request, done: Callable[[Result], object]) -> None:
        """Invoke the version for an event or an event source; a durable function to the end of its execution."""
        if not version.is_durable:
            self.start_run(version, request, done)
            return
        self._serve()
        most = facts.value("durable.event_source_timeout_s")[1 if version.is_managed else 0]
        payload = request.payload.decode() or "{}"
        execution = self.durable.start(version, payload, most_s=most, output_bytes=facts.value("durable.payload_bytes"))
        execution.listeners.append(partial(_tell_result, done))

    def most_concurrent(self, version: Function) -> int:
        """How many invocations of the version its environments take at the same time."""
        if not version.is_managed:
            return _DEFAULT_CONCURRENCY
        return max(1, len(self.fleet.serving(version.uid)) * version.max_concurrency)

    def function_removed(self, name: str) -> None:
        """Its events and their settings go with a function; its durable executions are kept for their time."""
        self.event_queues.forget(name)
        self.invoke_configs.forget(name)

    # --- events --------------------------------------------------------------------------------------------------------

    def invoke_event(self, function_name: str, payload: bytes, qualifier: str | None = None) -> str:
        """Queue an event for the function; the id of the request. Raises LambdaError as AWS refuses it.

        A durable function's execution starts at once: it isn't tried again when it fails.
        """
        version = self.reached_version(function_name, qualifier)
        check_event_size(payload)
        request_id = str(mock_random.uuid4())
        if version.is_durable:
            self.start_durable(version, payload, "", is_event=True)
            return request_id
        event = QueuedEvent(
            arn=self.event_arn(function_name, qualifier),
            payload=payload or b"{}",
            request_id=request_id,
            accepted=clock_for(self.account_id).now(),
        )
        self.event_queues.accept(event)
        return request_id

    def event_arn(self, function_name: str, qualifier: str | None) -> str:
        """The qualified ARN that an event is for, under which its config stands."""
        name, qualifier = self._lambdas.split(function_name, qualifier)
        default = LATEST_PUBLISHED if self._lambdas.latest_of(name).is_managed else LATEST
        return self._lambdas.arn_of(name, qualifier or default)

    def send_sns_message(
        self, function_name: str, message: str, subject: str | None = None, qualifier: str | None = None
    ) -> None:
        """A notification for a function whose code runs here is an event; moto would run it in Docker at once."""
        if not self.runs_code:
            super().send_sns_message(function_name, message, subject, qualifier)
            return
        notification: dict[str, Any] = {
            "Type": "Notification",
            "MessageId": str(mock_random.uuid4()),
            "Subject": subject,
            "Message": message,
            "Timestamp": clock_for(self.account_id).now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "MessageAttributes": {},
        }
        record = {"EventVersion": "1.0", "EventSource": "aws:sns", "Sns": notification}
        self.invoke_event(function_name, json.dumps({"Records": [record]}).encode(), qualifier)

    # --- event invoke configs ------------------------------------------------------------------------------------------

    def put_invoke_config(self, request: Mapping[str, Any], *, update: bool) -> dict[str, Any]:
        """PutFunctionEventInvokeConfig and UpdateFunctionEventInvokeConfig."""
        name, qualifier = self._lambdas.split(request["FunctionName"], request.get("Qualifier"))
        version = self._lambdas.find(name, qualifier)
        arn = self._lambdas.arn_of(name, qualifier or LATEST)
        now = clock_for(self.account_id).now()
        return self.invoke_configs.put(arn, now, request, update=update, durable=version.is_durable).document()

    def config_arn(self, function_name: str, qualifier: str | None) -> str:
        """The qualified ARN of an EventInvokeConfig. Raises ResourceNotFound when there is no such function."""
        name, qualifier = self._lambdas.split(function_name, qualifier)
        self._lambdas.find(name, qualifier)
        return self._lambdas.arn_of(name, qualifier or LATEST)

    # --- event source mappings -----------------------------------------------------------------------------------------

    def create_event_source_mapping(self, spec: dict[str, Any]) -> EventSourceMapping:
        """CreateEventSourceMapping. DynamoDB streams are left to moto, and everything when no code runs here."""
        source = spec.get("EventSourceArn", "")
        if not self.runs_code or ":dynamodb:" in source:
            return super().create_event_source_mapping(spec)
        name, qualifier = self._lambdas.split(spec["FunctionName"])
        function = self._lambdas.find(name, qualifier)
        return self.event_sources.create(spec, self._lambdas.arn_of(name, qualifier), function)

    def get_event_source_mapping(self, uuid: str) -> EventSourceMapping | None:
        """GetEventSourceMapping."""
        return self.event_sources.get(uuid) if self.event_sources.has(uuid) else super().get_event_source_mapping(uuid)

    def delete_event_source_mapping(self, uuid: str) -> EventSourceMapping | None:
        """DeleteEventSourceMapping."""
        if self.event_sources.has(uuid):
            return self.event_sources.delete(uuid)
        return super().delete_event_source_mapping(uuid)

    def update_event_source_mapping(self, uuid: str, spec: dict[str, Any]) -> EventSourceMapping | None:
        """UpdateEventSourceMapping."""
        if not self.event_sources.has(uuid):
            return super().update_event_source_mapping(uuid, spec)
        mapping = self.event_sources.get(uuid)
        name, qualifier = self._lambdas.split(spec.get("FunctionName") or mapping.function_arn)
        self.event_sources.check_change(mapping, spec, self._lambdas.find(name, qualifier))
        change = partial(self._change, spec, self._lambdas.arn_of(name, qualifier))
        return self.event_sources.update(uuid, change, spec.get("Enabled"))

    def _change(self, spec: dict[str, Any], function_arn: str, mapping: SourceMapping) -> None:
        """Let moto set the values, which it looks for among its own mappings."""
        self._event_source_mappings[mapping.uuid] = mapping
        try:
            changes = {name: spec[name] for name in spec if name not in ("FunctionName", "Enabled", "UUID")}
            super().update_event_source_mapping(mapping.uuid, changes)
        finally:
            del self._event_source_mappings[mapping.uuid]
        mapping.function_arn = function_arn

    def list_event_source_mappings(self, event_source_arn: str, function_name: str) -> Iterable[EventSourceMapping]:
        """ListEventSourceMappings, of one source or one function if they are named."""
        ours: list[EventSourceMapping] = [
            mapping
            for mapping in self.event_sources.all()
            if event_source_arn in ("", None, mapping.event_source_arn)
            and (not function_name or self._is_for(mapping, function_name))
        ]
        return [*ours, *super().list_event_source_mappings(event_source_arn, function_name)]

    def _is_for(self, mapping: SourceMapping, function_name: str) -> bool:
        name, qualifier = self._lambdas.split(function_name)
        return bool(mapping.function_arn == self._lambdas.arn_of(name, qualifier))

    def send_kinesis_message(self, function_name: str, kinesis_stream: str, **record: Any) -> None:  # type: ignore[override]
        """A record was put into a stream that has mappings."""
        self.event_sources.wake(kinesis_stream)

    # --- durable executions --------------------------------------------------------------------------------------------

    def start_durable(self, version: Function, payload: bytes, name: str, *, is_event: bool) -> Execution:
        """Start the execution that an invocation of a durable function asks for."""
        longest = facts.value("durable.sync_timeout_s")
        if not is_event and version.durable_config["ExecutionTimeout"] > longest:
            raise InvalidParameterValue(
                "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes."
            )
        self._serve()
        most = facts.value(f"durable.{'payload_bytes' if is_event else 'sync_payload_bytes'}")
        count = len(self.durable)
        execution = self.durable.start(version, (payload or b"{}").decode(), name=name, output_bytes=most)
        if is_event and len(self.durable) > count:
            execution.listeners.append(partial(self._dead_letter, version.function_name))
        return execution

    @staticmethod
    def _serve() -> None:
        """A durable function needs to reach the emulator, also where that is used in process."""
        if BACKGROUND.runner is None and not BACKGROUND.is_replaying:
            from moto_lmi.endpoint import ensure_endpoint

            ensure_endpoint()

    def _dead_letter(self, function_name: str, execution: Execution) -> None:
        """The event that started an execution which didn't succeed goes to the function's dead-letter queue."""
        from moto_lmi.asynchronous.destinations import send_dead_letter

        if execution.status == "SUCCEEDED" or not self._lambdas.has(function_name):
            return
        target = self._lambdas.latest_of(function_name).dead_letter_target
        if target:
            message = str((execution.error or {}).get("ErrorMessage", ""))
            send_dead_letter(target, execution.start.payload.encode(), str(mock_random.uuid4()), 200, message)


def check_event_size(payload: bytes) -> None:
    """Refuse an event that is larger than AWS takes."""
    limit = facts.value("asynchronous.payload_bytes")
    if len(payload) > limit:
        raise RequestTooLarge(
            f"{len(payload)} byte payload is too large for the Event invocation type (limit {limit} bytes)"
        )


def _tell_result(done: Callable[[Result], object], execution: Execution) -> None:
    """The end of an execution as the end of an invocation."""
    done(result_of(execution))


def result_of(execution: Execution) -> Result:
    """What a synchronous caller gets of an execution that has ended."""
    if execution.status == "SUCCEEDED" or (execution.error is None and execution.result is not None):
        return Result("answer", (execution.result or "null").encode())
    error = execution.error or {}
    document = {
        "errorType": error.get("ErrorType"),
        "errorMessage": error.get("ErrorMessage"),
        "errorData": error.get("ErrorData"),
        "stackTrace": error.get("StackTrace"),
    }
    payload = json.dumps({key: value for key, value in document.items() if value is not None}).encode()
    return Result("function_error", payload, str(error.get("ErrorType", "")), str(error.get("ErrorMessage", "")))
