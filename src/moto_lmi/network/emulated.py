"""The emulator asks about its own networks, in process: no socket, and the account's time does not move.

    verdict = emulated.reaches(account_id, region, provider.subnet_ids, provider.security_group_ids, "logs")

The same describe calls and the same evaluation as for a real account. Verdicts are kept by the EC2 backend until
something in it changes, so that asking again costs nothing. Whoever asks holds the emulator's state still meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.models import botocore_stubber
from moto.core.request import normalize_request
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models import ec2_backends
from moto.ec2.responses import EC2Response

from moto_lmi.api.ec2.models import LMIEC2Backend
from moto_lmi.behaviour import behaviour_of
from moto_lmi.network.describing import take
from moto_lmi.network.destination import Destination, Service, destination
from moto_lmi.network.evaluating import evaluate
from moto_lmi.network.verdict import ProviderVerdict

LOGS = Service("logs", action="logs:PutLogEvents")
"""Where instances deliver the logs of functions."""


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
        snapshot = take(_client(account_id, region), subnet_ids, wanted)
        kept = backend.verdicts[key] = evaluate(snapshot, subnet_ids, group_ids, wanted, behaviour)
    return kept


def logs_arrive(account_id: str, region: str, subnet_id: str, group_ids: Sequence[str]) -> bool:
    """Whether logs of functions on an instance in the subnet arrive in CloudWatch Logs; without a way they vanish.

    Source: `network.no_route_effect` in facts.toml.
    """
    return reaches(account_id, region, [subnet_id], group_ids, LOGS).reachable == "all"


class _Describing(EC2Response):
    """EC2's answers to the emulator itself: nobody is to be authorised, and the clock is left alone."""

    def call_action(self) -> TYPE_RESPONSE:
        """Do what is asked, without the checks of a request from outside."""
        method = getattr(self, camelcase_to_underscores(self._get_action()))
        try:
            result = method()
        except ServiceException as exc:
            result = ActionResult(exc)
        return self.serialized(result)


@cache
def _client(account_id: str, region: str) -> Any:
    """A client whose requests are answered by the account's backend in this process."""

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        request.headers["x-moto-account-id"] = account_id
        asked = normalize_request(request)
        status, headers, body = _Describing.dispatch(asked, asked.raw_url, asked.headers)
        return AWSResponse(request.url, status, headers, MockRawResponse(body))

    client = boto3.session.Session("testing", "testing", region_name=region).client(
        "ec2", endpoint_url=f"https://ec2.{region}.amazonaws.com"
    )
    # Every handler is called, and moto's would answer as for a request from outside.
    client.meta.events.unregister("before-send", botocore_stubber)
    client.meta.events.register("before-send", answer)
    return client
