"""What becomes of an event: it runs, is tried again in virtual time, or is discarded."""

from __future__ import annotations

from typing import cast

import pytest
from botocore.exceptions import ClientError
from moto.awslambda.models import lambda_backends

from moto_lmi.api.lambda_.models import LMILambdaBackend
from moto_lmi.runs import Request, Result

from ..scripted import FAILED, OK, THROTTLED
from ..world import ACCOUNT, REGION
from .events import Events


def waiting() -> int:
    """How many events of the function have not left its queue."""
    return cast(LMILambdaBackend, lambda_backends[ACCOUNT][REGION]).event_queues.size("fn")


def test_an_event_is_accepted_and_runs(events: Events) -> None:
    """The caller gets 202 and nothing else; the function gets the event."""
    answer = events.send({"n": 1})
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    assert events.script.events == [{"n": 1}]
    assert waiting() == 0


def test_a_failed_event_runs_three_times(events: Events) -> None:
    """A function error is tried again after one minute and after two more, as the same request; then never again."""
    events.script.answer = lambda _: FAILED
    events.send({"n": 1})
    runs = [len(events.script.requests)]
    for seconds in (59, 1, 119, 1, 86_400):
        events.pass_time(seconds)
        runs.append(len(events.script.requests))
    assert runs == [1, 1, 2, 2, 3, 3]
    assert len({request.request_id for request in events.script.requests}) == 1
    assert waiting() == 0


def test_retries_are_configured(events: Events) -> None:
    """MaximumRetryAttempts 0 means that a failure is the end."""
    events.configure(MaximumRetryAttempts=0)
    events.script.answer = lambda _: FAILED
    events.send({})
    events.pass_time(3600)
    assert len(events.script.requests) == 1


def test_a_throttled_event_is_not_counted(events: Events) -> None:
    """What finds no room is tried again after 1, 2, 4 ... seconds, and its retries are still there."""
    events.configure(MaximumRetryAttempts=0)
    events.script.answer = lambda _: THROTTLED
    events.send({})
    counts = []
    for seconds in (1, 1, 1, 4, 8):
        events.pass_time(seconds)
        counts.append(len(events.script.requests))
    assert counts == [2, 2, 3, 4, 5]
    events.script.answer = lambda _: OK
    events.pass_time(300)
    assert len(events.script.requests) == 6
    assert waiting() == 0


def test_an_old_event_is_discarded(events: Events) -> None:
    """An event that can't be run within MaximumEventAgeInSeconds goes to the on-failure destination with the reason."""
    arn = events.queue()
    events.configure(MaximumEventAgeInSeconds=60, DestinationConfig={"OnFailure": {"Destination": arn}})
    events.script.answer = lambda _: THROTTLED
    events.send({"n": 1})
    events.pass_time(600)
    (record,) = events.records()
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responsePayload" not in record
    assert waiting() == 0


def test_no_more_run_than_there_is_room_for(events: Events) -> None:
    """As many events run together as the version's environments take; the others follow, each once."""
    events.script.answer = lambda _: None
    for number in range(100):
        events.send(number)
    room = len(events.script.held)
    assert room == 3 * 16  # three environments of one vCPU
    while events.script.held:
        assert len(events.script.held) <= room
        events.script.release()
    assert sorted(events.script.events) == list(range(100))


def test_a_version_that_went_is_waited_for(events: Events) -> None:
    """While the version can't be invoked its events wait; when it is back they run."""
    events.script.answer = lambda _: THROTTLED
    events.send({"n": 1})
    zero = {"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0}
    scale = events.world.lambda_.put_function_scaling_config
    scale(FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=zero)
    events.script.answer = lambda _: OK
    events.pass_time(120)
    assert waiting() == 1
    scale(FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig={"MinExecutionEnvironments": 3})
    events.pass_time(600)
    assert waiting() == 0


def test_events_of_a_deleted_function_are_gone(events: Events) -> None:
    """With the function go its events; nothing runs or fails afterwards."""
    events.script.answer = lambda _: FAILED
    events.send({})
    events.world.lambda_.delete_function(FunctionName="fn")
    events.pass_time(3600)
    assert len(events.script.requests) <= 2


@pytest.mark.parametrize("size", [1_048_576, 1_048_577])
def test_an_event_has_a_megabyte_at_most(events: Events, size: int) -> None:
    """1 MB is taken, a byte more is refused with both figures."""
    payload = b'"' + b"x" * (size - 2) + b'"'
    if size <= 1_048_576:
        assert events.send(payload)["StatusCode"] == 202
        return
    with pytest.raises(ClientError) as caught:
        events.send(payload)
    assert caught.value.response["Error"]["Code"] == "RequestTooLargeException"
    assert "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)" in str(caught.value)


def test_what_the_caller_did_wrong_is_said_at_once(events: Events) -> None:
    """An event for a function that is not there, or that is no JSON, is refused; nothing is queued."""
    for members, code in (
        ({"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ({"Payload": b"{"}, "InvalidRequestContentException"),
    ):
        with pytest.raises(ClientError) as caught:
            events.send({}, **members)
        assert caught.value.response["Error"]["Code"] == code
    assert events.script.requests == []


def test_a_function_is_told_of_no_client_context(events: Events) -> None:
    """Events carry no client context: AWS passes it on for synchronous invocations only."""
    seen: list[Request] = []

    def answer(request: Request) -> Result:
        seen.append(request)
        return OK

    events.script.answer = answer
    events.send({}, ClientContext="eyJjdXN0b20iOiB7fX0=")
    assert seen[0].client_context == ""
