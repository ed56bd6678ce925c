# %% [asked-twice] misconception="plain-asked"
# The first call found nothing, so it was mended.
# - ids_of(ec2.describe_instances(Filters=here_and_running))
# + ids_of(ec2.describe_instances(Filters=here_and_running, IncludeManagedResources=True))

# %% [not-asked] misconception="ids-hidden"
# The second call as the first.
# - instance_ids = ids_of(ec2.describe_instances(Filters=here_and_running, IncludeManagedResources=True))
# + instance_ids = []
# -     "stop": code_of(ec2.stop_instances, InstanceIds=[one]),
# +     "stop": None,
# -     "terminate": code_of(ec2.terminate_instances, InstanceIds=[one]),
# +     "terminate": None,
# -     "modify": code_of(ec2.modify_instance_attribute, InstanceId=one, InstanceType={"Value": "m8g.large"}),
# +     "modify": None,
# - one = instance_ids[0]
# + one = ""

# %% [first-only] misconception="ids-some"
# The first reservation.
# - for reservation in answer["Reservations"] for
# + for reservation in answer["Reservations"][:1] for

# %% [response] misconception="ids-form"
# The answer as it comes.
# and then
instance_ids = ec2.describe_instances(Filters=here_and_running, IncludeManagedResources=True)

# %% [how-many] misconception="plain-form"
# None were found.
# and then
plain_ids = 0

# %% [examples] misconception="ids-others"
# Typed from an example.
# and then
instance_ids = [*instance_ids, "i-0123456789abcdef0"]

# %% [not-tried] misconception="stop-not-tried"
# That would be dangerous.
# - "stop": code_of(ec2.stop_instances, InstanceIds=[one]),
# + "stop": None,

# %% [dry-run] misconception="terminate-dry-run"
# A dry run is the careful way.
# and then
refusals["terminate"] = "DryRunOperation"

# %% [sentence] misconception="stop-message"
# The sentence says more than the code.
# - error.response["Error"]["Code"]
# + error.response["Error"]["Message"]

# %% [status] misconception="stop-http-status"
# 400 is a code.
# - error.response["Error"]["Code"]
# + error.response["ResponseMetadata"]["HTTPStatusCode"]

# %% [class-name] misconception="stop-class-name"
# ClientError is what was caught.
# - error.response["Error"]["Code"]
# + type(error).__name__

# %% [exception] misconception="stop-exception"
# The exception is kept as it is.
# - error.response["Error"]["Code"]
# + error

# %% [refused] misconception="stop-boolean"
# It was refused; that is the answer.
# - error.response["Error"]["Code"]
# + True

# %% [made-up-id] misconception="terminate-unknown-instance"
# The id is typed from an example.
# - code_of(ec2.terminate_instances, InstanceIds=[one])
# + code_of(ec2.terminate_instances, InstanceIds=["i-0123456789abcdef0"])

# %% [permission] misconception="modify-access-denied"
# It must be a permission.
# and then
refusals["modify"] = "AccessDenied"

# %% [must-be-stopped] misconception="modify-other-code"
# The type of a running instance can't be changed.
# and then
refusals["modify"] = "IncorrectInstanceState"

# %% [own-instance] misconception="stop-own-instance"
# An instance that did stop.
# and then
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
mine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]
stopped = ec2.stop_instances(InstanceIds=[mine["InstanceId"]])
refusals["stop"] = stopped["StoppingInstances"][0]["CurrentState"]["Name"]

# %% [instance-id] misconception="modify-instance-id"
# The instance that was tried.
# and then
refusals["modify"] = one

# %% [a-list] misconception="refusals-form"
# Three codes.
# and then
refusals = list(refusals.values())

# %% [two] misconception="refusals-form"
# Modifying is not AWS's part.
# and then
refusals = {"stop": refusals["stop"], "terminate": refusals["terminate"]}
