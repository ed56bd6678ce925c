"""The checks of lab 54, networking and observability: small functions from (account, answers) to a verdict, read only.

One module a subject: egress, missing_logs, diagnosis, mending, paths, pricing, doors, stories, steps, dashboards, alarms, limits.
"""

from __future__ import annotations

from graders.day54 import (
    alarms,
    dashboards,
    diagnosis,
    doors,
    egress,
    limits,
    mending,
    missing_logs,
    paths,
    pricing,
    steps,
    stories,
)
from graders.day54.anchors import ANCHORS

__all__ = [
    "ANCHORS",
    "alarms",
    "dashboards",
    "diagnosis",
    "doors",
    "egress",
    "limits",
    "mending",
    "missing_logs",
    "paths",
    "pricing",
    "steps",
    "stories",
]
