# %% [old-is-stale] misconception="judge-any-change"
# A text from before the last change is out of date.
# -     if value_on(as_of, changes) == statement["claims"]:
# +     if any(statement["written"] < since <= as_of for since, _ in changes):
# +         return "stale"
# +     if value_on(as_of, changes) == statement["claims"]:

# %% [from-the-future] misconception="judge-from-the-future"
# The last value is the value.
# -     return [value for since, value in changes if since <= day][-1]
# +     return changes[-1][1]

# %% [launch] misconception="judge-launch"
# The first value is the value.
# -     return [value for since, value in changes if since <= day][-1]
# +     return changes[0][1]

# %% [day-after] misconception="judge-on-the-day"
# A change holds from the next day on.
# - if since <= day][-1]
# + if since < day or since == changes[0][0]][-1]

# %% [no-wrong] misconception="judge-no-wrong"
# What is not current is stale.
# -     return "stale" if value_on(statement["written"], changes) == statement["claims"] else "wrong"
# +     return "stale"

# %% [no-stale] misconception="judge-no-stale"
# What is not true is wrong.
# -     return "stale" if value_on(statement["written"], changes) == statement["claims"] else "wrong"
# +     return "wrong"

# %% [once-true] misconception="judge-true-once"
# True at some time.
# - if value_on(statement["written"], changes) == statement["claims"] else "wrong"
# + if statement["claims"] in [value for _, value in changes] else "wrong"

# %% [as-written] misconception="judge-as-written"
# True when it was written is true.
# -     if value_on(as_of, changes) == statement["claims"]:
# +     if value_on(statement["written"], changes) == statement["claims"]:

# %% [true-false] misconception="judge-words"
# Right or not.
# -         return "current"
# +         return True

# %% [outdated] misconception="judge-words"
# Another word for it.
# - return "stale" if
# + return "outdated" if

# %% [fixed-day] misconception="judge-fixed-day"
# Today is today.
# - value_on(as_of, changes)
# + value_on("2026-11-23", changes)

# %% [two-steps] misconception="judge-two-steps"
# There is a before and a now.
# -     return [value for since, value in changes if since <= day][-1]
# +     return changes[-1][1] if day >= changes[-1][0] else changes[0][1]

# %% [raises] misconception="judge-raises"
# The timeline is a list of rows.
# and then


def judge(statement, timeline, as_of):
    rows = [row for row in timeline if row["subject"] == statement["subject"]]
    return "current" if rows[-1]["value"] == statement["claims"] else "stale"


# %% [table] misconception="judge-not-a-function"
# The verdicts are what counts.
# and then
judge = verdicts

# %% [global-timeline] misconception="judge-raises"
# There is only one timeline.
# -     changes = timeline[statement["subject"]]
# +     changes = history()[statement["subject"]]

# %% [verdicts-as-written] misconception="verdicts-as-written"
# As of the day on which each was written.
# and then
verdicts = {one["id"]: judge(one, timeline, one["written"]) for one in said}

# %% [list] misconception="verdicts-form"
# In the order of the table.
# and then
verdicts = list(verdicts.values())

# %% [at-launch] misconception="verdicts-wrong"
# As of the launch.
# and then
verdicts = {one["id"]: judge(one, timeline, "2026-03-20") for one in said}
