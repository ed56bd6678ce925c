"""Polls the shards of a Kinesis stream: one batch of each shard at a time, in order, tried again until it is done with.

A batch that fails is tried again as it is or, with BisectBatchOnFunctionError, in two halves, until its records are too
old or its retries are used up; then a record of it goes to the on-failure destination and the shard goes on.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.asynchronous.destinations import send_record, timestamp
from moto_lmi.clock import clock_for
from moto_lmi.event_sources.batches import failed_items
from moto_lmi.event_sources.filters import as_data, is_wanted
from moto_lmi.runs import Result

if TYPE_CHECKING:
    from moto.kinesis.models import Record, Stream

    from moto_lmi.event_sources.mappings import SourceMapping
    from moto_lmi.event_sources.sqs import Sources


def stream_of(arn: str) -> Stream | None:
    """The stream with the ARN, if there is one."""
    from moto.kinesis.models import kinesis_backends

    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "kinesis" or not parts[5].startswith("stream/"):
        return None
    stream: Stream | None = kinesis_backends[parts[4]][parts[3]].streams.get(parts[5].removeprefix("stream/"))
    return stream


@dataclass
class Batch:
    """Records of one shard that are processed together; `number`s are moto's sequence numbers."""

    numbers: list[int]
    attempts: int = 0
    refusals: int = 0
    version: str = ""


@dataclass
class ShardPosition:
    """Where the mapping is in a shard: after which record it reads on, and the batches that are still to be done."""

    after: int
    batches: list[Batch] = field(default_factory=list)
    is_busy: bool = False


class KinesisPoller:
    """Reads one stream for one mapping."""

    def __init__(self, sources: Sources, mapping: SourceMapping) -> None:
        self._sources = sources
        self._mapping = mapping
        self._shards: dict[str, ShardPosition] = {}
        self._is_poll_due = False
        self._is_window_open = False
        stream = stream_of(mapping.event_source_arn)
        if stream is not None:
            # moto's put_record rings whoever is in here; it is the same bell for every mapping of the stream.
            stream.lambda_event_source_mappings[mapping.event_source_arn] = mapping
            for shard_id, shard in stream.shards.items():
                self._shards[shard_id] = ShardPosition(self._first(shard))

    def _first(self, shard: Any) -> int:
        if self._mapping.starting_position == "LATEST":
            return int(shard.get_max_sequence_number())
        if self._mapping.starting_position == "AT_TIMESTAMP":
            moment = float(self._mapping.starting_position_timestamp or 0)
            return int(shard.get_sequence_number_at(moment))
        return 0

    def wake(self) -> None:
        """Poll with the next second's poll."""
        if self._mapping.is_active and not self._is_poll_due:
            self._is_poll_due = True
            self._later(facts.value("event_sources.stream_poll_s"), self._poll, False)

    def _poll(self, window_is_over: bool) -> None:
        self._is_poll_due = False
        if window_is_over:
            self._is_window_open = False
        stream = stream_of(self._mapping.event_source_arn)
        if stream is None or not self._mapping.is_active:
            return
        for shard_id, shard in list(stream.shards.items()):
            position = self._shards.setdefault(shard_id, ShardPosition(0))
            if position.is_busy:
                continue
            if not position.batches:
                self._read(shard, position, window_is_over)
            if position.batches:
                self._invoke(shard_id, position)

    def _read(self, shard: Any, position: ShardPosition, window_is_over: bool) -> None:
        numbers = [number for number in shard.records if number > position.after][: self._mapping.batch_size]
        window = self._mapping.max_batch_window or 0
        if not numbers:
            return
        if window and len(numbers) < self._mapping.batch_size and not window_is_over:
            if not self._is_window_open:
                self._is_window_open = True
                self._later(window, self._poll, True)
            return
        position.after = numbers[-1]
        wanted = [number for number in numbers if self._is_wanted(shard, number)]
        if wanted:
            position.batches = [Batch(wanted)]
        else:
            self.wake()

    def _is_wanted(self, shard: Any, number: int) -> bool:
        record = self._record(shard.shard_id, shard.records[number])
        data = base64.b64decode(record["kinesis"]["data"]).decode(errors="replace")
        return is_wanted({**record["kinesis"], "data": as_data(data)}, self._mapping.filter_criteria)

    # --- one batch -----------------------------------------------------------------------------------------------------

    def _invoke(self, shard_id: str, position: ShardPosition) -> None:
        batch = position.batches[0]
        records = self._records(shard_id, batch)
        if not records:  # the stream is gone
            position.batches.pop(0)
            return
        if self._is_too_old(records):
            self._give_up(shard_id, position, "RecordAgeExceeded", None)
            return
        position.is_busy = True
        payload = json.dumps({"Records": [self._record(shard_id, record) for record in records]}).encode()
        done = partial(self._ended, shard_id, position, batch)
        batch.version = self._sources.invoke(self._mapping, payload, done, str(mock_random.uuid4()))

    def _records(self, shard_id: str, batch: Batch) -> list[Record]:
        stream = stream_of(self._mapping.event_source_arn)
        shard = stream.shards.get(shard_id) if stream else None
        return [shard.records[number] for number in batch.numbers if number in shard.records] if shard else []

    def _record(self, shard_id: str, record: Record) -> dict[str, Any]:
        return {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record.partition_key,
                "sequenceNumber": str(record.sequence_number),
                "data": record.data,
                "approximateArrivalTimestamp": round(record.created_at, 3),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard_id}:{record.sequence_number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._sources.role_of(self._mapping),
            "awsRegion": self._sources.region,
            "eventSourceARN": self._mapping.event_source_arn,
        }

    def _ended(self, shard_id: str, position: ShardPosition, batch: Batch, result: Result) -> None:
        position.is_busy = False
        self._mapping.last_result = "OK" if result.kind == "answer" else "PROBLEM: Function call failed"
        if result.kind in ("throttled", "unavailable"):
            batch.refusals += 1
            self._again(shard_id, position, batch.refusals)
            return
        identifiers = [str(number) for number in batch.numbers]
        failed = set(identifiers)
        if result.kind == "answer":
            failed = failed_items(result.payload, identifiers) if self._mapping.reports_items else set()
        if not failed:
            self._done(shard_id, position)
            return
        # Records before the first failure are done with; a stream is read in order.
        first = min(int(name) for name in failed)
        is_partial = first > batch.numbers[0]
        batch.numbers = [number for number in batch.numbers if number >= first]
        most = self._mapping.max_retry_attempts
        if self._mapping.bisect_on_error and len(batch.numbers) > 1 and not is_partial:
            middle = len(batch.numbers) // 2
            halves = [Batch(batch.numbers[:middle], batch.attempts), Batch(batch.numbers[middle:], batch.attempts)]
            position.batches[0:1] = halves
        else:
            batch.attempts = 0 if is_partial else batch.attempts + 1
            if most is not None and most >= 0 and batch.attempts > most:
                self._give_up(shard_id, position, "RetryAttemptsExhausted", result)
                return
        self._again(shard_id, position, max(1, batch.attempts))

    def _again(self, shard_id: str, position: ShardPosition, count: int) -> None:
        first, most = facts.value("asynchronous.throttle_backoff_s")
        position.is_busy = True  # until the interval is over
        self._later(min(most, first * 2 ** min(count - 1, 16)), self._retry, shard_id, position)

    def _retry(self, shard_id: str, position: ShardPosition) -> None:
        position.is_busy = False
        if self._mapping.is_active and position.batches:
            self._invoke(shard_id, position)

    def _done(self, shard_id: str, position: ShardPosition) -> None:
        position.batches.pop(0)
        if position.batches:
            self._invoke(shard_id, position)
        else:
            self._poll_again()

    def _poll_again(self) -> None:
        if self._mapping.is_active:
            self._poll(False)

    def _is_too_old(self, records: Sequence[Record]) -> bool:
        most = self._mapping.max_record_age
        if most is None or most < 0:
            return False
        clock = clock_for(self._sources.account_id)
        arrived = clock.at(datetime.fromtimestamp(records[0].created_at, UTC))
        return bool((clock.now() - arrived).total_seconds() > most)

    def _give_up(self, shard_id: str, position: ShardPosition, condition: str, result: Result | None) -> None:
        """Let the batch go, with a record to the on-failure destination if there is one."""
        batch = position.batches[0]
        destination = ((self._mapping.destination_config or {}).get("OnFailure") or {}).get("Destination")
        if destination:
            now = clock_for(self._sources.account_id).now()
            send_record(
                destination,
                self._failure(shard_id, batch, condition, result, now),
                account_id=self._sources.account_id,
                region=self._sources.region,
                now=now,
                prefix=f"aws/lambda/{self._mapping.uuid}/{shard_id}",
            )
        self._done(shard_id, position)

    def _failure(
        self, shard_id: str, batch: Batch, condition: str, result: Result | None, now: datetime
    ) -> dict[str, Any]:
        records = self._records(shard_id, batch)
        arrivals = [timestamp(datetime.fromtimestamp(item.created_at, UTC)) for item in (records[0], records[-1])]
        record: dict[str, Any] = {
            "requestContext": {
                "requestId": str(mock_random.uuid4()),
                "functionArn": self._mapping.function_arn,
                "condition": condition,
                "approximateInvokeCount": batch.attempts,
            },
        }
        if result is not None:
            error = "Unhandled" if result.is_function_error else None
            record["responseContext"] = {"statusCode": 200, "executedVersion": batch.version, "functionError": error}
        record.update({"version": "1.0", "timestamp": timestamp(now)})
        record["KinesisBatchInfo"] = {
            "shardId": shard_id,
            "startSequenceNumber": str(batch.numbers[0]),
            "endSequenceNumber": str(batch.numbers[-1]),
            "approximateArrivalOfFirstRecord": arrivals[0],
            "approximateArrivalOfLastRecord": arrivals[1],
            "batchSize": len(batch.numbers),
            "streamArn": self._mapping.event_source_arn,
        }
        return record

    def _later(self, seconds: float, call: Callable[..., object], *arguments: Any) -> None:
        clock_for(self._sources.account_id).call_later(seconds, call, *arguments)
