"""AWS's durable execution SDK, unmodified, in real execution environments against the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from moto_lmi.background import BACKGROUND
from moto_lmi.endpoint import close_endpoint

from ..world import World
from . import workflows


class Workflows:
    """A published durable function with many workflows."""

    def __init__(self, world: World) -> None:
        self.world, self.lambda_ = world, world.lambda_
        world.open_way_out()  # the SDK calls Lambda from the instance
        self.provider = world.provider()
        world.function(**workflows.members(self.provider))
        self.version = world.publish(latest=False)

    def start(self, **event: Any) -> str:
        """Start an execution; its ARN, when its first invocation has ended."""
        answer = self.lambda_.invoke(
            FunctionName="fn", Qualifier=self.version, InvocationType="Event", Payload=json.dumps(event).encode()
        )
        assert BACKGROUND.settle(120)
        return str(answer["DurableExecutionArn"])

    def result(self, arn: str) -> Any:
        """The status, and the result or error."""
        execution = self.lambda_.get_durable_execution(DurableExecutionArn=arn)
        result = json.loads(execution["Result"]) if "Result" in execution else execution.get("Error")
        return execution["Status"], result

    def kinds(self, arn: str) -> list[str]:
        """The types of its events."""
        events = self.lambda_.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
        return [event["EventType"] for event in events]


@pytest.fixture
def flows(world: World) -> Iterator[Workflows]:
    """The function."""
    yield Workflows(world)
    BACKGROUND.settle(60)
    close_endpoint()


@pytest.mark.slow
def test_the_sdk_runs_against_the_emulator(flows: Workflows) -> None:
    """Steps, an hour's wait that takes none, retries with delays, child contexts, callbacks and branches."""
    arn = flows.start(do="wait", n=2, seconds=600)
    assert flows.result(arn) == ("RUNNING", None)
    flows.world.pass_time(600)
    status, result = flows.result(arn)
    assert (status, result["result"]) == ("SUCCEEDED", 8)
    assert flows.kinds(arn).count("InvocationCompleted") == 2
    assert flows.kinds(arn).count("StepSucceeded") == 2

    retried = flows.start(do="retry")
    flows.world.pass_time(300)
    assert flows.result(retried) == ("SUCCEEDED", "attempt 3")
    assert flows.kinds(retried).count("StepFailed") == 2

    assert flows.result(flows.start(do="child")) == ("SUCCEEDED", 42)

    approval = flows.start(do="callback")
    events = flows.lambda_.get_durable_execution_history(DurableExecutionArn=approval)["Events"]
    (identifier,) = [
        event["CallbackStartedDetails"]["CallbackId"] for event in events if event["EventType"] == "CallbackStarted"
    ]
    flows.lambda_.send_durable_execution_callback_success(CallbackId=identifier, Result=b'"yes"')
    BACKGROUND.settle(60)
    assert flows.result(approval)[0] == "SUCCEEDED"

    branches = flows.start(do="parallel")
    flows.world.pass_time(180)
    assert flows.result(branches) == ("SUCCEEDED", [1, 2, 3])

    assert flows.result(flows.start(do="fail"))[1]["ErrorType"] == "RuntimeError"
