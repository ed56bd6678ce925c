"""EC2 on-demand prices, from the tables in this folder; `prices.toml` says where each comes from.

A table that was refreshed from a real account comes before them: `<folder>/<region>.csv`, where LMI_SIM_PRICES names
the folder.

What is missing is answered with `UnknownPrice`, a LookupError, which is either `UnknownRegion` or `UnknownInstanceType`.
"""

from __future__ import annotations

import csv
import os
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lmi_sim.prices.families import family_and_size

__all__ = [
    "FOLDER_VARIABLE",
    "Instance",
    "PriceSource",
    "UnknownInstanceType",
    "UnknownPrice",
    "UnknownRegion",
    "instance",
    "instances",
    "on_demand_usd_per_hour",
    "price_source",
    "refreshed_file",
    "refreshed_folder",
    "regions",
]


FOLDER_VARIABLE = "LMI_SIM_PRICES"
"""The environment variable that names the folder of refreshed tables."""
_HOME, _OTHERS = "us-east-1", "other_regions"
_UNIT = "USD per instance-hour"


class UnknownPrice(LookupError):
    """There is no price for what was asked."""


class UnknownRegion(UnknownPrice):
    """There is no price table for the Region."""

    def __init__(self, region: object) -> None:
        near = get_close_matches(str(region), regions(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there is one for {', '.join(regions())}"
        super().__init__(f"no price table for Region {region!r}; {hint}")


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


@cache
def _others() -> dict[str, dict[str, Decimal]]:
    """By Region and family the price of the size large."""
    text = files(__package__).joinpath(_sources()[_OTHERS]["file"]).read_text(encoding="utf-8")
    found: dict[str, dict[str, Decimal]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["region"], {})[row["family"]] = Decimal(row["usd_per_hour_large"])
    return found


def regions() -> tuple[str, ...]:
    """The Regions for which there is a price table, in alphabetical order."""
    return tuple(sorted({_HOME, *_others(), *_refreshed_regions()}))


def price_source(region: str = "us-east-1") -> PriceSource:
    """Where the Region's prices come from. Raises UnknownRegion."""
    if not isinstance(region, str) or region not in regions():
        raise UnknownRegion(region)
    if region in _refreshed_regions():
        file = refreshed_file(region)
        day = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC).date()
        return PriceSource(region, str(file), "AWS Price List API, read in your account", day, "AWS price list", _UNIT)
    entry = _sources()[region if region == _HOME else _OTHERS]
    return PriceSource(region=region, **entry)


def refreshed_folder() -> Path | None:
    """Where refreshed tables lie, None if no folder is named."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else None


def refreshed_file(region: str) -> Path:
    """Where a Region's refreshed table lies. Raises LookupError when no folder is named."""
    folder = refreshed_folder()
    if folder is None:
        raise LookupError(f"no folder for refreshed prices is named; set {FOLDER_VARIABLE}")
    return folder / f"{region}.csv"


def _refreshed_regions() -> tuple[str, ...]:
    folder = refreshed_folder()
    return tuple(path.stem for path in folder.glob("*.csv")) if folder and folder.is_dir() else ()


def _table(region: str) -> dict[str, Instance]:
    if region in _refreshed_regions():
        file = refreshed_file(region)
        return _read(file.read_text(encoding="utf-8"))
    return _shipped(region)


@cache
def _shipped(region: str) -> dict[str, Instance]:
    if region == _HOME:
        return _read(files(__package__).joinpath(_sources()[_HOME]["file"]).read_text(encoding="utf-8"))
    found = {}
    for item in _shipped(_HOME).values():
        known = family_and_size(item.instance_type)
        large = _others()[region].get(known[0]) if known else None
        if known and large is not None:
            found[item.instance_type] = replace(item, usd_per_hour=large * known[1])
    return found


@cache
def _read(text: str) -> dict[str, Instance]:
    return {
        row["instance_type"]: Instance(
            instance_type=row["instance_type"],
            architecture=row["architecture"],
            vcpus=int(row["vcpus"]),
            memory_gib=float(row["memory_gib"]),
            usd_per_hour=Decimal(row["usd_per_hour"]),
        )
        for row in csv.DictReader(text.splitlines())
    }


def instance(instance_type: str, region: str = "us-east-1") -> Instance:
    """An instance type of a Region's table, with its price.

    Raises UnknownRegion or UnknownInstanceType, both LookupErrors, with a sentence that names what there is.
    """
    if not isinstance(region, str) or region not in regions():
        raise UnknownRegion(region)
    if not isinstance(instance_type, str) or instance_type not in _table(region):
        raise UnknownInstanceType(instance_type, region)
    return _table(region)[instance_type]


def instances(region: str = "us-east-1") -> tuple[Instance, ...]:
    """Every instance type of a Region's table. Raises UnknownRegion."""
    if region not in regions():
        raise UnknownRegion(region)
    return tuple(_table(region).values())


def on_demand_usd_per_hour(instance_type: str, region: str = "us-east-1") -> Decimal:
    """The on-demand price of an EC2 instance (Linux, shared tenancy) in USD per hour, exact.

    The fee for managed instances is not in it. Raises as `instance` does.
    """
    return instance(instance_type, region).usd_per_hour
