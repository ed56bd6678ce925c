"""Lab 53 as a learner does it: functions that really run, a sweep that draws itself while it measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lmi_labs.tasks import tasks_of
from tests.browser.jupyter import PATIENCE_MS, Notebook
from tests.browser.labs import answered_lab, scores

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lab(page: Page, tmp_path: Path) -> Iterator[Notebook]:
    """The answered lab."""
    with answered_lab("day53_functions", page, tmp_path) as notebook:
        yield notebook


def test_the_whole_lab(lab: Notebook, take_picture: Callable[[str], Path]) -> None:
    """Every task gets full marks, and the sweep stands there as a chart, a table and a finished bar."""
    lab.run_all(5 * PATIENCE_MS)  # its functions really run, and a hundred processes start on the way
    assert scores(lab) == {task.id: task.points for task in tasks_of(53)}

    cell = lab.panel.locator(".jp-CodeCell", has_text="sweep = sweep_view(").first
    cell.scroll_into_view_if_needed()
    chart = cell.locator(".jp-RenderedVegaCommon5 svg, .vega-embed svg").first
    expect(chart).to_be_visible(timeout=PATIENCE_MS)
    # What the chart shows stands below it in words, and the table has every point.
    expect(cell.locator("p[role=status]")).to_contain_text("io: from 1 to 8 at a time")
    expect(cell.locator("table[aria-label='The sweep in numbers'] tbody tr")).to_have_count(8)
    take_picture("lab53-sweep")
