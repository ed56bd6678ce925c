"""Invoke over HTTP: the same answers as in process, and what only a server can do wrong."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .serving import ServerProcess, state_of
from .world import archive, trust

SOURCE = """
    import pathlib, time

    def handler(event, context):
        do = event.get("do")
        if do == "whoami":
            import boto3
            return boto3.client("sts").get_caller_identity()["Arn"]
        if do == "invoke":
            import boto3
            answer = boto3.client("lambda").invoke(FunctionName=event["name"], Payload=b'{"from": "inside"}')
            return answer["Payload"].read().decode()
        if do == "wait":
            time.sleep(60)
        if do == "fail":
            raise KeyError("gone")
        return event
"""


def plain_function(server: ServerProcess, name: str = "plain", key: str = "testing", **members: Any) -> Any:
    """A client of the account's Lambda, with a function of default Lambda in it."""
    iam, lambda_ = server.client("iam", key), server.client("lambda", key)
    role = iam.create_role(RoleName=f"role-{name}", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    settings = {"Runtime": "python3.13", "Role": role, "Handler": "app.handler", "Timeout": 60, "MemorySize": 512}
    code = {"ZipFile": archive({"app.py": SOURCE})}
    lambda_.create_function(**{"FunctionName": name, "Code": code, **settings, **members})
    return lambda_


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A server with a function in its default account."""
    with ServerProcess("--speed", "0") as running:
        plain_function(running)
        yield running


def value_of(answer: Any) -> Any:
    """What the function gave."""
    return json.loads(answer["Payload"].read())


def test_answers_and_errors_as_in_process(server: ServerProcess) -> None:
    """Status, headers and payload of an answer, of a function's error, and of a refusal."""
    lambda_ = server.client("lambda")
    answer = lambda_.invoke(FunctionName="plain", Payload=b'{"a": 1}')
    assert (answer["StatusCode"], answer["ExecutedVersion"], value_of(answer)) == (200, "$LATEST", {"a": 1})
    failed = lambda_.invoke(FunctionName="plain", Payload=b'{"do": "fail"}')
    assert (failed["FunctionError"], value_of(failed)["errorType"]) == ("Unhandled", "KeyError")
    assert lambda_.invoke(FunctionName="plain", InvocationType="DryRun")["StatusCode"] == 204
    assert lambda_.invoke(FunctionName="plain", InvocationType="Event")["StatusCode"] == 202
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.invoke(FunctionName="nobody")
    with pytest.raises(lambda_.exceptions.InvalidRequestContentException):
        lambda_.invoke(FunctionName="plain", Payload=b"{")
    with pytest.raises(ClientError, match="ValidationException"):
        lambda_.invoke(FunctionName="plain", InvocationType="Maybe")
    with pytest.raises(ClientError, match="Function not found"):
        server.client("lambda", "999900000001").invoke(FunctionName="plain")


def test_a_large_event_goes_both_ways(server: ServerProcess) -> None:
    """6 MB there and back; a byte more is 413."""
    lambda_ = server.client("lambda")
    event = b'{"x": "' + b"x" * (6 * 1024 * 1024 - 9) + b'"}'
    assert lambda_.invoke(FunctionName="plain", Payload=event)["Payload"].read() == event
    with pytest.raises(lambda_.exceptions.RequestTooLargeException):
        lambda_.invoke(FunctionName="plain", Payload=event + b" ")


def test_code_calls_the_emulator_while_it_runs(server: ServerProcess) -> None:
    """With its role's credentials it is itself, in its own account, and it may invoke another function, or itself."""
    key = "222200000001"
    lambda_ = plain_function(server, "caller", key)
    identity = value_of(lambda_.invoke(FunctionName="caller", Payload=b'{"do": "whoami"}'))
    assert identity == f"arn:aws:sts::{key}:assumed-role/role-caller/caller"
    event = json.dumps({"do": "invoke", "name": "caller"}).encode()
    assert value_of(lambda_.invoke(FunctionName="caller", Payload=event)) == '{"from": "inside"}'


def test_other_requests_are_answered_while_code_runs(server: ServerProcess) -> None:
    """A function that never returns holds nobody up."""
    lambda_ = plain_function(server, "slow", Timeout=10)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(lambda_.invoke, FunctionName="slow", Payload=b'{"do": "wait"}')
        for _ in range(5):
            assert lambda_.get_function(FunctionName="slow")["Configuration"]["FunctionName"] == "slow"
            assert value_of(lambda_.invoke(FunctionName="plain", Payload=b"{}")) == {}
        assert value_of(slow.result(60))["errorType"] == "Sandbox.Timedout"


def test_many_invocations_over_one_connection(server: ServerProcess) -> None:
    """Answers come in the order of the requests, errors between them."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    seen = []
    for number in range(20):
        name = "nobody" if number % 5 == 4 else "plain"
        connection.request("POST", f"/2015-03-31/functions/{name}/invocations", body=json.dumps({"n": number}))
        answer = connection.getresponse()
        seen.append((answer.status, answer.read()))
    connection.close()
    assert [status for status, _ in seen] == [404 if number % 5 == 4 else 200 for number in range(20)]
    answers = [json.loads(body) for status, body in seen if status == 200]
    assert answers == [{"n": number} for number in range(20) if number % 5 != 4]


def test_invocations_are_not_journalled_and_functions_survive_a_kill(tmp_path: Path) -> None:
    """An invocation adds nothing to what is replayed; after a kill the function runs again, in a new environment."""
    with ServerProcess(*state_of(tmp_path)) as server:
        lambda_ = plain_function(server)
        journal = tmp_path / "lab.state.journal"
        before = journal.read_bytes()
        for _ in range(3):
            lambda_.invoke(FunctionName="plain", Payload=b"{}")
        added = journal.read_bytes().removeprefix(before)
        assert b"/invocations" not in added
        server.kill()
    with ServerProcess(*state_of(tmp_path)) as server:
        assert value_of(server.client("lambda").invoke(FunctionName="plain", Payload=b'{"b": 2}')) == {"b": 2}
