# %% [not-tried] misconception="delete-not-tried"
# The answer to the second question was enough.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
delete_code = None

# %% [in-use] misconception="delete-other-code"
# ResourceInUse is what other services say.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
delete_code = "ResourceInUseException"

# %% [access-denied] misconception="delete-access-denied"
# Refused means not permitted.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
delete_code = "AccessDeniedException"

# %% [message] misconception="delete-message"
# The sentence says it all.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
try:
    lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
except ClientError as error:
    delete_code = error.response["Error"]["Message"]

# %% [exception] misconception="delete-exception"
# The exception is kept as it is.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
try:
    lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
except ClientError as error:
    delete_code = error

# %% [status] misconception="delete-http-status"
# 409 is the code that HTTP knows.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
try:
    lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
except ClientError as error:
    delete_code = error.response["ResponseMetadata"]["HTTPStatusCode"]

# %% [spelling] misconception="delete-spelling"
# The name of the code without Exception.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
delete_code = "ResourceConflict"

# %% [empty] misconception="blocking-empty"
# Nothing is being invoked, so nothing can be in the way.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = []

# %% [latest-too] misconception="blocking-has-latest"
# $LATEST is bound to the provider as well.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking.append(
    f"arn:aws:lambda:us-east-1:{boto3.client('sts').get_caller_identity()['Account']}:function:{function_name}:$LATEST"
)

# %% [names] misconception="blocking-names"
# The function is in the way.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [function_name]

# %% [instances] misconception="blocking-instances"
# Instances must go before the provider.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [instance["InstanceId"] for instance in instances]

# %% [provider] misconception="blocking-provider"
# The refusal names an ARN, and it is this one.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [answer["CapacityProviderArn"]]

# %% [only-number] misconception="blocking-without-latest-published"
# Versions are numbers.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [arn for arn in blocking if not arn.endswith("PUBLISHED")]

# %% [only-published] misconception="blocking-without-numbers"
# Nobody calls the number any more.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [arn for arn in blocking if arn.endswith("PUBLISHED")]

# %% [items] misconception="blocking-items"
# The items are kept whole.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = answer["FunctionVersions"]

# %% [unqualified] misconception="blocking-unqualified"
# The versions belong to one function.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [blocking[0].rsplit(":", 1)[0]]

# %% [text] misconception="blocking-text"
# There was only one, one thinks.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = blocking[0]

# %% [none] misconception="blocking-form"
# The list was printed, not kept.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = print(blocking)

# %% [stranger] misconception="blocking-strangers"
# The ARN is typed for a version that does not exist.
answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
delete_code = "ResourceConflictException"
blocking = [arn + "0" for arn in blocking]
