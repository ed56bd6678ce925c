"""Event source mappings: what reads SQS queues and Kinesis streams and invokes a function with what it finds.

One mechanism for every function whose code runs here; moto's own immediate calls are not used for them.
"""

from __future__ import annotations

from moto_lmi.event_sources.mappings import EventSources

__all__ = ["EventSources"]
