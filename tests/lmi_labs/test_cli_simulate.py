"""`lmi-labs simulate`: tables, JSON, series, and what is said of a bad spec."""

from __future__ import annotations

import csv
import json
from pathlib import Path

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
    managed = documents[0]["policies"]["managed_instances"]
    assert managed["completed"] == managed["requests"] > 5000
    assert managed["usd_per_month"]["total"] > 400
    assert managed["missed"] == []


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
    missed = json.loads(capsys.readouterr().out)["policies"]["managed_instances"]["missed"]
    assert missed[0].endswith("is above 20 ms")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.toml"], "none.toml can't be read: No such file or directory"),
        (["SPEC", "--policy", "provisioned_concurrency"], "has no section [provisioned_concurrency]"),
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
