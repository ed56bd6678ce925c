# %% [no-network] misconception="bills-no-network"
# Endpoints are not Lambda.
# -  + card.network_usd

# %% [no-discount] misconception="bills-no-discount"
# The price is the price.
# - card.usd_per_hour, card.discount)
# + card.usd_per_hour)

# %% [three] misconception="bills-three-instances"
# Three instances stand there.
# - card.instances,
# + 3,

# %% [anything-runs] misconception="bills-impossible"
# A price can be reckoned for everything.
# -  if possible else None,
# + ,

# %% [zero] misconception="bills-zero"
# What doesn't run costs nothing.
# -  if possible else None,
# +  if possible else 0,

# %% [a-whole-vcpu] misconception="bills-cpu-stretch"
# Waiting and computing.
# - card.duration_ms,
# + card.io_ms + card.cpu_ms,

# %% [exchanged] misconception="bills-exchanged"
# The names got mixed up.
# and then
bills = {name: {"default": usd["managed"], "managed": usd["default"]} for name, usd in bills.items()}

# %% [a-year] misconception="bills-a-year"
# Budgets are by the year.
# and then
bills = {name: {on: usd and usd * 12 for on, usd in both.items()} for name, both in bills.items()}

# %% [dollars] misconception="bills-text"
# With their currency.
# and then
bills = {name: {on: f"${usd:,.2f}" if usd else None for on, usd in both.items()} for name, both in bills.items()}

# %% [managed-only] misconception="bills-members"
# Default Lambda is what we have.
# and then
bills = {name: usd["managed"] for name, usd in bills.items()}

# %% [a-list] misconception="bills-form"
# In the order of the cards.
# and then
bills = list(bills.values())

# %% [those-that-run] misconception="bills-form"
# What can't be compared is left out.
# and then
bills = {name: usd for name, usd in bills.items() if usd["default"] is not None}

# %% [memory-only] misconception="bills-wrong"
# Memory is the limit that one knows.
# - card.memory_mb <= 10_240 and card.least_vcpus <= 6 and card.longest_minutes <= 15
# + card.memory_mb <= 10_240

# %% [x86] misconception="bills-wrong"
# At the price of x86.
# and then
bills = {name: {**usd, "default": usd["default"] and usd["default"] * 1.25} for name, usd in bills.items()}
