"""Durable functions with AWS's own SDK, which is packed beside them as AWS says."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import aws_durable_execution_sdk_python as sdk

from ..world import managed

SOURCE = """
import json
import os
import signal
import time

import boto3
from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy


@durable_step
def double(step: StepContext, n: int) -> int:
    return 2 * n


@durable_step
def flaky(step: StepContext) -> str:
    if step.attempt < 3:
        raise ValueError(f"attempt {step.attempt}")
    return f"attempt {step.attempt}"


def child(context: DurableContext) -> int:
    return context.step(double(10)) + context.step(double(11))


@durable_execution
def handler(event, context: DurableContext):
    do = event["do"]
    if do == "wait":
        first = context.step(double(event["n"]), name="first")
        context.wait(Duration.from_seconds(event["seconds"]))
        return {"result": context.step(double(first), name="second"), "pid": os.getpid()}
    if do == "retry":
        strategy = create_retry_strategy(RetryStrategyConfig(max_attempts=5, initial_delay=Duration.from_seconds(30)))
        return context.step(flaky(), config=StepConfig(retry_strategy=strategy))
    if do == "child":
        return context.run_in_child_context(child, name="child")
    if do == "callback":
        callback = context.create_callback(name="approval", config=CallbackConfig(timeout=Duration.from_seconds(300)))
        return callback.result()
    if do == "parallel":
        done = context.parallel([lambda inner, n=n: pause(inner, n) for n in (1, 2, 3)])
        return [item.result for item in done.all]
    if do == "kill":
        first = context.step(double(event["n"]), name="first")
        s3 = boto3.client("s3")
        if s3.list_objects_v2(Bucket="kills")["KeyCount"] == 0:
            s3.put_object(Bucket="kills", Key="one")
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        return first
    if do == "fail":
        raise RuntimeError("no good")
    if do == "invoke":
        return context.invoke(event["function"], {"do": "child"})


def pause(context: DurableContext, n: int) -> int:
    context.wait(Duration.from_seconds(60 * n))
    return n
"""


@cache
def package() -> bytes:
    """The deployment package."""
    buffer = io.BytesIO()
    root = Path(sdk.__file__).parent
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), SOURCE)
        for file in sorted(root.rglob("*.py")):
            archive.write(file, file.relative_to(root.parent))
    return buffer.getvalue()


def members(provider: str) -> dict[str, Any]:
    """CreateFunction's members: one process for an environment, because each imports boto3."""
    return {
        "CapacityProviderConfig": managed(provider, PerExecutionEnvironmentMaxConcurrency=1),
        "Code": {"ZipFile": package()},
        "DurableConfig": {"ExecutionTimeout": 900},
        "Timeout": 60,
    }
