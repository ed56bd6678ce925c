# %% [one-month] misconception="price-not-a-function"
# This month's prices.
# and then
price_ways = price_ways({"logs": 40}, 3)

# %% [one-nat] misconception="price-nat-one"
# One NAT gateway serves all zones.
# - nat = zones * HOURS * nat_hour
# + nat = HOURS * nat_hour

# %% [nat-hours-only] misconception="price-nat-no-traffic"
# The hours are what it costs.
# - + total * nat_gb if paid
# + + 0 if paid

# %% [nat-gb-only] misconception="price-nat-no-hours"
# One pays for what goes through.
# - nat = zones * HOURS * nat_hour + total * nat_gb if paid
# + nat = total * nat_gb if paid

# %% [gb-each-zone] misconception="price-nat-gb-each-zone"
# Every gateway has its traffic.
# - zones * HOURS * nat_hour + total * nat_gb if
# + zones * (HOURS * nat_hour + total * nat_gb) if

# %% [thirty-days] misconception="price-hours"
# Thirty days of 24 hours.
# - HOURS = 730
# + HOURS = 720

# %% [s3-through-nat] misconception="price-nat-s3"
# All traffic goes through NAT.
# - total * nat_gb if paid
# + sum(gb.values()) * nat_gb if paid

# %% [s3-endpoint] misconception="price-endpoint-s3"
# S3 needs an endpoint, and that costs.
# - endpoints = len(paid) * zones * HOURS * endpoint_hour + total * endpoint_gb
# + endpoints = len(gb) * zones * HOURS * endpoint_hour + sum(gb.values()) * endpoint_gb

# %% [endpoint-in-one-zone] misconception="price-endpoint-one-zone"
# An endpoint is there for the VPC.
# - endpoints = len(paid) * zones * HOURS
# + endpoints = len(paid) * HOURS

# %% [one-endpoint] misconception="price-endpoint-for-all"
# PrivateLink is one way for all services.
# - endpoints = len(paid) * zones * HOURS
# + endpoints = zones * HOURS

# %% [endpoint-without-gb] misconception="price-endpoint-no-traffic"
# Private traffic is free.
# - * endpoint_hour + total * endpoint_gb
# + * endpoint_hour

# %% [host-by-endpoint] misconception="price-endpoint-for-internet"
# A host is a service too.
# -     if any("." in name for name in paid):
# -         return {"endpoints": None, "nat": nat, "cheaper": "nat"}
# +

# %% [always-endpoints] misconception="price-cheaper"
# PrivateLink is cheaper.
# - "cheaper": "endpoints" if endpoints <= nat else "nat"}
# + "cheaper": "endpoints"}

# %% [dearer] misconception="price-cheaper"
# A sign was turned.
# - "endpoints" if endpoints <= nat else "nat"}
# + "endpoints" if endpoints >= nat else "nat"}

# %% [a-pair] misconception="price-form"
# Two numbers.
# - return {"endpoints": endpoints, "nat": nat, "cheaper": "endpoints" if endpoints <= nat else "nat"}
# + return endpoints, nat

# %% [with-a-sign] misconception="price-nat-form"
# With the currency.
# - return {"endpoints": endpoints, "nat": nat,
# + return {"endpoints": endpoints, "nat": f"${nat:.2f}",

# %% [s3-alone-costs] misconception="price-hidden"
# NAT gateways cost, used or not.
# - + total * nat_gb if paid else 0.0
# + + total * nat_gb

# %% [known-services] misconception="price-raises"
# Only what the lab has.
# -     total = sum(paid.values())
# +     total = sum({"logs": 1.0, "sqs": 1.0, "api.example.com": 1.0}[name] * amount for name, amount in paid.items())
