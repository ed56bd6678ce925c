"""What has changed since launch, as the facts say, and what blogs have said of it and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmi_labs.tables import Table
from moto_lmi import facts

__all__ = ["LAUNCH", "STATEMENTS", "Statement", "Statements", "Timeline", "history", "statements"]

LAUNCH = "2025-11-30"
"""The day of the launch. Dates are ISO text, which sorts as dates do."""

_NEVER_CHANGED = {
    "fee_discounted": ("a Savings Plan lowers the management fee as well", "prices.fee_discountable"),
    "gb_seconds": ("the time that a request runs is billed by the GB-second", "prices.gb_second_charge"),
    "fee_rate": ("the management fee, as a share of the on-demand price", "prices.management_fee_rate"),
}

Timeline = dict[str, list[tuple[str, Any]]]
"""By subject what could be said of it, and since when; the oldest first."""


def _subjects() -> dict[str, str]:
    changed = {key.split(".")[1]: fact.value["what"] for key, fact in facts.all_facts().items() if _is_change(key)}
    return changed | {subject: what for subject, (what, _) in _NEVER_CHANGED.items()}


def _is_change(key: str) -> bool:
    return key.startswith("timeline.")


def _by_subject() -> Timeline:
    found: Timeline = {}
    for key, fact in facts.all_facts().items():
        if _is_change(key):
            found[key.split(".")[1]] = [(LAUNCH, fact.value["before"]), (fact.value["since"], fact.value["now"])]
    for subject, (_, key) in _NEVER_CHANGED.items():
        found[subject] = [(LAUNCH, facts.value(key))]
    return found


class _History(Timeline):
    """The timeline as a dict that shows itself as a table."""

    def _table(self) -> Table:
        what = _subjects()
        rows = [
            (subject, what[subject], since, _shown(value)) for subject, steps in self.items() for since, value in steps
        ]
        return Table("What has changed since launch", ("Subject", "What", "Since", "Value"), rows)

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


def history() -> Timeline:
    """What could be said of each subject, and since when, from the facts (`timeline.*`)."""
    return _History(_by_subject())


@dataclass(frozen=True)
class Statement:
    """What a text claims of a subject, and the day on which it was written."""

    id: str
    text: str
    written: str
    subject: str
    claims: Any


STATEMENTS = (
    Statement("A", "Rust does not run on managed instances.", "2026-01-10", "runtime_rust", False),
    Statement("B", "The fee of 15 % comes on top of the on-demand price.", "2025-12-02", "fee_rate", 0.15),
    Statement("C", "An environment has 1,024 file descriptors, so mind your sockets.", "2026-04-02", "file_descriptors", 1024),
    Statement("D", "Functions of 32 GB and 16 vCPUs: now possible on managed instances.", "2026-04-15", "memory_32_gb", True),
    Statement("E", "With a Savings Plan you save on the management fee, too.", "2026-09-20", "fee_discounted", True),
    Statement("F", "Sadly there is no way to scale by the clock.", "2026-03-05", "scheduled_scaling", False),
    Statement("G", "Five Regions, and that is it.", "2026-02-14", "more_regions", False),
    Statement("H", "Whatever you invoke asynchronously has 15 minutes.", "2026-08-01", "async_timeout_minutes", 15),
    Statement("I", "A provider keeps no log of what its instances do.", "2026-08-20", "system_logs", False),
    Statement("J", "There are no GPUs.", "2025-12-20", "gpu", False),
    Statement("K", "Instances carry the tags that you give the provider to pass on.", "2026-06-20", "tag_propagation", True),
    Statement("L", "You don't pay for GB-seconds.", "2025-12-05", "gb_seconds", False),
)  # fmt: skip
"""Claims as they are found on the web, in our own words; the dates are of our choosing."""


class Statements(list[dict[str, Any]]):
    """The statements as dicts, shown as a table."""

    def _table(self) -> Table:
        rows = [
            (item["id"], item["text"], item["written"], f"{item['subject']} is {_shown(item['claims'])}")
            for item in self
        ]
        return Table("Statements from the web", ("Id", "Statement", "Written", "Claims"), rows)

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


def statements() -> Statements:
    """The statements: dicts with `id`, `text`, `written`, `subject` and `claims`."""
    return Statements(dict(vars(item)) for item in STATEMENTS)


def _shown(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
