"""What the browser labs import must work where neither numpy nor numba can be had."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
for name in ("numpy", "numba", "dask", "distributed", "boto3", "moto"):
    sys.modules[name] = None  # importing it fails
import lmi_sim.{module}
from lmi_sim import traffic
from lmi_sim.engine import simulate
from lmi_sim.policies import DefaultLambda
from lmi_sim.scenario import Scenario
from lmi_sim.workload import Workload, deterministic
work = Workload(cpu=deterministic(1), io=deterministic(1))
print(simulate(Scenario(traffic.steady(5, 10, "deterministic"), work, DefaultLambda()), engine="reference").completed)
"""


@pytest.mark.parametrize("module", ["engine", "cost", "prices", "queueing", "cases", "sizing"])
def test_nothing_heavy_is_needed(module: str) -> None:
    """The module imports and the reference engine runs with the standard library alone."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "50"
