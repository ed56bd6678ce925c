"""Answers that are an error code, read from a refusal: which code is right, and what else people write down."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from graders.reading import is_response, shown
from lmi_labs.tasks import Verdict, refused

CREDENTIAL_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@dataclass(frozen=True)
class Wording:
    """How one task speaks of its code."""

    prefix: str
    """Begins the misconception ids of the task."""
    attempt: str
    """The call whose refusal is asked for."""
    why: str
    """Why AWS refuses with this code."""


def judge_code(value: object, right: Collection[str], wording: Wording) -> Callable[[float], Verdict] | None:
    """None when the answer is one of the right codes, else a refusal that takes the credit it is worth."""
    if type(value) is str and value in right:
        return None
    idea, message = _idea(value, right, wording)

    def verdict(credit: float) -> Verdict:
        return refused(
            f"{wording.prefix}-{idea}",
            message,
            expected=f"the error code with which {wording.attempt} is refused",
            found=shown(value),
            next_step='Catch ClientError and keep error.response["Error"]["Code"].',
            credit=credit,
        )

    return verdict


def _idea(value: object, right: Collection[str], wording: Wording) -> tuple[str, str]:
    attempt = wording.attempt
    if value is None:
        return (
            "not-tried",
            f"There is no code, so {attempt} was not tried, or it was not refused. Try it: nothing breaks.",
        )
    if isinstance(value, BaseException):
        return "exception", f"This is the exception of {attempt}. The code is inside its response."
    if type(value) is bool:
        return "boolean", f"That {attempt} was refused is clear. The code says why."
    if type(value) is int:
        return (
            "http-status",
            f"This is the HTTP status. Many reasons share one; for {attempt} the code tells them apart.",
        )
    if is_response(value):
        return "error-dict", f"This is the whole error of {attempt}. The code is its member Code."
    if type(value) is not str:
        return "form", f"This is not an error code of {attempt}."
    text = value.strip()
    if re.search(r"\s\S+\s", text):
        return (
            "message",
            f"This is the sentence that {attempt} was refused with. Sentences change; programs hold on to the code.",
        )
    if text in ("ClientError", "Exception", "BotoCoreError"):
        return (
            "class-name",
            f"This is the class of the exception, the same for every refusal. The code of {attempt} is inside it.",
        )
    if any(
        text.lower().replace(" ", "") == code.lower().removesuffix("exception")
        or text.lower().replace(" ", "") == code.lower()
        for code in right
    ):
        return "spelling", "That is nearly it. Codes are compared letter by letter, so copy it from the response."
    if text in CREDENTIAL_CODES:
        return (
            "access-denied",
            f"You expected a missing permission. With every permission there is, {attempt} is refused just the same. {wording.why}",
        )
    return "other-code", f"This is another code. {wording.why}"
