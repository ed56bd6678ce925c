"""`lmi-labs reach`: whether the instances of a capacity provider reach a destination, in an emulator or a real account."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from lmi_labs.cli import CommandFailed, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("provider", metavar="PROVIDER", help="a capacity provider's name or ARN")
    parser.add_argument(
        "destination",
        nargs="+",
        metavar="DESTINATION",
        help="a service (logs, s3), host[:port], address[:port], instance or network interface id",
    )
    parser.add_argument("--action", help="the call that endpoint policies must allow, such as logs:PutLogEvents")
    parser.add_argument("--endpoint-url", metavar="URL", help="the emulator's; default: boto3's settings")
    parser.add_argument("--region", help="default: boto3's settings")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the verdicts. Returns 0 when every subnet reaches every destination, else 1."""
    from rich.console import Console
    from rich.markdown import Markdown

    from moto_lmi import network

    try:
        wanted = [network.destination(text, action=args.action) for text in args.destination]
        verdicts = _verdicts(args, wanted)
    except network.NetworkError as exc:
        raise UsageError(str(exc)) from None
    if args.json:
        document = [{**asdict(verdict), "reachable": verdict.reachable} for verdict in verdicts]
        print(json.dumps(document, indent=1))  # noqa: T201
    else:
        for verdict in verdicts:
            Console().print(Markdown(network.markdown(verdict)))
    return 0 if all(verdict.reachable == "all" for verdict in verdicts) else 1


def _verdicts(args: argparse.Namespace, wanted: list[Any]) -> list[Any]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    from moto_lmi import network

    try:
        session = boto3.session.Session(region_name=args.region)
        answer = session.client("lambda", endpoint_url=args.endpoint_url).get_capacity_provider(
            CapacityProviderName=args.provider
        )
        vpc = answer["CapacityProvider"]["VpcConfig"]
        ec2 = session.client("ec2", endpoint_url=args.endpoint_url)
        return [network.reach(ec2, vpc["SubnetIds"], vpc["SecurityGroupIds"], item) for item in wanted]
    except (BotoCoreError, ClientError) as exc:
        raise CommandFailed(f"the account can't be read: {exc}") from exc
