"""Task 54.02: which requests were answered and left no line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graders.calling import called, not_a_function
from graders.day54.anchors import MISSING_LOGS
from graders.day54.place import line_of, log_events
from graders.reading import listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

Event = dict[str, Any]
LEAST_ANSWERS = 6


def line(request_id: str, message: str = "order=1 step=ship ms=10") -> Event:
    """An event with a line that the function logged."""
    text = {"timestamp": "2026-11-27T20:17:20Z", "level": "INFO", "message": message, "requestId": request_id}
    return {"logStreamName": "s", "timestamp": 1, "message": json.dumps(text)}


def platform(request_id: str) -> Event:
    """An event of the platform about a request."""
    record = {"type": "platform.start", "record": {"requestId": request_id, "version": "1"}}
    return {"logStreamName": "s", "timestamp": 1, "message": json.dumps(record)}


ALL_THERE = (["a-1", "a-2"], [line("a-1"), line("a-2"), line("a-1")])
NONE_THERE: tuple[list[str], list[Event]] = (["b-2", "b-1"], [])
SOME_THERE = (["c-3", "c-1", "c-2"], [line("c-1"), platform("c-3"), line("c-9")])


def right_silent(request_ids: Sequence[str], events: Sequence[Event]) -> list[str]:
    """The request ids without a line of the function, in their order."""
    heard = {item["requestId"] for item in map(line_of, events) if item}
    return [request_id for request_id in request_ids if request_id not in heard]


@task(
    "54.02",
    title="Which requests left no line",
    points=7,
    syllabus=("54.4",),
    answers=("silent", "missing", "answered_ids"),
    docs=MISSING_LOGS,
)
def check_silent(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on small logs, and what it found in the real one."""
    function: Any = answers["silent"]
    problem = not_a_function(function, "silent", "silent(request_ids, events)")
    if problem is not None:
        return problem
    for request_ids, events in (ALL_THERE, SOME_THERE, NONE_THERE):
        problem = judge_silent(function, request_ids, events)
        if problem is not None:
            return problem
    return _judge_missing(account, answers)


def judge_silent(function: Any, request_ids: list[str], events: list[Event]) -> Verdict | None:
    """What is wrong with the function's answer; None when nothing is."""
    outcome, wanted = called(function, request_ids, events), right_silent(request_ids, events)

    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"silent({request_ids}, {len(events)} events) gives {wanted}",
            found=outcome.error_text if outcome.error else shown(outcome.value),
            next_step=step,
        )

    if outcome.error is not None:
        if not events:
            return wrong(
                "silent-raises-empty",
                "It fails when the log is empty, which is how it begins.",
                "Try it with no events.",
            )
        return wrong(
            "silent-raises",
            "It fails on an ordinary log. What the platform writes has no requestId at the top.",
            'Use json.loads(event["message"]).get("requestId").',
        )
    value = outcome.value
    if type(value) in (int, float):
        return wrong("silent-count", "A number is not enough: which ones?", "Return the ids.")
    if type(value) in (set, frozenset, tuple, dict):
        return wrong(
            "silent-order",
            "A list is wanted, in the order of request_ids.",
            "Build it with a list comprehension over request_ids.",
        )
    found = texts(value)
    if found is None:
        return wrong("silent-form", "A list of request ids is wanted.", "Return a list.")
    if found == wanted:
        return None
    if sorted(found) == sorted(wanted):
        return wrong("silent-order", "These are the right ones, in another order.", "Keep the order of request_ids.")
    if not events and found == []:
        return wrong(
            "silent-empty-is-fine",
            "No event at all means that every request is silent, not that none is.",
            "Begin with all ids, and take away those that are heard.",
        )
    heard = [request_id for request_id in request_ids if request_id not in wanted]
    if set(found) == set(heard) and wanted != heard:
        return wrong(
            "silent-the-heard",
            "These are the requests that have lines. The others are wanted.",
            "Turn the condition round.",
        )
    mentioned = [
        request_id for request_id in request_ids if not any(request_id in event["message"] for event in events)
    ]
    if found == mentioned:
        return wrong(
            "silent-platform-counts",
            "An id that stands somewhere in the log is not a line of its request: the platform writes ids too, and so may other requests.",
            "Compare with requestId at the top of the JSON line, and with nothing else.",
        )
    if set(found) - set(request_ids):
        return wrong(
            "silent-strangers", "Ids that nobody asked about are in the list.", "Return only ids of request_ids."
        )
    return wrong(
        "silent-wrong",
        "The list is not right.",
        "Collect the requestId of every line in a set; return the ids that are not in it.",
    )


def _judge_missing(account: Account, answers: Mapping[str, object]) -> Verdict:
    answered, missing = texts(answers["answered_ids"]), texts(answers["missing"])

    def wrong(misconception: str, message: str, step: str, credit: float = 0.6) -> Verdict:
        return refused(
            misconception, message, expected="the silent ones among answered_ids", found=shown(answers["missing"]),
            next_step=step, credit=credit,
        )  # fmt: skip

    if answered is None or len(answered) < LEAST_ANSWERS:
        return wrong(
            "missing-few",
            "The requests of the cell above are not there.",
            "Run the cell that sends them, and leave answered_ids as it is.",
            0.5,
        )
    if missing is None:
        return wrong(
            "missing-form",
            "The list that silent gives for the real log is wanted.",
            "missing = silent(answered_ids, events)",
        )
    wanted = right_silent(answered, log_events(account))
    if not wanted:
        return wrong(
            "missing-after-mending",
            "All of these requests have lines: they were sent when the network was whole.",
            "Go on with the next fault: faults.inject(lab, here, turn=2).",
        )
    if missing == wanted:
        return passed(
            f"{len(wanted)} of {len(answered)} requests were answered and left nothing: no error, no line. Only comparing shows it."
        )
    if not missing:
        return wrong(
            "missing-none",
            "Every request was answered, and yet lines are missing.",
            "missing = silent(answered_ids, events)",
        )
    if set(missing) - set(answered):
        return wrong(
            "missing-strangers",
            f"Not all of these were answered in the cell above: {listed(set(missing) - set(answered))}.",
            "missing = silent(answered_ids, events)",
        )
    return wrong(
        "missing-other",
        "The log says something else about these requests.",
        "missing = silent(answered_ids, events), with the events of the cell above.",
    )
