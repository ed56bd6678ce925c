"""Workload cards: short descriptions of functions somebody runs, with what a decision between the two needs.

How many instances a card's traffic keeps up is the simulator's closed form (`lmi_sim.plan.fleet`), what the network costs its
price table (`lmi_sim.cost`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from lmi_labs.tables import Table
from lmi_sim import prices, traffic
from lmi_sim.billing import HOURS_PER_MONTH
from lmi_sim.cost import Extras, extras_bill
from lmi_sim.plan.fleet import instance_hours
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload, deterministic

__all__ = ["CARDS", "Card", "Cards", "workload_cards"]

_DAY_S = 86_400.0
_ZONES = 3
_MOST_VCPUS = 15_000


@dataclass(frozen=True)
class Card:
    """A workload. Rates are requests a second, over a day; times of one request in ms, CPU time summed over its vCPUs.

    `memory_mb` is what a request needs, `least_vcpus` how many vCPUs it uses at once, `longest_minutes` how long the longest
    takes. `grows_5_min` is by what factor traffic grows at most within five minutes, and `refusable` whether callers live
    with a 429 (because they try again later). `endpoints` are the interface endpoints that instances need in each of three
    zones.
    """

    name: str
    story: str
    low_rps: float
    high_rps: float
    io_ms: float
    cpu_ms: float
    memory_mb: int
    grows_5_min: float
    refusable: bool
    instance_type: str = "c8g.large"
    environment_gib: float = 2.0
    max_concurrency: int = 16
    discount: float = 0.0
    endpoints: int = 1
    least_vcpus: int = 1
    longest_minutes: float = 1.0
    strangers_code: bool = False

    @property
    def traffic(self) -> Traffic:
        """A day of it."""
        if self.low_rps == self.high_rps:
            return traffic.steady(self.low_rps, _DAY_S)
        return traffic.diurnal(self.low_rps, self.high_rps, _DAY_S)

    @cached_property
    def requests(self) -> int:
        """How many requests come in a month of 730 hours."""
        return round(self.traffic.mean_rps * HOURS_PER_MONTH * 3600)

    @property
    def duration_ms(self) -> float:
        """How long default Lambda runs a request: below 1,769 MB it has less than a vCPU, and computing takes longer."""
        return self.io_ms + self.cpu_ms * max(1.0, 1769 / self.memory_mb)

    @property
    def usd_per_hour(self) -> float:
        """The on-demand price of one instance, in USD an hour."""
        return float(prices.on_demand_usd_per_hour(self.instance_type))

    @property
    def policy(self) -> ManagedInstances:
        """What it would run on, on managed instances."""
        found = prices.instance(self.instance_type)
        ratio = found.memory_gib / found.vcpus
        return ManagedInstances(
            InstanceShape(found.instance_type, found.vcpus, found.memory_gib, found.architecture),
            EnvironmentSize(self.environment_gib / ratio, self.environment_gib),
            max_concurrency=self.max_concurrency,
            max_vcpu_count=_MOST_VCPUS,
        )

    @cached_property
    def instances(self) -> float:
        """How many instances stand on average over the day, never fewer than three."""
        work = Workload(cpu=deterministic(self.cpu_ms), io=deterministic(self.io_ms), memory_mb=self.memory_mb)
        return instance_hours(self.traffic, work, self.policy) / 24

    @property
    def network_usd(self) -> float:
        """What the endpoints cost in a month, in USD."""
        extras = Extras(interface_endpoints=Decimal(self.endpoints * _ZONES))
        bill = extras_bill(extras, mean_instances=Decimal(0), hours=Decimal(HOURS_PER_MONTH))
        return float(bill["total"])


CARDS = (
    Card("checkout", "The shop's checkout API. Busy by day, calmer by night; every 429 is a lost order.",
         60, 220, 180, 12, 1024, 1.4, refusable=False, max_concurrency=16),
    Card("webhook", "A partner calls when something happens, mostly nothing does.",
         0.02, 0.6, 90, 8, 256, 20, refusable=True),
    Card("tickets", "Sale starts on the hour and everybody comes at once.",
         20, 90, 150, 10, 1024, 12, refusable=False),
    Card("thumbnails", "A queue of pictures to shrink. All CPU, all day; a refused picture goes back to the queue.",
         25, 25, 40, 160, 1769, 3, refusable=True, max_concurrency=2, discount=0.32),
    Card("reports", "Forty reports an hour, all day long, each a second of work.",
         0.011, 0.011, 300, 700, 1769, 1.5, refusable=True, max_concurrency=2),
    Card("risk", "A model of 24 GB in memory that answers a bank's questions.",
         3, 14, 20, 120, 24_576, 1.8, refusable=False, instance_type="r8g.2xlarge", environment_gib=32.0, max_concurrency=4),
    Card("transcode", "Films come in by queue; some take an hour.",
         0.01, 0.03, 1000, 90_000, 1769, 1.5, refusable=True, instance_type="c8g.2xlarge", max_concurrency=1,
         longest_minutes=70),
    Card("frames", "Frames of a film are rendered; one takes twelve vCPUs for a good second.",
         0.02, 0.08, 100, 15_000, 8192, 1.9, refusable=True, instance_type="c8g.4xlarge", environment_gib=24.0, max_concurrency=1,
         least_vcpus=12),
    Card("plugins", "Customers upload code, and it is run for them. They must not see each other.",
         80, 240, 120, 20, 512, 1.6, refusable=False, strangers_code=True),
    Card("telemetry", "Devices report, day and night, two thousand times a second; they try again when refused.",
         1900, 2100, 60, 3, 512, 1.1, refusable=True, instance_type="c8g.xlarge", max_concurrency=32, discount=0.65),
    Card("login", "Twelve logins a second at noon and two at night; people don't like to try again.",
         2, 12, 120, 15, 512, 1.7, refusable=False, endpoints=2),
    Card("search", "A steady search API that waits for its index; the fleet is committed for a year.",
         150, 300, 220, 6, 1536, 1.5, refusable=False, discount=0.32, endpoints=2),
)  # fmt: skip
"""The twelve open cards."""

_HEADER = (
    "Card",
    "Story",
    "Requests/s",
    "Waits + computes, ms",
    "Memory, MB",
    "In 5 min",
    "429 is",
    "Instances",
    "Special",
)


class Cards(list[Card]):
    """Cards, shown as a table."""

    def _table(self) -> Table:
        return Table("Workload cards", _HEADER, [_row(card) for card in self])

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


def workload_cards() -> Cards:
    """The twelve open cards."""
    return Cards(CARDS)


def _row(card: Card) -> tuple[str, ...]:
    special = [
        f"{card.least_vcpus} vCPUs at once" if card.least_vcpus > 1 else "",
        f"up to {card.longest_minutes:g} minutes" if card.longest_minutes > 1 else "",
        "strangers' code" if card.strangers_code else "",
        f"EC2 −{card.discount:.0%}" if card.discount else "",
    ]
    rates = f"{card.low_rps:g}" if card.low_rps == card.high_rps else f"{card.low_rps:g} to {card.high_rps:g}"
    return (
        card.name,
        card.story,
        rates,
        f"{card.io_ms:g} + {card.cpu_ms:g}",
        f"{card.memory_mb:,}",
        f"×{card.grows_5_min:g}",
        "fine" if card.refusable else "a loss",
        f"{card.instances:.1f} {card.instance_type}",
        ", ".join(text for text in special if text) or "–",
    )
