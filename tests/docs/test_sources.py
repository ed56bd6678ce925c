"""The Markdown behind the site and the files beside it: fresh, true to the facts, and with links that lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import generate
from docs.pages.coverage import lines, sections
from docs.pages.facts import every_fact, shown, value_of

ROOT = Path(__file__).resolve().parents[2]
_FACT_LINK = re.compile(r"\[([^\]]+)\]\((?:\.\./)*facts\.md#([a-z_0-9]+\.\w+)\)")
_WRITTEN_BY_HAND = [
    path for path in sorted((ROOT / "docs").rglob("*.md")) if path not in generate.PAGES and path.exists()
]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_generated_pages_are_fresh() -> None:
    """Facts, tables, coverage and command line say what their sources say now; else run `make generate`."""
    assert [str(path.relative_to(ROOT)) for path in generate.stale(generate.rendered())] == []


@pytest.mark.parametrize("path", _WRITTEN_BY_HAND, ids=lambda path: str(path.relative_to(ROOT / "docs")))
def test_numbers_in_the_text_are_those_of_the_facts(path: Path) -> None:
    """A link to a fact shows the fact's value, or one of its bounds, or is prose without a number."""
    for words, key in _FACT_LINK.findall(path.read_text(encoding="utf-8")):
        fact = every_fact()[key]
        accepted = {value_of(fact)}
        if isinstance(fact.value, list):
            accepted |= {shown(item) for item in fact.value}
        assert words in accepted or not re.search(r"\d", words), f"{key} is {value_of(fact)}, not {words}"


def test_the_day_page_links_its_numbers_to_facts() -> None:
    """The test above has something to compare on the reference page of the lab."""
    found = _FACT_LINK.findall((ROOT / "docs" / "labs" / "day52.md").read_text(encoding="utf-8"))
    assert len(found) > 15


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_the_front_files_lead_somewhere(name: str) -> None:
    """Relative links and pictures of the files at the root name files that exist."""
    text = (ROOT / name).read_text(encoding="utf-8")
    # A number that links to its fact is shown as an example of how the pages are written.
    targets = re.findall(r"(?<!`)\]\(([^)#]+)[^)]*\)", re.sub(r"`[^`\n]*`", "", text))
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_samples_run() -> None:
    """Every sample that a page shows runs as it stands, without credentials, a home folder or a warning."""
    samples = sorted((ROOT / "docs" / "samples").glob("*.py"))
    assert samples
    clean = {"PATH": os.environ["PATH"], "HOME": os.devnull}
    for sample in samples:
        run = subprocess.run(
            [sys.executable, "-W", "error", sample], env=clean, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, f"{sample.name}: {run.stderr}"


def test_the_example_of_the_readme_runs() -> None:
    """The emulator's example on the front page runs as it stands."""
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    clean = {"PATH": os.environ["PATH"], "HOME": os.devnull}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", example], env=clean, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "[]\n"), run.stderr


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    """A clone needs nothing outside it, so no tracked text names an absolute path of where it was written."""
    private = re.compile(rb"(?<![\w./-])/(?:work|root|home/\w+)/\w")
    guilty = [str(path.relative_to(ROOT)) for path in _tracked() if private.search(path.read_bytes())]
    assert guilty == []


def test_make_help_lists_the_targets_that_people_use() -> None:
    """`make help` names every target that the documentation mentions."""
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = set(re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE))
    assert {
        "setup",
        "start",
        "test",
        "lint",
        "format",
        "docs",
        "bench",
        "check",
        "clean",
        "generate",
        "verify",
    } <= named


def test_the_syllabus_is_whole() -> None:
    """Five days, 34 lines, each with an id of its day and a text."""
    days = lines()
    ids = [line.id for _, day in days for line in day]
    assert len(days) == 5
    assert len(ids) == len(set(ids)) == 34
    assert all(line.text for _, day in days for line in day)


def test_sections_of_a_lab_are_read_from_its_cells() -> None:
    """Text and answer cells count for the next check cell only, under the last heading."""
    notebook = (
        "# %% [markdown]\n# ## The role\n# Text.\n\n"
        '# %% nbgrader={"grade_id": "answer-52-03"}\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n\n'
        '# %% nbgrader={"grade": true}\nlab.check("52.03")\n\n'
        '# %% nbgrader={"grade": true}\nlab.check("52.04")\n'
    )
    found = sections(notebook)
    assert found["52.03"].heading == "The role"
    assert found["52.03"].has_text
    assert found["52.03"].has_answer
    assert not found["52.04"].has_text
    assert not found["52.04"].has_answer
