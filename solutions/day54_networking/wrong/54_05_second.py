# %% [guess] misconception="cause-other"
# The same as before.
# and then
second_cause = "sg_egress"

# %% [out-instead-of-in] misconception="cause-other"
# The network ACL lets nothing out.
# and then
second_cause = "acl_out"

# %% [sentence] misconception="cause-sentence"
# In words.
# and then
second_cause = second.sentence

# %% [acl] misconception="cause-unknown"
# It is the ACL.
# and then
second_cause = "acl"

# %% [the-endpoint] misconception="id-endpoint"
# It stands in one subnet only.
# and then
second_id = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["VpcEndpoints"][0][
    "VpcEndpointId"
]

# %% [a-subnet] misconception="id-subnet"
# Two subnets are cut off.
# and then
second_id = verdict.blocked[0].subnet_id

# %% [first-group] misconception="id-instances-group"
# It was the group last time.
# and then
second_id = here.security_group_id

# %% [both] misconception="id-list"
# There are two blocked subnets.
# and then
second_id = [second_id, second_id]

# %% [named-only] misconception="mend-still-blocked"
# Naming it was the task.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource

# %% [rule-outbound] misconception="mend-still-blocked"
# Answers go out of the subnet of the endpoint.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource
ec2.create_network_acl_entry(
    NetworkAclId=second_id,
    RuleNumber=110,
    Egress=True,
    Protocol="6",
    RuleAction="allow",
    CidrBlock="10.50.0.0/16",
    PortRange={"From": 1024, "To": 65535},
)

# %% [one-port] misconception="mend-still-blocked"
# Answers come on the port of the question.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource
ec2.create_network_acl_entry(
    NetworkAclId=second_id,
    RuleNumber=110,
    Egress=False,
    Protocol="6",
    RuleAction="allow",
    CidrBlock="10.50.0.0/16",
    PortRange={"From": 443, "To": 443},
)

# %% [all-in] misconception="mend-acl-all-ports"
# The VPC trusts itself.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource
ec2.create_network_acl_entry(
    NetworkAclId=second_id,
    RuleNumber=110,
    Egress=False,
    Protocol="-1",
    RuleAction="allow",
    CidrBlock="10.50.0.0/16",
)

# %% [from-everywhere] misconception="mend-acl-everywhere"
# Answers may come from anywhere.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource
ec2.create_network_acl_entry(
    NetworkAclId=second_id,
    RuleNumber=110,
    Egress=False,
    Protocol="6",
    RuleAction="allow",
    CidrBlock="0.0.0.0/0",
    PortRange={"From": 1024, "To": 65535},
)

# %% [default-acl] misconception="mend-default-acl"
# The default network ACL has no such rules.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource
acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["NetworkAcls"]
default = next(acl["NetworkAclId"] for acl in acls if acl["IsDefault"])
for acl in acls:
    for item in acl["Associations"] if not acl["IsDefault"] else []:
        ec2.replace_network_acl_association(AssociationId=item["NetworkAclAssociationId"], NetworkAclId=default)

# %% [endpoint-everywhere] misconception="mend-more-zones"
# An endpoint in each subnet needs no network ACL.
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
second = verdict.blocked[0].blocking
second_cause, second_id = second.cause, second.resource
found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["VpcEndpoints"]
endpoint = next(item for item in found if item["ServiceName"].endswith(".logs"))
more = sorted(set(here.subnet_ids) - set(endpoint["SubnetIds"]))
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], AddSubnetIds=more)

# %% [nat] misconception="mend-nat"
# With a NAT gateway, to be sure.
# and then
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
ec2.create_nat_gateway(SubnetId=here.subnet_ids[0], AllocationId=address)
