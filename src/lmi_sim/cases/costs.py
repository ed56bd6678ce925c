"""Cases of cost: bills of default Lambda, provisioned concurrency and managed instances, and where they meet.

Prices that the inputs don't give come from `lmi_sim.prices` and Lambda's price list; those that they give win.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from lmi_sim import cost
from lmi_sim.cases.inputs import Inputs
from lmi_sim.prices import on_demand_usd_per_hour

__all__ = [
    "break_even",
    "default_lambda",
    "managed_instances",
    "management_fee",
    "provisioned",
    "provisioned_break_even",
]

_ARCHITECTURES = {"x86": "x86_64", "x86_64": "x86_64", "arm": "arm64", "arm64": "arm64"}
_HOURS_PER_MONTH = 730
_FREE_EPHEMERAL_MB = 512
_KEPT_ROUND_S = 300
"""Provisioned concurrency is billed in steps of five minutes."""


def architecture(inputs: Inputs) -> str:
    """The architecture as the price list writes it; x86_64 when it isn't given, as in CreateFunction."""
    return inputs.choice("arch", _ARCHITECTURES, "x86_64")


def _numbers(**values: Decimal) -> dict[str, object]:
    return {name: float(value) for name, value in values.items()}


def default_lambda(inputs: Inputs) -> dict[str, object]:
    """Default Lambda: `compute`, `requests`, `total` and what else is billed.

    `compute` includes `init_part`; `wrong_if_not_rounded` is what compute would be without rounding up to milliseconds.
    """
    arch, requests = architecture(inputs), inputs.decimal("requests", 0)
    duration_ms, memory_mb = inputs.decimal("duration_ms", 0), inputs.decimal("memory_mb", 0)
    each = cost.Invocations(
        requests, duration_ms, memory_mb, inputs.decimal("cold_fraction", 0), inputs.decimal("init_ms", 0)
    )
    handled = each.gb_seconds
    if "gb_seconds" in inputs:
        handled = inputs.decimal("gb_seconds")
    elif "total_seconds" in inputs:
        handled = inputs.decimal("total_seconds") * memory_mb / 1024
    compute = _compute(inputs, handled + each.init_gb_seconds, arch)
    lines = {
        "compute": compute,
        "requests": _requests(inputs, requests),
        "epu": _extra(inputs, "epu_hours", "epu_price"),
        "streaming": _extra(inputs, "streamed_billable_gb", "stream_price"),
        "ephemeral": _ephemeral(inputs, each),
    }
    answers = {**lines, "total": sum(lines.values(), Decimal(0)), "gb_seconds": handled + each.init_gb_seconds}
    answers["init_part"] = compute - _compute(inputs, handled, arch)
    if "duration_ms" in inputs:
        exact = requests * duration_ms / 1000 * memory_mb / 1024
        answers["wrong_if_not_rounded"] = _compute(inputs, exact + each.init_gb_seconds, arch)
    return _numbers(**answers)


def _compute(inputs: Inputs, gb_seconds: Decimal, arch: str) -> Decimal:
    free = inputs.flag("free_tier") or inputs.flag("free_tier_compute_only")
    bill = cost.default_lambda_bill(gb_seconds, Decimal(0), arch, free_tier=free)
    return bill["compute"] * (1 - inputs.decimal("discount", 0))


def _requests(inputs: Inputs, requests: Decimal) -> Decimal:
    return cost.default_lambda_bill(Decimal(0), requests, "x86_64", free_tier=inputs.flag("free_tier"))["requests"]


def _extra(inputs: Inputs, amount: str, price: str) -> Decimal:
    return inputs.decimal(amount) * _price(inputs, amount, price) if amount in inputs else Decimal(0)


def _ephemeral(inputs: Inputs, each: cost.Invocations) -> Decimal:
    """Storage in /tmp beyond the 512 MB that are free, for as long as the handler runs."""
    if "ephemeral_mb" not in inputs:
        return Decimal(0)
    if "duration_ms" not in inputs and "total_seconds" not in inputs:
        raise ValueError("ephemeral_mb needs duration_ms or total_seconds, for how long it is used")
    stored = replace(each, memory_mb=max(Decimal(0), inputs.decimal("ephemeral_mb") - _FREE_EPHEMERAL_MB))
    gb_seconds = stored.gb_seconds
    if "total_seconds" in inputs:
        gb_seconds = inputs.decimal("total_seconds") * stored.memory_mb / 1024
    return gb_seconds * _price(inputs, "ephemeral_mb", "ephemeral_price")


def _price(inputs: Inputs, amount: str, price: str) -> Decimal:
    if price not in inputs:
        raise ValueError(f"{amount} needs {price}, which Lambda's price list here doesn't hold")
    return inputs.decimal(price)


def provisioned(inputs: Inputs) -> dict[str, object]:
    """Provisioned concurrency: `pc` (kept), `pc_duration` (used), `od_duration` (spilled over), `requests`, `total`."""
    memory_mb = inputs.decimal("memory_mb")
    used = cost.Invocations(inputs.decimal("pc_requests", 0), inputs.decimal("pc_duration_ms", 0), memory_mb)
    spilled = cost.Invocations(inputs.decimal("od_requests", 0), inputs.decimal("od_duration_ms", 0), memory_mb)
    kept_s = (inputs.decimal("pc_hours") * 3600 / _KEPT_ROUND_S).to_integral_value(ROUND_CEILING) * _KEPT_ROUND_S
    bill = cost.provisioned_bill(
        kept_gb_seconds=inputs.decimal("pc") * kept_s * memory_mb / 1024,
        used_gb_seconds=used.gb_seconds,
        spilled_gb_seconds=spilled.gb_seconds,
        requests=used.requests + spilled.requests,
        architecture=architecture(inputs),
        free_tier=inputs.flag("free_tier_on_od_and_requests") or inputs.flag("free_tier"),
    )
    return _numbers(
        pc=bill["kept"],
        pc_duration=bill["used"],
        od_duration=bill["on_demand"],
        requests=bill["requests"],
        total=bill["total"],
    )


def provisioned_break_even(inputs: Inputs) -> dict[str, object]:
    """From which `utilisation` provisioned concurrency is cheaper: from prices per GB-second, or of an architecture."""
    if "pc" not in inputs:
        return _numbers(utilisation=cost.provisioned_break_even_utilisation(architecture(inputs)))
    kept, used, on_demand = inputs.decimal("pc"), inputs.decimal("pd"), inputs.decimal("od")
    if used >= on_demand:
        raise ValueError(
            f"there is no break-even when used time (pd {used}) is no cheaper than on demand (od {on_demand})"
        )
    return _numbers(utilisation=kept / (on_demand - used))


def managed_instances(inputs: Inputs) -> dict[str, object]:
    """Managed instances: `requests`, `ec2`, `fee`, `total`, and `effective_multiplier` on the on-demand price."""
    bill = _managed_bill(inputs)
    on_demand = _instance_hours(inputs) * _on_demand(inputs)
    answers = _numbers(**bill)
    if on_demand > 0:
        answers["effective_multiplier"] = float((bill["ec2"] + bill["fee"]) / on_demand)
    return answers


def _managed_bill(inputs: Inputs) -> dict[str, Decimal]:
    hours, on_demand = _instance_hours(inputs), _on_demand(inputs)
    discounted = inputs.decimal("discounted_hourly", on_demand * (1 - _share(inputs, "discount")))
    bill = cost.managed_instances_bill(
        instance_hours=hours, on_demand_usd_per_hour=on_demand, requests=inputs.decimal("requests", 0)
    )
    lines = {
        "requests": bill["requests"],
        "ec2": hours * discounted,
        "fee": hours * on_demand * inputs.decimal("fee_rate", cost.management_fee_rate()),
    }
    return {**lines, "total": sum(lines.values(), Decimal(0))}


def _instance_hours(inputs: Inputs) -> Decimal:
    if "instance_hours" in inputs:
        return inputs.decimal("instance_hours")
    return inputs.decimal("instances") * inputs.decimal("hours", _HOURS_PER_MONTH)


def _on_demand(inputs: Inputs) -> Decimal:
    if "od_hourly" in inputs:
        return inputs.decimal("od_hourly")
    return on_demand_usd_per_hour(inputs.word("instance"), inputs.word("region", "us-east-1"))


def _share(inputs: Inputs, name: str) -> Decimal:
    share = inputs.decimal(name, 0)
    if share > 1:
        raise ValueError(f"{name} {share} must be between 0 and 1")
    return share


def management_fee(inputs: Inputs) -> dict[str, object]:
    """The fee of one instance for one hour: `fee_hourly`, and with the instance `total_hourly`."""
    on_demand = _on_demand(inputs)
    fee = on_demand * inputs.decimal("fee_rate", cost.management_fee_rate())
    return _numbers(fee_hourly=fee, total_hourly=on_demand + fee)


def break_even(inputs: Inputs) -> dict[str, object]:
    """A fleet (`lmi`) against default Lambda (`lam`): `lmi_fixed`, `breakeven_requests` a month.

    The request charges cancel; the fleet is taken to carry the requests.
    """
    fleet, each = _managed_bill(inputs.under("lmi")), inputs.under("lam")
    fixed = fleet["ec2"] + fleet["fee"]
    requests = cost.break_even_requests(
        fixed_usd=fixed,
        duration_ms=each.decimal("duration_ms"),
        memory_mb=each.decimal("memory_mb"),
        architecture=architecture(each),
    )
    return _numbers(lmi_fixed=fixed, breakeven_requests=requests)
