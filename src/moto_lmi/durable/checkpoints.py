"""What a checkpoint may say, in AWS's sentences as the test runner of its durable execution SDK has them.

An update is refused before anything of its checkpoint is applied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from moto_lmi import facts
from moto_lmi.api.errors import InvalidParameterValue
from moto_lmi.durable.operations import Operation

Update = Mapping[str, Any]

_ACTIONS = {
    "STEP": {"START", "FAIL", "RETRY", "SUCCEED"},
    "CONTEXT": {"START", "FAIL", "SUCCEED"},
    "WAIT": {"START", "CANCEL"},
    "CALLBACK": {"START"},
    "CHAINED_INVOKE": {"START"},
    "EXECUTION": {"SUCCEED", "FAIL"},
}
_SAME = (
    ("Type", "type", "Inconsistent operation type."),
    ("SubType", "sub_type", "Inconsistent operation subtype."),
    ("Name", "name", "Inconsistent operation name."),
    ("ParentId", "parent_id", "Inconsistent parent operation id."),
)


def check_updates(updates: Sequence[Update], operations: Mapping[str, Operation], *, most_output_bytes: int) -> None:
    """Refuse updates that contradict one another, the operations that are there, or a limit of size.

    `most_output_bytes` is how large the execution's own result may be. Raises InvalidParameterValue.
    """
    _check_execution_updates(updates)
    _check_ids(updates, operations)
    for update in updates:
        present = operations.get(update["Id"])
        _check_identity(update, present)
        _check_sizes(update, most_output_bytes)
        if update["Action"] not in _ACTIONS[update["Type"]]:
            raise InvalidParameterValue("Invalid action for the given operation type.")
        _check_transition(update, present)


def _check_execution_updates(updates: Sequence[Update]) -> None:
    own = [update for update in updates if update["Type"] == "EXECUTION"]
    if len(own) > 1:
        raise InvalidParameterValue("Cannot checkpoint multiple EXECUTION updates.")
    if own and updates[-1] is not own[0]:
        raise InvalidParameterValue("EXECUTION checkpoint must be the last update.")


def _check_ids(updates: Sequence[Update], operations: Mapping[str, Operation]) -> None:
    """An operation once, or started and then ended; a parent that is a context, there already or started before."""
    seen: dict[str, Update] = {}
    contexts = {identifier for identifier, item in operations.items() if item.type == "CONTEXT"}
    for update in updates:
        last = seen.get(update["Id"])
        if last is not None and not (
            last["Type"] in ("STEP", "CONTEXT") and last["Action"] == "START" and update["Action"] != "START"
        ):
            raise InvalidParameterValue("Cannot checkpoint multiple operations with the same ID.")
        if update.get("ParentId") and update["ParentId"] not in contexts:
            raise InvalidParameterValue("Invalid parent operation id.")
        if update["Type"] == "CONTEXT" and update["Action"] == "START":
            contexts.add(update["Id"])
        seen[update["Id"]] = update


def _check_identity(update: Update, present: Operation | None) -> None:
    if present is None:
        return
    for member, attribute, sentence in _SAME:
        if update.get(member) is not None and update[member] != getattr(present, attribute):
            raise InvalidParameterValue(sentence)


def _check_sizes(update: Update, most_output_bytes: int) -> None:
    error = update.get("Error")
    most_error = facts.value("durable.error_bytes")
    if error is not None and len(json.dumps(error)) > most_error:
        raise InvalidParameterValue(f"Error object size must be less than {most_error} bytes.")
    size = len((update.get("Payload") or "").encode())
    most = facts.value("durable.payload_bytes")
    if update["Type"] == "EXECUTION":
        if size > most_output_bytes:
            raise InvalidParameterValue(
                f"Execution output payload size must be less than or equal to {most_output_bytes} bytes."
            )
    elif size > most:
        what = "CHAINED_INVOKE input" if update["Type"] == "CHAINED_INVOKE" else update["Type"]
        raise InvalidParameterValue(f"{what} payload size must be less than or equal to {most} bytes.")


def _check_transition(update: Update, present: Operation | None) -> None:
    kind, action = update["Type"], update["Action"]
    if kind == "CHAINED_INVOKE":
        if present is not None:
            raise InvalidParameterValue("Cannot start a CHAINED_INVOKE operation that already exists.")
        if update.get("ChainedInvokeOptions") is None:
            raise InvalidParameterValue("Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.")
    elif kind in ("WAIT", "CALLBACK") and action == "START" and present is not None:
        raise InvalidParameterValue(f"Cannot start a {kind} that already exist.")
    elif kind == "WAIT" and action == "START" and update.get("WaitOptions", {}).get("WaitSeconds") is None:
        raise InvalidParameterValue("Invalid WaitOptions for the given action.")
    elif kind == "WAIT" and action == "CANCEL" and (present is None or present.status != "STARTED"):
        raise InvalidParameterValue("Cannot cancel a WAIT that does not exist or has already completed.")
    elif kind == "CONTEXT":
        if action == "START" and present is not None:
            raise InvalidParameterValue("Cannot start a CONTEXT that already exist.")
        if action != "START" and present is not None and present.status != "STARTED":
            raise InvalidParameterValue("Invalid current CONTEXT state to close.")
    elif kind == "STEP":
        _check_step(update, present)
    _check_payload(update)


def _check_step(update: Update, present: Operation | None) -> None:
    action = update["Action"]
    if action == "RETRY" and update.get("StepOptions", {}).get("NextAttemptDelaySeconds") is None:
        raise InvalidParameterValue("Invalid StepOptions for the given action.")
    if present is None:
        return
    if action == "START" and present.status != "READY":
        raise InvalidParameterValue("Invalid current STEP state to start.")
    if action in ("FAIL", "SUCCEED") and present.status not in ("STARTED", "READY"):
        raise InvalidParameterValue("Invalid current STEP state to close.")
    if action == "RETRY" and present.status not in ("STARTED", "READY"):
        raise InvalidParameterValue("Invalid current STEP state to re-attempt.")


def _check_payload(update: Update) -> None:
    action, has_payload, has_error = update["Action"], update.get("Payload") is not None, "Error" in update
    if action == "FAIL" and has_payload:
        raise InvalidParameterValue("Cannot provide a Payload for FAIL action.")
    if action == "SUCCEED" and has_error:
        raise InvalidParameterValue("Cannot provide an Error for SUCCEED action.")
    if action == "RETRY" and has_payload and has_error:
        raise InvalidParameterValue("Cannot provide both error and payload to RETRY a STEP.")
