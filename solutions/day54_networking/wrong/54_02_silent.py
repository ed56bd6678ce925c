# %% [the-result] misconception="silent-not-a-function"
# The list itself.
# and then
silent = silent(answered_ids, events)

# %% [how-many] misconception="silent-count"
# How many are missing?
# -     return [request_id for request_id in request_ids if request_id not in heard]
# +     return sum(request_id not in heard for request_id in request_ids)

# %% [a-set] misconception="silent-order"
# Sets can be subtracted.
# -     return [request_id for request_id in request_ids if request_id not in heard]
# +     return set(request_ids) - heard

# %% [sorted] misconception="silent-order"
# Sorted is tidy.
# -     return [request_id for request_id in request_ids if request_id not in heard]
# +     return sorted(set(request_ids) - heard)

# %% [the-heard] misconception="silent-the-heard"
# Those that are found.
# - if request_id not in heard]
# + if request_id in heard]

# %% [nothing-to-say] misconception="silent-empty-is-fine"
# An empty log has nothing that could be missing.
# -     heard = set()
# +     if not events:
# +         return []
# +     heard = set()


# %% [anywhere] misconception="silent-platform-counts"
# The id stands in the log, so it was heard.
def silent(request_ids, events):
    return [request_id for request_id in request_ids if not any(request_id in event["message"] for event in events)]


missing = silent(answered_ids, events)

# %% [brackets] misconception="silent-raises"
# Every line has one.
# - line.get("requestId")
# + line["requestId"]


# %% [first-event] misconception="silent-raises-empty"
# The time of the first event is needed.
def silent(request_ids, events):
    since = events[0]["timestamp"]
    lines = [json.loads(event["message"]) for event in events if event["timestamp"] >= since]
    heard = {line.get("requestId") for line in lines}
    return [request_id for request_id in request_ids if request_id not in heard]


missing = list(answered_ids)

# %% [joined] misconception="silent-form"
# One line is easier to read.
# -     return [request_id for request_id in request_ids if request_id not in heard]
# +     return ", ".join(request_id for request_id in request_ids if request_id not in heard)


# %% [from-the-log] misconception="silent-wrong"
# What the platform started and the function did not log.
def silent(request_ids, events):
    if not events:
        return list(request_ids)
    started = {json.loads(event["message"]).get("record", {}).get("requestId") for event in events}
    return [request_id for request_id in request_ids if request_id in started]


missing = silent(answered_ids, events)

# %% [always-json] misconception="silent-hidden"
# Lines on managed instances are JSON.
# -         try:
# -             line = json.loads(event["message"])
# -         except ValueError:
# -             continue
# +         line = json.loads(event["message"])

# %% [number] misconception="missing-form"
# Thirty.
# and then
missing = len(missing)

# %% [none] misconception="missing-none"
# All of them were answered.
# and then
missing = []

# %% [some] misconception="missing-other"
# A sample will do.
# and then
missing = missing[:5]

# %% [made-up] misconception="missing-strangers"
# The orders' numbers are enough.
# and then
missing = [str(number) for number in range(30)]

# %% [only-two] misconception="missing-few"
# Two requests show it as well.
# and then
answered_ids = answered_ids[:2]
