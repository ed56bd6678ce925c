"""The reference engine: plain Python, nothing but the standard library, written to be read."""

from __future__ import annotations

from lmi_sim.engine.reference import default_lambda, managed_instances
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
