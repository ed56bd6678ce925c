# %% [cost-only] misconception="choose-ignores-spike"
# Money decides.
# -     elif card.grows_5_min > 2 and not card.refusable:
# -         on, because = "default", "spike"
# +     elif False:
# +         pass

# %% [no-need] misconception="choose-ignores-need"
# Default Lambda is the default.
# -         return {"on": "managed", "because": "need", "saves_usd": None}
# +         return {"on": "default", "because": "cost", "saves_usd": None}

# %% [strangers] misconception="choose-ignores-strangers"
# Containers are isolated.
# -     if card.strangers_code:
# -         on, because = "default", "need"
# -     elif card
# +     if card

# %% [any-spike] misconception="choose-ignores-refusable"
# A spike is a spike.
# -  and not card.refusable:
# + :

# %% [cannot-be-refused] misconception="choose-doubling-is-fine"
# Who can't take a 429 stays.
# - elif card.grows_5_min > 2 and not card.refusable:
# + elif not card.refusable:

# %% [dearer] misconception="choose-dearer"
# max is for the most.
# - min(usd, key=usd.get)
# + max(usd, key=usd.get)

# %% [always-managed] misconception="choose-dearer"
# No cold starts are worth it.
# - min(usd, key=usd.get), "cost"
# + "managed", "cost"

# %% [reason] misconception="choose-because"
# Need is the best reason.
# - on, because = "default", "spike"
# + on, because = "default", "cost"

# %% [sign] misconception="choose-saves-sign"
# Chosen less the other.
# - usd[other] - usd[on]
# + usd[on] - usd[other]

# %% [absolute] misconception="choose-saves-sign"
# Savings are positive.
# - usd[other] - usd[on]
# + abs(usd[other] - usd[on])

# %% [never-negative] misconception="choose-saves-nothing"
# A need saves nothing.
# - usd[other] - usd[on]
# + max(0, usd[other] - usd[on])

# %% [a-bill] misconception="choose-saves-bill"
# What it costs.
# - usd[other] - usd[on]
# + usd[on]

# %% [a-year] misconception="choose-saves-a-year"
# Budgets are by the year.
# - usd[other] - usd[on]
# + 12 * (usd[other] - usd[on])

# %% [zero-for-none] misconception="choose-saves-something"
# Nothing to compare, nothing saved.
# - "saves_usd": None}
# + "saves_usd": 0}

# %% [just-on] misconception="choose-form"
# Where it should run.
# -     return {"on": on, "because": because, "saves_usd": usd[other] - usd[on]}
# +     return on

# %% [words] misconception="choose-words"
# In full words.
# -     on, because = min(usd, key=usd.get), "cost"
# +     on, because = min(usd, key=usd.get), "it is cheaper"
# -     other = "managed"
# +     other = "managed"

# %% [compares-none] misconception="choose-raises"
# The cheaper of the two, always.
# -     if usd["default"] is None:
# -         return {"on": "managed", "because": "need", "saves_usd": None}
# -     if card.strangers_code:
# +     if card.strangers_code:

# %% [a-table] misconception="choose-not-a-function"
# The cards are known.
# and then
choose = {card.name: choose(card) for card in cards}

# %% [by-name] misconception="choose-hidden"
# These twelve are the cards.
# and then
_decided = {card.name: choose(card) for card in cards}


def choose(card):
    return _decided.get(card.name, {"on": "default", "because": "cost", "saves_usd": 0})


# %% [at-least-double] misconception="choose-hidden"
# Twice is too much.
# - card.grows_5_min > 2 and
# + card.grows_5_min >= 2 and

# %% [spike-before-strangers] misconception="choose-hidden"
# The burst first.
# -     if card.strangers_code:
# -         on, because = "default", "need"
# -     elif card.grows_5_min > 2 and not card.refusable:
# -         on, because = "default", "spike"
# +     if card.grows_5_min > 2 and not card.refusable:
# +         on, because = "default", "spike"
# +     elif card.strangers_code:
# +         on, because = "default", "need"
