"""The planner's report in a browser without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lmi_sim import report, spec
from lmi_sim.plan import plan
from tests.lmi_sim.test_plan import SMALL

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_draws_every_chart_without_a_network(
    scheme: str, page: Page, tmp_path: Path, take_picture: Callable[[str], Path]
) -> None:
    """Each chart has marks, a name and a table; no error, no request."""
    file = tmp_path / "report.html"
    file.write_text(report.html(plan(spec.parse(SMALL), quick=True)), encoding="utf-8")
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.context.set_offline(True)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    figures = page.locator("figure")
    expect(figures).to_have_count(5)
    for index in range(5):
        figure = figures.nth(index)
        expect(figure.locator("svg .mark-rect path, svg .mark-line path, svg .mark-area path").first).to_be_attached()
        assert len(figure.locator(".chart").get_attribute("aria-label") or "") > 30
        figure.get_by_text("As a table").click()
        expect(figure.locator("table")).to_be_visible()
    assert wrong == []
    assert {url.split("?")[0] for url in asked} == {file.as_uri()}
    if scheme == "light":
        page.evaluate("document.querySelectorAll('details').forEach(item => item.open = false)")
        take_picture("plan-report")
