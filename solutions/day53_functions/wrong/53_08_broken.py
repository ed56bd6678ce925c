# %% [one-result] misconception="mixed-not-a-function"
# The list that was found.
# and then
mixed_up = broken_orders


# %% [how-many] misconception="mixed-returns-count"
# How many is what counts.
# and then
def mixed_up(sent):
    return sum(bool(one.error) or one.answer.get("order") != one.payload["order"] for one in sent)


# %% [yes-or-no] misconception="mixed-returns-form"
# Whether it is broken.
# and then
def mixed_up(sent):
    return any(one.error or one.answer.get("order") != one.payload["order"] for one in sent)


# %% [no-errors-expected] misconception="mixed-trips-over-errors"
# Every answer has an order.
# and then
def mixed_up(sent):
    return [one.payload["order"] for one in sent if one.answer["order"] != one.payload["order"]]


# %% [ignores-errors] misconception="mixed-without-errors"
# An error is no wrong receipt.
# and then
def mixed_up(sent):
    return [one.payload["order"] for one in sent if not one.error and one.answer["order"] != one.payload["order"]]


# %% [only-errors] misconception="mixed-only-errors"
# What is broken fails.
# and then
def mixed_up(sent):
    return [one.payload["order"] for one in sent if one.error]


# %% [the-other] misconception="mixed-names-the-other"
# The order on the receipt is the broken one.
# and then
def mixed_up(sent):
    return [one.answer["order"] for one in sent if not one.error and one.answer["order"] != one.payload["order"]]


# %% [the-right-ones] misconception="mixed-names-the-other"
# The other way round.
# and then
def mixed_up(sent):
    return [one.payload["order"] for one in sent if not one.error and one.answer["order"] == one.payload["order"]]


# %% [the-requests] misconception="mixed-returns-items"
# The requests themselves.
# and then
def mixed_up(sent):
    return [one for one in sent if one.error or one.answer.get("order") != one.payload["order"]]


# %% [texts] misconception="mixed-returns-items"
# Order numbers as text.
# and then
def mixed_up(sent):
    return [str(one.payload["order"]) for one in sent if one.error or one.answer.get("order") != one.payload["order"]]


# %% [unknown-name] misconception="mixed-raises"
# The expected receipts are known.
# and then
def mixed_up(sent):
    return [one.payload["order"] for one in sent if one.answer != expected_receipts[one.payload["order"]]]


# %% [all] misconception="mixed-wrong"
# Under load every order is suspect.
# and then
def mixed_up(sent):
    return [one.payload["order"] for one in sent]


# %% [one-at-a-time] misconception="broken-none"
# One after the other, as a test does.
# - orders, concurrency=24, qualifier=broken_version
# + orders[:12], concurrency=1, qualifier=broken_version

# %% [same-order] misconception="broken-same-order"
# The same order again and again.
# and then
broken_orders = [1, 1, 1, 1]

# %% [number-found] misconception="broken-form"
# The number of broken orders.
# and then
broken_orders = 17
