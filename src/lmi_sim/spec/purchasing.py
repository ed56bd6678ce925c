"""The section [price]: how instance hours and default Lambda are bought, and what comes on top."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lmi_sim import sizing
from lmi_sim.cost import Extras
from lmi_sim.spec.errors import SpecError
from lmi_sim.spec.model import Pricing, Purchase

Table = Mapping[str, Any]

_PATH = "price"


def pricing(table: Table) -> Pricing:
    """What is paid. Raises SpecError with everything that is wrong; the Region isn't looked at."""
    found: list[str] = []
    purchases = _purchases(table, found)
    lambda_discount = _lambda_discount(table, found)
    extras = _extras(table.get("extras", {}), found)
    if found:
        raise SpecError(found)
    mean = sum((purchase.share * purchase.discount for purchase in purchases), Decimal(0))
    return Pricing(
        region=table.get("region", "us-east-1"),
        requests_per_month=_decimal(table["requests_per_month"]) if "requests_per_month" in table else None,
        ec2_discount=mean if purchases else _decimal(table.get("ec2_discount_percent", 0)) / 100,
        purchases=purchases,
        lambda_discount=lambda_discount,
        free_tier=table.get("free_tier", False),
        extras=extras,
    )


def _purchases(table: Table, found: list[str]) -> tuple[Purchase, ...]:
    if "purchase" in table and "ec2_discount_percent" in table:
        found.append(
            f"{_PATH}.ec2_discount_percent: the discount is given by {_PATH}.purchase already; keep one of them"
        )
    purchases = []
    for index, item in enumerate(table.get("purchase", ())):
        if ("option" in item) == ("discount_percent" in item):
            how = "not both" if "option" in item else "it has neither"
            found.append(f"{_PATH}.purchase[{index}]: either option or discount_percent is needed, {how}")
            continue
        percent = item.get("discount_percent")
        if percent is None:
            percent = sizing.constant("ec2_discount_percent")[item["option"]]
        label = item.get("label", item.get("option", f"{percent:g} % off"))
        purchases.append(Purchase(label, _decimal(item["share_percent"]) / 100, _decimal(percent) / 100))
    whole = sum((purchase.share for purchase in purchases), Decimal(0))
    if whole > 1:
        found.append(
            f"{_PATH}.purchase: the shares add up to {(whole * 100).normalize():f} %; at most 100 % can be bought"
        )
    return tuple(purchases)


def _lambda_discount(table: Table, found: list[str]) -> Decimal:
    if "lambda_savings_plan" not in table:
        return _decimal(table.get("lambda_discount_percent", 0)) / 100
    if "lambda_discount_percent" in table:
        found.append(
            f"{_PATH}.lambda_discount_percent: the discount is given by {_PATH}.lambda_savings_plan already; "
            "keep one of them"
        )
    return _decimal(sizing.constant("lambda_discount_percent")[table["lambda_savings_plan"]]) / 100


def _extras(table: Table, found: list[str]) -> Extras:
    values = {name.removesuffix("_per_month"): _decimal(value) for name, value in table.items()}
    try:
        return Extras(**values)
    except ValueError as exc:
        found.append(f"{_PATH}.extras: {exc}")
        return Extras()


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
