"""Terms: `ERROR timeout`, `?a ?b`, `-c`, `"exact phrase"`, `%regular expression%`. Case matters.

All plain terms have to be there, none with a minus may be, and of those with a question mark one has to be. Beside plain
terms, question marks are ignored with their terms, as the guide says.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from moto_lmi.api.logs.patterns import Fields, PatternError, regular

_TERM = re.compile(r'\s*(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s"]+))')


def term_finder(text: str) -> Callable[[str], Fields | None]:
    """The test of a message for the terms. Raises PatternError."""
    tests: dict[str, list[Callable[[str], bool]]] = {"": [], "?": [], "-": []}
    position = 0
    while text[position:].strip():
        match = _TERM.match(text, position)
        if match is None:
            place = position + len(text[position:]) - len(text[position:].lstrip())
            raise PatternError("a quotation mark is not closed", place + 1)
        tests[match["sign"]].append(_test(match))
        position = match.end()
    required, any_of, refused = tests[""], tests["?"], tests["-"]

    def find(message: str) -> Fields | None:
        fits = all(test(message) for test in required) and not any(test(message) for test in refused)
        if fits and any_of and not required:
            fits = any(test(message) for test in any_of)
        return {} if fits else None

    return find


def _test(match: re.Match[str]) -> Callable[[str], bool]:
    if match["regex"] is not None:
        expression = regular(match["regex"], match.start("regex"))
        return lambda message: expression.search(message) is not None
    wanted = re.sub(r"\\(.)", r"\1", match["phrase"]) if match["phrase"] is not None else match["word"]
    return lambda message: wanted in message
