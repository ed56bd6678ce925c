# %% [weights-left-out] misconception="rollback-weights-stay"
# - FunctionVersion=old_version,
# -             RoutingConfig={"AdditionalVersionWeights": {}},
# + FunctionVersion=old_version,

# %% [forward] misconception="rollback-forward"
# - FunctionVersion=old_version,
# -             RoutingConfig={"AdditionalVersionWeights": {}},
# + FunctionVersion=new_version,
# +             RoutingConfig={"AdditionalVersionWeights": {}},

# %% [half-way] misconception="rollback-weights-left"
# - RoutingConfig={"AdditionalVersionWeights": {}},
# + RoutingConfig={"AdditionalVersionWeights": {new_version: 0.01}},

# %% [any-state] misconception="rollback-on-any-state"
# - if event["detail"]["state"]["value"] == "ALARM":
# + if event["detail"]["alarmName"]:

# %% [state-is-a-dict] misconception="rollback-does-nothing"
# - event["detail"]["state"]["value"] == "ALARM"
# + event["detail"]["state"] == "ALARM"

# %% [wrong-member] misconception="rollback-raises"
# - event["detail"]["state"]["value"]
# + event["detail"]["newState"]

# %% [deletes-alias] misconception="rollback-deletes"
# - client("lambda").update_alias(
# -             FunctionName=release_name,
# -             Name="live",
# -             FunctionVersion=old_version,
# -             RoutingConfig={"AdditionalVersionWeights": {}},
# -         )
# + client("lambda").delete_alias(FunctionName=release_name, Name="live")

# %% [out-of-service] misconception="rollback-out-of-service"
# - client("lambda").update_alias(
# -             FunctionName=release_name,
# -             Name="live",
# -             FunctionVersion=old_version,
# -             RoutingConfig={"AdditionalVersionWeights": {}},
# -         )
# + client("lambda").put_function_scaling_config(
# +             FunctionName=release_name,
# +             Qualifier=new_version,
# +             FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0},
# +         )

# %% [other-alias] misconception="rollback-other-alias"
# - client("lambda").update_alias(
# -             FunctionName=release_name,
# -             Name="live",
# + client("lambda").update_alias(
# +             FunctionName=release_name,
# +             Name="prod",

# %% [not-a-function] misconception="rollback-not-a-function"
# and then
rollback = rollback({"detail": {"state": {"value": "ALARM"}}}, boto3.client)

# %% [alarm-of-all] misconception="rollout-alarm-of-all"
# - Dimensions=[
# -         {"Name": "FunctionName", "Value": release_name},
# -         {"Name": "Resource", "Value": f"{release_name}:{new_version}"},
# -     ],
# + Dimensions=[{"Name": "FunctionName", "Value": release_name}],

# %% [alarm-of-old] misconception="rollout-alarm-of-another"
# - f"{release_name}:{new_version}"
# + f"{release_name}:{old_version}"

# %% [alarm-elsewhere] misconception="rollout-no-alarm"
# - AlarmName=f"{release_name}-slow"
# + AlarmName="slow"

# %% [no-canary] misconception="rollout-no-canary"
# - "RoutingConfig": {"AdditionalVersionWeights": {new_version: 0.1}},
# + "RoutingConfig": {"AdditionalVersionWeights": {}},

# %% [half] misconception="rollout-too-much"
# - {new_version: 0.1}
# + {new_version: 0.5}

# %% [threshold-in-seconds] misconception="rollout-never-rang"
# Nothing is ever slower than 300 s.
# - Threshold=300,
# + Threshold=300_000,

# %% [throttles] misconception="rollout-never-rang"
# A slow version does not throttle at this rate.
# - MetricName="Duration"
# + MetricName="Throttles"

# %% [versions-exchanged] misconception="rollout-versions"
# - old_version = experiment.deploy(lab, here, release_name)
# - new_version = experiment.deploy(lab, here, release_name)
# + new_version = experiment.deploy(lab, here, release_name)
# + old_version = experiment.deploy(lab, here, release_name)

# %% [no-shift] misconception="rollout-no-watch"
# and then
watch = watch.pages
