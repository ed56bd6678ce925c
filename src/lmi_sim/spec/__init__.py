"""Specs: a workload, its traffic and its goals in a TOML file.

`spec.schema.json` beside this file describes every key; editors can use it. `load` reads a file, `parse` a document.
Either raises SpecError with a sentence for each thing that is wrong.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lmi_sim.spec.errors import SpecError, problems
from lmi_sim.spec.model import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Objective, Pricing, Purchase, Spec
from lmi_sim.spec.reading import read

__all__ = [
    "DEFAULT_LAMBDA",
    "MANAGED_INSTANCES",
    "PROVISIONED",
    "Objective",
    "Pricing",
    "Purchase",
    "Spec",
    "SpecError",
    "load",
    "parse",
    "schema",
]


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a spec."""
    document: dict[str, Any] = json.loads(files(__package__).joinpath("spec.schema.json").read_text(encoding="utf-8"))
    return document


def load(path: Path | str) -> Spec:
    """Read a spec. Raises SpecError, and OSError when the file can't be read."""
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise SpecError([f"{path}: this is not TOML: it is not text in UTF-8"]) from None
    except (ValueError, RecursionError) as exc:  # beside TOML's own errors, numbers and nesting without end
        raise SpecError([f"{path}: this is not TOML: {exc}"]) from None
    return parse(document, path.parent)


def parse(document: Mapping[str, Any], folder: Path | str = ".") -> Spec:
    """A spec from a document as TOML gives it; files that it names lie in `folder`. Raises SpecError."""
    found = problems(document, schema())
    if found:
        raise SpecError(found)
    return read(document, Path(folder))
