"""The durable executions of an account and Region: starting, reading and ending them, and what functions tell of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.api.errors import (
    InvalidParameterValue,
    LambdaError,
    OwnSentence,
    ResourceNotFound,
)
from moto_lmi.clock import clock_for
from moto_lmi.durable.applying import Effect, Update, apply_updates, heard_of
from moto_lmi.durable.checkpoints import check_updates
from moto_lmi.durable.execution import Execution, Start
from moto_lmi.durable.operations import Operation, Token
from moto_lmi.durable.outputs import error_of
from moto_lmi.runs import Request, Result

if TYPE_CHECKING:
    from moto_lmi.functions import Function

_MISSING = "Durable Execution does not exist"
_BAD_TOKEN = "Invalid checkpoint token"
_TARGET = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)


class Backend(Protocol):
    """What the executions need of the Lambda backend that they belong to."""

    account_id: str
    region_name: str

    def reached_version(self, function_name: str, qualifier: str | None) -> Function:
        """The version that an invocation reaches. Raises LambdaError."""
        ...

    def start_run(self, version: Function, request: Request, done: Callable[[Result], object]) -> None:
        """Run the version once; `done` is told how it went."""
        ...


class DurableExecutions:
    """The executions by their ARNs, in the order in which they started."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._executions: dict[str, Execution] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._last: dict[str, tuple[str, str, dict[str, Any]]] = {}
        """The last checkpoint of an execution: its client token, its token, and what was answered."""

    @property
    def account_id(self) -> str:
        """The account."""
        return self._backend.account_id

    # --- what an execution asks ----------------------------------------------------------------------------------------

    def version(self, function_name: str, version: str) -> Function:
        """The version that the execution is bound to. Raises LambdaError when it can't be invoked."""
        return self._backend.reached_version(function_name, version)

    def run(self, version: Function, request: Request, done: Callable[[Result], object]) -> None:
        """Have the version run once."""
        self._backend.start_run(version, request, done)

    def closed(self, execution: Execution) -> None:
        """An execution has ended: it is kept for its retention period."""
        days = execution.start.config.get("RetentionPeriodInDays", facts.value("durable.retention_days"))
        clock_for(self.account_id).call_later(days * 86_400, self._forget, execution)

    def _forget(self, execution: Execution) -> None:
        self._executions.pop(execution.arn, None)
        self._last.pop(execution.arn, None)
        key = (execution.start.function_name, execution.start.name)
        if self._names.get(key) == execution.arn:
            del self._names[key]

    # --- starting ------------------------------------------------------------------------------------------------------

    def start(
        self, version: Function, payload: str, *, name: str = "", most_s: int | None = None, output_bytes: int
    ) -> Execution:
        """Start an execution, or find the one that the name already has, if it had the same payload.

        `most_s` shortens the execution timeout for callers who wait no longer. Raises OwnSentence when the payload differs.
        """
        key = (version.function_name, name)
        if name and key in self._names:
            present = self._executions[self._names[key]]
            if present.start.payload != payload:
                raise OwnSentence("durable_already_started", name=name)
            return present
        name = name or str(mock_random.uuid4())
        config: dict[str, Any] = version.durable_config
        timeout = config["ExecutionTimeout"]
        arn = f"{version.arn}/durable-execution/{name}/{mock_random.uuid4()}"
        start = Start(
            arn=arn,
            name=name,
            function_name=version.function_name,
            version=str(version.version),
            payload=payload,
            timeout_s=timeout if most_s is None else min(timeout, most_s),
            config=dict(config),
            output_bytes=output_bytes,
        )
        execution = Execution(self, start)
        self._executions[arn] = execution
        self._names[version.function_name, name] = arn
        execution.begin()
        return execution

    # --- reading -------------------------------------------------------------------------------------------------------

    def get(self, arn: str) -> Execution:
        """The execution. Raises ResourceNotFound."""
        execution = self._executions.get(arn)
        if execution is None:
            raise ResourceNotFound(_MISSING)
        return execution

    def of_function(self, function_name: str) -> list[Execution]:
        """The executions of a function, the newest first."""
        mine = [item for item in self._executions.values() if item.start.function_name == function_name]
        return mine[::-1]

    def __len__(self) -> int:
        return len(self._executions)

    # --- what the function tells ---------------------------------------------------------------------------------------

    def _current(self, arn: str, token: str) -> Execution:
        """The execution, if the token is the one that its present invocation holds. Raises InvalidParameterValue."""
        execution = self._executions.get(arn)
        if execution is None or execution.is_closed or not execution.is_invoking or execution.token != token:
            raise InvalidParameterValue(_BAD_TOKEN)
        return execution

    def checkpoint(self, arn: str, token: str, updates: list[Update], client_token: str) -> dict[str, Any]:
        """CheckpointDurableExecution: all of the updates or none; repeated with its client token it answers the same."""
        last = self._last.get(arn)
        if client_token and last is not None and last[:2] == (client_token, token):
            return last[2]
        execution = self._current(arn, token)
        check_updates(updates, execution.operations, most_output_bytes=execution.start.output_bytes)
        now = self._now()
        effects = apply_updates(execution, updates, now, self._chain)
        execution.end_due(now)
        execution.tokens += 1
        if execution.paused_by_checkpoint():
            answer: dict[str, Any] = {"NewExecutionState": {"Operations": []}}
        else:
            answer = {"CheckpointToken": execution.token, "NewExecutionState": {"Operations": self._news(execution)}}
            self._last[arn] = (client_token, token, answer)
        for effect in effects:
            effect()
        execution.arm()
        return answer

    @staticmethod
    def _news(execution: Execution) -> list[dict[str, Any]]:
        """The operations that have changed since the function last heard of them."""
        shift = execution.shift()
        changed = [item for item in execution.operations.values() if item.touched > execution.seen]
        execution.seen = execution.changes
        return [operation.document(shift=shift) for operation in changed]

    def state(self, arn: str, token: str, marker: str, most: int) -> dict[str, Any]:
        """GetDurableExecutionState: one page of the operations, for the invocation that holds the token."""
        execution = self._current(arn, token)
        sequence, _, position = marker.partition(":") if marker else (str(execution.tokens), "", "0")
        if sequence != str(execution.tokens) or not position.isdigit() or int(position) > len(execution.operations):
            raise OwnSentence("bad_marker", marker=marker[:100])
        operations, following = execution.page(int(position), facts.value("durable.input_page_bytes"), most)
        return {"Operations": operations, **({"NextMarker": following} if following else {})}

    # --- chained invocations -------------------------------------------------------------------------------------------

    def _chain(self, execution: Execution, operation: Operation, update: Update) -> Effect:
        """Begin a chained invocation, as far as the answer of the checkpoint shows it. Returns what starts the target."""
        options = update["ChainedInvokeOptions"]
        target, payload = options["FunctionName"], update.get("Payload", "{}")
        now = self._now()
        details: dict[str, Any] = {"FunctionName": target}
        try:
            version = self._target(target)
        except LambdaError as refusal:
            operation.close("FAILED", now)
            operation.details["Error"] = error_of(refusal)
            execution.history.started(operation, now, details)
            execution.history.ended(operation, "FAILED", now, {"Error": operation.details["Error"]})
            return _nothing
        details["Input"] = payload
        execution.history.started(operation, now, details)
        return partial(self._start_target, execution, operation, version, payload)

    def _target(self, function_name: str) -> Function:
        """The version that a chained invocation reaches. Raises InvalidParameterValue as AWS does, or its refusal."""
        match = _TARGET.fullmatch(function_name)
        if match is None:
            raise InvalidParameterValue(f"Invalid function ARN '{function_name}'")
        if match["account"] not in (None, self.account_id):
            raise InvalidParameterValue("Cannot start a CHAINED_INVOKE on a function in another account.")
        if match["region"] not in (None, self._backend.region_name):
            raise InvalidParameterValue("Cannot start a CHAINED_INVOKE on a function in another region.")
        return self._backend.reached_version(match["name"], match["qualifier"])

    def _start_target(self, parent: Execution, operation: Operation, version: Function, payload: str) -> None:
        if parent.is_closed:
            return
        if version.is_durable:
            most = facts.value("durable.payload_bytes")
            child = self.start(version, payload, output_bytes=most)
            child.listeners.append(partial(self._child_closed, parent, operation))
            return
        request = Request(payload.encode(), str(mock_random.uuid4()), invoked_arn=version.arn)
        self.run(version, request, partial(self._target_ended, parent, operation))

    @staticmethod
    def _child_closed(parent: Execution, operation: Operation, child: Execution) -> None:
        if child.status == "TIMED_OUT":
            words = f"CHAINED_INVOKE timed out after {child.start.timeout_s} seconds."
            parent.end_operation(
                operation, "TIMED_OUT", Error={"ErrorType": "ChainedInvoke.Timeout", "ErrorMessage": words}
            )
        else:
            parent.end_operation(operation, child.status, Result=child.result, Error=child.error)

    @staticmethod
    def _target_ended(parent: Execution, operation: Operation, result: Result) -> None:
        most = facts.value("durable.payload_bytes")
        if result.kind != "answer":
            timed_out = result.error_type == "Sandbox.Timedout"
            parent.end_operation(operation, "TIMED_OUT" if timed_out else "FAILED", Error=error_of(result))
        elif len(result.payload) > most:
            words = f"CHAINED_INVOKE output payload size must be less than or equal to {most} bytes."
            parent.end_operation(operation, "FAILED", Error={"ErrorMessage": words})
        else:
            parent.end_operation(operation, "SUCCEEDED", Result=result.payload.decode(errors="replace"))

    # --- callbacks -----------------------------------------------------------------------------------------------------

    def _callback(self, callback_id: str) -> tuple[Execution, Operation]:
        """The open callback with the id. Raises OwnSentence."""
        token = Token.read(callback_id)
        if token is None or len(token.parts) != 2:
            raise OwnSentence("bad_callback_id")
        execution = self._executions.get(token.parts[0])
        operation = execution.operations.get(token.parts[1]) if execution else None
        if execution is None or operation is None:
            raise OwnSentence("unknown_callback")
        if execution.is_closed or operation.is_closed:
            raise OwnSentence("callback_closed")
        return execution, operation

    def callback_succeeded(self, callback_id: str, result: bytes) -> None:
        """SendDurableExecutionCallbackSuccess."""
        execution, operation = self._callback(callback_id)
        execution.end_operation(operation, "SUCCEEDED", Result=result.decode(errors="replace") if result else None)

    def callback_failed(self, callback_id: str, error: Mapping[str, Any]) -> None:
        """SendDurableExecutionCallbackFailure."""
        execution, operation = self._callback(callback_id)
        execution.end_operation(operation, "FAILED", Error=dict(error))

    def callback_heartbeat(self, callback_id: str) -> None:
        """SendDurableExecutionCallbackHeartbeat."""
        heard_of(*self._callback(callback_id))

    # --- ending and pausing --------------------------------------------------------------------------------------------

    def stop(self, arn: str, error: Mapping[str, Any] | None) -> datetime:
        """StopDurableExecution: when it ended, now or before."""
        execution = self.get(arn)
        execution.close("STOPPED", error=error or {"ErrorMessage": "Execution stopped by user request"})
        assert execution.ended is not None
        return execution.ended

    def delete(self, arn: str) -> datetime:
        """DeleteDurableExecution: only when it has ended, and gone after a moment."""
        execution = self.get(arn)
        if execution.status == "DELETING" or not execution.is_closed:
            raise OwnSentence("execution_not_closed", status=execution.status)
        execution.status = "DELETING"
        clock_for(self.account_id).call_later(facts.value("timing.durable_deleted_s"), self._forget, execution)
        return self._now()

    def pause(self, arn: str, reason: str, *, timeout_too: bool) -> None:
        """PauseDurableExecution."""
        execution = self.get(arn)
        if execution.status != "RUNNING":
            raise OwnSentence("execution_not_running", status=execution.status)
        execution.request_pause(reason, timeout_too=timeout_too)

    def resume(self, arn: str, reason: str) -> None:
        """ResumeDurableExecution."""
        execution = self.get(arn)
        if execution.status not in ("PAUSING", "PAUSED"):
            raise OwnSentence("execution_not_paused", status=execution.status)
        execution.resume(reason)

    def _now(self) -> datetime:
        return clock_for(self.account_id).now()


def _nothing() -> None:
    """A chained invocation that failed to start has nothing more to do."""
