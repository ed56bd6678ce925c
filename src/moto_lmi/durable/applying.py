"""Applies the updates of a checkpoint that has passed its checks to the operations of an execution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from moto_lmi.clock import clock_for
from moto_lmi.durable.execution import Execution
from moto_lmi.durable.operations import Operation, Token

Update = Mapping[str, Any]
Effect = Callable[[], object]

_CLOSING = {"SUCCEED": "SUCCEEDED", "FAIL": "FAILED", "CANCEL": "CANCELLED"}
HEARTBEAT, TIMEOUT = "Callback.Heartbeat", "Callback.Timeout"
"""The error types of a callback that timed out, as the SDK names them."""


def apply_updates(
    execution: Execution,
    updates: Sequence[Update],
    now: datetime,
    chain: Callable[[Execution, Operation, Update], Effect],
) -> list[Effect]:
    """Apply the updates. Returns what is to be done once the checkpoint stands; `chain` begins a chained invocation."""
    effects: list[Effect] = []
    for update in updates:
        if update["Type"] == "EXECUTION":
            if update["Action"] == "SUCCEED":
                effects.append(partial(execution.close, "SUCCEEDED", result=update.get("Payload", "")))
            else:
                effects.append(partial(execution.close, "FAILED", error=update.get("Error", {})))
            continue
        operation = execution.operations.get(update["Id"])
        if operation is None:
            operation = _new(update, now)
            execution.operations[operation.id] = operation
        if update["Action"] == "START":
            effect = _start(execution, operation, update, now, chain)
            if effect is not None:
                effects.append(effect)
        elif update["Action"] == "RETRY":
            _retry(execution, operation, update, now)
        else:
            _close(execution, operation, update, now)
        execution.touch(operation)
    return effects


def _new(update: Update, now: datetime) -> Operation:
    return Operation(
        id=update["Id"],
        type=update["Type"],
        status="STARTED",
        started=now,
        parent_id=update.get("ParentId", ""),
        name=update.get("Name", ""),
        sub_type=update.get("SubType", ""),
    )


def _start(
    execution: Execution,
    operation: Operation,
    update: Update,
    now: datetime,
    chain: Callable[[Execution, Operation, Update], Effect],
) -> Effect | None:
    operation.status = "STARTED"
    details: dict[str, Any] = {}
    effect: Effect | None = None
    if operation.type == "STEP":
        operation.details.setdefault("Attempt", 0)  # attempts that have ended
    elif operation.type == "WAIT":
        seconds = update["WaitOptions"]["WaitSeconds"]
        operation.details["ScheduledEndTimestamp"] = now + timedelta(seconds=seconds)
        details = {"Duration": seconds, **operation.details}
    elif operation.type == "CALLBACK":
        details = _open_callback(execution, operation, update.get("CallbackOptions", {}))
    elif operation.type == "CHAINED_INVOKE":
        return chain(execution, operation, update)
    execution.history.started(operation, now, details)
    return effect


def _retry(execution: Execution, operation: Operation, update: Update, now: datetime) -> None:
    """A step's attempt is over and there will be another one; without an error it only wants to be called again."""
    delay = update["StepOptions"]["NextAttemptDelaySeconds"]
    operation.status = "PENDING"
    _carry(operation, update)
    operation.details["NextAttemptTimestamp"] = now + timedelta(seconds=delay)
    retry = {"CurrentAttempt": operation.details["Attempt"], "NextAttemptDelaySeconds": delay}
    kind = "FAILED" if "Error" in update else "SUCCEEDED"
    data = {"Error": update["Error"]} if "Error" in update else {"Result": update.get("Payload")}
    execution.history.ended(operation, kind, now, {**data, "RetryDetails": retry})


def _close(execution: Execution, operation: Operation, update: Update, now: datetime) -> None:
    status = _CLOSING[update["Action"]]
    operation.close(status, now)
    _carry(operation, update)
    if operation.type == "CONTEXT" and update.get("ContextOptions", {}).get("ReplayChildren"):
        operation.details["ReplayChildren"] = True
    details: dict[str, Any] = {}
    if status == "SUCCEEDED":
        details["Result"] = update.get("Payload")
    elif status == "FAILED" or "Error" in update:
        details["Error"] = update.get("Error", {})
    if operation.type == "STEP":
        details["RetryDetails"] = {"CurrentAttempt": operation.details["Attempt"]}
    execution.history.ended(operation, status, now, details)


def _carry(operation: Operation, update: Update) -> None:
    """Keep the update's payload and error, and count the attempt of a step that they end."""
    for member, name in (("Payload", "Result"), ("Error", "Error")):
        operation.details.pop(name, None)
        if member in update:
            operation.details[name] = update[member]
    if operation.type == "STEP":
        operation.details["Attempt"] = operation.details.get("Attempt", 0) + 1


# --- callbacks ---------------------------------------------------------------------------------------------------------


def _open_callback(execution: Execution, operation: Operation, options: Mapping[str, Any]) -> dict[str, Any]:
    operation.details["CallbackId"] = str(Token((execution.arn, operation.id)))
    timeout, heartbeat = options.get("TimeoutSeconds", 0), options.get("HeartbeatTimeoutSeconds", 0)
    if timeout:
        _clock(execution).call_later(timeout, _time_out, execution, operation, TIMEOUT)
    if heartbeat:
        execution.heartbeats[operation.id] = (heartbeat, 0)
        _clock(execution).call_later(heartbeat, _miss_heartbeat, execution, operation, 0)
    shown = {"CallbackId": operation.details["CallbackId"], "Timeout": timeout, "HeartbeatTimeout": heartbeat}
    return {name: value for name, value in shown.items() if value}


def heard_of(execution: Execution, operation: Operation) -> None:
    """A heartbeat came: the time until the next one begins anew."""
    if operation.id in execution.heartbeats:
        seconds, count = execution.heartbeats[operation.id]
        execution.heartbeats[operation.id] = (seconds, count + 1)
        _clock(execution).call_later(seconds, _miss_heartbeat, execution, operation, count + 1)


def _miss_heartbeat(execution: Execution, operation: Operation, count: int) -> None:
    if execution.heartbeats[operation.id][1] == count:
        _time_out(execution, operation, HEARTBEAT)


def _time_out(execution: Execution, operation: Operation, kind: str) -> None:
    words = "Callback timed out on heartbeat" if kind == HEARTBEAT else "Callback timed out"
    execution.end_operation(operation, "TIMED_OUT", Error={"ErrorType": kind, "ErrorMessage": words})


def _clock(execution: Execution) -> Any:
    return clock_for(execution.account_id)
