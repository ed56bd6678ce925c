# %% [ssh] misconception="sg-inbound-ssh"
# Instances are something to log in to when things go wrong.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=security_group_id,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}],
)

# %% [https-in] misconception="sg-inbound-https"
# Requests arrive over HTTPS, so port 443 must be open.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=security_group_id,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)

# %% [self] misconception="sg-inbound-self"
# Clusters need a rule that admits the group itself, and this looks like a cluster.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=security_group_id,
    IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": security_group_id}]}],
)

# %% [vpc] misconception="sg-inbound-vpc"
# Everything in the own network is trusted.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=security_group_id,
    IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.52.0.0/16"}]}],
)

# %% [high-port] misconception="sg-inbound"
# The runtime must listen on some port.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=security_group_id,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 9001, "ToPort": 9001, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)

# %% [default-group] misconception="sg-default"
# Every VPC has a group already.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
security_group_id = ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"]

# %% [other-vpc] misconception="sg-other-vpc"
# VpcId is optional, so it was left out.
other_vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=other_vpc)["GroupId"]

# %% [no-egress] misconception="sg-no-egress"
# No rules at all is surely the safest.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
ec2.revoke_security_group_egress(
    GroupId=security_group_id, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
)

# %% [only-port-80] misconception="sg-egress-without-443"
# HTTP is let out, with the port of HTTP.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ec2.revoke_security_group_egress(GroupId=security_group_id, IpPermissions=everything)
ec2.authorize_security_group_egress(
    GroupId=security_group_id,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)

# %% [name] misconception="sg-name-as-id"
# The name is what one chose, so it is what one remembers.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
security_group_id = "day-52"

# %% [list] misconception="sg-list"
# VpcConfig will want a list of ids.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)["GroupId"]
security_group_id = [security_group_id]

# %% [response] misconception="sg-response"
# The response is kept whole.
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
security_group_id = ec2.create_security_group(GroupName="day-52", Description="Day 52", VpcId=vpc_id)

# %% [example-id] misconception="sg-unknown"
# The id is copied from an example.
security_group_id = "sg-0123456789abcdef0"

# %% [none] misconception="sg-form"
# A rule was revoked and its answer kept by mistake.
security_group_id = None
