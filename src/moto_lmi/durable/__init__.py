"""Durable functions: executions whose progress is kept in checkpoints and which are invoked again until they end.

The state machines are AWS's as its durable execution SDK and that SDK's own test runner know them; the SDKs run against
it unmodified. Waits, retries and timeouts are timers of the virtual clock.
"""

from __future__ import annotations

from moto_lmi.durable.executions import DurableExecutions

__all__ = ["DurableExecutions"]
