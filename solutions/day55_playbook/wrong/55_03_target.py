# %% [default] misconception="roomy-too-high"
# What Auto is taken to have.
# - "TargetValue": 28.0
# + "TargetValue": 50.0

# %% [a-third] misconception="roomy-too-high"
# A third, by the book: whole environments and the scaler's tolerance take the rest.
# - "TargetValue": 28.0
# + "TargetValue": 33.0

# %% [ninety] misconception="roomy-too-high"
# - "TargetValue": 28.0
# + "TargetValue": 90.0

# %% [ten] misconception="roomy-wasteful"
# - "TargetValue": 28.0
# + "TargetValue": 10.0

# %% [fraction] misconception="roomy-fraction"
# - "TargetValue": 28.0
# + "TargetValue": 0.28

# %% [auto] misconception="roomy-auto"
# - "ScalingMode": "Manual",
# -     "ScalingPolicies": [
# -         {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 28.0},
# -     ],
# + "ScalingMode": "Auto",

# %% [small-cap] misconception="roomy-capped"
# - "MaxVCpuCount": 96,
# + "MaxVCpuCount": 12,

# %% [first-provider] misconception="roomy-on-another-provider"
# - roomy_name, capacity_provider_arn=provider_arn(roomy_name, roomy_scaling))
# + roomy_name, capacity_provider_arn=here.capacity_provider_arn)
# and then
provider_arn(roomy_name, roomy_scaling)

# %% [first-provider-changed] misconception="roomy-no-provider"
# It changed the target of the lab's provider.
# - roomy_version = experiment.deploy(lab, here, roomy_name, capacity_provider_arn=provider_arn(roomy_name, roomy_scaling))
# + roomy_version = experiment.deploy(lab, here, roomy_name, capacity_provider_arn=provider_arn(NAME, roomy_scaling))

# %% [floor-as-well] misconception="roomy-floor-instead"
# and then
lambda_client.put_function_scaling_config(
    FunctionName=roomy_name, Qualifier=roomy_version, FunctionScalingConfig={"MinExecutionEnvironments": 5}
)
lab.wait_until(lambda: is_applied(roomy_name, roomy_version))
with_target = experiment.play(lab, f"{roomy_name}:{roomy_version}", TRIPLE, SHOP)

# %% [not-played] misconception="roomy-not-played"
# - with_target = experiment.play(lab, f"{roomy_name}:{roomy_version}", TRIPLE, SHOP)
# + with_target = with_floor

# %% [burst-at-once] misconception="roomy-other-traffic"
# Three times the traffic from the first second: no target can prepare for that.
# - TRIPLE, SHOP)
# + traffic.steady(180, 1500), SHOP)

# %% [a-number] misconception="roomy-not-a-version"
# and then
roomy_version = int(roomy_version)
