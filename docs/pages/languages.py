"""The generated table of how each language runs several requests in one environment."""

from __future__ import annotations

from docs.pages.tables import GENERATED, table, text
from lmi_labs.languages import HEADER, concurrency_models


def models() -> str:
    """The table, each language linked to its fact."""
    rows = [
        [f"[{text(language)}](../facts.md#runtimes.{language})", *map(text, rest)]
        for language, *rest in concurrency_models().rows
    ]
    return f"{GENERATED}\n\n" + table(HEADER, rows)
