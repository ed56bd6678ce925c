"""The fast engine: compiled by numba when it is first used, and kept compiled on disk."""

from __future__ import annotations

from lmi_sim.engine.fast import default_lambda, managed_instances
from lmi_sim.engine.stopping import Stop
from lmi_sim.policies import ManagedInstances
from lmi_sim.results import Result
from lmi_sim.scenario import Scenario

__all__ = ["run"]


def run(scenario: Scenario, *, log: bool = False, stop: Stop) -> Result:
    """Simulate the scenario."""
    if isinstance(scenario.policy, ManagedInstances):
        return managed_instances.run(scenario, log=log, stop=stop)
    return default_lambda.run(scenario, log=log, stop=stop)
