"""A lab as a learner has it in JupyterLab, with the solution's answers written into its cells."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jupytext
import nbformat
from playwright.sync_api import Page

from tests.browser.jupyter import Notebook, started

ROOT = Path(__file__).resolve().parents[2]


def _answered(name: str, target: Path) -> None:
    """Write the solution's answers into the learner's copy of the lab, cell by cell."""
    solution = jupytext.read(ROOT / "solutions" / name / "lab.py")
    answers = {
        cell.metadata["nbgrader"]["grade_id"]: re.sub(
            r"^### (?:BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE
        )
        for cell in solution.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    assert answers
    notebook = nbformat.read(target, as_version=4)
    for cell in notebook.cells:
        answer = answers.pop(cell.metadata.get("nbgrader", {}).get("grade_id", ""), None)
        if answer is not None:
            cell.source = answer.strip()
    assert not answers, f"the learner's notebook lacks the cells {sorted(answers)}"
    nbformat.write(notebook, target)


@contextmanager
def answered_lab(name: str, page: Page, tmp_path: Path) -> Iterator[Notebook]:
    """The answered lab, open in a JupyterLab with a home of its own."""
    for room in ("work", "home"):
        (tmp_path / room).mkdir()
    shutil.copytree(ROOT / "labs" / name, tmp_path / "work" / name)
    path = tmp_path / "work" / name / f"{name}.ipynb"
    _answered(name, path)
    command = ["lmi_labs", "start", "--no-browser", "--work-dir", str(tmp_path / "work")]
    with started(command, tmp_path / "work", {"HOME": str(tmp_path / "home")}) as address:
        yield Notebook.open(page, address, tmp_path / "work", path)


def scores(notebook: Notebook) -> dict[str, float]:
    """The value of each check cell as nbgrader reads it, by the task's id."""
    return {
        match[1]: float("".join(output["data"]["text/plain"]))
        for cell in notebook.saved()["cells"]
        if (match := re.search(r"lab\.check\(\"([\d.]+)\"", "".join(cell["source"])))
        for output in cell["outputs"]
        if output["output_type"] == "execute_result"
    }
