"""Execution environments of functions that are invoked: how many, for how long, and with which code."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from moto import mock_aws

import moto_lmi
from moto_lmi import invoking
from moto_lmi.behaviour import set_behaviour
from moto_lmi.invoking.runner import runner

from .running import PACKAGE, ended, invoke, loaded, one_environment, refused, retried
from .world import ACCOUNT, REGION, World, archive, client, managed


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    """An account of the test's own; what it runs ends with it."""
    yield world
    invoking.close()


def test_several_requests_in_one_environment(fresh: World) -> None:
    """As many as the maximum run at the same time in one environment, and share its /tmp."""
    function = managed(fresh.provider(), PerExecutionEnvironmentMaxConcurrency=4)
    fresh.function(CapacityProviderConfig=function, Code={"ZipFile": PACKAGE}, Timeout=30)
    fresh.publish()
    one_environment(fresh)
    everyone = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(4) as pool:
        met = list(pool.map(lambda me: invoke(fresh, {"do": "meet", "me": me, "all": everyone}), everyone))
    assert met == ["met"] * 4


def test_beyond_the_maximum_is_429(fresh: World) -> None:
    """A request that finds its environment full is throttled, with a reason; the running one isn't disturbed."""
    function = managed(fresh.provider(), PerExecutionEnvironmentMaxConcurrency=1)
    fresh.function(CapacityProviderConfig=function, Code={"ZipFile": PACKAGE}, Timeout=30)
    fresh.publish()
    one_environment(fresh)
    invoke(fresh)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(invoke, fresh, {"do": "meet", "me": "a", "all": ["a", "b"]})
        loaded(1)
        with pytest.raises(fresh.lambda_.exceptions.TooManyRequestsException) as caught:
            invoke(fresh)
        assert caught.value.response["Reason"] == "ConcurrentInvocationLimitExceeded"
        place = next(item for item in runner().environments() if item.state == "ready")
        assert place.load == 1
        invoking.close()  # ends what would wait for ever
        running.result(30)


@pytest.mark.parametrize("name", ["fn", "plain"])
def test_a_timeout_is_told(fresh: World, name: str) -> None:
    """The caller gets the timeout; on managed instances the environment goes on, on default Lambda it is a new one."""
    provider = fresh.provider() if name == "fn" else None
    fresh.function(name, provider, Code={"ZipFile": PACKAGE}, Timeout=1)
    if provider:
        fresh.publish()
        one_environment(fresh)
    invoke(fresh, name=name)
    error = invoke(fresh, {"do": "sleep", "s": 5}, name)
    assert (error["errorType"], "timed out after 1.00 seconds" in error["errorMessage"]) == ("Sandbox.Timedout", True)
    assert invoke(fresh, {"a": 1}, name) == {"a": 1}
    ready = [item for item in runner().environments() if item.state == "ready"]
    assert len(ready) == 1
    assert ready[0].describe()["past_deadline"] == (1 if provider else 0)


@pytest.mark.parametrize("name", ["fn", "plain"])
def test_a_process_that_ends_is_answered_and_replaced(fresh: World, name: str) -> None:
    """The caller gets Runtime.ExitError; with its last worker the environment is lost, and the next call has another."""
    if name == "fn":
        config = managed(fresh.provider(), PerExecutionEnvironmentMaxConcurrency=1)
        fresh.function(CapacityProviderConfig=config, Code={"ZipFile": PACKAGE}, Timeout=20)
        fresh.publish()
        one_environment(fresh)
    else:
        fresh.function(name, Code={"ZipFile": PACKAGE}, Timeout=20)
    before = invoke(fresh, {"do": "who"}, name)
    answer = fresh.lambda_.invoke(FunctionName=name, Payload=b'{"do": "exit"}')
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "Runtime.ExitError"
    after = retried(lambda: invoke(fresh, {"do": "who"}, name))
    assert (before["runs"], after["runs"]) == (1, 1)


def test_weights_of_an_alias_decide_by_chance(fresh: World) -> None:
    """Both versions of an alias with weights run their own code, and ExecutedVersion says which."""
    provider = fresh.provider()
    for number in (1, 2):
        code = archive({"app.py": f"def handler(event, context):\n    return {number}\n"})
        if number == 1:
            fresh.function(provider=provider, Code={"ZipFile": code})
        else:
            fresh.lambda_.update_function_code(FunctionName="fn", ZipFile=code)
            fresh.pass_time(3)
        assert fresh.publish(latest=False) == str(number)
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    fresh.lambda_.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", RoutingConfig=weights)
    seen = set()
    for _ in range(100):
        answer = fresh.lambda_.invoke(FunctionName="fn", Qualifier="live")
        assert answer["Payload"].read().decode() == answer["ExecutedVersion"]
        seen.add(answer["ExecutedVersion"])
    assert seen == {"1", "2"}


def test_a_new_publication_takes_over_when_it_is_up(fresh: World) -> None:
    """Until the new $LATEST.PUBLISHED has its environments the old code answers."""
    fresh.function(
        provider=fresh.provider(), Code={"ZipFile": archive({"app.py": "def handler(e, c): return 'old'\n"})}
    )
    fresh.publish()
    assert invoke(fresh) == "old"
    code = archive({"app.py": "def handler(e, c): return 'new'\n"})
    fresh.lambda_.update_function_code(FunctionName="fn", ZipFile=code)
    fresh.pass_time(3)
    fresh.publish(wait=10)
    assert invoke(fresh) == "old"
    fresh.pass_time(90)
    assert invoke(fresh) == "new"
    assert ended(1)


def test_a_change_of_latest_is_run_at_once(fresh: World) -> None:
    """A function of default Lambda runs its new code, and the old environment ends."""
    fresh.function("plain", Code={"ZipFile": archive({"app.py": "def handler(e, c): return 'old'\n"})})
    assert invoke(fresh, name="plain") == "old"
    code = archive({"app.py": "def handler(e, c): return 'new'\n"})
    fresh.lambda_.update_function_code(FunctionName="plain", ZipFile=code)
    assert invoke(fresh, name="plain") == "new"
    assert ended(1)


@pytest.mark.parametrize("name", ["fn", "plain"])
def test_deleting_the_function_ends_its_environments(fresh: World, name: str) -> None:
    """Nothing of it runs when it is gone."""
    fresh.function(name, fresh.provider() if name == "fn" else None)
    if name == "fn":
        fresh.publish()
    assert invoke(fresh, name=name) == "one"
    fresh.lambda_.delete_function(FunctionName=name)
    assert ended()


def test_scaling_in_ends_environments(fresh: World) -> None:
    """What the fleet takes down ends."""
    fresh.function(provider=fresh.provider())
    fresh.publish()
    for _ in range(30):
        invoke(fresh)
    assert len(runner().environments()) == 3
    one_environment(fresh)
    assert ended(1)


def test_the_end_of_the_mock_ends_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process outlives mock_aws."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    moto_lmi.enable(speed=0)
    with mock_aws():
        world = World()
        world.function("plain")
        assert invoke(world, name="plain") == "one"
        assert runner().environments()
    assert ended()
    invoking.close()


def test_code_from_s3(fresh: World) -> None:
    """An archive in a bucket runs like one in the request."""
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="fn.zip", Body=PACKAGE)
    fresh.function(provider=fresh.provider(), Code={"S3Bucket": "code", "S3Key": "fn.zip"})
    fresh.publish()
    assert invoke(fresh, {"from": "s3"}) == {"from": "s3"}


def test_layers_are_merged_in_order(fresh: World) -> None:
    """A later layer's file replaces an earlier one's, and both are below /opt."""
    arns = []
    for number in (1, 2):
        files = {"python/which.py": f"WHICH = {number}\n", f"data/{number}.txt": str(number)}
        layer = fresh.lambda_.publish_layer_version(LayerName=f"layer-{number}", Content={"ZipFile": archive(files)})
        arns.append(layer["LayerVersionArn"])
    source = """
        import os, which
        def handler(event, context):
            return [which.WHICH, sorted(os.listdir("/opt/data"))]
    """
    fresh.function("plain", Layers=arns, Code={"ZipFile": archive({"app.py": source})})
    assert invoke(fresh, name="plain") == [2, ["1.txt", "2.txt"]]


def test_a_bomb_is_refused_and_nothing_is_unpacked(fresh: World) -> None:
    """An archive that is larger unpacked than Lambda allows can't be invoked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made, made.open("big", "w") as file:
        for _ in range(251):
            file.write(bytes(1024 * 1024))
    fresh.function("plain", Code={"ZipFile": buffer.getvalue()})
    status, code, message = refused(fresh.lambda_.invoke, FunctionName="plain")
    assert (status, code) == (502, "InvalidZipFileException")
    assert message == "Unzipped size must be smaller than 262144000 bytes"


def test_an_import_error_is_told(fresh: World) -> None:
    """A module that can't be imported is the function's error, and the next call tries again."""
    fresh.function("plain", Code={"ZipFile": archive({"app.py": "import nothing_like_it\n"})})
    for _ in range(2):
        answer = fresh.lambda_.invoke(FunctionName="plain")
        assert answer["FunctionError"] == "Unhandled"
        assert json.loads(answer["Payload"].read())["errorType"] == "Runtime.ImportModuleError"


def test_a_runtime_that_is_not_here_says_so(fresh: World) -> None:
    """A Java function is accepted and described; invoking it is refused with what is missing."""
    fresh.function("plain", Runtime="java21")
    status, code, message = refused(fresh.lambda_.invoke, FunctionName="plain")
    assert (status, code) == (502, "InvalidRuntimeException")
    assert "java21" in message


def test_a_dry_run_runs_nothing(fresh: World) -> None:
    """204, and no environment is started."""
    fresh.function(provider=fresh.provider())
    fresh.publish()
    assert fresh.lambda_.invoke(FunctionName="fn", InvocationType="DryRun")["StatusCode"] == 204
    assert runner().environments() == []


def test_reserved_concurrency_throttles(fresh: World) -> None:
    """Beyond the reserved concurrency of a default function the caller gets 429 with that reason."""
    fresh.function("plain", Code={"ZipFile": PACKAGE}, Timeout=20)
    fresh.lambda_.put_function_concurrency(FunctionName="plain", ReservedConcurrentExecutions=1)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(invoke, fresh, {"do": "meet", "me": "a", "all": ["a", "b"]}, "plain")
        loaded(1)
        with pytest.raises(fresh.lambda_.exceptions.TooManyRequestsException) as caught:
            invoke(fresh, name="plain")
        assert caught.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        invoking.close()  # ends what would wait for ever
        running.result(30)


def published_with_processes(world: World, source: str, **members: Any) -> dict[str, Any]:
    """The configuration of a version whose publication starts its processes, once it is decided."""
    set_behaviour(ACCOUNT, start_at_publish=True)
    code = {"ZipFile": archive({"app.py": source})}
    world.function(provider=world.provider(), Code=code, **members)
    world.publish()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, Any] = world.lambda_.get_function_configuration(
            FunctionName="fn", Qualifier="$LATEST.PUBLISHED"
        )
        if found["State"] != "Pending":
            return found
        time.sleep(0.01)
    raise AssertionError("the publication is not decided")


def test_processes_that_start_when_the_version_is_published(fresh: World) -> None:
    """With the switch a version is Active when its processes are up, one set for each environment."""
    found = published_with_processes(fresh, "def handler(e, c): return 'up'\n")
    assert found["State"] == "Active"
    assert [item.state for item in runner().environments()] == ["ready"] * 3
    assert invoke(fresh) == "up"
    assert len(runner().environments()) == 3


@pytest.mark.parametrize(
    ("source", "members", "code"),
    [
        ("import nothing_like_it\n", {}, "FunctionError.RuntimeInitError"),
        ("def handler(e, c): ...\n", {"Runtime": "java21"}, "InvalidRuntime"),
    ],
    ids=["import error", "no runtime"],
)
def test_an_initialization_that_fails_fails_the_publication(
    fresh: World, source: str, members: dict[str, Any], code: str
) -> None:
    """The version is Failed with the reason code, nothing of it runs, and its environments are gone."""
    found = published_with_processes(fresh, source, **members)
    assert (found["State"], found["StateReasonCode"]) == ("Failed", code)
    assert found["StateReason"]
    assert ended()


def test_docker_for_who_wants_it(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the switch a function of default Lambda is left to moto; one on a provider isn't."""
    set_behaviour(ACCOUNT, docker=True)
    monkeypatch.setattr("moto.awslambda.models.LambdaFunction.invoke", lambda *_: b'"by moto"')
    fresh.function(provider=fresh.provider())
    fresh.publish()
    fresh.function("plain")
    assert (invoke(fresh), invoke(fresh, name="plain")) == ("one", "by moto")
