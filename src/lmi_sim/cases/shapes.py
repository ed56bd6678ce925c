"""Which model answers a case: the one whose row in the table its `model` and the names of its inputs fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lmi_sim.cases.inputs import Inputs, nearest

__all__ = ["Answer", "Shape", "find"]

Answer = Callable[[Inputs], dict[str, object]]

_EVERYWHERE = frozenset({"model", "region"})


@dataclass(frozen=True)
class Shape:
    """A row of the table: a kind of case.

    `models` are the words that `model` may be, "" if it may be missing. `needs` lists what must be there, separated by
    spaces; `a|b+c` is either a, or both b and c. `may` lists what else may be there.
    """

    title: str
    models: tuple[str, ...]
    needs: str
    may: str
    answer: Answer

    @property
    def groups(self) -> list[list[set[str]]]:
        """What is needed: of each group one alternative, of an alternative all."""
        return [[set(either.split("+")) for either in group.split("|")] for group in self.needs.split()]

    @property
    def known(self) -> frozenset[str]:
        """All names that a case of this kind may have."""
        needed = {name for group in self.groups for either in group for name in either}
        return _EVERYWHERE | needed | set(self.may.split())

    def missing(self, names: set[str]) -> list[str]:
        """What is needed and not there, in words."""
        return [
            " or ".join(" and ".join(sorted(either)) for either in group)
            for group in self.groups
            if not any(either <= names for either in group)
        ]

    def unknown(self, names: set[str]) -> list[str]:
        """What is there and not known."""
        return sorted(names - self.known)


def _spelt(model: str) -> str:
    """A model's name without what people spell differently: case, blanks, hyphens, brackets, FCFS for FIFO."""
    return re.sub(r"[\s()_-]|/(?=ps$)", "", model.lower()).replace("fcfs", "fifo")


def find(shapes: Sequence[Shape], inputs: Inputs) -> Shape:
    """The first row that the inputs fit. Raises ValueError, which names the nearest row, model or key."""
    model = inputs.word("model", "").strip()
    named = [shape for shape in shapes if _spelt(model) in map(_spelt, shape.models)]
    if not named:
        words = list(dict.fromkeys(word for shape in shapes for word in shape.models if word))
        raise ValueError(f"model {model!r} is not known{nearest(model, words)}")
    names = set(inputs.values)
    for shape in named:
        if not shape.missing(names) and not shape.unknown(names):
            return shape
    near = min(named, key=lambda shape: (len(shape.missing(names)) + len(shape.unknown(names)), -_shared(shape, names)))
    raise ValueError(_complaint(near, names))


def _shared(shape: Shape, names: set[str]) -> int:
    return len(shape.known & names)


def _complaint(shape: Shape, names: set[str]) -> str:
    unknown = shape.unknown(names)
    if unknown:
        choices = sorted(shape.known - names)
        return f"a case of {shape.title} has no input {unknown[0]!r}{nearest(unknown[0], choices)}"
    return f"a case of {shape.title} needs {shape.missing(names)[0]}; it has {', '.join(sorted(names)) or 'nothing'}"
