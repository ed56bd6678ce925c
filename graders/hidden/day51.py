"""Hidden checks of lab 51: functions meet requests, prices, fleets, cards and texts that their author has not seen.

They are drawn by a seed, so that they are the same for everybody and each time. No input is shown.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from graders.day51 import bills, break_even, deciding, requests, staleness
from graders.formulas import Asked, judge
from lmi_labs.account import Account
from lmi_labs.cards import CARDS, Card
from lmi_labs.changes import Timeline
from lmi_labs.same_traffic import Request
from lmi_labs.tasks import Verdict, hidden_check, passed, refused

_SEED = 5101
_CARDS = 60
_CLEAR = 0.05  # by how much one bill must differ from the other, so that rounding decides nothing


def _unseen(subject: str, step: str) -> Verdict:
    return refused(
        f"{subject}-hidden",
        "The function is right for what you can see, and wrong for something else that is as ordinary.",
        expected="a result that follows from the arguments alone",
        next_step=step,
        credit=0.7,
    )


def _drawn_requests(draw: random.Random, count: int) -> list[Request]:
    found = []
    for _ in range(count):
        status = 429 if draw.random() < 0.1 else 200
        init_ms = round(draw.uniform(200, 2000), 3) if draw.random() < 0.3 and status == 200 else 0.0
        duration_ms = round(draw.uniform(5, 3000), 3) if status == 200 else 0.0
        found.append(requests.request(round(draw.uniform(0, 30), 3), init_ms, duration_ms, status))
    return found


@hidden_check("51.02")
def check_summary(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other requests, none at all, and only refused ones."""
    function: Any = answers["summary"]
    draw = random.Random(_SEED)
    lists: dict[str, list[Request]] = {
        "many": _drawn_requests(draw, 300),
        "some": _drawn_requests(draw, 40),
        "refused": [requests.request(1.0, 0.0, 0.0, 429), requests.request(2.0, 0.0, 0.0, 429)],
        "none": [],
    }
    if requests.judge_summary(function, lists):
        return _unseen(
            "summary",
            "Try it with no requests at all, and with requests that were all refused: everything is a number.",
        )
    return passed("The numbers hold for other requests.")


@hidden_check("51.03")
def check_environments(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other requests in any order, and none."""
    function: Any = answers["environments_needed"]
    draw = random.Random(_SEED)
    lists = [_drawn_requests(draw, count) for count in (0, 1, 40, 200)]
    calls = [Asked((found, count), "environments_needed(…)") for found in lists for count in (1, 4, 16)]
    if judge(function, requests.environments_question(calls)):
        return _unseen("environments", "Try it with requests in any order, with one, and with none.")
    return passed("The count holds for other requests.")


@hidden_check("51.04")
def check_default_usd(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other months, one without a request among them."""
    draw = random.Random(_SEED)
    calls = [(draw.randrange(10**8), round(draw.uniform(1, 900), 2), draw.randrange(128, 10_241)) for _ in range(20)]
    if judge(answers["default_usd"], bills.default_question([*calls, (0, 100, 512), (1_000_000, 0.1, 128)])):
        return _unseen("default", "Try durations of parts of a millisecond, and no requests.")
    return passed("The bill holds for other months.")


@hidden_check("51.05")
def check_managed_usd(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other fleets, also without instances, without a discount and with the whole price off."""
    draw = random.Random(_SEED)
    calls = [
        (
            draw.randrange(10**9),
            round(draw.uniform(0, 40), 2),
            round(draw.uniform(0.05, 4), 4),
            round(draw.uniform(0, 0.72), 2),
        )
        for _ in range(20)
    ]
    if judge(
        answers["managed_usd"], bills.managed_question([*calls, (10**6, 0, 0.2, 0.5), (10**6, 2, 0.2), (0, 2, 0.2, 1)])
    ):
        return _unseen("managed", "Try no instances, no discount, and parts of an instance.")
    return passed("The bill holds for other fleets.")


@hidden_check("51.06")
def check_commitment(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other fleets, a steady one and a very short one among them; none where two numbers cost the same."""
    draw = random.Random(_SEED)
    calls: list[tuple[list[float], float]] = [([4], 0.3), ([0, 0, 0], 0.5), ([7] * 24, 0.01)]
    for _ in range(20):
        sizes = [float(draw.randrange(12)) for _ in range(23)]
        calls.append((sizes, draw.choice((0.11, 0.32, 0.5, 0.65, 0.72))))
    if judge(answers["best_commitment"], bills.commitment_question(calls)):
        return _unseen(
            "commitment", "Try a fleet of one hour, one that never runs, and one in which no two hours are alike."
        )
    return passed("The commitment holds for other fleets.")


@hidden_check("51.08")
def check_break_even(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Other fleets and functions, some beyond what the fleet carries."""
    draw = random.Random(_SEED)
    calls = []
    for _ in range(24):
        fleet = (draw.randrange(1, 30), round(draw.uniform(0.05, 2), 4), round(draw.uniform(0, 0.72), 2))
        numbers = (round(draw.uniform(1, 900), 1), draw.randrange(128, 10_241), *fleet)
        rate_rps = break_even.right_break_even(*numbers, 10**12) or 0.0
        calls.append((*numbers, round(rate_rps * draw.choice((0.5, 2.0)), 3)))
    if judge(answers["break_even"], break_even.break_even_question(calls)):
        return _unseen(
            "break-even", "Look for numbers that are written into the function, and at what the fleet carries."
        )
    return passed("The break-even holds for other fleets.")


@cache
def drawn_cards(seed: int, count: int) -> tuple[Card, ...]:
    """So many cards whose decisions are clear, of every kind; the limits themselves are among them."""
    draw = random.Random(seed)
    found = [
        replace(
            CARDS[0], name="hidden-limit", memory_mb=deciding.MOST_MB, instance_type="r8g.2xlarge", environment_gib=16.0
        ),
        replace(CARDS[0], name="hidden-minutes", longest_minutes=float(deciding.MOST_MINUTES)),
        replace(CARDS[0], name="hidden-double", grows_5_min=2.0),
        replace(CARDS[0], name="hidden-strangers", strangers_code=True, grows_5_min=8.0),
        replace(CARDS[5], name="hidden-large-strangers", strangers_code=True),
    ]
    while len(found) < count:
        card = _drawn_card(draw, len(found))
        usd = deciding.right_bills(card)
        managed, default = usd["managed"] or 0.0, usd["default"]
        if default is None or abs(managed - default) > _CLEAR * default:
            found.append(card)
    return tuple(found)


def _drawn_card(draw: random.Random, number: int) -> Card:
    rate = 10 ** draw.uniform(-2, 3)
    return Card(
        name=f"hidden-{number}",
        story="",
        low_rps=round(rate * draw.uniform(0.3, 1), 3),
        high_rps=round(rate, 3) if draw.random() < 0.7 else round(rate * 3, 3),
        io_ms=round(draw.uniform(5, 400), 1),
        cpu_ms=round(draw.uniform(1, 60), 1),
        memory_mb=draw.choice((128, 256, 512, 1024, 1769, 4096, 16_384)),
        grows_5_min=draw.choice((1.1, 1.5, 1.9, 2.5, 8.0)),
        refusable=draw.random() < 0.5,
        discount=draw.choice((0.0, 0.0, 0.32, 0.65)),
        endpoints=draw.randrange(1, 4),
        least_vcpus=draw.choice((1, 1, 1, 1, 1, 1, 1, 1, 6, 8)),
        longest_minutes=draw.choice((1.0, 1.0, 1.0, 1.0, 1.0, 15.0, 40.0)),
        strangers_code=draw.random() < 0.15,
    )


@hidden_check("51.10")
def check_choose(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Sixty other cards."""
    function: Any = answers["choose"]
    if any(deciding.judge_choice(function, card) for card in drawn_cards(_SEED, _CARDS)):
        return _unseen(
            "choose", "Look for names of cards in the function, and try a card that has a need and a spike as well."
        )
    return passed(f"The decision holds for {_CARDS} cards that you have not seen.")


@hidden_check("51.13")
def check_judge(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Subjects that changed up to four times, at any day."""
    function: Any = answers["judge"]
    draw = random.Random(_SEED)
    cases: list[staleness.Case] = []
    for _ in range(60):
        days = sorted(draw.sample([f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)], 6))
        timeline: Timeline = {"doors": [("2025-11-30", 1)] + [(day, draw.randrange(1, 4)) for day in days[:4]]}
        written, as_of = sorted(draw.sample(["2025-12-15", *days, "2026-12-30"], 2))
        statement = {"id": "x", "text": "", "written": written, "subject": "doors", "claims": draw.randrange(1, 5)}
        cases.append((statement, timeline, as_of))
    if staleness.judge_verdicts(function, cases):
        return _unseen("judge", "Try a subject that changes several times, and the very days on which it does.")
    return passed("The verdict holds for other subjects.")
