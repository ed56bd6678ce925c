# %% [only-max] misconception="scaling-min-left-out"
# The minimum is 3 already.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MaxExecutionEnvironments": 6},
)
lab.advance(120)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
scaling_config = answer.get("AppliedFunctionScalingConfig")

# %% [only-min] misconception="scaling-max-left-out"
# The cap of the provider is the maximum.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3},
)
lab.advance(120)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
scaling_config = answer.get("AppliedFunctionScalingConfig")

# %% [same] misconception="scaling-no-room"
# Three is enough.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 3},
)
lab.advance(120)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
scaling_config = answer.get("AppliedFunctionScalingConfig")

# %% [zero] misconception="scaling-deactivated"
# Zero means that it scales to zero when idle.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0},
)
lab.advance(120)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
scaling_config = answer.get("AppliedFunctionScalingConfig")

# %% [not-waited] misconception="scaling-not-in-effect"
# Put has answered, so it must be in effect.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
scaling_config = answer["RequestedFunctionScalingConfig"]

# %% [latest-published] misconception="scaling-of-latest-published"
# What runs is $LATEST.PUBLISHED.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier="$LATEST.PUBLISHED",
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
lab.advance(120)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier="$LATEST.PUBLISHED")
scaling_config = answer.get("AppliedFunctionScalingConfig")

# %% [larger] misconception="scaling-other-values"
# A little more of everything.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 4, "MaxExecutionEnvironments": 8},
)
lab.advance(120)
answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
scaling_config = answer.get("AppliedFunctionScalingConfig")

# %% [function-state] misconception="scaling-function-state"
# put_function_scaling_config answers something, so that is it.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
scaling_config = "Active"
lab.advance(120)

# %% [pair] misconception="scaling-pair"
# Two numbers are a pair.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
lab.advance(120)
scaling_config = (3, 6)

# %% [reserved] misconception="scaling-reserved-concurrency"
# The limit that one knows is reserved concurrency.
scaling_config = {"ReservedConcurrentExecutions": 6}

# %% [concurrency] misconception="scaling-concurrency"
# Six at a time, one thinks, is concurrency.
scaling_config = {"PerExecutionEnvironmentMaxConcurrency": 6}

# %% [provider] misconception="scaling-of-provider"
# The provider has a scaling config too.
provider = lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 6}
)["CapacityProvider"]
scaling_config = provider["CapacityProviderScalingConfig"]

# %% [typed] misconception="scaling-not-set"
# The values are written down, and never sent.
scaling_config = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6}

# %% [strings] misconception="scaling-not-read-back"
# The values are typed in again as text.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
lab.advance(120)
scaling_config = {"MinExecutionEnvironments": "3", "MaxExecutionEnvironments": "6"}

# %% [response] misconception="scaling-response"
# The response is kept whole.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
lab.advance(120)
scaling_config = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)

# %% [none] misconception="scaling-form"
# The answer has no config under that name.
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)
lab.advance(120)
scaling_config = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version).get("Applied")
