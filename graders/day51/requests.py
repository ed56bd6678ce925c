"""Tasks 51.02 and 51.03: what the learner reads out of the requests of both runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from graders.calling import called, not_a_function
from graders.day51.anchors import COLD_STARTS, MANY_AT_A_TIME
from graders.formulas import Asked, Mistake, Question, judge, judge_outcomes, same
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.load import percentile
from lmi_labs.same_traffic import SLOTS, Request, runs
from lmi_labs.tasks import Verdict, passed, refused, task

MEMBERS = ("cold_percent", "p99_ms", "refused_percent")
Requests = Sequence[Request]


def request(arrived_s: float, init_ms: float, duration_ms: float, status: int = 200) -> Request:
    """A request as the lab has them."""
    return {"arrived_s": arrived_s, "init_ms": init_ms, "duration_ms": duration_ms, "status": status}


# Of eight requests two began cold and one was refused; 99 % of seven answers is the slowest of them.
FEW = [
    request(0.0, 900.0, 200.0),
    request(0.5, 0.0, 250.0),
    request(1.0, 0.0, 0.0, 429),
    request(1.5, 700.0, 300.0),
    request(2.0, 0.0, 220.0),
    request(2.5, 0.0, 1400.0),
    request(3.0, 0.0, 210.0),
    request(3.5, 0.0, 230.0),
]
# In a queue: the second begins when the first has ended, three overlap, and the list is not in order.
CROWD = [
    request(10.0, 0.0, 1000.0),
    request(9.5, 0.0, 900.0),
    request(9.0, 0.0, 2000.0),
    request(0.0, 1000.0, 1000.0),
    request(1.5, 0.0, 400.0),
    request(2.0, 0.0, 2000.0),
    request(2.5, 0.0, 1000.0),
    request(3.0, 0.0, 500.0),
    request(3.2, 0.0, 0.0, 429),
    request(3.5, 0.0, 1500.0),
    request(3.5, 0.0, 700.0),
]


def _answered(requests: Requests) -> list[Request]:
    return [one for one in requests if one["status"] == 200]


def _waits(requests: Requests) -> list[float]:
    return [one["init_ms"] + one["duration_ms"] for one in _answered(requests)]


def _cold(requests: Requests) -> int:
    return sum(one["init_ms"] > 0 for one in requests)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def right_summary(requests: Requests) -> dict[str, float]:
    """What `summary` should give; 0 where there is nothing to count."""
    waits = _waits(requests)
    return {
        "cold_percent": _percent(_cold(requests), len(requests)),
        "p99_ms": percentile(waits, 0.99) if waits else 0.0,
        "refused_percent": _percent(len(requests) - len(waits), len(requests)),
    }


def _member(name: str) -> Callable[[Requests], float]:
    return lambda requests: right_summary(requests)[name]


_COLD_MISTAKES = (
    Mistake("share", "This is a share, a hundredth of the percentage.", "Multiply by 100.", lambda r: _cold(r) / len(r)),
    Mistake("count", "This is how many began cold. Of how many?", "100 * cold / len(requests)", lambda r: _cold(r)),
    Mistake(
        "warm", "This is the share of those that began warm.", "Count init_ms above 0.", lambda r: _percent(len(r) - _cold(r), len(r))
    ),
    Mistake(
        "of-answers",
        "Those that were refused came as well.",
        "Divide by the number of all requests.",
        lambda r: _percent(_cold(r), len(_answered(r))),
    ),
    Mistake(
        "slow",
        "You counted what was slow. A request can be slow and warm; init_ms says which began cold.",
        "Count requests with init_ms above 0.",
        lambda r: _percent(sum(one["init_ms"] + one["duration_ms"] > 1000 for one in r), len(r)),
    ),
)  # fmt: skip
_P99_MISTAKES = (
    Mistake(
        "without-init",
        "This leaves the cold start out. The caller waited for it.",
        "A caller waits init_ms + duration_ms.",
        lambda r: percentile([one["duration_ms"] for one in _answered(r)], 0.99),
    ),
    Mistake(
        "with-refused",
        "A refused request waited for nothing: its 0 ms make the others look faster.",
        'Take requests with status 200 only.',
        lambda r: percentile([one["init_ms"] + one["duration_ms"] for one in r], 0.99),
    ),
    Mistake("seconds", "This is in seconds.", "The times are in ms already.", lambda r: percentile(_waits(r), 0.99) / 1000),
    Mistake("mean", "This is the mean. It hides the few that waited long.", "percentile(waits, 0.99)", lambda r: fmean(_waits(r))),
    Mistake("slowest", "This is the slowest of all.", "percentile(waits, 0.99)", lambda r: max(_waits(r))),
    Mistake("median", "This is the median.", "percentile(waits, 0.99)", lambda r: percentile(_waits(r), 0.5)),
    Mistake("p95", "This is the 95th percentile.", "percentile(waits, 0.99)", lambda r: percentile(_waits(r), 0.95)),
    Mistake("fastest", "This is the fast end: 1 % waited less.", "percentile(waits, 0.99)", lambda r: percentile(_waits(r), 0.01)),
)  # fmt: skip
_REFUSED_MISTAKES = (
    Mistake("share", "This is a share.", "Multiply by 100.", lambda r: (len(r) - len(_waits(r))) / len(r)),
    Mistake("count", "This is how many were refused.", "100 * refused / len(requests)", lambda r: len(r) - len(_waits(r))),
    Mistake(
        "answered", "This is the share of those that were answered.", "Count status 429.", lambda r: _percent(len(_waits(r)), len(r))
    ),
    Mistake(
        "of-answers",
        "Divided by the answers, not by all that came.",
        "Divide by the number of all requests.",
        lambda r: _percent(len(r) - len(_waits(r)), len(_waits(r))),
    ),
    Mistake("never", "Some were refused: their status is 429.", "Count status 429.", lambda r: 0.0),
)  # fmt: skip


def judge_summary(function: Any, lists: Mapping[str, Requests]) -> Verdict | None:
    """What is wrong with the three numbers of the function for lists of requests, by how feedback names them.

    It is called once for each list, however many numbers are looked at: the runs are long.
    """
    outcomes = {name: called(function, requests) for name, requests in lists.items()}
    asked, first = next(iter(outcomes.items()))
    if first.error is None and (type(first.value) is not dict or set(first.value) != set(MEMBERS)):
        return refused(
            "summary-form",
            "The result is not a dict with the three members.",
            expected=", ".join(MEMBERS),
            found=listed(first.value) if type(first.value) is dict else shown(first.value),
            next_step=f'Return {{"cold_percent": …, "p99_ms": …, "refused_percent": …}} for {asked}.',
        )
    for member, mistakes, unit, step in (
        ("cold_percent", _COLD_MISTAKES, "per cent of all that came", "Count requests with init_ms above 0."),
        ("p99_ms", _P99_MISTAKES, "ms that callers waited", "percentile of init_ms + duration_ms over status 200."),
        ("refused_percent", _REFUSED_MISTAKES, "per cent of all that came", "Count requests with status 429."),
    ):
        question = Question(
            f"summary-{member.rpartition('_')[0]}",
            "summary",
            [Asked((requests,), f"summary({name})") for name, requests in lists.items()],
            _member(member),
            mistakes,
            unit,
            step,
            member=member,
        )
        problem = judge_outcomes(list(outcomes.values()), question)
        if problem is not None:
            return problem
    return None


@task(
    "51.02",
    title="Two runs in numbers",
    points=9,
    syllabus=("51.2", "51.5"),
    answers=("summary", "summaries"),
    docs=COLD_STARTS,
)
def check_summary(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on a few requests and on both runs; then the numbers that were kept."""
    function: Any = answers["summary"]
    both = runs()
    problem = not_a_function(function, "summary", "summary(requests)") or judge_summary(
        function, {"these eight requests": FEW, 'runs["default"]': both["default"], 'runs["managed"]': both["managed"]}
    )
    if problem is not None:
        return problem
    return _judge_kept(answers["summaries"], {kind: right_summary(both[kind]) for kind in both}) or passed(
        "The dots far up are cold starts: default Lambda makes a new environment while somebody waits. Managed instances have "
        "theirs up before, so nobody waits, and whoever finds no free slot is refused."
    )


def _judge_kept(value: object, right: Mapping[str, Mapping[str, float]]) -> Verdict | None:
    expected = "a dict with default and managed, each with what summary gives for that run"
    step = "summaries = {kind: summary(requests) for kind, requests in runs.items()}"

    def wrong(misconception: str, message: str) -> Verdict:
        return refused(misconception, message, expected=expected, found=shown(value), next_step=step, credit=0.7)

    if type(value) is not dict or set(value) != set(right):
        return wrong("summaries-form", "Both runs are wanted, by their names.")
    if any(type(value[kind]) is not dict or set(value[kind]) != set(MEMBERS) for kind in right):
        return wrong("summaries-members", "Each run has three numbers.")
    if _all_same(value["default"], right["managed"]) and _all_same(value["managed"], right["default"]):
        return wrong("summaries-exchanged", "These are the other run's numbers.")
    if not all(_all_same(value[kind], right[kind]) for kind in right):
        return wrong("summaries-wrong", "The function is right; these numbers are not what it gives for the runs.")
    return None


def _all_same(found: Mapping[str, Any], right: Mapping[str, float]) -> bool:
    return all(same(found[name], right[name]) for name in MEMBERS)


# --- 51.03 -------------------------------------------------------------------------------------------------------------


def _steps(requests: Requests, *, init: bool = True, ends_last: bool = False) -> list[tuple[float, int]]:
    """+1 and -1 over time, ends first at the same moment; to the microsecond, so that sums of floats don't decide."""
    found = []
    for one in _answered(requests):
        length_ms = one["duration_ms"] + (one["init_ms"] if init else 0.0)
        found += [(round(one["arrived_s"], 6), 1), (round(one["arrived_s"] + length_ms / 1000, 6), -1)]
    return sorted(found, key=lambda step: (step[0], -step[1] if ends_last else step[1]))


def _most(steps: Sequence[tuple[float, int]]) -> int:
    most = now = 0
    for _, change in steps:
        now += change
        most = max(most, now)
    return most


def right_environments(requests: Requests, concurrency: int) -> int:
    """How many environments hold what is under way at the busiest moment."""
    return -(-_most(_steps(requests)) // concurrency)


def _by_second(requests: Requests) -> int:
    seconds: dict[int, int] = {}
    for one in _answered(requests):
        seconds[int(one["arrived_s"])] = seconds.get(int(one["arrived_s"]), 0) + 1
    return max(seconds.values(), default=0)


def _mean_at_once(requests: Requests) -> float:
    answered = _answered(requests)
    span_s = max(one["arrived_s"] for one in answered) - min(one["arrived_s"] for one in answered)
    return math.fsum(_waits(requests)) / 1000 / span_s


def _unsorted(requests: Requests) -> int:
    """What a walk gives that takes the list for sorted by arrival."""
    under_way: list[float] = []
    most = 0
    for one in _answered(requests):
        under_way = [end for end in under_way if end > one["arrived_s"]]
        under_way.append(one["arrived_s"] + (one["init_ms"] + one["duration_ms"]) / 1000)
        most = max(most, len(under_way))
    return most


def _with_refused(requests: Requests) -> int:
    """What a walk by arrival gives that takes a refused request for one under way."""
    under_way: list[float] = []
    most = 0
    for one in sorted(requests, key=lambda item: item["arrived_s"]):
        under_way = [end for end in under_way if end > one["arrived_s"]]
        under_way.append(one["arrived_s"] + (one["init_ms"] + one["duration_ms"]) / 1000)
        most = max(most, len(under_way))
    return most


_ENVIRONMENT_MISTAKES = (
    Mistake(
        "most-at-once",
        "That many requests are under way at once. An environment holds `concurrency` of them.",
        "Divide by concurrency and round up.",
        lambda r, c: _most(_steps(r)),
    ),
    Mistake(
        "floor",
        "Rounded down: what is left over has no environment.",
        "math.ceil(most / concurrency)",
        lambda r, c: _most(_steps(r)) // c,
    ),
    Mistake("part", "Part of an environment does not exist.", "math.ceil(most / concurrency)", lambda r, c: _most(_steps(r)) / c),
    Mistake(
        "without-init",
        "A request holds its environment from its arrival on, while INIT runs as well.",
        "It ends at arrived_s + (init_ms + duration_ms) / 1000.",
        lambda r, c: -(-_most(_steps(r, init=False)) // c),
    ),
    Mistake(
        "touching",
        "One that ends in the moment in which another comes makes room for it.",
        "At the same moment take off what ends before you add what comes.",
        lambda r, c: -(-_most(_steps(r, ends_last=True)) // c),
    ),
    Mistake("all", "That is room for all of them at once.", "Count only those that overlap.", lambda r, c: -(-len(r) // c)),
    Mistake(
        "by-second",
        "That counts who comes in a second. How many are there at once depends on how long they stay.",
        "Go through arrivals and ends in the order of time, adding 1 and taking 1 off.",
        lambda r, c: -(-_by_second(r) // c),
    ),
    Mistake(
        "mean",
        "That is the mean (rate times time). The busiest moment needs more.",
        "Go through arrivals and ends in the order of time and keep the highest count.",
        lambda r, c: math.ceil(_mean_at_once(r) / c),
    ),
    Mistake(
        "in-order",
        "The requests need not come in the order of time.",
        "Sort what you go through by time first.",
        lambda r, c: -(-_unsorted(r) // c),
    ),
    Mistake(
        "with-refused",
        "A request that was refused was in no environment.",
        "Take requests with status 200 only.",
        lambda r, c: -(-_with_refused(r) // c),
    ),
    Mistake("one", "That is one more than it takes.", "math.ceil(most / concurrency)", lambda r, c: _most(_steps(r)) // c + 1),
)  # fmt: skip


def open_calls() -> list[Asked]:
    """What the learner's function is called with: a few requests that touch and overlap, and the run."""
    run = runs()["default"]
    return [
        *(Asked((CROWD, count), f"environments_needed(these requests, {count})") for count in (1, 2, 3)),
        Asked((FEW, 1), "environments_needed(eight other requests, 1)"),
        Asked((run, SLOTS), f'environments_needed(runs["default"], {SLOTS})'),
    ]


def environments_question(calls: Sequence[Asked]) -> Question:
    """The question of 51.03 with these calls."""
    return Question(
        "environments",
        "environments_needed",
        calls,
        right_environments,
        _ENVIRONMENT_MISTAKES,
        "environments",
        "Make a list of (arrived_s, +1) and (end, -1), sort it, and keep the highest sum on the way.",
    )


@task(
    "51.03",
    title="How many environments",
    points=8,
    syllabus=("51.2", "51.6"),
    answers=("environments_needed",),
    docs=MANY_AT_A_TIME,
)
def check_environments(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on a few requests that touch and overlap, and on the run, for one request at a time and for eight."""
    function: Any = answers["environments_needed"]
    problem = not_a_function(function, "environments", "environments_needed(requests, concurrency)")
    if problem is not None:
        return problem
    run = runs()["default"]
    return judge(function, environments_question(open_calls())) or passed(
        f"Default Lambda needs {right_environments(run, 1)} environments for the burst, one for each request under way. With "
        f"{SLOTS} at a time {right_environments(run, SLOTS)} would do, while the requests mostly wait: that is where the saving is."
    )
