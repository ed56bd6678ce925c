"""The policies that the simulator and the emulator share, so that they can't disagree.

DefaultLambda            one request per environment, cold starts
ProvisionedConcurrency   environments that are kept ready; the rest goes to default Lambda
ManagedInstances         environments with several slots each on instances, scaled asynchronously
"""

from lmi_sim.policies.default_lambda import DefaultLambda, ProvisionedConcurrency
from lmi_sim.policies.managed_instances import ManagedInstances

__all__ = ["DefaultLambda", "ManagedInstances", "Policy", "ProvisionedConcurrency"]

Policy = DefaultLambda | ProvisionedConcurrency | ManagedInstances
