"""The page that shows which line of the syllabus is taught, done by the learner, graded and documented, and which is not."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docs.pages.tables import GENERATED, table, text
from lmi_labs.places import days
from lmi_labs.tasks import Task, tasks_of

_DOCS = Path(__file__).resolve().parents[1]
_ROOT = _DOCS.parent
_INTRODUCTION = """\
Each line of the syllabus needs four things: a place in a lab where it is **taught**, a
**hands-on** step that the learner does, a check that is **graded**, and a section of this site where it is **documented**.
The table is drawn from the labs, the checks and these pages themselves. A dash is a gap."""
_GAP = "–"


@dataclass(frozen=True)
class Line:
    """One line of the syllabus with where it is met; an empty tuple is a gap."""

    id: str
    text: str
    taught: tuple[str, ...]
    hands_on: tuple[str, ...]
    graded: tuple[str, ...]
    documented: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether none of the four is missing."""
        return all((self.taught, self.hands_on, self.graded, self.documented))


@dataclass(frozen=True)
class Section:
    """The cells of a lab from one check cell to the next: what leads up to a task."""

    heading: str
    has_text: bool
    has_answer: bool


_CELL = re.compile(r"^# %%", re.MULTILINE)
_CHECK = re.compile(r"""\blab\.check\(\s*["']([\d.]+)["']""")
_HEADING = re.compile(r"^# #+ +(.+)$", re.MULTILINE)


def sections(notebook: str) -> dict[str, Section]:
    """What leads up to each task of a lab's py:percent notebook, by the task's id."""
    found: dict[str, Section] = {}
    heading, has_text, has_answer = "", False, False
    for cell in _CELL.split(notebook)[1:]:
        header, _, body = cell.partition("\n")
        if "[markdown]" in header:
            has_text = True
            headings = _HEADING.findall(body)
            heading = headings[-1] if headings else heading
        has_answer |= "### BEGIN SOLUTION" in body
        for task in dict.fromkeys(_CHECK.findall(body)):  # a hidden check stands in the same cell
            found[task] = Section(heading, has_text, has_answer)
            has_text, has_answer = False, False
    return found


@cache
def _sections_of(day: int) -> dict[str, Section]:
    found: dict[str, Section] = {}
    for path in sorted(_ROOT.glob(f"solutions/day{day}_*/lab.py")):
        found |= sections(path.read_text(encoding="utf-8"))
    return found


def _tasks(day: int, line: str) -> list[Task]:
    return [task for task in tasks_of(day) if line in task.syllabus] if day in days() else []


_DOCUMENTED = re.compile(r"^#+ +(.+?) *\{:? *#([\w.-]+) +data-syllabus=\"([^\"]+)\" *\}$", re.MULTILINE)


@cache
def _documented() -> dict[str, list[str]]:
    """Links to the sections of the site by the syllabus line that they name in their heading's attributes."""
    found: dict[str, list[str]] = {}
    for path in sorted(_DOCS.rglob("*.md")):
        for heading, anchor, lines in _DOCUMENTED.findall(path.read_text(encoding="utf-8")):
            for line in lines.split():
                found.setdefault(line, []).append(f"[{heading}]({path.relative_to(_DOCS)}#{anchor})")
    return found


def lines() -> list[tuple[str, list[Line]]]:
    """Every line of the syllabus, by the day's title."""
    syllabus = tomllib.loads((_DOCS / "syllabus.toml").read_text(encoding="utf-8"))
    return [
        (f"Day {day['number']}: {day['title']}", [_line(day["number"], **row) for row in day["line"]])
        for day in syllabus["day"]
    ]


def _line(day: int, id: str, text: str) -> Line:
    tasks = _tasks(day, id)
    around = [(task, _sections_of(day)[task.id]) for task in tasks if task.id in _sections_of(day)]
    return Line(
        id=id,
        text=text,
        taught=tuple(dict.fromkeys(section.heading for _, section in around if section.has_text)),
        hands_on=tuple(task.id for task, section in around if section.has_answer),
        graded=tuple(task.id for task in tasks),
        documented=tuple(_documented().get(id, ())),
    )


def page() -> str:
    """The whole page."""
    syllabus = lines()
    everything = [line for _, day in syllabus for line in day]
    parts = [
        GENERATED,
        "# What the course covers",
        _INTRODUCTION,
        f"**{sum(line.complete for line in everything)} of {len(everything)}** lines have all four.",
    ]
    for title, day in syllabus:
        rows = [
            [
                line.id,
                text(line.text),
                text("; ".join(line.taught)) or _GAP,
                ", ".join(line.hands_on) or _GAP,
                ", ".join(line.graded) or _GAP,
                ", ".join(line.documented) or _GAP,
            ]
            for line in day
        ]
        parts += [
            f"## {title}",
            table(["Line", "A learner can", "Taught in", "Hands-on", "Graded", "Documented"], rows),
        ]
    return "\n\n".join(parts)
