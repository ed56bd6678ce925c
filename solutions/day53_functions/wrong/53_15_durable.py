# %% [not-durable] misconception="durable-no-steps"
# The decorator does it all.
# - context.step(lambda _: do("reserved"), name="reserve")
# + do("reserved")
# - context.step(lambda _: do("charged"), name="charge")
# + do("charged")
# - context.step(lambda _: do("shipped"), name="ship")
# + do("shipped")
# - "power_cut": True}).encode()
# + "power_cut": True, "once": 1}).encode()
# - if event.get("power_cut") and
# + if event.get("power_outage") and

# %% [cut-each-time] misconception="durable-failed"
# Only what is far away is a step.
# - context.step(lambda _: do("reserved"), name="reserve")
# + do("reserved")

# %% [one-step] misconception="durable-steps-missing"
# All of it is one step.
# -     charged = context.step(lambda _: do("charged"), name="charge")
# -     shipped = context.step(lambda _: do("shipped"), name="ship")
# +     charged, shipped = context.step(lambda _: [do("charged"), do("shipped")], name="charge")

# %% [own-names] misconception="durable-steps-missing"
# Names are for people.
# - name="reserve"
# + name="step 1"

# %% [no-wait] misconception="durable-no-wait"
# Nobody changes their mind.
# -     context.wait(Duration.from_minutes(10), name="change of mind")
# -
# +

# %% [does-not-wait] misconception="durable-running"
# Started is done.
# - lab.wait_until(lambda: durable_status() != "RUNNING", timeout=3600)
# -
# +

# %% [no-power-cut] misconception="durable-no-power-cut"
# An order like any other.
# - "power_cut": True
# + "power_cut": False

# %% [other-order] misconception="durable-no-power-cut"
# Order number 1.
# - "order": 53
# + "order": 1

# %% [cut-taken-out] misconception="durable-not-cut"
# The lines that kill it are a mistake.
# - if event.get("power_cut") and
# + if event.get("power_cut") == "never" and

# %% [other-result] misconception="durable-other-result"
# The last thing is what counts.
# - return [reserved, charged, shipped]
# + return shipped

# %% [fails] misconception="durable-failed"
# Shipping fails.
# - lambda _: do("shipped"), name="ship")
# + lambda _: do("shipped"), name="ship")
# +     raise RuntimeError("no parcel")

# %% [name] misconception="durable-form"
# An execution has a name.
durable_arn = "order-53"

# %% [function-arn] misconception="durable-function-arn"
# The function is what runs.
durable_arn = f"{here.capacity_provider_arn.partition(':capacity-provider:')[0]}:function:{order_name}:1"

# %% [response] misconception="durable-response"
# The whole answer.
durable_arn = {"DurableExecutionArn": "arn", "StatusCode": 202}

# %% [none] misconception="durable-not-started"
# The answer had none.
durable_arn = None

# %% [guessed] misconception="durable-unknown"
# Put together by hand.
account_arn = here.capacity_provider_arn.partition(":capacity-provider:")[0]
durable_arn = f"{account_arn}:function:{order_name}:1/durable-execution/order-53/1"

# %% [other-function] misconception="durable-other-function"
# Any execution will do.
durable_arn = "arn:aws:lambda:us-east-1:123456789012:function:other:1/durable-execution/order-53/1"
