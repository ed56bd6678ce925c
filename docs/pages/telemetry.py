"""The generated tables of the page on metrics and logs: what is written, and what expressions and queries know."""

from __future__ import annotations

from docs.pages.tables import GENERATED, code, table, text
from moto_lmi.api.cloudwatch import math_functions
from moto_lmi.api.logs.insights.aggregates import AGGREGATES
from moto_lmi.api.logs.insights.functions import FUNCTIONS
from moto_lmi.facts import ours, value
from moto_lmi.telemetry.metrics import THROTTLES

_EVENTS = ("Launching", "Launched", "LaunchFailed", "Terminating", "Terminated")


def metrics() -> str:
    """Every metric that is written, by namespace and dimensions."""
    rows = []
    for key in ("provider", "environment"):
        known = value(f"metrics.{key}")
        for name, unit in known["metrics"].items():
            rows.append(_row(value("metrics.namespace"), name, unit, known["dimensions"], f"metrics.{key}"))
    of_functions = value("metrics.function")
    dimensions = [" or ".join(", ".join(names) for names in of_functions["dimensions"])]
    for name, unit in of_functions["metrics"].items():
        rows.append(_row(value("metrics.namespace"), name, unit, dimensions, "metrics.function"))
    for name in THROTTLES:
        rows.append(_row(value("metrics.namespace"), name, "Count", dimensions, "metrics.throttle_reasons"))
    ec2 = value("metrics.ec2")
    for name, unit in ec2["metrics"].items():
        rows.append(_row(ec2["namespace"], name, unit, ec2["dimensions"], "metrics.ec2"))
    return f"{GENERATED}\n\n" + table(["Namespace", "Metric", "Unit", "Dimensions", "Fact"], rows)


def _row(namespace: str, name: str, unit: str, dimensions: list[str], key: str) -> list[str]:
    return [code(namespace), code(name), unit, text(", ".join(dimensions)), f"[{code(key)}](facts.md#{key})"]


def system_log_events() -> str:
    """The events of the system logs that the emulator writes."""
    rows = [
        [
            event,
            ", ".join(value(f"system_logs.{event.lower()}")),
            ours(f"system_log_{event.lower()}").code,
            text(ours(f"system_log_{event.lower()}").message),
        ]
        for event in _EVENTS
    ]
    return f"{GENERATED}\n\n" + table(["Event", "Written at SystemLogLevel", "Its level", "Its message"], rows)


def metric_math() -> str:
    """The functions of metric math."""
    names = ", ".join(code(name) for name in sorted({*math_functions.names(), "METRICS", "SEARCH"}))
    return f"{GENERATED}\n\n{names}"


def insights() -> str:
    """The functions and aggregates of Logs Insights."""
    rows = [
        ["functions", ", ".join(code(name) for name in sorted(FUNCTIONS))],
        ["aggregates of `stats`", ", ".join(code(name) for name in sorted(AGGREGATES))],
    ]
    return f"{GENERATED}\n\n" + table(["Kind", "Names (in capitals or not)"], rows)
