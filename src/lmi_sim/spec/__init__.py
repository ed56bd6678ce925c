"""Specs: a workload, its traffic and its goals in a TOML file.

`spec.schema.json` beside this file describes every key; editors can use it. `load` reads a file, `parse` a document.
Either raises SpecError with a sentence for each thing that is wrong.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lmi_sim.policies import Policy
from lmi_sim.scenario import Retries, Scenario
from lmi_sim.spec.errors import SpecError, problems
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload

__all__ = [
    "DEFAULT_LAMBDA",
    "MANAGED_INSTANCES",
    "PROVISIONED",
    "Objective",
    "Pricing",
    "Spec",
    "SpecError",
    "load",
    "parse",
    "schema",
]

DEFAULT_LAMBDA, PROVISIONED, MANAGED_INSTANCES = "default_lambda", "provisioned_concurrency", "managed_instances"


@dataclass(frozen=True)
class Objective:
    """What must hold: the 99th percentile of the latency, and the share of requests that may be given up."""

    p99_ms: float
    throttle_percent: float = 0.1


@dataclass(frozen=True)
class Pricing:
    """What is paid. Discounts are shares from 0 to 1; `extra_usd_per_month` is paid on managed instances only."""

    region: str = "us-east-1"
    requests_per_month: Decimal | None = None
    ec2_discount: Decimal = Decimal(0)
    lambda_discount: Decimal = Decimal(0)
    free_tier: bool = False
    extra_usd_per_month: Decimal = Decimal(0)


@dataclass(frozen=True)
class Spec:
    """A workload, its traffic, and the policies that it could run under, by name."""

    name: str
    traffic: Traffic
    workload: Workload
    runtime: str
    architecture: str
    policies: Mapping[str, Policy]
    description: str = ""
    seed: int = 0
    warm_up_s: float = 0.0
    retries: Retries = field(default_factory=Retries)
    objective: Objective | None = None
    pricing: Pricing = field(default_factory=Pricing)

    def scenario(self, policy: str | Policy) -> Scenario:
        """What is simulated for a policy: one of the spec's by name, or another one."""
        return Scenario(
            traffic=self.traffic,
            workload=self.workload,
            policy=self.policies[policy] if isinstance(policy, str) else policy,
            seed=self.seed,
            retries=self.retries,
            warm_up_s=self.warm_up_s,
        )


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a spec."""
    document: dict[str, Any] = json.loads(files(__package__).joinpath("spec.schema.json").read_text(encoding="utf-8"))
    return document


def load(path: Path | str) -> Spec:
    """Read a spec. Raises SpecError, and OSError when the file can't be read."""
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SpecError([f"{path}: this is not TOML: {exc}"]) from None
    return parse(document, path.parent)


def parse(document: Mapping[str, Any], folder: Path | str = ".") -> Spec:
    """A spec from a document as TOML gives it; files that it names lie in `folder`. Raises SpecError."""
    from lmi_sim.spec.reading import read  # reading makes the Spec of this module

    found = problems(document, schema())
    if found:
        raise SpecError(found)
    return read(document, Path(folder))
