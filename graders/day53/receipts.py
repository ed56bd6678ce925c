"""Tasks 53.08 and 53.09: find out under load that a handler mixes requests up, and mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.config import Config

from graders.calling import called, not_a_function
from graders.day53.anchors import SHARED_STATE
from graders.day53.publishing import CONCURRENCY, NAME, per_environment
from graders.reading import function_named, listed, shown
from lmi_labs.account import Account
from lmi_labs.load import Sent, send_many
from lmi_labs.tasks import Verdict, passed, refused, task

FUNCTION = f"{NAME}-receipts"
_AT_A_TIME = 24
_ORDERS = 72


def sent(order: int, receipt: Any, error: str = "") -> Sent:
    """A request for an order with what came back."""
    answer = {"errorType": error} if error else receipt
    return Sent({"order": order}, answer, 0.02, error, "1")


OPEN = [
    sent(1, {"order": 1}), sent(2, {"order": 3}), sent(3, {"order": 3}), sent(4, None, "JSONDecodeError"),
    sent(5, {"order": 5}), sent(6, None, "TooManyRequestsException"), sent(7, {"order": 2}),
]  # fmt: skip


def wrong_orders(requests: Sequence[Sent]) -> list[int]:
    """The orders that got an error or another order's receipt."""
    return [
        item.payload["order"]
        for item in requests
        if item.error or not isinstance(item.answer, dict) or item.answer.get("order") != item.payload["order"]
    ]


@task(
    "53.08",
    title="Prove that it is broken",
    points=8,
    syllabus=("53.3",),
    answers=("mixed_up", "broken_orders"),
    docs=SHARED_STATE,
)
def check_broken(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on made-up results, and the orders that the learner's load found."""
    function: Any = answers["mixed_up"]
    return (
        not_a_function(function, "mixed", "mixed_up(sent)")
        or judge_mixed_up(function, OPEN)
        or _judge_found(answers["broken_orders"])
        or passed(
            "One after the other it is right; eight at a time it hands out other people's receipts. Nothing failed, nothing was logged."
        )
    )


def judge_mixed_up(function: Any, given: list[Sent]) -> Verdict | None:
    """What is wrong with what the function finds in the results; None when nothing is."""
    outcome, wanted = called(function, given), wrong_orders(given)

    def wrong(misconception: str, message: str, step: str, credit: float = 0.2) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(
            misconception, message, expected=f"the orders {wanted}", found=found, next_step=step, credit=credit
        )

    if isinstance(outcome.error, KeyError | TypeError | AttributeError):
        return wrong(
            "mixed-trips-over-errors",
            "It stumbles over a request that ended in an error: its answer has no order.",
            "Look at one.error first.",
            0.4,
        )
    if outcome.error is not None:
        return wrong(
            "mixed-raises", "The function raised an exception.", "Each item has payload, answer, seconds and error."
        )
    value = outcome.value
    if type(value) not in (list, tuple, set):
        idea = "count" if type(value) is int else "form"
        return wrong(
            f"mixed-returns-{idea}",
            "Which orders, and not how many or whether, is wanted.",
            "Return a list of one.payload['order'].",
            0.3,
        )
    found = list(value)
    if any(type(item) is not int for item in found):
        return wrong(
            "mixed-returns-items",
            "The numbers of the orders are wanted, not the requests or their answers.",
            "Take one.payload['order'] of each.",
            0.3,
        )
    if sorted(found) == sorted(wanted):
        return None
    errors = {item.payload["order"] for item in given if item.error}
    if set(found) == set(wanted) - errors:
        return wrong(
            "mixed-without-errors",
            "An order whose request failed got no receipt either.",
            "Count a request with an error among the broken.",
            0.5,
        )
    if set(found) == errors:
        return wrong(
            "mixed-only-errors",
            "The worst is missing: a receipt that came without any error, and is somebody else's.",
            "Compare one.answer['order'] with one.payload['order'].",
            0.4,
        )
    answers = {item.answer.get("order") for item in given if not item.error}
    if set(found) <= answers and not set(found) <= set(wanted):
        return wrong(
            "mixed-names-the-other",
            "These are the orders on the receipts, or the right ones. Who got a wrong one is in the payload.",
            "Return one.payload['order'] where the two differ.",
            0.3,
        )
    return wrong(
        "mixed-wrong",
        "It does not find exactly the orders that went wrong.",
        "error, or answer's order differs from payload's order.",
    )


def _judge_found(value: object) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str, credit: float = 0.5) -> Verdict:
        return refused(
            misconception,
            message,
            expected="the orders that your load found to be broken",
            found=shown(value),
            next_step=step,
            credit=credit,
        )

    if type(value) not in (list, tuple, set) or any(type(item) is not int for item in value):  # type: ignore[attr-defined]
        return wrong(
            "broken-form", "The list of mixed_up's result is wanted.", "broken_orders = mixed_up(send_many(…))."
        )
    found: list[int] = list(value)  # type: ignore[call-overload]
    if not found:
        return wrong(
            "broken-none",
            "Your load found nothing. One request at a time, or very few, never meet in an environment.",
            "At least 48 orders, concurrency=24, to the version in broken_version.",
        )
    if len(set(found)) == 1 and len(found) > 1:
        return wrong(
            "broken-same-order",
            "All orders had the same number, so nobody can tell whose receipt came back.",
            'Send [{"order": number} for number in range(48)].',
        )
    return None


# --- 53.09 ---------------------------------------------------------------------------------------------------------------


@task(
    "53.09",
    title="Mend it",
    points=10,
    syllabus=("53.3", "53.4"),
    answers=("mended_version",),
    docs=SHARED_STATE,
)
def check_mended(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Orders of the check's own, many at a time, to the version that is said to be mended. It invokes, and changes nothing."""
    version = answers["mended_version"]
    if type(version) is not str or not version.isdigit():
        return refused(
            "mended-version-form",
            "The number of the version is wanted, as text: it stands for this code for ever.",
            expected="a number as text",
            found=shown(version),
            next_step='mended_version = deploy(receipts_name, {"app.py": mended_code})',
        )
    configuration, problem = function_named(account, FUNCTION, version)
    if problem is not None:
        return problem
    if per_environment(configuration) != CONCURRENCY:
        return refused(
            "mended-by-concurrency",
            "With fewer requests at a time the bug hides, and so does the saving: you would pay for an environment per request again.",
            expected=f"PerExecutionEnvironmentMaxConcurrency {CONCURRENCY}",
            found=per_environment(configuration),
            next_step="Leave the concurrency at 8 and mend the code.",
            credit=0.2,
        )
    return _judge_mended(_load(account, version))


def _load(account: Account, version: str) -> list[Sent]:
    import boto3

    client = boto3.client(
        "lambda",
        region_name=account.region,
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=_AT_A_TIME),
    )
    orders = [{"order": 9000 + 7 * number} for number in range(_ORDERS)]
    return send_many(client, FUNCTION, orders, concurrency=_AT_A_TIME, qualifier=version)


def _judge_mended(requests: list[Sent]) -> Verdict:
    served = [item for item in requests if item.error != "TooManyRequestsException"]
    failed = [item for item in served if item.error]
    wrong = wrong_orders(served)

    def verdict(misconception: str, message: str, found: object, step: str, credit: float = 0.2) -> Verdict:
        return refused(
            misconception,
            message,
            expected=f"{len(served)} orders with their own receipts, {_AT_A_TIME} at a time",
            found=shown(found),
            next_step=step,
            credit=credit,
        )

    if len(served) < _ORDERS // 2:
        return verdict(
            "mended-throttled",
            "Most orders were throttled: too few environments take requests.",
            f"{len(requests) - len(served)} throttled",
            "Wait until the version is Active and has its three environments.",
        )
    if len(failed) == len(served):
        return verdict(
            "mended-always-fails",
            "Every order ends in an error now.",
            failed[0].answer,
            "Invoke it once yourself and read the error.",
            0.0,
        )
    if not all(isinstance(item.answer, dict) for item in served if not item.error):
        return verdict(
            "mended-form",
            "The answer is not a dict with order and file.",
            served[0].answer,
            'Return {"order": …, "file": …}.',
            0.0,
        )
    if wrong:
        return verdict(
            "mended-still-broken",
            "Orders still get other orders' receipts, or none. Whatever keeps them apart does so in one process only, or not for every request.",
            f"{len(wrong)} of {len(served)} orders",
            "The requests run in different processes that share /tmp: give each request a path that no other request has.",
        )
    files = [item.answer.get("file") for item in served]
    if not all(type(path) is str and path.startswith("/tmp/") for path in files):
        return verdict(
            "mended-without-file",
            "The answer does not name the file in /tmp that the receipt went through.",
            served[0].answer,
            'Return {"order": …, "file": path}.',
            0.5,
        )
    if len(set(files)) == 1:
        return verdict(
            "mended-by-waiting",
            "All orders use one file. They are right because each waits for the others, and eight at a time have become one.",
            listed(set(files)),
            "A path of its own for each request needs no lock.",
            0.5,
        )
    orders = {str(item.payload["order"]) for item in served}
    if len(set(files)) < len(files) // 4:
        return passed("Every order has its own receipt: a file for each process, which serves one request at a time.")
    by_order = sum(any(order in str(path) for order in orders) for path in set(files))
    if by_order == len(set(files)):
        return passed(
            "Every order has its own receipt. (Two requests for the same order at the same time would still meet; the request id never repeats.)"
        )
    return passed("Every order has its own receipt, eight at a time in an environment, and nobody waits.")
