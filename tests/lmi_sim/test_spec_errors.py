"""What is said of a bad spec: one sentence for each mistake, all at once."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi_sim import spec
from lmi_sim.spec import SpecError
from tests.lmi_sim.test_spec import GOOD, changed

BAD: list[tuple[str, Any, str]] = [
    ("name", None, "name is missing: What the workload is called"),
    ("name", 7, 'name: 7 must be text; did you mean "7"?'),
    ("name", "", "name: it must not be empty: what the workload is called"),
    ("nmae", "x", "nmae: there is no such key; did you mean name?"),
    ("seed", -1, "seed: -1 must be at least 0: decides every random number"),
    ("seed", 1.5, "seed: 1.5 must be a whole number; did you mean 2?"),
    ("seed", 2**63, "seed: 9223372036854775808 must be at most 9223372036854775807"),
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
    ("traffic.rate_rps", "10", "traffic.rate_rps: '10' must be a number; did you mean 10?"),
    ("traffic.rate_rps", "ten", "traffic.rate_rps: 'ten' must be a number"),
    ("traffic.rate_rps", True, "traffic.rate_rps: true must be a number"),
    ("traffic.rate_rps", 10**400, "is not a number that can be used"),
    ("traffic.rate_rps", 1e9, "traffic: 6e+11 requests are too many; at most 10,000,000,000 are simulated"),
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
        "workload.io.quantiles: [[0.5, 1]] must have at least 2 items: pairs of a share from 0 to 1 and a time in ms",
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
        "managed_instances.min_environments: 0 deactivates the version and needs max_environments 0",
    ),
    (
        "managed_instances.max_environments",
        2,
        "managed_instances.max_environments: 2 must be at least min_environments 3",
    ),
    ("managed_instances.max_vcpu_count", 3, "managed_instances.max_vcpu_count: 3 holds 0 c8g.xlarge"),
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
        "provisioned_concurrency.environments: 1000 must be below account_concurrency 1000",
    ),
    ("provisioned_concurrency.environments", None, "provisioned_concurrency.environments is missing: How many"),
    ("default_lambda.account_concurrency", 0, "default_lambda.account_concurrency: 0 must be at least 1"),
    ("retries.attempts", 1000, "retries.attempts: 1000 must be at most 100"),
    ("retries", {"base_s": 5, "most_s": 1}, "retries.base_s: 5 must be above 0 and at most most_s 1"),
    ("objective.p99_ms", 0, "objective.p99_ms: 0 must be above 0"),
    ("price.region", "us-east-2x", "price.region: no price table for Region 'us-east-2x'"),
    ("price.ec2_discount_percent", 80, "price.ec2_discount_percent: 80 must be at most 72"),
    ("price.free_tier", "yes", "price.free_tier: 'yes' must be true or false; did you mean true?"),
    ("price.free_tier", "perhaps", "price.free_tier: 'perhaps' must be true or false"),
    ("price.purchase", 3, "price.purchase: 3 must be a list"),
    ("price.purchase", [], "price.purchase: [] must have at least 1 items: how the instance hours are bought"),
    ("price.purchase", [{"option": "compute_sp_1yr"}], "price.purchase[0].share_percent is missing: The share"),
    (
        "price.purchase",
        [{"share_percent": 50, "option": "compute_sp_2yr"}],
        "price.purchase[0].option: 'compute_sp_2yr' is none of the choices; did you mean compute_sp_",
    ),
    (
        "price.purchase",
        [{"share_percent": 50}],
        "price.purchase[0]: either option or discount_percent is needed, it has neither",
    ),
    (
        "price.purchase",
        [{"share_percent": 50, "option": "reserved_3yr", "discount_percent": 3}],
        "price.purchase[0]: either option or discount_percent is needed, not both",
    ),
    (
        "price.purchase",
        [{"share_percent": 60, "discount_percent": 1}, {"share_percent": 60, "option": "reserved_3yr"}],
        "price.purchase: the shares add up to 120 %; at most 100 % can be bought",
    ),
    (
        "price",
        {"ec2_discount_percent": 5, "purchase": [{"share_percent": 60, "discount_percent": 1}]},
        "price.ec2_discount_percent: the discount is given by price.purchase already; keep one of them",
    ),
    (
        "price",
        {"lambda_discount_percent": 5, "lambda_savings_plan": "compute_sp_1yr"},
        "price.lambda_discount_percent: the discount is given by price.lambda_savings_plan already; keep one of them",
    ),
    (
        "price.extras",
        {"volume_gb_per_instance": 5},
        "price.extras: volume_gb_per_instance needs volume_usd_per_gb_month",
    ),
    ("price.extras", {"nat_gateway": 1}, "price.extras.nat_gateway: there is no such key; did you mean nat_gateways?"),
    (
        "workload.io",
        {"distribution": "percentiles", "p50_ms": 9, "p99_ms": 3},
        "workload.io.p99_ms: 3 must be at least p50_ms 9",
    ),
    (
        "workload.io",
        {"distribution": "percentiles", "p50_ms": 0, "p99_ms": 3},
        "workload.io.p50_ms: 0 must be above 0: the median (ms)",
    ),
    (
        "workload.io",
        {"distribution": "percentiles", "p50_ms": 1e-200, "p99_ms": 1e200},
        "workload.io.p99_ms: 1e+200 must be at most 1,000,000 times p50_ms 1e-200",
    ),
    ("workload.io", {"distribution": "empirical", "quantiles": 5}, "workload.io.quantiles: 5 must be a list"),
    (
        "workload.io",
        {"distribution": "empirical", "quantiles": [[0.5], [0.9, 3]]},
        "workload.io.quantiles[0]: [0.5] must have at least 2 items: a share from 0 to 1 and a time in ms",
    ),
    (
        "workload.io",
        {"distribution": "empirical", "quantiles": [[0.5, 1, 2], [0.9, 3]]},
        "workload.io.quantiles[0]: [0.5, 1, 2] must have at most 2 items",
    ),
    (
        "traffic",
        {"shape": "diurnal", "low_rps": 9, "high_rps": 1, "duration_s": 60},
        "traffic.high_rps: 1 must be at least low_rps 9",
    ),
    (
        "traffic",
        {"shape": "diurnal", "low_rps": 1, "high_rps": 9, "duration_s": 86400, "period_s": 1e-6},
        "traffic.period_s: 1e-06 cuts the traffic into more than 1,000,000 pieces",
    ),
    (
        "traffic",
        {"shape": "bursts", "calm_rps": 1, "burst_rps": 9, "mean_calm_s": 1e-9, "mean_burst_s": 1e-9, "duration_s": 60},
        "traffic.mean_calm_s: 2e-09 cuts the traffic into more than 1,000,000 pieces",
    ),
    (
        "managed_instances.initial_environments",
        2,
        "managed_instances.initial_environments: 2 must be at least min_environments 3",
    ),
    ("default_lambda.burst_environments", 0, "default_lambda.burst_environments: 0 must be at least 1"),
    ("warm_up_s", 600, "warm_up_s: 600.0 must be at least 0 and below the traffic's 600 s"),
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
    assert [problem.split(":")[0] for problem in refused.value.problems] == ["extra", "traffic.rate_rps", "seed"]


def test_sections_are_read_though_another_is_bad() -> None:
    """What only the domain can refuse is said at once, too, and an unknown Region isn't held against the instances."""
    document = changed("price.region", "us-east-2x") | {"retries": {"base_s": 5, "most_s": 1}}
    document["workload"]["io"] = {"distribution": "percentiles", "p50_ms": 9, "p99_ms": 3}
    document["workload"]["cpu"] = {"distribution": "empirical", "quantiles": [[0.5, 2], [0.5, 3]]}
    document["traffic"] = {"shape": "replay", "file": "none.csv"}
    document["provisioned_concurrency"]["environments"] = 5000
    with pytest.raises(SpecError) as refused:
        spec.parse(document)
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "workload.cpu",
        "workload.io.p99_ms",
        "traffic.file",
        "retries.base_s",
        "price.region",
        "provisioned_concurrency.environments",
    ]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""What TOML can hold, and null, which it can't."""


def paths(node: Any, path: str = "") -> list[str]:
    """The path of every key of a document."""
    found = []
    for key, item in node.items():
        found += [f"{path}{key}", *(paths(item, f"{path}{key}.") if isinstance(item, dict) else [])]
    return found


@settings(max_examples=300)
@given(st.sampled_from(paths(GOOD)), junk)
def test_anything_in_any_place_is_read_or_refused_in_words(path: str, value: Any) -> None:
    """No value makes a traceback, and every sentence names a path and stands in one line."""
    document = changed(path, {} if value is None else value)
    problems: tuple[str, ...] = ()
    try:
        spec.parse(document)
    except SpecError as exc:
        problems = exc.problems or ("no reason",)
    for problem in problems:
        assert re.match(r"[^\n]+(: | is missing)[^\n]*\Z", problem)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "start_s,rate_rps\n0,5\n60,-2\n",
            "traffic.file: 'log.csv', line 3: rate_rps -2 must be a number of at least 0",
        ),
        ("start_s,rate_rps\n0,5\n0,6\n", "traffic.file: 'log.csv', line 3: start_s 0 must be above 0, the row before"),
        ("start_s,rate_rps\n5,5\n9,6\n", "traffic.file: 'log.csv', line 2: start_s must begin at 0, not at 5"),
        ("start_s,rate_rps\n0,5\n", "traffic.file: 'log.csv', line 2: at least two rows of rates are needed"),
        (
            "start,rate\n0,5\n",
            "traffic.file: 'log.csv', line 1: the header must be time_s, or start_s,rate_rps; it has start, rate",
        ),
        ("start_s,rate_rps\n0,5\n60,\n90,7\n", "traffic.file: 'log.csv', line 3: rate_rps '' is not a number"),
        ("time_s\n3\nx\n", "traffic.file: 'log.csv', line 3: time_s 'x' is not a number"),
        ("time_s\n3\n2\n", "traffic.file: 'log.csv', recorded times must not go back"),
        ("time_s\n0\n0\n", "traffic.file: 'log.csv' ends at 0 s; its last time must be above 0"),
        ("time_s\n", "traffic.file: 'log.csv' has a header and nothing below it"),
        ("time_s\n" + "1" * 200_000, "traffic.file: 'log.csv', field larger than field limit (131072)"),
        ("", "traffic.file: 'log.csv', line 1: the header must be time_s, or start_s,rate_rps; it has nothing"),
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
    (tmp_path / "nine.csv").touch()
    with pytest.raises(
        SpecError,
        match=r"traffic\.file: 'none\.csv' can't be read: No such file or directory; did you mean nine\.csv\?",
    ):
        spec.parse(changed("traffic", {"shape": "replay", "file": "none.csv"}), tmp_path)
    (tmp_path / "latin.csv").write_bytes(b"time_s\n\xe9\n")
    with pytest.raises(SpecError, match=r"traffic\.file: 'latin\.csv' is not text in UTF-8"):
        spec.parse(changed("traffic", {"shape": "replay", "file": "latin.csv"}), tmp_path)


@pytest.mark.parametrize("text", [b"name = ", b"\xff", b"seed = 1" + b"0" * 5000, b"a = " + b"[" * 5000])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, text: bytes) -> None:
    """Broken syntax, other bytes than text, and numbers or nesting beyond measure."""
    (tmp_path / "bad.toml").write_bytes(text)
    with pytest.raises(SpecError, match="this is not TOML"):
        spec.load(tmp_path / "bad.toml")
