"""The planner widget in a real JupyterLab: charts, and an answer at each move."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.jupyter import PATIENCE_MS, Notebook, started

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def notebook(page: Page, tmp_path: Path) -> Iterator[Notebook]:
    """A notebook with the planner, in a JupyterLab with a home of its own."""
    for name in ("work", "home"):
        (tmp_path / name).mkdir()
    path = tmp_path / "work" / "planner.ipynb"
    code = "from lmi_labs.widgets import planner\n\nplanner()"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=metadata), path)
    command = ["lmi_labs", "start", "--no-browser", "--work-dir", str(tmp_path / "work")]
    with started(command, tmp_path / "work", {"HOME": str(tmp_path / "home")}) as address:
        yield Notebook.open(page, address, tmp_path / "work", path)


def test_a_move_changes_the_verdict_the_charts_and_the_tables(
    notebook: Notebook, take_picture: Callable[[str], Path]
) -> None:
    """With the fast engine, by keyboard, without an error in the notebook."""
    notebook.run_all()
    verdict = notebook.panel.get_by_role("status").first
    expect(verdict).to_contain_text("Simulated: all of 1,000,800 requests. A model", timeout=PATIENCE_MS)
    charts = notebook.panel.locator(".vega-embed")
    expect(charts).to_have_count(3)
    take_picture("planner")
    slider = notebook.panel.get_by_role("slider").first
    moves = []
    for _ in range(6):
        expect(verdict).to_contain_text("Simulated: all of", timeout=PATIENCE_MS)
        before = verdict.inner_text()
        slider.focus()
        began = time.perf_counter()
        notebook.page.keyboard.press("ArrowRight")
        expect(verdict).not_to_have_text(before, timeout=PATIENCE_MS)
        moves.append(time.perf_counter() - began)
    print("seconds from the key to the new answer:", [round(seconds, 3) for seconds in moves])  # noqa: T201
    assert sorted(moves)[len(moves) // 2] < 3
    expect(charts).to_have_count(3)
    goal = notebook.panel.get_by_role("slider").last
    goal.focus()
    for _ in range(200):
        notebook.page.keyboard.press("ArrowLeft")
    expect(verdict).to_contain_text("Neither meets the goal of 10 ms", timeout=PATIENCE_MS)
    table = notebook.panel.locator("table").first
    expect(table).to_contain_text("managed instances")
    assert notebook.panel.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
