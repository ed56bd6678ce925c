"""Invoke runs functions' code: answers, errors, limits, and what the code is told."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from moto import mock_aws

import moto_lmi
from moto_lmi import invoking
from moto_lmi.clock import reset_clocks
from moto_lmi.invoking.runner import runner

from .running import PACKAGE, identity_of, invoke, refused
from .world import REGION, World, managed


@pytest.fixture(scope="module")
def invoked() -> Iterator[World]:
    """An account with a function `fn` on a provider, published once, and a function `plain` of default Lambda."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        moto_lmi.enable(speed=0)
        reset_clocks()
        with mock_aws():
            world = World()
            provider = managed(world.provider(), PerExecutionEnvironmentMaxConcurrency=4)
            variables = {"STAGE": "test", "AWS_REGION": "moon-1"}
            common = {"Code": {"ZipFile": PACKAGE}, "Timeout": 20, "Environment": {"Variables": variables}}
            world.function(CapacityProviderConfig=provider, **common)
            world.publish()
            world.function("plain", **common)
            yield world
        invoking.close()
        reset_clocks()


@pytest.mark.parametrize(("name", "version"), [("fn", "$LATEST.PUBLISHED"), ("plain", "$LATEST")])
def test_the_answer_is_the_handlers(invoked: World, name: str, version: str) -> None:
    """Status, version, request id and the value that the handler returned."""
    answer = invoked.lambda_.invoke(FunctionName=name, Payload=b'{"do": "who"}')
    value = json.loads(answer["Payload"].read())
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, version)
    assert "FunctionError" not in answer
    assert value["version"] == version
    assert value["requestId"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]


def test_what_the_code_is_told(invoked: World) -> None:
    """Its variables, the Region, credentials of its role, and where it was invoked; reserved names stay AWS's."""
    env = invoke(invoked, {"do": "who"})["env"]
    assert (env["STAGE"], env["AWS_REGION"]) == ("test", REGION)
    assert env["AWS_LAMBDA_MAX_CONCURRENCY"] == "4"
    assert env["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances"
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    session = identity_of(env)
    assert session.endswith(":assumed-role/execution/fn")
    plain = invoke(invoked, {"do": "who"}, "plain")["env"]
    assert "AWS_LAMBDA_MAX_CONCURRENCY" not in plain
    assert plain["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"


def test_the_client_context_arrives(invoked: World) -> None:
    """What the caller sends as ClientContext is what the handler's context has; one that is no JSON is refused."""
    context = base64.b64encode(b'{"custom": {"a": "b"}}').decode()
    assert invoke(invoked, {"do": "who"}, ClientContext=context)["client"] == {"a": "b"}
    code = refused(invoked.lambda_.invoke, FunctionName="fn", ClientContext="bm8=")[1]
    assert code == "InvalidRequestContentException"


@pytest.mark.parametrize("name", ["fn", "plain"])
def test_an_exception_is_a_function_error(invoked: World, name: str) -> None:
    """Status 200, FunctionError Unhandled, and a payload with type, message and stack."""
    answer = invoked.lambda_.invoke(FunctionName=name, Payload=b'{"do": "fail"}')
    error = json.loads(answer["Payload"].read())
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no good")
    assert "app.py" in error["stackTrace"][-1]


def test_default_lambda_has_an_environment_for_each_request(invoked: World) -> None:
    """Requests at the same time have environments of their own; requests one after another share one."""
    first, second = (invoke(invoked, {"do": "who"}, "plain") for _ in range(2))
    assert second["runs"] == first["runs"] + 1
    before = len(runner().environments())
    release = threading.Barrier(2)

    def one(_number: int) -> Any:
        release.wait()
        return invoke(invoked, {"do": "sleep", "s": 0.5}, "plain")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(2)))
    assert len(runner().environments()) == before + 1


def test_payloads_have_limits(invoked: World) -> None:
    """6 MB of request pass and more don't; a response beyond 6 MB is the function's error."""
    limit = 6 * 1024 * 1024
    event = b'"' + b"x" * (limit - 2) + b'"'
    status, code, _ = refused(invoked.lambda_.invoke, FunctionName="plain", Payload=event + b" ")
    assert (status, code) == (413, "RequestTooLargeException")
    error = invoke(invoked, {"do": "long", "length": limit + 200}, "plain")
    assert error["errorType"] == "Function.ResponseSizeTooLarge"
    assert len(invoke(invoked, {"do": "long", "length": limit - 2}, "plain")) == limit - 2


def test_an_event_that_is_no_json_is_refused(invoked: World) -> None:
    """Before any code runs."""
    assert refused(invoked.lambda_.invoke, FunctionName="fn", Payload=b"{")[1] == "InvalidRequestContentException"
