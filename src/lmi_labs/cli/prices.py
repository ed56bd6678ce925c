"""`lmi-labs prices`: the price tables that plans rest on, and fresh ones from a real account."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lmi_labs.cli import CommandFailed, UsageError
from lmi_labs.progress import home

_REGION = "us-east-1"
_API_REGION = "us-east-1"  # where the Price List API answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="show prices with their source and date")
    show.add_argument("instance_type", nargs="*", metavar="INSTANCE_TYPE", help="default: all of the Region")
    show.add_argument("--region", default=_REGION, help=f"default: {_REGION}")
    show.add_argument("--json", action="store_true", help="print as JSON")
    refresh = actions.add_parser("refresh", help="read a Region's prices from AWS, with your credentials")
    refresh.add_argument("--region", default=_REGION, help=f"default: {_REGION}")


def run(args: argparse.Namespace) -> int:
    """Show or refresh. Returns 0."""
    use_refreshed()
    return _refresh(args) if args.action == "refresh" else _show(args)


def use_refreshed() -> None:
    """Let prices that were refreshed come before those that are shipped."""
    from lmi_sim import prices

    os.environ.setdefault(prices.FOLDER_VARIABLE, str(home() / "prices"))


def _show(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from lmi_sim import prices

    try:
        source = prices.price_source(args.region)
        names = args.instance_type or [item.instance_type for item in prices.instances(args.region)]
        found = [prices.instance(name, args.region) for name in names]
    except LookupError as exc:
        raise UsageError(exc.args[0]) from None
    if args.json:
        rows = [{**vars(item), "usd_per_hour": str(item.usd_per_hour)} for item in found]
        document = {"region": args.region, "source": source.source, "checked": str(source.checked), "instances": rows}
        print(json.dumps(document, indent=1))  # noqa: T201
        return 0
    table = Table(title=f"On-demand prices in {args.region}", caption=f"{source.source}; checked {source.checked}")
    for heading in ("instance type", "processor", "vCPUs", "GiB", "USD per hour", "with the fee of 15 %"):
        table.add_column(heading, justify="left" if heading in ("instance type", "processor") else "right")
    for item in found:
        fee = item.usd_per_hour * 115 / 100
        table.add_row(
            item.instance_type,
            item.architecture,
            str(item.vcpus),
            f"{item.memory_gib:g}",
            f"{item.usd_per_hour}",
            f"{fee:.5f}",
        )
    Console().print(table)
    return 0


def _refresh(args: argparse.Namespace) -> int:
    from rich.console import Console

    from lmi_sim import prices
    from lmi_sim.prices import price_list

    console = Console(stderr=True)
    target = prices.refreshed_file(args.region)
    with console.status(f"reading the prices of {args.region} from AWS") as status:
        documents = []
        for document in _products(args.region):
            documents.append(document)
            status.update(f"reading the prices of {args.region} from AWS: {len(documents):,} products")
    try:
        instances = price_list.instances_of(documents)
    except ValueError as exc:
        raise CommandFailed(f"{exc}; the table stays as it was") from None
    if not instances:
        raise CommandFailed(f"AWS lists no C, M or R instances in Region {args.region!r}; is the name right?")
    _write(target, price_list.table(instances, args.region))
    console.print(f"{len(instances):,} prices of {args.region} are in {target}.")
    return 0


def _products(region: str) -> Iterator[str]:
    """The products that AWS lists for the Region. Raises CommandFailed in one sentence when it can't be asked."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    from lmi_sim.prices import price_list

    wanted: list[Any] = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in {**price_list.FILTERS, "regionCode": region}.items()
    ]
    try:
        pages = boto3.client("pricing", region_name=_API_REGION).get_paginator("get_products")
        for page in pages.paginate(ServiceCode="AmazonEC2", Filters=wanted):
            yield from page["PriceList"]
    except NoCredentialsError:
        raise CommandFailed(
            "AWS needs credentials for its price list; configure them, for example with `aws login`"
        ) from None
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        fix = {
            "AccessDeniedException": "allow pricing:GetProducts",
            "ThrottlingException": "try again in a minute",
        }.get(code, "see the code")
        raise CommandFailed(f"AWS refused to list prices ({code}); {fix}; the table stays as it was") from None
    except BotoCoreError as exc:
        raise CommandFailed(f"AWS could not be asked for prices: {exc}; the table stays as it was") from None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as exc:
        raise CommandFailed(f"{path} can't be written: {exc.strerror}") from None
