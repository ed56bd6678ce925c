"""EC2 on-demand prices, from the tables in this folder; `prices.toml` says where each comes from.

What is missing is answered with `UnknownPrice`, a LookupError, which is either `UnknownRegion` or `UnknownInstanceType`.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "Instance",
    "PriceSource",
    "UnknownInstanceType",
    "UnknownPrice",
    "UnknownRegion",
    "instance",
    "instances",
    "on_demand_usd_per_hour",
    "price_source",
    "regions",
]


class UnknownPrice(LookupError):
    """There is no price for what was asked."""


class UnknownRegion(UnknownPrice):
    """There is no price table for the Region."""

    def __init__(self, region: object) -> None:
        super().__init__(f"no price table for Region {region!r}; there is one for {', '.join(regions())}")


class UnknownInstanceType(UnknownPrice):
    """The Region's table has no such instance type."""

    def __init__(self, instance_type: object, region: str) -> None:
        near = get_close_matches(str(instance_type), _table(region), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"no on-demand price for instance type {instance_type!r} in {region}{hint}")


@dataclass(frozen=True)
class PriceSource:
    """Where a price table comes from."""

    region: str
    file: str
    source: str
    checked: date
    confidence: str
    unit: str


@dataclass(frozen=True)
class Instance:
    """An EC2 instance type with its on-demand price in a Region (Linux, shared tenancy)."""

    instance_type: str
    architecture: str
    vcpus: int
    memory_gib: float
    usd_per_hour: Decimal


@cache
def _sources() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("prices.toml").read_text(encoding="utf-8"))


def regions() -> tuple[str, ...]:
    """The Regions for which there is a price table, in alphabetical order."""
    return tuple(sorted(_sources()))


def price_source(region: str = "us-east-1") -> PriceSource:
    """Where the Region's prices come from. Raises UnknownRegion."""
    if region not in _sources():
        raise UnknownRegion(region)
    return PriceSource(region=region, **_sources()[region])


@cache
def _table(region: str) -> dict[str, Instance]:
    text = files(__package__).joinpath(price_source(region).file).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["instance_type"]: Instance(
            instance_type=row["instance_type"],
            architecture=row["architecture"],
            vcpus=int(row["vcpus"]),
            memory_gib=float(row["memory_gib"]),
            usd_per_hour=Decimal(row["usd_per_hour"]),
        )
        for row in rows
    }


def instance(instance_type: str, region: str = "us-east-1") -> Instance:
    """An instance type of a Region's table, with its price.

    Raises UnknownRegion or UnknownInstanceType, both LookupErrors, with a sentence that names what there is.
    """
    if not isinstance(region, str) or region not in _sources():
        raise UnknownRegion(region)
    if not isinstance(instance_type, str) or instance_type not in _table(region):
        raise UnknownInstanceType(instance_type, region)
    return _table(region)[instance_type]


def instances(region: str = "us-east-1") -> tuple[Instance, ...]:
    """Every instance type of a Region's table. Raises UnknownRegion."""
    return tuple(_table(region).values())


def on_demand_usd_per_hour(instance_type: str, region: str = "us-east-1") -> Decimal:
    """The on-demand price of an EC2 instance (Linux, shared tenancy) in USD per hour, exact.

    The fee for managed instances is not in it. Raises as `instance` does.
    """
    return instance(instance_type, region).usd_per_hour
