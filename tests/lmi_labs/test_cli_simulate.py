"""`lmi-labs simulate`: tables, JSON, series, and what is said of a bad spec."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from lmi_labs import cli

SPEC = """
name = "Small"
[traffic]
shape = "steady"
rate_rps = 20
duration_s = 300
[workload]
runtime = "python3.13"
architecture = "arm64"
cpu = { distribution = "exponential", mean_ms = 5 }
io = { distribution = "exponential", mean_ms = 50 }
[managed_instances]
instance_type = "c8g.xlarge"
environment_memory_gib = 2
[objective]
p99_ms = 2000
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small spec."""
    file = tmp_path / "small.toml"
    file.write_text(SPEC, encoding="utf-8")
    return file


def test_every_policy_is_shown_beside_the_others(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table says latency, cold starts, throttles and the price, and that the scaling is a model."""
    assert cli.main(["simulate", str(path)]) == 0
    shown = capsys.readouterr().out
    for words in ("default Lambda", "managed", "cold starts", "USD per month", "is a model"):
        assert words in shown


def test_both_engines_give_the_same_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The document is complete, and the engine doesn't matter."""
    documents = []
    for engine in ("fast", "reference"):
        assert cli.main(["simulate", str(path), "--json", "--engine", engine]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    assert documents[0] == documents[1]
    assert documents[0]["traffic"] == {"duration_s": 300, "mean_rps": 20, "peak_rps": 20}
    managed = documents[0]["policies"]["managed_instances"]
    assert managed["completed"] == managed["requests"] > 5000
    assert managed["usd_per_month"]["total"] > 400
    assert managed["missed"] == []
    # 20 requests a second of 5 ms are a tenth of a vCPU, of the three that the environments have.
    assert managed["cpu_percent"] == pytest.approx(3.3, abs=0.3)
    assert managed["requests_per_month"] == pytest.approx(20 * 730 * 3600, rel=0.05)
    assert managed["configuration"]["evaluation_period_s"] == 60
    assert managed["configuration"]["cpu_busy_limit"] is None


def keys(node: Any) -> set[str]:
    """Every key of a document, at any depth."""
    if not isinstance(node, dict):
        return set()
    return set(node).union(*map(keys, node.values()))


def test_every_key_of_the_json_is_documented(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The site says what each means; a configuration's keys are the model's own."""
    assert cli.main(["simulate", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    for one in document["policies"].values():
        one["configuration"] = {}
    page = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    assert [key for key in sorted(keys(document)) if f"`{key}`" not in page] == []


def test_a_bill_has_its_lines_and_says_how_instances_are_bought(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Worked by hand: three c8g.xlarge at 0.15952 USD for 730 h, a half of them at 65 % off, and the fee undiminished."""
    mix = '[[price.purchase]]\nshare_percent = 50\noption = "compute_sp_3yr"\n'
    path.write_text(SPEC + mix, encoding="utf-8")
    assert cli.main(["simulate", str(path), "--policy", "managed_instances"]) == 0
    shown = capsys.readouterr().out
    assert "EC2 235.81" in shown
    assert "fee 52.40" in shown
    assert "bought 50% compute_sp_3yr (65% off); the rest on demand" in shown


def test_a_name_is_shown_as_it_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets are no instructions to the terminal, and a spec without traffic has a table, too."""
    text = SPEC.replace('"Small"', '"API [/v2] [red]"').replace("rate_rps = 20", "rate_rps = 0")
    path.write_text(text, encoding="utf-8")
    assert cli.main(["simulate", str(path)]) == 0
    assert "API [/v2] [red]: 0 requests" in capsys.readouterr().out


def test_the_series_has_a_row_for_each_minute(path: Path, tmp_path: Path) -> None:
    """One CSV for all policies."""
    series = tmp_path / "series.csv"
    assert cli.main(["simulate", str(path), "--policy", "default_lambda", "--series", str(series)]) == 0
    rows = list(csv.DictReader(series.read_text(encoding="utf-8").splitlines()))
    assert [row["start_s"] for row in rows] == ["0.0", "60.0", "120.0", "180.0", "240.0"]
    assert {row["policy"] for row in rows} == {"default_lambda"}


def test_a_missed_objective_ends_with_1(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program can tell, and a reader sees by how much."""
    path.write_text(SPEC.replace("2000", "20"), encoding="utf-8")
    assert cli.main(["simulate", str(path), "--json"]) == 1
    printed = capsys.readouterr()
    missed = json.loads(printed.out)["policies"]["managed_instances"]["missed"]
    assert missed[0].endswith("is above 20 ms")
    assert f"Warning: managed instances would miss the objective: {missed[0]}." in " ".join(printed.err.split())


@pytest.mark.parametrize(
    ("name", "cheapest", "at_least_times"),
    [
        ("steady_api", "managed_instances", 2),
        ("spiky_webhook", "default_lambda", 30),
        ("cpu_batch", "managed_instances", 1.3),
    ],
)
def test_the_examples_come_out_as_their_comments_say(
    name: str, cheapest: str, at_least_times: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every policy meets the objective, and default Lambda and managed instances are so far apart."""
    example = Path(__file__).parents[2] / "examples" / f"{name}.toml"
    arguments = ["--policy", "default_lambda", "--policy", "managed_instances", "--json"]
    assert cli.main(["simulate", str(example), *arguments]) == 0
    policies = json.loads(capsys.readouterr().out)["policies"]
    usd = {policy: one["usd_per_month"]["total"] for policy, one in policies.items()}
    assert min(usd, key=usd.__getitem__) == cheapest
    assert max(usd.values()) / min(usd.values()) > at_least_times


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.toml"], "none.toml can't be read: No such file or directory"),
        (["SPEC", "--policy", "provisioned_concurrency"], "has no section [provisioned_concurrency]"),
        (
            ["SPEC", "--policy", "default_lambda", "--policy", "provisioned_concurrency"],
            "has no section [provisioned_concurrency]; it has default_lambda, managed_instances",
        ),
        (["SPEC", "--seed", "-1"], "--seed -1 must be from 0 to 9223372036854775807"),
        (["BAD"], "traffic.rate_rps: -20 must be at least 0"),
    ],
)
def test_wrong_use_ends_with_2(
    arguments: list[str], words: str, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file, a policy that the spec lacks, a bad spec."""
    bad = tmp_path / "bad.toml"
    bad.write_text(SPEC.replace("rate_rps = 20", "rate_rps = -20"), encoding="utf-8")
    named = {"SPEC": str(path), "BAD": str(bad)}
    assert cli.main(["simulate", *(named.get(argument, argument) for argument in arguments)]) == 2
    assert words in capsys.readouterr().err
