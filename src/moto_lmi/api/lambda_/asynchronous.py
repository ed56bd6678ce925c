"""The actions of asynchronous invocation and event source mappings."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.core.common_types import TYPE_RESPONSE

from moto_lmi import facts
from moto_lmi.api.errors import OwnSentence
from moto_lmi.background_operations import check_event_size, result_of
from moto_lmi.deferred import when_closed
from moto_lmi.durable.execution import Execution
from moto_lmi.durable.history import page_of
from moto_lmi.functions import Function
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend

_CONFIG_PAGE, _MAPPING_PAGE = 50, 100


class AsynchronousActions:
    """Events, their configs and event source mappings, mixed into the Lambda responses."""

    request: dict[str, Any]
    backend: LMILambdaBackend

    def accept_event(self, version: Function, payload: bytes) -> TYPE_RESPONSE:
        """What Invoke answers for an event that has been taken into its queue."""
        if self.request.get("DurableExecutionName"):
            raise OwnSentence("durable_name_without_config", name=version.function_name)
        with STATE:
            request_id = self.backend.invoke_event(self.request["FunctionName"], payload, self.request.get("Qualifier"))
        headers = {"X-Amz-Executed-Version": str(version.version), "x-amzn-RequestId": request_id}
        return 202, {**headers, "status": "202"}, b""

    def start_durable(self, version: Function, payload: bytes) -> TYPE_RESPONSE:
        """What Invoke answers for a durable function: an execution that has started, or how it ended."""
        is_event = self.request.get("InvocationType") == "Event"
        if is_event:
            check_event_size(payload)
        with STATE:
            self.backend.reached_version(self.request["FunctionName"], self.request.get("Qualifier"))
            execution = self.backend.start_durable(
                version, payload, self.request.get("DurableExecutionName", ""), is_event=is_event
            )
        headers = {
            "X-Amz-Executed-Version": execution.start.version,
            "X-Amz-Durable-Execution-Arn": execution.arn,
            "Content-Type": "application/json",
        }
        if is_event:
            return 202, {**headers, "status": "202"}, b""
        return when_closed(execution, partial(_end_of, headers), facts.value("durable.sync_timeout_s"))

    def put_function_event_invoke_config(self) -> TYPE_RESPONSE:
        """PutFunctionEventInvokeConfig."""
        return _answer(self.backend.put_invoke_config(self.request, update=False))

    def update_function_event_invoke_config(self) -> TYPE_RESPONSE:
        """UpdateFunctionEventInvokeConfig."""
        return _answer(self.backend.put_invoke_config(self.request, update=True))

    def _config_arn(self) -> str:
        return self.backend.config_arn(self.request["FunctionName"], self.request.get("Qualifier"))

    def get_function_event_invoke_config(self) -> TYPE_RESPONSE:
        """GetFunctionEventInvokeConfig."""
        return _answer(self.backend.invoke_configs.get(self._config_arn()).document())

    def delete_function_event_invoke_config(self) -> TYPE_RESPONSE:
        """DeleteFunctionEventInvokeConfig."""
        self.backend.invoke_configs.delete(self._config_arn())
        return 204, {"status": "204"}, ""

    def list_function_event_invoke_configs(self) -> TYPE_RESPONSE:
        """ListFunctionEventInvokeConfigs."""
        name = self._config_arn().split(":")[6]
        configs = [config.document() for config in self.backend.invoke_configs.of_function(name)]
        size = self.request.get("MaxItems", _CONFIG_PAGE)
        page, following = page_of(configs, self.request.get("Marker"), size)
        return _answer({"FunctionEventInvokeConfigs": page, "NextMarker": following})

    def create_event_source_mapping(self) -> TYPE_RESPONSE:
        """CreateEventSourceMapping."""
        return _answer(self.backend.create_event_source_mapping(self.request).get_configuration(), 202)

    def get_event_source_mapping(self) -> TYPE_RESPONSE:
        """GetEventSourceMapping."""
        return _answer(self._mapping().get_configuration())

    def update_event_source_mapping(self) -> TYPE_RESPONSE:
        """UpdateEventSourceMapping."""
        self._mapping()
        mapping = self.backend.update_event_source_mapping(self.request["UUID"], self.request)
        assert mapping is not None
        return _answer(mapping.get_configuration(), 202)

    def delete_event_source_mapping(self) -> TYPE_RESPONSE:
        """DeleteEventSourceMapping."""
        self._mapping()
        mapping = self.backend.delete_event_source_mapping(self.request["UUID"])
        assert mapping is not None
        return _answer({**mapping.get_configuration(), "State": "Deleting"}, 202)

    def _mapping(self) -> Any:
        uuid = self.request["UUID"]
        return self.backend.get_event_source_mapping(uuid) or self.backend.event_sources.get(uuid)

    def list_event_source_mappings(self) -> TYPE_RESPONSE:
        """ListEventSourceMappings."""
        mappings = self.backend.list_event_source_mappings(
            self.request.get("EventSourceArn", ""), self.request.get("FunctionName", "")
        )
        size = self.request.get("MaxItems", _MAPPING_PAGE)
        page, following = page_of(list(mappings), self.request.get("Marker"), min(size, _MAPPING_PAGE))
        return _answer({"EventSourceMappings": [item.get_configuration() for item in page], "NextMarker": following})


def _answer(document: dict[str, Any], status: int = 200) -> TYPE_RESPONSE:
    kept = {name: value for name, value in document.items() if value is not None}
    return status, {"status": str(status), "Content-Type": "application/json"}, json.dumps(kept)


def _end_of(headers: dict[str, str], execution: Execution) -> tuple[int, dict[str, str], Any]:
    """How a synchronous caller is told that the execution has ended."""
    result = result_of(execution)
    if result.kind != "answer":
        headers = {**headers, "X-Amz-Function-Error": "Unhandled"}
    return 200, {**headers, "status": "200"}, result.payload
