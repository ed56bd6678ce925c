"""What a check says: a result as data, its text, its HTML for the notebook, and the number that nbgrader takes."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import Any

_LONGEST = 600


def bounded(value: object, longest: int = _LONGEST) -> str:
    """The value as text that is safe to show: never longer than `longest` characters, whatever it is."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception:
        text = f"a {type(value).__name__} that can't be shown"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check: data, never an exception.

    `points` of `max_points` are given; `message` explains, `expected` and `found` show the difference, `hint` is the
    next step, `docs_url` a page that teaches it and `misconception` names what a wrong answer shows.
    """

    task: str
    passed: bool
    points: float
    max_points: float
    message: str
    expected: str = ""
    found: str = ""
    hint: str = ""
    docs_url: str = ""
    misconception: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-able data."""
        return asdict(self)

    @property
    def verdict(self) -> str:
        """The outcome in a word or two."""
        if self.passed:
            return "Passed"
        return "Partly" if self.points else "Not yet"

    def to_text(self) -> str:
        """The result as plain text."""
        lines = [f"{self.verdict}: task {self.task}, {self.points:g} of {self.max_points:g} points", self.message]
        lines += [f"{label}: {text}" for label, text in self._details() if text]
        return "\n".join(lines)

    def to_html(self) -> str:
        """The result as HTML for the notebook, in JupyterLab's own colours, readable without them."""
        mark, colour = {"Passed": ("✔", "success"), "Partly": ("◐", "warn"), "Not yet": ("✘", "error")}[self.verdict]
        rows = "".join(
            f"<dt style='font-weight:600'>{label}</dt><dd style='margin:0 0 .3em 0'>{_shown(label, text)}</dd>"
            for label, text in self._details()
            if text
        )
        return (
            f"<section role='status' aria-label='Check of task {html.escape(self.task)}' style='border-left:.3em solid "
            f"var(--jp-{colour}-color1, currentColor);padding:.4em .8em;margin:.2em 0;max-width:60em;"
            "color:var(--jp-ui-font-color1, inherit)'>"
            f"<p style='margin:0 0 .3em 0'><strong><span aria-hidden='true'>{mark}</span> {self.verdict}</strong> · "
            f"task {html.escape(self.task)} · {self.points:g} of {self.max_points:g} points</p>"
            f"<p style='margin:0 0 .4em 0'>{html.escape(self.message)}</p>"
            f"<dl style='margin:0'>{rows}</dl></section>"
        )

    def _details(self) -> list[tuple[str, str]]:
        return [
            ("Expected", self.expected),
            ("Found", self.found),
            ("Next step", self.hint),
            ("Read", self.docs_url if not self.passed else ""),
        ]


def _shown(label: str, text: str) -> str:
    safe = html.escape(text, quote=True)
    if label == "Read" and safe.startswith("http"):
        return f"<a href='{safe}' target='_blank' rel='noopener'>{safe}</a>"
    return f"<code style='white-space:pre-wrap'>{safe}</code>" if label in ("Expected", "Found") else safe


class Score(float):
    """The points of a check as the value of its cell.

    nbgrader takes the plain text of a cell's result for partial credit, so that must be the number alone; a person
    sees the HTML.
    """

    result: CheckResult

    def __new__(cls, result: CheckResult) -> Score:
        """The score of a result."""
        score = super().__new__(cls, result.points)
        score.result = result
        return score

    def __repr__(self) -> str:
        return f"{float(self):g}"

    def _repr_html_(self) -> str:
        return self.result.to_html()
