"""Known wrong answers as files: whole code, what differs from the solution, and what comes after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmi_labs.wrong_answers import read_wrong_answers

LAB = """\
# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-99-01"}
x = 1024
if x:
    y = x * 2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A day's folder with one answer."""
    (tmp_path / "wrong").mkdir()
    (tmp_path / "lab.py").write_text(LAB)
    return tmp_path


def code_of(folder: Path, cell: str) -> str:
    """The code of the one wrong answer that the cell describes."""
    (folder / "wrong" / "99_01_size.py").write_text(f'# %% [name] misconception="some-idea"\n{cell}')
    [answer] = read_wrong_answers(folder)
    assert (answer.task_id, answer.name, answer.misconception) == ("99.01", "name", "some-idea")
    return answer.code


def run(code: str) -> dict[str, object]:
    """The variables that the code leaves."""
    left: dict[str, object] = {}
    exec(code, left)
    return left


def test_whole_code_is_taken_as_it_is(folder: Path) -> None:
    """Without marks the cell is the answer."""
    assert code_of(folder, "# An idea.\ny = 3\n") == "# An idea.\ny = 3"


def test_what_differs_is_put_into_the_solution(folder: Path) -> None:
    """Several pairs, parts of lines and whole ones, and a part that is left out."""
    cell = "# An idea.\n# - 1024\n# + 1000\n# - if x:\n# -     y = x\n# + if not x:\n# +     pass\n# + else:\n# +     y = -x\n"
    assert run(code_of(folder, cell))["y"] == -2000
    assert run(code_of(folder, "# An idea.\n# -  * 2\n# +\n"))["y"] == 1024
    assert "y" not in run(code_of(folder, "# An idea.\n# - if x:\n# -     y = x * 2\n"))


def test_an_idea_that_its_name_says_needs_no_line(folder: Path) -> None:
    """The cell may begin with the first pair, or with what comes after."""
    assert run(code_of(folder, "# - 1024\n# + 1000\n"))["y"] == 2000
    assert run(code_of(folder, "# and then\ny = -y\n"))["y"] == -2048


def test_what_comes_after_the_solution(folder: Path) -> None:
    """Code after `# and then`, or after the pairs, runs last."""
    assert run(code_of(folder, "# An idea.\n# and then\ny = -y\n"))["y"] == -2048
    assert run(code_of(folder, "# An idea.\n# - 1024\n# + 1000\ny = -y\n"))["y"] == -2000


@pytest.mark.parametrize(("old", "times"), [("z = 1", 0), ("x", 3)])
def test_what_is_not_there_once_is_refused(folder: Path, old: str, times: int) -> None:
    """A change that could mean several places, or none, is named with its file."""
    with pytest.raises(ValueError, match=rf"99_01_size.py, name: '{old}' is found {times} times"):
        code_of(folder, f"# An idea.\n# - {old}\n# + w\n")


def test_a_file_without_cells_is_refused(folder: Path) -> None:
    """The form is said."""
    (folder / "wrong" / "99_01_size.py").write_text("y = 3\n")
    with pytest.raises(ValueError, match=r"its cells begin with # %% \[name\]"):
        read_wrong_answers(folder)
