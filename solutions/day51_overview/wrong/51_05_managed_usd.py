# %% [fee-discounted] misconception="managed-fee-discounted"
# The fee is 15 % of what EC2 costs.
# - ((1 - discount) + FEE)
# + (1 - discount) * (1 + FEE)

# %% [without-fee] misconception="managed-without-fee"
# Instances cost what EC2 costs.
# - ((1 - discount) + FEE)
# + (1 - discount)

# %% [without-discount] misconception="managed-without-discount"
# The discount is for EC2, not for Lambda.
# - ((1 - discount) + FEE)
# + (1 + FEE)

# %% [paid-the-discount] misconception="managed-paid-the-discount"
# 72 % of the price.
# - ((1 - discount) + FEE)
# + (discount + FEE)

# %% [fee-taken-off] misconception="managed-fee-taken-off"
# 15 % sounds like a saving.
# - ((1 - discount) + FEE)
# + ((1 - discount) - FEE)

# %% [fifteen] misconception="managed-fee-fifteen"
# The decimal point slipped.
# - ((1 - discount) + FEE)
# + ((1 - discount) + FEE * 10)

# %% [days-of-30] misconception="managed-days-of-30"
# A month has 30 days.
# - instances * HOURS_PER_MONTH
# + instances * 30 * 24

# %% [days-of-31] misconception="managed-days-of-31"
# A month has 31 days.
# - instances * HOURS_PER_MONTH
# + instances * 31 * 24

# %% [an-hour] misconception="managed-one-hour"
# The price is by the hour.
# - instances * HOURS_PER_MONTH
# + instances

# %% [requests-free] misconception="managed-without-requests"
# Instances are paid, so requests are free.
# - return requests * USD_PER_REQUEST + hours
# + return hours

# %% [whole] misconception="managed-whole-instances"
# There are no half instances.
# - instances * HOURS_PER_MONTH
# + math.ceil(instances) * HOURS_PER_MONTH

# %% [three] misconception="managed-at-least-three"
# There are always three.
# - instances * HOURS_PER_MONTH
# + max(3, instances) * HOURS_PER_MONTH

# %% [all-discounted] misconception="managed-everything-discounted"
# The discount is on the bill.
# -     return requests * USD_PER_REQUEST + hours * usd_per_hour * ((1 - discount) + FEE)
# +     return (requests * USD_PER_REQUEST + hours * usd_per_hour * (1 + FEE)) * (1 - discount)

# %% [requests-discounted] misconception="managed-requests-discounted"
# A Savings Plan covers Lambda.
# - return requests * USD_PER_REQUEST + hours
# + return requests * USD_PER_REQUEST * (1 - discount) + hours

# %% [no-default] misconception="managed-raises"
# discount is always given.
# - usd_per_hour, discount=0):
# + usd_per_hour, discount):
# - managed_usd(0, 3, 0.1632))
# + managed_usd(0, 3, 0.1632, 0))

# %% [label] misconception="saved-label"
# The page says 72 %.
# and then
saved_percent = 72

# %% [against-ec2] misconception="saved-against-ec2"
# Compared with plain EC2.
# and then
saved_percent = 57

# %% [still-paid] misconception="saved-still-paid"
# What is left.
# and then
saved_percent = 100 * managed_usd(0, 1, 1.0, 0.72) / managed_usd(0, 1, 1.0)

# %% [share] misconception="saved-share"
# A share is a share.
# and then
saved_percent = 1 - managed_usd(0, 1, 1.0, 0.72) / managed_usd(0, 1, 1.0)

# %% [times-fee] misconception="saved-times-fee"
# 15 % less of it.
# and then
saved_percent = 72 * 0.85

# %% [factor] misconception="saved-factor"
# 28 and 15.
# and then
saved_percent = 43

# %% [text] misconception="saved-form"
# With its sign.
# and then
saved_percent = "62.6 %"
