"""The sections of docs/labs/day55.md that the checks of lab 55 point to."""

from __future__ import annotations

_PAGE = "labs/day55.md"

HEADROOM = f"{_PAGE}#headroom"
FLOOR = f"{_PAGE}#floor"
TARGET = f"{_PAGE}#target"
SCHEDULE = f"{_PAGE}#schedule"
SLOTS = f"{_PAGE}#slots"
CAP = f"{_PAGE}#cap"
OUT_OF_SERVICE = f"{_PAGE}#out-of-service"
SIZING = f"{_PAGE}#sizing"
PURCHASE = f"{_PAGE}#purchase"
BREAK_EVEN = f"{_PAGE}#break-even"
BENCHMARK = f"{_PAGE}#benchmark"
ROLLOUT = f"{_PAGE}#rollout"
PREFLIGHT = f"{_PAGE}#preflight"
RUNBOOK = f"{_PAGE}#runbook"

ANCHORS = (
    HEADROOM,
    FLOOR,
    TARGET,
    SCHEDULE,
    SLOTS,
    CAP,
    OUT_OF_SERVICE,
    SIZING,
    PURCHASE,
    BREAK_EVEN,
    BENCHMARK,
    ROLLOUT,
    PREFLIGHT,
    RUNBOOK,
)
