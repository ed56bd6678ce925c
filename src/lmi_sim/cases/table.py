"""All kinds of cases: what each needs, what it may have besides, and who answers it.

The first row that fits answers. `a|b+c` is either a, or both b and c; a dot reaches into a mapping. Every case may also
say its `region`.
"""

from __future__ import annotations

from lmi_sim.cases import costs, queues, scaling, sizes, trace
from lmi_sim.cases.shapes import Shape

__all__ = ["SHAPES"]

SHAPES: tuple[Shape, ...] = (
    # What is paid: answers in USD, a month's unless the inputs say otherwise.
    Shape(
        "default Lambda",
        models=("lambda", ""),
        needs="gb_seconds|total_seconds+memory_mb|requests+duration_ms+memory_mb",
        may="arch requests duration_ms memory_mb cold_fraction init_ms discount free_tier free_tier_compute_only "
        "epu_hours epu_price streamed_billable_gb stream_price ephemeral_mb ephemeral_price",
        answer=costs.default_lambda,
    ),
    Shape(
        "provisioned concurrency",
        models=("provisioned", ""),
        needs="pc pc_hours memory_mb",
        may="arch pc_requests pc_duration_ms od_requests od_duration_ms free_tier free_tier_on_od_and_requests",
        answer=costs.provisioned,
    ),
    Shape(
        "provisioned concurrency's break-even",
        models=("provisioned_breakeven", ""),
        needs="pc pd od",
        may="",
        answer=costs.provisioned_break_even,
    ),
    Shape(
        "provisioned concurrency's break-even by architecture",
        models=("provisioned_breakeven",),
        needs="arch",
        may="",
        answer=costs.provisioned_break_even,
    ),
    Shape(
        "managed instances",
        models=("lmi", ""),
        needs="instance|od_hourly instance_hours|instances",
        may="requests hours discount discounted_hourly fee_rate duration_ms memory_mb",  # the last two cost nothing here
        answer=costs.managed_instances,
    ),
    Shape(
        "the management fee",
        models=("lmi_fee",),
        needs="instance|od_hourly",
        may="fee_rate",
        answer=costs.management_fee,
    ),
    Shape(
        "managed instances' break-even",
        models=("breakeven", ""),
        needs="lmi.instance|lmi.od_hourly lmi.instance_hours|lmi.instances lam.duration_ms lam.memory_mb",
        may="lmi.hours lmi.discount lmi.discounted_hourly lmi.fee_rate lmi.region lam.arch",
        answer=costs.break_even,
    ),
    # How much is needed.
    Shape(
        "AWS's sample calculator",
        models=("calculator", ""),
        needs="runtime targetConcurrency memoryPerExec",
        may="instanceType requestsPerMonth durationSec arch savingsPlan workloadType azConfig memVcpuRatio "
        "maxConcurrencyOverride functionMemoryOverride envsPerInstanceOverride multiConcurrencyOverride "
        "ec2PackingEfficiency od_hourly",
        answer=sizes.calculator,
    ),
    Shape(
        "environments on an instance",
        models=("packing", ""),
        needs="vcpus+mem_gb|instance ee_vcpu ee_gb",
        may="os_vcpu os_gb",
        answer=sizes.packing,
    ),
    Shape(
        "slots",
        models=("slots", ""),
        needs="ee|instances+ee_per_instance max_concurrency",
        may="",
        answer=sizes.slots,
    ),
    # Queues in the long run.
    Shape(
        "M/M/c/c",
        models=("M/M/c/c", "M/M/c/c loss", "M/G/c/c", "M/D/c/c", "Erlang B"),
        needs="c lam+S|offered",
        may="dist cv",
        answer=queues.loss,
    ),
    Shape(
        "M/M/c",
        models=("M/M/c", "M/M/c FIFO", "Erlang C"),
        needs="c lam S",
        may="dist cv",
        answer=queues.multi_server,
    ),
    Shape(
        "M/G/1",
        models=("M/G/1", "M/G/1 FIFO", "M/D/1", "M/D/1 FIFO"),
        needs="lam S",
        may="dist cv",
        answer=queues.single_server,
    ),
    Shape(
        "M/G/1-PS",
        models=("M/G/1-PS", "M/M/1-PS", "M/D/1-PS"),
        needs="lam cpu_s|S",
        may="dist cv job_x_s",
        answer=queues.sharing,
    ),
    Shape(
        "a closed network",
        models=("closed", "closed network", "MVA", ""),
        needs="slots|max_concurrency io_s cpu_s",
        may="ee vcpu ee_vcpu dist",
        answer=queues.closed,
    ),
    Shape(
        "saturation",
        models=("saturation", ""),
        needs="slots+service_s|max_concurrency+service_s|vcpu+cpu_s|ee_vcpu+cpu_s",
        may="ee slots max_concurrency service_s vcpu ee_vcpu cpu_s",
        answer=queues.saturation,
    ),
    Shape(
        "Little's law",
        models=("Little's law", ""),
        needs="lam+mean_latency_s|lam+mean_concurrency|mean_concurrency+mean_latency_s",
        may="",
        answer=queues.littles_law,
    ),
    # What happens over time: simulated.
    Shape(
        "bursts on default Lambda",
        models=("bursts", ""),
        needs="burst",
        may="at_s duration_s init_s envs_warm bucket refill_per_s account_limit expiration_s",
        answer=scaling.bursts,
    ),
    Shape(
        "a steady rate on default Lambda",
        models=("steady", ""),
        needs="rate_rps duration_s horizon_s",
        may="arrivals init_s bucket refill_per_s account_limit expiration_s seed",
        answer=scaling.steady_rate,
    ),
    Shape(
        "the share of cold starts",
        models=("cold starts", ""),
        needs="lam warm_s cold_s expiration_s horizon_s",
        may="bucket refill_per_s account_limit seed",
        answer=scaling.cold_start_share,
    ),
    Shape(
        "managed instances scaling out",
        models=("scale out", ""),
        needs="t0_ee ee_max_conc messages service_s t_first_scale_min t_equilibrium_min",
        may="max_vcpu_count",
        answer=trace.scale_out,
    ),
)
