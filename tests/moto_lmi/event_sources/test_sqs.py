"""Queues as event sources: batches, what comes back, what goes to the dead-letter queue, and what may be mapped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from moto_lmi.runs import Request, Result

from ..scripted import FAILED, OK, THROTTLED
from ..world import is_ours
from .sources import Sources, failures


def refused(call: Any, **members: Any) -> tuple[str, str]:
    """Code and message of the refusal."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_messages_come_in_batches_and_are_deleted(sources: Sources) -> None:
    """What was sent together is one batch in AWS's form, up to BatchSize; processed messages are gone."""
    arn = sources.queue()
    sources.map(arn, BatchSize=4)
    sources.send("a", "b", "c", "d", "e")
    assert sorted(body for batch in sources.batches for body in batch) == ["a", "b", "c", "d", "e"]
    assert max(len(batch) for batch in sources.batches) == 4
    record = sources.script.events[0]["Records"][0]
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", arn, "us-east-1")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert sources.left() == (0, 0)


def test_a_sender_never_sees_the_function_fail(sources: Sources) -> None:
    """SendMessage succeeds whatever the function does; the messages come back after the visibility timeout."""
    sources.map(sources.queue())
    sources.script.answer = lambda _: FAILED
    sources.send("a")
    assert sources.left() == (0, 1)
    sources.pass_time(29)
    assert len(sources.script.requests) == 1
    sources.pass_time(1)
    assert len(sources.script.requests) == 2
    assert sources.script.events[1]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"
    sources.script.answer = lambda _: OK
    sources.pass_time(30)
    assert sources.left() == (0, 0)


def test_only_the_items_that_failed_come_back(sources: Sources) -> None:
    """With ReportBatchItemFailures the named messages come back, the others are deleted."""
    sources.map(sources.queue(), FunctionResponseTypes=["ReportBatchItemFailures"])

    def answer(request: Request) -> Result:
        records = json.loads(request.payload)["Records"]
        return failures(*[record["messageId"] for record in records if record["body"] == "bad"])

    sources.script.answer = answer
    sources.send("good", "bad", "fine")
    assert sources.left() == (0, 1)
    sources.script.answer = lambda _: OK
    sources.pass_time(30)
    assert sources.batches[-1] == ["bad"]


@pytest.mark.parametrize("answer", [b'{"batchItemFailures": [{"itemIdentifier": ""}]}', b'{"failures": []}', b"oops"])
def test_an_answer_that_is_not_right_fails_the_batch(sources: Sources, answer: bytes) -> None:
    """An empty identifier, a wrong key or no JSON at all counts as a failure of everything."""
    sources.map(sources.queue(), FunctionResponseTypes=["ReportBatchItemFailures"])
    sources.script.answer = lambda _: Result("answer", answer)
    sources.send("a", "b")
    assert sources.left() == (0, 2)


def test_a_message_that_fails_too_often_is_a_dead_letter(sources: Sources) -> None:
    """moto's redrive moves it after maxReceiveCount; the mapping of the dead-letter queue then sees it."""
    dead = sources.queue("dead")
    policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 2})
    sources.map(sources.queue(RedrivePolicy=policy))
    sources.script.answer = lambda _: FAILED
    sources.send("a")
    sources.pass_time(120)
    assert len(sources.script.requests) == 2
    assert sources.left() == (0, 0)
    sources.url = sources.sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    assert sources.left()[0] == 1


def test_a_window_gathers(sources: Sources) -> None:
    """With a batching window the function is invoked when it is over, or when the batch is full."""
    sources.map(sources.queue(), BatchSize=20, MaximumBatchingWindowInSeconds=60)
    sources.send("a")
    sources.pass_time(30)
    sources.send("b")
    assert sources.batches == []
    sources.pass_time(30)
    assert sources.batches == [["a", "b"]]
    sources.send(*map(str, range(20)))
    assert len(sources.batches[1]) == 20


def test_a_throttled_batch_is_tried_again(sources: Sources) -> None:
    """Without room the same batch is tried again after a while, within the visibility timeout."""
    sources.map(sources.queue())
    sources.script.answer = lambda _: THROTTLED
    sources.send("a")
    sources.pass_time(3)
    sources.script.answer = lambda _: OK
    sources.pass_time(10)
    assert {body for batch in sources.batches for body in batch} == {"a"}
    counts = {event["Records"][0]["attributes"]["ApproximateReceiveCount"] for event in sources.script.events}
    assert counts == {"1"}
    assert sources.left() == (0, 0)


def test_what_does_not_match_is_deleted(sources: Sources) -> None:
    """Messages that no filter wants are deleted without a run."""
    criteria = {"Filters": [{"Pattern": json.dumps({"body": {"kind": ["order"], "n": [{"numeric": [">", 1]}]}})}]}
    sources.map(sources.queue(), FilterCriteria=criteria)
    sources.send({"kind": "order", "n": 2}, {"kind": "order", "n": 1}, {"kind": "note"}, "text")
    assert [json.loads(body)["n"] for batch in sources.batches for body in batch] == [2]
    assert sources.left() == (0, 0)


def test_a_mapping_has_states(sources: Sources) -> None:
    """Created, disabled, enabled and deleted, each after a moment; disabled it takes nothing."""
    lambda_ = sources.world.lambda_
    arn = sources.queue()
    answer = lambda_.create_event_source_mapping(FunctionName="fn", EventSourceArn=arn)
    assert (answer["State"], answer["BatchSize"]) == ("Creating", 10)
    uuid = answer["UUID"]
    sources.pass_time(5)
    lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
    assert lambda_.get_event_source_mapping(UUID=uuid)["State"] == "Disabling"
    sources.pass_time(5)
    sources.send("a")
    assert sources.batches == []
    lambda_.update_event_source_mapping(UUID=uuid, Enabled=True, BatchSize=3)
    sources.pass_time(5)
    found = lambda_.get_event_source_mapping(UUID=uuid)
    assert (found["State"], found["BatchSize"]) == ("Enabled", 3)
    assert sources.batches == [["a"]]
    listed = lambda_.list_event_source_mappings(FunctionName="fn")["EventSourceMappings"]
    assert [item["UUID"] for item in listed] == [uuid]
    assert lambda_.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    sources.pass_time(5)
    assert refused(lambda_.get_event_source_mapping, UUID=uuid)[0] == "ResourceNotFoundException"


def test_what_can_not_be_mapped(sources: Sources) -> None:
    """A queue that is not there, one whose visibility is shorter than the timeout, and batches without a window."""
    create = sources.world.lambda_.create_event_source_mapping
    arn = sources.queue("short", VisibilityTimeout="2")
    assert refused(create, FunctionName="fn", EventSourceArn=arn) == (
        "InvalidParameterValueException",
        "Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds",
    )
    arn = sources.queue()
    assert refused(create, FunctionName="fn", EventSourceArn=arn, BatchSize=11)[1] == (
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    )
    assert is_ours(refused(create, FunctionName="fn", EventSourceArn=arn + "x"), "event_source_missing")
    bad = {"Filters": [{"Pattern": "{"}]}
    assert is_ours(refused(create, FunctionName="fn", EventSourceArn=arn, FilterCriteria=bad), "bad_filter")
    sources.map(arn)
    assert refused(create, FunctionName="fn", EventSourceArn=arn)[0] == "ResourceConflictException"
