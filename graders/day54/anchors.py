"""The sections of docs/labs/day54.md that the checks of lab 54 point to."""

from __future__ import annotations

_PAGE = "labs/day54.md"

EGRESS = f"{_PAGE}#egress"
MISSING_LOGS = f"{_PAGE}#missing-logs"
VERDICT = f"{_PAGE}#verdict"
MENDING = f"{_PAGE}#mending"
PATHS = f"{_PAGE}#paths"
PRICES = f"{_PAGE}#prices"
SECURITY_GROUPS = f"{_PAGE}#security-groups"
INTERLEAVED = f"{_PAGE}#interleaved-logs"
INSIGHTS = f"{_PAGE}#insights"
METRICS = f"{_PAGE}#metrics"
ALARMS = f"{_PAGE}#alarms"
LIMITS = f"{_PAGE}#instance-limits"

ANCHORS = (
    EGRESS,
    MISSING_LOGS,
    VERDICT,
    MENDING,
    PATHS,
    PRICES,
    SECURITY_GROUPS,
    INTERLEAVED,
    INSIGHTS,
    METRICS,
    ALARMS,
    LIMITS,
)
