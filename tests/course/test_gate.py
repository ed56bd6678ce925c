"""The author's gate finds what is wrong with a lab, each thing by its own sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lmi_labs.places import project_root

FIXTURES = Path(__file__).parent / "fixtures"
HINTS = '[[task]]\nid = "99.01"\nhints = ["one", "two", "three"]\n'


def gate(tmp_path: Path, **changes: tuple[str, str]) -> dict[str, Any]:
    """What the gate says of the fixture day, with text replaced in lab, wrong or hints."""
    folder = tmp_path / "day99_testing"
    (folder / "wrong").mkdir(parents=True)
    files = {"lab": folder / "lab.py", "wrong": folder / "wrong" / "99_01_bucket.py", "hints": folder / "hints.toml"}
    for name, path in files.items():
        text = HINTS if name == "hints" else (FIXTURES / f"{name}.py").read_text()
        if name in changes:
            assert changes[name][0] in text
            text = text.replace(*changes[name])
        path.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "tests.course.gate", str(folder)],
        cwd=project_root(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_sound_day_passes(tmp_path: Path) -> None:
    """Full marks, 0 untouched, every wrong answer refused for what it is, even one whose cell fails."""
    report = gate(tmp_path)
    assert report["problems"] == []
    assert {key: report[key] for key in ("points", "solution", "untouched", "wrong", "accepted", "own_message")} == {
        "points": 4,
        "solution": 4,
        "untouched": 0,
        "wrong": 3,
        "accepted": 0,
        "own_message": 3,
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (
            "wrong",
            "bucket = 5",
            "import boto3\nbucket='b5b'\nboto3.client('s3').create_bucket(Bucket=bucket)",
            "is accepted",
        ),
        ("wrong", '"no-text"', '"no-bucket"', "shows 'no-bucket' but got 'no-text'"),
        ("wrong", "bucket = 5", "import os\nos._exit(0)", "the process died"),
        ("hints", ', "three"', "", "has 2 hints, not 3"),
        ("lab", "Bucket=bucket)", 'Bucket="other")', "the solution of task 99.01 does not pass"),
        ("lab", "### BEGIN SOLUTION\n", 'bucket = "never"\n### BEGIN SOLUTION\n', "is not told what is missing"),
        ("lab", '"points": 4', '"points": 5', "the check cell has 5 points, not 4"),
        ("lab", "check-99-01", "checking-99-01", "has no check cell"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, name: str, old: str, new: str, complaint: str) -> None:
    """What is wrong is told, and the gate does not pass."""
    problems = gate(tmp_path, **{name: (old, new)})["problems"]
    assert any(complaint in problem for problem in problems), problems
