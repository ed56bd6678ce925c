# %% [what-always-runs] misconception="commitment-least"
# Safe is what always runs.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return min(sizes)

# %% [peak] misconception="commitment-most"
# Nothing at full price.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return max(sizes)

# %% [mean] misconception="commitment-mean"
# The average fleet.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return round(sum(sizes) / len(sizes))

# %% [mean-up] misconception="commitment-mean-up"
# The average fleet, and whole instances.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return math.ceil(sum(sizes) / len(sizes))

# %% [median] misconception="commitment-median"
# Half of the time there are more.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return sorted(sizes)[len(sizes) // 2]

# %% [paid-when-used] misconception="commitment-paid-when-used"
# A discount on what is used.
# - len(sizes) * count * (1 - discount) + beyond
# + sum(min(count, size) for size in sizes) * (1 - discount) + beyond

# %% [fee-on-unused] misconception="commitment-fee-on-unused"
# The fee is on all of it.
# - len(sizes) * count * (1 - discount) + beyond
# + len(sizes) * count * (1 - discount + FEE) + beyond * (1 + FEE)

# %% [pays-the-discount] misconception="commitment-paid-the-discount"
# 32 % is the price.
# - len(sizes) * count * (1 - discount) + beyond
# + len(sizes) * count * discount + beyond

# %% [beyond-discounted] misconception="commitment-beyond-discounted"
# The plan covers the fleet.
# - len(sizes) * count * (1 - discount) + beyond
# + (len(sizes) * count + beyond) * (1 - discount)

# %% [share-of-peak] misconception="commitment-share-of-peak"
# 32 % of ten.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return round(max(sizes) * discount)

# %% [at-least-one] misconception="commitment-at-least-one"
# Something has to be committed.
# - range(math.ceil(max(sizes)) + 1)
# + range(1, math.ceil(max(sizes)) + 1)

# %% [money] misconception="commitment-money"
# What it costs.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return min(cost(count) for count in range(math.ceil(max(sizes)) + 1)) / len(sizes)

# %% [without-the-peak] misconception="commitment-wrong"
# range goes up to the most.
# - range(math.ceil(max(sizes)) + 1)
# + range(math.ceil(max(sizes)))

# %% [sorts] misconception="commitment-changes-input"
# Sorted first.
# -     def cost(count):
# +     sizes.sort(reverse=True)
# +
# +     def cost(count):

# %% [three] misconception="commitment-not-a-function"
# For this fleet.
best_commitment = 3

# %% [and-cost] misconception="commitment-form"
# Both are of interest.
# -     return min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     best = min(range(math.ceil(max(sizes)) + 1), key=cost)
# +     return best, cost(best)

# %% [a-day] misconception="commitment-hidden"
# A day has 24 hours.
# - len(sizes) * count * (1 - discount) + beyond
# + (24 if len(sizes) > 3 else 24) * count * (1 - discount) + beyond * 24 / max(len(sizes), 20)
