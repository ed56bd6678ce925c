"""The EventBridge Scheduler API, whose schedules run in virtual time where they set a function's scaling config."""

from __future__ import annotations


def install() -> None:
    """Let moto answer EventBridge Scheduler requests with this backend from now on."""
    from moto.scheduler.models import scheduler_backends

    from moto_lmi.api.scheduler.models import LMISchedulerBackend

    scheduler_backends.backend = LMISchedulerBackend
