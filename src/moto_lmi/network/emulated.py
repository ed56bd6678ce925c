"""The emulator asks about its own networks, in process: no socket, and the account's time does not move.

    verdict = emulated.reaches(account_id, region, provider.subnet_ids, provider.security_group_ids, "logs")

The same describe calls and the same evaluation as for a real account. Verdicts are kept by the EC2 backend until
something in it changes, so that asking again costs nothing. Whoever asks holds the emulator's state still meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from moto.ec2.models import ec2_backends

from moto_lmi.api.ec2.models import LMIEC2Backend
from moto_lmi.behaviour import behaviour_of
from moto_lmi.network.describing import take
from moto_lmi.network.destination import Destination, Service, destination
from moto_lmi.network.evaluating import evaluate
from moto_lmi.network.in_process import Describer
from moto_lmi.network.verdict import ProviderVerdict

LOGS = Service("logs", action="logs:PutLogEvents")
"""Where instances deliver the logs of functions."""

POLICY = "endpoint_policy"
"""The cause that blocks calls, but no packets."""


def reaches(
    account_id: str, region: str, subnet_ids: Sequence[str], group_ids: Sequence[str], to: str | Destination
) -> ProviderVerdict:
    """Whether instances in the subnets, with the security groups, reach the destination at this moment.

    The account's switches decide what AWS does not state. Raises NetworkError as `network.reach` does.
    """
    backend = cast(LMIEC2Backend, ec2_backends[account_id][region])
    wanted = destination(to) if isinstance(to, str) else to
    behaviour = behaviour_of(account_id)
    key = (tuple(sorted(subnet_ids)), tuple(sorted(group_ids)), wanted, behaviour)
    kept: ProviderVerdict | None = backend.verdicts.get(key)
    if kept is None:
        snapshot = take(Describer(account_id, region), subnet_ids, wanted)
        kept = backend.verdicts[key] = evaluate(snapshot, subnet_ids, group_ids, wanted, behaviour)
    return kept


def logs_arrive(account_id: str, region: str, subnet_id: str, group_ids: Sequence[str]) -> bool:
    """Whether logs of functions on an instance in the subnet arrive in CloudWatch Logs; without a way they vanish.

    Source: `network.no_route_effect` in facts.toml.
    """
    return reaches(account_id, region, [subnet_id], group_ids, LOGS).reachable == "all"


def is_answered(account_id: str, region: str, subnet_id: str, group_ids: Sequence[str], to: Destination) -> bool:
    """Whether a call from an instance in the subnet is answered. One that an endpoint's policy refuses is: with an error."""
    verdict = reaches(account_id, region, [subnet_id], group_ids, to)
    return all(blocked.blocking is not None and blocked.blocking.cause == POLICY for blocked in verdict.blocked)
