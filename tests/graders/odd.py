"""Values that nobody expects in an answer: of every kind, lying about themselves, and such that can't be shown."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any


class Slippery:
    """A value that claims to equal everything and can't be shown."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        raise RuntimeError("not shown")


class LyingText(str):
    """Text that claims to equal everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("")


ODD_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    math.nan,
    math.inf,
    Decimal("NaN"),
    10**400,
    "",
    " ",
    "x" * 5000,
    "\ud800",
    b"bytes",
    [],
    [None],
    [[]],
    [{}],
    ["", ""],
    {},
    {"Statement": 1},
    {"Statement": [None, {"Effect": "Allow", "Action": {}, "Resource": [1]}]},
    {"Architectures": [[]], "AllowedInstanceTypes": {}},
    {1: 2},
    set(),
    (1, 2),
    object(),
    Slippery(),
    LyingText("x"),
    Exception("x"),
    len,
    Slippery,
]
