"""Tasks 51.09 and 51.10: what each card costs on both, and a function of the learner's that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from graders.calling import called, not_a_function
from graders.day51.anchors import WHEN
from graders.day51.bills import right_default_usd, right_managed_usd
from graders.formulas import as_number, same
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.cards import CARDS, Card
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import facts

ON = ("default", "managed")
BECAUSE = ("need", "spike", "cost")
MOST_MB = int(facts.value("limits.memory_mb_default")[1])
MOST_VCPUS = int(facts.value("limits.vcpu_default"))
MOST_MINUTES = int(facts.value("limits.timeout_s_sync")) // 60
"""What a function of default Lambda has at most."""
DOUBLES = 2.0
"""By what factor traffic may grow within five minutes without throttles (facts: scaling.headroom)."""

Bills = dict[str, float | None]
Decision = dict[str, Any]


def default_can(card: Card) -> bool:
    """Whether default Lambda can run it at all."""
    return card.memory_mb <= MOST_MB and card.least_vcpus <= MOST_VCPUS and card.longest_minutes <= MOST_MINUTES


def right_bills(card: Card) -> Bills:
    """USD a month on both; None on default Lambda for what it can't run."""
    return dict(_right_bills(card))


@cache
def _right_bills(card: Card) -> Bills:
    return {
        "default": right_default_usd(card.requests, card.duration_ms, card.memory_mb) if default_can(card) else None,
        "managed": right_managed_usd(card.requests, card.instances, card.usd_per_hour, card.discount)
        + card.network_usd,
    }


def right_decision(card: Card) -> Decision:
    """What `choose` should give."""
    usd = right_bills(card)
    managed, default = usd["managed"], usd["default"]
    assert managed is not None
    if default is None:
        return {"on": "managed", "because": "need", "saves_usd": None}
    if card.strangers_code:
        return {"on": "default", "because": "need", "saves_usd": managed - default}
    if card.grows_5_min > DOUBLES and not card.refusable:
        return {"on": "default", "because": "spike", "saves_usd": managed - default}
    on = "managed" if managed < default else "default"
    return {"on": on, "because": "cost", "saves_usd": abs(managed - default)}


# --- 51.09 -------------------------------------------------------------------------------------------------------------

_SLIPS: Sequence[tuple[str, str, str, Callable[[Card], Bills]]] = (
    (
        "no-network",
        "Instances need a way out of your VPC, for their logs at least. The endpoints are on the bill.",
        "Add card.network_usd to managed.",
        lambda card: {**right_bills(card), "managed": _managed(card) - card.network_usd},
    ),
    (
        "no-discount",
        "Some fleets are committed: card.discount.",
        "Pass card.discount to managed_usd.",
        lambda card: {
            **right_bills(card),
            "managed": right_managed_usd(card.requests, card.instances, card.usd_per_hour) + card.network_usd,
        },
    ),
    (
        "three-instances",
        "Three is the least. Busy cards keep more: card.instances.",
        "Pass card.instances to managed_usd.",
        lambda card: {
            **right_bills(card),
            "managed": right_managed_usd(card.requests, 3, card.usd_per_hour, card.discount) + card.network_usd,
        },
    ),
    (
        "impossible",
        "Default Lambda can't run every card: up to 10,240 MB, 6 vCPUs and 15 minutes. A price for the others compares with nothing.",
        "Put None where memory_mb, least_vcpus or longest_minutes is too much.",
        lambda card: {
            **right_bills(card),
            "default": right_default_usd(card.requests, card.duration_ms, card.memory_mb),
        },
    ),
    (
        "cpu-stretch",
        "Below 1,769 MB default Lambda has less than a vCPU, so computing takes longer and is billed longer.",
        "Use card.duration_ms.",
        lambda card: {
            **right_bills(card),
            "default": right_default_usd(card.requests, card.io_ms + card.cpu_ms, card.memory_mb)
            if default_can(card)
            else None,
        },
    ),
    ("exchanged", "The two are exchanged.", "Look at the names.", lambda card: _exchanged(right_bills(card))),
    (
        "a-year",
        "These are years.",
        "A month's bill is wanted.",
        lambda card: {kind: None if usd is None else usd * 12 for kind, usd in right_bills(card).items()},
    ),
    (
        "zero",
        "0 would mean that it is free on default Lambda. It can't run there.",
        "Put None.",
        lambda card: {kind: usd or 0 for kind, usd in right_bills(card).items()},
    ),
)


def _managed(card: Card) -> float:
    usd = right_bills(card)["managed"]
    assert usd is not None
    return usd


def _exchanged(bills: Bills) -> Bills:
    return {"default": bills["managed"], "managed": bills["default"]}


def _alike(found: Mapping[str, Any], wanted: Bills) -> bool:
    return all(same(found[kind], wanted[kind]) for kind in ON)


@task(
    "51.09",
    title="Twelve cards in numbers",
    points=8,
    syllabus=("51.4", "51.6"),
    answers=("bills",),
    docs=WHEN,
)
def check_bills(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Each card's two bills, with partial credit for the cards that are right."""
    value = answers["bills"]
    names = [card.name for card in CARDS]
    step = 'bills = {card.name: {"default": …, "managed": …} for card in cards}'
    if type(value) is not dict or set(value) != set(names):
        found = listed(value) if type(value) is dict else shown(value)
        return refused(
            "bills-form",
            "A dict from the twelve names is wanted.",
            expected=", ".join(names),
            found=found,
            next_step=step,
        )
    odd = [name for name in names if type(value[name]) is not dict or set(value[name]) != set(ON)]
    if odd:
        return refused(
            "bills-members",
            "Each card has two bills.",
            expected="default and managed",
            found=f"{odd[0]}: {shown(value[odd[0]])}",
            next_step=step,
        )
    wrong = [card for card in CARDS if not _alike(value[card.name], right_bills(card))]
    if not wrong:
        return passed(
            "Three idle instances and their endpoints cost more than $220 a month before the first request. Where default Lambda "
            "costs less than that, nothing has to be reckoned."
        )
    return _bills_refused(value, wrong)


def _bills_refused(value: Mapping[str, Any], wrong: Sequence[Card]) -> Verdict:
    first = wrong[0]
    credit = round((len(CARDS) - len(wrong)) / len(CARDS) * 0.8, 2)

    def refusal(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            f"bills-{misconception}",
            message,
            expected=f"{first.name}: {_written(right_bills(first))}",
            found=f"{first.name}: {_written(value[first.name])}; wrong are {', '.join(card.name for card in wrong)}",
            next_step=step,
            credit=credit,
        )

    if any(type(value[card.name][kind]) is str for card in wrong for kind in ON):
        return refusal("text", "Bills are numbers.", "Leave out the currency and the formatting.")
    for misconception, message, step, slip in _SLIPS:
        if all(_alike(value[card.name], slip(card)) for card in CARDS):
            return refusal(misconception, message, step)
    return refusal(
        "wrong",
        "Not every bill is right.",
        "default_usd and managed_usd with the card's numbers, plus card.network_usd.",
    )


def _written(bills: Mapping[str, Any]) -> str:
    parts = [f"{kind} {'None' if bills[kind] is None else shown(bills[kind])[:12]}" for kind in ON]
    return ", ".join(parts)


# --- 51.10 -------------------------------------------------------------------------------------------------------------


def judge_choice(function: Any, card: Card) -> Verdict | None:
    """What is wrong with the decision on the card; None when nothing is."""
    outcome, wanted = called(function, card), right_decision(card)

    def wrong(misconception: str, message: str, step: str, credit: float = 0.3) -> Verdict:
        found = outcome.error_text if outcome.error else shown(outcome.value)
        return refused(
            f"choose-{misconception}",
            f"{card.name}: {message}",
            expected=shown({**wanted, "saves_usd": wanted["saves_usd"] and round(wanted["saves_usd"], 2)}),
            found=found,
            next_step=step,
            credit=credit,
        )

    if outcome.error is not None:
        return wrong("raises", "the function raised an exception.", "A bill can be None: compare only numbers.", 0.0)
    given = outcome.value
    if type(given) is not dict or set(given) != {"on", "because", "saves_usd"}:
        return wrong(
            "form",
            "the decision is not a dict of on, because and saves_usd.",
            'Return {"on": …, "because": …, "saves_usd": …}.',
            0.0,
        )
    if given["on"] not in ON or given["because"] not in BECAUSE:
        return wrong("words", f"on is one of {ON}, because one of {BECAUSE}.", "Use these words.", 0.0)
    if (given["on"], given["because"]) != (wanted["on"], wanted["because"]):
        return wrong(*_wrong_choice(card, given, wanted))
    if same(given["saves_usd"], wanted["saves_usd"]):
        return None
    return wrong(*_wrong_saving(card, given["saves_usd"], wanted["saves_usd"]), credit=0.6)


def _wrong_choice(card: Card, given: Decision, wanted: Decision) -> tuple[str, str, str]:
    usd = right_bills(card)
    cheaper = "managed" if usd["default"] is None or (usd["managed"] or 0) < usd["default"] else "default"
    if wanted["because"] == "need" and wanted["on"] == "managed":
        return (
            "ignores-need",
            "default Lambda can't run this: it has at most 10,240 MB, 6 vCPUs and 15 minutes.",
            "Look first at memory_mb, least_vcpus and longest_minutes.",
        )
    if wanted["because"] == "need" and given["on"] != wanted["on"]:
        return (
            "ignores-strangers",
            "functions of one provider share instances, and containers are no wall between strangers. Default Lambda keeps each "
            "environment in a virtual machine of its own.",
            "Before costs: if card.strangers_code, default.",
        )
    if given["on"] == wanted["on"] and given["because"] == "cost":
        return ("because", "the choice is right, the reason is not.", "need comes before spike, spike before cost.")
    if given["because"] == "need":
        return (
            "need-without-need",
            "nothing here is needed that only one of them has: the limits themselves are allowed.",
            "Compare with > and not with >=.",
        )
    if wanted["because"] == "spike":
        return (
            "ignores-spike",
            f"traffic grows ×{card.grows_5_min:g} within five minutes, and a 429 is a loss. Managed instances keep room for a doubling.",
            "If grows_5_min is above 2 and the card is not refusable, default.",
        )
    if given["because"] == "spike" and card.grows_5_min <= DOUBLES:
        return (
            "doubling-is-fine",
            "traffic may double within five minutes. Only more than that is too much.",
            "Compare with > 2.",
        )
    if given["because"] == "spike":
        return (
            "ignores-refusable",
            "callers here try again, so a 429 costs nothing but a moment. The bill decides.",
            "A spike matters only where the card is not refusable.",
        )
    if given["on"] != cheaper:
        return ("dearer", f"{given['on']} costs more, and nothing speaks for it.", "Choose what costs less.")
    return ("because", "the choice is right, the reason is not.", "need comes before spike, spike before cost.")


def _wrong_saving(card: Card, given: object, wanted: object) -> tuple[str, str, str]:
    number, right = as_number(given), as_number(wanted)
    if right is None:
        return ("saves-something", "there is nothing to compare with.", "Return None where one of them can't run it.")
    if number is None:
        return ("saves-form", "what it saves is a number here.", "What the other costs less what the chosen one costs.")
    if same(number, -right):
        return ("saves-sign", "the sign is turned round.", "What the other costs less what the chosen one costs.")
    if number == 0 or (right < 0 and same(number, -right)):
        return (
            "saves-nothing",
            "a need can cost money; say how much, as a negative number.",
            "other - chosen, whatever its sign.",
        )
    if same(number, abs(right) * 12):
        return ("saves-a-year", "that is a year's.", "A month's is wanted.")
    bills = right_bills(card)
    if any(same(number, usd) for usd in bills.values() if usd is not None):
        return (
            "saves-bill",
            "that is a bill, not the difference of two.",
            "What the other costs less what the chosen one costs.",
        )
    return (
        "saves-wrong",
        "that is not the difference of the two bills.",
        "What the other costs less what the chosen one costs.",
    )


@task(
    "51.10",
    title="Choose",
    points=12,
    syllabus=("51.1", "51.4", "51.5"),
    answers=("choose",),
    docs=WHEN,
)
def check_choose(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The learner's function on the twelve cards."""
    function: Any = answers["choose"]
    problem = not_a_function(function, "choose", "choose(card)")
    if problem is not None:
        return problem
    for card in CARDS:
        problem = judge_choice(function, card)
        if problem is not None:
            return problem
    managed = [card.name for card in CARDS if right_decision(card)["on"] == "managed"]
    return passed(
        f"{', '.join(managed)} go to managed instances, the rest stays. What is needed decides first, what a burst would cost "
        "second, and money last."
    )
