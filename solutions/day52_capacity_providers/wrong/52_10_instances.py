# %% [hidden] misconception="instances-hidden"
# describe_instances shows all instances, one thinks.
instances = [
    instance for reservation in ec2.describe_instances()["Reservations"] for instance in reservation["Instances"]
]

# %% [one] misconception="instances-incomplete"
# The first instance stands for all.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]
instances = instances[:1]

# %% [ids] misconception="instances-ids-only"
# The ids are what later calls need.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [instance["InstanceId"] for instance in found]

# %% [count] misconception="instances-counted"
# How many there are is the question that matters.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = len(found)

# %% [reservations] misconception="instances-reservations"
# Reservations are the list in the answer.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = answer["Reservations"]

# %% [raw] misconception="instances-raw"
# The instances are kept as EC2 describes them.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = found

# %% [response] misconception="instances-response"
# The response is kept whole.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = answer

# %% [operator-ec2] misconception="operator-ec2"
# Instances are EC2's.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": "ec2.amazonaws.com",
    }
    for instance in found
]

# %% [operator-lambda] misconception="operator-lambda"
# Lambda launched them.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": "lambda.amazonaws.com",
    }
    for instance in found
]

# %% [operator-account] misconception="operator-account"
# They are in my account, so they are mine.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": "123456789012",
    }
    for instance in found
]

# %% [operator-role] misconception="operator-role-arn"
# It is called the operator role.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": operator_role_arn,
    }
    for instance in found
]

# %% [operator-dict] misconception="operator-dict"
# Operator is a member of the instance.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance["Operator"],
    }
    for instance in found
]

# %% [zone-subnet] misconception="zone-is-subnet"
# The subnet says where it stands.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["SubnetId"],
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]

# %% [zone-region] misconception="zone-is-region"
# The place is us-east-1.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": "us-east-1",
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]

# %% [zone-same] misconception="zone-wrong"
# All instances of a group stand together.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": "us-east-1f",
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]

# %% [type-architecture] misconception="type-is-architecture"
# Architecture looks like a type.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["Architecture"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]

# %% [type-family] misconception="type-is-family"
# The family is what was allowed.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"].split(".")[0],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]

# %% [type-guessed] misconception="type-wrong"
# Lambda will have taken large, the smallest there is.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": "c8g.large",
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance["Operator"]["Principal"],
    }
    for instance in found
]

# %% [no-operator] misconception="instances-member-missing"
# Operator is not needed to find them again.
answer = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ],
)
found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
    }
    for instance in found
]

# %% [own-instance] misconception="instances-not-managed"
# Everything that describe_instances shows is reported.
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet_ids[0])
answer = ec2.describe_instances(IncludeManagedResources=True)
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance.get("Operator", {}).get("Principal", "scaler.lambda.amazonaws.com"),
    }
    for reservation in answer["Reservations"]
    for instance in reservation["Instances"]
]
