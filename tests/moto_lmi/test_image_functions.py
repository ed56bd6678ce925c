"""Functions in container images through the API: accepted, validated, described, and run when the image is here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import moto_lmi
from moto_lmi import invoking
from moto_lmi.clock import reset_clocks

from .running import refused
from .runtime.test_images import APP, BASE, CONFIG, Layout, file
from .world import REGION, World, managed

HERE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1"
ELSEWHERE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/other:v1"


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An account on a machine that has one image."""
    folder = tmp_path_factory.mktemp("images")
    Layout(folder / "team/app").image([BASE, [file("var/task/app.py", APP)]], CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("LMI_IMAGES", str(folder))
        moto_lmi.enable(speed=0)
        reset_clocks()
        with mock_aws():
            world = World()
            world.provider()
            yield world
        invoking.close()
        reset_clocks()


def create(world: World, name: str, uri: str, **members: Any) -> dict[str, Any]:
    """A published function on the provider, in the image."""
    arn = world.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]["CapacityProviderArn"]
    request = world.function_request(name, Code={"ImageUri": uri}, PackageType="Image", Timeout=20)
    del request["Runtime"], request["Handler"]
    request |= {"CapacityProviderConfig": managed(arn), **members}
    world.lambda_.create_function(**request)
    world.pass_time(3)
    world.publish(name)
    answer: dict[str, Any] = world.lambda_.get_function(FunctionName=name, Qualifier="$LATEST.PUBLISHED")
    return answer


def test_an_image_is_described_and_runs(images: World) -> None:
    """Package type, URI and configuration are shown, no runtime; its handler answers, with the function's variables."""
    shown = create(
        images,
        "fn",
        HERE,
        Environment={"Variables": {"STAGE": "function"}},
        ImageConfig={"WorkingDirectory": "/var/task"},
    )
    configuration = shown["Configuration"]
    assert (configuration["PackageType"], configuration["State"]) == ("Image", "Active")
    assert "Runtime" not in configuration
    assert "Handler" not in configuration
    assert configuration["ImageConfigResponse"]["ImageConfig"]["WorkingDirectory"] == "/var/task"
    assert (shown["Code"]["ImageUri"], shown["Code"]["RepositoryType"]) == (HERE, "ECR")
    answer = images.lambda_.invoke(FunctionName="fn", Payload=b"[1]")
    assert json.loads(answer["Payload"].read()) == [[1], "function", True]


def test_an_image_that_is_not_here(images: World) -> None:
    """It is accepted and described; invoking it says what to do."""
    shown = create(images, "away", ELSEWHERE)
    assert shown["Configuration"]["PackageType"] == "Image"
    status, code, message = refused(images.lambda_.invoke, FunctionName="away")
    assert (status, code) == (502, "InvalidRuntimeException")
    assert ELSEWHERE in message
    assert "LMI_IMAGES" in message


@pytest.mark.parametrize("member", [{"Runtime": "python3.13"}, {"Handler": "app.handler"}])
def test_an_image_brings_its_own_runtime(images: World, member: dict[str, str]) -> None:
    """Runtime and handler are refused in AWS's words."""
    with pytest.raises(
        ClientError, match="Please don't provide Handler or Runtime or Layer when the intended function"
    ):
        create(images, "mixed", HERE, **member)


@pytest.mark.parametrize(("runtime", "words"), [("java21", "no Java runtime"), ("dotnet8", "no .NET runtime")])
def test_runtimes_that_only_aws_has(images: World, runtime: str, words: str) -> None:
    """They are accepted and described, and become active; invoking says that they can't run here."""
    arn = images.lambda_.get_capacity_provider(CapacityProviderName="cp")["CapacityProvider"]["CapacityProviderArn"]
    images.function(runtime, CapacityProviderConfig=managed(arn), Runtime=runtime)
    images.publish(runtime)
    shown = images.lambda_.get_function_configuration(FunctionName=runtime, Qualifier="$LATEST.PUBLISHED")
    assert (shown["Runtime"], shown["State"]) == (runtime, "Active")
    status, code, message = refused(images.lambda_.invoke, FunctionName=runtime)
    assert (status, code) == (502, "InvalidRuntimeException")
    assert words in message
