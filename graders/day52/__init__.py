"""The checks of lab 52, capacity providers: small functions from (account, answers) to a verdict, read only.

One module a subject: network, choosing, roles, requirements, provider, permissions, functions, instances, scaling, deletion.
"""

from __future__ import annotations

from graders.day52 import (
    choosing,
    deletion,
    functions,
    instances,
    network,
    permissions,
    provider,
    requirements,
    roles,
    scaling,
)
from graders.day52.anchors import ANCHORS

__all__ = [
    "ANCHORS",
    "choosing",
    "deletion",
    "functions",
    "instances",
    "network",
    "permissions",
    "provider",
    "requirements",
    "roles",
    "scaling",
]
