"""How a function, version or alias wants its asynchronous invocations handled (EventInvokeConfig)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto_lmi import facts
from moto_lmi.api.errors import OwnSentence, ResourceNotFound
from moto_lmi.asynchronous.destinations import check_destination
from moto_lmi.functions import LATEST, LATEST_PUBLISHED

_SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


@dataclass
class InvokeConfig:
    """The settings of one function, version or alias; what is not set has AWS's default."""

    arn: str
    changed: datetime
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def retries(self) -> int:
        """How often an event is tried again after the function failed."""
        default: int = facts.value("asynchronous.retries")
        return int(self.settings.get("MaximumRetryAttempts", default))

    @property
    def most_age_s(self) -> int:
        """How many seconds an event may stay in the queue."""
        default: int = facts.value("asynchronous.event_age_s")
        return int(self.settings.get("MaximumEventAgeInSeconds", default))

    def destination(self, side: str) -> str:
        """The ARN of `OnSuccess` or `OnFailure`, or nothing."""
        return str(self.settings.get("DestinationConfig", {}).get(side, {}).get("Destination", ""))

    def document(self) -> dict[str, Any]:
        """The config as the API gives it."""
        destinations = {"OnSuccess": {}, "OnFailure": {}, **self.settings.get("DestinationConfig", {})}
        return {
            **self.settings,
            "DestinationConfig": destinations,
            "FunctionArn": self.arn,
            "LastModified": self.changed.timestamp(),
        }


class InvokeConfigs:
    """The configs of one account and Region, by function name and qualifier."""

    def __init__(self) -> None:
        self._configs: dict[str, dict[str, InvokeConfig]] = {}

    def put(self, arn: str, now: datetime, settings: Mapping[str, Any], *, update: bool, durable: bool) -> InvokeConfig:
        """PutFunctionEventInvokeConfig, or UpdateFunctionEventInvokeConfig, which keeps what is left out.

        `arn` is qualified. Raises OwnSentence for a destination that Lambda can't send to.
        """
        chosen = {name: settings[name] for name in _SETTINGS if name in settings}
        for side, target in chosen.get("DestinationConfig", {}).items():
            if destination := target.get("Destination"):
                if durable:
                    raise OwnSentence("durable_destination")
                check_destination(destination, side)
        name, qualifier = _split(arn)
        if update:
            chosen = {**self.get(arn).settings, **chosen}
        config = InvokeConfig(arn, now, chosen)
        self._configs.setdefault(name, {})[qualifier] = config
        return config

    def get(self, arn: str) -> InvokeConfig:
        """The config of the qualified ARN. Raises ResourceNotFound."""
        name, qualifier = _split(arn)
        config = self._configs.get(name, {}).get(qualifier)
        if config is None:
            raise ResourceNotFound(f"The function {arn} doesn't have an EventInvokeConfig")
        return config

    def delete(self, arn: str) -> None:
        """DeleteFunctionEventInvokeConfig. Raises ResourceNotFound."""
        self.get(arn)
        name, qualifier = _split(arn)
        del self._configs[name][qualifier]

    def of_function(self, name: str) -> list[InvokeConfig]:
        """Every config of the function, its versions and aliases, in the order of their qualifiers."""
        return [config for _, config in sorted(self._configs.get(name, {}).items())]

    def forget(self, name: str) -> None:
        """The function is gone."""
        self._configs.pop(name, None)

    def applied(self, arn: str, now: datetime) -> InvokeConfig:
        """The config by which an event for the qualified ARN is handled, with AWS's defaults if there is none.

        `$LATEST.PUBLISHED`, to which an unqualified invocation goes, is also ruled by the unqualified config.
        """
        name, qualifier = _split(arn)
        configs = self._configs.get(name, {})
        if qualifier == LATEST_PUBLISHED and qualifier not in configs:
            qualifier = LATEST
        return configs.get(qualifier) or InvokeConfig(arn, now)


def _split(arn: str) -> tuple[str, str]:
    """Name and qualifier of a qualified function ARN."""
    parts = arn.split(":")
    return parts[6], parts[7]
