# %% [sleeps] misconception="night-nothing-helps"
# and then
def runbook(event, client):
    """Look, and do nothing."""
    client("lambda").get_alias(FunctionName="shop", Name="live")


# %% [on-ok] misconception="night-clean-up"
# - if event["detail"]["state"]["value"] != "ALARM":
# + if event["detail"]["state"]["value"] == "ALARM":

# %% [raises] misconception="night-raises"
# - event["detail"]["state"]["value"]
# + event["state"]

# %% [own-client] misconception="night-raises"
# It acts in the lab's account, where there is no shop.
# - functions = client("lambda")
# + functions = lambda_client

# %% [no-rollback] misconception="night-deployment"
# - if (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
# + if False:

# %% [weights-stay] misconception="night-deployment"
# - functions.update_alias(FunctionName="shop", Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
# + functions.update_alias(FunctionName="shop", Name="live", FunctionVersion="1")

# %% [out-of-service] misconception="night-clean-up"
# - == 0:
# + == -1:

# %% [maximum-only] misconception="night-clean-up"
# - FunctionScalingConfig={"MinExecutionEnvironments": 3}
# + FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0}

# %% [cap-stays] misconception="night-campaign"
# - if vcpus + 4 > config["MaxVCpuCount"] and config["MaxVCpuCount"] < 32:
# + if False:

# %% [hidden-instances] misconception="night-campaign"
# It counts instances and does not see managed ones.
# - IncludeManagedResources=True,
# + IncludeManagedResources=False,

# %% [floor-for-everything] misconception="night-campaign"
# More environments for every alarm, and no room for them.
# - if vcpus + 4 > config["MaxVCpuCount"] and config["MaxVCpuCount"] < 32:
# + functions.put_function_scaling_config(FunctionName="shop", Qualifier="1", FunctionScalingConfig={"MinExecutionEnvironments": 6})
# +     if False:

# %% [fleet-for-any-case] misconception="night-lavish"
# and then
careful = runbook


def runbook(event, client):
    """What is needed, and forty environments on top."""
    careful(event, client)
    functions = client("lambda")
    functions.update_capacity_provider(
        CapacityProviderName="shop", CapacityProviderScalingConfig={"MaxVCpuCount": 400, "ScalingMode": "Auto"}
    )
    functions.put_function_scaling_config(
        FunctionName="shop", Qualifier="1", FunctionScalingConfig={"MinExecutionEnvironments": 40}
    )


# %% [one-seed] misconception="night-hidden"
# It acts by the minute of the night that it knows.
# and then
moment = {"pages": 0}


def runbook(event, client):
    """At minute 15 the deployment, at 55 the campaign, at 90 the clean-up."""
    functions, moment["pages"] = client("lambda"), moment["pages"] + 1
    if event["detail"]["alarmName"] == "shop-slow" and moment["pages"] < 4:
        functions.update_alias(FunctionName="shop", Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
    elif event["time"][11:] > "":
        provider = functions.get_capacity_provider(CapacityProviderName="shop")["CapacityProvider"]
        if provider["CapacityProviderScalingConfig"]["MaxVCpuCount"] < 32:
            functions.update_capacity_provider(
                CapacityProviderName="shop", CapacityProviderScalingConfig={"MaxVCpuCount": 32, "ScalingMode": "Auto"}
            )
        else:
            functions.put_function_scaling_config(
                FunctionName="shop", Qualifier="1", FunctionScalingConfig={"MinExecutionEnvironments": 3}
            )


# %% [dict] misconception="night-not-a-function"
# and then
runbook = {"shop-throttles": "raise the cap", "shop-slow": "roll back"}
