"""AWS's price list as a table of ours: the documents that `pricing:GetProducts` gives for EC2, without calling it.

A product is JSON with `product.attributes` (instanceType, vcpu, memory, physicalProcessor, …) and
`terms.OnDemand`, in which `priceDimensions` hold `pricePerUnit.USD`. Source of the shape: AWS Billing user guide,
"Reading the service price list file for an AWS service" (price list bulk API, offer files).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from lmi_sim.prices import Instance
from lmi_sim.prices.families import family_and_size

__all__ = ["FILTERS", "instances_of", "table"]

FILTERS = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
}
"""What to ask `GetProducts` for, besides `regionCode`."""


def instances_of(documents: Iterable[str]) -> list[Instance]:
    """The C, M and R types in the documents, by name. Raises ValueError for one that isn't a product of EC2."""
    found = {}
    for text in documents:
        try:
            product = json.loads(text)
            attributes = product["product"]["attributes"]
            instance_type = attributes["instanceType"]
            if family_and_size(instance_type) is None:
                continue
            for price in _usd(product):
                if price > 0:
                    found[instance_type] = Instance(
                        instance_type=instance_type,
                        architecture=_architecture(attributes),
                        vcpus=int(attributes["vcpu"]),
                        memory_gib=float(attributes["memory"].removesuffix(" GiB").replace(",", "")),
                        usd_per_hour=price,
                    )
        except (KeyError, TypeError, AttributeError, InvalidOperation, ValueError) as exc:
            raise ValueError(f"the price list holds what is not a product of EC2 ({exc!r}): {text[:80]}") from None
    return [found[name] for name in sorted(found)]


def _architecture(attributes: dict[str, Any]) -> str:
    processor = attributes.get("physicalProcessor", "")
    return (
        "arm64" if "Graviton" in processor or "ARM" in attributes.get("processorArchitecture", "").upper() else "x86_64"
    )


def _usd(product: dict[str, Any]) -> Iterator[Decimal]:
    for term in product["terms"]["OnDemand"].values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"] == "Hrs":
                yield Decimal(dimension["pricePerUnit"]["USD"]).normalize()


def table(instances: Iterable[Instance], region: str) -> str:
    """The instances as the CSV that `lmi_sim.prices` reads."""
    lines = ["instance_type,region,architecture,vcpus,memory_gib,usd_per_hour"]
    lines += [
        f"{item.instance_type},{region},{item.architecture},{item.vcpus},{item.memory_gib},{item.usd_per_hour:f}"
        for item in instances
    ]
    return "\n".join(lines) + "\n"
