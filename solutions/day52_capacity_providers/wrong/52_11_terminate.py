# %% [not-tried] misconception="terminate-not-tried"
# Nobody wants to break anything.
terminate_code = None

# %% [access-denied] misconception="terminate-access-denied"
# What I may not do is denied.
terminate_code = "AccessDenied"

# %% [message] misconception="terminate-message"
# The sentence says more.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = error.response["Error"]["Message"]

# %% [exception] misconception="terminate-exception"
# The exception is kept as it is.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = error

# %% [error-dict] misconception="terminate-error-dict"
# The code is in there somewhere.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = error.response["Error"]

# %% [status] misconception="terminate-http-status"
# 400 is the code that HTTP knows.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = error.response["ResponseMetadata"]["HTTPStatusCode"]

# %% [class-name] misconception="terminate-class-name"
# ClientError is what was caught.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = type(error).__name__

# %% [refused] misconception="terminate-boolean"
# It was refused; that is the answer.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError:
    terminate_code = True

# %% [made-up-id] misconception="terminate-unknown-instance"
# The id is typed from an example.
try:
    ec2.terminate_instances(InstanceIds=["i-0123456789abcdef0"])
except ClientError as error:
    terminate_code = error.response["Error"]["Code"]

# %% [dry-run] misconception="terminate-dry-run"
# A dry run is the careful way to find out.
terminate_code = "DryRunOperation"

# %% [own-instance] misconception="terminate-own-instance"
# The first instance in the list was one of mine.
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
mine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet_ids[0])[
    "Instances"
][0]
answer = ec2.terminate_instances(InstanceIds=[mine["InstanceId"]])
terminate_code = answer["TerminatingInstances"][0]["CurrentState"]["Name"]

# %% [provider] misconception="terminate-lambda-code"
# Deleting the provider is the way to get rid of instances.
try:
    lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
except ClientError as error:
    terminate_code = error.response["Error"]["Code"]

# %% [spelling] misconception="terminate-spelling"
# The code is typed from what was printed.
terminate_code = "Unsupported Operation"

# %% [instance-id] misconception="terminate-instance-id"
# The id of the instance that was tried is kept.
terminate_code = instances[0]["InstanceId"]

# %% [protected] misconception="terminate-other-code"
# It must be termination protection.
terminate_code = "OperationNotPermitted"

# %% [list] misconception="terminate-form"
# A list of what was refused.
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = [error.response["Error"]["Code"]]
