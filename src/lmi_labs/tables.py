"""A table for a notebook: HTML where that is shown, aligned text elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["Table"]

_CELL = "style='border:1px solid var(--jp-border-color1, currentColor);padding:.2em .6em;text-align:left;vertical-align:top'"


class Table:
    """Rows under a header; the first cell of a row names it. `label` says to a screen reader what the table holds."""

    def __init__(self, label: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.label = label
        self.header = tuple(header)
        self.rows = tuple(tuple(row) for row in rows)

    def __repr__(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(len(line[index]) for line in lines) for index in range(len(self.header))]
        padded = ("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines)
        return "\n".join(line.rstrip() for line in padded)

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col' {_CELL}>{escape(text)}</th>" for text in self.header)
        body = "".join(
            f"<tr><th scope='row' {_CELL}>{escape(first)}</th>"
            + "".join(f"<td {_CELL}>{escape(text)}</td>" for text in rest)
            + "</tr>"
            for first, *rest in self.rows
        )
        return (
            f"<table aria-label='{escape(self.label, quote=True)}' style='border-collapse:collapse'>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
