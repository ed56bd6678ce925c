# %% [at-once] misconception="out-state-too-early"
# - lab.wait_until(lambda: roomy_state() not in ("Active", "Deactivating"))
# - out_state = roomy_state()
# + out_state = "Active"
# + lab.wait_until(lambda: roomy_state() not in ("Active", "Deactivating"))

# %% [on-the-way] misconception="out-state-on-the-way"
# - lab.wait_until(lambda: roomy_state() not in ("Active", "Deactivating"))
# - out_state = roomy_state()
# + out_state = roomy_state()
# + lab.wait_until(lambda: roomy_state() not in ("Active", "Deactivating"))

# %% [inactive] misconception="out-state-inactive"
# - out_state = roomy_state()
# + out_state = "Inactive"

# %% [last-update] misconception="out-state-last-update"
# - out_state = roomy_state()
# + out_state = lambda_client.get_function_configuration(FunctionName=roomy_name, Qualifier=roomy_version)["LastUpdateStatus"]

# %% [pending] misconception="out-state-other"
# - out_state = roomy_state()
# + out_state = "Pending"

# %% [response] misconception="out-state-form"
# - out_state = roomy_state()
# + out_state = lambda_client.get_function_configuration(FunctionName=roomy_name, Qualifier=roomy_version)

# %% [message] misconception="out-code-message"
# - error.response["Error"]["Code"]
# + error.response["Error"]["Message"]

# %% [whole-error] misconception="out-code-exception"
# - out_code = error.response["Error"]["Code"]
# + out_code = error

# %% [status] misconception="out-code-http-status"
# - error.response["Error"]["Code"]
# + error.response["ResponseMetadata"]["HTTPStatusCode"]

# %% [throttled] misconception="out-code-other-code"
# - error.response["Error"]["Code"]
# + "TooManyRequestsException"

# %% [not-tried] misconception="out-code-not-tried"
# - out_code = error.response["Error"]["Code"]
# + pass

# %% [not-brought-back] misconception="out-not-back"
# - put_roomy(MinExecutionEnvironments=3)
# - lab.wait_until(lambda: roomy_state() == "Active")
# + print(roomy_state())

# %% [max-kept] misconception="out-other-config"
# - put_roomy(MinExecutionEnvironments=3)
# + put_roomy(MinExecutionEnvironments=3, MaxExecutionEnvironments=3)

# %% [one] misconception="out-other-config"
# - put_roomy(MinExecutionEnvironments=3)
# + put_roomy(MinExecutionEnvironments=1)
