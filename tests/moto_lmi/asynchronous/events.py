"""Shorthands for events, the queues that records go to, and what is in them."""

from __future__ import annotations

import json
from typing import Any

from ..scripted import Script
from ..world import ACCOUNT, REGION, World, client


class Events:
    """A function's events."""

    def __init__(self, world: World, script: Script) -> None:
        self.world = world
        self.script = script
        self.sqs = client("sqs")

    def send(self, event: Any, **members: Any) -> dict[str, Any]:
        """Invoke for an event; the answer."""
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        answer: dict[str, Any] = self.world.lambda_.invoke(
            **{"FunctionName": "fn", "InvocationType": "Event", "Payload": payload, **members}
        )
        self.script.settle()
        return answer

    def pass_time(self, seconds: float) -> None:
        """Let virtual seconds pass, and what happens in them."""
        self.world.pass_time(seconds)
        self.script.settle()

    def queue(self, name: str = "records", **attributes: str) -> str:
        """A new queue; its ARN."""
        self.sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def received(self, name: str = "records") -> list[dict[str, Any]]:
        """The messages in a queue, which are deleted from it."""
        url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = []
        while True:
            messages = self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            ).get("Messages", [])
            if not messages:
                return found
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += messages

    def records(self, name: str = "records") -> list[Any]:
        """The bodies of the messages in a queue."""
        return [json.loads(message["Body"]) for message in self.received(name)]

    def configure(self, **settings: Any) -> dict[str, Any]:
        """PutFunctionEventInvokeConfig; the answer."""
        answer: dict[str, Any] = self.world.lambda_.put_function_event_invoke_config(FunctionName="fn", **settings)
        return answer

    def destinations(self, **arns: str) -> dict[str, Any]:
        """A config with the destinations on_success and on_failure."""
        names = {"on_success": "OnSuccess", "on_failure": "OnFailure"}
        return self.configure(DestinationConfig={names[side]: {"Destination": arn} for side, arn in arns.items()})
