# %% [one-zone] misconception="subnets-one-zone"
# Three subnets look like redundancy; that each needs another zone is easy to miss.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a", "a", "a"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"]["SubnetId"])

# %% [two-zones] misconception="subnets-two-zones"
# Two zones are what a load balancer asks for, so two come to mind.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a", "b"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"]["SubnetId"])

# %% [three-subnets-two-zones] misconception="subnets-two-zones"
# There are three subnets, so the count looks right.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a", "b", "b"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"]["SubnetId"])

# %% [two-vpcs] misconception="subnets-two-vpcs"
# The default VPC has a subnet ready, which saves making the third one.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a", "b"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"]["SubnetId"])
default = ec2.describe_subnets(
    Filters=[{"Name": "default-for-az", "Values": ["true"]}, {"Name": "availability-zone", "Values": ["us-east-1d"]}]
)
subnet_ids.append(default["Subnets"][0]["SubnetId"])

# %% [every-default-subnet] misconception="subnets-too-many"
# The default VPC has a subnet in every zone: take them all.
default = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
subnet_ids = [subnet["SubnetId"] for subnet in default["Subnets"]]

# %% [vpc-ids] misconception="vpc-id-as-subnet"
# "VPC configuration" sounds as if it wanted the VPC.
subnet_ids = [ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]]

# %% [address-ranges] misconception="cidr-as-subnet"
# One thinks of a subnet as its address range.
subnet_ids = ["10.52.0.0/24", "10.52.1.0/24", "10.52.2.0/24"]

# %% [zone-names] misconception="zone-names-as-subnets"
# The text speaks of zones, so zones are named.
subnet_ids = ["us-east-1a", "us-east-1b", "us-east-1d"]

# %% [whole-subnets] misconception="subnets-as-dicts"
# What create_subnet gives under "Subnet" is kept whole.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a", "b", "d"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"])

# %% [response] misconception="subnets-response"
# The response of describe_subnets is taken for the list.
subnet_ids = ec2.describe_subnets()

# %% [one-string] misconception="subnet-ids-one-string"
# On the command line several ids are written in one string.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a", "b", "d"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"]["SubnetId"])
subnet_ids = " ".join(subnet_ids)

# %% [same-thrice] misconception="subnet-repeated"
# One subnet, named three times, makes a list of three.
vpc_id = ec2.create_vpc(CidrBlock="10.52.0.0/16")["Vpc"]["VpcId"]
subnet_ids = []
for number, zone in enumerate(["a"]):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.52.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    subnet_ids.append(made["Subnet"]["SubnetId"])
subnet_ids = subnet_ids * 3

# %% [example-ids] misconception="subnet-unknown"
# The ids are copied from an example on the web.
subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719", "subnet-0a1b2c3d4e5f6071a"]

# %% [empty] misconception="subnets-empty"
# Left empty, it might use the default VPC, as RunInstances does.
subnet_ids = []

# %% [none] misconception="subnets-form"
# The list is changed in place by a method that returns nothing.
subnet_ids = [].append("subnet-1")
