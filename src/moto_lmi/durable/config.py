"""What a function's DurableConfig may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto_lmi.api.errors import InvalidParameterValue, OwnSentence

if TYPE_CHECKING:
    from moto_lmi.functions import Function


def check_durable(config: Mapping[str, Any] | None) -> None:
    """Refuse a DurableConfig without a timeout, as CreateFunction does."""
    if config is not None and "ExecutionTimeout" not in config:
        raise InvalidParameterValue(
            "You cannot create a function with a durable configuration without an executionTimeout"
        )


def durable_changes(function: Function, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes of an update with the whole DurableConfig. Raises OwnSentence for a function that had none."""
    if "DurableConfig" not in changes:
        return changes
    if not function.is_durable:
        raise OwnSentence("durable_not_added", name=function.function_name)
    return {**changes, "DurableConfig": {**function.durable_config, **changes["DurableConfig"]}}
