# %% [one-answer] misconception="path-not-a-function"
# One way for all.
# and then
path_for = "NAT gateway"

# %% [nat-for-all] misconception="path-nat-for-service"
# NAT reaches everything.
# - return "gateway endpoint" if card["name"] in ("s3", "dynamodb") else "interface endpoint"
# + return "NAT gateway"

# %% [interface-for-all] misconception="path-s3-interface"
# Interface endpoints exist for S3 too.
# - return "gateway endpoint" if card["name"] in ("s3", "dynamodb") else "interface endpoint"
# + return "interface endpoint"

# %% [gateway-for-all] misconception="path-gateway-for-all"
# Gateway endpoints are free.
# - return "gateway endpoint" if card["name"] in ("s3", "dynamodb") else "interface endpoint"
# + return "gateway endpoint"

# %% [internet-gateway] misconception="path-internet-gateway"
# To the internet goes an internet gateway.
# - return "NAT gateway" if card["ip"] == 4 else "egress-only internet gateway"
# + return "internet gateway"

# %% [nat-for-both] misconception="path-nat-for-ipv6"
# NAT for every host.
# - return "NAT gateway" if card["ip"] == 4 else "egress-only internet gateway"
# + return "NAT gateway"

# %% [egress-only-for-both] misconception="path-egress-only-ipv4"
# Egress-only is what it is.
# - return "NAT gateway" if card["ip"] == 4 else "egress-only internet gateway"
# + return "egress-only internet gateway"

# %% [privatelink-to-hosts] misconception="path-endpoint-for-internet"
# PrivateLink is private.
# - return "NAT gateway" if card["ip"] == 4 else "egress-only internet gateway"
# + return "interface endpoint"

# %% [no-overlap] misconception="path-overlap"
# Ranges don't matter.
# -     if any(ip_network(block).overlaps(ip_network(ours)) for block in card["ranges"]):
# -         return "interface endpoint"
# +

# %% [same-range-only] misconception="path-overlap"
# Overlapping is having the same range.
# - any(ip_network(block).overlaps(ip_network(ours)) for block in card["ranges"])
# + ours in card["ranges"]

# %% [transit-for-all] misconception="path-transit-for-one"
# A transit gateway will be needed one day.
# - return "peering" if len(card["ranges"]) == 1 else "transit gateway"
# + return "transit gateway"

# %% [peering-for-all] misconception="path-peering-for-many"
# Peering is free.
# - return "peering" if len(card["ranges"]) == 1 else "transit gateway"
# + return "peering"

# %% [underscores] misconception="path-spelling"
# As in code.
# - "gateway endpoint" if
# + "gateway_endpoint" if

# %% [short] misconception="path-unknown"
# Short words.
# - "peering" if
# + "pcx" if

# %% [a-list] misconception="path-form"
# Several may do.
# - return "gateway endpoint" if card["name"] in ("s3", "dynamodb") else "interface endpoint"
# + return ["gateway endpoint", "interface endpoint"]

# %% [no-ranges] misconception="path-raises"
# Every card has ranges.
# -     if card["kind"] == "service":
# +     if not card["ranges"]:
# +         return "interface endpoint"
# +     if card["kind"] == "service":

# %% [our-range-typed] misconception="path-hidden"
# We know our range.
# - ip_network(ours)
# + ip_network("10.50.0.0/16")

# %% [first-range] misconception="path-hidden"
# The first range speaks for all.
# - for block in card["ranges"])
# + for block in card["ranges"][:1])
