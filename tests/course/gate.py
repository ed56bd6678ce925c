"""Runs the author's gate over one folder, as a process of its own: the gate keeps an emulated account open."""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from pathlib import Path

from lmi_labs import tasks, verifying
from lmi_labs.cli.verify import _as_data


def main(folder: Path) -> None:
    """Print what the gate finds in the folder, as JSON."""
    sys.modules["graders.day99"] = importlib.import_module("tests.course.fixtures.grader")
    hints = tomllib.loads((folder / "hints.toml").read_text())
    verifying.hints_of = lambda _day: {entry["id"]: tuple(entry["hints"]) for entry in hints["task"]}
    verifying.WRONG_PER_TASK = 2
    tasks.hidden_checks(99)
    print(json.dumps(_as_data(verifying.verify_day(folder))))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
