"""Bills, against the examples that AWS and others have published, and against what must hold for any numbers."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim.cost import (
    Extras,
    Invocations,
    break_even_requests,
    compute_usd,
    default_lambda_bill,
    extras_bill,
    managed_instances_bill,
    network_prices,
    provisioned_bill,
    provisioned_break_even_utilisation,
)
from lmi_sim.prices import on_demand_usd_per_hour

CENT = D("0.01")
amounts = st.decimals(0, 10**12, places=2)


def invocations(requests: str, duration_ms: str, memory_mb: str) -> Invocations:
    """Invocations from text."""
    return Invocations(D(requests), D(duration_ms), D(memory_mb))


def test_the_one_example_that_aws_publishes() -> None:
    """100 million requests on 2,000 hours of m7g.xlarge with a discount of 72 %: 160.36 USD (Lambda pricing page)."""
    price = on_demand_usd_per_hour("m7g.xlarge")
    # The page rounds the discounted rate to 0.0457 before it multiplies.
    discount = 1 - D("0.0457") / price
    bill = managed_instances_bill(
        instance_hours=D(2000), on_demand_usd_per_hour=price, requests=D(10**8), discount=discount
    )
    rounded = {name: amount.quantize(CENT) for name, amount in bill.items()}
    assert rounded == {"requests": D("20.00"), "ec2": D("91.40"), "fee": D("48.96"), "total": D("160.36")}


def test_a_discount_never_touches_the_fee() -> None:
    """With 72 % off, an instance costs 43 % of its on-demand price."""
    price = on_demand_usd_per_hour("m7g.xlarge")
    bill = managed_instances_bill(instance_hours=D(1), on_demand_usd_per_hour=price, requests=D(0), discount=D("0.72"))
    assert bill["total"] / price == D("0.43")


def test_the_price_lists_own_fee() -> None:
    """The price list's management hour of c7g.xlarge is 0.02175 USD (AWSLambda offer, 2026-09-19)."""
    price = on_demand_usd_per_hour("c7g.xlarge")
    bill = managed_instances_bill(instance_hours=D(1), on_demand_usd_per_hour=price, requests=D(0))
    assert bill["fee"] == D("0.02175")


def test_published_examples_of_default_lambda() -> None:
    """A mobile backend costs 2.73 USD and a claims system 421.54 with the free tier (Lambda pricing page)."""
    mobile = invocations("3000000", "120", "1536")
    bill = default_lambda_bill(mobile.gb_seconds, mobile.requests, "x86_64", free_tier=True)
    assert bill["total"].quantize(CENT) == D("2.73")
    claims = default_lambda_bill(D(32_000_000), D(2_000_000), "arm64", free_tier=True)
    assert claims["compute"].quantize(CENT) == D("421.34")
    assert claims["requests"].quantize(CENT) == D("0.20")


def test_the_published_example_of_provisioned_concurrency() -> None:
    """100 environments of 1.5 GB for 8 hours, with half a million requests on them: 19.96 USD (Lambda pricing page)."""
    used, spilled = invocations("500000", "100", "1536"), invocations("2500000", "120", "1536")
    bill = provisioned_bill(
        kept_gb_seconds=D(100) * 8 * 3600 * 1536 / 1024,
        used_gb_seconds=used.gb_seconds,
        spilled_gb_seconds=spilled.gb_seconds,
        requests=used.requests + spilled.requests,
        architecture="x86_64",
        free_tier=True,
    )
    assert bill["total"].quantize(CENT) == D("19.96")


def test_provisioned_concurrency_pays_from_sixty_percent() -> None:
    """At 60 % utilisation both cost the same."""
    assert provisioned_break_even_utilisation("x86_64") == pytest.approx(D("0.6"), rel=D("1e-5"))


def test_break_even_against_three_small_instances() -> None:
    """Three m7g.large carry their cost from 38.5 million requests of 200 ms at 2 GB (derived)."""
    fleet = managed_instances_bill(
        instance_hours=D(3 * 730), on_demand_usd_per_hour=on_demand_usd_per_hour("m7g.large"), requests=D(0)
    )["total"]
    assert fleet == D("205.5096")
    requests = break_even_requests(fixed_usd=fleet, duration_ms=D(200), memory_mb=D(2048), architecture="arm64")
    assert requests == pytest.approx(D("38532857.33571332"), rel=D("1e-9"))


def test_durations_are_rounded_up_and_init_is_billed() -> None:
    """12.3 ms are billed as 13; 1 % cold starts of 350 ms add 58 cents to ten million requests."""
    assert invocations("1000000000", "12.3", "128").gb_seconds * D("0.0000166667") == D("27.0833875")
    cold = Invocations(D(10**7), D(100), D(1024), D("0.01"), D(350))
    assert compute_usd(cold.init_gb_seconds, "x86_64") == pytest.approx(D("0.5833345"), rel=D("1e-9"))


def test_tiers() -> None:
    """20 billion GB-seconds on arm64 go through all three tiers."""
    assert compute_usd(D(20_000_000_000), "arm64") == D("248335.0")


@given(amounts, amounts, st.sampled_from(["x86_64", "arm64"]))
def test_more_is_never_cheaper_and_tiers_only_help(one: D, other: D, architecture: str) -> None:
    """Price grows with use, and two bills together are never below one bill for both."""
    both = compute_usd(one + other, architecture)
    assert both >= compute_usd(one, architecture)
    assert both <= compute_usd(one, architecture) + compute_usd(other, architecture)


@given(amounts, st.decimals(0, 1, places=4))
def test_a_bill_adds_up(hours: D, discount: D) -> None:
    """The total is the sum of the lines, and no discount makes it less than the fee."""
    bill = managed_instances_bill(
        instance_hours=hours, on_demand_usd_per_hour=D("0.1632"), requests=D(5), discount=discount
    )
    assert bill["total"] == bill["requests"] + bill["ec2"] + bill["fee"]
    assert bill["total"] >= bill["fee"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Invocations(D(-1), D(1), D(1)), "requests -1"),
        (lambda: Invocations(D("NaN"), D(1), D(1)), "requests NaN"),
        (lambda: Invocations(D(1), D(1), D(1), D(2)), "cold_fraction 2"),
        (lambda: compute_usd(D(1), "mips"), "architecture 'mips'"),
        (
            lambda: managed_instances_bill(
                instance_hours=D(1), on_demand_usd_per_hour=D(1), requests=D(0), discount=D("1.5")
            ),
            "discount 1.5",
        ),
    ],
)
def test_wrong_numbers_are_named(make: object, words: str) -> None:
    """The value and the rule stand in the error."""
    with pytest.raises((ValueError, LookupError), match=words):
        make()  # type: ignore[operator]


def test_what_the_network_costs_has_a_source_and_a_date() -> None:
    """The prices that a bill of extras uses, each with where and when it was looked up; gateway endpoints are free."""
    prices = network_prices()
    assert set(prices) == {"nat_gateway", "interface_endpoint", "gateway_endpoint"}
    assert all(price["source"].startswith("https://") and price["checked"].year >= 2026 for price in prices.values())
    assert D(prices["gateway_endpoint"]["usd_per_hour"]) == D(prices["gateway_endpoint"]["usd_per_gb"]) == 0
    one = extras_bill(Extras(nat_gateways=D(1), nat_gb=D(1)), mean_instances=D(0), hours=D(1))
    assert one["total"] == sum(D(prices["nat_gateway"][name]) for name in ("usd_per_hour", "usd_per_gb"))
