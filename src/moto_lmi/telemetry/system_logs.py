"""The system logs of capacity providers: what Lambda does with instances, as JSON in CloudWatch Logs.

They go to the provider's log group (TelemetryConfig), at most at its SystemLogLevel, through its operator role: without
the role's permissions they are silently missing, as the guide says. Of AWS's sentences one is published; the others are
among the facts' `ours`.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from moto.logs.models import logs_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts
from moto_lmi.clock import clock_for
from moto_lmi.hosts import Host
from moto_lmi.iam.operator_role import may_write_logs

if TYPE_CHECKING:
    from moto_lmi.capacity_providers import CapacityProvider, CapacityProviders

_REPEATED_AFTER = timedelta(minutes=5)
_SENTENCES = {
    "Launching": "system_log_launching",
    "Launched": "system_log_launched",
    "LaunchFailed": "system_log_launchfailed",
    "Terminating": "system_log_terminating",
    "Terminated": "system_log_terminated",
}


class SystemLogs:
    """Writes the system logs of one account's and Region's providers. It can be pickled."""

    def __init__(self, account_id: str, region: str, providers: CapacityProviders) -> None:
        self.account_id = account_id
        self.region = region
        self._providers = providers
        self._failed: dict[tuple[str, str], datetime] = {}

    def instance_event(self, event: str, provider_arn: str, host: Host | None, reason: str = "") -> None:
        """Write down what happened (`Launching`, `Launched`, `LaunchFailed`, `Terminating`, `Terminated`)."""
        provider = next((item for item in self._providers.all() if item.arn == provider_arn), None)
        if provider is None:
            return
        config = provider.telemetry_config["LoggingConfig"]
        group = config["LogGroup"]
        if config["SystemLogLevel"] not in facts.value(f"system_logs.{event.lower()}"):
            return
        if group.startswith(facts.value("system_logs.refused_group_prefix")) or not self._allowed(provider, group):
            return
        now = clock_for(self.account_id).now()
        if reason and not self._is_news(provider_arn, reason, now):
            return
        self._put(provider.name, group, now, _record(event, provider, host, reason, now))

    def _is_news(self, provider_arn: str, reason: str, now: datetime) -> bool:
        """Whether a failure is to be written: the scaler tries every few seconds, and once in five minutes is enough."""
        last = self._failed.get((provider_arn, reason))
        if last is not None and now - last < _REPEATED_AFTER:
            return False
        self._failed[provider_arn, reason] = now
        return True

    def _allowed(self, provider: CapacityProvider, group: str) -> bool:
        arn = f"arn:{get_partition(self.region)}:logs:{self.region}:{self.account_id}:log-group:{group}"
        return may_write_logs(provider.operator_role_arn, arn, self.region)

    def _put(self, name: str, group: str, now: datetime, record: dict[str, Any]) -> None:
        logs = logs_backends[self.account_id][self.region]
        stream = facts.value("system_logs.stream").format(name=name)
        logs.ensure_log_group(group)
        logs.ensure_log_stream(group, stream)
        milliseconds = int(now.timestamp() * 1000)
        logs.put_log_events(group, stream, [{"timestamp": milliseconds, "message": json.dumps(record)}])


def _record(event: str, provider: CapacityProvider, host: Host | None, reason: str, now: datetime) -> dict[str, Any]:
    sentence = facts.ours(_SENTENCES[event])
    metadata: dict[str, Any] = {}
    if host is not None:
        metadata["instanceId"] = host.instance_id
        metadata["availabilityZones"] = [host.zone]
        metadata["instanceTypes"] = [host.shape.instance_type]
    metadata["capacityProviderArn"] = provider.arn
    filled = sentence.format(
        instance_id=host.instance_id if host else "",
        instance_type=host.shape.instance_type if host else "",
        zone=host.zone if host else "",
        reason=reason,
    )
    return {
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
        "level": sentence.code,
        "message": filled.message,
        "metadata": metadata,
    }
