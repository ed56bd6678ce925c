"""Invoke over HTTP: beside the direct loop on the same awslambdaric, and beside moto's own path to the same environment."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from bench.measure import ROUNDS, Row, median

CONCURRENCY = 8
_CALLS = 2_000
_MOTO_CALLS = 400
_GOAL = 2_000
_BODY = b'{"hello": "world"}'
_SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
_HANDLER = "def handler(event, context):\n    return event\n"
_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


class _Client(asyncio.Protocol):
    """A connection that sends the next request when the answer is there."""

    def __init__(self, run: _Run) -> None:
        self._run, self._buffer = run, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._run.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        name = b"content-length:"
        length = int(head.lower().partition(name)[2].split(b"\r\n", 1)[0]) if name in head.lower() else 0
        if len(body) < length:
            return
        assert head.split(b" ", 2)[1] == self._run.expected, head
        self._buffer = body[length:]
        self._run.times.append(time.perf_counter() - self._asked)
        if len(self._run.times) >= self._run.calls:
            self._run.done.set()
        elif head.startswith(b"HTTP/1.1") and b"\r\nconnection: close" not in head.lower():
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._run.done.is_set():  # moto's server ends the connection after every answer
            self._run.connect_again()


class _Run:
    """So many calls over so many connections."""

    def __init__(self, port: int, calls: int, name: str, kind: str) -> None:
        self.port = port
        self.calls, self.times, self.done = calls, [0.0][:0], asyncio.Event()
        self.expected = b"202" if kind == "Event" else b"200"
        head = (
            f"POST /2015-03-31/functions/{name}/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {_SIGNED}\r\n"
            f"X-Amz-Invocation-Type: {kind}\r\nContent-Length: {len(_BODY)}\r\n\r\n"
        )
        self.request = head.encode() + _BODY
        self._again: set[asyncio.Task[object]] = set()

    def connect_again(self) -> None:
        """Another connection in place of one that ended."""
        loop = asyncio.get_running_loop()
        task: asyncio.Task[object] = loop.create_task(
            loop.create_connection(lambda: _Client(self), "127.0.0.1", self.port)
        )
        self._again.add(task)
        task.add_done_callback(self._again.discard)


async def _load(port: int, name: str, calls: int, kind: str = "RequestResponse") -> tuple[float, list[float]]:
    """Calls a second and their times in seconds."""
    run = _Run(port, calls, name, kind)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    clients = [await loop.create_connection(lambda: _Client(run), "127.0.0.1", port) for _ in range(CONCURRENCY)]
    await run.done.wait()
    took = time.perf_counter() - began
    for transport, _ in clients:
        transport.close()
    return len(run.times) / took, run.times


def _server() -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-m", "lmi_labs", "serve", "--port", "0", "--speed", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline().rsplit(":", 1)[1])


def _client(port: int, service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=CONCURRENCY, read_timeout=300)
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    return session.client(service, endpoint_url=f"http://127.0.0.1:{port}", config=config)


def _archive(source: str = _HANDLER) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), source)
    return buffer.getvalue()


def _advance(port: int, seconds: float) -> None:
    import urllib.request

    path = f"http://127.0.0.1:{port}/moto-api/lmi/advance?seconds={seconds}"
    urllib.request.urlopen(urllib.request.Request(path, method="POST"), timeout=60).close()


def publish(port: int, name: str = "fn", source: str = _HANDLER) -> None:
    """A published function on a provider, with one environment of eight workers."""
    iam, ec2, lambda_ = (_client(port, service) for service in ("iam", "ec2", "lambda"))
    document = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = "arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
    iam.attach_role_policy(RoleName="bench", PolicyArn=policy)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    provider = lambda_.create_capacity_provider(
        CapacityProviderName="bench",
        VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": []},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": role},
    )["CapacityProvider"]["CapacityProviderArn"]
    _advance(port, 5)
    config = {"CapacityProviderArn": provider, "PerExecutionEnvironmentMaxConcurrency": CONCURRENCY}
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": _archive(source)},
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": config},
    )
    _advance(port, 5)
    lambda_.publish_version(FunctionName=name, PublishTo="LATEST_PUBLISHED")
    _advance(port, 150)
    scaling = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 1}
    lambda_.put_function_scaling_config(FunctionName=name, Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=scaling)
    _advance(port, 120)


def moto_server() -> None:
    """In a process of its own: moto's threaded server with its backend's `invoke` on one environment of eight workers.

    What moto itself would do, start a container for each call, can't be compared; this is its path and our data plane.
    """
    import tempfile
    from pathlib import Path

    from moto.awslambda.models import LambdaBackend
    from moto.server import ThreadedMotoServer

    from moto_lmi.runtime import DataPlane, EnvironmentSpec, Invocation

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    (place / "app.py").write_text(_HANDLER, encoding="utf-8")
    plane = DataPlane()
    spec = EnvironmentSpec("bench", "app.handler", place, max_concurrency=CONCURRENCY, timeout_s=60)
    environment = plane.environment(spec)
    assert environment.start().result().error is None

    def invoke(_backend: Any, _name: str, _qualifier: Any, body: Any, _headers: Any, _answer: Any) -> bytes:
        payload = body.encode() if isinstance(body, str) else body
        return environment.invoke(Invocation(payload)).result().payload  # type: ignore[union-attr]

    LambdaBackend.invoke = invoke  # type: ignore[method-assign]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    print(server.get_host_and_port()[1], flush=True)
    threading.Event().wait()


def _boto_rate(port: int, name: str, calls: int) -> float:
    """Calls a second by boto3, from eight threads."""
    lambda_ = _client(port, "lambda")

    def call(_number: int) -> None:
        lambda_.invoke(FunctionName=name, Payload=_BODY)["Payload"].read()

    with ThreadPoolExecutor(CONCURRENCY) as pool:
        list(pool.map(call, range(CONCURRENCY)))
        began = time.perf_counter()
        list(pool.map(call, range(calls)))
        return calls / (time.perf_counter() - began)


def _at(times: list[float], share: float) -> float:
    return sorted(times)[round(share * (len(times) - 1))] * 1000


def echo(bare: float) -> Iterator[Row]:
    """Raw HTTP clients and boto3 against the server, beside the bare loop's rate and moto's own path."""
    server, port = _server()
    command = [sys.executable, "-c", "from bench.invoking import moto_server; moto_server()"]
    moto = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        publish(port)
        assert moto.stdout is not None
        moto_port = int(moto.stdout.readline())
        for at in (port, moto_port):
            asyncio.run(_load(at, "fn", 4 * CONCURRENCY))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(asyncio.run(_load(port, "fn", _CALLS)))
            theirs.append(asyncio.run(_load(moto_port, "fn", _MOTO_CALLS)))
        rate, moto_rate = (median([rate for rate, _ in side]) for side in (ours, theirs))
        what = f"HTTP invoke of an echo, {CONCURRENCY} at once"
        yield Row(
            f"{what}, beside moto's path",
            f"{rate:,.0f}/s",
            f"{moto_rate:,.0f}/s",
            f"{rate / moto_rate:.1f} ×",
            f"≥ {_GOAL:,}/s",
        )
        yield Row("  the same beside the bare loop", f"{rate:,.0f}/s", f"{bare:,.0f}/s", f"{rate / bare:.2f} ×")
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            here, there = (median([_at(times, share) for _, times in side]) for side in (ours, theirs))
            yield Row(f"  its latency, {name}", f"{here:.2f} ms", f"{there:.2f} ms", f"{here / there:.2f} ×")
        by_boto, moto_by_boto = _boto_rate(port, "fn", _MOTO_CALLS), _boto_rate(moto_port, "fn", _MOTO_CALLS)
        yield Row(
            "  by boto3 from 8 threads",
            f"{by_boto:,.0f}/s",
            f"{moto_by_boto:,.0f}/s",
            f"{by_boto / moto_by_boto:.1f} ×",
        )
    finally:
        for process in (server, moto):
            process.terminate()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
