"""Task 54.10: numbers out of the text of log lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graders.day54.anchors import INSIGHTS
from graders.day54.place import line_of, log_events
from graders.day54.querying import Row, run_query
from graders.reading import shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

_TIMED = re.compile(r"order=\d+ step=(\w+) ms=(\d+)")
_MEMBERS = ("step", "lines", "mean_ms", "most_ms")
Event = dict[str, Any]


def right_rows(events: Sequence[Event]) -> list[dict[str, Any]]:
    """For each step the number of its lines with a time, their mean and highest, the slowest first."""
    times: dict[str, list[int]] = {}
    for line in map(line_of, events):
        match = _TIMED.fullmatch(str(line.get("message", "")))
        if match:
            times.setdefault(match[1], []).append(int(match[2]))
    rows = [
        {"step": step, "lines": len(all_ms), "mean_ms": sum(all_ms) / len(all_ms), "most_ms": max(all_ms)}
        for step, all_ms in times.items()
    ]
    return sorted(rows, key=lambda row: -row["mean_ms"])


@task("54.10", title="Numbers out of lines", points=7, syllabus=("54.4",), answers=("step_query",), docs=INSIGHTS)
def check_steps(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The query gives a row for each step, with the right numbers, the slowest first."""
    query = answers["step_query"]
    events = log_events(account)
    wanted = right_rows(events)

    def wrong(misconception: str, message: str, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"{len(wanted)} rows with {', '.join(_MEMBERS)}, the slowest step first",
            found=shown(found),
            next_step=step,
            credit=credit,
        )

    if not wanted:
        return wrong(
            "steps-no-log",
            "The log has no lines of orders yet.",
            f"{len(events)} events",
            "Run the cell that sends the orders.",
            0.0,
        )
    if type(query) is not str:
        return wrong(
            "steps-form",
            "The text of a query is wanted. The check runs it.",
            query,
            "Keep the query, not its result.",
            0.0,
        )
    rows, refusal = run_query(account, query, events)
    if refusal:
        return wrong(
            "steps-refused", "Logs Insights can't read the query.", refusal, "Commands are separated by |.", 0.0
        )
    if not rows:
        return wrong(
            "steps-nothing",
            "The query finds nothing.",
            "no rows",
            'parse message "order=* step=* ms=*" as order, step, ms',
        )
    return _judge_rows(rows, wanted, wrong) or passed(
        "Lines of text became a table. Logs that are written as fields of JSON need no parse at all."
    )


def _judge_rows(rows: list[Row], wanted: list[dict[str, Any]], wrong: Callable[..., Verdict]) -> Verdict | None:
    missing = [name for name in _MEMBERS if not any(name in row for row in rows)]
    if missing == ["step"]:
        return wrong("steps-not-by-step", "The numbers are of all steps together.", rows[0], "stats … by step")
    if missing and not any("step" in row for row in rows):
        return wrong(
            "steps-not-grouped",
            "These are lines, and not numbers about them.",
            rows[0],
            "stats count(*) as lines, … by step",
        )
    if missing:
        return wrong(
            "steps-names",
            f"The rows have other names: {', '.join(missing)} is missing.",
            sorted(rows[0]),
            "avg(ms) as mean_ms",
            0.4,
        )
    steps = [row.get("step", "") for row in rows]
    if len(rows) > len(wanted):
        empty = [row for row in rows if row.get("step", "") in ("", "null")]
        if empty:
            return wrong(
                "steps-empty-group",
                "One row belongs to no step: lines that parse does not match are counted there.",
                empty[0],
                "filter ispresent(ms) after parse",
                0.5,
            )
        return wrong("steps-too-many", "There are more rows than steps.", steps, "stats … by step, and by nothing else")
    if set(steps) != {row["step"] for row in wanted}:
        return wrong(
            "steps-others",
            "These are not the steps of the orders.",
            steps,
            'parse message "order=* step=* ms=*" as order, step, ms',
        )
    by_step = {row["step"]: row for row in rows}
    for row in wanted:
        mine = by_step[row["step"]]
        for name in ("lines", "mean_ms", "most_ms"):
            if not _near(mine.get(name), row[name]):
                return wrong(*_wrong_number(name, row, mine))
    if steps != [row["step"] for row in wanted]:
        return wrong(
            "steps-order", "The numbers are right, and the slowest step is not on top.", steps, "sort mean_ms desc", 0.7
        )
    return None


def _wrong_number(name: str, wanted: Mapping[str, Any], mine: Row) -> tuple[str, str, str, str]:
    found = f"{wanted['step']}: {name} {mine.get(name)}"
    if name == "lines":
        return (
            "steps-lines",
            "The number of lines with a time is another.",
            found,
            "count(*) as lines after filter ispresent(ms)",
        )
    if name == "mean_ms" and _near(mine.get(name), wanted["most_ms"]):
        return "steps-max-as-mean", "This is the highest, not the mean.", found, "avg(ms) as mean_ms"
    if name == "most_ms" and _near(mine.get(name), wanted["mean_ms"]):
        return (
            "steps-mean-as-max",
            "This is the mean. The highest tells more of what a customer waits.",
            found,
            "max(ms) as most_ms",
        )
    if name == "mean_ms" and _near(mine.get(name), wanted["mean_ms"] * wanted["lines"]):
        return "steps-sum", "This is the sum.", found, "avg(ms) as mean_ms"
    return "steps-number", f"{name} is not right.", found, "avg(ms) as mean_ms, max(ms) as most_ms"


def _near(text: object, number: float) -> bool:
    try:
        return abs(float(str(text)) - number) < 0.01
    except ValueError:
        return False
