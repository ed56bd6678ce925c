"""Tells the stories of `stories.toml`: plays their steps in virtual time and notes what stands at each full minute.

A story happens to the function `fn`, published to `$LATEST.PUBLISHED` on the provider `cp` and Active when minute 0
begins. Its steps are carried out at the beginning of their minute; what it expects is looked at when a minute is over.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.scheduler.models import scheduler_backends

from moto_lmi import facts, scaling
from moto_lmi.api.lambda_.models import LMILambdaBackend
from moto_lmi.behaviour import set_behaviour

from ..world import ACCOUNT, OPERATOR_POLICY, REGION, World, client, managed, trust

VERSION = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}
STORIES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("stories.toml").read_text())["story"]
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)

Seen = dict[str, Any]


class Telling:
    """One story being told."""

    def __init__(self, world: World, story: Mapping[str, Any]) -> None:
        self.world = world
        self.story = story
        self.timeline: list[Seen] = []
        self.happened: list[str] = []

    def tell(self) -> None:
        """All of it."""
        story = self.story
        self.world.clock.move_to(MONDAY.replace(hour=story.get("hour", 12)))
        if "switches" in story:
            set_behaviour(ACCOUNT, **dict.fromkeys(story["switches"], True))
        requirements = {"AllowedInstanceTypes": story["types"]} if "types" in story else {}
        config = story.get("provider", {"MaxVCpuCount": 15000})
        members = {"InstanceRequirements": requirements} if requirements else {}
        self.arn = self.world.provider("cp", CapacityProviderScalingConfig=config, **members)
        if "assumptions" in story:
            scaling.assume(ACCOUNT, story["assumptions"])
        self._function("fn", **story.get("function", {}))
        self.world.publish("fn", wait=120)
        steps = sorted(story["steps"], key=lambda step: step["minute"])
        for minute in range(max(item["minute"] for item in story["expect"]) + 1):
            for step in (item for item in steps if item["minute"] == minute):
                self._do(step)
            self.world.pass_time(60)
            self.timeline.append(self._look(minute))
        self._add_requests()
        backend = lambda_backends[ACCOUNT][REGION]
        self.happened = [f"{item.what}: {item.detail}" for item in backend.scaling.happened]  # type: ignore[attr-defined]

    def _function(self, name: str, **members: Any) -> None:
        concurrency = members.pop("concurrency", None)
        config = managed(self.arn, **({"PerExecutionEnvironmentMaxConcurrency": concurrency} if concurrency else {}))
        if members.pop("gpu", False):
            members |= {
                "AcceleratorConfig": {"AcceleratorMemorySize": 24},
                "PackageType": "Image",
                "Code": {"ImageUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/model:1"},
            }
        request = self.world.function_request(
            name, None, CapacityProviderConfig=config, **{"MemorySize": 4096, **members}
        )
        if members.get("PackageType") == "Image":
            del request["Runtime"], request["Handler"]
        self.world.lambda_.create_function(**request)
        self.world.pass_time(3)

    # --- steps ---------------------------------------------------------------------------------------------------------

    def _do(self, step: Mapping[str, Any]) -> None:
        actions: dict[str, Callable[[Mapping[str, Any]], object]] = {
            "offer": self._offer,
            "stop": lambda _: scaling.stop(ACCOUNT, "fn"),
            "scale": lambda step: self._scale(step["scale"]),
            "provider": self._change_provider,
            "assume": lambda step: scaling.assume(ACCOUNT, step["assume"]),
            "schedule": lambda step: self._schedule(step["schedule"]),
            "strip_role": lambda _: self.world.iam.detach_role_policy(RoleName="operator", PolicyArn=OPERATOR_POLICY),
            "second_function": self._second_function,
            "republish": self._republish,
        }
        for name, action in actions.items():
            if name in step:
                action(step)

    def _offer(self, step: Mapping[str, Any]) -> None:
        rows = [[start * 60, end * 60, first, last] for start, end, first, last in step["offer"]]
        scaling.offer(ACCOUNT, "fn", rows, self.story["demand"])

    def _scale(self, config: Mapping[str, int]) -> None:
        names = {"min": "MinExecutionEnvironments", "max": "MaxExecutionEnvironments"}
        self.world.lambda_.put_function_scaling_config(
            **VERSION, FunctionScalingConfig={names[name]: value for name, value in config.items()}
        )

    def _change_provider(self, step: Mapping[str, Any]) -> None:
        self.world.lambda_.update_capacity_provider(
            CapacityProviderName="cp", CapacityProviderScalingConfig=step["provider"]
        )

    def _schedule(self, wanted: Mapping[str, Any]) -> None:
        if wanted.get("role", True):
            role = self.world.iam.create_role(
                RoleName=f"schedule-{wanted['name']}", AssumeRolePolicyDocument=trust("scheduler.amazonaws.com")
            )["Role"]
            statement = {"Effect": "Allow", "Action": "lambda:PutFunctionScalingConfig", "Resource": "*"}
            self.world.iam.put_role_policy(
                RoleName=role["RoleName"],
                PolicyName="put",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            )
            role_arn = role["Arn"]
        else:
            role_arn = self.world.execution_role_arn
        names = {"min": "MinExecutionEnvironments", "max": "MaxExecutionEnvironments"}
        config = {names[name]: wanted[name] for name in names if name in wanted}
        client("scheduler").create_schedule(
            Name=wanted["name"],
            ScheduleExpression=wanted["expression"],
            ScheduleExpressionTimezone=wanted.get("zone", "UTC"),
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": facts.value("scaling.scheduler_target_arn"),
                "RoleArn": role_arn,
                "Input": json.dumps({**VERSION, "FunctionScalingConfig": config}),
            },
        )

    def _second_function(self, step: Mapping[str, Any]) -> None:
        self._function("other", **step["second_function"])
        self.world.lambda_.publish_version(FunctionName="other", PublishTo="LATEST_PUBLISHED")

    def _republish(self, step: Mapping[str, Any]) -> None:
        self.world.lambda_.update_function_configuration(FunctionName="fn", **step["republish"])
        self.world.pass_time(3)
        self.world.lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")

    # --- looking -------------------------------------------------------------------------------------------------------

    def _look(self, minute: int) -> Seen:
        """What stands now. The fleet is asked itself: a call for each minute of a day would take long."""
        backend: LMILambdaBackend = lambda_backends[ACCOUNT][REGION]  # type: ignore[assignment]
        fleet, now = backend.fleet, self.world.clock.now()
        hosts = fleet.hosts(self.arn)
        zones = Counter(host.zone for host in hosts)
        version = backend.get_function("fn", VERSION["Qualifier"])
        environments = fleet.serving(version.uid)
        ready = sum(item.ready <= now for item in environments)
        return {
            "minute": minute,
            "instances": len(hosts),
            "vcpus": sum(host.shape.vcpus for host in hosts),
            "zone_spread": max(zones.values()) - min(zones.values()) if len(zones) > 2 else None,
            "ids": sorted(host.instance_id for host in hosts),
            "state": version.state,
            "schedule_runs": len(scheduler_backends[ACCOUNT][REGION].runs),  # type: ignore[attr-defined]
            "environments": ready,
            "starting": len(environments) - ready,
        }

    def _add_requests(self) -> None:
        """What became of the requests, from the report's minutes, beside what stood."""
        offers = [step["minute"] for step in self.story["steps"] if "offer" in step]
        if offers:
            for row in scaling.report(ACCOUNT, "fn").rows:
                if row.minute + offers[0] < len(self.timeline):
                    numbers = {**asdict(row), "throttled": row.throttled}
                    for name in ("minute", "environments", "starting", "instances"):
                        del numbers[name]
                    self.timeline[row.minute + offers[0]].update(numbers)


def fulfils(value: Any, wanted: Any) -> bool:
    """Whether a value is what a story wants: the same, or within `>N`, `>=N`, `<N`, `<=N`, `A..B`."""
    if not isinstance(wanted, str) or value is None:
        return bool(value == wanted)
    match = re.fullmatch(r"(>=|<=|>|<)(-?[\d.]+)", wanted)
    if match:
        limit = float(match[2])
        return {">=": value >= limit, "<=": value <= limit, ">": value > limit, "<": value < limit}[match[1]]
    match = re.fullmatch(r"([\d.]+)\.\.([\d.]+)", wanted)
    if match:
        return bool(float(match[1]) <= value <= float(match[2]))
    return bool(value == wanted)
