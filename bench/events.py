"""Ten thousand Event invocations over HTTP: each accepted, each run, none lost; counted by what their destination got."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

from bench.invoking import CONCURRENCY, _client, _load, _server, publish
from bench.measure import Row

EVENTS = 10_000
_PATIENCE_S = 900.0
_QUALIFIER = "$LATEST.PUBLISHED"


def _queue(port: int) -> tuple[Any, str]:
    """A queue to which the function's successes go."""
    sqs, lambda_ = _client(port, "sqs"), _client(port, "lambda")
    url = sqs.create_queue(QueueName="done")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    role = lambda_.get_function_configuration(FunctionName="fn")["Role"].rsplit("/", 1)[-1]
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    _client(port, "iam").put_role_policy(RoleName=role, PolicyName="done", PolicyDocument=document)
    lambda_.put_function_event_invoke_config(
        FunctionName="fn", Qualifier=_QUALIFIER, DestinationConfig={"OnSuccess": {"Destination": arn}}
    )
    return sqs, url


def _arrived(sqs: Any, url: str) -> int:
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def events(count: int = EVENTS) -> Iterator[Row]:
    """How many are accepted and done a second, and how many are lost."""
    server, port = _server()
    try:
        publish(port)
        sqs, url = _queue(port)
        began = time.perf_counter()
        rate, _ = asyncio.run(_load(port, "fn", count, "Event"))
        give_up = time.perf_counter() + _PATIENCE_S
        while (done := _arrived(sqs, url)) < count and time.perf_counter() < give_up:
            time.sleep(0.5)
        took = time.perf_counter() - began
        yield Row(f"{count:,} Event invocations, {CONCURRENCY} at once: accepted", f"{rate:,.0f}/s", "", "")
        yield Row(
            "  done, and their destination told", f"{done / took:,.0f}/s", "", "", f"lost: {max(count - done, 0):,}"
        )
    finally:
        server.terminate()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
