"""Counts what really runs on capacity providers, for the scaler and the metrics of the account.

Counting happens in the data plane's loop. The account hears of it before its time passes, in one change for all that has
ended since, at the moment at which the first of them did.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from moto_lmi import changes, endings
from moto_lmi.clock import clock_for

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.runtime import Ended

_TOGETHER_S = 1.0
"""For how long ends are gathered while nothing is due: each change is a line in a server's journal."""


@dataclass
class Row:
    """What has ended on one version; `at` is the virtual time of the first, in ISO 8601."""

    account: str
    region: str
    function: str
    version: str
    at: str
    ended: int = 0
    failed: int = 0
    throttled: int = 0
    seconds: float = 0.0
    at_a_time: int = 0


class Counts:
    """What has ended and was not told of yet. Usable from any thread."""

    def __init__(self) -> None:
        """Nothing has ended."""
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, str, str, str], Row] = {}
        self._since = 0.0

    def of(self, version: Function) -> Callable[[Ended], None]:
        """Who counts the ends of the version's invocations."""

        def count(ended: Ended) -> None:
            with self._lock:
                row = self._row(version)
                row.ended += 1
                row.failed += ended.failed
                row.seconds += ended.seconds
                row.at_a_time = max(row.at_a_time, ended.at_a_time)

        return count

    def throttled(self, version: Function) -> None:
        """An invocation found no environment that took it."""
        with self._lock:
            self._row(version).throttled += 1

    def _row(self, version: Function) -> Row:
        key = version.account_id, version.region, version.function_name, str(version.version)
        if not self._rows:
            self._since = time.monotonic()
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Row(*key, clock_for(version.account_id).now().isoformat())
        return row

    def tell(self, at_once: bool) -> None:
        """Tell of what has ended; unless it is to be `at_once`, only what has been waiting for a while."""
        with self._lock:
            if not self._rows or not (at_once or time.monotonic() - self._since >= _TOGETHER_S):
                return
            rows, self._rows = sorted(self._rows.values(), key=lambda row: row.at), {}
        changes.make("invoked", [asdict(row) for row in rows])

    def forget(self, account: str) -> None:
        """The account, by the id that `endings` has for it, was reset: its invocations are nobody's."""
        with self._lock:
            self._rows = {
                key: row for key, row in self._rows.items() if endings.everything_of(key[0], key[1]) != account
            }
