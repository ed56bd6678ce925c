# %% [no-pass-role] misconception="policy-without-passrole"
# The role is the provider's business, so only the provider is named.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [no-pass-provider] misconception="policy-without-passcapacityprovider"
# PassRole is the well-known one.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
    ],
}

# %% [any-role] misconception="policy-pass-any-role"
# A star spares looking the ARN up.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [any-provider] misconception="policy-pass-any-provider"
# There is only one provider today.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": "*"},
    ],
}

# %% [swapped] misconception="policy-resources-swapped"
# The two statements look so alike.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": provider_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": operator_role_arn},
    ],
}

# %% [slash] misconception="policy-provider-arn-slash"
# Most ARNs have a slash before the name.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {
            "Effect": "Allow",
            "Action": "lambda:PassCapacityProvider",
            "Resource": provider_arn.replace("capacity-provider:", "capacity-provider/"),
        },
    ],
}

# %% [use-provider] misconception="policy-made-up-action"
# The action is called what it is for.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:UseCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [everything] misconception="policy-everything"
# First make it work, then make it narrow.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ],
}

# %% [principal] misconception="policy-has-principal"
# The trust policy is copied as a start.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "iam:PassRole",
            "Resource": operator_role_arn,
        },
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [json] misconception="policy-json-text"
# IAM takes text.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}
caller_policy = json.dumps(caller_policy)

# %% [execution-role] misconception="policy-other-role"
# A role is passed to the function as well.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn.replace("operator", "execution")},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [assume-role] misconception="policy-assume-role"
# Using a role is assuming it.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [name] misconception="policy-provider-name"
# The provider is called by its name everywhere else.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": capacity_provider_name},
    ],
}

# %% [lambda-pass-role] misconception="policy-lambda-passrole"
# The role goes to Lambda.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "lambda:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [passed-to-ec2] misconception="policy-passed-to-ec2"
# The condition is copied from a policy for instances.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": operator_role_arn,
            "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        },
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [denies] misconception="policy-denies"
# A guardrail denies.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [create-only] misconception="policy-create-not-pass"
# Who may make a provider may surely use it.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:CreateCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [create-function] misconception="policy-create-function-only"
# Creating a function is what the pipeline does.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {
            "Effect": "Allow",
            "Action": "lambda:CreateFunction",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:*",
        },
    ],
}

# %% [iam-prefix] misconception="policy-iam-passcapacityprovider"
# Passing belongs to IAM.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "iam:PassCapacityProvider", "Resource": provider_arn},
    ],
}

# %% [other-provider] misconception="policy-other-provider"
# The ARN is written by hand, with the name of the function team's provider.
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
provider_arn = provider["CapacityProviderArn"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider_arn + "-prod"},
    ],
}

# %% [nothing] misconception="policy-form"
# The policy was attached instead of kept.
caller_policy = None
