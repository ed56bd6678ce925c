"""The emulator's HTTP endpoint answers as AWS is known to answer, case by case."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.conformance

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((HERE / "conformance_cases.json").read_text(encoding="utf-8"))["cases"]
}
ARGUED_AGAINST: dict[str, str] = {
    row["id"]: row["why"] for row in tomllib.loads((HERE / "argued_against.toml").read_text(encoding="utf-8"))["case"]
}
# What was seen on AWS or is written by AWS is not open to argument.
FIRM = {"recorded", "recorded-message", "aws-documented"}


@pytest.mark.parametrize("case_id", CASES)
def test_case(case_id: str, verdicts: dict[str, dict[str, Any]]) -> None:
    """The endpoint answers the case as expected, or fails just where we say why we disagree."""
    verdict = verdicts[case_id]
    if case_id in ARGUED_AGAINST:
        assert not verdict["passed"], f"{case_id} passes: take it out of argued_against.toml"
    else:
        assert verdict["passed"], f"[{verdict['confidence']}] {CASES[case_id]['title']}: {verdict['why']}"


def test_every_case_was_run(verdicts: dict[str, dict[str, Any]]) -> None:
    """No case is lost between the file and the report."""
    assert set(verdicts) == set(CASES)


def test_the_file_of_cases_is_well_formed() -> None:
    """Every operation, parameter and variable of the cases exists in the service models."""
    lint = subprocess.run(
        [sys.executable, HERE / "run_cases.py", HERE / "conformance_cases.json", "--lint"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout


def test_what_was_recorded_is_not_argued_against() -> None:
    """Only cases of weak confidence may be argued against, each once, with a reason."""
    assert set(ARGUED_AGAINST) <= set(CASES)
    assert not [case_id for case_id in ARGUED_AGAINST if CASES[case_id]["confidence"] in FIRM]
    assert all(why.strip() for why in ARGUED_AGAINST.values())
