"""The checks of lab 51, overview and use cases: small functions from (account, answers) to a verdict, read only.

One module a subject.
"""

from __future__ import annotations

from graders.day51 import bills, break_even, deciding, requests, self_test, staleness, who
from graders.day51.anchors import ANCHORS

__all__ = ["ANCHORS", "bills", "break_even", "deciding", "requests", "self_test", "staleness", "who"]
