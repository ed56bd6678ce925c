"""The facts file: every fact says where it is from, and every sentence of the emulator's own is really said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import moto_lmi
from moto_lmi import facts

SOURCES = "\n".join(path.read_text() for path in Path(moto_lmi.__file__).parent.rglob("*.py"))


def test_every_fact_has_source_date_and_confidence() -> None:
    """No fact stands without saying where it is from and how sure it is."""
    for fact in facts.all_facts().values():
        assert fact.source, fact.key
        assert isinstance(fact.checked, date), fact.key
        assert fact.confidence, fact.key


def test_an_unknown_has_no_value() -> None:
    """What AWS doesn't publish is there as unknown, so that nobody takes a guess for a fact."""
    assert facts.value("defaults.cpu_target_percent_auto") is None


def test_every_own_sentence_is_said() -> None:
    """A sentence in the register is used by the code; one that isn't would be a claim about nothing."""
    assert [key for key in facts.all_sentences() if f'"{key}"' not in SOURCES] == []


def test_every_timing_is_used() -> None:
    """Every assumption about time is one that the emulator makes."""
    names = [key for key in facts.all_facts() if key.startswith("timing.")]
    assert [key for key in names if key.split(".")[1] not in SOURCES] == []
