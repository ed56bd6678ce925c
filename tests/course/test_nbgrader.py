"""Stock nbgrader gives a submission the points that the checks give."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lmi_labs.building import build, cell_task, solution_folders, write
from lmi_labs.places import project_root
from lmi_labs.tasks import tasks_of

LAB = solution_folders()[0]
HALF = 6
"""How many tasks the third student answers."""


def nbgrader(course: Path, *arguments: str) -> str:
    """Run an nbgrader command in the course; what it printed."""
    program = Path(sys.executable).with_name("nbgrader")
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(program), *arguments],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder in which three students' submissions have been graded."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(project_root() / "nbgrader_config.py", root)
    lab = build(LAB)
    write(lab, root)
    nbgrader(root, "generate_assignment", lab.name, "--force")
    released = (root / "labs" / lab.name / f"{lab.name}.ipynb").read_bytes()
    assert released == lab.release, "nbgrader's own release differs from what `lmi-labs build` makes"
    for student, answered in (("full", 99), ("untouched", 0), ("half", HALF)):
        submission = root / "submitted" / student / lab.name / f"{lab.name}.ipynb"
        submission.parent.mkdir(parents=True)
        submission.write_text(nbformat.writes(answers(lab, answered)))
    nbgrader(root, "autograde", lab.name)
    return root


def answers(lab: Any, answered: int) -> Any:
    """The learner's notebook with the solution in the first so many answer cells."""
    source = nbformat.reads(lab.source.decode(), as_version=4)
    notebook = nbformat.reads(lab.release.decode(), as_version=4)
    solved = {task: cell.source for cell in source.cells if (task := cell_task(cell, "answer"))}
    for task_id in sorted(solved)[:answered]:
        cell = next(cell for cell in notebook.cells if cell_task(cell, "answer") == task_id)
        cell.source = solved[task_id]
    return notebook


@pytest.mark.slow
def test_points(course: Path) -> None:
    """Full marks for the solution, nothing for an untouched lab, and the sum of the tasks for half of one."""
    from nbgrader.api import Gradebook

    tasks = tasks_of(int(LAB.name[3:5]))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        scores = {
            student: gradebook.find_submission(LAB.name, student).score for student in ("full", "untouched", "half")
        }
    assert scores == {
        "full": sum(item.points for item in tasks),
        "untouched": 0,
        "half": sum(item.points for item in tasks[:HALF]),
    }


@pytest.mark.slow
def test_feedback_explains(course: Path) -> None:
    """The feedback that a student gets has the checks' explanations and no traceback of a check."""
    nbgrader(course, "generate_feedback", LAB.name)
    page = (course / "feedback" / "untouched" / LAB.name / f"{LAB.name}.html").read_text()
    assert "This task has no answer yet" in page
    assert "graders/day" not in page
