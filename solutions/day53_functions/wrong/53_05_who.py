# %% [default-concurrency] misconception="who-concurrency-default"
# Lambda knows best how many.
# -                 "PerExecutionEnvironmentMaxConcurrency": 8,
# -
# +

# %% [one-at-a-time] misconception="who-concurrency-other"
# One request at a time is safe.
# - "PerExecutionEnvironmentMaxConcurrency": 8
# + "PerExecutionEnvironmentMaxConcurrency": 1

# %% [ordinary-function] misconception="who-without-provider"
# The provider is found by itself.
who_name = f"{NAME}-who"
lambda_client.create_function(
    FunctionName=who_name,
    Runtime="python3.13",
    Handler="app.handler",
    Architectures=["arm64"],
    MemorySize=2048,
    Role=here.execution_role_arn,
    Code={"ZipFile": pack({"app.py": who_code})},
)
states_seen = ["Pending", "Active"]

# %% [more-memory] misconception="who-memory"
# More memory can't hurt.
# - MemorySize=2048
# + MemorySize=4096

# %% [handler-alone] misconception="who-handler"
# The handler is called handler.
# - Handler="app.handler"
# + Handler="handler"

# %% [newest-runtime] misconception="who-runtime"
# The newest Python is the best.
# - Runtime="python3.13"
# + Runtime="python3.14"

# %% [a-number-only] misconception="who-not-published"
# Publishing is publishing a number.
# - , PublishTo="LATEST_PUBLISHED"
# +

# %% [does-not-wait] misconception="who-not-active"
# Published is published.
# - lab.wait_until(is_active)
# -
# +
states_seen = ["Pending", "Active"]

# %% [reads-late] misconception="states-late"
# The state is read once all has settled.
# and then
states_seen = [state_of(who_name, "$LATEST.PUBLISHED")]

# %% [first-only] misconception="states-unfinished"
# The first state is all that was new.
# and then
states_seen = states_seen[:1]

# %% [every-look] misconception="states-repeated"
# Each look is kept.
# and then
states_seen = ["Pending", "Pending", "Pending", "Active"]

# %% [last-update-status] misconception="states-last-update"
# LastUpdateStatus says how far it is.
# and then
states_seen = ["InProgress", "Successful"]

# %% [latest-watched] misconception="states-of-latest"
# The function's state is the version's.
# and then
states_seen = ["Pending", state_of(who_name, "$LATEST")]

# %% [reason-code] misconception="states-unknown"
# The reason code is more precise.
# and then
states_seen = ["Creating", "Active"]

# %% [as-text] misconception="states-form"
# A sentence about the states.
# and then
states_seen = "Pending, then Active"

# %% [arn] misconception="function-name-form"
# The ARN is the surest name.
# and then
who_name = lambda_client.get_function_configuration(FunctionName=who_name)["FunctionArn"]
