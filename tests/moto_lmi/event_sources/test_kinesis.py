"""Streams as event sources: each shard in order, retries, halves, and what is given up."""

from __future__ import annotations

import json

import pytest

from moto_lmi.runs import Request, Result

from ..scripted import FAILED, OK
from ..world import ACCOUNT, REGION
from .sources import Sources, failures


def bad(*numbers: str) -> object:
    """Fail every batch that holds one of the records."""

    def answer(request: Request) -> Result:
        held = {record["kinesis"]["sequenceNumber"] for record in json.loads(request.payload)["Records"]}
        return FAILED if held & set(numbers) else OK

    return answer


@pytest.mark.parametrize(("position", "expected"), [("TRIM_HORIZON", [["1", "2"], ["3"]]), ("LATEST", [["3"]])])
def test_where_it_begins(sources: Sources, position: str, expected: list[list[str]]) -> None:
    """TRIM_HORIZON reads what was there before, LATEST only what comes after."""
    arn = sources.stream()
    sources.put("a", "b")
    sources.map(arn, StartingPosition=position)
    sources.pass_time(2)
    sources.put("c")
    assert sources.numbers == expected
    record = sources.script.events[-1]["Records"][0]
    assert record["eventID"] == "shardId-000000000000:3"
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:kinesis", arn)


def test_a_batch_that_fails_holds_its_shard(sources: Sources) -> None:
    """The same batch is tried again and again, and nothing after it is read before it is done."""
    sources.map(sources.stream(), StartingPosition="TRIM_HORIZON")
    sources.script.answer = lambda _: FAILED
    sources.put("a")
    sources.put("b")
    sources.pass_time(20)
    assert len(sources.numbers) > 3
    assert all(batch == ["1"] for batch in sources.numbers)
    sources.script.answer = lambda _: OK
    sources.pass_time(300)
    assert sources.numbers[-1] == ["2"]


def test_a_batch_is_given_up_after_its_retries(sources: Sources) -> None:
    """After MaximumRetryAttempts the batch goes to the on-failure queue as a pointer, and the shard goes on."""
    queue = sources.queue("failures")
    sources.map(
        sources.stream(),
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=2,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )
    sources.script.answer = bad("1")  # type: ignore[assignment]
    sources.put("a", "b")
    sources.pass_time(60)
    sources.put("c")
    assert sources.numbers == [["1", "2"], ["1", "2"], ["1", "2"], ["3"]]
    message = sources.sqs.receive_message(QueueUrl=sources.url)["Messages"][0]
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    info = record["KinesisBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]) == ("1", "2", 2)
    assert info["streamArn"] == f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks"


def test_halves_find_the_bad_record(sources: Sources) -> None:
    """With BisectBatchOnFunctionError a failing batch is split until the bad record is alone; splits don't count."""
    sources.map(
        sources.stream(), StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=1, BisectBatchOnFunctionError=True
    )
    sources.script.answer = bad("3")  # type: ignore[assignment]
    sources.put("a", "b", "c", "d")
    sources.pass_time(120)
    assert sources.numbers == [["1", "2", "3", "4"], ["1", "2"], ["3", "4"], ["3"], ["3"], ["4"]]


def test_items_that_failed_are_where_it_goes_on(sources: Sources) -> None:
    """With ReportBatchItemFailures the batch is tried again from the first record that is named."""
    sources.map(sources.stream(), StartingPosition="TRIM_HORIZON", FunctionResponseTypes=["ReportBatchItemFailures"])
    answers = iter([failures("3", "2")])
    sources.script.answer = lambda _: next(answers, Result("answer", b"null"))
    sources.put("a", "b", "c")
    sources.pass_time(10)
    assert sources.numbers == [["1", "2", "3"], ["2", "3"]]


def test_old_records_are_given_up(sources: Sources) -> None:
    """Records older than MaximumRecordAgeInSeconds are not tried any more."""
    sources.map(sources.stream(), StartingPosition="TRIM_HORIZON", MaximumRecordAgeInSeconds=60)
    sources.script.answer = bad("1")  # type: ignore[assignment]
    sources.put("a")
    sources.pass_time(200)
    runs = len(sources.numbers)
    sources.put("b")
    assert sources.numbers[runs:] == [["2"]]


def test_shards_do_not_wait_for_each_other(sources: Sources) -> None:
    """A batch that fails holds its own shard only."""
    sources.map(sources.stream(shards=2), StartingPosition="TRIM_HORIZON")
    shards: set[str] = set()

    def answer(request: Request) -> Result:
        shard = json.loads(request.payload)["Records"][0]["eventID"].partition(":")[0]
        shards.add(shard)
        return FAILED if shard.endswith("0") else OK

    sources.script.answer = answer
    records = [{"Data": b"x", "PartitionKey": str(number)} for number in range(20)]
    sources.kinesis.put_records(StreamName="clicks", Records=records)
    sources.pass_time(3)
    assert shards == {"shardId-000000000000", "shardId-000000000001"}
