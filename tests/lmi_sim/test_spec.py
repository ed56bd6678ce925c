"""Specs: what is read from them, and what is said of a bad one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lmi_sim import runtimes, spec
from lmi_sim.policies import DefaultLambda, ManagedInstances, ProvisionedConcurrency
from lmi_sim.policies.assumptions import assumptions
from lmi_sim.sizing import constant

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))

GOOD: dict[str, Any] = {
    "name": "API",
    "traffic": {"shape": "steady", "rate_rps": 10, "duration_s": 600},
    "workload": {
        "runtime": "python3.13",
        "architecture": "arm64",
        "memory_mb": 512,
        "cpu": {"distribution": "exponential", "mean_ms": 5},
        "io": {"distribution": "lognormal", "mean_ms": 50, "cv": 1},
    },
    "managed_instances": {"instance_type": "c8g.xlarge", "environment_memory_gib": 2},
    "provisioned_concurrency": {"environments": 5},
    "objective": {"p99_ms": 300},
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good spec with one key set, or taken out when the value is None."""
    document = copy.deepcopy(GOOD)
    *tables, key = path.split(".")
    table = document
    for name in tables:
        table = table.setdefault(name, {})
    if value is None:
        del table[key]
    else:
        table[key] = value
    return document


def test_the_schema_is_valid_and_describes_every_key() -> None:
    """Editors show the descriptions, so no key may lack one."""
    document = spec.schema()
    Draft202012Validator.check_schema(document)

    def undescribed(node: Any, path: str) -> list[str]:
        found = []
        if isinstance(node, dict):
            for key, item in node.get("properties", {}).items():
                if "const" not in item and "description" not in item:
                    found.append(f"{path}.{key}")
            for key, item in node.items():
                found += undescribed(item, f"{path}/{key}")
        elif isinstance(node, list):
            for index, item in enumerate(node):
                found += undescribed(item, f"{path}/{index}")
        return found

    assert undescribed(document, "") == []


def keys(node: Any, path: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every key of the schema that isn't a tag, with its path in the schema."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from keys(item, f"{path}/{index}")
    elif isinstance(node, dict):
        for key, item in node.get("properties", {}).items():
            if "const" not in item:
                yield f"{path}/{key}", key, item
        for key, item in node.items():
            yield from keys(item, f"{path}/{key}")


KEYS = list(keys(spec.schema()))


@pytest.mark.parametrize(("path", "key", "item"), KEYS, ids=[path for path, _, _ in KEYS])
def test_a_key_of_the_schema_is_complete(path: str, key: str, item: dict[str, Any]) -> None:
    """A title, a description, the unit that its name ends in, and examples and a default that are valid."""
    assert item["title"]
    assert item["description"]
    suffixes = {"_s": "s", "_ms": "ms", "_rps": "requests/s", "_percent": "%", "_mb": "MB", "_gib": "GiB"}
    for suffix, unit in suffixes.items():
        if key.endswith(suffix) and key != "environments_per_s":
            assert item["unit"] == unit
    if "unit" in item:
        assert f"({item['unit']})" in item["description"]
    if item.get("type") != "object" and "$ref" not in item:
        assert item["examples"]
    for value in [*item.get("examples", ()), *([item["default"]] if "default" in item else [])]:
        Draft202012Validator(item).validate(value)


def test_defaults_in_the_schema_are_those_that_apply() -> None:
    """An editor shows what happens without the key: a spec with every default written down is the spec without."""
    document = copy.deepcopy(GOOD)
    top = spec.schema()["properties"]
    document["managed_instances"] |= {"assumptions": {}}
    for section in ("default_lambda", "provisioned_concurrency", "managed_instances", "retries", "objective", "price"):
        written = document.setdefault(section, {})
        for key, item in top[section]["properties"].items():
            if "default" in item:
                written.setdefault(key, item["default"])
    assumed = top["managed_instances"]["properties"]["assumptions"]["properties"]
    document["managed_instances"]["assumptions"] = {
        key: item["default"] for key, item in assumed.items() if "default" in item
    }
    document["price"]["extras"] = {
        key: item["default"] for key, item in top["price"]["properties"]["extras"]["properties"].items()
    }
    document |= {key: top[key]["default"] for key in ("seed", "warm_up_s")}
    assert len(document["managed_instances"]["assumptions"]) == 11
    assert spec.parse(document) == spec.parse(GOOD)


def test_every_assumption_of_the_scaling_model_can_be_changed() -> None:
    """What `facts.toml` assumes of managed instances and default Lambda has a key in a spec."""
    elsewhere = {"target_cpu_percent", "minimum_environments", "max_vcpu_count"}
    names = {"minimum_instances": "min_instances", "choices": "router_choices", "attempts": "router_attempts"}
    top = spec.schema()["properties"]
    changeable = top["managed_instances"]["properties"]["assumptions"]["properties"]
    for key in assumptions():
        section, name = key.split(".")
        if section in ("scaling_model", "router") and name not in elsewhere:
            assert names.get(name, name) in changeable
        if section == "default_lambda" and name != "memory_mb_per_vcpu":
            assert name in top["default_lambda"]["properties"]


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
@pytest.mark.parametrize("runtime", spec.schema()["properties"]["workload"]["properties"]["runtime"]["enum"])
def test_every_runtime_has_measured_cold_starts_and_a_default_concurrency(runtime: str, architecture: str) -> None:
    """The nearest memory that was measured is taken; 16, 32 or 64 requests a vCPU by language."""
    quick, small = runtimes.init_time(runtime, architecture, 10_240), runtimes.init_time(runtime, architecture, 1024)
    assert quick == small
    assert 50 < small.sample_ms(0.5) < small.sample_ms(0.9) < small.sample_ms(0.99) < 1000
    expected = {"python": 16, "nodejs": 64, "java": 32, "dotnet": 32}
    assert runtimes.default_concurrency(runtime, 2) == 2 * expected[runtime.rstrip(".x0123456789")]


def test_an_unknown_runtime_is_refused_with_those_that_are_known() -> None:
    """No guess is made."""
    with pytest.raises(LookupError, match="no cold start of runtime 'cobol' on 'arm64' was measured; there are python"):
        runtimes.init_time("cobol", "arm64", 512)
    with pytest.raises(LookupError, match="no default concurrency is known for runtime 'cobol'"):
        runtimes.default_concurrency("cobol", 1)


def test_ways_to_buy_are_those_of_the_calculator() -> None:
    """Named discounts stand in one place."""
    price = spec.schema()["properties"]["price"]["properties"]
    named = price["purchase"]["items"]["properties"]["option"]["enum"]
    assert {*named, "none"} == set(constant("ec2_discount_percent"))
    assert all(constant("lambda_discount_percent")[name] for name in price["lambda_savings_plan"]["enum"])


def test_a_spec_becomes_values() -> None:
    """Units are turned, defaults are filled in, policies stand by name."""
    made = spec.parse(GOOD)
    assert list(made.policies) == ["default_lambda", "provisioned_concurrency", "managed_instances"]
    managed = made.policies["managed_instances"]
    assert isinstance(managed, ManagedInstances)
    assert managed.environment.vcpus == 1
    assert managed.max_concurrency == 16
    assert isinstance(made.policies["provisioned_concurrency"], ProvisionedConcurrency)
    assert made.workload.init.kind == "empirical"
    assert made.workload.init.mean_ms == pytest.approx(105, abs=40)
    assert made.traffic.mean_rps == 10
    assert made.objective is not None
    assert made.objective.throttle_percent == 0.1


def test_a_median_and_a_99th_percentile_make_a_lognormal_time() -> None:
    """The distribution goes through both, to the accuracy of the normal quantile."""
    made = spec.parse(changed("workload.io", {"distribution": "percentiles", "p50_ms": 60, "p99_ms": 300})).workload.io
    assert made.kind == "lognormal"
    assert made.sample_ms(0.5) == pytest.approx(60, rel=1e-6)
    assert made.sample_ms(0.99) == pytest.approx(300, rel=1e-6)


def test_a_purchase_mix_is_a_mean_discount() -> None:
    """A half at 65 %, a quarter at 20 %, and the rest on demand: 37.5 % off."""
    mix = [{"share_percent": 50, "option": "compute_sp_3yr"}, {"share_percent": 25, "discount_percent": 20}]
    pricing = spec.parse(changed("price", {"purchase": mix, "lambda_savings_plan": "compute_sp_1yr"})).pricing
    assert pricing.ec2_discount == Decimal("0.375")
    assert [purchase.label for purchase in pricing.purchases] == ["compute_sp_3yr", "20 % off"]
    assert pricing.lambda_discount == Decimal("0.12")


def test_limits_and_beginnings_reach_the_policies() -> None:
    """The keys of default Lambda, provisioned concurrency and managed instances that few specs need."""
    limits = {"burst_environments": 5, "environments_per_s": 0.5, "requests_per_s_and_concurrency": 2}
    document = changed("default_lambda", limits) | {"provisioned_concurrency": {"environments": 5, "requested_at_s": 9}}
    document["managed_instances"]["initial_environments"] = 7
    policies = spec.parse(document).policies
    default = DefaultLambda(**limits)
    assert policies["default_lambda"] == default
    assert policies["provisioned_concurrency"] == ProvisionedConcurrency(5, default, requested_at_s=9)
    managed = policies["managed_instances"]
    assert isinstance(managed, ManagedInstances)
    assert managed.first_environments == 7


def test_assumptions_can_be_changed() -> None:
    """Per cent become shares."""
    document = changed("managed_instances.assumptions", {"evaluation_period_s": 30, "scale_in_step_percent": 50})
    managed = spec.parse(document).policies["managed_instances"]
    assert isinstance(managed, ManagedInstances)
    assert managed.evaluation_period_s == 30
    assert managed.scale_in_step == 0.5


@pytest.mark.parametrize(
    ("shape", "peak_rps"),
    [
        ({"shape": "ramp", "start_rps": 0, "end_rps": 20, "duration_s": 60}, 20),
        ({"shape": "step", "before_rps": 1, "after_rps": 9, "at_s": 30, "duration_s": 60}, 9),
        ({"shape": "spike", "base_rps": 1, "peak_rps": 50, "at_s": 10, "length_s": 5, "duration_s": 60}, 50),
        ({"shape": "diurnal", "low_rps": 1, "high_rps": 9, "duration_s": 86400}, 9),
        (
            {"shape": "bursts", "calm_rps": 1, "burst_rps": 30, "mean_calm_s": 5, "mean_burst_s": 5, "duration_s": 99},
            30,
        ),
    ],
)
def test_every_shape_can_be_written(shape: dict[str, Any], peak_rps: float) -> None:
    """The keys of a shape are those of the function that makes it."""
    assert spec.parse(changed("traffic", shape)).traffic.peak_rps == peak_rps


def test_a_log_is_replayed_from_a_file_beside_the_spec(tmp_path: Path) -> None:
    """The CSV's path is relative to the spec."""
    (tmp_path / "log.csv").write_text("time_s\n0.5\n1.5\n1.5\n", encoding="utf-8")
    made = spec.parse(changed("traffic", {"shape": "replay", "file": "log.csv"}), tmp_path)
    assert made.traffic.times_s == (0.5, 1.5, 1.5)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_examples_can_be_read(path: Path) -> None:
    """Each names the schema for editors, and is valid."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    schema_file = (path.parent / first.removeprefix("#:schema ")).resolve()
    assert json.loads(schema_file.read_text(encoding="utf-8")) == spec.schema()
    assert spec.load(path).objective is not None
