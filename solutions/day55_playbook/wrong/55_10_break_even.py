# %% [fee-discounted] misconception="bills-fee-discounted"
# - (1 - month["discount"] + 0.15)
# + (1 - month["discount"]) * 1.15

# %% [no-fee] misconception="bills-no-fee"
# - (1 - month["discount"] + 0.15)
# + (1 - month["discount"])

# %% [requests-free] misconception="bills-no-requests"
# - "managed": requests + fleet_of(month)
# + "managed": fleet_of(month)

# %% [duration-too] misconception="bills-duration-too"
# - "managed": requests + fleet_of(month)
# + "managed": requests + fleet_of(month) + used * 0.0000133334

# %% [default-without-requests] misconception="bills-no-requests"
# - "default": requests + used
# + "default": used

# %% [thousand] misconception="bills-thousand"
# - / 1000 * month["memory_mb"] / 1024
# + / 1000 * month["memory_mb"] / 1000

# %% [x86] misconception="bills-x86"
# - "default": requests + used * 0.0000133334
# + "default": requests + used * 0.0000166667

# %% [not-rounded] misconception="bills-not-rounded"
# - math.ceil(month["duration_ms"])
# + month["duration_ms"]

# %% [rounded-down] misconception="bills-rounded-down"
# - math.ceil(month["duration_ms"])
# + math.floor(month["duration_ms"])

# %% [kept-free] misconception="bills-kept-free"
# - requests + kept * 0.0000033334 + used
# + requests + used

# %% [used-at-full-price] misconception="bills-used-at-full-price"
# - used * 0.0000077778
# + used * 0.0000133334

# %% [requests-twice] misconception="break-even-requests-twice"
# - (gb_seconds(month) * 0.0000133334)
# + (gb_seconds(month) * 0.0000133334 + 0.20 / 1_000_000)

# %% [millions] misconception="break-even-in-millions"
# - (gb_seconds(month) * 0.0000133334)
# + (gb_seconds(month) * 0.0000133334) / 1_000_000

# %% [a-second] misconception="break-even-per-second"
# - (gb_seconds(month) * 0.0000133334)
# + (gb_seconds(month) * 0.0000133334) / 730 / 3600

# %% [list] misconception="bills-form"
# - return {
# -         "default": requests + used * 0.0000133334,
# -         "provisioned": requests + kept * 0.0000033334 + used * 0.0000077778,
# -         "managed": requests + fleet_of(month),
# -     }
# + return [requests + used * 0.0000133334, requests + fleet_of(month)]
