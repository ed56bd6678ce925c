"""Known wrong answers, read from a day's folder wrong/: what learners really write, each with the misconception it shows.

A file is named after its task, `DD_NN_subject.py`, and holds one cell for each answer. A cell is either whole code, or what
differs from the solution:

    # %% [thousand] misconception="size-thousand"
    # A GB is 1,000 MB.
    # - size_gib * 1024
    # + size_gib * 1000

Lines that begin with `# - ` are looked up in the solution's answer and those with `# + ` after them take their place; a part of a
line is enough, and several such pairs may follow each other. After a line `# and then`, or after the pairs, stands code that runs
after the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["WrongAnswer", "read_wrong_answers"]

_HEADER = re.compile(r'^# %% \[(?P<name>[^\]]+)\]\s+misconception="(?P<misconception>[^"]+)"\s*$', re.MULTILINE)
_OLD, _NEW, _THEN = "# - ", "# + ", "# and then"


@dataclass(frozen=True)
class WrongAnswer:
    """A known wrong answer: the code that takes the place of the answer cell, and the misconception it must show."""

    task_id: str
    name: str
    misconception: str
    code: str


def read_wrong_answers(folder: Path) -> list[WrongAnswer]:
    """The wrong answers of a day from wrong/DD_NN_*.py. Raises ValueError for what is not understood."""
    from lmi_labs.building import answer_cells

    solution = answer_cells(folder / "lab.py")
    return [answer for path in sorted((folder / "wrong").glob("*.py")) for answer in _read(path, solution)]


def _read(path: Path, solution: dict[str, str]) -> Iterator[WrongAnswer]:
    match = re.match(r"(\d+)_(\d+)", path.name)
    text = path.read_text(encoding="utf-8")
    headers = list(_HEADER.finditer(text))
    if match is None or not headers:
        raise ValueError(f'{path}: a file is named DD_NN_*.py and its cells begin with # %% [name] misconception="id"')
    task_id = f"{match[1]}.{match[2]}"
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        body = text[header.end() : end].strip()
        if f"\n{_OLD}" in f"\n{body}" or f"\n{_THEN}\n" in f"\n{body}":
            body = _changed(body, solution.get(task_id, ""), f"{path}, {header['name']}")
        yield WrongAnswer(task_id, header["name"], header["misconception"], body)


def _changed(body: str, code: str, where: str) -> str:
    """The solution's code with the changes of the cell, and what comes after it."""
    after: list[str] = []
    old: list[str] = []
    new: list[str] = []
    for line in [*body.splitlines(), _THEN]:
        is_old, is_new = line.startswith(_OLD), line.startswith(_NEW.rstrip())
        if old and not is_new and (new or not is_old):
            code, old, new = _replaced(code, old, new, where), [], []
        if is_old:
            old.append(line.removeprefix(_OLD))
        elif is_new and old:
            new.append(line.removeprefix(_NEW.rstrip()).removeprefix(" "))
        elif line != _THEN:
            after.append(line)
    return "\n".join([code, *after]).strip()


def _replaced(code: str, old: list[str], new: list[str], where: str) -> str:
    wanted = "\n".join(old)
    if code.count(wanted) != 1:
        raise ValueError(f"{where}: {wanted!r} is found {code.count(wanted)} times in the solution's answer, not once")
    return code.replace(wanted, "\n".join(new))
