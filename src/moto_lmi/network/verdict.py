"""What is answered: whether a destination can be reached, over which hops, and the first thing that blocks the way."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Path(StrEnum):
    """By which way packets leave the subnet."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet gateway"
    NAT_GATEWAY = "NAT gateway"
    EGRESS_ONLY = "egress-only internet gateway"
    INTERFACE_ENDPOINT = "interface endpoint"
    GATEWAY_ENDPOINT = "gateway endpoint"
    PEERING = "VPC peering connection"
    TRANSIT_GATEWAY = "transit gateway"
    BEYOND = "a next hop that describe calls do not explain"


@dataclass(frozen=True)
class Cause:
    """A kind of blocking: its sentence and its remedy with {names} to fill in, and where the rule is from."""

    key: str
    sentence: str
    fix: str
    source: str
    """A page of AWS's documentation, or "model" where the rule is this package's own."""


@cache
def causes() -> dict[str, Cause]:
    """Every cause by its key, in the order in which they are looked for."""
    text = files(__package__).joinpath("causes.toml").read_text(encoding="utf-8")
    return {key: Cause(key, **entry) for key, entry in tomllib.loads(text).items()}


@dataclass(frozen=True)
class Hop:
    """One thing that packets meet on their way: its kind, its id and what it does with them."""

    kind: str
    resource: str
    says: str


@dataclass(frozen=True)
class Blocking:
    """The first thing that blocks the way: which, why in plain words, and what would help."""

    cause: str
    resource: str
    sentence: str
    fix: str
    source: str

    @classmethod
    def of(cls, key: str, resource: str, **values: object) -> Blocking:
        """The blocking with the cause's words filled in. Raises KeyError for an unknown cause or a missing value."""
        cause = causes()[key]
        filled = {"resource": resource, **values}
        return cls(key, resource, cause.sentence.format(**filled), cause.fix.format(**filled), cause.source)


@dataclass(frozen=True)
class Verdict:
    """Whether instances in one subnet reach the destination.

    `hops` go as far as the packets do; `path` is the way they take, None when they find none. `assumptions` are
    sentences on what describe calls do not tell and was assumed.
    """

    subnet_id: str
    zone: str
    destination: str
    reachable: bool
    path: Path | None
    hops: tuple[Hop, ...]
    blocking: Blocking | None = None
    assumptions: tuple[str, ...] = field(default=())

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.blocking is not None:
            return f"{self.subnet_id} can't reach {self.destination}: {self.blocking.sentence}"
        way = "within the VPC" if self.path is Path.LOCAL else f"by {_with_article(str(self.path))}"
        return f"{self.subnet_id} reaches {self.destination} {way}."


@dataclass(frozen=True)
class ProviderVerdict:
    """Whether the instances of a capacity provider reach the destination, subnet by subnet."""

    destination: str
    verdicts: tuple[Verdict, ...]

    @property
    def reachable(self) -> str:
        """`all`, `some` or `none` of the subnets."""
        open_ones = sum(verdict.reachable for verdict in self.verdicts)
        return "all" if open_ones == len(self.verdicts) else "some" if open_ones else "none"

    @property
    def blocked(self) -> tuple[Verdict, ...]:
        """The verdicts of the subnets that do not reach it."""
        return tuple(verdict for verdict in self.verdicts if not verdict.reachable)

    @property
    def sentence(self) -> str:
        """The verdict in one or two sentences."""
        if not self.blocked:
            ways = sorted({str(verdict.path) for verdict in self.verdicts})
            return f"Every subnet reaches {self.destination} ({', '.join(ways)})."
        first = self.blocked[0]
        assert first.blocking is not None
        if self.reachable == "none":
            return f"No subnet reaches {self.destination}: {first.blocking.sentence}"
        names = ", ".join(verdict.subnet_id for verdict in self.blocked)
        return (
            f"Only some subnets reach {self.destination}; instances in {names} do not, so that it depends on where an "
            f"environment runs. {first.blocking.sentence}"
        )


def combined(destination: str, verdicts: Sequence[Verdict]) -> ProviderVerdict:
    """The verdicts of a provider's subnets together, in the order of the subnets' ids."""
    return ProviderVerdict(destination, tuple(sorted(verdicts, key=lambda verdict: verdict.subnet_id)))


def _with_article(words: str) -> str:
    return words if words.startswith("a ") else f"{'an' if words[0] in 'aeio' else 'a'} {words}"
