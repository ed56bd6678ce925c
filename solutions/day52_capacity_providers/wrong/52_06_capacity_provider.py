# %% [default-cap] misconception="provider-default-cap"
# A cap seems to be for later, when there is traffic.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [three-instances] misconception="provider-cap-counts-instances"
# Three instances are wanted, so 3.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 3,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [too-low] misconception="provider-cap-too-low"
# Three environments of one vCPU need three; eight is generous.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 8,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [too-high] misconception="provider-other-cap"
# A bit more cannot hurt.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 64,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [auto] misconception="provider-auto"
# Auto is the default, and the cap was what mattered.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={"MaxVCpuCount": 24},
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [fraction] misconception="provider-target-fraction"
# 60 percent is 0.6.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 0.6},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [full] misconception="provider-target-too-high"
# What is paid for should be used.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 100.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [thirty] misconception="provider-other-target"
# 30 is the number in the guide's example.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 30.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [gpu-metric] misconception="provider-gpu-metric"
# The two metric names differ by a letter.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageGPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [no-key] misconception="provider-no-key"
# The volumes are encrypted anyway.
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
)
capacity_provider_name = NAME
lab.advance(60)

# %% [key-in-deletion] misconception="provider-key-not-enabled"
# The key of an earlier run is used again, after the clean-up.
key = kms.create_key(Description=NAME)["KeyMetadata"]
kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
kms_key_arn = key["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [key-from-example] misconception="provider-key-unknown"
# The ARN is copied from the documentation.
kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [one-subnet] misconception="provider-few-zones"
# A subnet is required, so one is given.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids[:1], "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [no-group] misconception="provider-no-security-group"
# Without inbound rules the group seems to do nothing.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": []},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [no-requirements] misconception="provider-x86"
# The requirements were written down in the task before, and forgotten here.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [any-type] misconception="provider-any-type"
# Only the architecture is taken over.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements={"Architectures": ["arm64"]},
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = NAME
lab.advance(60)

# %% [arn] misconception="provider-name-form"
# The response gives an ARN, and other calls take it.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
made = lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = made["CapacityProvider"]["CapacityProviderArn"]
lab.advance(60)

# %% [other-name] misconception="provider-unknown"
# The name is typed again, with a slip.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
capacity_provider_name = "lmi-lab-25"
lab.advance(60)

# %% [response] misconception="provider-name-is-response"
# The response is kept whole.
kms_key_arn = kms.create_key(Description=NAME)["KeyMetadata"]["Arn"]
capacity_provider_name = lambda_client.create_capacity_provider(
    CapacityProviderName=NAME,
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
    CapacityProviderScalingConfig={
        "MaxVCpuCount": 24,
        "ScalingMode": "Manual",
        "ScalingPolicies": [
            {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
        ],
    },
    KmsKeyArn=kms_key_arn,
)
lab.advance(60)
