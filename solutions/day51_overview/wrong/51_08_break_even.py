# %% [any-rate] misconception="break-even-beyond-the-fleet"
# Where they meet is where they meet.
# -     return rate if rate <= carries_rps else None
# +     return rate

# %% [capped] misconception="break-even-capped"
# As far as the fleet goes.
# -     return rate if rate <= carries_rps else None
# +     return min(rate, carries_rps)

# %% [zero] misconception="break-even-zero"
# No such rate is 0.
# -     return rate if rate <= carries_rps else None
# +     return rate if rate <= carries_rps else 0

# %% [a-month] misconception="break-even-per-month"
# Bills are by the month.
# -     rate = fleet_usd / request_usd / (HOURS_PER_MONTH * 3600)
# -     return rate if rate <= carries_rps else None
# +     return fleet_usd / request_usd

# %% [a-month-or-none] misconception="break-even-per-month-capped"
# Bills are by the month.
# - request_usd / (HOURS_PER_MONTH * 3600)
# + request_usd

# %% [an-hour] misconception="break-even-per-hour"
# Divided by the hours.
# - (HOURS_PER_MONTH * 3600)
# + HOURS_PER_MONTH

# %% [without-fee] misconception="break-even-without-fee"
# Instances cost what EC2 costs.
# - managed_usd(0, instances, usd_per_hour, discount)
# + instances * HOURS_PER_MONTH * usd_per_hour * (1 - discount)

# %% [fee-discounted] misconception="break-even-fee-discounted"
# 15 % of what EC2 costs.
# - managed_usd(0, instances, usd_per_hour, discount)
# + instances * HOURS_PER_MONTH * usd_per_hour * (1 - discount) * (1 + FEE)

# %% [without-discount] misconception="break-even-without-discount"
# The discount comes later.
# - managed_usd(0, instances, usd_per_hour, discount)
# + managed_usd(0, instances, usd_per_hour)

# %% [one-instance] misconception="break-even-one-instance"
# An instance against a function.
# - managed_usd(0, instances, usd_per_hour, discount)
# + managed_usd(0, 1, usd_per_hour, discount)

# %% [with-request] misconception="break-even-with-request"
# A request costs what a request costs.
# - memory_mb / 1024 * USD_PER_GB_SECOND
# + memory_mb / 1024 * USD_PER_GB_SECOND + USD_PER_REQUEST

# %% [as-it-is] misconception="break-even-not-rounded"
# Billed is what ran.
# - math.ceil(duration_ms)
# + duration_ms

# %% [thousand] misconception="break-even-thousand"
# A GB has 1,000 MB.
# - memory_mb / 1024
# + memory_mb / 1000

# %% [days-of-30] misconception="break-even-days-of-30"
# A month has 30 days.
# - (HOURS_PER_MONTH * 3600)
# + (30 * 24 * 3600)

# %% [upside-down] misconception="break-even-upside-down"
# Divided the other way.
# -     rate = fleet_usd / request_usd / (HOURS_PER_MONTH * 3600)
# -     return rate if rate <= carries_rps else None
# +     return request_usd * HOURS_PER_MONTH * 3600 / fleet_usd

# %% [false] misconception="break-even-form"
# There is none.
# -     return rate if rate <= carries_rps else None
# +     return rate if rate <= carries_rps else False

# %% [raises] misconception="break-even-raises"
# An error is clearer.
# -     return rate if rate <= carries_rps else None
# +     if rate > carries_rps:
# +         raise ValueError("the fleet does not carry that many")
# +     return rate

# %% [this-one] misconception="break-even-not-a-function"
# For this fleet.
break_even = 26.7
