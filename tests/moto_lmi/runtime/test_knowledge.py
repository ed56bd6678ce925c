"""The data plane's facts: each with its source, and what is the emulator's own said to be so."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import moto_lmi.runtime
from moto_lmi.runtime import knowledge

from .helpers import ApiWorld
from .test_api import of, run

CONFIDENCE = {"AWS source", "AWS documentation", "recorded", "assumed"}
SOURCES = sorted(Path(moto_lmi.runtime.__file__).parent.glob("*.py"))


def test_every_fact_has_a_source() -> None:
    """Source, date and confidence; what is assumed says why in a note."""
    for fact in knowledge.all_facts().values():
        assert fact.source
        assert fact.checked >= date(2026, 11, 23)
        assert fact.confidence in CONFIDENCE
        assert fact.note or fact.confidence != "assumed", fact.key


def test_every_fact_that_the_code_asks_for_is_there() -> None:
    """Keys in the code are keys of the file, and every sentence of the emulator's own is used."""
    text = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    for key in re.findall(r'knowledge\.value\("([^"]+)"\)', text):
        knowledge.value(key)
    for key in re.findall(r'knowledge\.ours\("([^"]+)"\)', text):
        assert knowledge.ours(key).why
    with pytest.raises(KeyError):
        knowledge.value("limits.nothing")


def test_no_other_platform_event_is_sent() -> None:
    """The kinds in the code are those of the fact."""
    kinds = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"platform\.\w+", node.value)
            ):
                kinds.add(node.value)
    assert kinds == set(knowledge.value("telemetry.platform_events"))


@run
async def test_a_platform_line_has_the_members_of_the_fact() -> None:
    """time, type and record."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a")
        await worker.receive()
        await worker.ask("POST", of("a"), b"1")
        await future
        assert list(world.records[0].event()) == knowledge.value("telemetry.platform_lines")
