"""A real JupyterLab in headless Chromium, driven as a person would: menus, buttons, the keyboard."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+/\S*")
# A cold JupyterLab on a busy machine of two cores; each wait ends as soon as what it waits for is there.
PATIENCE_MS = 120_000


@contextmanager
def started(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Run a command that starts JupyterLab; yields the address with its token that the command prints."""
    log = folder / "start.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that the end below reaches what it starts
        )
    try:
        yield _address_in(log, process)
    finally:
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, ending)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    continue


def _address_in(log: Path, process: subprocess.Popen[bytes]) -> str:
    """The first address with a token in the log."""
    give_up = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < give_up:
        found = [address for address in _ADDRESS.findall(log.read_text()) if "token=" in address]
        if found:
            return found[0].rstrip(".,)")
        assert process.poll() is None, f"it ended with {process.returncode}:\n{log.read_text()}"
        time.sleep(0.2)
    raise AssertionError(f"no address was printed:\n{log.read_text()}")


@dataclass
class Notebook:
    """An open notebook."""

    page: Page
    path: Path

    @classmethod
    def open(cls, page: Page, address: str, root: Path, path: Path) -> Notebook:
        """Open the notebook `path` under the folder `root` that JupyterLab serves."""
        base, _, query = address.partition("?")
        host = re.match(r"http://[^/]+", base)
        assert host is not None
        page.goto(f"{host[0]}/lab/tree/{path.relative_to(root)}?{query}", timeout=PATIENCE_MS)
        notebook = cls(page, path)
        # Whenever JupyterLab asks about its news, say no: the question would stand in the pictures.
        question = page.locator(".Toastify__toast", has_text="Jupyter news")
        page.add_locator_handler(question, lambda: question.get_by_role("button", name="No", exact=True).click())
        expect(notebook.cells.first).to_be_visible(timeout=PATIENCE_MS)
        notebook.wait_idle()
        return notebook

    @property
    def panel(self) -> Locator:
        """The notebook's part of the window."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @property
    def cells(self) -> Locator:
        """All cells."""
        return self.panel.locator(".jp-Cell")

    def menu(self, name: str, item: str) -> None:
        """Choose an item of the menu bar."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{name}$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$")).first.click()

    def wait_idle(self) -> None:
        """Wait until the kernel has nothing to do."""
        # The status bar names the kernel only once it is connected; the notebook's own indicator is idle before that.
        expect(self.page.locator("#jp-bottom-panel")).to_contain_text("| Idle", timeout=PATIENCE_MS)
        indicator = self.panel.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle", timeout=PATIENCE_MS)

    def run_all(self, patience_ms: int = PATIENCE_MS) -> None:
        """Run every cell and wait for the end."""
        self.menu("Run", "Run All Cells")
        self._wait_until_run(self.panel.locator(".jp-CodeCell"), patience_ms)

    def run_up_to(self, code: str) -> None:
        """Run every cell above the one that holds the code."""
        cell = self.panel.locator(".jp-CodeCell", has_text=code).first
        above = int(cell.evaluate("cell => [...cell.parentElement.querySelectorAll('.jp-Cell')].indexOf(cell)"))
        cell.scroll_into_view_if_needed()
        cell.locator(".jp-InputPrompt").click()
        self.menu("Run", "Run All Above Selected Cell")
        code_cells = self.cells.nth(above).locator("xpath=preceding-sibling::*[contains(@class, 'jp-CodeCell')]")
        self._wait_until_run(code_cells)

    def _wait_until_run(self, code_cells: Locator, patience_ms: int = PATIENCE_MS) -> None:
        """Wait until every one of the cells has been run; a cell that ends in an error stops the rest, so it fails."""
        waiting = code_cells.locator(".jp-InputPrompt", has_text=re.compile(r"\[[ *]\]:"))
        # JupyterLab shows an exception as it shows standard error.
        failed = self.panel.locator("[data-mime-type='application/vnd.jupyter.stderr']", has_text="Traceback")
        give_up = time.monotonic() + patience_ms / 1000
        while waiting.count() and not failed.count() and time.monotonic() < give_up:
            self.page.wait_for_timeout(200)
        assert not failed.count(), failed.first.inner_text()
        assert not waiting.count(), f"{waiting.count()} cells have not been run"
        self.wait_idle()

    def run_first_code_cell(self) -> None:
        """Run the first code cell with the keyboard."""
        cell = self.panel.locator(".jp-CodeCell").first
        cell.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Control+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[1\]:"), timeout=PATIENCE_MS)
        self.wait_idle()

    def run_new_cell(self, code: str) -> str:
        """Add a cell at the end with the keyboard, run it, and return what it prints."""
        before = self.cells.count()
        self.cells.last.scroll_into_view_if_needed()
        self.cells.last.locator(".jp-InputPrompt, .jp-MarkdownOutput").first.click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        expect(self.cells).to_have_count(before + 1)
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        expect(self.cells.last.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=PATIENCE_MS)
        self.wait_idle()
        return self.cells.last.locator(".jp-OutputArea-output").inner_text()

    def restart_kernel(self) -> None:
        """Restart the kernel through its menu and confirm."""
        self.menu("Kernel", "Restart Kernel…")
        self.page.locator(".jp-Dialog button", has_text="Restart").last.click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)
        self.wait_idle()

    def validate(self) -> str:
        """Press nbgrader's Validate and return what its dialog says."""
        self.panel.get_by_role("button", name="Validate").click()
        said = self.page.locator(".jp-Dialog .nbgrader-ValidationDialog, .jp-Dialog-content").first
        expect(said).to_contain_text(re.compile("Success|fail|error", re.IGNORECASE), timeout=PATIENCE_MS)
        text = said.inner_text()
        self.page.keyboard.press("Escape")
        return text

    def saved(self) -> dict[str, Any]:
        """Save with the keyboard and read the file."""
        stamp = self.path.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            self.page.wait_for_timeout(100)
            # A long notebook is seen half written, or empty, for a moment.
            with suppress(ValueError):
                if self.path.stat().st_mtime_ns != stamp:
                    content: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
                    return content
        raise AssertionError(f"{self.path} was not saved")
