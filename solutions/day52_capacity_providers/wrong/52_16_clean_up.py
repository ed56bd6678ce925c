# %% [provider-first] misconception="order-provider-before-function"
# From the outside in: first the provider.
deletion_order = ["capacity provider", "function", "network", "operator role"]

# %% [role-first] misconception="order-role-before-provider"
# Taking the rights away first seems safest.
deletion_order = ["operator role", "function", "capacity provider", "network"]

# %% [network-early] misconception="order-network-before-provider"
# The network is not needed once nothing is invoked.
deletion_order = ["function", "network", "capacity provider", "operator role"]

# %% [role-before-network] misconception="order-role-before-network"
# The provider is gone, so its role can go.
deletion_order = ["function", "capacity provider", "operator role", "network"]

# %% [incomplete] misconception="order-incomplete"
# The network costs nothing.
deletion_order = ["function", "capacity provider", "operator role"]

# %% [other-words] misconception="order-words"
# Instances are the first thing to stop.
deletion_order = ["instances", "function", "capacity provider", "network", "operator role"]

# %% [text] misconception="order-text"
# A sentence with commas.
deletion_order = "function, capacity provider, network, operator role"

# %% [set] misconception="order-set"
# Four things, in curly braces.
deletion_order = {"function", "capacity provider", "network", "operator role"}

# %% [numbered] misconception="order-form"
# Numbers make the order clear.
deletion_order = {1: "function", 2: "capacity provider", 3: "network", 4: "operator role"}

# %% [only-words] misconception="left-function"
# The order is written down, and nothing is done.
deletion_order = ["function", "capacity provider", "network", "operator role"]

# %% [version-only] misconception="left-function"
# Deleting the version leaves the function, which costs nothing.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name, Qualifier=version)
lab.advance(300)

# %% [provider-stays] misconception="left-provider"
# Without functions the provider costs nothing.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)

# %% [not-waited] misconception="left-provider-deleting"
# Delete has answered, so it must be gone.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)

# %% [subnets-stay] misconception="left-subnets"
# The network was there before.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)

# %% [group-stays] misconception="left-security-group"
# Groups are deleted with their subnets, one thinks.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)
for subnet_id in subnet_ids:
    ec2.delete_subnet(SubnetId=subnet_id)

# %% [role-stays] misconception="left-operator-role"
# Roles cost nothing.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)
for subnet_id in subnet_ids:
    ec2.delete_subnet(SubnetId=subnet_id)
ec2.delete_security_group(GroupId=security_group_id)

# %% [execution-role-stays] misconception="left-execution-role"
# There was only one role in the task list.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)
for subnet_id in subnet_ids:
    ec2.delete_subnet(SubnetId=subnet_id)
ec2.delete_security_group(GroupId=security_group_id)
iam.detach_role_policy(
    RoleName=f"{NAME}-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
iam.delete_role(RoleName=f"{NAME}-operator")

# %% [key-stays] misconception="left-key"
# The key is forgotten, since nothing shows it.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)
for subnet_id in subnet_ids:
    ec2.delete_subnet(SubnetId=subnet_id)
ec2.delete_security_group(GroupId=security_group_id)
iam.detach_role_policy(
    RoleName=f"{NAME}-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
iam.delete_role(RoleName=f"{NAME}-operator")
iam.detach_role_policy(
    RoleName=f"{NAME}-execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)
iam.delete_role(RoleName=f"{NAME}-execution")

# %% [key-disabled] misconception="left-key-disabled"
# A disabled key is as good as none.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)
for subnet_id in subnet_ids:
    ec2.delete_subnet(SubnetId=subnet_id)
ec2.delete_security_group(GroupId=security_group_id)
iam.detach_role_policy(
    RoleName=f"{NAME}-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
iam.delete_role(RoleName=f"{NAME}-operator")
iam.detach_role_policy(
    RoleName=f"{NAME}-execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)
iam.delete_role(RoleName=f"{NAME}-execution")
kms.disable_key(KeyId=kms_key_arn.rsplit("/", 1)[-1])

# %% [other-key] misconception="left-key-unknown"
# The variable is emptied on the way, and filled again from the documentation.
deletion_order = ["function", "capacity provider", "network", "operator role"]
lambda_client.delete_function(FunctionName=function_name)
lab.advance(300)
lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.advance(1800)
for subnet_id in subnet_ids:
    ec2.delete_subnet(SubnetId=subnet_id)
ec2.delete_security_group(GroupId=security_group_id)
iam.detach_role_policy(
    RoleName=f"{NAME}-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
iam.delete_role(RoleName=f"{NAME}-operator")
iam.detach_role_policy(
    RoleName=f"{NAME}-execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)
iam.delete_role(RoleName=f"{NAME}-execution")
kms.schedule_key_deletion(KeyId=kms_key_arn.rsplit("/", 1)[-1], PendingWindowInDays=7)
kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
