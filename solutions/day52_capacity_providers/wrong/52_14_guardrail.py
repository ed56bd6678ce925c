# %% [not-raised] misconception="cap-not-raised"
# The four names were the question.
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [added] misconception="cap-added"
# Forty-eight more.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 24 + 48}
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [other] misconception="cap-other"
# Double of what one remembers.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 40}
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [auto] misconception="cap-lost-policy"
# The mode is required, one thinks, and Auto is the usual one.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name,
    CapacityProviderScalingConfig={"MaxVCpuCount": 48, "ScalingMode": "Auto"},
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [new-provider] misconception="cap-new-provider"
# Infrastructure is replaced, not changed.
lambda_client.create_capacity_provider(
    CapacityProviderName="day-52-larger",
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={"MaxVCpuCount": 48},
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = "day-52-larger"
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [key-changes] misconception="create-only-without-key"
# Keys are rotated, so the key can change.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements"}

# %% [vpc-changes] misconception="create-only-without-vpc"
# Security groups of instances can be changed.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [role-changes] misconception="create-only-without-role"
# A function's role can be changed.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig", "InstanceRequirements", "KmsKeyArn"}

# %% [requirements-change] misconception="create-only-without-requirements"
# New instances could follow a new list.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig", "PermissionsConfig", "KmsKeyArn"}

# %% [scaling-fixed] misconception="create-only-has-scaling"
# Everything in Create is fixed at creation.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn", "CapacityProviderScalingConfig"}

# %% [tags-fixed] misconception="create-only-has-tags"
# Tags go onto instances at their launch.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn", "PropagateTags"}

# %% [telemetry-fixed] misconception="create-only-has-telemetry"
# A log group is chosen once.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn", "TelemetryConfig"}

# %% [inverted] misconception="create-only-inverted"
# The question is read the other way round.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"CapacityProviderScalingConfig", "PropagateTags", "TelemetryConfig"}

# %% [empty] misconception="create-only-empty"
# In the cloud everything can be changed.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = set()

# %% [text] misconception="create-only-text"
# The one that matters is named.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = "VpcConfig"

# %% [cli-names] misconception="create-only-names"
# The command line writes them like this.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"vpc-config", "permissions-config", "instance-requirements", "kms-key-arn"}

# %% [dict] misconception="create-only-form"
# Each name with yes or no.
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig={"MaxVCpuCount": 48}
)
create_only = {"VpcConfig": True, "KmsKeyArn": True}
