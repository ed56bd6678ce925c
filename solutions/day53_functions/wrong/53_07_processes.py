# %% [one-result] misconception="who-not-a-function"
# The dict for what was sent.
# and then
who_ran = who_ran(answers)


# %% [by-process] misconception="who-by-process"
# Each process once.
# and then
def who_ran(answers):
    return {answer["process"]: 1 for answer in answers}


# %% [requests] misconception="who-counts-requests"
# Each answer is a process.
# and then
def who_ran(answers):
    seen = {}
    for answer in answers:
        seen[answer["environment"]] = seen.get(answer["environment"], 0) + 1
    return seen


# %% [count] misconception="who-takes-count"
# The handler counts already.
# and then
def who_ran(answers):
    seen = {}
    for answer in answers:
        seen[answer["environment"]] = max(seen.get(answer["environment"], 0), answer["count"])
    return seen


# %% [the-sets] misconception="who-lists-processes"
# The processes of each environment.
# - environment: len(seen) for
# + environment: seen for


# %% [one-set] misconception="who-mixes-environments"
# A process number is unique.
# and then
def who_ran(answers):
    seen, known = {}, set()
    for answer in answers:
        seen.setdefault(answer["environment"], 0)
        if answer["process"] not in known:
            seen[answer["environment"]] += 1
            known.add(answer["process"])
    return seen


# %% [a-total] misconception="who-form"
# How many there are in all.
# and then
def who_ran(answers):
    return len({(answer["environment"], answer["process"]) for answer in answers})


# %% [empties] misconception="who-changes-input"
# pop goes through all answers.
# and then
def who_ran(answers):
    seen = {}
    while answers:
        answer = answers.pop()
        seen.setdefault(answer["environment"], set()).add(answer["process"])
    return {environment: len(processes) for environment, processes in seen.items()}


# %% [pid] misconception="who-raises"
# The process is called pid.
# and then
def who_ran(answers):
    seen = {}
    for answer in answers:
        seen.setdefault(answer["environment"], set()).add(answer["pid"])
    return {environment: len(processes) for environment, processes in seen.items()}


# %% [never-empty] misconception="who-hidden"
# There is always a first answer.
# and then
def who_ran(answers):
    seen = {answers[0]["environment"]: {answers[0]["process"]}}
    for answer in answers:
        seen.setdefault(answer["environment"], set()).add(answer["process"])
    return {environment: len(processes) for environment, processes in seen.items()}


# %% [global-shared] misconception="sharing-global"
# One environment, one memory.
# - shares_global = False
# + shares_global = True

# %% [tmp-apart] misconception="sharing-tmp"
# Each process has a /tmp.
# - shares_tmp = True
# + shares_tmp = False

# %% [turned-round] misconception="sharing-turned-round"
# Memory is shared, files are not.
# - shares_global = False
# - shares_tmp = True
# + shares_global, shares_tmp = True, False

# %% [words] misconception="sharing-form"
# In words.
# - shares_global = False
# + shares_global = "no"
