# %% [no-headroom] misconception="size-no-headroom"
# - under_way / slots) / 0.5
# + under_way / slots)

# %% [no-reserve] misconception="size-no-reserve"
# - min((instance["vcpus"] - 1) / environment["vcpus"], (instance["gib"] - 1) / environment["gib"])
# + min(instance["vcpus"] / environment["vcpus"], instance["gib"] / environment["gib"])

# %% [no-memory] misconception="size-no-memory"
# - slots = min(environment["max_concurrency"], math.floor(free_mb / load["mb_per_request"]))
# + slots = environment["max_concurrency"]

# %% [no-base] misconception="size-no-base"
# - environment["gib"] * 1024 - load["base_mb"]
# + environment["gib"] * 1024

# %% [cpu-only] misconception="size-no-slots"
# - max(busy_vcpus / environment["vcpus"], under_way / slots) / 0.5
# + busy_vcpus / environment["vcpus"] / 0.5

# %% [slots-only] misconception="size-no-cpu"
# - max(busy_vcpus / environment["vcpus"], under_way / slots) / 0.5
# + under_way / slots / 0.5

# %% [io-only] misconception="size-io-only"
# - (load["io_ms"] + load["cpu_ms"])
# + load["io_ms"]

# %% [rounded-down] misconception="size-rounded-down"
# - math.ceil(round(needed, 9))
# + math.floor(round(needed, 9))

# %% [below-three] misconception="size-below-three"
# - environments = max(3, math.ceil(round(needed, 9)))
# + environments = math.ceil(round(needed, 9))
# - max(3, math.ceil(environments / per_instance))
# + max(1, math.ceil(environments / per_instance))

# %% [by-vcpus] misconception="size-by-vcpus-only"
# - min((instance["vcpus"] - 1) / environment["vcpus"], (instance["gib"] - 1) / environment["gib"])
# + (instance["vcpus"] - 1) / environment["vcpus"]

# %% [no-refusal] misconception="size-accepts-request"
# - if slots < 1 or per_instance < 1:
# + slots = max(1, slots)
# +     if per_instance < 1:

# %% [environment-fits] misconception="size-accepts-environment"
# - if slots < 1 or per_instance < 1:
# + per_instance = max(1, per_instance)
# +     if slots < 1:

# %% [tuple] misconception="size-form"
# - return {
# -         "slots": slots,
# -         "environments": environments,
# -         "instances": max(3, math.ceil(environments / per_instance)),
# -     }
# + return slots, environments, max(3, math.ceil(environments / per_instance))
# - INSTANCE, size_fleet(LOAD, ENVIRONMENT, INSTANCE))
# + INSTANCE, {"slots": 16, "environments": 11})

# %% [other-size] misconception="simulated-other-size"
# - INSTANCE, size_fleet(LOAD, ENVIRONMENT, INSTANCE))
# + INSTANCE, {"slots": 16, "environments": 6})

# %% [other-load] misconception="simulated-other-load"
# - experiment.simulate(LOAD, ENV
# + experiment.simulate({**LOAD, "rate_rps": 110}, ENV

# %% [a-number] misconception="simulated-form"
# and then
simulated = simulated["cpu_percent"]
