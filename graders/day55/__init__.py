"""The checks of lab 55, the playbook: small functions from (account, answers) to a verdict.

They read the account and the reports of traffic in it, call the learner's functions with inputs of their own, and play the
incident night again. One module a subject.
"""

from __future__ import annotations

from graders.day55 import (
    benchmark,
    breakeven,
    bursts,
    caps,
    floors,
    night,
    preflight,
    purchase,
    rollout,
    schedules,
    sizing,
    slots,
    targets,
)
from graders.day55.anchors import ANCHORS

__all__ = [
    "ANCHORS",
    "benchmark",
    "breakeven",
    "bursts",
    "caps",
    "floors",
    "night",
    "preflight",
    "purchase",
    "rollout",
    "schedules",
    "sizing",
    "slots",
    "targets",
]
