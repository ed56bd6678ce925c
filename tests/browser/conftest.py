"""Headless Chromium and a folder for its pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.jupyter import CHROMIUM, FLAGS

ASSETS = Path(__file__).resolve().parents[2] / "docs" / "assets"


@pytest.fixture
def page() -> Iterator[Page]:
    """An empty page of a fresh browser."""
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is missing; on Debian: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 860})
        finally:
            browser.close()


@pytest.fixture
def take_picture(page: Page, tmp_path: Path) -> Callable[[str], Path]:
    """Keep what the page shows: in docs/assets with UPDATE_SCREENSHOTS=1, else in a temporary folder."""
    folder = ASSETS if os.environ.get("UPDATE_SCREENSHOTS") == "1" else tmp_path

    def take(name: str) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path, animations="disabled")
        return path

    return take
