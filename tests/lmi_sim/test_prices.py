"""On-demand prices: exact, with a source, and clear about what is missing."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from lmi_sim.prices import UnknownInstanceType, UnknownRegion, on_demand_usd_per_hour, price_source, regions


@pytest.mark.parametrize(
    ("instance_type", "usd_per_hour"),
    [
        ("m7g.xlarge", "0.1632"),  # the instance of AWS's own pricing example
        ("c7g.xlarge", "0.145"),  # its fee is listed as 0.02175, which is 15 % of this
        ("c8g.xlarge", "0.15952"),
        ("c9g.8xlarge", "1.39104"),
    ],
)
def test_prices_are_exact(instance_type: str, usd_per_hour: str) -> None:
    """A price is a Decimal that equals the published one."""
    price = on_demand_usd_per_hour(instance_type)
    assert isinstance(price, Decimal)
    assert price == Decimal(usd_per_hour)


def test_fee_of_the_published_price_list() -> None:
    """15 % of the table's prices are the management fees that AWS lists for the same types."""
    assert on_demand_usd_per_hour("c7i.xlarge") * Decimal("0.15") == Decimal("0.026775")
    assert on_demand_usd_per_hour("c7g.xlarge") * Decimal("0.15") == Decimal("0.02175")


def test_every_row_is_a_positive_price_of_its_region() -> None:
    """Each type stands once, in the table's Region, with a price above zero that grows with nothing else missing."""
    text = files("lmi_sim.prices").joinpath(price_source().file).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) > 900
    assert len({row["instance_type"] for row in rows}) == len(rows)
    assert {row["region"] for row in rows} == {"us-east-1"}
    assert all(on_demand_usd_per_hour(row["instance_type"]) > 0 for row in rows)


def test_twice_the_size_costs_twice() -> None:
    """Within a family the price follows the size, as it does for on-demand Linux."""
    for family in ("c8g", "m7g", "r8g", "c7i"):
        assert on_demand_usd_per_hour(f"{family}.2xlarge") == 2 * on_demand_usd_per_hour(f"{family}.xlarge")


def test_the_source_says_where_and_when() -> None:
    """Every table has a source, a date and a confidence."""
    assert "us-east-1" in regions()
    for region in regions():
        source = price_source(region)
        assert len(source.source) > 40
        assert isinstance(source.checked, date)
        assert source.confidence
        assert source.unit.startswith("USD per ")


def test_unknown_type_names_what_is_near() -> None:
    """A slip in the type is answered with types that exist."""
    with pytest.raises(UnknownInstanceType, match=r"'c8g\.xlage' in us-east-1; did you mean .*c8g\.xlarge"):
        on_demand_usd_per_hour("c8g.xlage")


@pytest.mark.parametrize("instance_type", [None, 4, "", ["c8g.xlarge"]])
def test_a_type_that_is_no_name_is_refused_the_same_way(instance_type: object) -> None:
    """Whatever is asked for, the answer is the same kind of error."""
    with pytest.raises(UnknownInstanceType, match="no on-demand price"):
        on_demand_usd_per_hour(instance_type)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("eu-west-7", "did you mean eu-west"),
        ("", "there is one for .*us-east-1"),
        (None, "there is one for"),
        (["us-east-1"], "did you mean us-east-1"),
    ],
)
def test_unknown_region_names_the_known(region: object, hint: str) -> None:
    """A Region without a table is refused with those that are near, or with all that have one."""
    with pytest.raises(UnknownRegion, match=hint):
        on_demand_usd_per_hour("c8g.xlarge", region)  # type: ignore[arg-type]
