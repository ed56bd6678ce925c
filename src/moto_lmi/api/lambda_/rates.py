"""The request rates of the capacity provider operations, enforced when the account's behaviour says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from moto_lmi import facts
from moto_lmi.api.errors import TooManyRequests
from moto_lmi.behaviour import behaviour_of
from moto_lmi.clock import clock_for

_READS = {"GetCapacityProvider", "ListCapacityProviders", "ListFunctionVersionsByCapacityProvider"}
_WRITES = {"CreateCapacityProvider", "UpdateCapacityProvider", "DeleteCapacityProvider"}
_WINDOW = timedelta(seconds=1)

_recent: dict[tuple[str, str, bool], list[datetime]] = {}


def check_rate(account_id: str, region: str, operation: str) -> None:
    """Raise TooManyRequests when the account's reads (together) or writes (together) exceed their rate.

    The rate is counted over the last second of virtual time.
    """
    if not behaviour_of(account_id).rate_limits or operation not in _READS | _WRITES:
        return
    is_write = operation in _WRITES
    limit = facts.value("limits.provider_write_rps" if is_write else "limits.provider_read_rps")
    now = clock_for(account_id).now()
    key = (account_id, region, is_write)
    recent = [moment for moment in _recent.get(key, []) if timedelta(0) <= now - moment < _WINDOW]
    if len(recent) >= limit:
        _recent[key] = recent
        raise TooManyRequests("Rate exceeded")
    _recent[key] = [*recent, now]
