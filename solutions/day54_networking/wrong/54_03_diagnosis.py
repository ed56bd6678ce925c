# %% [sentence] misconception="cause-sentence"
# The sentence explains it best.
# - blocking.cause, blocking.resource
# + blocking.sentence, blocking.resource

# %% [remedy] misconception="cause-sentence"
# What helps is the cause, turned round.
# - blocking.cause, blocking.resource
# + blocking.fix, blocking.resource

# %% [whole] misconception="cause-whole"
# All of it.
# - blocking.cause, blocking.resource
# + blocking, blocking.resource

# %% [mixed-up] misconception="cause-is-id"
# The id is the cause.
# - blocking.cause, blocking.resource
# + blocking.resource, blocking.resource

# %% [no-route] misconception="cause-other"
# No internet, no route.
# - blocking.cause, blocking.resource
# + "no_route", blocking.resource

# %% [endpoint-group] misconception="cause-other"
# Groups of endpoints are what people forget.
# - blocking.cause, blocking.resource
# + "endpoint_sg", blocking.resource

# %% [capitals] misconception="cause-spelling"
# SG is an abbreviation.
# - blocking.cause, blocking.resource
# + "SG-EGRESS", blocking.resource

# %% [kind] misconception="cause-kind"
# The word of the course's own code.
# - blocking.cause, blocking.resource
# + "egress-missing", blocking.resource

# %% [how-much] misconception="cause-path"
# None of them gets through.
# - blocking.cause, blocking.resource
# + verdict.reachable, blocking.resource

# %% [firewall] misconception="cause-unknown"
# It must be a firewall.
# - blocking.cause, blocking.resource
# + "firewall", blocking.resource

# %% [other-question] misconception="cause-nothing-blocks"
# Within the VPC nothing blocks.
# - blocking.cause, blocking.resource
# + None, blocking.resource

# %% [boolean] misconception="cause-form"
# It is blocked.
# - blocking.cause, blocking.resource
# + True, blocking.resource

# %% [all-hops] misconception="id-list"
# Everything on the way.
# - blocking.cause, blocking.resource
# + blocking.cause, [blocking.resource]

# %% [the-endpoint] misconception="id-endpoint"
# The endpoint does not answer.
# and then
blocking_id = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["VpcEndpoints"][0][
    "VpcEndpointId"
]

# %% [the-endpoints-group] misconception="id-endpoint-group"
# The group at the other end.
# and then
blocking_id = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-endpoints"]}])[
    "SecurityGroups"
][0]["GroupId"]

# %% [a-subnet] misconception="id-subnet"
# The subnet can't get out.
# and then
blocking_id = blocked_subnets[0]

# %% [the-vpc] misconception="id-vpc"
# It is in this VPC.
# and then
blocking_id = here.vpc_id

# %% [the-table] misconception="id-route-table"
# Routes decide where packets go.
# and then
blocking_id = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["RouteTables"][0][
    "RouteTableId"
]

# %% [a-name] misconception="id-form"
# The group's name is easier to read.
# and then
blocking_id = "the group " + NAME

# %% [one-subnet] misconception="subnets-some"
# The first is enough.
# and then
blocked_subnets = blocked_subnets[:1]

# %% [no-subnet] misconception="subnets-none"
# Subnets have no fault.
# and then
blocked_subnets = []

# %% [zones] misconception="subnets-strangers"
# Zones are what people talk about.
# and then
blocked_subnets = [item.zone for item in verdict.blocked]

# %% [one-text] misconception="subnets-form"
# All in one text.
# and then
blocked_subnets = ",".join(blocked_subnets)
