"""Task 54.09: one request's lines, found among those of all the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graders.calling import called, not_a_function
from graders.day54.anchors import INTERLEAVED
from graders.day54.place import line_of, log_events
from graders.day54.querying import Row, run_query
from graders.reading import listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

Event = dict[str, Any]


@task(
    "54.09",
    title="Follow one request",
    points=8,
    syllabus=("54.4",),
    answers=("declined_ids", "story"),
    docs=INTERLEAVED,
)
def check_story(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The requests that ended in an error, and a query that tells the story of any request, run for one of them."""
    function: Any = answers["story"]
    problem = not_a_function(function, "story", "story(request_id)")
    if problem is not None:
        return problem
    events = log_events(account)
    declined = declined_in(events)
    if not declined:
        return refused(
            "story-no-log",
            "The log has no declined order yet.",
            expected="lines of the orders that the cell above sends",
            found=f"{len(events)} events",
            next_step="Mend the network, then run the cell that sends the orders.",
        )
    problem = judge_story(account, function, told_apart(declined, events), events)
    if problem is not None:
        return problem
    return _judge_declined(answers["declined_ids"], declined, events) or passed(
        "In each log stream up to four requests speak at the same time. The request id is the only thread through it."
    )


def declined_in(events: Sequence[Event]) -> list[str]:
    """The ids of the requests with a line of level ERROR, in the order of their lines."""
    return list(dict.fromkeys(line["requestId"] for line in map(line_of, events) if line.get("level") == "ERROR"))


def told_apart(request_ids: Sequence[str], events: Sequence[Event]) -> str:
    """The first of the requests whose lines all have times of their own, so that their order is to be seen; else the first."""

    def is_clear(request_id: str) -> bool:
        times = [event["timestamp"] for event in events if line_of(event).get("requestId") == request_id]
        return len(times) > 1 and len(set(times)) == len(times)

    return next(filter(is_clear, request_ids), request_ids[0])


def judge_story(account: Account, function: Any, request_id: str, events: Sequence[Event]) -> Verdict | None:
    """What is wrong with the query that the function makes for the request; None when nothing is."""
    mine = [(line, event["timestamp"]) for event in events if (line := line_of(event)).get("requestId") == request_id]
    wanted = {str(line["message"]): int(at) for line, at in mine}
    outcome = called(function, request_id)

    def wrong(misconception: str, message: str, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"the {len(wanted)} lines of request {request_id}, oldest first",
            found=shown(found),
            next_step=step,
            credit=credit,
        )

    if outcome.error is not None:
        return wrong(
            "story-raises",
            "The function raised an exception.",
            outcome.error_text,
            "It takes a request id and returns a text.",
            0.0,
        )
    if type(outcome.value) is not str:
        return wrong(
            "story-form",
            "The text of a query is wanted. The check runs it.",
            outcome.value,
            "Return the query, do not run it.",
            0.0,
        )
    rows, refusal = run_query(account, outcome.value, events)
    if refusal:
        return wrong(
            "story-refused",
            "Logs Insights can't read the query.",
            refusal,
            "Commands are separated by |, texts stand in double quotes.",
            0.0,
        )
    if not rows:
        return wrong(
            "story-nothing",
            "The query finds nothing for this request.",
            "no rows",
            'filter requestId = "…", with the id that the function is given.',
        )
    said = [_message(row) for row in rows]
    if any(text is None for text in said):
        return wrong(
            "story-no-message", "The rows do not show what was logged.", sorted(rows[0]), "fields @timestamp, message"
        )
    return _judge_rows(said, wanted, rows, wrong)


def _judge_rows(
    said: list[Any], wanted: Mapping[str, int], rows: Sequence[Row], wrong: Callable[..., Verdict]
) -> Verdict | None:
    """`wanted` has the time of each message; lines of the same time may stand in either order."""
    if sorted(said) == sorted(wanted):
        times = [wanted[message] for message in said]
        if times == sorted(times):
            return None
        if times == sorted(times, reverse=True):
            return wrong(
                "story-newest-first",
                "The story is told from its end. That is the order unless you ask for another.",
                said,
                "sort @timestamp asc",
                0.6,
            )
        return wrong(
            "story-order", "The lines are in another order than they were written in.", said, "sort @timestamp asc", 0.6
        )
    if set(said) < set(wanted):
        return wrong(
            "story-incomplete",
            "Lines of this request are missing.",
            said,
            "Filter by the request id and by nothing else.",
            0.5,
        )
    if set(wanted) < set(said):
        return wrong(
            "story-others-too",
            f"{len(rows)} rows: lines of other requests are among them.",
            said,
            "Filter by the request id. A stream, or a time, is shared by many requests.",
        )
    return wrong(
        "story-other",
        "These are not the lines of this request.",
        said,
        "filter requestId = the id that the function is given",
    )


def _message(row: Row) -> str | None:
    if "message" in row:
        return row["message"]
    text = line_of({"message": row.get("@message", "")}).get("message")
    return None if text is None else str(text)


def _judge_declined(value: object, declined: list[str], events: Sequence[Event]) -> Verdict | None:
    found = texts(value)

    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception, message, expected="the ids of the requests with a line of level ERROR", found=shown(value),
            next_step=step, credit=0.6,
        )  # fmt: skip

    step = 'filter level = "ERROR" | fields requestId'
    if found is None:
        return wrong("declined-form", "A list of request ids is wanted.", step)
    if set(found) == set(declined):
        return None
    if not found:
        return wrong(
            "declined-none",
            "Some orders were declined. They are no errors for Lambda, since the function answered.",
            step,
        )
    known = {str(line["requestId"]) for line in map(line_of, events) if line}
    if set(found) - known:
        return wrong("declined-strangers", f"These are not ids of requests: {listed(set(found) - known)}.", step)
    if set(found) > set(declined):
        return wrong("declined-too-many", "Not all of these were declined.", step)
    return wrong("declined-some", "These are not all that were declined.", step)
