"""The built site: whole, self-contained, and with every place that the checks of the labs send learners to."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lmi_labs.places import days
from lmi_labs.tasks import Task, tasks_of
from tests.docs.building import ROOT, build_site

# What a browser fetches by itself when it shows a page; links that a person follows may lead anywhere.
_FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
    "embed": "src",
}
_FETCHED_RELATIONS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "modulepreload",
    "manifest",
}


class _Page(HTMLParser):
    """The ids of a page and the addresses that showing it fetches."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag names and fetches."""
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.add(values["id"])
        if tag in _FETCHED:
            self.fetched.append(values.get(_FETCHED[tag], ""))
        if tag == "link" and _FETCHED_RELATIONS & set(values.get("rel", "").split()):
            self.fetched.append(values.get("href", ""))


def test_the_site_has_the_pages_of_the_navigation(site: Path) -> None:
    """Every page of the navigation is built and has a heading."""
    for name in (
        ".",
        "start",
        "emulator",
        "emulator-use",
        "facts",
        "cli",
        "coverage",
        "contributing",
        "labs/day51",
        "labs/day52",
        "refresh/lambda",
    ):
        assert "<h1" in (site / name / "index.html").read_text(encoding="utf-8"), name


def test_a_link_to_a_section_that_is_not_there_fails_the_build(tmp_path: Path) -> None:
    """The strict build, as the Makefile and the tests run it, notices a dead anchor."""
    for name in ("CONTRIBUTING.md", "mkdocs.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for folder in ("docs", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    with (tmp_path / "docs" / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n[dead](facts.md#no-such-fact)\n")
    with pytest.raises(AssertionError, match="no-such-fact"):
        build_site(tmp_path / "site", source=tmp_path)


def test_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    """Scripts, styles, fonts and pictures all come from the site itself."""
    foreign = [
        f"{page.relative_to(site)}: {address}"
        for page in site.rglob("*.html")
        for address in _Page(page.read_text(encoding="utf-8")).fetched
        if re.match(r"(?:[a-z]+:)?//", address)
    ]
    assert not foreign


def test_styles_fetch_nothing_from_elsewhere(site: Path) -> None:
    """No style sheet imports or shows anything of another host."""
    foreign = [
        f"{sheet.relative_to(site)}: {address}"
        for sheet in site.rglob("*.css")
        for address in re.findall(r"""(?:url\(|@import\s+)["']?((?:https?:)?//[^"')\s]+)""", sheet.read_text("utf-8"))
    ]
    assert not foreign


def test_the_course_has_tasks() -> None:
    """The test below has tasks to look at."""
    assert len(TASKS) >= 10


TASKS = [task for day in days() for task in tasks_of(day)]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_task_links_to_a_section_that_exists(task: Task, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page and the anchor that a check's feedback links to are there."""
    monkeypatch.setenv("LMI_LABS_DOCS", "http://127.0.0.1:1/")
    address, _, anchor = task.docs_url.partition("#")
    page = address.removeprefix("http://127.0.0.1:1/").strip("/")
    built = site / page / "index.html"
    assert built.exists(), f"{task.id}: no page {page}"
    assert anchor, f"{task.id}: the link leads to a page, not to a section"
    assert anchor in _Page(built.read_text(encoding="utf-8")).ids, f"{task.id}: no anchor {anchor} on {page}"
