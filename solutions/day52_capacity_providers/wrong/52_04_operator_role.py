# %% [trusts-ec2] misconception="role-trusts-ec2"
# EC2 instances are launched, so EC2 seems to need the role.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"]

# %% [trusts-scaler] misconception="role-trusts-scaler"
# This principal stands on the instances, and in the policy's conditions.
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "scaler.lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"]

# %% [trusts-account] misconception="role-trusts-account"
# Roles for people are made like this.
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    ],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"]

# %% [trusts-everyone] misconception="role-trusts-everyone"
# With a star it surely works.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"]

# %% [trusts-two] misconception="role-trusts-others-too"
# Both services have to do with it, so both are trusted.
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"]

# %% [trust-action] misconception="role-trust-action"
# The action is taken from PassRole.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "iam:PassRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"]

# %% [no-policy] misconception="role-without-policy"
# Trust feels like permission.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
operator_role_arn = role["Arn"]

# %% [execution-policy] misconception="role-execution-policy"
# It is the policy that every Lambda role has.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)
operator_role_arn = role["Arn"]

# %% [administrator] misconception="role-administrator"
# With everything allowed nothing can be missing.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
operator_role_arn = role["Arn"]

# %% [ec2-full-access] misconception="role-ec2-full-access"
# It launches EC2 instances, so it needs EC2.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2FullAccess")
operator_role_arn = role["Arn"]

# %% [more-policies] misconception="role-more-than-needed"
# Logs might be needed as well, so another policy is attached to be safe.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
iam.attach_role_policy(RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
operator_role_arn = role["Arn"]

# %% [inline] misconception="role-inline-policy"
# An own policy with the launch in it is enough for a launch.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.put_role_policy(
    RoleName="day-52-operator",
    PolicyName="launch",
    PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]}
    ),
)
operator_role_arn = role["Arn"]

# %% [other-policy] misconception="role-other-policy"
# A policy that reads EC2 seems right for something that looks after instances.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess")
operator_role_arn = role["Arn"]

# %% [name] misconception="role-name"
# Most IAM calls take the name.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = "day-52-operator"

# %% [policy-arn] misconception="role-policy-arn"
# The policy has the name that the text speaks of.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = "arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"

# %% [instance-profile] misconception="role-instance-profile"
# Instances get their roles through an instance profile.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
profile = iam.create_instance_profile(InstanceProfileName="day-52-operator")
operator_role_arn = profile["InstanceProfile"]["Arn"]

# %% [service-linked] misconception="role-service-linked"
# This role belongs to Lambda and is there by itself.
account_id = boto3.client("sts").get_caller_identity()["Account"]
operator_role_arn = f"arn:aws:iam::{account_id}:role/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"

# %% [typed] misconception="role-unknown"
# The ARN is typed from memory, and the role has another name.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = role["Arn"].replace("day-52-operator", "operator")

# %% [response] misconception="role-response"
# The response is kept whole.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="day-52-operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(
    RoleName="day-52-operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)
operator_role_arn = iam.get_role(RoleName="day-52-operator")
