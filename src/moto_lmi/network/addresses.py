"""Sets of IP addresses as ranges of whole numbers: what rules and routes are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network

Range = tuple[int, int]

# What the internet does not route, from IANA's registry of special-purpose addresses (RFC 6890 and its updates). The
# blocks for documentation are left out: in examples they stand for somebody's public address.
_NOT_PUBLIC = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
)


@dataclass(frozen=True)
class Addresses:
    """A set of addresses of one IP version (4 or 6): sorted ranges that don't touch, both ends included."""

    version: int
    ranges: tuple[Range, ...]

    @classmethod
    def of(cls, version: int, cidrs: Iterable[str]) -> Addresses:
        """The addresses in the blocks of the version; blocks of the other version are left out.

        Raises ValueError for text that is no CIDR block.
        """
        parsed = (parse_cidr(cidr) for cidr in cidrs)
        return cls(version, _merged(span for found, span, _ in parsed if found == version))

    @classmethod
    def one(cls, address: str) -> Addresses:
        """The single address. Raises ValueError for text that is none."""
        parsed = ip_address(address)
        return cls(parsed.version, ((int(parsed), int(parsed)),))

    @property
    def count(self) -> int:
        """How many addresses there are."""
        return sum(high - low + 1 for low, high in self.ranges)

    def __or__(self, other: Addresses) -> Addresses:
        return Addresses(self.version, _merged((*self.ranges, *other.ranges)))

    def __and__(self, other: Addresses) -> Addresses:
        common = (
            (max(low, other_low), min(high, other_high))
            for low, high in self.ranges
            for other_low, other_high in other.ranges
        )
        return Addresses(self.version, _merged(span for span in common if span[0] <= span[1]))

    def __sub__(self, other: Addresses) -> Addresses:
        left = list(self.ranges)
        for cut_low, cut_high in other.ranges:
            kept: list[Range] = []
            for low, high in left:
                if cut_high < low or cut_low > high:
                    kept.append((low, high))
                    continue
                if low < cut_low:
                    kept.append((low, cut_low - 1))
                if high > cut_high:
                    kept.append((cut_high + 1, high))
            left = kept
        return Addresses(self.version, tuple(left))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def holds(self, other: Addresses) -> bool:
        """Whether every address of the other set is in this one."""
        return self.version == other.version and not other - self


def nothing(version: int) -> Addresses:
    """No address."""
    return Addresses(version, ())


def everything(version: int) -> Addresses:
    """Every address of the version."""
    return Addresses(version, ((0, 2 ** (32 if version == 4 else 128) - 1),))


@cache
def public(version: int) -> Addresses:
    """The addresses that the internet routes."""
    if version == 6:
        return Addresses.of(6, ["2000::/3"])
    return everything(4) - Addresses.of(4, _NOT_PUBLIC)


@cache
def parse_cidr(cidr: str) -> tuple[int, Range, int]:
    """The IP version, the range and the prefix length of a block. Raises ValueError for text that is none."""
    network = ip_network(cidr, strict=False)
    return network.version, (int(network.network_address), int(network.broadcast_address)), network.prefixlen


def _merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
