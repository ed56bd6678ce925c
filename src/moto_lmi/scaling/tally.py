"""What is added up while traffic flows: for the scaler, for the metrics, and for a report's minutes."""

from __future__ import annotations

from dataclasses import dataclass, field

REASONS = ("concurrency", "cpu", "memory", "disk")
"""Why a request is refused, as the throttle metrics name it."""


@dataclass
class Tally:
    """Sums since it was made or last taken. Requests are means and may be fractions."""

    offered: float = 0.0
    admitted: float = 0.0
    answered: float = 0.0
    failed: float = 0.0
    """Of those that were answered, with an error of the function."""
    throttled: dict[str, float] = field(default_factory=lambda: dict.fromkeys(REASONS, 0.0))
    request_s: float = 0.0
    """Requests under way, times seconds."""
    slot_s: float = 0.0
    cpu_s: float = 0.0
    vcpu_s: float = 0.0
    gpu_s: float = 0.0
    environment_s: float = 0.0
    fullest: float = 0.0
    """The most requests that an environment had at a time, on average over the environments."""

    def add_requests(self, other: Tally) -> None:
        """Take the other's requests in, and leave its room: both had the same."""
        self.offered += other.offered
        self.admitted += other.admitted
        self.answered += other.answered
        self.failed += other.failed
        self.request_s += other.request_s
        self.fullest = max(self.fullest, other.fullest)
        for reason, count in other.throttled.items():
            self.throttled[reason] += count

    @property
    def cpu_utilisation(self) -> float:
        """Of the ready environments' vCPUs, from 0 to 1."""
        return min(1.0, self.cpu_s / self.vcpu_s) if self.vcpu_s > 0 else 0.0

    @property
    def slot_saturation(self) -> float:
        """Of the ready environments' slots, from 0 to 1."""
        return min(1.0, self.request_s / self.slot_s) if self.slot_s > 0 else 0.0

    @property
    def gpu_utilisation(self) -> float:
        """Of the ready environments' accelerators, from 0 to 1."""
        return min(1.0, self.gpu_s / self.environment_s) if self.environment_s > 0 else 0.0

    @property
    def mean_in_environment(self) -> float:
        """Requests in an environment, on average."""
        return self.request_s / self.environment_s if self.environment_s > 0 else 0.0

    @property
    def mean_latency_s(self) -> float | None:
        """How long a request took, by Little's law; None when none was answered."""
        return self.request_s / self.answered if self.answered > 0 else None
