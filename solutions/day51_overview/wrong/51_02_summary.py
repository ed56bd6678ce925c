# %% [share] misconception="summary-cold-share"
# A share is a share.
# - "cold_percent": 100 * cold / came,
# + "cold_percent": cold / came,

# %% [count] misconception="summary-cold-count"
# How many there were.
# - "cold_percent": 100 * cold / came,
# + "cold_percent": cold,

# %% [warm] misconception="summary-cold-warm"
# The comparison is turned round.
# - one["init_ms"] > 0
# + one["init_ms"] == 0

# %% [of-answers] misconception="summary-cold-of-answers"
# Only answers count.
# - "cold_percent": 100 * cold / came,
# + "cold_percent": 100 * cold / (len(waits) or 1),

# %% [slow-is-cold] misconception="summary-cold-slow"
# Over a second, that must be cold.
# - one["init_ms"] > 0
# + one["init_ms"] + one["duration_ms"] > 1000

# %% [duration-only] misconception="summary-p99-without-init"
# Duration is how long it takes.
# - [one["init_ms"] + one["duration_ms"] for
# + [one["duration_ms"] for

# %% [with-refused] misconception="summary-p99-with-refused"
# Everybody waited.
# - for one in requests if one["status"] == 200]
# + for one in requests]

# %% [seconds] misconception="summary-p99-seconds"
# Times are in seconds.
# - percentile(waits, 0.99) if
# + percentile(waits, 0.99) / 1000 if

# %% [mean] misconception="summary-p99-mean"
# The average is what most see.
# - percentile(waits, 0.99) if
# + sum(waits) / len(waits) if

# %% [slowest] misconception="summary-p99-slowest"
# 99 % is nearly all.
# - percentile(waits, 0.99) if
# + max(waits) if

# %% [median] misconception="summary-p99-median"
# The typical request.
# - percentile(waits, 0.99) if
# + percentile(waits, 0.5) if

# %% [fast-end] misconception="summary-p99-fastest"
# Sorted the other way.
# - percentile(waits, 0.99) if
# + percentile(waits, 0.01) if

# %% [refused-share] misconception="summary-refused-share"
# A share is a share.
# - "refused_percent": 100 * refused / came,
# + "refused_percent": refused / came,

# %% [refused-count] misconception="summary-refused-count"
# How many there were.
# - "refused_percent": 100 * refused / came,
# + "refused_percent": refused,

# %% [answered] misconception="summary-refused-answered"
# The status that is fine.
# - sum(one["status"] == 429 for
# + sum(one["status"] == 200 for

# %% [none-refused] misconception="summary-refused-never"
# Server errors are 500 and above.
# - sum(one["status"] == 429 for
# + sum(one["status"] >= 500 for

# %% [a-tuple] misconception="summary-form"
# Three numbers, returned together.
# - "cold_percent": 100 * cold / came,
# + "cold_share": 100 * cold / came,

# %% [one-run] misconception="summary-not-a-function"
# The numbers of one run.
# and then
summary = summaries["default"]

# %% [empty-list] misconception="summary-hidden"
# There is always a request.
# -     came = len(requests) or 1
# +     came = len(requests)

# %% [exchanged] misconception="summaries-exchanged"
# Default is what one gets by default today.
# and then
summaries = {"default": summaries["managed"], "managed": summaries["default"]}

# %% [one-only] misconception="summaries-form"
# The interesting one.
# and then
summaries = summaries["default"]

# %% [rounded-away] misconception="summaries-wrong"
# Rounded to whole numbers.
# and then
summaries = {kind: {name: round(value) for name, value in numbers.items()} for kind, numbers in summaries.items()}
