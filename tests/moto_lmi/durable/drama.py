"""A durable function by script: the test plays the SDK, checkpoint by checkpoint."""

from __future__ import annotations

import json
from typing import Any

from moto_lmi.runs import Result

from ..scripted import Script
from ..world import World

PENDING = {"Status": "PENDING"}


def succeeded(result: Any) -> dict[str, Any]:
    """What the SDK's handler returns at the end."""
    return {"Status": "SUCCEEDED", "Result": json.dumps(result)}


class Drama:
    """One function's executions. An invocation is held until the test ends it."""

    def __init__(self, world: World, script: Script, version: str) -> None:
        self.world, self.script, self.version = world, script, version
        self.lambda_ = world.lambda_
        self.token = ""
        script.answer = lambda _: None

    def start(self, event: Any = None, **members: Any) -> str:
        """Start an execution by an event; its ARN."""
        answer = self.lambda_.invoke(
            **{
                "FunctionName": "fn",
                "Qualifier": self.version,
                "InvocationType": "Event",
                "Payload": json.dumps(event or {}).encode(),
                **members,
            }
        )
        self.take_token()
        return str(answer["DurableExecutionArn"])

    @property
    def input(self) -> dict[str, Any]:
        """The input of the invocation that is going on."""
        document: dict[str, Any] = json.loads(self.script.held[-1][0].payload)
        return document

    def take_token(self) -> None:
        """Hold the checkpoint token of the invocation that is going on."""
        if self.script.held:
            self.token = self.input["CheckpointToken"]

    def checkpoint(self, arn: str, *updates: dict[str, Any], **members: Any) -> list[dict[str, Any]]:
        """Checkpoint the updates; the operations that are answered."""
        answer = self.lambda_.checkpoint_durable_execution(
            **{"DurableExecutionArn": arn, "CheckpointToken": self.token, "Updates": list(updates), **members}
        )
        self.token = answer.get("CheckpointToken", "")
        operations: list[dict[str, Any]] = answer["NewExecutionState"]["Operations"]
        return operations

    def end(self, document: dict[str, Any]) -> None:
        """End the invocation that is going on with what its handler returns."""
        self.end_with(Result("answer", json.dumps(document).encode()))

    def end_with(self, result: Result) -> None:
        """End the invocation that is going on."""
        self.script.release(result)
        self.take_token()

    def pass_time(self, seconds: float) -> None:
        """Let virtual seconds pass, without waiting for what is held."""
        self.world.pass_time(seconds)
        self.take_token()

    def get(self, arn: str, **members: Any) -> dict[str, Any]:
        """GetDurableExecution."""
        answer: dict[str, Any] = self.lambda_.get_durable_execution(DurableExecutionArn=arn, **members)
        return answer

    def status(self, arn: str) -> str:
        """The execution's status."""
        return str(self.get(arn)["Status"])

    def history(self, arn: str, **members: Any) -> list[dict[str, Any]]:
        """The events of the execution."""
        answer = self.lambda_.get_durable_execution_history(DurableExecutionArn=arn, **members)
        events: list[dict[str, Any]] = answer["Events"]
        return events

    def kinds(self, arn: str) -> list[str]:
        """The types of its events."""
        return [event["EventType"] for event in self.history(arn)]


def step(identifier: str, action: str, **members: Any) -> dict[str, Any]:
    """An update of a step."""
    return {"Id": identifier, "Type": "STEP", "Action": action, **members}


def wait(identifier: str, seconds: int) -> dict[str, Any]:
    """The start of a wait."""
    return {"Id": identifier, "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": seconds}}


def callback(identifier: str, **options: int) -> dict[str, Any]:
    """The start of a callback."""
    return {"Id": identifier, "Type": "CALLBACK", "Action": "START", "CallbackOptions": options}
