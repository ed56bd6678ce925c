"""The emulator's own API beside AWS's: virtual time and switches, under /moto-api/lmi/.

GET  clock        [?account=ID]            the clocks
POST advance      ?seconds=N[&account=ID]  let virtual time pass
POST speed        ?factor=X[&account=ID]   virtual seconds per real second
GET  behaviour    [?account=ID]            the switches
POST behaviour    [?account=ID]            set switches, as a JSON object
POST traffic      [?account=ID]            offer traffic: {"function": ARN, "traffic": [[0, 60, 5, 5]], "demand": {"io_ms": 5}}
GET  traffic      ?function=ARN[&account=ID]  the report of it so far
POST traffic/stop ?function=ARN[&account=ID]  let no more requests come
GET  assumptions  [?account=ID&region=R]   what scaling assumes
POST assumptions  [?account=ID&region=R]   change it, as a JSON object of keys and values
GET  states                                the saved states of accounts
POST states/save   ?name=N[&account=ID]    save an account
POST states/load   ?name=N[&account=ID][&trust=yes]  put an account back, or under another id
POST states/delete ?name=N                 delete a saved state
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from moto_lmi import clock, passing
from moto_lmi.behaviour import behaviour_of, set_behaviour
from moto_lmi.clock import LONGEST_ADVANCE_S
from moto_lmi.saved_states import answer_states
from moto_lmi.scaling.http import answer_scaling, json_object

PREFIX = "/moto-api/lmi/"
ADVANCE = f"{PREFIX}advance"
"""Answered without the lock: functions may run meanwhile, and each step is written down by itself."""


def answer_internal(method: str, path: str, query: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
    """Status and document for a request to the emulator's own API; a wrong one is told what is wrong."""
    name = path.removeprefix(PREFIX).strip("/")
    account = query.get("account")
    if account is not None and not re.fullmatch(r"\d{12}", account):
        return 400, {"message": f"account {account!r} is no account id: twelve digits are needed"}
    try:
        if (method, name) == ("GET", "clock"):
            return 200, _clocks(account)
        if (method, name) == ("POST", "advance"):
            return 200, _advance(_number(query, "seconds"), account)
        if (method, name) == ("POST", "speed"):
            return 200, _set_speed(_number(query, "factor"), account)
        if (method, name) == ("GET", "behaviour"):
            return 200, asdict(behaviour_of(account or DEFAULT_ACCOUNT_ID))
        if (method, name) == ("POST", "behaviour"):
            return 200, _set_behaviour(body, account or DEFAULT_ACCOUNT_ID)
        if name.split("/")[0] in ("traffic", "assumptions"):
            answer = answer_scaling(method, name, query, body, account or DEFAULT_ACCOUNT_ID)
            if answer is not None:
                return 200, answer
        if name.split("/")[0] == "states":
            return answer_states(method, name, query, account)
    except ValueError as exc:
        return 400, {"message": str(exc)}
    return 404, {
        "message": f"there is no {method} {path}; GET clock, POST advance, POST speed, behaviour, traffic, assumptions and states are there"
    }


def _number(query: Mapping[str, str], name: str) -> float:
    text = query.get(name)
    if text is None:
        raise ValueError(f"the parameter {name} is missing; it is a number")
    try:
        return float(text)
    except ValueError as exc:
        raise ValueError(f"{name} {text!r} is not a number") from exc


def _clocks(account: str | None) -> dict[str, Any]:
    clocks = {account: clock.clock_for(account)} if account else clock.ALL
    return {
        identifier: {"now": item.now().isoformat(), "speed": item.speed} for identifier, item in sorted(clocks.items())
    }


def _advance(seconds: float, account: str | None) -> dict[str, Any]:
    if not 0 <= seconds <= LONGEST_ADVANCE_S:
        raise ValueError(f"seconds {seconds!r} is outside 0..{LONGEST_ADVANCE_S}")
    clock.clock_for(account or DEFAULT_ACCOUNT_ID)
    for identifier in [account] if account else list(clock.ALL):
        passing.pass_time(identifier, clock.clock_for(identifier).now() + timedelta(seconds=seconds))
    return _clocks(account)


def _set_speed(factor: float, account: str | None) -> dict[str, Any]:
    if account:
        clock.clock_for(account).speed = factor
    else:
        clock.set_default_speed(factor)
        for item in clock.ALL.values():
            item.speed = factor
    return _clocks(account)


def _set_behaviour(body: bytes, account: str) -> dict[str, Any]:
    return asdict(set_behaviour(account, **json_object(body, "switches")))
