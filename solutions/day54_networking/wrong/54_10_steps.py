# %% [the-rows] misconception="steps-form"
# The result of the query.
# and then
step_query = insights(step_query)

# %% [not-grouped] misconception="steps-not-grouped"
# The lines, cut into fields.
# - | stats count(*) as lines, avg(ms) as mean_ms, max(ms) as most_ms by step
# - | sort mean_ms desc
# + | fields order, ms

# %% [together] misconception="steps-not-by-step"
# Over all.
# - as most_ms by step
# - | sort mean_ms desc
# + as most_ms

# %% [declined-too] misconception="steps-empty-group"
# Every line counts.
# - | filter ispresent(ms)
# +

# %% [slowest-last] misconception="steps-order"
# Sorted is sorted.
# - desc
# + asc

# %% [by-most] misconception="steps-order"
# By name.
# - sort mean_ms desc
# + sort step asc

# %% [max-as-mean] misconception="steps-max-as-mean"
# The wrong function.
# - avg(ms) as mean_ms
# + max(ms) as mean_ms

# %% [mean-as-max] misconception="steps-mean-as-max"
# Once more the mean.
# - max(ms) as most_ms
# + avg(ms) as most_ms

# %% [sum] misconception="steps-sum"
# All milliseconds together.
# - avg(ms) as mean_ms
# + sum(ms) as mean_ms

# %% [no-names] misconception="steps-names"
# Columns have names by themselves.
# - count(*) as lines, avg(ms) as mean_ms
# + count(*), avg(ms) as mean_ms

# %% [by-order] misconception="steps-too-many"
# Order by order.
# - by step
# + by step, order

# %% [sql] misconception="steps-refused"
# SQL once more.
# and then
step_query = "SELECT step, AVG(ms) FROM log GROUP BY step"

# %% [wrong-pattern] misconception="steps-nothing"
# With commas.
# - "order=* step=* ms=*"
# + "order=*, step=*, ms=*"

# %% [whole-message] misconception="steps-too-many"
# The step with all that stands before it.
# - parse message "order=* step=* ms=*" as order, step, ms
# + parse message "order=* ms=*" as step, ms

# %% [distinct] misconception="steps-lines"
# How many different times.
# - count(*) as lines
# + count_distinct(ms) as lines

# %% [lowest] misconception="steps-number"
# The wrong end.
# - max(ms) as most_ms
# + min(ms) as most_ms
