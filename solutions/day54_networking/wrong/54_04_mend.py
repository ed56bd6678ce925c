# %% [nothing-done] misconception="mend-still-blocked"
# It mends itself, perhaps.
proof_id = answered_ids[0]

# %% [port-80] misconception="mend-still-blocked"
# The web is port 80.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])

# %% [inbound-instead] misconception="mend-still-blocked"
# Somebody has to be let in.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_ingress(GroupId=here.security_group_id, IpPermissions=[rule])

# %% [all-traffic] misconception="mend-all-traffic"
# As every new group has it.
proof_id = answered_ids[0]
rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])

# %% [whole-internet] misconception="mend-egress-everywhere"
# HTTPS out is harmless.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])

# %% [all-ports] misconception="mend-egress-ports"
# Who knows which port it takes.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])

# %% [both-ways] misconception="mend-inbound"
# The answers have to come in.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
ec2.authorize_security_group_ingress(GroupId=here.security_group_id, IpPermissions=[rule])

# %% [endpoint-for-all] misconception="mend-endpoint-everywhere"
# Both ends are opened, to be sure.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-endpoints"]}])
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=groups["SecurityGroups"][0]["GroupId"], IpPermissions=[rule])

# %% [endpoint-all-ports] misconception="mend-endpoint-all-ports"
# The endpoint takes whatever comes from the VPC.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-endpoints"]}])
rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_ingress(GroupId=groups["SecurityGroups"][0]["GroupId"], IpPermissions=[rule])

# %% [one-group-for-both] misconception="mend-shared-group"
# In one group they may speak with each other.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
for endpoint in ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["VpcEndpoints"]:
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], AddSecurityGroupIds=[here.security_group_id])

# %% [nat] misconception="mend-nat"
# A NAT gateway has always helped.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
ec2.create_nat_gateway(SubnetId=here.subnet_ids[0], AllocationId=address)

# %% [internet-gateway] misconception="mend-internet-gateway"
# Without internet nothing works.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=here.vpc_id)

# %% [second-endpoint] misconception="mend-second-endpoint"
# A new endpoint, as the old one does not answer.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
endpoint = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["VpcEndpoints"][0]
ec2.create_vpc_endpoint(
    VpcEndpointType="Interface",
    VpcId=here.vpc_id,
    ServiceName="com.amazonaws.us-east-1.logs",
    SubnetIds=list(here.subnet_ids),
    SecurityGroupIds=[endpoint["Groups"][0]["GroupId"]],
)

# %% [endpoint-for-metrics] misconception="mend-other-endpoint"
# CloudWatch has an endpoint for its metrics too.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
ec2.create_vpc_endpoint(
    VpcEndpointType="Interface",
    VpcId=here.vpc_id,
    ServiceName="com.amazonaws.us-east-1.monitoring",
    SubnetIds=list(here.subnet_ids),
)

# %% [closed-elsewhere] misconception="mend-other-block"
# One rule too many was revoked at the other end.
proof_id = answered_ids[0]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-endpoints"]}])
ec2.revoke_security_group_ingress(GroupId=groups["SecurityGroups"][0]["GroupId"], IpPermissions=[rule])

# %% [lost-request] misconception="proof-no-line"
# Its line will come.
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
proof_id = answered_ids[0]

# %% [it-works] misconception="proof-form"
# Seen with my own eyes.
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.50.0.0/16"}]}
ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[rule])
proof_id = True

# %% [old-request] misconception="proof-old"
# A request of before the mending.
# and then
proof_id = answered_ids[0]

# %% [stream] misconception="proof-stream"
# The stream has lines now.
# and then
proof_id = read_log()[0]["logStreamName"]
