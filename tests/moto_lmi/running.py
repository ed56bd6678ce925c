"""Shorthands of the tests that run functions: a handler with many habits, and what is waited for."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from moto_lmi.invoking.runner import runner

from .world import REGION, World, archive, client

SOURCE = """
    import json, os, pathlib, time

    RUNS = {"count": 0}

    def wait_for(path):
        while not pathlib.Path(path).exists():
            time.sleep(0.005)

    def handler(event, context):
        RUNS["count"] += 1
        do = event.get("do", "echo")
        if do == "echo":
            return event
        if do == "who":
            return {
                "pid": os.getpid(),
                "runs": RUNS["count"],
                "requestId": context.aws_request_id,
                "arn": context.invoked_function_arn,
                "version": context.function_version,
                "client": context.client_context.custom if context.client_context else None,
                "env": dict(os.environ),
            }
        if do == "meet":  # done when all of them are running at the same time
            pathlib.Path("/tmp", event["me"]).touch()
            for other in event["all"]:
                wait_for(f"/tmp/{other}")
            return "met"
        if do == "fail":
            raise ValueError("no good")
        if do == "exit":
            os._exit(3)
        if do == "sleep":
            time.sleep(event["s"])
        if do == "long":
            return "x" * event["length"]
"""
PACKAGE = archive({"app.py": SOURCE})


def invoke(world: World, event: Any = None, name: str = "fn", **members: Any) -> Any:
    """What the function gave."""
    answer = world.lambda_.invoke(FunctionName=name, Payload=json.dumps(event or {}).encode(), **members)
    return json.loads(answer["Payload"].read() or b"null")


def refused(call: Callable[..., Any], **members: Any) -> tuple[int, str, str]:
    """Status, code and message of the refusal."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    response = caught.value.response
    message = response["Error"]["Message"] or response.get("Message", "")
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], message


def ended(count: int = 0) -> bool:
    """Whether only so many environments are up, within a while."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        up = [item for item in runner().environments() if item.state not in ("stopped", "lost", "failed")]
        if len(up) <= count:
            return True
        time.sleep(0.01)
    return False


def identity_of(env: dict[str, str]) -> str:
    """Who the credentials belong to, as STS says."""
    session = boto3.Session(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"])
    arn: str = session.client("sts", REGION).get_caller_identity()["Arn"]
    return arn


def one_environment(world: World) -> None:
    """Leave the version one environment."""
    scaling = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 1}
    world.lambda_.put_function_scaling_config(
        FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=scaling
    )
    world.pass_time(60)


def loaded(count: int) -> None:
    """Wait until so many invocations are under way."""
    deadline = time.monotonic() + 20
    while sum(item.load for item in runner().environments()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def retried(call: Callable[[], Any]) -> Any:
    """What the call gives once it is throttled no more: an environment may be about to be replaced."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(client("lambda").exceptions.TooManyRequestsException):
            return call()
        time.sleep(0.01)
    raise AssertionError("it was throttled all the time")
