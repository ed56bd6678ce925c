"""Models that are described in words, put in numbers.

M/M/16, M/M/48/48           M/M/c and M/M/c/c with their c
one EE 1 vCPU always saturated: 16 slots, exp IO 0.2 s then exp CPU 0.01 s PS
                            closed, with ee, vcpu (of all environments), slots (of one), io_s and cpu_s
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

__all__ = ["in_numbers"]

_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNT = rf"(\d+|{'|'.join(_COUNTS)})"
_SERVERS = re.compile(
    r"(?P<queue>M/[MGD])/(?P<servers>\d+)(?P<room>/\d+)?([ -]?\(?(FIFO|FCFS|loss)\)?)?", re.IGNORECASE
)
_EXPONENTIAL_CPU = re.compile(r"\bexp\w*\s+(?:[\d.]+\s*m?s\s+)?(?:of\s+)?CPU\b", re.IGNORECASE)
_SECONDS = {"s": Decimal(1), "ms": Decimal("0.001")}


def in_numbers(inputs: Mapping[str, object]) -> dict[str, object]:
    """The inputs, with what `model` says in words as inputs of their own. An input that is given already wins.

    Raises ValueError for words that leave something out, or that describe what no closed form answers.
    """
    model = inputs.get("model")
    if not isinstance(model, str):
        return dict(inputs)
    servers = _SERVERS.fullmatch(model.strip())
    if servers:
        return _queue(servers) | {name: value for name, value in inputs.items() if name != "model"}
    if re.search(r"\sslots?\b", model, re.IGNORECASE):  # in a sentence, not as a model's name
        return _closed(model) | {name: value for name, value in inputs.items() if name != "model"}
    return dict(inputs)


def _queue(match: re.Match[str]) -> dict[str, object]:
    servers = int(match["servers"])
    if match["queue"].upper() != "M/M" and not match["room"]:
        if servers > 1:
            raise ValueError(f"model {match[0]!r} has no closed form; M/G/1 and M/M/c have one")
        return {"model": match[0]}
    if match["room"] and int(match["room"][1:]) != servers:
        raise ValueError(f"model {match[0]!r} has places to wait, which isn't known; M/M/c/c and M/M/c are")
    return {"model": "M/M/c/c" if match["room"] else "M/M/c", "c": servers}


def _closed(model: str) -> dict[str, object]:
    slots = re.search(r"(\d+)\s+slots?\b", model, re.IGNORECASE)
    if slots is None:
        raise ValueError(f"model {model!r} must say how many slots there are, such as '16 slots'")
    if re.search(r"\bfifo\b", model, re.IGNORECASE) and not _EXPONENTIAL_CPU.search(model):
        raise ValueError(f"model {model!r} has no closed form: first come first served needs exponential CPU times")
    environments = _count(model, r"(?:EEs?|environments?)")
    return {
        "model": "closed",
        "slots": int(slots[1]),
        "ee": environments,
        "vcpu": environments * _count(model, r"vCPUs?"),
        "io_s": _time_s(model, "IO"),
        "cpu_s": _time_s(model, "CPU"),
    }


def _count(model: str, of_what: str) -> int:
    found = re.search(rf"\b{_COUNT}\s+{of_what}\b", model, re.IGNORECASE)
    return 1 if found is None else int(_COUNTS.get(found[1].lower(), found[1]))


def _time_s(model: str, station: str) -> float:
    number = r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s)"
    found = re.search(rf"\b{station}\s+{number}\b", model, re.IGNORECASE) or re.search(
        rf"\b{number}\s+(?:of\s+)?{station}\b", model, re.IGNORECASE
    )
    if found is None:
        raise ValueError(f"model {model!r} must say how long {station} takes, such as '{station} 0.2 s'")
    return float(Decimal(found["number"]) * _SECONDS[found["unit"].lower()])
