"""The page of the command line, drawn from the commands' own parsers."""

from __future__ import annotations

import argparse

from docs.pages.tables import GENERATED, code, table, text
from lmi_labs.cli import build_parser

_INTRODUCTION = """\
`lmi-labs` (or `python -m lmi_labs`) answers `--help` for every command. Exit codes: 0 all is well, 1 a check failed, 2 wrong use."""


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return next(
        (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)),
        {},
    )


def _row(action: argparse.Action) -> list[str]:
    name = ", ".join(map(code, action.option_strings)) or code(str(action.metavar or action.dest))
    if action.option_strings and action.nargs != 0:
        name += f" {code(str(action.metavar or action.dest.upper()))}"
    if action.choices is not None:
        name += " (" + ", ".join(code(str(choice)) for choice in action.choices) + ")"
    said = (action.help or "") % {**vars(action), "prog": "lmi-labs"}
    return [name, text(said)]


def page() -> str:
    """The whole page."""
    parts = [GENERATED, "# Command line", _INTRODUCTION]
    for name, parser in _commands(build_parser()).items():
        parts += [f"## `lmi-labs {name}` {{: #{name} }}", text(parser.description or "")]
        rows = [_row(action) for action in parser._actions if not isinstance(action, argparse._HelpAction)]
        if rows:
            parts.append(table(["Argument", "Meaning"], rows))
    return "\n\n".join(part for part in parts if part)
