"""Task 53.15: a durable execution that was cut off half-way and has gone on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from graders.day53.anchors import DURABLE
from graders.day53.publishing import NAME
from graders.reading import asked, is_response, listed, pages, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

STEPS = ("reserve", "charge", "ship")
RESULT = ["reserved 53", "charged 53", "shipped 53"]


@task(
    "53.15",
    title="A workflow that survives a power cut",
    points=6,
    syllabus=("53.6",),
    answers=("durable_arn",),
    docs=DURABLE,
)
def check_durable(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The execution's end, its result and its history."""
    arn = answers["durable_arn"]
    execution, problem = _execution(account, arn)
    if problem is not None:
        return problem
    events = pages(account.client("lambda").get_durable_execution_history, "Events", DurableExecutionArn=arn)
    return (
        _judge_status(execution)
        or _judge_event(execution)
        or _judge_steps(events)
        or _judge_result(execution)
        or passed(
            "The environment died after the reservation, and nothing was reserved twice: the step's result was kept, and the handler went on from there."
        )
    )


def _wrong(
    misconception: str, message: str, expected: object, found: object, step: str, credit: float = 0.3
) -> Verdict:
    return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit)


def _execution(account: Account, arn: object) -> tuple[dict[str, Any], Verdict | None]:
    expected = "the ARN of a durable execution of lmi-lab-53-order"
    step = 'Keep response["DurableExecutionArn"] of invoke.'
    if is_response(arn):
        return {}, _wrong("durable-response", "This is the whole response of invoke.", expected, "a dict", step, 0.0)
    if arn is None:
        return {}, _wrong(
            "durable-not-started",
            "invoke gave no execution: the function has no DurableConfig, which can only be set when it is created.",
            expected,
            arn,
            "Delete the function, and create it with DurableConfig.",
            0.0,
        )
    if type(arn) is not str or not arn.startswith("arn:"):
        return {}, _wrong(
            "durable-form", "A name is not enough: executions are known by their ARN.", expected, arn, step, 0.0
        )
    if "/durable-execution/" not in arn:
        return {}, _wrong(
            "durable-function-arn",
            "This is the ARN of the function. Each start of it is an execution with an ARN of its own.",
            expected,
            arn,
            step,
            0.0,
        )
    if f":{NAME}-order:" not in arn:
        return {}, _wrong(
            "durable-other-function", "This is an execution of another function.", expected, arn, step, 0.0
        )
    answer, code = asked(account.client("lambda").get_durable_execution, DurableExecutionArn=arn)
    if code:
        return {}, _wrong("durable-unknown", "Lambda knows no such execution.", expected, f"{arn}: {code}", step, 0.0)
    return answer, None


def _judge_status(execution: Mapping[str, Any]) -> Verdict | None:
    status = execution.get("Status")
    if status == "SUCCEEDED":
        return None
    if status == "RUNNING":
        return _wrong(
            "durable-running",
            "It has not come to its end yet: the wait takes ten minutes, and costs nothing meanwhile.",
            "SUCCEEDED",
            status,
            "lab.wait_until(lambda: … , timeout=3600)",
            0.4,
        )
    return _wrong(
        "durable-failed",
        "The execution did not succeed. Without steps nothing is kept, and the power is cut each time anew; and a sleep of ten minutes is longer than the function may run.",
        "SUCCEEDED",
        f"{status}: {execution.get('Error', {}).get('ErrorMessage', '')}",
        "Put each do(…) into a context.step, and use context.wait instead of time.sleep.",
        0.2,
    )


def _judge_event(execution: Mapping[str, Any]) -> Verdict | None:
    try:
        event = json.loads(execution.get("InputPayload") or "null")
    except ValueError:
        event = None
    if isinstance(event, dict) and event.get("power_cut") and event.get("order") == 53:
        return None
    return _wrong(
        "durable-no-power-cut",
        "This execution was not cut off, so it does not show that it survives.",
        {"order": 53, "power_cut": True},
        execution.get("InputPayload"),
        "Start another one, with the event of the task.",
        0.4,
    )


def _judge_steps(events: list[dict[str, Any]]) -> Verdict | None:
    done = Counter(event.get("Name") for event in events if event.get("EventType") == "StepSucceeded")
    missing = [name for name in STEPS if not done[name]]
    if not done:
        return _wrong(
            "durable-no-steps",
            "Nothing was checkpointed: there is no step in the history.",
            listed(STEPS),
            "no step",
            "Wrap each do(…) in context.step(lambda _: do(…), name=…).",
            0.3,
        )
    if missing:
        return _wrong(
            "durable-steps-missing",
            f"Not everything is a step of its own: {listed(missing)} is not in the history.",
            listed(STEPS),
            listed(done),
            "One context.step for each of the three, with the names of the task.",
            0.4,
        )
    if not any(event.get("EventType") == "WaitSucceeded" for event in events):
        return _wrong(
            "durable-no-wait",
            "There is no wait in the history. An invocation that sleeps is paid while it sleeps, and may not sleep as long.",
            "a wait of ten minutes",
            listed({event.get("EventType") for event in events}),
            'context.wait(Duration.from_minutes(10), name="change of mind")',
            0.5,
        )
    if not any(event.get("InvocationCompletedDetails", {}).get("Error", {}).get("Payload") for event in events):
        return _wrong(
            "durable-not-cut",
            "It ran through in one go: the power was not cut.",
            "the power cut of order_code",
            "no invocation that ended with an error",
            "Leave the lines with power_cut as they are.",
            0.5,
        )
    return None


def _judge_result(execution: Mapping[str, Any]) -> Verdict | None:
    try:
        result = json.loads(execution.get("Result") or "null")
    except ValueError:
        result = execution.get("Result")
    if result == RESULT:
        return None
    return _wrong(
        "durable-other-result",
        "The execution has another result.",
        RESULT,
        result,
        "Return [reserved, charged, shipped], as before.",
        0.6,
    )
