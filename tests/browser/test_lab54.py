"""Lab 54 as a learner does it: a network that is broken by their number, a view of the way, and an alarm that goes off."""

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
    with answered_lab("day54_networking", page, tmp_path) as notebook:
        yield notebook


def test_the_whole_lab(lab: Notebook, take_picture: Callable[[str], Path]) -> None:
    """Every task gets full marks whatever the learner's number is, and the view says in words what it draws."""
    lab.run_all(4 * PATIENCE_MS)
    assert scores(lab) == {task.id: task.points for task in tasks_of(54)}

    cell = lab.panel.locator(".jp-CodeCell", has_text='reach_view(lab, NAME, "logs")').first
    cell.scroll_into_view_if_needed()
    # Drawn while the network was broken: the picture has a stop in it, and so have the words below.
    expect(cell.locator("p[role=status]")).to_contain_text("logs", timeout=PATIENCE_MS)
    cell.locator("summary", has_text="In words").click()
    expect(cell.locator("details ol").first).to_contain_text("security group")
    expect(cell.locator("details")).to_contain_text("Blocked (")
    take_picture("lab54-way")

    # By now the lab has cleared its ground, and a second look says so instead of failing.
    cell.locator("button", has_text="Look again").click()
    expect(cell.locator("p[role=status]")).to_contain_text("The way can't be read", timeout=PATIENCE_MS)
