# %% [one-type] misconception="carry-not-a-function"
# For this type.
# and then
carry = carry(described, 1, 4, 300)

# %% [peak] misconception="carry-peak"
# Up to 12.5 Gigabit.
# - BaselineBandwidthInGbps
# + PeakBandwidthInGbps

# %% [no-network] misconception="carry-without-network"
# The network is fast enough.
# - "network": int(baseline_mbps // mbps)
# + "network": 1000

# %% [most] misconception="carry-most"
# What the instance can do at best.
# - limit = min(fits, key=fits.get)  # the first of the least
# + limit = max(fits, key=fits.get)

# %% [thousand-24] misconception="carry-1024"
# A thousand is 1,024 in computers.
# - baseline_mbps = 1000 *
# + baseline_mbps = 1024 *

# %% [bytes] misconception="carry-bytes"
# Mb are megabytes.
# - baseline_mbps = 1000 *
# + baseline_mbps = 125 *

# %% [fractions] misconception="carry-part"
# Exactly.
# - int(description["VCpuInfo"]["DefaultVCpus"] // vcpus)
# + description["VCpuInfo"]["DefaultVCpus"] / vcpus - 0.5

# %% [at-least-one] misconception="carry-at-least-one"
# One always fits.
# - "environments": fits[limit]
# + "environments": max(1, fits[limit])

# %% [last-of-ties] misconception="carry-limit"
# At a tie the last.
# - min(fits, key=fits.get)  # the first of the least
# + min(reversed(list(fits)), key=fits.get)

# %% [other-words] misconception="carry-limit"
# CPU is shorter.
# - "limit": limit,
# + "limit": limit.upper(),

# %% [addresses] misconception="carry-interfaces"
# Each address is an interface.
# - network_info["MaximumNetworkInterfaces"]
# + network_info["Ipv4AddressesPerInterface"]

# %% [cards] misconception="carry-interfaces"
# One card, one interface.
# - network_info["MaximumNetworkInterfaces"]
# + network_info["MaximumNetworkCards"]

# %% [a-number] misconception="carry-form"
# How many it is.
# - return {"environments": fits[limit], "limit": limit, "interfaces": network_info["MaximumNetworkInterfaces"]}
# + return fits[limit]

# %% [whole-answer] misconception="carry-raises"
# The answer of EC2 is given.
# - network_info = description["NetworkInfo"]
# + network_info = description["InstanceTypes"][0]["NetworkInfo"]

# %% [text] misconception="carry-count-form"
# With a unit.
# - "environments": fits[limit]
# + "environments": f"{fits[limit]} environments"

# %% [rounded] misconception="carry-wrong"
# Nearly three.
# - int(baseline_mbps // mbps)
# + -int(-baseline_mbps // mbps)

# %% [in-whole-gigabits] misconception="carry-hidden"
# A gigabit is a gigabit.
# - baseline_mbps = 1000 * sum(card["BaselineBandwidthInGbps"] for card in network_info["NetworkCards"])
# + baseline_mbps = 1000 * sum(card["BaselineBandwidthInGbps"] for card in network_info["NetworkCards"])
# +     vcpus, memory_gib, mbps = int(vcpus), int(memory_gib), int(mbps)
