"""The inputs of a case, read with care: each value is checked where it is used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

__all__ = ["Inputs", "nearest"]


def nearest(word: str, choices: Mapping[str, object] | list[str]) -> str:
    """What to add to a sentence about an unknown word: the nearest known one, or all when none is near."""
    names = list(choices)
    near = get_close_matches(word.lower(), [name.lower() for name in names], n=1, cutoff=0.5)
    if not near:
        return f"; there are {', '.join(names)}"
    return f"; did you mean {next(name for name in names if name.lower() == near[0])!r}?"


@dataclass(frozen=True)
class Inputs:
    """Values by name. A mapping in a mapping is spelt with a dot, `lmi.instance`; None is the same as nothing."""

    values: Mapping[str, object]

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Inputs:
        """The inputs of a case, flattened."""
        return cls(dict(_flat(values, "")))

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def under(self, name: str) -> Inputs:
        """The inputs of a mapping in the inputs."""
        start = f"{name}."
        return Inputs({key[len(start) :]: value for key, value in self.values.items() if key.startswith(start)})

    def decimal(self, name: str, default: Decimal | int | None = None) -> Decimal:
        """A number of at least 0, as it is written and not as binary rounds it."""
        return Decimal(str(self._number(name, default)))

    def number(self, name: str, default: float | None = None) -> float:
        """A number of at least 0."""
        return float(self._number(name, default))

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number of at least 0, which may be written with a decimal point."""
        value = self._number(name, default)
        if value != int(value):
            raise ValueError(f"{name} {value} must be a whole number")
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false; false when it isn't there."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise ValueError(f"{name} {value!r} must be true or false")
        return value

    def word(self, name: str, default: str | None = None) -> str:
        """A word."""
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{name} {value!r} must be a word")
        return value

    def choice(self, name: str, choices: Mapping[str, str], default: str | None = None) -> str:
        """What a word stands for, out of those that are known; upper and lower case are the same."""
        word = self.word(name, default)
        if word.lower() not in choices:
            raise ValueError(f"{name} {word!r} is not known{nearest(word, dict(choices))}")
        return choices[word.lower()]

    def numbers(self, name: str) -> list[float]:
        """A list of numbers of at least 0; a single number is a list of one."""
        value = self.values.get(name)
        items = value if isinstance(value, list | tuple) else [value]
        return [float(_checked(name, item)) for item in items]

    def _number(self, name: str, default: Decimal | float | None) -> Decimal | float:
        return _checked(name, self.values.get(name, default))


def _checked(name: str, value: object) -> Decimal | float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{name} {value!r} must be a number")
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} {value} must be a number of at least 0")
    return value


def _flat(values: Mapping[str, object], start: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{start}{name}.")
        elif value is not None:
            yield f"{start}{name}", value
