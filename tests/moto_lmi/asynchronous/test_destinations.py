"""Records of what became of an event, and dead letters."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from ..scripted import FAILED
from ..world import ACCOUNT, REGION, client, is_ours
from .events import Events

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn:$LATEST.PUBLISHED"


def test_a_success_is_recorded(events: Events) -> None:
    """The on-success queue gets the record in AWS's form, with the event and what the function returned."""
    events.destinations(on_success=events.queue())
    events.send({"n": 1})
    (record,) = events.records()
    assert record["version"] == "1.0"
    assert record["timestamp"].endswith("Z")
    context = record["requestContext"]
    assert (context["functionArn"], context["condition"], context["approximateInvokeCount"]) == (ARN, "Success", 1)
    assert context["requestId"] == events.script.requests[0].request_id
    assert record["requestPayload"] == {"n": 1}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST.PUBLISHED"}
    assert record["responsePayload"] == "ok"


def test_a_failure_is_recorded_after_its_retries(events: Events) -> None:
    """The on-failure topic's queue gets one record when the third attempt has failed, with the last error."""
    sns = client("sns")
    topic = sns.create_topic(Name="failures")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=events.queue())
    events.destinations(on_failure=topic)
    events.script.answer = lambda _: FAILED
    events.send({"n": 1})
    events.pass_time(179)
    assert events.records() == []
    events.pass_time(1)
    (envelope,) = events.records()
    record = json.loads(envelope["Message"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"] == {"errorType": "ValueError", "errorMessage": "no good"}


def test_a_record_can_go_to_a_function_and_a_bucket(events: Events) -> None:
    """A Lambda destination gets the record as its event; a bucket an object under AWS's key."""
    world = events.world
    provider = world.lambda_.list_capacity_providers()["CapacityProviders"][0]["CapacityProviderArn"]
    world.function("listener", provider)
    world.publish("listener")
    client("s3").create_bucket(Bucket="records")
    listener = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:listener"
    events.configure(
        MaximumRetryAttempts=0,
        DestinationConfig={
            "OnSuccess": {"Destination": listener},
            "OnFailure": {"Destination": "arn:aws:s3:::records"},
        },
    )
    events.send({"n": 1})
    assert events.script.events[1]["requestPayload"] == {"n": 1}
    events.script.answer = lambda _: FAILED
    events.send({"n": 2})
    (entry,) = client("s3").list_objects_v2(Bucket="records")["Contents"]
    assert entry["Key"].startswith("aws/lambda/async/fn/")
    body = client("s3").get_object(Bucket="records", Key=entry["Key"])["Body"].read()
    assert json.loads(body)["requestPayload"] == {"n": 2}


def test_a_dead_letter_is_the_event_itself(events: Events) -> None:
    """A dead-letter queue gets the event as it was, with AWS's three attributes."""
    events.world.lambda_.update_function_configuration(
        FunctionName="fn", DeadLetterConfig={"TargetArn": events.queue("dead")}
    )
    events.pass_time(5)
    events.configure(MaximumRetryAttempts=0)
    events.script.answer = lambda _: FAILED
    events.send({"n": 1})
    (message,) = events.received("dead")
    assert json.loads(message["Body"]) == {"n": 1}
    attributes = {name: item["StringValue"] for name, item in message["MessageAttributes"].items()}
    assert attributes == {
        "RequestID": events.script.requests[0].request_id,
        "ErrorCode": "200",
        "ErrorMessage": "no good",
    }


def test_a_destination_that_is_gone_disturbs_nobody(events: Events, caplog: pytest.LogCaptureFixture) -> None:
    """A record that can't be delivered is dropped with a warning; the event is done with all the same."""
    events.destinations(on_success=f"arn:aws:sqs:{REGION}:{ACCOUNT}:nowhere")
    events.send({})
    events.send({})
    assert len(events.script.requests) == 2
    assert "could not be sent to" in caplog.text


@pytest.mark.parametrize(
    "arn", ["arn:aws:sqs:us-east-1:123456789012:x.fifo", "arn:aws:dynamodb:us-east-1:123456789012:t"]
)
def test_a_destination_of_another_kind_is_refused(events: Events, arn: str) -> None:
    """FIFO queues and other services are no destinations; nothing is configured."""
    with pytest.raises(ClientError) as caught:
        events.destinations(on_failure=arn)
    error = caught.value.response["Error"]
    assert is_ours((error["Code"], error["Message"]), "bad_destination")


def test_configs_are_put_updated_and_deleted(events: Events) -> None:
    """Put replaces, Update keeps what it doesn't name, and each version and alias has a config of its own."""
    lambda_ = events.world.lambda_
    events.configure(MaximumRetryAttempts=1, MaximumEventAgeInSeconds=120)
    updated = lambda_.update_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=0)
    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (0, 120)
    assert updated["FunctionArn"].endswith(":function:fn:$LATEST")
    assert updated["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    version = events.world.publish(latest=False)
    lambda_.put_function_event_invoke_config(FunctionName="fn", Qualifier=version, MaximumRetryAttempts=2)
    listed = lambda_.list_function_event_invoke_configs(FunctionName="fn")["FunctionEventInvokeConfigs"]
    assert [item["FunctionArn"].rpartition(":")[2] for item in listed] == ["$LATEST", version]
    lambda_.delete_function_event_invoke_config(FunctionName="fn")
    with pytest.raises(ClientError, match="doesn't have an EventInvokeConfig"):
        lambda_.get_function_event_invoke_config(FunctionName="fn")
