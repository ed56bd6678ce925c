# %% [fee-discounted] misconception="usd-fee-discounted"
# - fee = 0.15 * sum(instances) * usd_per_hour
# + fee = 0.15 * (kept + beyond)

# %% [no-fee] misconception="usd-no-fee"
# - return kept + beyond + fee
# + return kept + beyond

# %% [fee-on-demand-only] misconception="usd-fee-beyond-only"
# - fee = 0.15 * sum(instances) * usd_per_hour
# + fee = 0.15 * beyond

# %% [fee-on-unused] misconception="usd-fee-on-unused"
# - fee = 0.15 * sum(instances) * usd_per_hour
# + fee = 0.15 * (committed * len(instances) * usd_per_hour + beyond)

# %% [unused-free] misconception="usd-unused-free"
# - committed * len(instances) * usd_per_hour
# + sum(min(count, committed) for count in instances) * usd_per_hour

# %% [all-discounted] misconception="usd-all-discounted"
# - max(0, count - committed) for count in instances) * usd_per_hour
# + max(0, count - committed) for count in instances) * usd_per_hour * (1 - discount)

# %% [discount-is-price] misconception="usd-discount-is-price"
# - (1 - discount)
# + discount

# %% [credit-for-idle] misconception="usd-other"
# - max(0, count - committed)
# + (count - committed)

# %% [minimum] misconception="best-minimum"
# - return min(options, key=lambda count: (round(fleet_usd(instances, count, usd_per_hour, discount), 9), count))
# + return min(instances)

# %% [maximum] misconception="best-maximum"
# - return min(options, key=lambda count: (round(fleet_usd(instances, count, usd_per_hour, discount), 9), count))
# + return max(instances)

# %% [mean] misconception="best-mean"
# - return min(options, key=lambda count: (round(fleet_usd(instances, count, usd_per_hour, discount), 9), count))
# + return round(sum(instances) / len(instances))

# %% [largest-of-equals] misconception="best-minimum"
# - discount), 9), count))
# + discount), 9), -count))

# %% [a-number] misconception="best-not-a-function"
# and then
best_commitment = best_commitment(DAY, 0.16, 0.32)

# %% [cost-of-the-best] misconception="best-other"
# - return min(options, key=lambda count: (round(fleet_usd(instances, count, usd_per_hour, discount), 9), count))
# + return min(fleet_usd(instances, count, usd_per_hour, discount) for count in options)
