"""Scaling: traffic that is offered to published versions, and the environments and instances that follow it.

    from moto_lmi import scaling

    scaling.offer("123456789012", function_arn, [[0, 600, 50, 50], [600, 1200, 200, 200]], {"io_ms": 80, "cpu_ms": 20})
    clock_for("123456789012").advance(1200)
    for row in scaling.report("123456789012", function_arn).rows: ...

Traffic is counted and not followed request by request, so a day passes in a second or two. The scaler, the router and
placement are those of `lmi_sim.policies`. What AWS doesn't publish is an assumption with a source and a confidence
(`assumptions`), which `assume` changes for an account, and which every report shows.

A version is named by its ARN, or by a function name with a qualifier: a number, `$LATEST.PUBLISHED` (also without any
qualifier), or an alias. Errors are ValueErrors that name what is wrong; nothing has been changed then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from moto_lmi.assumed import Assumed, Assumptions
from moto_lmi.scaling.loop import Scaling
from moto_lmi.scaling.observations import InstanceObservation, Observation, VersionObservation
from moto_lmi.scaling.report import Report, Row, make_report
from moto_lmi.scaling.traffic import Demand, Stretch, read_demand, read_stretches

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.functions import Function

__all__ = [
    "Assumed",
    "Demand",
    "InstanceObservation",
    "Observation",
    "Report",
    "Row",
    "Stretch",
    "VersionObservation",
    "assume",
    "assumptions",
    "offer",
    "report",
    "stop",
]

DEFAULT_REGION = "us-east-1"
_REGION = re.compile(r"arn:[a-z-]+:lambda:([a-z0-9-]+):")


def offer(
    account_id: str,
    function_arn: str,
    traffic: object,
    demand: Demand | Mapping[str, float],
    *,
    region: str | None = None,
    instead: bool = False,
) -> Report:
    """Let requests come to a published version from now on, and return the report of that, which is empty so far.

    With `instead` they take the place of those that come already, and the report goes on.

    `traffic` is a list of [start_s, end_s, start_rps, end_rps] without gaps, from 0 on, or anything with such
    attributes; `demand` says what a request needs. The account's clock makes it happen: advance it, or let it run.
    Raises ValueError for a version that is not there or not Active, for wrong traffic or demand, for a demand that an
    environment can't hold, and, without `instead`, while the version has traffic already.
    """
    stretches = read_stretches(traffic)
    needed = demand if isinstance(demand, Demand) else read_demand(demand)
    backend = _backend(account_id, function_arn, region)
    version = _version(backend, function_arn)
    if version.state != "Active":
        raise ValueError(f"{version.arn} is {version.state}; traffic can be offered once it is Active")
    backend.scaling.offer(version, stretches, needed, instead=instead)
    return report(account_id, function_arn, region=region)


def stop(account_id: str, function_arn: str, *, region: str | None = None) -> Report:
    """Let no more requests come to the version. Raises ValueError when none were offered."""
    backend = _backend(account_id, function_arn, region)
    version = _version(backend, function_arn)
    _with_traffic(backend.scaling, version)
    backend.scaling.stop((version.function_name, str(version.version)))
    return report(account_id, function_arn, region=region)


def report(account_id: str, function_arn: str, *, region: str | None = None) -> Report:
    """What has come so far of the traffic that was offered to the version last. Raises ValueError when none was."""
    backend = _backend(account_id, function_arn, region)
    version = _version(backend, function_arn)
    key = _with_traffic(backend.scaling, version)
    load = backend.scaling.seen(key)
    happened = [item for item in backend.scaling.happened if (item.function_name, item.version) in (key, ("", ""))]
    return make_report(version.arn, load, happened, backend.fleet.assumptions.all())


def assumptions(account_id: str, *, region: str | None = None) -> list[Assumed]:
    """What scaling assumes in the account and Region, with sources."""
    return _assumptions(_backend(account_id, "", region)).all()


def assume(account_id: str, values: Mapping[str, object], *, region: str | None = None) -> list[Assumed]:
    """Change assumptions of the account and Region by key, such as `{"scaling_model.evaluation_period_s": 300}`.

    None puts a default back. Returns all of them. Raises ValueError for an unknown key or a value out of range.
    """
    backend = _backend(account_id, "", region)
    backend.scaling.assume(values)
    return _assumptions(backend).all()


def _assumptions(backend: LMILambdaBackend) -> Assumptions:
    return backend.fleet.assumptions


def _backend(account_id: str, function_arn: str, region: str | None) -> LMILambdaBackend:
    from moto.awslambda.utils import get_backend

    from moto_lmi.clock import clock_for

    named = _REGION.match(function_arn)
    clock_for(account_id).catch_up()
    return cast("LMILambdaBackend", get_backend(account_id, region or (named[1] if named else DEFAULT_REGION)))


def _version(backend: LMILambdaBackend, function_arn: str) -> Function:
    from moto_lmi.functions import LATEST, LATEST_PUBLISHED

    storage = backend._lambdas
    try:
        name, qualifier = storage.split(function_arn)
        version = storage.find(name, qualifier or LATEST_PUBLISHED)
    except Exception as exc:
        raise ValueError(f"there is no published version {function_arn!r} here ({exc})") from exc
    if not version.is_managed:
        raise ValueError(f"{version.arn} is not on a capacity provider")
    if str(version.version) == LATEST:
        raise ValueError(f"{function_arn} is $LATEST, which is never invoked; name a published version")
    return version


def _with_traffic(loop: Scaling, version: Function) -> tuple[str, str]:
    key = (version.function_name, str(version.version))
    if key not in loop.loads:
        raise ValueError(f"no traffic was offered to {version.arn}")
    return key
