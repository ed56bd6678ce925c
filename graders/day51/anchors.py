"""The sections of docs/labs/day51.md that the checks of lab 51 point to, and the refreshers that the self-test points to."""

from __future__ import annotations

_PAGE = "labs/day51.md"

BEFORE = f"{_PAGE}#before-you-start"
COLD_STARTS = f"{_PAGE}#cold-starts"
MANY_AT_A_TIME = f"{_PAGE}#many-at-a-time"
DEFAULT_BILL = f"{_PAGE}#default-bill"
MANAGED_BILL = f"{_PAGE}#managed-bill"
COMMITMENTS = f"{_PAGE}#commitments"
BREAK_EVEN = f"{_PAGE}#break-even"
WHEN = f"{_PAGE}#when"
WHO = f"{_PAGE}#who-does-what"
CHANGES = f"{_PAGE}#changes"

ANCHORS = (BEFORE, COLD_STARTS, MANY_AT_A_TIME, DEFAULT_BILL, MANAGED_BILL, COMMITMENTS, BREAK_EVEN, WHEN, WHO, CHANGES)

REFRESHERS = {
    "L1": "refresh/lambda.md#one-at-a-time",
    "L2": "refresh/lambda.md#gb-seconds",
    "L3": "refresh/lambda.md#init",
    "E1": "refresh/ec2.md#routes",
    "E2": "refresh/ec2.md#security-groups",
    "E3": "refresh/ec2.md#roles",
    "E4": "refresh/ec2.md#logs",
    "M1": "refresh/savings.md#commitments",
    "M2": "refresh/savings.md#instruments",
}
"""Where what a question of the self-test asks is refreshed."""
