"""A spike on managed instances: what is refused before the fleet has grown."""

from lmi_sim import traffic
from lmi_sim.engine import simulate
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Scenario
from lmi_sim.workload import Workload, exponentially

instance = InstanceShape("c8g.xlarge", vcpus=4, memory_gib=8.0, architecture="arm64")
policy = ManagedInstances(instance, EnvironmentSize(vcpus=1, memory_gib=2), max_concurrency=16)
work = Workload(cpu=exponentially(5), io=exponentially(150))
spike = traffic.spike(base_rps=100, peak_rps=600, at_s=600, length_s=300, duration_s=1800)

result = simulate(Scenario(spike, work, policy, seed=1))
print(f"{result.throttle_share:.1%} were given up, p99 {result.latency.quantile_s(0.99):.2f} s")
print("instances by minute:", [round(size) for size in result.series.mean_column("instances_s")])
