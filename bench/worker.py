"""One side of the emulator's benchmark, in a process of its own: `plain` moto or moto with `lmi`.

Prints calls per second of each operation as JSON.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from bench.measure import seconds

_CALLS = 150
_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


@contextmanager
def endpoint(side: str, transport: str) -> Iterator[dict[str, Any]]:
    """Arguments for clients that reach the side, in this process or over HTTP."""
    if side == "lmi":
        import moto_lmi

        moto_lmi.enable()
    if transport == "process":
        with mock_aws():
            yield {}
    elif side == "plain":
        from moto.server import ThreadedMotoServer

        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        yield {"endpoint_url": "http://{}:{}".format(*server.get_host_and_port())}
        server.stop()
    else:
        import threading

        from moto_lmi.server import Emulator, make_http_server

        http_server = make_http_server(Emulator(), "127.0.0.1", 0)
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        yield {"endpoint_url": f"http://127.0.0.1:{http_server.port}"}
        http_server.shutdown()


def operations(at: dict[str, Any]) -> dict[str, Callable[[int], object]]:
    """The calls that both sides have, each with a number to make names from."""
    lambda_, ec2, iam = (boto3.client(name, "us-east-1", **at) for name in ("lambda", "ec2", "iam"))
    document = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): ...")
    code = {"ZipFile": buffer.getvalue()}
    common = {"Runtime": "python3.13", "Role": role, "Handler": "app.handler"}
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for number in range(6):
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.0.{number}.0/24")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=5, MaxCount=5, InstanceType="m8g.large")
    return {
        "CreateFunction": lambda n: lambda_.create_function(FunctionName=f"fn-{n}", Code=code, **common),
        "GetFunction": lambda n: lambda_.get_function(FunctionName=f"fn-{n}"),
        "GetFunctionConfiguration": lambda n: lambda_.get_function_configuration(FunctionName=f"fn-{n}"),
        "UpdateFunctionConfiguration": lambda n: lambda_.update_function_configuration(
            FunctionName=f"fn-{n}", Timeout=9
        ),
        "PublishVersion": lambda n: lambda_.publish_version(FunctionName=f"fn-{n}"),
        "CreateAlias": lambda n: lambda_.create_alias(FunctionName=f"fn-{n}", Name="live", FunctionVersion="1"),
        "DescribeSubnets": lambda n: ec2.describe_subnets(),
        "DescribeInstances": lambda n: ec2.describe_instances(),
        "DeleteFunction": lambda n: lambda_.delete_function(FunctionName=f"fn-{n}"),
    }


def main(side: str, transport: str) -> None:
    """Measure and print."""
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    rates = {}
    with endpoint(side, transport) as at:
        for name, call in operations(at).items():
            rates[name] = _CALLS / seconds(lambda call=call: [call(number) for number in range(_CALLS)])
    print(json.dumps(rates))


if __name__ == "__main__":
    main(*sys.argv[1:])
