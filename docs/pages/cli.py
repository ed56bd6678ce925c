"""The page of the command line, drawn from the commands' own parsers."""

from __future__ import annotations

import argparse
from importlib import import_module

from docs.pages.tables import GENERATED, code, table, text
from lmi_labs.cli import COMMANDS

_INTRODUCTION = """\
`lmi-labs` (or `python -m lmi_labs`) answers `--help` for every command. Exit codes: 0 all is well, 1 something failed or was not
passed, 2 wrong use."""


def _row(action: argparse.Action) -> list[str]:
    name = ", ".join(map(code, action.option_strings)) or code(str(action.metavar or action.dest).upper())
    if action.option_strings and action.nargs != 0:
        name += f" {code(str(action.metavar or action.dest).upper())}"
    if action.choices is not None:
        name += " (" + ", ".join(code(str(choice)) for choice in action.choices) + ")"
    return [name, text((action.help or "") % {**vars(action), "prog": "lmi-labs"})]


def page() -> str:
    """The whole page."""
    parts = [GENERATED, "# Command line", _INTRODUCTION]
    for name, said in COMMANDS.items():
        parser = argparse.ArgumentParser(prog=f"lmi-labs {name}", add_help=False)
        import_module(f"lmi_labs.cli.{name}").add_arguments(parser)
        parts += [f"## lmi-labs {name} {{: #{name} }}", text(f"{said[0].upper()}{said[1:]}.")]
        if parser._actions:
            parts.append(table(["Argument", "Meaning"], map(_row, parser._actions)))
    return "\n\n".join(parts)
