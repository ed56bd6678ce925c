"""`lmi-labs plan`: the table, the JSON, the report, and wrong use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lmi_labs import cli
from tests.lmi_labs.test_cli_simulate import SPEC


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small spec."""
    file = tmp_path / "small.toml"
    file.write_text(SPEC, encoding="utf-8")
    return file


def test_a_plan_names_what_it_recommends(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table marks it, the reasons follow, the report is written."""
    report = tmp_path / "report.html"
    assert cli.main(["plan", str(path), "--quick", "--html", str(report)]) == 0
    shown = capsys.readouterr().out
    for words in ("recommended", "What if", "Bought as", "a model, not AWS"):
        assert words in shown
    text = report.read_text(encoding="utf-8")
    assert text.count("<figure>") == text.count("As a table") == 5
    assert (
        "http"
        not in text.split("<script>")[0]
        .replace("Content-Security-Policy", "")
        .replace("http-equiv", "")
        .split("<section><h2>How this")[0]
    )


def test_the_json_is_complete(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a program needs: the recommendation, every option, what would change it."""
    assert cli.main(["plan", str(path), "--quick", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["recommended"]["kind"] == "default_lambda"
    assert {option["kind"] for option in document["options"]} == {
        "default_lambda",
        "provisioned_concurrency",
        "managed_instances",
    }
    assert len(document["what_if"]) >= 6


@pytest.mark.parametrize(
    ("change", "arguments", "code", "words"),
    [
        (("p99_ms = 2000", "p99_ms = 20"), [], 2, "objective.p99_ms: 20 can't be met by anything"),
        (("[objective]\np99_ms = 2000", ""), [], 2, "objective is missing"),
        (("rate_rps = 20", "rate_rps = nan"), [], 2, "traffic.rate_rps: nan is not a number that can be used"),
        (("c8g.xlarge", "c8g.tiny"), [], 2, "no on-demand price for instance type 'c8g.tiny'"),
        (("", ""), ["--seeds", "0"], 2, "--seeds 0 must be at least 1"),
        (("", ""), ["--scheduler", "tcp://127.0.0.1:1"], 1, "no Dask scheduler answers at"),
    ],
    ids=["too-tight", "no-objective", "nan", "unknown-type", "no-seeds", "no-scheduler"],
)
def test_what_cannot_be_planned(
    change: tuple[str, str], arguments: list[str], code: int, words: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each wrong use has its sentence and its exit code."""
    path.write_text(SPEC.replace(*change) if change[0] else SPEC, encoding="utf-8")
    assert cli.main(["plan", str(path), *arguments]) == code
    assert words in capsys.readouterr().err
