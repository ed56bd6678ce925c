# %% [as-it-is] misconception="default-not-rounded"
# Billed is what ran.
# - math.ceil(duration_ms)
# + duration_ms

# %% [down] misconception="default-rounded-down"
# Parts of a millisecond don't count.
# - math.ceil(duration_ms)
# + math.floor(duration_ms)

# %% [nearest] misconception="default-rounded-off"
# Rounding is rounding.
# - math.ceil(duration_ms)
# + round(duration_ms)

# %% [hundreds] misconception="default-hundreds"
# Lambda bills in steps of 100 ms.
# - math.ceil(duration_ms)
# + math.ceil(duration_ms / 100) * 100

# %% [thousand] misconception="default-thousand"
# A GB has 1,000 MB.
# - memory_mb / 1024
# + memory_mb / 1000

# %% [megabytes] misconception="default-megabytes"
# Memory is in MB.
# - * memory_mb / 1024
# + * memory_mb

# %% [milliseconds] misconception="default-milliseconds"
# Duration is in ms.
# - math.ceil(duration_ms) / 1000
# + math.ceil(duration_ms)

# %% [without-requests] misconception="default-without-requests"
# GB-seconds are the price.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     return gb_seconds * USD_PER_GB_SECOND

# %% [requests-only] misconception="default-requests-only"
# Twenty cents a million.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     return requests * USD_PER_REQUEST

# %% [x86] misconception="default-x86"
# The price that one remembers.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     return requests * USD_PER_REQUEST + gb_seconds * 0.0000166667

# %% [free-tier] misconception="default-free-tier"
# The first million is free.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     charged = max(0, requests - 1_000_000)
# +     return charged * USD_PER_REQUEST + max(0, gb_seconds - 400_000) * USD_PER_GB_SECOND

# %% [one] misconception="default-one-request"
# The price of a request.
# -     gb_seconds = requests * math.ceil(duration_ms) / 1000 * memory_mb / 1024
# +     requests = 1
# +     gb_seconds = requests * math.ceil(duration_ms) / 1000 * memory_mb / 1024

# %% [text] misconception="default-form"
# A price has a currency.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     return f"${requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND:.2f}"

# %% [prints] misconception="default-form"
# It is printed.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     print(requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND)

# %% [this-one] misconception="default-not-a-function"
# For the hundred million.
default_usd = 286.67

# %% [cents] misconception="default-wrong"
# Rounded to dollars.
# -     return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND
# +     return round(requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND)
