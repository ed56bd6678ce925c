"""Write the generated pages of the site: facts, the emulator's tables, coverage of the syllabus, the command line.

    python -m docs.generate           writes what differs
    python -m docs.generate --check   writes nothing, names what is stale, exit 1

They are committed, so that any builder of Markdown makes the same site; a test fails when one is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from docs.pages import cli, coverage, emulator, facts, languages, network, spec, telemetry, traces

DOCS = Path(__file__).resolve().parent


PAGES: dict[Path, Callable[[], str]] = {
    DOCS / "facts.md": facts.page,
    DOCS / "coverage.md": coverage.page,
    DOCS / "cli.md": cli.page,
    DOCS / "_parts" / "own_sentences.md": emulator.own_sentences,
    DOCS / "_parts" / "timing.md": emulator.timing,
    DOCS / "_parts" / "switches.md": emulator.switches,
    DOCS / "_parts" / "argued_against.md": emulator.argued_against,
    DOCS / "_parts" / "metrics.md": telemetry.metrics,
    DOCS / "_parts" / "system_log_events.md": telemetry.system_log_events,
    DOCS / "_parts" / "metric_math.md": telemetry.metric_math,
    DOCS / "_parts" / "insights.md": telemetry.insights,
    DOCS / "_parts" / "blocking_causes.md": network.blocking_causes,
    DOCS / "_parts" / "languages.md": languages.models,
    DOCS / "_parts" / "spec.md": spec.reference,
    DOCS / "_parts" / "trace_retirement.md": traces.retirement,
    DOCS / "_parts" / "trace_rust_demo.md": traces.rust_demo,
    DOCS / "_parts" / "scaling_assumptions.md": traces.assumed,
}
"""What makes the text of every generated file, by its path."""


def rendered() -> dict[Path, str]:
    """The text of every generated file by its path."""
    return {path: make().rstrip() + "\n" for path, make in PAGES.items()}


def stale(texts: dict[Path, str]) -> list[Path]:
    """The generated files that do not say what they should."""
    return [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(arguments: list[str]) -> int:
    """Write, or with --check only compare; the exit code."""
    texts = rendered()
    differing = stale(texts)
    for path in differing:
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
        print(("stale: " if "--check" in arguments else "wrote ") + str(path.relative_to(DOCS.parent)))
    return 1 if differing and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
