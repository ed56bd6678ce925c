"""Polls an SQS queue: as soon as messages come, or when the batching window is over.

Messages that a function was given are hidden for the queue's visibility timeout of virtual time. When they were not
processed they come back then, and moto's own redrive moves them to the dead-letter queue when they were received too
often.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.clock import clock_for
from moto_lmi.event_sources.batches import failed_items
from moto_lmi.event_sources.filters import as_data, is_wanted
from moto_lmi.runs import Result

if TYPE_CHECKING:
    from moto.sqs.models import Message, Queue

    from moto_lmi.event_sources.mappings import SourceMapping

_HIDDEN_S = 43_200
"""Longer than anything: moto counts visibility in real time, and this is ended in virtual time."""


class Sources(Protocol):
    """What a poller needs of the mappings."""

    @property
    def account_id(self) -> str:
        """The account."""
        ...

    @property
    def region(self) -> str:
        """The Region."""
        ...

    def invoke(self, mapping: SourceMapping, payload: bytes, done: Callable[[Result], object], request_id: str) -> str:
        """Invoke the mapping's function; the version that runs."""
        ...

    def role_of(self, mapping: SourceMapping) -> str:
        """The ARN of the role of the mapping's function."""
        ...


def queue_of(arn: str) -> Queue | None:
    """The queue with the ARN, if there is one."""
    from moto.sqs.models import sqs_backends

    _, _, _, region, account_id, name = arn.split(":", 5)
    queue: Queue | None = sqs_backends[account_id][region].queues.get(name)
    return queue


def visibility_s(queue: Queue) -> int:
    """The queue's visibility timeout in seconds."""
    return int(queue.visibility_timeout)  # type: ignore[attr-defined]


class SqsPoller:
    """Takes batches from one queue for one mapping."""

    def __init__(self, sources: Sources, mapping: SourceMapping) -> None:
        self._sources = sources
        self._mapping = mapping
        self._in_flight = 0
        self._is_window_open = False

    @property
    def _most(self) -> int:
        most: int = (self._mapping.scaling_config or {}).get(
            "MaximumConcurrency", facts.value("event_sources.sqs_concurrent_batches")
        )
        return most

    def wake(self) -> None:
        """Take what is there, in as many batches as may run at the same time."""
        queue = queue_of(self._mapping.event_source_arn)
        if queue is None or not self._mapping.is_active:
            return
        window = self._mapping.max_batch_window or 0
        while self._in_flight < self._most:
            visible = sum(1 for message in queue.messages if message.visible)
            if not visible:
                return
            if window and visible < self._mapping.batch_size:
                if not self._is_window_open:
                    self._is_window_open = True
                    self._later(window, self._window_over)
                return
            if not self._take(queue):
                return

    def _window_over(self) -> None:
        self._is_window_open = False
        queue = queue_of(self._mapping.event_source_arn)
        if queue is not None and self._mapping.is_active and self._in_flight < self._most:
            self._take(queue)
            self.wake()

    def _take(self, queue: Queue) -> bool:
        """Receive one batch and invoke the function with it; False when nothing could be received."""
        from moto.sqs.models import sqs_backends

        backend = sqs_backends[queue.account_id][queue.region]
        messages = backend.receive_message(queue.name, self._mapping.batch_size, 0, _HIDDEN_S, ["All"])
        if not messages:
            return False
        wanted = []
        for message in messages:
            record = self._record(message)
            if is_wanted({**record, "body": as_data(record["body"])}, self._mapping.filter_criteria):
                wanted.append((message, record))
            else:
                queue.delete_message(message.receipt_handle)  # type: ignore[arg-type]
        if not wanted:
            return True
        records = [record for _, record in wanted]
        self._in_flight += 1
        payload = json.dumps({"Records": records}).encode()
        self._invoke(payload, records, self._now(), 0)
        return True

    def _invoke(self, payload: bytes, records: Sequence[dict[str, Any]], taken: datetime, throttles: int) -> None:
        done = partial(self._ended, payload, records, taken, throttles)
        self._sources.invoke(self._mapping, payload, done, str(mock_random.uuid4()))

    def _record(self, message: Message) -> dict[str, Any]:
        attributes = {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        }
        optional = {
            "SequenceNumber": message.sequence_number,
            "MessageGroupId": message.group_id,
            "MessageDeduplicationId": message.deduplication_id,
            "AWSTraceHeader": (message.system_attributes or {}).get("AWSTraceHeader", {}).get("StringValue"),
        }
        attributes.update({name: value for name, value in optional.items() if value})
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": attributes,
            "messageAttributes": {name: _attribute(item) for name, item in message.message_attributes.items()},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self._mapping.event_source_arn,
            "awsRegion": self._sources.region,
        }

    # --- how it went ---------------------------------------------------------------------------------------------------

    def _ended(
        self, payload: bytes, records: Sequence[dict[str, Any]], taken: datetime, throttles: int, result: Result
    ) -> None:
        queue = queue_of(self._mapping.event_source_arn)
        left = (visibility_s(queue) if queue else 0) - (self._now() - taken).total_seconds()
        first, most = facts.value("asynchronous.throttle_backoff_s")
        delay = min(most, first * 2 ** min(throttles, 16))
        if result.kind in ("throttled", "unavailable") and delay < left and self._mapping.is_active:
            self._later(delay, self._invoke, payload, records, taken, throttles + 1)
            return
        self._in_flight -= 1
        identifiers = [record["messageId"] for record in records]
        failed = set(identifiers)
        if result.kind == "answer":
            failed = failed_items(result.payload, identifiers) if self._mapping.reports_items else set()
        handles = []
        for record in records:
            if queue is None:
                continue
            if record["messageId"] in failed:
                handles.append(record["receiptHandle"])
            else:
                _delete(queue, record["receiptHandle"])
        if handles:
            self._later(left, self._show_again, handles)
        self.wake()

    def _show_again(self, handles: Sequence[str]) -> None:
        """The visibility timeout of messages that were not processed is over."""
        queue = queue_of(self._mapping.event_source_arn)
        if queue is None:
            return
        for message in queue._messages:
            if message.receipt_handle in handles:
                message.visible_at = 0.0
                queue.pending_messages.discard(message)
        self.wake()

    def _now(self) -> datetime:
        return clock_for(self._sources.account_id).now()

    def _later(self, seconds: float, call: Callable[..., object], *arguments: Any) -> None:
        clock_for(self._sources.account_id).call_later(seconds, call, *arguments)


def _delete(queue: Queue, receipt_handle: str) -> None:
    from moto.sqs.exceptions import ReceiptHandleIsInvalid

    with contextlib.suppress(ReceiptHandleIsInvalid):  # somebody else has deleted it, or purged the queue
        queue.delete_message(receipt_handle)


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    """A message attribute as functions get it."""
    document = {"dataType": attribute["DataType"], "stringListValues": [], "binaryListValues": []}
    if "StringValue" in attribute:
        document["stringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        value = attribute["BinaryValue"]
        document["binaryValue"] = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return document
