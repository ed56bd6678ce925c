"""Task 53.03: what a global variable is worth in each language, and the oldest runtime of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day53.anchors import LANGUAGES as DOCS
from graders.reading import listed, shown
from lmi_labs.account import Account
from lmi_labs.languages import LANGUAGES
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import facts


def meets(language: str) -> bool:
    """Whether requests at the same time share the language's globals: where each has a process of its own they don't."""
    return bool(facts.value(f"runtimes.{language}")["model"] != "processes")


def oldest(language: str) -> str:
    """The first runtime identifier of the language that runs on managed instances."""
    return str(facts.value(f"runtimes.{language}")["ids"][0])


@task(
    "53.03",
    title="What your global variable is worth",
    points=5,
    syllabus=("53.1", "53.3"),
    answers=("meets_in_a_global", "oldest_runtime"),
    docs=DOCS,
)
def check_languages(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Both dicts against the facts."""
    globals_wrong = _judge_globals(answers["meets_in_a_global"])
    runtimes_wrong = _judge_runtimes(answers["oldest_runtime"])
    if globals_wrong is None and runtimes_wrong is None:
        return passed(
            "Python alone keeps globals apart, with a process for each concurrent request, and pays for it in memory."
        )
    half = 0.5 if globals_wrong is None or runtimes_wrong is None else 0.0
    misconception, message, expected, found, step = globals_wrong or runtimes_wrong  # type: ignore[misc]
    return refused(misconception, message, expected=expected, found=found, next_step=step, credit=half)


def _judge_globals(value: object) -> tuple[str, str, str, str, str] | None:
    step = "Read in the table how requests run at the same time: in processes, or in threads and tasks of one process?"
    form = _form(value, "globals", bool, "True or False")
    if form is not None:
        return form
    given: dict[str, Any] = value  # type: ignore[assignment]
    wrong = [language for language in LANGUAGES if given[language] != meets(language)]
    if not wrong:
        return None
    found = listed(f"{language}: {given[language]}" for language in wrong)
    if set(wrong) == set(LANGUAGES):
        return (
            "globals-turned-round",
            "It is the other way round in every language.",
            "True where they can meet",
            found,
            step,
        )
    if not any(given.values()):
        return (
            "globals-as-default-lambda",
            "This is default Lambda, with one request per environment at a time. On managed instances most languages run many in one process.",
            "True where one process serves several requests",
            found,
            step,
        )
    if all(given.values()):
        return (
            "globals-everywhere",
            "Python gives each concurrent request a process of its own; their globals never meet.",
            "False for the language with processes",
            found,
            step,
        )
    if wrong == ["python"]:
        return ("globals-python", "Python's requests run in different processes.", "False for python", found, step)
    if wrong == ["nodejs"]:
        return (
            "globals-nodejs",
            "Node.js has worker threads, and in each of them several requests at a time, taking turns at every await. Those share the worker's globals.",
            "True for nodejs",
            found,
            step,
        )
    if wrong == ["rust"]:
        return (
            "globals-rust",
            "The compiler keeps Rust's shared state free of data races. It is shared all the same: a static is one for all tasks.",
            "True for rust",
            found,
            step,
        )
    return ("globals-wrong", "Not every language is right.", "True where they can meet", found, step)


def _judge_runtimes(value: object) -> tuple[str, str, str, str, str] | None:
    form = _form(value, "runtimes", str, "a runtime identifier")
    if form is not None:
        return form
    given: dict[str, Any] = value  # type: ignore[assignment]
    wrong = [language for language in LANGUAGES if given[language] != oldest(language)]
    if not wrong:
        return None
    found = listed(f"{language}: {given[language]}" for language in wrong)
    step = "Take the first identifier of each row, letter by letter."
    newer = [language for language in wrong if given[language] in facts.value(f"runtimes.{language}")["ids"]]
    if newer:
        return (
            "runtimes-newest",
            "That runs, but it is not the oldest that does.",
            "the oldest identifier of each language",
            found,
            step,
        )
    if any(given[language] in ("python3.12", "python3.11", "nodejs20.x", "java17", "dotnet6") for language in wrong):
        return (
            "runtimes-too-old",
            "Lambda still runs it, but not on managed instances: the runtimes had to learn to take several requests at a time.",
            "the oldest identifier that runs on managed instances",
            found,
            step,
        )
    if wrong == ["rust"]:
        return (
            "runtimes-rust",
            "Rust has no managed runtime. It is compiled and runs on the OS-only runtime.",
            "the OS-only runtime",
            found,
            step,
        )
    return (
        "runtimes-spelling",
        "This is not an identifier that Lambda knows.",
        "identifiers as the table has them",
        found,
        step,
    )


def _form(value: object, prefix: str, kind: type, wanted: str) -> tuple[str, str, str, str, str] | None:
    expected = f"a dict from {', '.join(LANGUAGES)} to {wanted}"
    if type(value) is not dict or set(value) != set(LANGUAGES):
        found = listed(value) if type(value) is dict else shown(value)
        return (
            f"{prefix}-form",
            "There should be exactly one entry for each of the five languages.",
            expected,
            found,
            "Write the five languages as keys.",
        )
    odd = [str(language) for language in LANGUAGES if type(value[language]) is not kind]
    if odd:
        return (
            f"{prefix}-values",
            f"A value is not {wanted}.",
            expected,
            listed(f"{key}: {shown(value[key])}" for key in odd),
            f"Write {wanted} for each.",
        )
    return None
