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
# # Day 54 · Networking and observability
#
# A function on managed instances answers through Lambda's API, so it answers **whatever its network is like**. Everything that it sends goes another way:
# out of the instance's network interface, through your VPC. If that way is blocked, calls hang and logs vanish, and nobody tells you. Today you
# find out why, mend it for nothing, follow one request through the noise, and set an alarm that wakes you for the right reason.
#
# Thirteen tasks, 100 points, one and a half to two hours. Write your answer in the cell under each task, run it, then run the check below it.
# Stuck? `lab.hint("54.01")` gives up to three hints, each nearer to the solution.

# %%
from lmi_labs import open_lab

lab = open_lab(54)

# %%
import json
import time
from ipaddress import ip_network

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from lmi_labs import faults, ground
from lmi_labs.deploying import deploy, pack
from lmi_labs.load import send_many
from moto_lmi import network

NAME = "lmi-lab-54"  # every resource of this lab begins with it

ec2 = boto3.client("ec2")
logs = boto3.client("logs")
cloudwatch = boto3.client("cloudwatch")
lambda_client = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}, max_pool_connections=64))

here = ground.prepare(lab, NAME)  # three subnets without internet, two endpoints, roles, a capacity provider
here

# %% [markdown]
# ## Whose network is it?
#
# ### 54.01 · No network of its own (5 points)
#
# A default Lambda function takes a `VpcConfig`. Try it here: `create_function` for `lmi-lab-54-own` with `python3.13`, `app.handler`, `arm64`, 2,048 MB, the code
# `pack({"app.py": orders_code})`, the role and the provider from `here`, **and** a `VpcConfig` with `here`'s subnets and group. Keep the error **code** of the refusal in `vpc_code`, and read its sentence.
#
# Then put into `egress` the dict with `SubnetIds` and `SecurityGroupIds` through which its packets would leave, as the API tells it.

# %%
orders_code = """
import logging
import time

log = logging.getLogger()
log.setLevel(logging.INFO)
STEPS = (("reserve", 10, 11), ("charge", 60, 17), ("ship", 30, 5))


def handler(event, context):
    order = event["order"]
    for step, least, factor in STEPS:
        ms = least + order * factor % 40  # as if it had taken so long
        time.sleep(ms / 4000)
        if step == "charge" and order % 13 == 7:
            log.error("order=%d step=%s card declined", order, step)
            return {"order": order, "request": context.aws_request_id, "status": "declined"}
        log.info("order=%d step=%s ms=%d", order, step, ms)
    return {"order": order, "request": context.aws_request_id, "status": "shipped"}
"""

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-01"}
### BEGIN SOLUTION
vpc_code = None
try:
    lambda_client.create_function(
        FunctionName=f"{NAME}-own",
        Runtime="python3.13",
        Handler="app.handler",
        Architectures=["arm64"],
        MemorySize=2048,
        Role=here.execution_role_arn,
        Code={"ZipFile": pack({"app.py": orders_code})},
        VpcConfig={"SubnetIds": list(here.subnet_ids), "SecurityGroupIds": [here.security_group_id]},
        CapacityProviderConfig={
            "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": here.capacity_provider_arn}
        },
    )
except ClientError as error:
    vpc_code = error.response["Error"]["Code"]
    print(error)

provider = lambda_client.get_capacity_provider(CapacityProviderName=NAME)["CapacityProvider"]
egress = provider["VpcConfig"]
egress
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-54-01"}
lab.check("54.01")

# %% [markdown]
# ## Logs that don't arrive
#
# `deploy` does in one call what you did by hand on day 53: the function, a numbered version, and the wait until it is Active. The cell deploys the orders, and then breaks the network.
# There are five ways in which it breaks it. **Yours follows from your number**, so your neighbour has another one. (Handing this notebook in? Write the number that the
# cell prints in place of `lab.seed`, so that it is graded with your network.)

# %%
orders_version = deploy(lab, here, f"{NAME}-orders", {"app.py": orders_code}, concurrency=4)
faults.inject(lab, here, turn=1, seed=lab.seed)
print("My number is", lab.seed)

# %% [markdown]
# Now thirty orders, six at a time. Everyone gets an answer. And the log?

# %%
LOG_GROUP = f"/aws/lambda/{NAME}-orders"


def send_orders(numbers, concurrency=6):
    """The answers of the function to orders with these numbers."""
    payloads = [{"order": number} for number in numbers]
    sent = send_many(lambda_client, f"{NAME}-orders", payloads, concurrency=concurrency, qualifier=orders_version)
    return [one.answer for one in sent if not one.error]


def read_log():
    """All events of the function's log, oldest first; none while there is no log group."""
    try:
        found = logs.get_paginator("filter_log_events").paginate(logGroupName=LOG_GROUP)
        return sorted((event for page in found for event in page["events"]), key=lambda event: event["timestamp"])
    except logs.exceptions.ResourceNotFoundException:
        return []


def settled_log():
    """The log when nothing new has come for a second, on AWS for fifteen: logs take a moment."""
    before = None
    while (found := read_log()) != before:
        before = found
        time.sleep(15 if lab.account.world == "aws" else 1)
    return found


answered_ids = [answer["request"] for answer in send_orders(range(30))]
events = settled_log()
print(len(answered_ids), "answers,", len(events), "events in the log")

# %% [markdown]
# ### 54.02 · Which requests left no line (7 points)
#
# No error, no throttle, no metric: missing logs show only when you compare. Every line that a function on LMI logs is JSON with a `requestId`:
#
#     {"timestamp": "…", "level": "INFO", "message": "order=4 step=ship ms=50", "logger": "root", "requestId": "8f1c…"}
#
# The platform writes JSON into the same log too, without `requestId` at the top (its `record` may have one).
#
# Write `silent(request_ids, events)`: from a list of ids and a list of events, as `read_log` gives them, to the list of those ids, in their order, for which there is **no line of the function**. A message that is no
# JSON belongs to nobody. Then put the silent ones among `answered_ids` into `missing`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-02"}
### BEGIN SOLUTION
def silent(request_ids, events):
    """The ids, in their order, of the requests that left no line in the events."""
    heard = set()
    for event in events:
        try:
            line = json.loads(event["message"])
        except ValueError:
            continue
        heard.add(line.get("requestId"))
    return [request_id for request_id in request_ids if request_id not in heard]


missing = silent(answered_ids, events)
len(missing)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-54-02"}
lab.check("54.02")
### BEGIN HIDDEN TESTS
lab.check("54.02", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 54.03 · Name what blocks the way (9 points)
#
# The log can't say why there is no log. Describe calls can: routes, groups, network ACLs, endpoints and DNS together decide whether a packet gets through. `network.reach(ec2, subnet_ids, group_ids, "logs")` reads them all, in this account or in a real one, and
# says for each subnet by which way CloudWatch Logs is reached, or what blocks it first. Its answer has `sentence`, `blocked` (the verdicts of the subnets that don't reach it), and each of these a `subnet_id` and a `blocking` with `cause`, `resource`, `sentence` and `fix`.
#
# The view below shows the same as a picture. Press *Look again* whenever you have changed something.

# %%
from lmi_labs.widgets import reach_view

reach_view(lab, NAME, "logs")

# %% [markdown]
# Put the ids of the blocked subnets into the list `blocked_subnets`, the key of the cause (a word such as `no_route`) into `blocking_cause`, and the id of the **one thing that blocks** into `blocking_id`. Take them from the verdict rather than typing them:
# ids are others in every account. Then look at the thing itself with a describe call: do you see it too?

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-03"}
### BEGIN SOLUTION
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
print(verdict.sentence)
blocking = verdict.blocked[0].blocking if verdict.blocked else None
if blocking:  # run again after the mending, what was found before is kept
    blocked_subnets = [item.subnet_id for item in verdict.blocked]
    blocking_cause, blocking_id = blocking.cause, blocking.resource
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-54-03"}
lab.check("54.03")

# %% [markdown]
# ### 54.04 · Mend it, cheaply and safely (11 points)
#
# Every one of the five can be mended with a NAT gateway or with *allow all*, and both are wrong: the one costs, the other opens. Mend what is broken, and no more:
#
# - nothing is bought that is not needed: no NAT gateway, no second endpoint. (If an endpoint for logs is missing altogether, it is needed: in all three subnets, in the group that the other endpoint is in, with private DNS.)
# - nothing is opened that is not needed: port 443 and no other, to and from the VPC's range (`10.50.0.0/16`) or a group, no inbound rule for the instances. A network ACL keeps no state: answers come to the ports 1024 to 65535.
#
# Then prove it: send orders until the log has a line of one of them, and keep that request's id in `proof_id`. `lab.wait_until(f)` calls your function until it gives something, and returns it.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-04"}
### BEGIN SOLUTION
VPC_RANGE = "10.50.0.0/16"
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": VPC_RANGE}]}


def endpoint_groups():
    """The security groups of the VPC's endpoints."""
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [here.vpc_id]}])["VpcEndpoints"]
    return sorted({group["GroupId"] for endpoint in found for group in endpoint.get("Groups", [])})


def mend(blocking):
    """Do the cheapest safe thing against what blocks the way."""
    if blocking.cause == "sg_egress":
        ec2.authorize_security_group_egress(GroupId=here.security_group_id, IpPermissions=[HTTPS])
    elif blocking.cause == "endpoint_sg":
        ec2.authorize_security_group_ingress(GroupId=blocking.resource, IpPermissions=[HTTPS])
    elif blocking.cause == "private_dns_off":
        ec2.modify_vpc_endpoint(VpcEndpointId=blocking.resource, PrivateDnsEnabled=True)
    elif blocking.cause == "acl_answer":
        ec2.create_network_acl_entry(
            NetworkAclId=blocking.resource,
            RuleNumber=110,
            Egress=False,
            Protocol="6",  # TCP
            RuleAction="allow",
            CidrBlock=VPC_RANGE,
            PortRange={"From": 1024, "To": 65535},
        )
    elif blocking.cause == "no_route":
        ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=here.vpc_id,
            ServiceName=f"com.amazonaws.{lab.account.region}.logs",
            SubnetIds=list(here.subnet_ids),
            SecurityGroupIds=endpoint_groups(),
            PrivateDnsEnabled=True,
        )


def all_subnets_reach_logs():
    """Whether every subnet does; on AWS a new endpoint takes a minute."""
    return network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs").reachable == "all"


def request_with_a_line():
    """The id of a request of now that has a line in the log, None as long as there is none."""
    ids = [answer["request"] for answer in send_orders([0, 1, 2])]
    lost = silent(ids, settled_log())
    return next((request_id for request_id in ids if request_id not in lost), None)


if blocking:
    mend(blocking)
lab.wait_until(all_subnets_reach_logs)
proof_id = lab.wait_until(request_with_a_line)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 11, "solution": false, "locked": true, "grade_id": "check-54-04"}
lab.check("54.04")

# %% [markdown]
# Look for one of the lost requests: it stays lost. Logs are not kept for later, so the mending brings nothing back.
#
# ### 54.05 · Another one (9 points)
#
# The next network is broken in another way. This time without a function: the verdict alone says when you are done.

# %%
faults.inject(lab, here, turn=2, seed=lab.seed)
print(network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs").reachable, "of the subnets reach logs")

# %% [markdown]
# Put the key of the cause into `second_cause` and the id of the thing into `second_id`, and mend it under the same rules.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-05"}
### BEGIN SOLUTION
verdict = network.reach(ec2, here.subnet_ids, [here.security_group_id], "logs")
print(verdict.sentence)
if verdict.blocked:
    second = verdict.blocked[0].blocking
    second_cause, second_id = second.cause, second.resource
    mend(second)
lab.wait_until(all_subnets_reach_logs)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-54-05"}
lab.check("54.05")

# %% [markdown]
# Three more are there to practise, without points: `faults.inject(lab, here, turn=3)`, and 4 and 5. Each begins with a whole network. Leave a mended one behind.
#
# ## Ways out
#
# ### 54.06 · Which dependency, which way (8 points)
#
# | Dependency | Way |
# | --- | --- |
# | S3 and DynamoDB | `"gateway endpoint"`: a route, without a price |
# | another AWS service | `"interface endpoint"` (PrivateLink): an address in your subnet |
# | a host on the internet, IPv4 | `"NAT gateway"` in a public subnet; an internet gateway alone serves only who has a public address |
# | a host on the internet, IPv6 | `"egress-only internet gateway"` |
# | one other VPC | `"peering"`, which goes there and no further |
# | several other VPCs | `"transit gateway"` |
# | a VPC whose range overlaps with ours | `"interface endpoint"`: the other side offers its service by PrivateLink, since no route can tell the two apart |
#
# Write `path_for(card, ours)` that returns one of the six words. `ours` is the range of our VPC, such as `"10.50.0.0/16"`. A card is one of
#
#     {"kind": "service", "name": "sqs"}
#     {"kind": "internet", "name": "api.example.com", "ip": 4}
#     {"kind": "vpcs", "ranges": ["10.60.0.0/16", "10.61.0.0/16"]}
#
# `ip_network(a).overlaps(ip_network(b))` says whether two ranges share an address. Of several VPCs one that overlaps is enough.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-06"}
### BEGIN SOLUTION
def path_for(card, ours):
    """The way out that the dependency needs."""
    if card["kind"] == "service":
        return "gateway endpoint" if card["name"] in ("s3", "dynamodb") else "interface endpoint"
    if card["kind"] == "internet":
        return "NAT gateway" if card["ip"] == 4 else "egress-only internet gateway"
    if any(ip_network(block).overlaps(ip_network(ours)) for block in card["ranges"]):
        return "interface endpoint"
    return "peering" if len(card["ranges"]) == 1 else "transit gateway"


### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-54-06"}
lab.check("54.06")
### BEGIN HIDDEN TESTS
lab.check("54.06", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 54.07 · PrivateLink or NAT, priced (9 points)
#
# Both ways are paid for by the hour and by the GB. The cell prints the prices, with their source and the day on which they were checked.

# %%
from lmi_sim.cost import network_prices

for way, price in network_prices().items():
    print(f"{way}: {price['usd_per_hour']} USD per hour, {price['usd_per_gb']} USD per GB ({price['checked']})")

# %% [markdown]
# An interface endpoint serves **one service** and is paid for **in each zone**. A NAT gateway serves everything, but stands in one zone: for the loss of a zone you want **one in each**. S3 and DynamoDB go through
# gateway endpoints in both cases.
#
# Write `price_ways(gb, zones)`: `gb` says how many GB a month go where, such as `{"logs": 40, "s3": 900, "api.example.com": 5}`; names with a dot are hosts on the internet. Return a dict with the month's price (730 hours, in USD) of both ways:
# `endpoints` (`None` if endpoints alone can't do it), `nat`, and `cheaper`: `"endpoints"` or `"nat"` (`"endpoints"` if they cost the same). If nothing is left but S3 and DynamoDB, nothing has to be bought: both are 0.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-07"}
### BEGIN SOLUTION
HOURS = 730


def price_ways(gb, zones):
    """A month's price of interface endpoints and of NAT gateways, and which is cheaper."""
    prices = network_prices()
    nat_hour, nat_gb = (float(prices["nat_gateway"][name]) for name in ("usd_per_hour", "usd_per_gb"))
    endpoint_hour, endpoint_gb = (float(prices["interface_endpoint"][name]) for name in ("usd_per_hour", "usd_per_gb"))
    paid = {name: amount for name, amount in gb.items() if name not in ("s3", "dynamodb")}
    total = sum(paid.values())
    nat = zones * HOURS * nat_hour + total * nat_gb if paid else 0.0
    if any("." in name for name in paid):
        return {"endpoints": None, "nat": nat, "cheaper": "nat"}
    endpoints = len(paid) * zones * HOURS * endpoint_hour + total * endpoint_gb
    return {"endpoints": endpoints, "nat": nat, "cheaper": "endpoints" if endpoints <= nat else "nat"}


price_ways({"logs": 40, "s3": 900}, 3)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-54-07"}
lab.check("54.07")
### BEGIN HIDDEN TESTS
lab.check("54.07", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 54.08 · Close the doors, keep the way out (8 points)
#
# Over the months people have added rules to the instances' group, each with a good reason on that day. The cell makes such a group of yours.

# %%
faults.open_doors(lab, here)
for rule in ec2.describe_security_groups(GroupIds=[here.security_group_id])["SecurityGroups"][0]["IpPermissions"]:
    print(rule["IpProtocol"], rule.get("FromPort"), [item["CidrIp"] for item in rule["IpRanges"]])

# %% [markdown]
# Take away **every inbound rule** of the group `here.security_group_id`, and replace its outbound rules by what its functions depend on, and no more:
#
# - HTTPS (TCP 443) to the endpoints: to their security group, or to the VPC's range;
# - a PostgreSQL database (TCP 5432), which will stand in `10.50.64.0/24`.
#
# How many inbound rules do the instances need so that requests reach your functions? Put the number into `inbound_needed`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-08"}
### BEGIN SOLUTION
group = ec2.describe_security_groups(GroupIds=[here.security_group_id])["SecurityGroups"][0]
if group["IpPermissions"]:
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
if group["IpPermissionsEgress"]:
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
to_database = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.50.64.0/24"}]}
ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=[HTTPS, to_database])
inbound_needed = 0
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-54-08"}
lab.check("54.08")

# %% [markdown]
# ## One request among many
#
# Now that logs arrive: sixty orders, twelve at a time. Each environment writes to one stream, in which four requests speak at the same time.

# %%
answers = send_orders(range(60), concurrency=12)
events = settled_log()


def insights(query):
    """The rows of a Logs Insights query over the function's log, each a dict from field to text; none for an empty log."""
    if not events:
        return []
    started = logs.start_query(
        logGroupName=LOG_GROUP,
        startTime=min(event["timestamp"] for event in events) // 1000,
        endTime=max(event["timestamp"] for event in events) // 1000 + 1,
        queryString=query,
    )
    result = lab.wait_until(
        lambda: (found := logs.get_query_results(queryId=started["queryId"]))["status"] == "Complete" and found
    )
    return [{cell["field"]: cell["value"] for cell in row} for row in result["results"]]


for row in insights(
    "fields @timestamp, @logStream, message, requestId | filter ispresent(message) | sort @timestamp asc | limit 12"
):
    print(row["@timestamp"], row["@logStream"][-4:], row["requestId"][:4], row["message"])

# %% [markdown]
# ### 54.09 · Follow one request (8 points)
#
# Some orders were declined. For Lambda they are no errors: the function answered. In the log they have a line with the `level` `ERROR`.
#
# Put the ids of **all** requests that have such a line into the list `declined_ids` (Logs Insights knows the members of a JSON line by their names). Then write `story(request_id)`, which **returns the text of a query** that gives
# every line that the function logged for this request, oldest first, with its `message`. The check runs it.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-09"}
### BEGIN SOLUTION
declined_ids = [row["requestId"] for row in insights('filter level = "ERROR" | fields requestId | limit 1000')]


def story(request_id):
    """The query for all lines of the request, oldest first."""
    return f'fields @timestamp, message | filter requestId = "{request_id}" | sort @timestamp asc'


insights(story(declined_ids[0]))
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-54-09"}
lab.check("54.09")
### BEGIN HIDDEN TESTS
lab.check("54.09", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 54.10 · Numbers out of lines (7 points)
#
# Which step is the slowest? The lines say it in words: `order=17 step=charge ms=69`. `parse` cuts text into fields, `stats … by` counts them.
#
# Put into `step_query` the text of a query that gives a row for each step, the slowest (by its mean) first, with the columns `step`, `lines` (how many lines with a time), `mean_ms` and `most_ms` (the highest). Lines without a time are
# no row of their own. The check runs it.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-10"}
### BEGIN SOLUTION
step_query = """
parse message "order=* step=* ms=*" as order, step, ms
| filter ispresent(ms)
| stats count(*) as lines, avg(ms) as mean_ms, max(ms) as most_ms by step
| sort mean_ms desc
"""
insights(step_query)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-54-10"}
lab.check("54.10")

# %% [markdown]
# ## Metrics
#
# Logs say what one request did; metrics say how all are. Managed instances bring their own, in the namespace `AWS/Lambda`, every five minutes: of the **provider** (`CapacityProviderName`, `InstanceType`) and of the **environments** of a version (`CapacityProviderName`, `FunctionName`, `Resource`, which is
# `function:version`). A single instance is in `AWS/EC2`, by its `InstanceId`. The cell lets a quarter of an hour pass (on AWS it waits for real) and lists what there is.


# %%
def metrics_of_the_lab():
    """Every metric with the lab's provider, function or instances among its dimensions."""
    found = cloudwatch.get_paginator("list_metrics").paginate()
    return [metric for page in found for metric in page["Metrics"] if metric["Namespace"] in ("AWS/Lambda", "AWS/EC2")]


def all_heights():
    """Whether metrics of provider, environments and instances are there."""
    there = {(metric["Namespace"], metric["MetricName"]) for metric in metrics_of_the_lab()}
    return {("AWS/EC2", "CPUUtilization"), ("AWS/Lambda", "ExecutionEnvironmentConcurrency")} <= there


lab.wait_until(all_heights, step=300, timeout=1800)
for metric in metrics_of_the_lab():
    print(metric["Namespace"], metric["MetricName"], {item["Name"]: item["Value"] for item in metric["Dimensions"]})

# %% [markdown]
# ### 54.11 · A dashboard (7 points)
#
# Make a dashboard with the name in `NAME` (keep it in `dashboard_name`) that shows all three heights:
#
# - how busy the **provider's** instances are: `CPUUtilization`,
# - how full the **environments** are: `ExecutionEnvironmentConcurrency` beside `ExecutionEnvironmentConcurrencyLimit`,
# - what **one instance** looks like to EC2: its `CPUUtilization`.
#
# A dashboard is JSON: `{"widgets": [{"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": {"metrics": [[namespace, metric, dimension, value, …], …], "period": 300, "stat": "Average", "region": …}}, …]}`.
# Nothing refuses a metric that does not exist: its line is just empty. So take dimensions and values from what `list_metrics` says. The check looks for the data behind every line.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-11"}
### BEGIN SOLUTION
dashboard_name = NAME


def lines_of(namespace, metric_name):
    """The metric as lines of a widget, one for each combination of dimensions that exists."""
    return [
        [namespace, metric_name, *(text for item in metric["Dimensions"] for text in (item["Name"], item["Value"]))]
        for metric in metrics_of_the_lab()
        if (metric["Namespace"], metric["MetricName"]) == (namespace, metric_name)
    ]


def widget(row, title, metrics, stat="Average"):
    """A widget in the row, as wide as half a dashboard."""
    properties = {"title": title, "metrics": metrics, "stat": stat, "period": 300, "region": lab.account.region}
    return {"type": "metric", "x": 0, "y": 6 * row, "width": 12, "height": 6, "properties": properties}


filling = lines_of("AWS/Lambda", "ExecutionEnvironmentConcurrency")
filling += lines_of("AWS/Lambda", "ExecutionEnvironmentConcurrencyLimit")
body = {
    "widgets": [
        widget(0, "Provider: CPU", lines_of("AWS/Lambda", "CPUUtilization")),
        widget(1, "Environments: requests at a time", filling, stat="Maximum"),
        widget(2, "One instance", lines_of("AWS/EC2", "CPUUtilization")[:1]),
    ]
}
cloudwatch.put_dashboard(DashboardName=dashboard_name, DashboardBody=json.dumps(body))
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-54-11"}
lab.check("54.11")

# %% [markdown]
# ### 54.12 · An alarm that goes off (7 points)
#
# An alarm is good if it is silent when all is well and rings when it is not. The cell defines the trial: twenty minutes of 20 requests a second, then thirty minutes of three times as many, before the scaler can have new environments ready.
# (Traffic of your own making exists in the emulator only. In a real account the check looks at the alarm's definition.)

# %%
from lmi_labs import traffic


def triple_the_traffic():
    """Twenty steady minutes, then three times as many requests for half an hour. Returns what came of it."""
    if lab.account.world == "aws":
        return "in a real account: send requests yourself, and mind that they cost money"
    version = f"{NAME}-orders:{orders_version}"
    traffic.offer(lab.account, version, traffic.step(20, 60, at_s=1200, duration_s=3000), io_ms=200, cpu_ms=5)
    lab.advance(3000)
    return traffic.report(lab.account, version)


# %% [markdown]
# Make the alarm `lmi-lab-54-throttles` (keep the name in `alarm_name`) on refused requests of the function: `Throttles`, or `ConcurrencyThrottles`, with the dimension `FunctionName` (and `Resource`, if you like). Create it **first**, then call `triple_the_traffic()`. It must be silent in the steady twenty minutes, in which
# a handful of requests is refused in every five, and go off after the traffic has tripled.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-12"}
### BEGIN SOLUTION
alarm_name = f"{NAME}-throttles"
of_the_function = [{"Name": "FunctionName", "Value": f"{NAME}-orders"}]


def summed(query_id, metric_name):
    """The sum of a metric of the function in five minutes, as a term of metric math."""
    metric = {"Namespace": "AWS/Lambda", "MetricName": metric_name, "Dimensions": of_the_function}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}, "ReturnData": False}


share = {"Id": "share", "Expression": "100 * refused / (refused + served)", "Label": "% refused", "ReturnData": True}
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    AlarmDescription="More than one in a hundred requests was refused",
    Metrics=[summed("refused", "Throttles"), summed("served", "Invocations"), share],
    ComparisonOperator="GreaterThanThreshold",
    Threshold=1,
    EvaluationPeriods=1,
    TreatMissingData="notBreaching",
)
triple_the_traffic()
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-54-12"}
lab.check("54.12")

# %%
for item in cloudwatch.describe_alarm_history(AlarmName=f"{NAME}-throttles")["AlarmHistoryItems"]:
    print(f"{item['Timestamp']:%H:%M}", item["HistorySummary"])

# %% [markdown]
# ## What an instance can carry
#
# ### 54.13 · vCPUs, memory, network (5 points)
#
# Environments share the instance's network interface. *Up to 12.5 Gigabit* is a burst on credits; what holds all day is the **baseline**, and EC2 tells it. Look at one:

# %%
described = ec2.describe_instance_types(InstanceTypes=["m7g.large"])["InstanceTypes"][0]
{name: described[name] for name in ("VCpuInfo", "MemoryInfo", "NetworkInfo")}

# %% [markdown]
# Write `carry(description, vcpus, memory_gib, mbps)`: `description` is such an item, the other three are what **one environment** needs (`mbps`: megabits a second, sustained; 1 Gbit/s is 1,000 Mbit/s). Return a dict with
#
# - `environments`: how many fit by all three (`DefaultVCpus`, `SizeInMiB`, and `BaselineBandwidthInGbps` of its network card),
# - `limit`: which of the three allows the fewest, `"vcpus"`, `"memory"` or `"network"`; at a tie the first of these,
# - `interfaces`: how many network interfaces the instance can have at most.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-54-13"}
### BEGIN SOLUTION
def carry(description, vcpus, memory_gib, mbps):
    """How many environments the instance carries all day long, and what limits them."""
    network_info = description["NetworkInfo"]
    baseline_mbps = 1000 * sum(card["BaselineBandwidthInGbps"] for card in network_info["NetworkCards"])
    fits = {
        "vcpus": int(description["VCpuInfo"]["DefaultVCpus"] // vcpus),
        "memory": int(description["MemoryInfo"]["SizeInMiB"] / 1024 // memory_gib),
        "network": int(baseline_mbps // mbps),
    }
    limit = min(fits, key=fits.get)  # the first of the least
    return {"environments": fits[limit], "limit": limit, "interfaces": network_info["MaximumNetworkInterfaces"]}


carry(described, 1, 4, 300)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-54-13"}
lab.check("54.13")
### BEGIN HIDDEN TESTS
lab.check("54.13", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## What you can do now
#
# Notice that logs are missing, say from describe calls what blocks them, and mend it without paying or opening more than it takes; choose and price a way out; read one request's story; watch the three heights of a fleet, and be woken for the right reason.
#
# Take everything down that begins with the lab's name, so that nothing is left on a bill:

# %%
cloudwatch.delete_alarms(AlarmNames=[f"{NAME}-throttles"])
if cloudwatch.list_dashboards(DashboardNamePrefix=NAME)["DashboardEntries"]:
    cloudwatch.delete_dashboards(DashboardNames=[NAME])
ground.clear(lab, NAME)

# %%
lab.progress()
