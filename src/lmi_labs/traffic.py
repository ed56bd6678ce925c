"""Traffic for a lab's function: offered to a published version in the emulator, in virtual time.

    from lmi_labs import traffic

    traffic.offer(lab.account, "fn", traffic.step(50, 200, at_s=600, duration_s=1800), io_ms=80, cpu_ms=20)
    lab.advance(1800)
    traffic.report(lab.account, "fn")

It works with the emulator in this process and over HTTP. In a real account it refuses: there, traffic is requests that
somebody sends and pays for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lmi_labs.account import Account, AccountError
from lmi_sim.traffic import Traffic, diurnal, ramp, read_csv, spike, steady, step

__all__ = [
    "TrafficReport",
    "assume",
    "assumptions",
    "diurnal",
    "offer",
    "ramp",
    "replay",
    "report",
    "spike",
    "steady",
    "step",
    "stop",
]

_COLUMNS = {
    "minute": "minute",
    "offered": "offered",
    "served": "served",
    "throttled": "throttled",
    "mean_latency_ms": "mean ms",
    "cpu_percent": "CPU %",
    "slots_percent": "slots %",
    "environments": "environments",
    "instances": "instances",
}
_MOST_LINES = 40


def replay(csv: str | Path | Iterable[str]) -> Traffic:
    """Traffic from a CSV: a file's path, its text, or its lines; `start_s,rate_rps`, or `time_s` for each request.

    Raises ValueError with the line of a rate below 0, a time that goes back, or a gap; OSError for a missing file.
    """
    if isinstance(csv, Path) or (isinstance(csv, str) and "\n" not in csv):
        csv = Path(csv).read_text(encoding="utf-8")
    return read_csv(csv.splitlines() if isinstance(csv, str) else csv)


@dataclass(frozen=True)
class TrafficReport:
    """What came of traffic so far. As text it is a table, with the assumptions that it rests on."""

    document: Mapping[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One dict for each minute, with the throttles of every reason added up as `throttled`."""
        reasons = ("concurrency", "cpu", "memory", "disk")
        return [
            {**row, "throttled": sum(row[f"throttled_{reason}"] for reason in reasons)} for row in self.document["rows"]
        ]

    @property
    def offered(self) -> int:
        """Requests that came."""
        return int(self.document["offered"])

    @property
    def served(self) -> int:
        """Requests that were answered."""
        return int(self.document["served"])

    @property
    def throttled(self) -> int:
        """Requests that were refused."""
        return int(self.document["throttled"])

    def __str__(self) -> str:
        lines = ["  ".join(f"{title:>12}" for title in _COLUMNS.values())]
        rows = self.rows
        every = max(1, -(-len(rows) // _MOST_LINES))
        lines += ["  ".join(f"{_cell(row[name]):>12}" for name in _COLUMNS) for row in rows[::every]]
        if every > 1:
            lines.append(f"(every {every} minutes of {len(rows)})")
        lines.append(f"{self.offered:,} offered, {self.served:,} served, {self.throttled:,} throttled.")
        lines += [f"{item['moment'][11:19]} {item['what']}: {item['detail']}" for item in self.document["happened"]]
        lines.append("Assumed, because AWS does not publish it (`traffic.assume` changes it):")
        for item in self.document["assumptions"]:
            changed = f", changed from {item['default']}" if item["value"] != item["default"] else ""
            lines.append(f"  {item['key']} = {item['value']} ({item['confidence']}{changed})")
        lines.append(str(self.document["note"]))
        return "\n".join(lines)

    __repr__ = __str__


def offer(
    account: Account,
    function: str,
    traffic: Traffic,
    *,
    io_ms: float = 0.0,
    cpu_ms: float = 0.0,
    base_memory_mb: float = 0.0,
    memory_mb: float = 0.0,
    disk_mb: float = 0.0,
    gpu_ms: float = 0.0,
    instead: bool = False,
) -> TrafficReport:
    """Let requests come to a published version from now on; `function` is its ARN, or a name with or without a qualifier.

    With `instead` they take the place of those that come to it already, and the report goes on.
    A request waits `io_ms` and then needs a vCPU for `cpu_ms`; the rest is as in `moto_lmi.scaling.Demand`. Raises
    AccountError for what is wrong, and in a real account.
    """
    demand = {
        "io_ms": io_ms,
        "cpu_ms": cpu_ms,
        "base_memory_mb": base_memory_mb,
        "memory_mb": memory_mb,
        "disk_mb": disk_mb,
        "gpu_ms": gpu_ms,
    }
    document = {"function": function, "traffic": _rows(traffic), "demand": demand, "instead": instead}
    return TrafficReport(_ask(account, "POST", "traffic", document=document))


def report(account: Account, function: str) -> TrafficReport:
    """What has come so far of the traffic that was offered to the version last. Raises AccountError."""
    return TrafficReport(_ask(account, "GET", "traffic", {"function": function}))


def stop(account: Account, function: str) -> TrafficReport:
    """Let no more requests come to the version. Raises AccountError."""
    return TrafficReport(_ask(account, "POST", "traffic/stop", {"function": function}))


def assumptions(account: Account) -> dict[str, dict[str, Any]]:
    """What the emulator's scaling assumes, by key, with value, default, source and confidence. Raises AccountError."""
    found: dict[str, dict[str, Any]] = _ask(account, "GET", "assumptions")
    return found


def assume(account: Account, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Change assumptions by key; None puts a default back. Returns all of them. Raises AccountError."""
    changed: dict[str, dict[str, Any]] = _ask(account, "POST", "assumptions", document=dict(values))
    return changed


def _ask(
    account: Account, method: str, path: str, query: Mapping[str, str] | None = None, document: object = None
) -> Any:
    """The answer of the emulator's own API, in this process or over HTTP."""
    if account.world == "aws":
        raise AccountError(
            "Traffic can be offered in the emulator only; in a real AWS account send requests with a load generator, and "
            "mind that they cost money. To use the emulator, set LMI_LABS_ACCOUNT to moto."
        )
    asked = {**(query or {}), "account": account.account_id, "region": account.region}
    if account.world == "server":
        return account.ask_server(method, f"{path}?{urlencode(asked)}", document)
    from moto_lmi.internal_api import PREFIX, answer_internal

    body = b"" if document is None else json.dumps(document).encode()
    status, answer = answer_internal(method, PREFIX + path, asked, body)
    if status >= 400:
        raise AccountError(str(answer["message"]))
    return answer


def _rows(traffic: Traffic) -> list[list[float]]:
    """Stretches of traffic; recorded requests are counted second by second."""
    if traffic.segments:
        return [[item.start_s, item.end_s, item.start_rps, item.end_rps] for item in traffic.segments]
    counts = Counter(int(time_s) for time_s in traffic.times_s)
    return [[second, second + 1, counts[second], counts[second]] for second in range(int(traffic.end_s) + 1)]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
