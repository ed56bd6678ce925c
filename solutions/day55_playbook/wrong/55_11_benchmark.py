# %% [cold-beginning] misconception="benchmark-cold-beginning"
# - seed=55, warm_up_s=300.0
# + seed=55

# %% [seed-left-out] misconception="benchmark-other-seed"
# - policy, seed=55, warm_up_s
# + policy, warm_up_s

# %% [two-seeds] misconception="benchmark-two-seeds"
# - seed=55,
# + seed=55 if side == "default" else 56,

# %% [mean] misconception="benchmark-mean"
# - result.latency.quantile_s(0.99) * 1000
# + result.latency.mean_s * 1000

# %% [median] misconception="benchmark-median"
# - quantile_s(0.99)
# + quantile_s(0.5)

# %% [maximum] misconception="benchmark-maximum"
# - result.latency.quantile_s(0.99) * 1000
# + result.latency.largest_s * 1000

# %% [seconds] misconception="benchmark-seconds"
# - quantile_s(0.99) * 1000
# + quantile_s(0.99)

# %% [not-a-month] misconception="benchmark-not-a-month"
# - (requests + compute) * months
# + requests + compute

# %% [no-fee] misconception="benchmark-no-fee"
# - USD_PER_HOUR * 1.15
# + USD_PER_HOUR

# %% [no-requests] misconception="benchmark-no-requests"
# - (requests + compute) * months
# + compute * months

# %% [exchanged] misconception="benchmark-exchanged"
# - (("default", DEFAULT), ("managed", MANAGED))
# + (("managed", DEFAULT), ("default", MANAGED))
# - if side == "default":
# + if side == "managed":

# %% [requests-for-cold-starts] misconception="benchmark-requests"
# - "cold_starts": result.cold_starts
# + "cold_starts": result.requests

# %% [list] misconception="benchmark-form"
# - return rows
# + return list(rows.values())

# %% [one-workload] misconception="benchmark-raises"
# It works for one traffic only.
# - def benchmark(shape, work):
# + def benchmark(shape):
# - Scenario(shape, work, policy,
# + Scenario(shape, WORK, policy,
# - * work.memory_mb
# + * WORK.memory_mb
# - benchmark(STEADY, WORK)
# + benchmark(STEADY)
# - benchmark(SPIKY, WORK)
# + benchmark(SPIKY)

# %% [steady-on-default] misconception="choice-steady"
# - steady_choice = "managed"
# + steady_choice = "default"

# %% [spiky-on-managed] misconception="choice-spiky"
# - spiky_choice = "default"
# + spiky_choice = "managed"

# %% [name-of-service] misconception="choice-form"
# - steady_choice = "managed"
# + steady_choice = "LMI"
