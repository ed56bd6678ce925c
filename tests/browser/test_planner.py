"""The planner widget in a real JupyterLab: charts, and an answer at each move, in both themes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.jupyter import PATIENCE_MS, Notebook, started

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_THEMES = ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"


@contextmanager
def opened(page: Page, folder: Path, theme: str = "JupyterLab Light") -> Iterator[Notebook]:
    """A notebook with the planner, in a JupyterLab with a home of its own."""
    work, home = folder / "work", folder / "home"
    work.mkdir()
    settings = home / _THEMES
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"theme": theme}), encoding="utf-8")
    path = work / "planner.ipynb"
    code = "from lmi_labs.widgets import planner\n\nplanner()"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=metadata), path)
    command = ["lmi_labs", "start", "--no-browser", "--work-dir", str(work)]
    with started(command, work, {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".jupyter")}) as address:
        yield Notebook.open(page, address, work, path)


def test_a_move_changes_the_verdict_the_charts_and_the_tables(
    page: Page, tmp_path: Path, take_picture: Callable[[str], Path]
) -> None:
    """With the fast engine, by keyboard, without an error in the notebook."""
    page.set_viewport_size({"width": 1280, "height": 1130})
    with opened(page, tmp_path) as notebook:
        notebook.run_all()
        panel = notebook.panel
        verdict, basis = panel.get_by_role("status").first, panel.locator(".planner-basis")
        expect(basis).to_have_text(re.compile(r"^From all of 1,0\d\d,\d{3} requests\.\s*$"), timeout=PATIENCE_MS)
        expect(verdict).to_contain_text("Managed instances meet the goals")
        charts = panel.locator(".vega-embed")
        expect(charts).to_have_count(3)
        expect(panel.locator(".vega-embed svg")).to_have_count(3)
        for line in ("now", "break-even", "goal"):
            expect(panel.locator(".vega-embed svg text", has_text=re.compile(f"^{line}$"))).to_have_count(1)
        take_picture("planner")
        slider = panel.get_by_role("slider").first
        moves = []
        for _ in range(6):
            before = verdict.inner_text()
            slider.focus()
            began = time.perf_counter()
            page.keyboard.press("ArrowRight")
            expect(verdict).not_to_have_text(before, timeout=PATIENCE_MS)
            moves.append(time.perf_counter() - began)
        print("seconds from the key to the new answer:", [round(seconds, 3) for seconds in moves])  # noqa: T201
        expect(charts).to_have_count(3)
        goal = panel.locator(".widget-hslider", has_text="p99 at most").get_by_role("slider")
        goal.focus()
        for _ in range(80):
            page.keyboard.press("ArrowLeft")
        expect(verdict).to_contain_text("None of the three meets the goals", timeout=PATIENCE_MS)
        expect(panel.locator("table").first).to_contain_text("provisioned concurrency")
        panel.get_by_label("Instance type", exact=True).select_option("m8g.xlarge")
        problem = panel.get_by_role("alert")
        expect(problem).to_contain_text("it must have 1 to 16, which is 4 GiB at least.", timeout=PATIENCE_MS)
        panel.get_by_label("Memory, environment").select_option("4 GiB")
        expect(problem).to_have_count(0, timeout=PATIENCE_MS)
        assert panel.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0


def test_words_and_lines_stand_out_in_the_dark(page: Page, tmp_path: Path) -> None:
    """In JupyterLab's dark theme the planner's text is as light as the notebook's, and charts are drawn for the dark."""
    page.set_viewport_size({"width": 1280, "height": 1130})
    with opened(page, tmp_path, "JupyterLab Dark") as notebook:
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false", timeout=PATIENCE_MS)
        notebook.run_all()
        expect(notebook.panel.locator(".planner-basis")).to_contain_text("From ", timeout=PATIENCE_MS)
        expect(notebook.panel.locator(".vega-embed svg")).to_have_count(3)
        page.screenshot(path=tmp_path / "planner-dark.png")
        for place in (
            ".planner-basis",
            ".lmi-planner table",
            ".lmi-planner strong",
            ".lmi-planner svg .role-axis-title text",
        ):
            part = notebook.panel.locator(place).first
            colour = part.evaluate(
                "e => e instanceof SVGElement ? getComputedStyle(e).fill : getComputedStyle(e).color"
            )
            shades = [int(number) for number in re.findall(r"\d+", colour)[:3]]
            assert min(shades) > 130, (place, colour)
