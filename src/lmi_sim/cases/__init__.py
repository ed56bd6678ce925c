"""Worked cases of economics and scaling, run against the simulator: a mapping of inputs in, a mapping of numbers out.

A case is what a price page, a sample or a textbook states: its inputs, what comes out, and within which tolerance. `run`
looks at the inputs alone, and which model answers them is decided by the table in `table.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lmi_sim.cases.inputs import Inputs
from lmi_sim.cases.shapes import find
from lmi_sim.cases.table import SHAPES
from lmi_sim.cases.words import in_numbers

__all__ = ["run"]


def run(case: Mapping[str, object]) -> dict[str, object]:
    """The answers to a case's `inputs` by name, money in USD, as plain numbers or lists of them.

    Nothing else of the case is read. Raises ValueError for inputs that no model takes, in a sentence that names the
    nearest model or key, and LookupError for an instance type or Region without a price.
    """
    inputs = case.get("inputs")
    if not isinstance(inputs, Mapping):
        raise ValueError(f"a case needs inputs, a mapping of names to values, not {inputs!r}")
    given = Inputs.of(in_numbers(inputs))
    return find(SHAPES, given).answer(given)
