"""The CloudWatch Logs API, mended where moto answers wrongly; each defect has a file of its own.

term_patterns, json_patterns, space_patterns   filter patterns (moto: all events for most of them)
metric_filters                                 metrics from events (moto: stored, never applied)
insights                                       queries (moto: only fields, sort and limit)
models                                         times of the account's clock (moto: those of the machine)
"""

from __future__ import annotations


def install() -> None:
    """Let moto answer CloudWatch Logs requests with this backend from now on."""
    from moto.logs.models import logs_backends

    from moto_lmi.api.logs.models import LMILogsBackend

    logs_backends.backend = LMILogsBackend
