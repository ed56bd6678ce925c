"""The two published traces of managed instances under load, replayed in the emulator and put beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import boto3
from moto import mock_aws
from moto.moto_api._internal import mock_random

import moto_lmi
from docs.pages.tables import GENERATED, code, table, text
from moto_lmi import scaling
from moto_lmi.clock import reset_clocks, wall_time_held
from moto_lmi.scaling import Report
from tests.moto_lmi.world import ACCOUNT, World, managed

_MINUTE_S = 60.0
# The same beginning and the same identifiers each time, so that the page is the same to the last digit.
_BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
_SEED = 1


@dataclass(frozen=True)
class Setting:
    """What is replayed: the function, its provider, what a request takes, and assumptions other than the defaults."""

    instance_type: str
    max_vcpu_count: int
    memory_mb: int
    concurrency: int
    demand: Mapping[str, float]
    traffic: Sequence[tuple[float, float, float, float]]
    """From minute, to minute, and the requests per second at both."""
    max_environments: int | None = None
    assumptions: Mapping[str, float] = field(default_factory=dict)


def replay(setting: Setting) -> Report:
    """Offer the traffic to a new version in a fresh account, until a quarter of an hour after its end."""
    moto_lmi.enable(speed=0)
    reset_clocks()
    boto3.setup_default_session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    with wall_time_held(_BEGINNING), mock_aws():
        mock_random.seed(_SEED)
        world = World()
        arm = ".".join(setting.instance_type.split(".")[:1]).endswith("g")
        architecture = "arm64" if arm else "x86_64"
        arn = world.provider(
            CapacityProviderScalingConfig={"MaxVCpuCount": setting.max_vcpu_count},
            InstanceRequirements={"Architectures": [architecture], "AllowedInstanceTypes": [setting.instance_type]},
        )
        scaling.assume(ACCOUNT, setting.assumptions)
        config = managed(arn, PerExecutionEnvironmentMaxConcurrency=setting.concurrency)
        world.function(Architectures=[architecture], MemorySize=setting.memory_mb, CapacityProviderConfig=config)
        world.publish(wait=120)
        if setting.max_environments:
            limit = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": setting.max_environments}
            version = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}
            world.lambda_.put_function_scaling_config(**version, FunctionScalingConfig=limit)
            world.pass_time(120)
        rows = [[start * _MINUTE_S, end * _MINUTE_S, first, last] for start, end, first, last in setting.traffic]
        scaling.offer(ACCOUNT, "fn", rows, setting.demand)
        world.pass_time(rows[-1][1] + 15 * _MINUTE_S)
        report = scaling.report(ACCOUNT, "fn")
    reset_clocks()
    return report


# --- A: the retirement simulator ---------------------------------------------------------------------------------------

# A task of 150 s, of which 0.54 are waiting and 0.37 computing: in a full environment of 10 slots on 2 vCPUs that makes
# 4.6 minutes, in one with 3 to 5 requests 2.5, as was measured (`lmi_sim.cases.trace`).
_TASK = {"io_ms": 150_000 * 0.54, "cpu_ms": 150_000 * 0.37}
_BACKLOG = Setting("c6i.2xlarge", 48, 4096, 10, _TASK, [(0, 15, 2350 / 900, 2350 / 900)])
_FIRST_LOOK = {"scaling_model.evaluation_period_s": 300}


@cache
def _backlogs() -> tuple[Report, Report]:
    late = Setting(**{**vars(_BACKLOG), "assumptions": _FIRST_LOOK})
    return replay(_BACKLOG), replay(late)


def retirement() -> str:
    """The table of the first trace."""
    reports = _backlogs()
    lines = [
        ["Slots at the beginning", "30", *(str(10 * _at(report, 0, "environments")) for report in reports)],
        ["Most throttles in a minute", "150", *(str(max(row.throttled for row in report.rows)) for report in reports)],
        ["First action", "within 5 min", *(_first(report) for report in reports)],
        ["CPU in minute 5, per cent", "85", *(f"{_at(report, 4, 'cpu_percent'):.0f}" for report in reports)],
        ["Environments provisioned at minute 10", "10 (100 slots)", *(_provisioned(report, 9) for report in reports)],
        ["Environments provisioned at minute 15", "16 (160 slots)", *(_provisioned(report, 14) for report in reports)],
        ["Instances at minute 15", "7", *(str(_at(report, 14, "instances")) for report in reports)],
        ["CPU in minute 15, per cent", "70", *(f"{_at(report, 14, 'cpu_percent'):.0f}" for report in reports)],
        ["Throttles in minute 15", "0", *(str(_at(report, 14, "throttled")) for report in reports)],
        ["Served of 2,350", "not published", *(f"{report.served:,}" for report in reports)],
    ]
    head = ["", "Published", "Emulator", "Emulator that looks every 5 min"]
    return f"{GENERATED}\n\n" + table(head, lines)


def _at(report: Report, minute: int, name: str) -> float:
    return float(getattr(report.rows[minute], name)) if name.endswith("percent") else getattr(report.rows[minute], name)


def _provisioned(report: Report, minute: int) -> str:
    row = report.rows[minute]
    return f"{row.environments + row.starting} ({row.environments} ready)"


def _first(report: Report) -> str:
    moment = next(item.moment for item in report.happened if item.what == "out")
    return f"after {(moment - report.start).total_seconds() / 60:g} min"


# --- B: rust-lmi-demo --------------------------------------------------------------------------------------------------


def _demo(io_ms: float, cpu_ms: float, first_rps: float, second_rps: float, memory_mb: int = 2048) -> Setting:
    traffic = [(0.0, 5.0, first_rps, first_rps), (5.0, 10.0, second_rps, second_rps)]
    return Setting("c8g.xlarge", 12, memory_mb, 64, {"io_ms": io_ms, "cpu_ms": cpu_ms}, traffic, max_environments=4)


# What a request computes follows from what was measured on default Lambda with 512 MB, which is 0.29 of a vCPU: 178 ms.
_COMPUTE_MS = 178 * 512 / 1769
_RUNS = {
    "I/O of 500 ms, bursts from 200 to 500 rps": ("523.7 ms", "0.05 %", _demo(500, 2, 200, 500)),
    "I/O of 100 ms, steady 250 rps": ("123.2 ms", "0 %", _demo(100, 2, 250, 250)),
    "CPU, bursts from 30 to 120 rps, environments of 1 vCPU": ("272 ms", "5.85 %", _demo(0, _COMPUTE_MS, 30, 120)),
    "CPU, bursts from 30 to 120 rps, environments of 2 vCPUs": (
        "272 ms",
        "5.85 %",
        _demo(0, _COMPUTE_MS, 30, 120, 4096),
    ),
}


@cache
def _demo_lines() -> tuple[tuple[str, ...], ...]:
    lines = []
    for name, (latency, failed, setting) in _RUNS.items():
        report = replay(setting)
        rows = report.rows[:10]
        offered = sum(row.offered for row in rows)
        throttled = sum(row.throttled for row in rows)
        weighed = sum((row.mean_latency_ms or 0) * row.served for row in rows) / sum(row.served for row in rows)
        most = max(row.environments for row in rows)
        lines.append((name, latency, f"{weighed:.0f} ms", failed, f"{100 * throttled / offered:.2f} %", str(most)))
    return tuple(lines)


def rust_demo() -> str:
    """The table of the second trace."""
    head = [
        "Run",
        "Mean latency, published",
        "emulator",
        "5xx, published",
        "429, emulator",
        "Most environments, emulator",
    ]
    return f"{GENERATED}\n\n" + table(head, [list(line) for line in _demo_lines()])


# --- what is assumed ---------------------------------------------------------------------------------------------------


def assumed() -> str:
    """Every assumption of the scaling loop."""
    rows = [
        [code(item.key), str(item.default), text(item.confidence), text(item.source)]
        for item in _backlogs()[0].assumptions
    ]
    return f"{GENERATED}\n\n" + table(["Assumption", "Default", "Confidence", "From"], rows)
