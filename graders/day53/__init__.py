"""The checks of lab 53, functions: small functions from (account, answers) to a verdict.

They read, and where the learner's code itself is the answer they invoke it. One module a subject.
"""

from __future__ import annotations

from graders.day53 import (
    durable,
    languages,
    layers,
    memory,
    packaging,
    processes,
    publishing,
    receipts,
    sizing,
    sweep,
    urls,
)
from graders.day53.anchors import ANCHORS

__all__ = [
    "ANCHORS",
    "durable",
    "languages",
    "layers",
    "memory",
    "packaging",
    "processes",
    "publishing",
    "receipts",
    "sizing",
    "sweep",
    "urls",
]
