"""The sections of docs/labs/day52.md that the checks of lab 52 point to."""

from __future__ import annotations

_PAGE = "labs/day52.md"

THREE_STEPS = f"{_PAGE}#three-steps"
VPC = f"{_PAGE}#vpc"
SECURITY_GROUPS = f"{_PAGE}#security-groups"
OPERATOR_ROLE = f"{_PAGE}#operator-role"
PASS_ROLE = f"{_PAGE}#pass-role"
INSTANCE_REQUIREMENTS = f"{_PAGE}#instance-requirements"
ARCHITECTURE = f"{_PAGE}#architecture"
GUARDRAILS = f"{_PAGE}#guardrails"
SCALING_MODE = f"{_PAGE}#scaling-mode"
INSTANCES = f"{_PAGE}#instances"
UPDATE = f"{_PAGE}#update"
DELETE = f"{_PAGE}#delete"

ANCHORS = (
    THREE_STEPS,
    VPC,
    SECURITY_GROUPS,
    OPERATOR_ROLE,
    PASS_ROLE,
    INSTANCE_REQUIREMENTS,
    ARCHITECTURE,
    GUARDRAILS,
    SCALING_MODE,
    INSTANCES,
    UPDATE,
    DELETE,
)
