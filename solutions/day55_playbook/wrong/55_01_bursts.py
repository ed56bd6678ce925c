# %% [whole-time] misconception="worst-average"
# The share of the whole time hides the minute that hurt.
# - return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)
# + offered = sum(row["offered"] for row in rows)
# +     return 100 * sum(row["throttled"] for row in rows) / offered if offered else 0.0

# %% [fraction] misconception="worst-fraction"
# - max((100 * row
# + max((row

# %% [count] misconception="worst-count"
# - 100 * row["throttled"] / row["offered"] for
# + row["throttled"] for

# %% [of-served] misconception="worst-of-served"
# - row["throttled"] / row["offered"] for row in rows if row["offered"]
# + row["throttled"] / row["served"] for row in rows if row["served"]

# %% [division-by-zero] misconception="worst-of-nothing"
# - for row in rows if row["offered"])
# + for row in rows)

# %% [no-rows] misconception="worst-empty"
# - , default=0.0)
# + )

# %% [mean-of-minutes] misconception="worst-mean-of-minutes"
# - return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)
# + shares = [100 * row["throttled"] / row["offered"] for row in rows if row["offered"]]
# +     return sum(shares) / len(shares) if shares else 0.0

# %% [sum-of-shares] misconception="worst-sum"
# - return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)
# + return sum(100 * row["throttled"] / row["offered"] for row in rows if row["offered"])

# %% [most-refusals] misconception="worst-most-refused"
# - return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)
# + row = max(rows, key=lambda row: row["throttled"], default=None)
# +     return 100 * row["throttled"] / row["offered"] if row and row["offered"] else 0.0

# %% [last-minute] misconception="worst-last"
# - return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)
# + row = rows[-1] if rows else {"offered": 0}
# +     return 100 * row["throttled"] / row["offered"] if row["offered"] else 0.0

# %% [whole-per-cent] misconception="worst-rounded"
# - return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)
# + return round(max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0))

# %% [a-number] misconception="worst-not-a-function"
# and then
worst_minute = worst_minute(tripled.rows)

# %% [shares-kept] misconception="burst-not-a-report"
# The worst minutes, instead of the reports.
# and then
doubled, tripled = worst_minute(doubled.rows), worst_minute(tripled.rows)

# %% [exchanged] misconception="burst-exchanged"
# and then
doubled, tripled = tripled, doubled

# %% [double-only] misconception="burst-exchanged"
# Both were played with the same traffic.
# - {first_version}", TRIPLE, SHOP)
# + {first_version}", DOUBLE, SHOP)

# %% [looked-too-early] misconception="burst-other-traffic"
# Offered, and looked at before it had come.
# - tripled = experiment.play(lab, f"{shop_name}:{first_version}", TRIPLE, SHOP)
# + lab.advance(7200)
# + tripled = traffic.offer(lab.account, f"{shop_name}:{first_version}", TRIPLE, **SHOP)

# %% [raised-floor] misconception="burst-tripled-carried"
# - tripled = experiment
# + lambda_client.put_function_scaling_config(FunctionName=shop_name, Qualifier=first_version, FunctionScalingConfig={"MinExecutionEnvironments": 9})
# + lab.advance(300)
# + tripled = experiment
