"""What an account's scaling assumes where AWS publishes nothing, each value changeable.

The names, values and sources are those of `lmi_sim.policies`, which the simulator uses too: `scaling_model.…` and
`router.…`, without those that are defaults of the API.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from lmi_sim.policies.assumptions import Assumption, assumptions

_SECTIONS = ("scaling_model", "router")
_OF_THE_API = {"scaling_model.minimum_instances", "scaling_model.minimum_environments", "scaling_model.max_vcpu_count"}
OFF = "off"
"""The value of a rule that does not hold."""
_ABOVE_ZERO = ("scaling_model.evaluation_period_s", "scaling_model.instance_lifetime_s")


@dataclass(frozen=True)
class Assumed:
    """An assumption as it holds in an account."""

    key: str
    value: float | str
    default: float | str
    source: str
    confidence: str

    @property
    def is_changed(self) -> bool:
        """Whether the account has another value than the default."""
        return self.value != self.default


class Assumptions:
    """The assumptions of one account and Region."""

    def __init__(self) -> None:
        self._changed: dict[str, float | str] = {}

    def value(self, key: str) -> float:
        """The number under the key, infinity for a limit that is off. Raises KeyError for an unknown key."""
        number = self._changed.get(key, known()[key].value)
        return math.inf if number == OFF else float(number)

    def share(self, key: str) -> float:
        """The per cent under the key as a share from 0 to 1."""
        return self.value(key) / 100

    def change(self, values: Mapping[str, object]) -> None:
        """Set some of them; None puts one back to its default, and `"off"` turns off a limit that can be.

        Raises ValueError for an unknown key or a value out of range, and then changes nothing.
        """
        changed = dict(self._changed)
        for key, wanted in values.items():
            if key not in known():
                near = get_close_matches(key, known(), n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known())}"
                raise ValueError(f"there is no assumption {key!r}{hint}")
            if wanted is None:
                changed.pop(key, None)
            else:
                changed[key] = _checked(key, wanted)
        self._changed = changed

    def all(self) -> list[Assumed]:
        """Every one as it holds, in the order of the file."""
        return [
            Assumed(key, self._changed.get(key, item.value), item.value, item.source, item.confidence)
            for key, item in known().items()
        ]


@cache
def known() -> dict[str, Assumption]:
    """The assumptions that can be changed, by key."""
    return {
        key: item
        for key, item in assumptions().items()
        if key.partition(".")[0] in _SECTIONS and key not in _OF_THE_API
    }


def _checked(key: str, wanted: object) -> float | str:
    default = known()[key].value
    if wanted == OFF and default == OFF:
        return OFF
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not math.isfinite(wanted):
        raise ValueError(f"{key} takes a number, not {wanted!r}")
    if key.endswith("_percent") and not 0 < wanted <= 100:
        raise ValueError(f"{key} {wanted:g} must be above 0 and at most 100")
    if key == "router.choices" and wanted not in (1, 2):
        raise ValueError(f"{key} {wanted:g} must be 1 or 2")
    if key.startswith("router.") and wanted < 1:
        raise ValueError(f"{key} {wanted:g} must be at least 1")
    if key in _ABOVE_ZERO and wanted <= 0:
        raise ValueError(f"{key} {wanted:g} must be above 0")
    if wanted < 0:
        raise ValueError(f"{key} {wanted:g} must be at least 0")
    return float(wanted)
