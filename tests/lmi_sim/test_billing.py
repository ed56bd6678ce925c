"""A simulated result as the bill of a month."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lmi_sim import cost, spec
from lmi_sim.billing import monthly_bill
from lmi_sim.engine import simulate
from lmi_sim.spec import Spec
from tests.lmi_sim.test_spec import GOOD


def made(**price: object) -> Spec:
    """A steady load of 10 requests a second, evenly, 55 ms each."""
    document = GOOD | {
        "traffic": {"shape": "steady", "rate_rps": 10, "duration_s": 600, "arrivals": "deterministic"},
        "workload": GOOD["workload"]
        | {
            "memory_mb": 2048,
            "cpu": {"distribution": "deterministic", "value_ms": 5},
            "io": {"distribution": "deterministic", "value_ms": 50},
            "init": {"distribution": "deterministic", "value_ms": 0},
        },
        "price": price,
    }
    return spec.parse(document)


def bill(name: str, **price: object) -> cost.Bill:
    """The month's bill under a policy."""
    this = made(**price)
    return monthly_bill(this, name, simulate(this.scenario(name)))


def test_managed_instances_are_paid_by_the_hour_with_the_fee() -> None:
    """Three c8g.xlarge for 730 hours, 15 % on top, and 26 million requests: worked by hand."""
    found = bill("managed_instances")
    assert found["ec2"] == pytest.approx(Decimal("349.3488"))
    assert found["fee"] == pytest.approx(Decimal("52.40232"))
    assert found["requests"] == pytest.approx(Decimal("5.256"), rel=Decimal("0.001"))
    assert sum(amount for line, amount in found.items() if line != "total") == found["total"]


def test_default_lambda_is_paid_by_the_millisecond() -> None:
    """26.28 million requests of 55 ms at 2 GB on arm64: worked by hand."""
    found = bill("default_lambda")
    assert found["compute"] == pytest.approx(Decimal("38.5444"), rel=Decimal("0.002"))


def test_requests_per_month_scale_what_is_paid_for_requests_alone() -> None:
    """Ten times the requests cost ten times as much on default Lambda; instances stand as long as before."""
    assert bill("default_lambda", requests_per_month=262_800_000)["compute"] == pytest.approx(
        10 * bill("default_lambda")["compute"], rel=Decimal("0.002")
    )
    assert bill("managed_instances", requests_per_month=262_800_000)["ec2"] == bill("managed_instances")["ec2"]


def test_discounts_touch_what_they_may() -> None:
    """On managed instances the EC2 line and never the fee; on default Lambda compute and never requests."""
    managed, cheaper = bill("managed_instances"), bill("managed_instances", ec2_discount_percent=72)
    assert cheaper["ec2"] == managed["ec2"] * Decimal("0.28")
    assert cheaper["fee"] == managed["fee"]
    default, planned = bill("default_lambda"), bill("default_lambda", lambda_discount_percent=12)
    assert planned["compute"] == default["compute"] * Decimal("0.88")
    assert planned["requests"] == default["requests"]


def test_provisioned_concurrency_is_paid_whether_used_or_not() -> None:
    """Five environments of 2 GB, all month, and what ran in them at the lower rate."""
    found = bill("provisioned_concurrency")
    assert found["kept"] == pytest.approx(5 * 2 * 730 * 3600 * Decimal("0.0000033334"))
    assert found["on_demand"] == 0
    assert found["used"] > 0


def test_extras_are_lines_of_their_own() -> None:
    """A NAT gateway in each of three zones with 1,000 GB, two endpoints in three zones, 100 GB of logs: worked by hand."""
    extras = {"nat_gateways": 3, "nat_gb_per_month": 1000, "interface_endpoints": 6, "log_gb_per_month": 100}
    found = bill("managed_instances", extras=extras)
    assert found["network"] == pytest.approx(Decimal("187.35"))
    assert found["logs"] == 50
    assert found["total"] == bill("managed_instances")["total"] + found["network"] + 50
    assert bill("default_lambda", extras=extras) == bill("default_lambda")


def test_volumes_are_paid_for_each_instance_at_a_price_that_must_be_given() -> None:
    """AWS states neither their size nor their price."""
    priced = {"volume_gb_per_instance": 100, "volume_usd_per_gb_month": 0.1, "other_usd_per_month": 7}
    assert bill("managed_instances", extras=priced)["volumes"] == pytest.approx(30)
    assert bill("managed_instances", extras=priced)["others"] == 7
    with pytest.raises(spec.SpecError, match=r"price\.extras: volume_gb_per_instance needs volume_usd_per_gb_month"):
        bill("managed_instances", extras={"volume_gb_per_instance": 100})
