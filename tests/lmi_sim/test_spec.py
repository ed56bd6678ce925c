"""Specs: what is read from them, and what is said of a bad one."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lmi_sim import spec
from lmi_sim.policies import ManagedInstances, ProvisionedConcurrency
from lmi_sim.spec import SpecError

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


BAD: list[tuple[str, Any, str]] = [
    ("name", None, "name is missing: What the workload is called"),
    ("name", 7, "name: 7 must be text"),
    ("nmae", "x", "nmae: there is no such key; did you mean name?"),
    ("seed", -1, "seed: -1 must be at least 0: decides every random number"),
    ("seed", 1.5, "seed: 1.5 must be a whole number"),
    ("traffic", "fast", "traffic: 'fast' must be a table"),
    ("traffic.shape", None, "traffic.shape is missing"),
    ("traffic.shape", "stedy", "traffic.shape: 'stedy' is none of the choices; did you mean steady?"),
    (
        "traffic.shape",
        3,
        "traffic.shape: 3 is none of the choices; it may be steady, ramp, step, spike, diurnal, bursts, replay",
    ),
    ("traffic.rate_rps", None, "traffic.rate_rps is missing: The rate (requests/s)"),
    ("traffic.rate_rps", -5, "traffic.rate_rps: -5 must be at least 0: the rate (requests/s)"),
    ("traffic.rate_rps", math.nan, "traffic.rate_rps: nan is not a number that can be used"),
    ("traffic.rate_rps", math.inf, "traffic.rate_rps: inf is not a number that can be used"),
    ("traffic.rate_rps", "10", "traffic.rate_rps: '10' must be a number"),
    ("traffic.rate_rsp", 10, "traffic.rate_rsp: there is no such key; did you mean rate_rps?"),
    ("traffic.duration_s", 0, "traffic.duration_s: 0 must be above 0: how long the traffic lasts (s)"),
    (
        "traffic.arrivals",
        "random",
        "traffic.arrivals: 'random' is none of the choices; it may be poisson, deterministic",
    ),
    ("workload", None, "workload is missing: What one request needs"),
    (
        "workload.runtime",
        "python3.12",
        "workload.runtime: 'python3.12' is none of the choices; did you mean python3.14?",
    ),
    ("workload.architecture", "arm", "workload.architecture: 'arm' is none of the choices; did you mean arm64?"),
    ("workload.memory_mb", 64, "workload.memory_mb: 64 must be at least 128"),
    ("workload.memory_mb", 20000, "workload.memory_mb: 20000 must be at most 10240"),
    ("workload.memory_mb_per_request", -1, "workload.memory_mb_per_request: -1 must be at least 0"),
    ("workload.cpu", 5, "workload.cpu: 5 must be a table"),
    ("workload.cpu", {}, "workload.cpu.distribution is missing"),
    ("workload.cpu.distribution", "exponentail", "did you mean exponential?"),
    ("workload.cpu.mean_ms", -3, "workload.cpu.mean_ms: -3 must be at least 0: the mean (ms)"),
    ("workload.cpu.cv", 1, "workload.cpu.cv: there is no such key; it may be distribution, mean_ms"),
    ("workload.io.cv", 0, "workload.io.cv: 0 must be above 0"),
    ("workload.io.cv", None, "workload.io.cv is missing: The coefficient of variation"),
    (
        "workload.io",
        {"distribution": "empirical", "quantiles": [[0.5, 1]]},
        "workload.io.quantiles: [[0.5, 1]] has the wrong length",
    ),
    (
        "workload.io",
        {"distribution": "empirical", "quantiles": [[0.5, 9], [0.9, 1]]},
        "workload.io: the times of quantiles must be at least 0 and must not fall",
    ),
    (
        "workload.io",
        {"distribution": "empirical", "quantiles": [[0.5, 9], [1.9, 10]]},
        "workload.io.quantiles[1][0]: 1.9 must be at most 1",
    ),
    (
        "managed_instances.instance_type",
        "c8g.xlrage",
        "managed_instances.instance_type: no on-demand price for instance type 'c8g.xlrage' in us-east-1; did you mean c8g.xlarge",
    ),
    (
        "managed_instances.instance_type",
        "c7i.xlarge",
        "managed_instances.instance_type: c7i.xlarge is x86_64, but workload.architecture is arm64",
    ),
    ("managed_instances.environment_memory_gib", 1, "managed_instances.environment_memory_gib: 1 must be at least 2"),
    (
        "managed_instances.environment_memory_gib",
        16,
        "managed_instances: an environment of 8 vCPUs and 16 GiB does not fit on c8g.xlarge",
    ),
    (
        "managed_instances.gib_per_vcpu",
        3,
        "managed_instances.gib_per_vcpu: 3 is none of the choices; it may be 2, 4, 8",
    ),
    ("managed_instances.max_concurrency", 0, "managed_instances.max_concurrency: 0 must be at least 1"),
    (
        "managed_instances.min_environments",
        0,
        "managed_instances: min_environments 0 deactivates the version and needs max_environments 0",
    ),
    (
        "managed_instances.max_environments",
        2,
        "managed_instances: max_environments 2 must be at least min_environments 3",
    ),
    ("managed_instances.max_vcpu_count", 3, "managed_instances: max_vcpu_count 3 holds 0 c8g.xlarge"),
    ("managed_instances.target_cpu_percent", 120, "managed_instances.target_cpu_percent: 120 must be at most 100"),
    (
        "managed_instances.assumptions",
        {"router_choices": 3},
        "managed_instances.assumptions.router_choices: 3 is none of the choices; it may be 1, 2",
    ),
    ("managed_instances.assumptions", {"evalution_period_s": 3}, "did you mean evaluation_period_s?"),
    (
        "provisioned_concurrency.environments",
        1000,
        "provisioned_concurrency: environments 1000 must be below account_concurrency 1000",
    ),
    ("provisioned_concurrency.environments", None, "provisioned_concurrency.environments is missing: How many"),
    ("default_lambda.account_concurrency", 0, "default_lambda.account_concurrency: 0 must be at least 1"),
    ("retries.attempts", 1000, "retries.attempts: 1000 must be at most 100"),
    ("retries", {"base_s": 5, "most_s": 1}, "retries: base_s 5 must be above 0 and at most most_s 1"),
    ("objective.p99_ms", 0, "objective.p99_ms: 0 must be above 0"),
    ("price.region", "us-east-2x", "price.region: no price table for Region 'us-east-2x'"),
    ("price.ec2_discount_percent", 80, "price.ec2_discount_percent: 80 must be at most 72"),
    ("price.free_tier", "yes", "price.free_tier: 'yes' must be true or false"),
    ("warm_up_s", 600, "warm_up_s: warm_up_s 600.0 must be at least 0 and below the traffic's 600 s"),
    (
        "workload.memory_mb_per_request",
        5000,
        "managed_instances: an environment of 2 GiB has no memory for one request",
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "sentence"), BAD, ids=[f"{index}-{path}" for index, (path, _, _) in enumerate(BAD)]
)
def test_a_bad_spec_is_refused_in_one_sentence(path: str, value: Any, sentence: str) -> None:
    """The key's path, the value, the rule, and the nearest choice."""
    with pytest.raises(SpecError) as refused:
        spec.parse(changed(path, value))
    assert len(refused.value.problems) == 1
    assert sentence in refused.value.problems[0]
    assert "\n" not in refused.value.problems[0]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """A reader mends a file in one go."""
    document = changed("traffic.rate_rps", -1) | {"seed": "x", "extra": 1}
    with pytest.raises(SpecError) as refused:
        spec.parse(document)
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("start_s,rate_rps\n0,5\n60,-2\n", "traffic: line 3: rate_rps -2 must be a number of at least 0"),
        ("start_s,rate_rps\n0,5\n0,6\n", "traffic: line 3: start_s 0 must be above 0, the row before"),
        ("start_s,rate_rps\n5,5\n9,6\n", "traffic: line 2: start_s must begin at 0, not at 5"),
        ("start_s,rate_rps\n0,5\n", "traffic: line 2: at least two rows of rates are needed"),
        ("start,rate\n0,5\n", "traffic: line 1: the header must be time_s, or start_s,rate_rps; it has start, rate"),
        ("time_s\n3\nx\n", "traffic: line 3: time_s 'x' is not a number"),
        ("time_s\n3\n2\n", "traffic: recorded times must not go back"),
        ("", "traffic: line 1: the header must be time_s, or start_s,rate_rps; it has nothing"),
    ],
)
def test_a_bad_csv_is_refused_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    """Gaps, negative rates and words are named by line."""
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        spec.parse(changed("traffic", {"shape": "replay", "file": "log.csv"}), tmp_path)
    assert sentence in refused.value.problems[0]


def test_missing_files_and_bad_toml(tmp_path: Path) -> None:
    """A CSV that isn't there, and a file that isn't TOML."""
    with pytest.raises(SpecError, match=r"traffic: .*none\.csv"):
        spec.parse(changed("traffic", {"shape": "replay", "file": "none.csv"}), tmp_path)
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(SpecError, match="this is not TOML"):
        spec.load(tmp_path / "bad.toml")


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_examples_can_be_read(path: Path) -> None:
    """Each names the schema for editors, and is valid."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    schema_file = (path.parent / first.removeprefix("#:schema ")).resolve()
    assert json.loads(schema_file.read_text(encoding="utf-8")) == spec.schema()
    assert spec.load(path).objective is not None
