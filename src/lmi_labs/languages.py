"""How each language runs several requests in one environment, as the facts say, for a notebook."""

from __future__ import annotations

from html import escape
from typing import Any

from moto_lmi import facts

__all__ = ["HEADER", "LANGUAGES", "ConcurrencyModels", "concurrency_models"]

LANGUAGES = ("python", "nodejs", "java", "dotnet", "rust")
HEADER = (
    "Language",
    "Runtimes",
    "How requests run at the same time",
    "Requests per vCPU unless you say otherwise",
    "Init code runs",
)


class ConcurrencyModels:
    """The table: HTML in a notebook, text elsewhere."""

    def __init__(self) -> None:
        self.rows = tuple(_row(language, facts.value(f"runtimes.{language}")) for language in LANGUAGES)

    def __repr__(self) -> str:
        lines = [" | ".join(HEADER), *(" | ".join(row) for row in self.rows)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cell = "style='border:1px solid var(--jp-border-color1, currentColor);padding:.2em .6em;text-align:left'"
        head = "".join(f"<th scope='col' {cell}>{escape(text)}</th>" for text in HEADER)
        body = "".join(
            f"<tr><th scope='row' {cell}>{escape(first)}</th>"
            + "".join(f"<td {cell}>{escape(text)}</td>" for text in rest)
            + "</tr>"
            for first, *rest in self.rows
        )
        return (
            "<table aria-label='Concurrency by language' style='border-collapse:collapse'>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def concurrency_models() -> ConcurrencyModels:
    """The table of languages, from the facts (`runtimes.*`)."""
    return ConcurrencyModels()


def _row(language: str, fact: dict[str, Any]) -> tuple[str, ...]:
    return (
        language,
        ", ".join(fact["ids"]),
        fact["model"],
        str(fact["default_concurrency_per_vcpu"]),
        fact["init"],
    )
