"""The life of a durable execution: names, invocations one after another, and its ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from moto_lmi.runs import Result

from ..scripted import FAILED, THROTTLED
from ..world import is_ours
from .drama import PENDING, Drama, callback, step, succeeded, wait


def refused(call: Any, **members: Any) -> tuple[str, str]:
    """Code and message of the refusal."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_execution_runs_to_its_end(drama: Drama) -> None:
    """Steps are kept, a wait suspends, the next invocation gets what there is, and the result is the execution's."""
    arn = drama.start({"n": 1}, DurableExecutionName="job")
    assert arn.split("/")[1:3] == ["durable-execution", "job"]
    assert f":function:fn:{drama.version}/" in arn
    (own,) = drama.input["InitialExecutionState"]["Operations"]
    assert own["Type"] == "EXECUTION"
    assert own["Id"] == arn.rpartition("/")[2]
    assert json.loads(own["ExecutionDetails"]["InputPayload"]) == {"n": 1}

    drama.checkpoint(arn, step("a", "START", Name="first"), step("a", "SUCCEED", Payload="2"), wait("w", 60))
    drama.end(PENDING)
    assert drama.status(arn) == "RUNNING"
    drama.pass_time(59)
    assert not drama.script.held
    drama.pass_time(1)
    assert drama.input["UpdatedOperationIds"] == ["w"]
    known = {item["Id"]: item for item in drama.input["InitialExecutionState"]["Operations"]}
    assert known["a"]["StepDetails"] == {"Attempt": 1, "Result": "2"}
    assert known["w"]["Status"] == "SUCCEEDED"
    drama.end(succeeded({"sum": 3}))
    answer = drama.get(arn)
    assert (answer["Status"], json.loads(answer["Result"])) == ("SUCCEEDED", {"sum": 3})
    assert (answer["EndTimestamp"] - answer["StartTimestamp"]).total_seconds() == 60
    assert drama.kinds(arn) == [
        *("ExecutionStarted", "StepStarted", "StepSucceeded", "WaitStarted", "InvocationCompleted"),
        *("WaitSucceeded", "InvocationCompleted", "ExecutionSucceeded"),
    ]


def test_a_name_starts_once(drama: Drama) -> None:
    """The same name with the same payload finds the execution, running or ended; with another it is refused."""
    arn = drama.start({"n": 1}, DurableExecutionName="job")
    assert drama.start({"n": 1}, DurableExecutionName="job") == arn
    assert len(drama.script.requests) == 1
    members = {"FunctionName": "fn", "Qualifier": drama.version, "InvocationType": "Event", "Payload": b'{"n": 2}'}
    refusal = refused(drama.lambda_.invoke, DurableExecutionName="job", **members)
    assert is_ours(refusal, "durable_already_started")
    drama.end(succeeded(1))
    assert drama.start({"n": 1}, DurableExecutionName="job") == arn
    assert is_ours(refused(drama.lambda_.invoke, DurableExecutionName="job", **members), "durable_already_started")
    assert drama.start({"n": 1}, DurableExecutionName="other") != arn


def test_a_durable_function_is_named_with_its_version(drama: Drama) -> None:
    """Unqualified it is refused in AWS's words, for both kinds of invocation."""
    for kind in ("Event", "RequestResponse"):
        code, message = refused(drama.lambda_.invoke, FunctionName="fn", InvocationType=kind)
        assert code in ("InvalidParameterValueException", "NoPublishedVersionException")
    drama.world.publish()
    code, message = refused(drama.lambda_.invoke, FunctionName="fn", InvocationType="Event")
    assert message == "You cannot invoke a durable function using an unqualified ARN."


def test_who_waits_waits_for_the_whole_execution(drama: Drama) -> None:
    """A synchronous caller gets the execution's result, and its waits pass by themselves where time stands still."""
    answers = iter([PENDING, succeeded("done")])

    def answer(request: Any) -> Result:
        document = json.loads(request.payload)
        if len(document["InitialExecutionState"]["Operations"]) == 1:
            drama.token = document["CheckpointToken"]
            drama.checkpoint(document["DurableExecutionArn"], wait("w", 300))
        return Result("answer", json.dumps(next(answers)).encode())

    drama.script.answer = answer
    before = drama.world.clock.now()
    reply = drama.lambda_.invoke(FunctionName="fn", Qualifier=drama.version, Payload=b"{}")
    assert json.loads(reply["Payload"].read()) == "done"
    assert drama.status(reply["DurableExecutionArn"]) == "SUCCEEDED"
    assert (drama.world.clock.now() - before).total_seconds() == 300


def test_a_failed_execution_is_a_function_error(drama: Drama) -> None:
    """A synchronous caller of an execution that fails gets FunctionError and the error's members."""
    error = {"ErrorType": "ValueError", "ErrorMessage": "no good", "StackTrace": ["line"]}
    failed = {"Status": "FAILED", "Error": error}
    drama.script.answer = lambda _: Result("answer", json.dumps(failed).encode())
    reply = drama.lambda_.invoke(FunctionName="fn", Qualifier=drama.version)
    assert reply["FunctionError"] == "Unhandled"
    assert json.loads(reply["Payload"].read()) == {
        "errorType": "ValueError",
        "errorMessage": "no good",
        "stackTrace": ["line"],
    }
    assert drama.get(reply["DurableExecutionArn"])["Error"] == error


def test_a_long_execution_has_no_waiting_caller(drama: Drama) -> None:
    """An ExecutionTimeout above 15 minutes and a synchronous invocation exclude each other, in AWS's words."""
    drama.world.lambda_.update_function_configuration(FunctionName="fn", DurableConfig={"ExecutionTimeout": 901})
    drama.pass_time(5)
    version = drama.world.publish(latest=False)
    code, message = refused(drama.lambda_.invoke, FunctionName="fn", Qualifier=version)
    assert (code, message) == (
        "InvalidParameterValueException",
        "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.",
    )


def test_an_invocation_that_fails_is_repeated(drama: Drama) -> None:
    """Five failures in a row end the execution; an invocation that goes well in between starts the count anew."""
    arn = drama.start()
    for _ in range(4):
        drama.end_with(FAILED)
        drama.pass_time(5)
    assert drama.status(arn) == "RUNNING"
    drama.checkpoint(arn, wait("w", 1))
    drama.end(PENDING)
    drama.pass_time(1)
    for _ in range(4):
        drama.end_with(FAILED)
        drama.pass_time(5)
    assert drama.status(arn) == "RUNNING"
    drama.end_with(FAILED)
    answer = drama.get(arn)
    assert answer["Status"] == "FAILED"
    assert answer["Error"] == {"ErrorType": "ValueError", "ErrorMessage": "no good"}


def test_an_invocation_without_room_is_repeated_until_the_timeout(drama: Drama) -> None:
    """Throttles are no failures: they are repeated, and the execution times out at last."""
    drama.script.answer = lambda _: THROTTLED
    arn = drama.start()
    drama.script.settle()
    drama.pass_time(599)
    assert drama.status(arn) == "RUNNING"
    assert len(drama.script.requests) > 5
    drama.pass_time(1)
    answer = drama.get(arn)
    assert answer["Status"] == "TIMED_OUT"
    assert answer["Error"]["ErrorMessage"] == "Execution timed out after 600 seconds."


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"Status": "SUCCEEDED", "Error": {"ErrorMessage": "x"}}, "Cannot provide an Error for SUCCEEDED status."),
        ({"Status": "FAILED", "Result": "1"}, "Cannot provide a Result for FAILED status."),
        ({"Status": "DONE"}, "Invalid invocation output: 'DONE' is not a valid InvocationStatus"),
        ([], "Invalid invocation output: it is not an object"),
    ],
    ids=["error-in-success", "result-in-failure", "unknown-status", "no-object"],
)
def test_an_output_that_makes_no_sense_fails_the_execution(drama: Drama, output: Any, words: str) -> None:
    """What no SDK would return ends the execution at once, saying what was wrong."""
    arn = drama.start()
    drama.end(output)
    assert drama.get(arn)["Error"] == {"ErrorType": "InvalidParameterValueException", "ErrorMessage": words}


def test_pending_needs_something_pending(drama: Drama) -> None:
    """PENDING with nothing to wait for may be a race: it is repeated twice, then it fails the execution."""
    arn = drama.start()
    for _ in range(2):
        drama.end(PENDING)
        drama.pass_time(5)
    drama.end(PENDING)
    assert drama.get(arn)["Error"]["ErrorMessage"] == "Cannot return PENDING status with no pending operations."


def test_a_stopped_execution_stays_stopped(drama: Drama) -> None:
    """Stop ends it with the caller's error, again and again with the same time; what still runs changes nothing."""
    arn = drama.start()
    first = drama.lambda_.stop_durable_execution(DurableExecutionArn=arn, Error={"ErrorMessage": "enough"})
    drama.pass_time(10)
    assert drama.lambda_.stop_durable_execution(DurableExecutionArn=arn)["StopTimestamp"] == first["StopTimestamp"]
    code, message = refused(
        drama.lambda_.checkpoint_durable_execution, DurableExecutionArn=arn, CheckpointToken=drama.token, Updates=[]
    )
    assert (code, message) == ("InvalidParameterValueException", "Invalid checkpoint token")
    drama.end(succeeded(1))
    answer = drama.get(arn)
    assert (answer["Status"], answer["Error"]) == ("STOPPED", {"ErrorMessage": "enough"})
    assert drama.kinds(arn)[-1] == "ExecutionStopped"


def test_a_paused_execution_invokes_nothing(drama: Drama) -> None:
    """Paused, timers go on but nothing is invoked; resumed, what was missed is made up, and the timeout is later."""
    arn = drama.start()
    drama.checkpoint(arn, wait("w", 60))
    drama.end(PENDING)
    drama.lambda_.pause_durable_execution(DurableExecutionArn=arn, Reason="lunch")
    drama.pass_time(590)
    assert drama.status(arn) == "PAUSED"
    assert not drama.script.held
    assert drama.get(arn)["PauseDetails"]["Reason"] == "lunch"
    drama.lambda_.resume_durable_execution(DurableExecutionArn=arn)
    drama.take_token()
    assert drama.input["UpdatedOperationIds"] == ["w"]
    drama.checkpoint(arn, wait("x", 500))
    drama.end(PENDING)
    drama.pass_time(500)
    drama.end(succeeded(1))
    assert drama.status(arn) == "SUCCEEDED"


def test_a_pause_ends_the_invocation_at_its_next_checkpoint(drama: Drama) -> None:
    """PAUSING until the invocation checkpoints: that is kept, answered without a token, and made up for later."""
    arn = drama.start()
    drama.lambda_.pause_durable_execution(DurableExecutionArn=arn)
    assert drama.status(arn) == "PAUSING"
    assert drama.checkpoint(arn, step("a", "SUCCEED", Payload="1")) == []
    assert drama.token == ""
    assert drama.status(arn) == "PAUSED"
    drama.end(PENDING)
    assert drama.status(arn) == "PAUSED"
    drama.lambda_.resume_durable_execution(DurableExecutionArn=arn)
    known = [item["Id"] for item in drama.input["InitialExecutionState"]["Operations"]]
    assert "a" in known
    drama.end(succeeded(1))
    assert drama.status(arn) == "SUCCEEDED"


def test_only_what_has_ended_is_deleted(drama: Drama) -> None:
    """A running execution can't be deleted; one that has ended is DELETING and then gone, and its name is free."""
    arn = drama.start(DurableExecutionName="job")
    assert is_ours(refused(drama.lambda_.delete_durable_execution, DurableExecutionArn=arn), "execution_not_closed")
    drama.end(succeeded(1))
    drama.lambda_.delete_durable_execution(DurableExecutionArn=arn)
    assert drama.status(arn) == "DELETING"
    drama.pass_time(60)
    code, message = refused(drama.lambda_.get_durable_execution, DurableExecutionArn=arn)
    assert (code, message) == ("ResourceNotFoundException", "Durable Execution does not exist")
    assert drama.start(DurableExecutionName="job") != arn


def test_an_execution_is_kept_for_its_retention(drama: Drama) -> None:
    """After RetentionPeriodInDays an execution that has ended is gone."""
    arn = drama.start()
    drama.end(succeeded(1))
    drama.pass_time(7 * 86_400 - 1)
    assert drama.status(arn) == "SUCCEEDED"
    drama.pass_time(2)
    assert refused(drama.lambda_.get_durable_execution, DurableExecutionArn=arn)[0] == "ResourceNotFoundException"


def test_executions_are_listed(drama: Drama) -> None:
    """The newest first, by name, status and time, in pages."""
    arns = []
    for number in range(5):
        arns.append(drama.start({"n": number}, DurableExecutionName=f"job{number}"))
        if number % 2:
            drama.end(succeeded(number))
        else:
            drama.checkpoint(arns[-1], callback("c"))
            drama.end(PENDING)
        drama.pass_time(1)
    listing = drama.lambda_.list_durable_executions_by_function

    def names(**members: Any) -> list[str]:
        found = listing(FunctionName="fn", **members)["DurableExecutions"]
        return [item["DurableExecutionName"] for item in found]

    assert names() == ["job4", "job3", "job2", "job1", "job0"]
    assert names(ReverseOrder=True)[0] == "job0"
    assert names(Statuses=["SUCCEEDED"]) == ["job3", "job1"]
    assert names(DurableExecutionName="job2") == ["job2"]
    assert names(Qualifier=drama.version) == names()
    middle = drama.get(arns[2])["StartTimestamp"]
    assert names(StartedAfter=middle) == ["job4", "job3"]
    assert names(StartedBefore=middle) == ["job1", "job0"]
    page = listing(FunctionName="fn", MaxItems=2)
    rest = listing(FunctionName="fn", MaxItems=10, Marker=page["NextMarker"])
    assert [item["DurableExecutionName"] for item in rest["DurableExecutions"]] == ["job2", "job1", "job0"]
    assert is_ours(refused(listing, FunctionName="fn", Marker="soon"), "bad_marker")


def test_durability_is_chosen_at_creation(drama: Drama) -> None:
    """A DurableConfig needs a timeout, in AWS's words, and can't be added later; other values can change."""
    request = drama.world.function_request("other", DurableConfig={"RetentionPeriodInDays": 3})
    code, message = refused(drama.lambda_.create_function, **request)
    assert (code, message) == (
        "InvalidParameterValueException",
        "You cannot create a function with a durable configuration without an executionTimeout",
    )
    drama.world.function("plain")
    change = drama.lambda_.update_function_configuration
    refusal = refused(change, FunctionName="plain", DurableConfig={"ExecutionTimeout": 60})
    assert is_ours(refusal, "durable_not_added")
    changed = change(FunctionName="fn", DurableConfig={"RetentionPeriodInDays": 3})
    assert changed["DurableConfig"] == {"ExecutionTimeout": 600, "RetentionPeriodInDays": 3}
