"""The page of facts: every value that the course and the emulator rest on, with its source and date."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from docs.pages.tables import GENERATED, code, table, text
from lmi_sim.policies.assumptions import assumptions
from moto_lmi.facts import Fact, all_facts

_TITLES = {
    "limits": "Limits",
    "defaults": "Defaults",
    "ratios": "Memory and vCPU",
    "runtimes": "Runtimes",
    "environment_variables": "Environment variables",
    "accelerator": "Accelerators",
    "scaling": "Scaling",
    "measured": "Measured on AWS",
    "ec2": "Instances in EC2",
    "iam": "Permissions",
    "network": "Network",
    "metrics": "Metrics",
    "system_logs": "System logs of a provider",
    "cloudwatch": "CloudWatch",
    "extensions": "Extensions",
    "event_sources": "Event sources",
    "unsupported": "Not supported on managed instances",
    "regions": "Regions",
    "prices": "Prices",
    "security": "Security",
    "timeline": "What has changed since launch",
    "timing": "Times that the emulator assumes",
    "placement": "What placement assumes",
    "scaling_model": "What the scaling model assumes",
    "router": "What the router model assumes",
    "default_lambda": "Default Lambda, as simulated",
    "provisioned_concurrency": "Provisioned concurrency, as simulated",
}
_INTRODUCTION = """\
Every value about Lambda Managed Instances that the course, its checks and the emulator use stands here once, with
where it comes from, when it was looked up, and how sure it is. **unknown** means that AWS has not published it and
nobody is known to have measured it. AWS changes its service; a value is as good as its date.

*Confidence*, from firm to weak: *service model* (botocore's description of the API), *AWS managed policy*, *AWS documentation*,
*AWS blog or skill*, *measured by others* (somebody's published run on AWS), *recorded or third party*, *derived* (our
inference), *assumption* (the emulator needs a number and none is known)."""


def shown(value: Any) -> str:
    """A fact's value as a reader sees it, in a table here and in the text of the other pages."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case [int() | float() as low, int() | float() as high]:
            return f"{shown(low)} to {shown(high)}" if low != high else shown(low)
        case list():
            return ", ".join(shown(item) for item in value)
        case dict():
            return "; ".join(f"{key}: {shown(item)}" for key, item in value.items())
        case int() if value >= 10_000:
            return f"{value:,}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def value_of(fact: Fact) -> str:
    """The fact's value as a reader sees it."""
    if fact.key.startswith("unsupported.") and fact.value is True:
        return "not supported"
    return shown(fact.value)


def _source(source: str) -> str:
    if source.startswith("https://"):
        first, *rest = source.split(" ", 1)
        name = first.rstrip("/").rsplit("/", 1)[-1].removesuffix(".md").removesuffix(".html")
        return f"[{text(name)}]({first})" + (f" {text(rest[0])}" if rest else "")
    return text(source)


def _row(fact: Fact) -> list[str]:
    note = f"<br>*{text(fact.note)}*" if fact.note else ""
    return [
        f"{code(fact.key)}{{ #{fact.key} }}",
        text(value_of(fact)) + note,
        f"{_source(fact.source)}, {fact.checked.isoformat()}",
        text(fact.confidence),
    ]


@cache
def every_fact() -> dict[str, Fact]:
    """The emulator's facts, then the ones that the models share with it, by key."""
    return all_facts() | {key: Fact(**vars(item)) for key, item in assumptions().items()}


def _price_tables() -> str:
    document = tomllib.loads(files("lmi_sim.prices").joinpath("prices.toml").read_text(encoding="utf-8"))
    rows = [
        [code(region), text(entry["unit"]), f"{text(entry['source'])}, {entry['checked']}", text(entry["confidence"])]
        for region, entry in document.items()
    ]
    return table(["Region", "Unit", "Source, looked up", "Confidence"], rows)


def page() -> str:
    """The whole page."""
    parts = [GENERATED, "# Facts, with source and date", _INTRODUCTION]
    for section, facts in groupby(every_fact().values(), key=lambda fact: fact.key.split(".")[0]):
        parts += [
            f"## {_TITLES.get(section, section)} {{ #{section} }}",
            table(["Fact", "Value", "Source, looked up", "Confidence"], map(_row, facts)),
        ]
    parts += ["## Tables of instance prices { #price-tables }", _price_tables()]
    return "\n\n".join(parts)
