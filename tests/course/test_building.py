"""The labs are what the solutions give: always the same bytes, up to date, and without anything of the answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lmi_labs.building import build, solution_folders, stale, write
from lmi_labs.wrong_answers import read_wrong_answers

FOLDERS = solution_folders()
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


def test_the_labs_are_up_to_date() -> None:
    """Nothing under labs/ is stale, missing or left over; `lmi-labs build` mends it."""
    assert stale() == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_building_twice_gives_the_same_bytes(folder: Path) -> None:
    """Identifiers and order depend on the source alone."""
    assert build(folder) == build(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_of_the_solution_reaches_the_learner(folder: Path, tmp_path: Path) -> None:
    """No solution, hidden test, wrong answer or instructor's note is in any file of labs/."""
    write(build(folder), tmp_path)
    notebook = _sources(tmp_path / "labs" / folder.name / f"{folder.name}.ipynb")
    released = notebook + (tmp_path / "labs" / folder.name / "hints.toml").read_text()
    text = (folder / "lab.py").read_text()
    secrets = [block for pattern in (_SOLUTION, _HIDDEN) for block in pattern.findall(text)]
    assert secrets
    shown = _HIDDEN.sub("", _SOLUTION.sub("", text))  # a line that the notebook itself shows is no secret
    for block in secrets:
        lines = [line.strip() for line in block.splitlines() if len(line.strip()) > 30]
        assert [line for line in lines if line in notebook and line not in shown] == []
        assert block.strip() not in released
    assert "BEGIN SOLUTION" not in released
    assert "HIDDEN" not in released
    assert "hidden" not in released
    for answer in read_wrong_answers(folder):
        assert answer.code not in released
    assert {path.name for path in (tmp_path / "labs" / folder.name).iterdir()} == {f"{folder.name}.ipynb", "hints.toml"}


def _sources(path: Path) -> str:
    return "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text())["cells"])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_edited_lab_is_found_stale(folder: Path, tmp_path: Path) -> None:
    """A change by hand under labs/, or a stray file, is told."""
    for each in solution_folders():
        write(build(each), tmp_path)
    (tmp_path / "solutions").symlink_to(folder.parent)
    assert stale(tmp_path) == []
    notebook = tmp_path / "labs" / folder.name / f"{folder.name}.ipynb"
    notebook.write_text(notebook.read_text().replace("lab", "lob"))
    (tmp_path / "labs" / "stray.txt").write_text("x")
    assert {path.name for path in stale(tmp_path)} == {notebook.name, "stray.txt"}
