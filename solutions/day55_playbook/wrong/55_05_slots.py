# %% [default] misconception="slots-default"
# - waiting_name, concurrency=32)
# + waiting_name)

# %% [twenty] misconception="slots-too-few"
# 60 slots for 60 requests: they don't come evenly.
# - concurrency=32
# + concurrency=20

# %% [twenty-four] misconception="slots-too-few"
# - concurrency=32
# + concurrency=24

# %% [the-most] misconception="slots-beyond-memory"
# 64 a vCPU is the most that the API takes.
# - concurrency=32
# + concurrency=64

# %% [floor] misconception="slots-default"
# - concurrency=32)
# + concurrency=16)
# + lambda_client.put_function_scaling_config(FunctionName=waiting_name, Qualifier=waiting_version, FunctionScalingConfig={"MinExecutionEnvironments": 6})
# + lab.wait_until(lambda: is_applied(waiting_name, waiting_version))

# %% [floor-as-well] misconception="slots-floor-instead"
# - concurrency=32)
# + concurrency=20)
# + lambda_client.put_function_scaling_config(FunctionName=waiting_name, Qualifier=waiting_version, FunctionScalingConfig={"MinExecutionEnvironments": 6})
# + lab.wait_until(lambda: is_applied(waiting_name, waiting_version))

# %% [both] misconception="slots-for-computing"
# - "waiting"
# + "both"

# %% [computing] misconception="slots-for-computing"
# - "waiting"
# + "computing"

# %% [name-of-function] misconception="slots-choice-form"
# - "waiting"
# + waiting_name

# %% [true] misconception="slots-choice-form"
# - "waiting"
# + True

# %% [not-played] misconception="slots-not-played"
# - with_slots = experiment.play(lab, f"{waiting_name}:{waiting_version}", WAITING_TRIPLE, WAITING)
# + with_slots = with_floor

# %% [shops-traffic] misconception="slots-other-traffic"
# - WAITING_TRIPLE, WAITING)
# + TRIPLE, WAITING)

# %% [shops-requests] misconception="slots-other-demand"
# - WAITING_TRIPLE, WAITING)
# + WAITING_TRIPLE, SHOP)

# %% [shops-version] misconception="slots-unknown-version"
# and then
waiting_version = "99"
