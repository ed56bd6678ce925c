# %% [most-at-once] misconception="environments-most-at-once"
# The busiest moment is the answer.
# -     return math.ceil(most / concurrency)
# +     return most

# %% [floor] misconception="environments-floor"
# Whole environments.
# -     return math.ceil(most / concurrency)
# +     return most // concurrency

# %% [a-part] misconception="environments-part"
# Exactly as many as it takes.
# -     return math.ceil(most / concurrency)
# +     return most / concurrency

# %% [one-more] misconception="environments-one"
# One to be sure.
# -     return math.ceil(most / concurrency)
# +     return most // concurrency + 1

# %% [without-init] misconception="environments-without-init"
# INIT is before the request.
# - (one["init_ms"] + one["duration_ms"]) / 1000
# + one["duration_ms"] / 1000

# %% [arrivals-first] misconception="environments-touching"
# Who comes is counted first.
# - sorted(steps):
# + sorted(steps, key=lambda step: (step[0], -step[1])):


# %% [all] misconception="environments-all"
# Room for everybody.
def environments_needed(requests, concurrency):
    return math.ceil(len(requests) / concurrency)


# %% [by-second] misconception="environments-by-second"
# Requests in the busiest second.
def environments_needed(requests, concurrency):
    seconds = {}
    for one in requests:
        if one["status"] == 200:
            seconds[int(one["arrived_s"])] = seconds.get(int(one["arrived_s"]), 0) + 1
    return math.ceil(max(seconds.values(), default=0) / concurrency)


# %% [little] misconception="environments-mean"
# Little's law.
def environments_needed(requests, concurrency):
    answered = [one for one in requests if one["status"] == 200]
    busy = sum(one["init_ms"] + one["duration_ms"] for one in answered) / 1000
    arrivals = [one["arrived_s"] for one in answered]
    return math.ceil(busy / (max(arrivals) - min(arrivals)) / concurrency)


# %% [in-order] misconception="environments-in-order"
# Requests come one after the other.
def environments_needed(requests, concurrency):
    ends, most = [], 0
    for one in requests:
        if one["status"] == 200:
            ends = [end for end in ends if end > one["arrived_s"]]
            ends.append(one["arrived_s"] + (one["init_ms"] + one["duration_ms"]) / 1000)
            most = max(most, len(ends))
    return math.ceil(most / concurrency)


# %% [with-refused] misconception="environments-with-refused"
# A refused request was there, too.
def environments_needed(requests, concurrency):
    ends, most = [], 0
    for one in sorted(requests, key=lambda one: one["arrived_s"]):
        ends = [end for end in ends if end > one["arrived_s"]]
        ends.append(one["arrived_s"] + (one["init_ms"] + one["duration_ms"]) / 1000)
        most = max(most, len(ends))
    return math.ceil(most / concurrency)


# %% [sorts-in-place] misconception="environments-changes-input"
# First put them in order.
# -     steps = []
# +     steps = []
# +     requests.sort(key=lambda one: one["arrived_s"])

# %% [milliseconds] misconception="environments-wrong"
# 1,000 is left out.
# - (one["init_ms"] + one["duration_ms"]) / 1000
# + (one["init_ms"] + one["duration_ms"])

# %% [a-number] misconception="environments-not-a-function"
# The number for this traffic.
environments_needed = 60

# %% [never-none] misconception="environments-hidden"
# There is at least one environment.
# -     return math.ceil(most / concurrency)
# +     return max(1, math.ceil(most / concurrency))

# %% [as-text] misconception="environments-form"
# In words.
# -     return math.ceil(most / concurrency)
# +     return f"{math.ceil(most / concurrency)} environments"
