"""The documentation site in a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.docs.building import build_site

pytestmark = pytest.mark.browser


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the built site on this machine."""
    folder = build_site(tmp_path_factory.mktemp("site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_pages_ask_no_other_host_for_anything(page: Page, address: str) -> None:
    """Whatever the scripts of a page do once it is shown, they stay on the site."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("", "labs/day52", "emulator", "facts"):
        page.goto(f"{address}/{name}", wait_until="networkidle")
    assert len(asked) > 4
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_the_search_finds_the_operator_role_by_keyboard(page: Page, address: str) -> None:
    """A reader who presses the search key and types finds the section of the lab's page."""
    page.goto(f"{address}/", wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("operator role", delay=10)
    result = page.locator(".md-search-result__link[href*='labs/day52/'][href$='#operator-role']").first
    expect(result).to_be_visible()


def test_a_narrow_page_does_not_scroll_sideways(page: Page, address: str) -> None:
    """On a telephone the text fits; only tables and samples may scroll within themselves."""
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("", "labs/day52", "emulator", "facts"):
        page.goto(f"{address}/{name}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def test_pages_say_what_a_screen_reader_needs(page: Page, address: str) -> None:
    """Each page names its language, has one main heading, and describes its pictures."""
    for name in ("", "start", "labs/day52"):
        page.goto(f"{address}/{name}", wait_until="networkidle")
        assert page.locator("html").get_attribute("lang") == "en"
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.locator("img:not([alt])").count() == 0
