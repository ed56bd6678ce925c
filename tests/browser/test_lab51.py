"""Lab 51 as a learner does it: every answer right, cold starts to be seen, a slider that is moved to the break-even."""

from __future__ import annotations

import re
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
    with answered_lab("day51_overview", page, tmp_path) as notebook:
        yield notebook


def test_the_whole_lab(lab: Notebook, take_picture: Callable[[str], Path]) -> None:
    """Every task gets full marks, and the two runs stand there as a chart and in words."""
    lab.run_all(3 * PATIENCE_MS)
    assert scores(lab) == {task.id: task.points for task in tasks_of(51)}

    cell = lab.panel.locator(".jp-CodeCell", has_text="latency_view(runs)").first
    cell.scroll_into_view_if_needed()
    chart = cell.locator(".jp-RenderedVegaCommon5 svg, .vega-embed svg").first
    expect(chart).to_be_visible(timeout=PATIENCE_MS)
    # What the chart shows stands below it in words, minute by minute for both runs.
    expect(cell.locator("p[role=status]")).to_contain_text("managed instances: 4,637 requests")
    expect(cell.locator("table[aria-label='The requests, minute by minute'] tbody tr")).to_have_count(20)
    chart.evaluate("chart => chart.scrollIntoView({block: 'center'})")
    lab.page.wait_for_timeout(500)
    take_picture("lab51-runs")


def test_a_slider_finds_the_break_even(lab: Notebook) -> None:
    """With the keyboard the rate is moved up until the planner says that it is above the break-even."""
    lab.run_up_to('lab.check("51.07")')
    planner = lab.panel.locator(".lmi-planner")
    expect(planner).to_contain_text("below it", timeout=PATIENCE_MS)
    said = planner.get_by_text(re.compile(r"break even with default Lambda at [\d.]+ million requests a month")).first
    expect(said).to_be_visible(timeout=PATIENCE_MS)
    slider = planner.locator(".widget-slider", has_text="Requests a second").locator(".noUi-handle").first
    slider.focus()
    for _ in range(40):
        if planner.get_by_text(re.compile(", above it")).count():
            break
        lab.page.keyboard.press("ArrowRight")
        lab.page.wait_for_timeout(400)
    expect(planner).to_contain_text(", above it", timeout=PATIENCE_MS)


def test_a_wrong_answer_of_the_self_test_leads_to_a_refresher(lab: Notebook) -> None:
    """A learner who is wrong on security groups gets a link to the page that refreshes them, and it opens."""
    lab.run_first_code_cell()
    said = lab.run_new_cell('self_test = {"L1": 1, "E2": "no"}\nlab.check("51.01")')
    assert "Partly" in said
    link = lab.cells.last.locator("section[role=status] a")
    expect(link).to_have_attribute("href", re.compile("/refresh/lambda/#"))
    address = link.get_attribute("href")
    assert address is not None
    assert link.page.request.get(address).ok
