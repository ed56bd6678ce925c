"""Asynchronous invocation: a queue for each function, retries in virtual time, dead letters and destinations."""

from __future__ import annotations

from moto_lmi.asynchronous.event_queue import EventQueues, QueuedEvent
from moto_lmi.asynchronous.invoke_config import InvokeConfig, InvokeConfigs

__all__ = ["EventQueues", "InvokeConfig", "InvokeConfigs", "QueuedEvent"]
