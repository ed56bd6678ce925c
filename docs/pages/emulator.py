"""The generated tables of the page on how the emulator differs from AWS."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import tomllib
from pathlib import Path

from docs.pages.facts import shown
from docs.pages.tables import GENERATED, code, table, text
from moto_lmi.behaviour import Behaviour
from moto_lmi.facts import all_facts, all_sentences

_CONFORMANCE = Path(__file__).resolve().parents[2] / "tests" / "conformance"


def own_sentences() -> str:
    """The errors that the emulator words itself."""
    rows = [[code(one.code), text(one.message), text(one.why)] for one in all_sentences().values()]
    return f"{GENERATED}\n\n" + table(["Error", "The emulator's words", "Why they are ours"], rows)


def timing() -> str:
    """How long transitions take in virtual time."""
    rows = [
        [
            f"[{code(fact.key)}](facts.md#{fact.key})",
            shown(fact.value),
            text(fact.confidence),
            text(fact.source),
        ]
        for fact in all_facts().values()
        if fact.key.startswith("timing.")
    ]
    return f"{GENERATED}\n\n" + table(["Transition", "Virtual seconds", "Confidence", "From"], rows)


def switches() -> str:
    """The switches of an account's behaviour with their defaults."""
    body = ast.parse(inspect.getsource(Behaviour)).body[0]
    assert isinstance(body, ast.ClassDef)
    # The sentence under each field is its documentation.
    said = {
        field.target.id: doc.value.value
        for field, doc in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
    }
    rows = [
        [code(field.name), "on" if field.default else "off", text(str(said.get(field.name, "")))]
        for field in dataclasses.fields(Behaviour)
    ]
    return f"{GENERATED}\n\n" + table(["Switch", "Default", "When it is on"], rows)


def argued_against() -> str:
    """The conformance cases that the emulator does not follow."""
    rows = tomllib.loads((_CONFORMANCE / "argued_against.toml").read_text(encoding="utf-8"))["case"]
    cases = json.loads((_CONFORMANCE / "conformance_cases.json").read_text(encoding="utf-8"))["cases"]
    by_id = {case["id"]: case for case in cases}
    if not rows:
        return f"{GENERATED}\n\nNone at present: all {len(cases)} cases are expected to pass."
    cells = [
        [code(row["id"]), text(by_id[row["id"]]["title"]), text(by_id[row["id"]]["confidence"]), text(row["why"])]
        for row in rows
    ]
    return f"{GENERATED}\n\n" + table(["Case", "It says", "Its confidence", "Why the emulator differs"], cells)
