"""Prices of other Regions: how they are repaired, and what stands in the table."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim import prices
from lmi_sim.prices import price_list
from lmi_sim.prices.families import family_and_size
from lmi_sim.prices.repair import repaired


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("c7g.large", ("c7g", 1)),
        ("c7g.xlarge", ("c7g", 2)),
        ("m7i-flex.2xlarge", ("m7i-flex", 4)),
        ("r8g.48xlarge", ("r8g", 96)),
        ("c7g.medium", None),
        ("c7g.metal", None),
        ("t3.large", None),
        ("c7g", None),
    ],
)
def test_sizes_are_multiples_of_large(name: str, expected: tuple[str, int] | None) -> None:
    """Bare metal, other families and names without a size have none."""
    assert family_and_size(name) == expected


@given(st.integers(1, 10**6), st.sets(st.sampled_from([0, 1, 2, 3]), max_size=3), st.integers(0, 3))
def test_repair_finds_the_price_through_zeros_and_dedicated_tenancy(
    micro_usd: int, zero: set[int], dedicated: int
) -> None:
    """As long as one size is right, the family is."""
    large = Decimal(micro_usd) / 10**6
    data = {}
    for index, (size, times) in enumerate((("large", 1), ("xlarge", 2), ("2xlarge", 4), ("4xlarge", 8))):
        price = large * times * (Decimal("1.1") if index == dedicated else 1)
        data[f"c7g.{size}"] = {"eu-west-1": 0.0 if index in zero else float(price)}
    right = set(range(4)) - zero - {dedicated}
    found = repaired(data).get(("eu-west-1", "c7g"))
    if right:
        assert found is not None
        assert float(found) == pytest.approx(float(large))


def test_a_region_of_the_repaired_table() -> None:
    """The fleet of a family costs in proportion, the source says that it was repaired, and newer types are missing."""
    assert len(prices.regions()) > 25
    large, four = (prices.instance(f"c7g.{size}", "eu-central-1") for size in ("large", "4xlarge"))
    assert four.usd_per_hour == 8 * large.usd_per_hour
    assert large.usd_per_hour > prices.on_demand_usd_per_hour("c7g.large") > 0
    assert (large.vcpus, large.memory_gib, large.architecture) == (2, 4.0, "arm64")
    assert "repaired" in prices.price_source("eu-central-1").source
    with pytest.raises(prices.UnknownInstanceType, match=r"c9g\.large' in eu-central-1; did you mean"):
        prices.instance("c9g.large", "eu-central-1")
    with pytest.raises(prices.UnknownRegion):
        prices.instance("c7g.large", "eu-middle-1")


def product(instance_type: str, usd: str, **attributes: str) -> str:
    """A product as the Price List API gives it (the shape of an EC2 offer file, AWS Billing user guide)."""
    return json.dumps(
        {
            "product": {
                "productFamily": "Compute Instance",
                "sku": "ABCDEFGH12345678",
                "attributes": {
                    "instanceType": instance_type,
                    "vcpu": "4",
                    "memory": "8 GiB",
                    "physicalProcessor": "AWS Graviton3 Processor",
                    "processorArchitecture": "64-bit",
                    **attributes,
                },
            },
            "serviceCode": "AmazonEC2",
            "terms": {
                "OnDemand": {
                    "ABCDEFGH12345678.JRTCKXETXF": {
                        "priceDimensions": {
                            "ABCDEFGH12345678.JRTCKXETXF.6YS6EN2CT7": {
                                "unit": "Hrs",
                                "pricePerUnit": {"USD": usd},
                                "description": f"${usd} per On Demand Linux {instance_type} Instance Hour",
                            }
                        },
                        "termAttributes": {},
                    }
                }
            },
        }
    )


def test_a_price_list_becomes_a_table_that_can_be_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refreshed table comes before the shipped one."""
    documents = [
        product("c7g.xlarge", "0.1500000000"),
        product("m7i.2xlarge", "0.4200000000", physicalProcessor="Intel Xeon", vcpu="8", memory="32 GiB"),
        product("t3.large", "0.0800000000"),
        product("r7g.metal", "3.0000000000"),
        product("c7g.large", "0.0000000000"),
    ]
    found = price_list.instances_of(documents)
    assert [item.instance_type for item in found] == ["c7g.xlarge", "m7i.2xlarge"]
    assert [item.architecture for item in found] == ["arm64", "x86_64"]
    (tmp_path / "us-east-1.csv").write_text(price_list.table(found, "us-east-1"), encoding="utf-8")
    monkeypatch.setenv(prices.FOLDER_VARIABLE, str(tmp_path))
    assert prices.on_demand_usd_per_hour("c7g.xlarge") == Decimal("0.15")
    assert prices.price_source().source.startswith("AWS Price List API")
    with pytest.raises(prices.UnknownInstanceType):
        prices.instance("c8g.xlarge")
    monkeypatch.delenv(prices.FOLDER_VARIABLE)
    assert prices.on_demand_usd_per_hour("c7g.xlarge") == Decimal("0.145")


@pytest.mark.parametrize("text", ["{}", "no JSON", product("c7g.large", "free")])
def test_what_is_no_product_is_refused(text: str) -> None:
    """The sentence shows the beginning of it."""
    with pytest.raises(ValueError, match="not a product of EC2"):
        price_list.instances_of([text])
