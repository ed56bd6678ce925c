# %% [account-limit] misconception="self-test-L1-account-limit"
# 1,000 at a time is the number that everybody knows.
# - "L1": 1,
# + "L1": 1000,

# %% [like-managed] misconception="self-test-L1-managed"
# Sixteen was on a slide.
# - "L1": 1,
# + "L1": 16,

# %% [gb-milliseconds] misconception="self-test-L2-milliseconds"
# 200 is the duration.
# - 100_000,
# + 0.5 * 200 * 1_000_000,

# %% [mb-seconds] misconception="self-test-L2-megabytes"
# 512 is the memory.
# - 100_000,
# + 512 * 0.2 * 1_000_000,

# %% [thousand] misconception="self-test-L2-thousand"
# A GB has 1,000 MB.
# - 100_000,
# + 512 / 1000 * 0.2 * 1_000_000,

# %% [a-gb] misconception="self-test-L2-whole-gb"
# Memory is rounded up to a GB.
# - 100_000,
# + 200_000,

# %% [in-the-handler] misconception="self-test-L3-handler"
# The handler is where the code is.
# - "init",
# + "handler",

# %% [local-route] misconception="self-test-E1-route"
# A route is a route.
# - "E1": "no",
# + "E1": "yes",

# %% [stateless] misconception="self-test-E2-stateless"
# No inbound rule, nothing comes in.
# - "E2": "yes",
# + "E2": "no",

# %% [permissions] misconception="self-test-E3-permissions"
# Who may do something is a permission.
# - "trust",
# + "permissions",

# %% [function-name] misconception="self-test-E4-bare-name"
# The group is named after the function.
# - "/aws/lambda/orders",
# + "orders",

# %% [file] misconception="self-test-E4-file"
# Logs are under /var/log.
# - "/aws/lambda/orders",
# + "/var/log/lambda",

# %% [pay-for-use] misconception="self-test-M1-pay-for-use"
# Six run.
# - "M1": 0.70,
# + "M1": 0.42,

# %% [on-demand] misconception="self-test-M1-on-demand"
# Six at ten cents.
# - "M1": 0.70,
# + "M1": 0.60,

# %% [cents] misconception="self-test-M1-cents"
# Ten instances at seven cents.
# - "M1": 0.70,
# + "M1": 70,

# %% [instance-plan] misconception="self-test-M2-instance-plan"
# They run on instances.
# - "compute",
# + "instance",

# %% [reserved] misconception="self-test-M2-reserved"
# Reserved is reserved.
# - "compute",
# + "reserved",

# %% [one-missing] misconception="self-test-E3-missing"
# One was left for later.
# -     "E3": "trust",

# %% [text-for-a-number] misconception="self-test-M1-kind"
# With its currency.
# - "M1": 0.70,
# + "M1": "$0.70",

# %% [a-list] misconception="self-test-form"
# In the order of the table.
self_test = [1, 100_000, "init", "no", "yes", "trust", "/aws/lambda/orders", 0.7, "compute"]
