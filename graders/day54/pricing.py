"""Task 54.07: endpoints against NAT gateways, from the dated price table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day54.anchors import PRICES
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.cost import Extras, extras_bill, network_prices

Traffic = dict[str, float]
MEMBERS = ("endpoints", "nat", "cheaper")
FREE = ("s3", "dynamodb")
HOURS = 730
OPEN: tuple[tuple[Traffic, int], ...] = (
    ({"logs": 40}, 3),
    ({"logs": 40, "s3": 900}, 3),
    ({"logs": 2, "sqs": 1, "kms": 1, "sns": 1, "events": 1, "states": 1}, 3),
    ({"logs": 40, "api.example.com": 5}, 3),
    ({"logs": 300, "sqs": 200}, 1),
)
_TOLERANCE = 0.005


def right_price(gb: Traffic, zones: int) -> dict[str, Any]:
    """A month's price of both ways in USD, and which is cheaper; None for endpoints when a host is on the internet."""
    paid = {name: amount for name, amount in gb.items() if name not in FREE}
    total = Decimal(str(sum(paid.values())))
    at_all = Decimal(1 if paid else 0)
    nat = _bill(Extras(nat_gateways=zones * at_all, nat_gb=total))
    if any("." in name for name in paid):
        return {"endpoints": None, "nat": nat, "cheaper": "nat"}
    endpoints = _bill(Extras(interface_endpoints=Decimal(len(paid) * zones), endpoint_gb=total))
    return {"endpoints": endpoints, "nat": nat, "cheaper": "endpoints" if endpoints <= nat else "nat"}


def _bill(extras: Extras) -> float:
    return float(extras_bill(extras, mean_instances=Decimal(0), hours=Decimal(HOURS))["total"])


@task("54.07", title="PrivateLink or NAT, priced", points=9, syllabus=("54.2",), answers=("price_ways",), docs=PRICES)
def check_prices(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on a month of several workloads."""
    function: Any = answers["price_ways"]
    problem = not_a_function(function, "price", "price_ways(gb, zones)")
    if problem is not None:
        return problem
    problem = next((found for gb, zones in OPEN if (found := judge_price(function, gb, zones)) is not None), None)
    return problem or passed(
        "Few services: endpoints. Many services and little traffic: NAT. S3 and DynamoDB: neither, their gateway endpoints cost nothing."
    )


def judge_price(function: Any, gb: Traffic, zones: int) -> Verdict | None:
    """What is wrong with the function's prices; None when nothing is."""
    outcome, wanted = called(function, gb, zones), right_price(gb, zones)

    def wrong(misconception: str, message: str, step: str, credit: float = 0.3) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"price_ways({gb}, {zones}) gives {_rounded(wanted)}",
            found=outcome.error_text if outcome.error else shown(_rounded(outcome.value)),
            next_step=step,
            credit=credit,
        )

    if outcome.error is not None:
        return wrong(
            "price-raises",
            "The function raised an exception.",
            "It takes a dict from name to GB, and a number of zones.",
            0.0,
        )
    value = outcome.value
    if type(value) is not dict or set(value) != set(MEMBERS):
        return wrong(
            "price-form",
            "The result is not a dict with the three members.",
            f"Return a dict with {', '.join(MEMBERS)}.",
            0.0,
        )
    if not _is_price(value["nat"]):
        return wrong("price-nat-form", "The price of NAT is a number of USD.", "Return a number.", 0.0)
    if not _same(value["nat"], wanted["nat"]):
        return wrong(*_wrong_nat(float(value["nat"]), gb, zones))
    if wanted["endpoints"] is None and value["endpoints"] is not None:
        return wrong(
            "price-endpoint-for-internet",
            "A host on the internet has no endpoint of AWS. There is no price at which endpoints alone would do.",
            'Return None for "endpoints" when a name has a dot in it.',
            0.6,
        )
    if wanted["endpoints"] is not None and not _is_price(value["endpoints"]):
        return wrong("price-endpoints-form", "The price of endpoints is a number of USD here.", "Return a number.")
    if wanted["endpoints"] is not None and not _same(value["endpoints"], wanted["endpoints"]):
        return wrong(*_wrong_endpoints(float(value["endpoints"]), gb, zones))
    if value["cheaper"] != wanted["cheaper"]:
        return wrong(
            "price-cheaper",
            "Both prices are right, and the choice is not the cheaper one.",
            '"endpoints" or "nat", whichever costs less; "nat" when endpoints can\'t do it.',
            0.7,
        )
    return None


def _wrong_nat(value: float, gb: Traffic, zones: int) -> tuple[str, str, str]:
    prices = network_prices()
    hourly, per_gb = (float(prices["nat_gateway"][name]) for name in ("usd_per_hour", "usd_per_gb"))
    paid = {name: amount for name, amount in gb.items() if name not in FREE}
    everything, total = sum(gb.values()), sum(paid.values())
    if _same(value, zones * HOURS * hourly + everything * per_gb) and len(paid) < len(gb):
        return (
            "price-nat-s3",
            "S3 and DynamoDB need not go through NAT: a gateway endpoint takes their GB for nothing.",
            "Leave s3 and dynamodb out of both prices.",
        )
    if _same(value, HOURS * hourly + total * per_gb):
        return (
            "price-nat-one",
            "One NAT gateway stands in one zone. When that zone is lost, the others have no way out either.",
            "Count a NAT gateway for each zone.",
        )
    if _same(value, zones * HOURS * hourly):
        return "price-nat-no-traffic", "Each GB costs too, in either direction.", "Add the price per GB."
    if _same(value, total * per_gb):
        return (
            "price-nat-no-hours",
            "A NAT gateway costs by the hour, whether it is used or not.",
            "Add the hours of a month.",
        )
    if _same(value, zones * (HOURS * hourly + total * per_gb)):
        return (
            "price-nat-gb-each-zone",
            "The traffic goes through one of the gateways, not through each.",
            "Count the GB once.",
        )
    if any(_same(value, zones * hours * hourly + total * per_gb) for hours in (720, 744, 24)):
        return "price-hours", f"A month has {HOURS} hours here.", f"Multiply by {HOURS}."
    return "price-nat", "The price of NAT is not right.", "zones × 730 × the price per hour + GB × the price per GB."


def _wrong_endpoints(value: float, gb: Traffic, zones: int) -> tuple[str, str, str]:
    prices = network_prices()
    hourly, per_gb = (float(prices["interface_endpoint"][name]) for name in ("usd_per_hour", "usd_per_gb"))
    paid = {name: amount for name, amount in gb.items() if name not in FREE}
    count, total = len(paid), sum(paid.values())
    if _same(value, len(gb) * zones * HOURS * hourly + sum(gb.values()) * per_gb) and len(gb) > count:
        return (
            "price-endpoint-s3",
            "S3 and DynamoDB have gateway endpoints, without a price.",
            "Leave s3 and dynamodb out of both prices.",
        )
    if _same(value, count * HOURS * hourly + total * per_gb):
        return (
            "price-endpoint-one-zone",
            "An endpoint is paid for in each zone in which it stands.",
            "Multiply by zones.",
        )
    if _same(value, zones * HOURS * hourly + total * per_gb):
        return (
            "price-endpoint-for-all",
            "An interface endpoint serves one service. Each service needs its own.",
            "Multiply by the number of services.",
        )
    if _same(value, count * zones * HOURS * hourly):
        return "price-endpoint-no-traffic", "Each GB costs too, less than through NAT.", "Add the price per GB."
    return (
        "price-endpoints",
        "The price of endpoints is not right.",
        "services × zones × 730 × the price per hour + GB × the price per GB.",
    )


def _is_price(value: object) -> bool:
    return is_number(value) or (type(value) is Decimal and value.is_finite())


def _same(one: Any, other: Any) -> bool:
    return abs(float(one) - float(other)) < _TOLERANCE


def _rounded(value: object) -> object:
    if type(value) is not dict:
        return value
    return {str(key): round(float(item), 2) if _is_price(item) else item for key, item in value.items()}
