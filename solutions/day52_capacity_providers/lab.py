# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Day 52 · Capacity providers
#
# A function on **Lambda Managed Instances** runs on EC2 instances that stand in your VPC and that AWS operates. What connects
# the two is the **capacity provider**: it says where instances may stand, what they may be, who launches them, and how many vCPUs
# at most. Today you build one from an empty account, put a function on it, watch it launch, and take it all down again.
#
# Sixteen tasks, 100 points, one to two hours. Write your answer in the cell under each task, run it, then run the check below it.
# Stuck? `lab.hint("52.01")` gives up to three hints, each nearer to the solution.

# %% [markdown]
# ## Three steps
#
# ```mermaid
# flowchart LR
#     A[1 · Create a capacity provider] --> B[2 · Create a function bound to it]
#     B --> C[3 · Publish a version]
#     C --> D[Three instances launch, one in each zone]
#     D --> E[Three environments up: the version is Active]
# ```
#
# **In words:** you create a capacity provider, then a function that names it, then you publish a version of the function. The first
# two steps launch nothing. Publishing does: three instances start, spread over the zones of the provider's subnets, an execution environment
# comes up on each, and only then is the version Active and can be invoked.

# %%
from lmi_labs import open_lab

lab = open_lab(52)

# %%
import json

import boto3
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2")
iam = boto3.client("iam")
kms = boto3.client("kms")
lambda_client = boto3.client("lambda")

NAME = "lmi-lab-52"  # every resource of this lab carries it, so that you find them again


def named(resource_type):
    """The TagSpecifications that give a new EC2 resource the lab's name."""
    return [{"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": NAME}]}]


def patiently(call, **arguments):
    """Make the call; on AWS again for a minute, because a role that is seconds old is not known everywhere yet."""

    def attempt():
        try:
            return call(**arguments)
        except ClientError as error:
            if lab.account.world != "aws" or error.response["Error"]["Code"] != "InvalidParameterValueException":
                raise

    return lab.wait_until(attempt, timeout=60)


# %% [markdown]
# A habit for all that follows: **look first, create if it is not there.** A cell that does so can be run twice.
#
# ## Where instances may stand
#
# ### 52.01 · Three subnets in three zones (5 points)
#
# The provider's instances stand in subnets of yours. On the first publish Lambda launches three and spreads them over the zones that your
# subnets cover, and only those.
#
# Make a VPC with the range `10.52.0.0/16` and in it a subnet in each of **three Availability Zones** (`us-east-1a`, `us-east-1b`,
# `us-east-1d`). Put the list of their ids into `subnet_ids`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-01"}
### BEGIN SOLUTION
vpcs = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"]
vpc = vpcs[0] if vpcs else ec2.create_vpc(CidrBlock="10.52.0.0/16", TagSpecifications=named("vpc"))["Vpc"]
vpc_id = vpc["VpcId"]

subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
subnet_in = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets}
for number, zone in enumerate(["us-east-1a", "us-east-1b", "us-east-1d"]):
    if zone not in subnet_in:
        made = ec2.create_subnet(
            VpcId=vpc_id,
            CidrBlock=f"10.52.{number}.0/24",
            AvailabilityZone=zone,
            TagSpecifications=named("subnet"),
        )
        subnet_in[zone] = made["Subnet"]["SubnetId"]
subnet_ids = list(subnet_in.values())
subnet_ids
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-52-01"}
lab.check("52.01")

# %% [markdown]
# ### 52.02 · A security group without inbound rules (5 points)
#
# Who calls a function calls the Lambda API; Lambda brings the request to the instance, and not through your VPC. So nothing has to be
# let **in**. What the function calls, and its logs, go **out** through your VPC, so HTTPS has to get out.
#
# Make a security group in your VPC with no inbound rule and put its id into `security_group_id`. The outbound rule that every new
# group has will do.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-02"}
### BEGIN SOLUTION
vpc_id = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"][0]["VpcId"]
filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": [NAME]}]
groups = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
group = groups[0] if groups else ec2.create_security_group(GroupName=NAME, Description="Day 52", VpcId=vpc_id)
security_group_id = group["GroupId"]
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-52-02"}
lab.check("52.02")

# %% [markdown]
# ### 52.03 · Refuse a single-zone layout (8 points)
#
# Somebody will hand your tools four subnets in one zone one day. The API accepts that. Write the guard.
#
# `choose_subnets(subnets, zones=3)` takes what `describe_subnets()["Subnets"]` gives. It returns a list of `zones` subnet ids,
# each in another zone; in a zone with several it takes the one with the **most free addresses** (`AvailableIpAddressCount`). If the subnets
# cover fewer zones than `zones`, it raises `ValueError`. It leaves the list that it was given as it is.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-03"}
### BEGIN SOLUTION
def choose_subnets(subnets, zones=3):
    """One subnet id for each of `zones` zones, the roomiest of its zone. Raises ValueError if there are too few zones."""
    roomiest = {}
    for subnet in subnets:
        zone = subnet["AvailabilityZone"]
        if zone not in roomiest or subnet["AvailableIpAddressCount"] > roomiest[zone]["AvailableIpAddressCount"]:
            roomiest[zone] = subnet
    if len(roomiest) < zones:
        raise ValueError(f"{len(roomiest)} zones are covered, {zones} are wanted")
    return [roomiest[zone]["SubnetId"] for zone in sorted(roomiest)][:zones]


### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-52-03"}
lab.check("52.03")
### BEGIN HIDDEN TESTS
lab.check("52.03", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Who launches them
#
# ### 52.04 · The operator role (8 points)
#
# Lambda launches the instances with a role that you hand it, the **operator role**. It is not the function's execution role: that one is for
# your code. Two questions make a role. Who may put it on? The service `lambda.amazonaws.com`. What may it do then? What the managed policy
# `AWSLambdaManagedEC2ResourceOperator` says, and no more.
#
# Make the role and put its ARN into `operator_role_arn`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-04"}
### BEGIN SOLUTION
trust_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
role_name = f"{NAME}-operator"
try:
    role = iam.get_role(RoleName=role_name)["Role"]
except iam.exceptions.NoSuchEntityException:
    role = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=json.dumps(trust_policy))["Role"]
iam.attach_role_policy(
    RoleName=role_name, PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
)  # attaching twice is harmless
operator_role_arn = role["Arn"]
operator_role_arn
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-52-04"}
lab.check("52.04")

# %% [markdown]
# Look into the policy: it launches, tags and describes. It does not terminate. That is left to the service-linked role
# `AWSServiceRoleForLambda`, which appears with the first provider.

# %%
policy = iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator")["Policy"]
policy_version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
for statement in policy_version["Document"]["Statement"]:
    print(statement["Action"], "on", statement["Resource"])

# %% [markdown]
# ## What they may be
#
# ### 52.05 · Instance requirements for Graviton (7 points)
#
# Lambda uses the families C, M and R, from the size `large` up, and picks the type itself unless you narrow it down with **either** an allowed
# **or** an excluded list, where `*` is a wildcard. Narrow is risky: if a zone is out of the one type you allow, your version does not come up.
#
# The trap: a provider is `x86_64` unless you say otherwise, **whatever the type list says**.
#
# Put into `instance_requirements` the dict for a provider on Graviton: the architecture made explicit, and the newer general
# families `c8g`, `m8g` and `r8g` in every size.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-05"}
### BEGIN SOLUTION
instance_requirements = {
    "Architectures": ["arm64"],
    "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"],
}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-52-05"}
lab.check("52.05")

# %% [markdown]
# ## Step 1: the provider
#
# ### 52.06 · Create the capacity provider (11 points)
#
# Now put it together. Besides what you have:
#
# - **Encryption.** Without `KmsKeyArn` the instances' volumes are encrypted with a key that AWS manages. Make a KMS key of your own, with the policy
#   that the cell below writes for you, and keep its ARN in `kms_key_arn`. It cannot be changed later.
# - **The cap.** `MaxVCpuCount` is 400 if you say nothing. Set **24**. It counts the vCPUs of whole instances.
# - **Scaling.** `ScalingMode` **Manual** with a policy for `LambdaCapacityProviderAverageCPUUtilization` at **60**. A low target buys headroom, a
#   high one saves money and throttles earlier.
#
# Create the provider with the name in `NAME`, wait until it is `Active`, and put the name into `capacity_provider_name`. There is
# no boto3 waiter for it; `lab.wait_until(condition)` asks your function until it says yes.
#
# On AWS a role that is seconds old may be refused at first; `patiently(call, …)` from the top tries again.


# %%
def key_policy(operator_role_arn):
    """A key policy: the account administers the key, the operator role may encrypt volumes with it."""
    account_id = operator_role_arn.split(":")[4]
    use = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {"Effect": "Allow", "Principal": {"AWS": operator_role_arn}, "Action": use, "Resource": "*"},
        ],
    }


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-06"}
### BEGIN SOLUTION
capacity_provider_name = NAME


def provider_state():
    """The provider's state, or None when there is no such provider."""
    try:
        answer = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)
    except lambda_client.exceptions.ResourceNotFoundException:
        return None
    return answer["CapacityProvider"]["State"]


scaling = {
    "MaxVCpuCount": 24,
    "ScalingMode": "Manual",
    "ScalingPolicies": [
        {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 60.0},
    ],
}
if provider_state() is None:
    key = kms.create_key(Description=NAME, Policy=json.dumps(key_policy(operator_role_arn)))
    patiently(
        lambda_client.create_capacity_provider,
        CapacityProviderName=capacity_provider_name,
        VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
        InstanceRequirements=instance_requirements,
        CapacityProviderScalingConfig=scaling,
        KmsKeyArn=key["KeyMetadata"]["Arn"],
    )
else:  # from an earlier run: what may be changed is put right
    lambda_client.update_capacity_provider(
        CapacityProviderName=capacity_provider_name, CapacityProviderScalingConfig=scaling
    )
lab.wait_until(lambda: provider_state() == "Active")

provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
kms_key_arn = provider["KmsKeyArn"]
### END SOLUTION

# %% nbgrader={"grade": true, "points": 11, "solution": false, "locked": true, "grade_id": "check-52-06"}
lab.check("52.06")

# %% [markdown]
# Nothing runs yet and nothing is billed for instances. Here is your provider; run the cell again whenever you want to see what has become of it,
# or press its button.

# %%
from lmi_labs.widgets import provider_view

provider_view(lab, NAME)

# %% [markdown]
# ### 52.07 · Who may hand over role and provider (9 points)
#
# A colleague's pipeline will create providers like yours and put functions on them. For that it needs, besides the obvious Create permissions, two
# that are easy to forget:
#
# - `iam:PassRole` on the operator role: handing a role to a service is a right of its own;
# - `lambda:PassCapacityProvider` on the provider: so is putting functions on its instances. It is a permission only; there is no such operation.
#
# Write the policy document (a dict) with **these two actions, each on exactly one ARN**, into `caller_policy`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-07"}
### BEGIN SOLUTION
provider = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"]
caller_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": operator_role_arn},
        {"Effect": "Allow", "Action": "lambda:PassCapacityProvider", "Resource": provider["CapacityProviderArn"]},
    ],
}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-52-07"}
lab.check("52.07")
### BEGIN HIDDEN TESTS
lab.check("52.07", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2: a function on it
#
# The function needs code and an execution role. These are as for any function, so here they are.

# %%
import io
import zipfile

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    archive.writestr(
        zipfile.ZipInfo("app.py"), "def handler(event, context):\n    return {'hello': 'from a managed instance'}\n"
    )
package = buffer.getvalue()

lambda_trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
try:
    execution_role = iam.get_role(RoleName=f"{NAME}-execution")["Role"]
except iam.exceptions.NoSuchEntityException:
    execution_role = iam.create_role(RoleName=f"{NAME}-execution", AssumeRolePolicyDocument=json.dumps(lambda_trust))[
        "Role"
    ]
    iam.attach_role_policy(
        RoleName=f"{NAME}-execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )
execution_role_arn = execution_role["Arn"]

# %% [markdown]
# ### 52.08 · Bind a function to the provider (8 points)
#
# First do it wrong, on purpose. A function is `x86_64` unless it names its architecture, and your provider is `arm64`. Call `create_function`
# **without** `Architectures` (runtime `python3.13`, handler `app.handler`, `MemorySize` 2048, and a `CapacityProviderConfig` with your provider's
# ARN). Catch the refusal and put its error **code** into `mismatch_code`. In your own words: why must the two agree?
#
# Then create it properly, with the name in `NAME`, and put the name into `function_name`. Wait until its state is
# `ActiveNonInvocable`. Leave the ratio of memory to vCPU at its default of 2 GiB: with 2,048 MB that makes one vCPU an environment.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-08"}
### BEGIN SOLUTION
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
members = {
    "Runtime": "python3.13",
    "Handler": "app.handler",
    "Role": execution_role_arn,
    "Code": {"ZipFile": package},
    "MemorySize": 2048,
    "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
}

mismatch_code = None
try:
    lambda_client.create_function(FunctionName=f"{NAME}-x86", **members)
except ClientError as error:
    mismatch_code = error.response["Error"]["Code"]
    print(error)

try:
    patiently(lambda_client.create_function, FunctionName=function_name, Architectures=["arm64"], **members)
except lambda_client.exceptions.ResourceConflictException:
    print(function_name, "is there already")


def function_state(qualifier="$LATEST"):
    """The state of a version of the function."""
    return lambda_client.get_function_configuration(FunctionName=function_name, Qualifier=qualifier)["State"]


lab.wait_until(lambda: function_state() == "ActiveNonInvocable")
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-52-08"}
lab.check("52.08")

# %% [markdown]
# An arm64 instance cannot run x86_64 machine code, and a provider launches instances of one architecture. Lambda says so when you create the
# function, not when the first version fails to come up.
#
# ## Step 3: publish
#
# ### 52.09 · Publish, and read the states (7 points)
#
# There are two kinds of published versions, and you need both here:
#
# - **`$LATEST.PUBLISHED`**, where an invoke without a qualifier goes. The console publishes it for you; the API waits for
#   `publish_version(FunctionName=…, PublishTo="LATEST_PUBLISHED")`. Keep the `State` **in the first answer** in `first_state`. Then wait until the version
#   is `Active`.
# - **A number**, with `publish_version(FunctionName=…)`: the same code for ever. Keep its number (a string) in `version`, and wait again.
#
# Then read `State` of all three, `$LATEST`, `$LATEST.PUBLISHED` and your number, into a dict `states` by qualifier. On AWS the first
# publish takes minutes; `lab.wait_until` makes them short here.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-09"}
### BEGIN SOLUTION
def is_published(qualifier):
    """Whether the function has this version."""
    try:
        return bool(function_state(qualifier))
    except lambda_client.exceptions.ResourceNotFoundException:
        return False


if is_published("$LATEST.PUBLISHED"):  # from an earlier run; only the first publish begins at Pending
    lambda_client.delete_function(FunctionName=function_name, Qualifier="$LATEST.PUBLISHED")
    lab.wait_until(lambda: not is_published("$LATEST.PUBLISHED"))

first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")

version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")

states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-52-09"}
lab.check("52.09")

# %% [markdown]
# Now look at the provider again: instances, and versions on them.

# %%
provider_view(lab, NAME)

# %% [markdown]
# ## What runs now
#
# ### 52.10 · Find the instances (6 points)
#
# The instances are in your account, in your subnets and on your bill. And yet `describe_instances()` does not show them: EC2 hides what a service
# manages unless you pass `IncludeManagedResources=True`.
#
# Report what runs: `instances` is a list with a dict for each instance, with `InstanceId`, `InstanceType`, `AvailabilityZone` and `Operator` (the
# name of the service that operates it: `Principal` of the instance's `Operator`).

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-10"}
### BEGIN SOLUTION
reservations = ec2.describe_instances(
    IncludeManagedResources=True,
    Filters=[
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
        {"Name": "subnet-id", "Values": subnet_ids},
    ],
)["Reservations"]
instances = [
    {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "Operator": instance["Operator"]["Principal"],
    }
    for reservation in reservations
    for instance in reservation["Instances"]
]
instances
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-52-10"}
lab.check("52.10")

# %% [markdown]
# ### 52.11 · Try to terminate one (4 points)
#
# You can see them. Can you terminate one? Try it on an instance of your report, really (no `DryRun`). Put the error code into `terminate_code`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-11"}
### BEGIN SOLUTION
terminate_code = None
try:
    ec2.terminate_instances(InstanceIds=[instances[0]["InstanceId"]])
except ClientError as error:
    terminate_code = error.response["Error"]["Code"]
    print(error)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 4, "solution": false, "locked": true, "grade_id": "check-52-11"}
lab.check("52.11")

# %% [markdown]
# AWS has not published which code it answers here; the check takes the two that have been seen on instances that a service manages.
#
# ### 52.12 · What an hour costs (6 points)
#
# Requests aside, an hour on managed instances costs
#
# > the on-demand price of **every instance that runs**, plus a fee of **15 %** of that price.
#
# A Savings Plan lowers the first part, never the fee. Work out what your instances cost an hour, in US dollars, and put the number into
# `usd_per_hour`. `on_demand_usd_per_hour("c8g.large")` knows the prices of us-east-1.

# %%
from lmi_sim.prices import on_demand_usd_per_hour

on_demand_usd_per_hour("c8g.large")

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-12"}
### BEGIN SOLUTION
usd_per_hour = sum(float(on_demand_usd_per_hour(instance["InstanceType"])) for instance in instances) * 1.15
usd_per_hour
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-52-12"}
lab.check("52.12")

# %% [markdown]
# ## Guardrails
#
# ### 52.13 · Between three and six environments (4 points)
#
# The cap is the provider's, for all its functions. How many **environments** one version keeps is set on the version, with
# `put_function_scaling_config`. Without it the minimum is 3, and there is no maximum.
#
# Give your **numbered** version a minimum of 3 and a maximum of 6. The new values stand under `RequestedFunctionScalingConfig` until they are in
# effect. Wait for that, and put `AppliedFunctionScalingConfig` into `scaling_config`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-13"}
### BEGIN SOLUTION
lambda_client.put_function_scaling_config(
    FunctionName=function_name,
    Qualifier=version,
    FunctionScalingConfig={"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6},
)


def settled_scaling():
    """What is in effect, or nothing while a change is under way."""
    answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
    return None if answer.get("RequestedFunctionScalingConfig") else answer["AppliedFunctionScalingConfig"]


scaling_config = lab.wait_until(settled_scaling)
scaling_config
### END SOLUTION

# %% nbgrader={"grade": true, "points": 4, "solution": false, "locked": true, "grade_id": "check-52-13"}
lab.check("52.13")

# %% [markdown]
# ### 52.14 · Raise the guardrail, know what is fixed (5 points)
#
# Traffic will grow. Raise `MaxVCpuCount` to **48** in place, without losing your scaling policy.
#
# Not everything can be changed like this. Of these seven members of a provider, put the names of those that are **fixed at creation** into the set
# `create_only`: `VpcConfig`, `PermissionsConfig`, `InstanceRequirements`, `KmsKeyArn`, `CapacityProviderScalingConfig`,
# `PropagateTags`, `TelemetryConfig`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-14"}
### BEGIN SOLUTION
lambda_client.update_capacity_provider(
    CapacityProviderName=capacity_provider_name,
    CapacityProviderScalingConfig={**scaling, "MaxVCpuCount": 48},
)
create_only = {"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-52-14"}
lab.check("52.14")

# %% [markdown]
# A cap saves you before trouble, not after: in one published run a first publish failed because the cap was too small for the third instance, and
# raising it did not help any more. Leave room for three instances from the start.
#
# ## Taking it down
#
# ### 52.15 · What stands in the way of deleting (3 points)
#
# Try to delete the provider now. Put the error code into `delete_code`. Then ask Lambda what holds it, with
# `list_function_versions_by_capacity_provider`, and put the ARNs of those versions into the list `blocking`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-15"}
### BEGIN SOLUTION
delete_code = None
try:
    lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
except ClientError as error:
    delete_code = error.response["Error"]["Code"]
    print(error)

answer = lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName=capacity_provider_name)
blocking = [item["FunctionArn"] for item in answer["FunctionVersions"]]
blocking
### END SOLUTION

# %% nbgrader={"grade": true, "points": 3, "solution": false, "locked": true, "grade_id": "check-52-15"}
lab.check("52.15")

# %% [markdown]
# ### 52.16 · Leave nothing behind (4 points)
#
# Take everything down, in an order in which each thing is still there for what needs it. Put that order into the list `deletion_order`, with the four words
# `"function"`, `"capacity provider"`, `"network"` and `"operator role"`.
#
# Then do it: function, provider, subnets and security group and VPC, both roles (operator and execution). Deleting goes on in the background,
# so wait for each to be gone before the next. The KMS key cannot go at once: schedule
# its deletion, by its key id, with the shortest time, seven days.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-52-16"}
### BEGIN SOLUTION
deletion_order = ["function", "capacity provider", "network", "operator role"]


def gone(describe, **arguments):
    """Whether the describe call says that there is no such thing any more."""
    try:
        describe(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] in ("ResourceNotFoundException", "NoSuchEntity")
    return False


if not gone(lambda_client.get_function_configuration, FunctionName=function_name):
    lambda_client.delete_function(FunctionName=function_name)
lab.wait_until(lambda: gone(lambda_client.get_function_configuration, FunctionName=function_name))

if not gone(lambda_client.get_capacity_provider, CapacityProviderName=capacity_provider_name):
    lambda_client.delete_capacity_provider(CapacityProviderName=capacity_provider_name)
lab.wait_until(lambda: gone(lambda_client.get_capacity_provider, CapacityProviderName=capacity_provider_name))


def still_up():
    """The managed instances in the lab's subnets that are not terminated."""
    filters = [
        {"Name": "subnet-id", "Values": subnet_ids},
        {"Name": "instance-state-name", "Values": ["pending", "running", "shutting-down"]},
    ]
    return ec2.describe_instances(IncludeManagedResources=True, Filters=filters)["Reservations"]


lab.wait_until(lambda: not still_up(), timeout=1800)

for subnet in ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": subnet_ids}])["Subnets"]:
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
for group in ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": [security_group_id]}])[
    "SecurityGroups"
]:
    ec2.delete_security_group(GroupId=group["GroupId"])
for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"]:
    ec2.delete_vpc(VpcId=vpc["VpcId"])

for role_name in (f"{NAME}-operator", f"{NAME}-execution"):
    if not gone(iam.get_role, RoleName=role_name):
        for policy in iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=role_name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=role_name)

key = kms.describe_key(KeyId=kms_key_arn)["KeyMetadata"]
if key["KeyState"] != "PendingDeletion":
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 4, "solution": false, "locked": true, "grade_id": "check-52-16"}
lab.check("52.16")

# %% [markdown]
# ## What you can do now
#
# Build a capacity provider that survives the loss of a zone, says what it may cost, and belongs to nobody but Lambda to operate; bring a function up on it;
# see and price what runs; and take it down without leaving a bill behind.

# %%
lab.progress()
