"""The generated table of what can block a way."""

from __future__ import annotations

from docs.pages.tables import GENERATED, code, table, text
from moto_lmi.network import causes


def blocking_causes() -> str:
    """Every cause with its sentence, what helps and where the rule is from."""
    rows = [
        [
            code(cause.key),
            _words(cause.sentence),
            _words(cause.fix),
            "model" if cause.source == "model" else f"[AWS]({cause.source})",
        ]
        for cause in causes().values()
    ]
    return f"{GENERATED}\n\n" + table(["Cause", "In words", "What helps", "Rule"], rows)


def _words(sentence: str) -> str:
    return text(sentence[0].upper() + sentence[1:].replace("{", "‹").replace("}", "›"))
