# %% [no-fee] misconception="cap-without-fee"
# - * 1.15
# +

# %% [instances] misconception="cap-in-instances"
# - return instances * int(instance_size(instance_type).vcpus)
# + return instances
# - "MaxVCpuCount": cap_for(0.65, "c8g.xlarge")
# + "MaxVCpuCount": 12

# %% [part-of-an-instance] misconception="cap-part-of-an-instance"
# - instances = math.floor(usd_per_hour / price)
# + vcpus = int(instance_size(instance_type).vcpus)
# +     instances = usd_per_hour / price
# - return instances * int(instance_size(instance_type).vcpus)
# + return math.floor(instances * vcpus)

# %% [rounded-up] misconception="cap-above-budget"
# - math.floor(usd_per_hour / price)
# + math.ceil(usd_per_hour / price)

# %% [decimal] misconception="cap-not-whole"
# - int(instance_size(instance_type).vcpus)
# + float(instance_size(instance_type).vcpus)
# - "MaxVCpuCount": cap_for(0.65, "c8g.xlarge")
# + "MaxVCpuCount": 12

# %% [one-too-few] misconception="cap-below-budget"
# A reserve for the instance that replaces another.
# - return instances * int
# + return (instances - 1 if instances > 3 else 3) * int

# %% [no-three] misconception="cap-below-three"
# - if instances < 3:
# + if instances < 1:

# %% [none] misconception="cap-below-three"
# - raise ValueError(f"{usd_per_hour} US dollars an hour pay for {instances} of {instance_type}, not for three")
# + return None

# %% [three-too-many] misconception="cap-raises"
# - if instances < 3:
# + if instances <= 3:
# - "MaxVCpuCount": cap_for(0.65, "c8g.xlarge")
# + "MaxVCpuCount": 12

# %% [a-number] misconception="cap-not-a-function"
# and then
cap_for = 12

# %% [other-cap] misconception="capped-other-cap"
# - "MaxVCpuCount": cap_for(0.65, "c8g.xlarge")
# + "MaxVCpuCount": 24

# %% [any-type] misconception="capped-other-type"
# - capped_scaling, AllowedInstanceTypes=["c8g.xlarge"])
# + capped_scaling)

# %% [roomy-provider] misconception="capped-on-another-provider"
# - capacity_provider_arn=provider_arn(capped_name, capped_scaling, AllowedInstanceTypes=["c8g.xlarge"]),
# + capacity_provider_arn=here.capacity_provider_arn,
# and then
provider_arn(capped_name, capped_scaling, AllowedInstanceTypes=["c8g.xlarge"])

# %% [no-provider] misconception="capped-no-provider"
# - capacity_provider_arn=provider_arn(capped_name, capped_scaling, AllowedInstanceTypes=["c8g.xlarge"]),
# + capacity_provider_arn=here.capacity_provider_arn,

# %% [tripled] misconception="capped-not-played"
# - TENFOLD, SHOP)
# + TRIPLE, SHOP)

# %% [worst-of-all] misconception="capped-worst"
# - at_cap.rows[20:25]
# + at_cap.rows

# %% [fraction] misconception="capped-fraction"
# - capped_percent = worst_minute(at_cap.rows[20:25])
# + capped_percent = worst_minute(at_cap.rows[20:25]) / 100

# %% [count] misconception="capped-percent"
# - capped_percent = worst_minute(at_cap.rows[20:25])
# + capped_percent = at_cap.throttled
