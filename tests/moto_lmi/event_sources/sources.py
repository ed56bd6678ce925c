"""Shorthands for queues, streams and their mappings."""

from __future__ import annotations

import json
from typing import Any

from moto_lmi.runs import Result

from ..scripted import Script
from ..world import ACCOUNT, REGION, World, client


class Sources:
    """Queues and streams that are mapped to the function `fn`."""

    def __init__(self, world: World, script: Script) -> None:
        self.world, self.script = world, script
        self.sqs, self.kinesis = client("sqs"), client("kinesis")
        self.url = ""

    def pass_time(self, seconds: float) -> None:
        """Let virtual seconds pass, and what happens in them."""
        self.world.pass_time(seconds)
        self.script.settle()

    def queue(self, name: str = "orders", **attributes: str) -> str:
        """A queue; its ARN. `url` is then its URL."""
        self.url = self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "30", **attributes})[
            "QueueUrl"
        ]
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def stream(self, shards: int = 1) -> str:
        """A stream; its ARN."""
        self.kinesis.create_stream(StreamName="clicks", ShardCount=shards)
        return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks"

    def map(self, arn: str, **settings: Any) -> str:
        """An enabled mapping of the source to the function; its UUID."""
        answer = self.world.lambda_.create_event_source_mapping(
            **{"FunctionName": "fn", "EventSourceArn": arn, **settings}
        )
        self.pass_time(5)
        return str(answer["UUID"])

    def send(self, *bodies: Any) -> None:
        """Send the bodies together."""
        entries = [{"Id": str(number), "MessageBody": _text(body)} for number, body in enumerate(bodies)]
        for start in range(0, len(entries), 10):
            self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries[start : start + 10])
        self.script.settle()

    def put(self, *bodies: Any) -> None:
        """Put the bodies into the stream and let it be polled."""
        records = [{"Data": _text(body).encode(), "PartitionKey": "k"} for body in bodies]
        self.kinesis.put_records(StreamName="clicks", Records=records)
        self.pass_time(1)

    def left(self) -> tuple[int, int]:
        """How many messages the queue has, visible and not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        visible, hidden = (int(attributes[name]) for name in names)
        return visible, hidden

    @property
    def batches(self) -> list[list[Any]]:
        """The bodies of the messages of each run."""
        return [[record["body"] for record in event["Records"]] for event in self.script.events]

    @property
    def numbers(self) -> list[list[str]]:
        """The sequence numbers of the records of each run."""
        return [[record["kinesis"]["sequenceNumber"] for record in event["Records"]] for event in self.script.events]


def _text(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def failures(*identifiers: str) -> Result:
    """What a function returns that reports the items as failed."""
    items = [{"itemIdentifier": identifier} for identifier in identifiers]
    return Result("answer", json.dumps({"batchItemFailures": items}).encode())
