# %% [four] misconception="floor-too-low"
# 3.6 vCPUs need four environments, and four that are nearly full refuse.
# - {"MinExecutionEnvironments": 5}
# + {"MinExecutionEnvironments": 4}

# %% [default] misconception="floor-too-low"
# - {"MinExecutionEnvironments": 5}
# + {"MinExecutionEnvironments": 3}

# %% [twelve] misconception="floor-wasteful"
# What the fleet had grown to afterwards.
# - {"MinExecutionEnvironments": 5}
# + {"MinExecutionEnvironments": 12}

# %% [fixed] misconception="floor-no-room"
# - {"MinExecutionEnvironments": 5}
# + {"MinExecutionEnvironments": 5, "MaxExecutionEnvironments": 5}

# %% [never-put] misconception="floor-not-set"
# - lambda_client.put_function_scaling_config(
# + dict(

# %% [latest-published] misconception="floor-of-latest-published"
# - FunctionName=shop_name, Qualifier=floor_version, FunctionScalingConfig={"MinExecutionEnvironments": 5}
# + FunctionName=shop_name, Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig={"MinExecutionEnvironments": 5}
# - floor_version = experiment.deploy(lab, here, shop_name)
# + floor_version = experiment.deploy(lab, here, shop_name)
# + lambda_client.publish_version(FunctionName=shop_name, PublishTo="LATEST_PUBLISHED")
# + lab.advance(300)

# %% [first-version] misconception="floor-not-set"
# It raised the floor of another version.
# - Qualifier=floor_version, FunctionScalingConfig
# + Qualifier=first_version, FunctionScalingConfig

# %% [zero] misconception="floor-not-active"
# and then
lambda_client.put_function_scaling_config(
    FunctionName=shop_name,
    Qualifier=floor_version,
    FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0},
)
lab.advance(300)

# %% [played-before] misconception="floor-too-late"
# The burst came first, then the floor.
# and then
floor_version = experiment.deploy(lab, here, shop_name)
with_floor = experiment.play(lab, f"{shop_name}:{floor_version}", TRIPLE, SHOP)
lambda_client.put_function_scaling_config(
    FunctionName=shop_name, Qualifier=floor_version, FunctionScalingConfig={"MinExecutionEnvironments": 5}
)
lab.wait_until(lambda: is_applied(shop_name, floor_version))

# %% [not-waited] misconception="floor-not-in-effect"
# and then
lab.account._set_speed(0)
lambda_client.put_function_scaling_config(
    FunctionName=shop_name, Qualifier=floor_version, FunctionScalingConfig={"MinExecutionEnvironments": 7}
)

# %% [not-played] misconception="floor-not-played"
# - with_floor = experiment.play(lab, f"{shop_name}:{floor_version}", TRIPLE, SHOP)
# + with_floor = tripled

# %% [played-double] misconception="floor-other-traffic"
# - TRIPLE, SHOP)
# + DOUBLE, SHOP)

# %% [a-number] misconception="floor-not-a-version"
# and then
floor_version = int(floor_version)

# %% [qualified-name] misconception="floor-not-a-version"
# and then
floor_version = f"{shop_name}:{floor_version}"

# %% [unknown] misconception="floor-unknown-version"
# and then
floor_version = "99"
