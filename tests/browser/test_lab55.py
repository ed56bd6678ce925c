"""Lab 55 as a learner does it: bursts in virtual time, a rollout that is taken back, and the night with its timeline."""

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
    with answered_lab("day55_playbook", page, tmp_path) as notebook:
        yield notebook


def test_the_whole_lab(lab: Notebook, take_picture: Callable[[str], Path]) -> None:
    """Every task gets full marks, and the night stands there as a chart, a score and a timeline in words."""
    lab.run_all(5 * PATIENCE_MS)
    assert scores(lab) == {task.id: task.points for task in tasks_of(55)}

    cell = lab.panel.locator(".jp-CodeCell", has_text="night_view(incident_night.play(").first
    cell.scroll_into_view_if_needed()
    chart = cell.locator(".jp-RenderedVegaCommon5 svg, .vega-embed svg").first
    expect(chart).to_be_visible(timeout=PATIENCE_MS)
    # What the chart shows stands below it in words: the score, each incident, each page, each stretch of pain.
    expect(cell.locator("p[role=status]")).to_contain_text("Night 55: ")
    rows = cell.locator("table[aria-label='The timeline in words'] tbody tr")
    expect(rows.filter(has_text="happens: ")).to_have_count(3)
    expect(rows.filter(has_text="pager: shop-throttles is ALARM").first).to_be_visible()
    take_picture("lab55-night")
