"""Lets virtual time pass while functions run: from one due moment to the next, and nobody holds the lock in between.

Each step is a change of its own, so that a journal has it in order with what the functions did meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto_lmi import changes
from moto_lmi.background import BACKGROUND
from moto_lmi.clock import clock_for, hear
from moto_lmi.locking import STATE


def pass_time(account_id: str, until: datetime) -> None:
    """Move the account's clock to the time `until`; where functions run because of it, it waits for them."""
    BACKGROUND.settle()
    while BACKGROUND.has_run:
        with STATE:
            due = clock_for(account_id).next_due()
        if due is None or due >= until:
            break
        _move(account_id, due)
    _move(account_id, until)


def _move(account_id: str, moment: datetime) -> None:
    hear()
    changes.make("time", {"account": account_id, "to": moment.isoformat()})
    BACKGROUND.settle()


def time_passed(document: Mapping[str, Any]) -> None:
    """The account's clock moves; a kind of change."""
    clock_for(document["account"]).move_to(datetime.fromisoformat(document["to"]), settle=False)
