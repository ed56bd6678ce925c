"""The actions of durable executions."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.core.common_types import TYPE_RESPONSE

from moto_lmi.api.errors import SerializationException
from moto_lmi.durable.execution import Execution
from moto_lmi.durable.history import page_of

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend

_PAGE, _LARGEST_PAGE = 100, 1000

_ARN = r"/durable-executions/(?P<DurableExecutionArn>arn:.+/durable-execution/[^/]+/[^/]+)"
_CALLBACK = r"/durable-execution-callbacks/(?P<CallbackId>.+)"
PATHS = (
    ("POST", rf"{_ARN}/checkpoint$", "CheckpointDurableExecution"),
    ("GET", rf"{_ARN}/history$", "GetDurableExecutionHistory"),
    ("GET", rf"{_ARN}/state$", "GetDurableExecutionState"),
    ("POST", rf"{_ARN}/stop$", "StopDurableExecution"),
    ("POST", rf"{_ARN}/pause$", "PauseDurableExecution"),
    ("POST", rf"{_ARN}/resume$", "ResumeDurableExecution"),
    ("GET", rf"{_ARN}$", "GetDurableExecution"),
    ("DELETE", rf"{_ARN}$", "DeleteDurableExecution"),
    ("POST", rf"{_CALLBACK}/succeed$", "SendDurableExecutionCallbackSuccess"),
    ("POST", rf"{_CALLBACK}/fail$", "SendDurableExecutionCallbackFailure"),
    ("POST", rf"{_CALLBACK}/heartbeat$", "SendDurableExecutionCallbackHeartbeat"),
)
"""Operations whose argument holds slashes, which moto's router takes for the end of it."""


def find_operation(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation on a durable execution or callback that a request means, and the arguments in its path."""
    for wanted, pattern, name in PATHS:
        match = re.search(pattern, path)
        if match and method == wanted:
            return name, match.groupdict()
    return None


class DurableActions:
    """The operations of API version 2025-12-01, mixed into the Lambda responses."""

    request: dict[str, Any]
    backend: LMILambdaBackend

    # --- for callers ---------------------------------------------------------------------------------------------------

    def get_durable_execution(self) -> TYPE_RESPONSE:
        """GetDurableExecution."""
        execution = self.backend.durable.get(self.request["DurableExecutionArn"])
        with_data = self.request.get("IncludeExecutionData", True)
        return _answer(_description(execution, with_data))

    def get_durable_execution_history(self) -> TYPE_RESPONSE:
        """GetDurableExecutionHistory."""
        execution = self.backend.durable.get(self.request["DurableExecutionArn"])
        events, following = execution.history.page(
            self.request.get("Marker"),
            self._page_size(),
            newest_first=self.request.get("ReverseOrder", False),
            with_data=self.request.get("IncludeExecutionData", True),
        )
        return _answer({"Events": events, "NextMarker": following})

    def list_durable_executions_by_function(self) -> TYPE_RESPONSE:
        """ListDurableExecutionsByFunction: the newest first, unless ReverseOrder says otherwise."""
        storage = self.backend._lambdas
        name, qualifier = storage.split(self.request["FunctionName"], self.request.get("Qualifier"))
        version = str(storage.find(name, qualifier).version) if qualifier else None
        storage.latest_of(name)
        executions = [item for item in self.backend.durable.of_function(name) if self._is_meant(item, version)]
        if self.request.get("ReverseOrder"):
            executions.reverse()
        page, following = page_of(executions, self.request.get("Marker"), self._page_size())
        return _answer({"DurableExecutions": [_summary(item) for item in page], "NextMarker": following})

    def _is_meant(self, execution: Execution, version: str | None) -> bool:
        after, before = (_moment(self.request.get(name)) for name in ("StartedAfter", "StartedBefore"))
        return (
            version in (None, execution.start.version)
            and self.request.get("DurableExecutionName") in (None, execution.start.name)
            and execution.status in self.request.get("Statuses", [execution.status])
            and (after is None or execution.started > after)
            and (before is None or execution.started < before)
        )

    def stop_durable_execution(self) -> TYPE_RESPONSE:
        """StopDurableExecution."""
        ended = self.backend.durable.stop(self.request["DurableExecutionArn"], self.request.get("Error"))
        return _answer({"StopTimestamp": ended.timestamp()})

    def delete_durable_execution(self) -> TYPE_RESPONSE:
        """DeleteDurableExecution."""
        moment = self.backend.durable.delete(self.request["DurableExecutionArn"])
        return _answer({"DeletionRequestTimestamp": moment.timestamp()}, 202)

    def pause_durable_execution(self) -> TYPE_RESPONSE:
        """PauseDurableExecution."""
        timeout_too = self.request.get("ExecutionTimeoutPaused", True)
        arn = self.request["DurableExecutionArn"]
        self.backend.durable.pause(arn, self.request.get("Reason", ""), timeout_too=timeout_too)
        return _answer({}, 202)

    def resume_durable_execution(self) -> TYPE_RESPONSE:
        """ResumeDurableExecution."""
        self.backend.durable.resume(self.request["DurableExecutionArn"], self.request.get("Reason", ""))
        return _answer({}, 202)

    # --- callbacks -----------------------------------------------------------------------------------------------------

    def send_durable_execution_callback_success(self) -> TYPE_RESPONSE:
        """SendDurableExecutionCallbackSuccess."""
        self.backend.durable.callback_succeeded(self.request["CallbackId"], self.request.get("Result", b""))
        return _answer({})

    def send_durable_execution_callback_failure(self) -> TYPE_RESPONSE:
        """SendDurableExecutionCallbackFailure."""
        self.backend.durable.callback_failed(self.request["CallbackId"], self.request.get("Error", {}))
        return _answer({})

    def send_durable_execution_callback_heartbeat(self) -> TYPE_RESPONSE:
        """SendDurableExecutionCallbackHeartbeat."""
        self.backend.durable.callback_heartbeat(self.request["CallbackId"])
        return _answer({})

    # --- for the function's SDK ----------------------------------------------------------------------------------------

    def checkpoint_durable_execution(self) -> TYPE_RESPONSE:
        """CheckpointDurableExecution."""
        answer = self.backend.durable.checkpoint(
            self.request["DurableExecutionArn"],
            self.request["CheckpointToken"],
            self.request.get("Updates", []),
            self.request.get("ClientToken", ""),
        )
        return _answer(answer)

    def get_durable_execution_state(self) -> TYPE_RESPONSE:
        """GetDurableExecutionState."""
        answer = self.backend.durable.state(
            self.request["DurableExecutionArn"],
            self.request["CheckpointToken"],
            self.request.get("Marker", ""),
            self._page_size(),
        )
        return _answer(answer)

    def _page_size(self) -> int:
        return min(self.request.get("MaxItems") or _PAGE, _LARGEST_PAGE)


def _description(execution: Execution, with_data: bool) -> dict[str, Any]:
    document = {
        **_summary(execution),
        "Version": execution.start.version,
        "DurableConfig": dict(execution.start.config),
        "ExecutionDataIncluded": with_data,
    }
    document.pop("KMSKeyArn", None)
    if with_data:
        data = {"InputPayload": execution.start.payload, "Result": execution.result, "Error": execution.error}
        document.update({name: value for name, value in data.items() if value is not None})
    if not execution.is_closed:
        document["ExpectedExecutionTimeoutTimestamp"] = execution.expected_timeout.timestamp()
    if execution.pause:
        document["PauseDetails"] = {
            "PauseRequestTimestamp": execution.pause["PauseRequestTimestamp"].timestamp(),
            "ExecutionTimeoutPaused": execution.pause["ExecutionTimeoutPaused"],
        }
        if with_data and execution.pause["Reason"]:
            document["PauseDetails"]["Reason"] = execution.pause["Reason"]
    return document


def _summary(execution: Execution) -> dict[str, Any]:
    document = {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.start.name,
        "FunctionArn": execution.arn.partition("/durable-execution/")[0],
        "Status": execution.status,
        "StartTimestamp": execution.started.timestamp(),
    }
    if execution.ended is not None:
        document["EndTimestamp"] = execution.ended.timestamp()
    if key := execution.start.config.get("KMSKeyArn"):
        document["KMSKeyArn"] = key
    return document


def _moment(text: Any) -> datetime | None:
    """A timestamp of the query: ISO 8601 or seconds."""
    if text is None:
        return None
    try:
        if isinstance(text, int | float) or re.fullmatch(r"-?\d+(\.\d+)?", text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise SerializationException(f"STRING_VALUE can not be converted to a Timestamp: {text!r}") from exc


def _answer(document: dict[str, Any], status: int = 200) -> TYPE_RESPONSE:
    kept = {name: value for name, value in document.items() if value is not None}
    return status, {"status": str(status), "Content-Type": "application/json"}, json.dumps(kept)
