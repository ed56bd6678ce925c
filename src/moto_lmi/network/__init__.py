"""Whether the instances of a capacity provider reach a destination, by which way, or what blocks them.

    from moto_lmi import network

    ec2 = boto3.client("ec2")  # moto's, the emulator's, or a real account's
    verdict = network.reach(ec2, ["subnet-…"], ["sg-…"], "logs")
    print(verdict.sentence)

Only Describe, Get and Search operations of EC2 are called. What they do not tell is assumed, each time in a sentence of
the verdict, and where AWS does not state a rule a switch of `moto_lmi.behaviour` decides.

    NetworkError (ValueError)   the question names something that does not exist or can't be understood
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto_lmi.behaviour import Behaviour
from moto_lmi.network.describing import take
from moto_lmi.network.destination import Destination, NetworkError, destination
from moto_lmi.network.evaluating import evaluate
from moto_lmi.network.snapshot import Snapshot
from moto_lmi.network.verdict import Blocking, Cause, Hop, Path, ProviderVerdict, Verdict, causes
from moto_lmi.network.words import markdown

__all__ = [
    "Blocking",
    "Cause",
    "Destination",
    "Hop",
    "NetworkError",
    "Path",
    "ProviderVerdict",
    "Snapshot",
    "Verdict",
    "causes",
    "destination",
    "evaluate",
    "markdown",
    "reach",
    "take",
]


def reach(
    ec2: Any,
    subnet_ids: Sequence[str],
    group_ids: Sequence[str],
    to: str | Destination,
    behaviour: Behaviour | None = None,
) -> ProviderVerdict:
    """Whether instances in the subnets, with the security groups, reach the destination.

    `ec2` is a boto3 EC2 client; `to` is a service's name (`logs`), `host[:port]`, an address or the id of an instance or
    network interface (`i-…`, `eni-…`), or a `Destination`. Raises NetworkError, and botocore's errors.
    """
    wanted = destination(to) if isinstance(to, str) else to
    return evaluate(take(ec2, subnet_ids, wanted), subnet_ids, group_ids, wanted, behaviour)
