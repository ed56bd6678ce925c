# %% [no-fee] misconception="price-without-fee"
# Instances cost what EC2 costs.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd

# %% [fee-only] misconception="price-fee-only"
# The 15 percent are Lambda's price, so they are the answer.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd * 0.15

# %% [one-instance] misconception="price-one-instance"
# One function, one instance.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd / len(instances) * 1.15

# %% [fee-once] misconception="price-fee-once"
# The fee is for the provider.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd + ec2_usd / len(instances) * 0.15

# %% [dollars] misconception="price-fee-in-dollars"
# 15 is read as cents.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd + 0.15

# %% [tenth] misconception="price-fee-tenth"
# 15 percent is written as 1.015.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd * 1.015

# %% [fifteen] misconception="price-fee-times-fifteen"
# The percent sign got lost.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd + ec2_usd * 15

# %% [discount] misconception="price-fee-as-discount"
# 15 percent sounds like a saving.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd * 0.85

# %% [month] misconception="price-per-month"
# Bills come by the month.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd * 1.15 * 730

# %% [day] misconception="price-per-day"
# A day is easier to picture.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd * 1.15 * 24

# %% [environments] misconception="price-per-environment"
# Two versions with three environments each make six.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd / 3 * 6 * 1.15

# %% [cents] misconception="price-in-cents"
# Small amounts are cents.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = ec2_usd * 1.15 * 100

# %% [zero] misconception="price-zero"
# Lambda costs nothing while nothing is invoked.
usd_per_hour = 0

# %% [gb-seconds] misconception="price-per-request"
# Lambda is billed by the GB-second.
usd_per_hour = 0.0000133334

# %% [text] misconception="price-text"
# A price has a currency.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = f"${ec2_usd * 1.15:.2f}"

# %% [large] misconception="price-other"
# The price is looked up for the type in the example.
usd_per_hour = 3 * float(on_demand_usd_per_hour("c8g.large")) * 1.15

# %% [none] misconception="price-form"
# print returns nothing.
ec2_usd = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances)
usd_per_hour = print(ec2_usd * 1.15)
