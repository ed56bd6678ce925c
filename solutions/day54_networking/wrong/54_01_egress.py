# %% [not-tried] misconception="vpc-not-tried"
# It would be refused anyway.
# and then
vpc_code = None

# %% [message] misconception="vpc-message"
# The sentence says it.
# - error.response["Error"]["Code"]
# + error.response["Error"]["Message"]

# %% [exception] misconception="vpc-exception"
# The exception as it is.
# - error.response["Error"]["Code"]
# + error

# %% [status] misconception="vpc-http-status"
# 400 says that it is wrong.
# - error.response["Error"]["Code"]
# + error.response["ResponseMetadata"]["HTTPStatusCode"]

# %% [whole-error] misconception="vpc-error-dict"
# Code and message together.
# - error.response["Error"]["Code"]
# + error.response["Error"]

# %% [refused] misconception="vpc-boolean"
# Yes, it was refused.
# - error.response["Error"]["Code"]
# + True

# %% [class-name] misconception="vpc-class-name"
# That is what was caught.
# and then
vpc_code = "ClientError"

# %% [no-permission] misconception="vpc-access-denied"
# The role may not make network interfaces.
# and then
vpc_code = "AccessDeniedException"

# %% [spelling] misconception="vpc-spelling"
# Exceptions are left out.
# and then
vpc_code = "InvalidParameterValue"

# %% [conflict] misconception="vpc-other-code"
# Two networks are in conflict.
# and then
vpc_code = "ResourceConflictException"

# %% [own-config] misconception="egress-function"
# The function has none, so nothing leaves.
# and then
egress = {"SubnetIds": [], "SecurityGroupIds": []}

# %% [the-other-group] misconception="egress-endpoint-group"
# Packets go to the endpoints, so through their group.
# and then
groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-endpoints"]}])
egress = {**egress, "SecurityGroupIds": [groups["SecurityGroups"][0]["GroupId"]]}

# %% [one-subnet] misconception="egress-subnets"
# One instance, one subnet.
# and then
egress = {**egress, "SubnetIds": egress["SubnetIds"][:1]}

# %% [whole-answer] misconception="egress-response"
# The provider, with all that it has.
# and then
egress = provider | {"VpcConfig": egress}

# %% [own-names] misconception="egress-members"
# Shorter names.
# and then
egress = {"subnets": egress["SubnetIds"], "groups": egress["SecurityGroupIds"]}

# %% [subnets-alone] misconception="egress-form"
# The subnets are what counts.
# and then
egress = egress["SubnetIds"]

# %% [default-group] misconception="egress-groups"
# Without a group of its own, the VPC's default one holds.
# and then
groups = ec2.describe_security_groups(
    Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
)
egress = {**egress, "SecurityGroupIds": [groups["SecurityGroups"][0]["GroupId"]]}

# %% [one-text] misconception="egress-lists"
# One group, one text.
# and then
egress = {**egress, "SecurityGroupIds": egress["SecurityGroupIds"][0]}
