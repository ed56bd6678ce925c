"""How the table of the other Regions is made from apache-libcloud's price data, which needs repair.

    python -m lmi_sim.prices.repair pricing.json >other_regions.csv

`pricing.json` is in the wheel of apache-libcloud (Apache-2.0), under libcloud/data. Of its prices for C, M and R
families many are 0 and some are those of dedicated tenancy, 10 % higher. Within a family the price goes with the size,
so the lowest price above 0 of any size, taken to the size `large`, is the family's.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from decimal import Decimal

from lmi_sim.prices.families import family_and_size

__all__ = ["repaired"]

_REGION = re.compile(r"(?!us-gov)[a-z]{2}-[a-z]+-\d")  # commercial Regions, without local zones


def repaired(prices: Mapping[str, Mapping[str, float]]) -> dict[tuple[str, str], Decimal]:
    """The price of a `large` in USD per hour by Region and family, from prices by instance type and Region."""
    found: dict[tuple[str, str], Decimal] = {}
    for instance_type, by_region in prices.items():
        known = family_and_size(instance_type)
        if known is None:
            continue
        family, size = known
        for region, price in by_region.items():
            if price > 0:
                large = Decimal(str(price)) / size
                found[region, family] = min(large, found.get((region, family), large))
    return found


def main(path: str) -> None:
    """Write the table to standard output."""
    with open(path, encoding="utf-8") as file:
        prices = json.load(file)["compute"]["ec2_linux"]
    lines = ["region,family,usd_per_hour_large"]
    lines += [
        f"{region},{family},{price.normalize():f}"
        for (region, family), price in sorted(repaired(prices).items())
        if _REGION.fullmatch(region) and region != "us-east-1"
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
