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
# # Day 55 · Scaling and operations playbook
#
# Managed instances don't scale when a request comes. They scale **afterwards**, because they were busy. What comes in between meets the room that
# is there, and beyond that a 429. Today you find out how much room that is, four ways to have more of it, what each costs, and
# how to sleep while others are on call: at the end a night of incidents is played against a runbook of yours.
#
# Fourteen tasks, 100 points, one and a half to two hours. Write your answer in the cell under each task, run it, then run the check below it.
# Stuck? `lab.hint("55.01")` gives up to three hints, each nearer to the solution.
#
# **How fast AWS scales is not published.** The traffic of this lab is played in the emulator, in virtual time, on a model. What AWS says holds in it
# (two signals, twice the traffic within five minutes); the rest are assumptions, which every report lists. So this lab is done in the emulator, not in a real account.

# %%
from lmi_labs import open_lab

lab = open_lab(55)

# %%
import json
import math

import boto3
from botocore.exceptions import ClientError

from lmi_labs import experiment, ground, traffic

NAME = "lmi-lab-55"  # every resource of this lab begins with it

ec2 = boto3.client("ec2")
iam = boto3.client("iam")
lambda_client = boto3.client("lambda")

experiment.needs_emulator(lab)
here = ground.prepare(lab, NAME, max_vcpu_count=96)  # network, roles and a capacity provider: what you built on day 52
here

# %% [markdown]
# ## What a burst costs
#
# The **shop** is a function whose requests wait 80 ms for a database and compute for 20 ms. `experiment.deploy` does what you did by hand on day 53: it creates
# the function or updates it, publishes a version, waits, and returns the version's number. An environment has 2,048 MB, one vCPU and 16 slots.
#
# `experiment.play` lets an hour of calm pass, then offers traffic to `name:version`, and returns its report.

# %%
SHOP = {"io_ms": 80, "cpu_ms": 20}
DOUBLE = traffic.step(60, 120, at_s=600, duration_s=1500)  # 60 requests a second, and 120 from minute 10 on
TRIPLE = traffic.step(60, 180, at_s=600, duration_s=1500)

shop_name = f"{NAME}-shop"
first_version = experiment.deploy(lab, here, shop_name)
experiment.play(lab, f"{shop_name}:{first_version}", traffic.steady(60, 600), SHOP)

# %% [markdown]
# ### 55.01 · Double, and triple (6 points)
#
# AWS keeps so much headroom that traffic may **double within five minutes** without throttles. Play `DOUBLE` and then `TRIPLE` on the version,
# and keep the reports in `doubled` and `tripled`.
#
# An average over the day hides a bad minute, and customers don't. Write `worst_minute(rows)`: from a report's `rows` (dicts with, among others, `offered` and
# `throttled`) to the largest share of a minute's requests that were refused, **in per cent**; `0.0` when no request came.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-01"}
### BEGIN SOLUTION
def worst_minute(rows):
    """The largest share of a minute's requests that were refused, in per cent."""
    return max((100 * row["throttled"] / row["offered"] for row in rows if row["offered"]), default=0.0)


doubled = experiment.play(lab, f"{shop_name}:{first_version}", DOUBLE, SHOP)
tripled = experiment.play(lab, f"{shop_name}:{first_version}", TRIPLE, SHOP)
worst_minute(doubled.rows), worst_minute(tripled.rows)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-55-01"}
lab.check("55.01")
### BEGIN HIDDEN TESTS
lab.check("55.01", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at the report: CPU at 100 % and slots filling in minute 10, the scaler acting in minute 11, new environments a minute later.

# %%
tripled

# %% [markdown]
# ## Four ways to have the room
#
# ### 55.02 · Way 1: a higher floor (7 points)
#
# The plainest way: more environments that wait, always. Deploy a **new version** of the shop (number in `floor_version`), give it with `put_function_scaling_config` a
# `MinExecutionEnvironments` that carries `TRIPLE` with less than 0.1 % refused in the worst minute, and with **as few environments as will do**. Wait
# until it is applied; then play `TRIPLE` on it.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-02"}
### BEGIN SOLUTION
floor_version = experiment.deploy(lab, here, shop_name)
lambda_client.put_function_scaling_config(
    FunctionName=shop_name, Qualifier=floor_version, FunctionScalingConfig={"MinExecutionEnvironments": 5}
)


def is_applied(function_name, version):
    """Whether the version's scaling config is in effect."""
    answer = lambda_client.get_function_scaling_config(FunctionName=function_name, Qualifier=version)
    return not answer.get("RequestedFunctionScalingConfig")


lab.wait_until(lambda: is_applied(shop_name, floor_version))
with_floor = experiment.play(lab, f"{shop_name}:{floor_version}", TRIPLE, SHOP)
worst_minute(with_floor.rows)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-55-02"}
lab.check("55.02")

# %% [markdown]
# A floor is a number for one level of traffic. When the shop grows, it is wrong, and nobody notices before the next burst.
#
# ### 55.03 · Way 2: a lower CPU target (7 points)
#
# A target grows with the traffic. In `Auto` AWS chooses it; here that is taken to be 50 %, since half is kept free. Choose your own: make a second
# capacity provider `lmi-lab-55-roomy` on the same ground (`here.subnet_ids`, `here.security_group_id`, `here.operator_role_arn`, `arm64`, at most 96 vCPUs) in `Manual` mode, with a target for
# `LambdaCapacityProviderAverageCPUUtilization` at which `TRIPLE` goes through, **as high as will do**.
#
# Deploy the function `lmi-lab-55-roomy` on it (`capacity_provider_arn=…`), keep the number in `roomy_version`, and play `TRIPLE`. Its minimum stays 3.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-03"}
### BEGIN SOLUTION
def provider_arn(name, scaling, **requirements):
    """The ARN of the capacity provider on the lab's ground, which is made if it is not there, Active, with this scaling."""
    try:
        lambda_client.create_capacity_provider(
            CapacityProviderName=name,
            VpcConfig={"SubnetIds": list(here.subnet_ids), "SecurityGroupIds": [here.security_group_id]},
            PermissionsConfig={"CapacityProviderOperatorRoleArn": here.operator_role_arn},
            InstanceRequirements={"Architectures": ["arm64"], **requirements},
            CapacityProviderScalingConfig=scaling,
        )
    except lambda_client.exceptions.ResourceConflictException:  # from an earlier run
        lambda_client.update_capacity_provider(CapacityProviderName=name, CapacityProviderScalingConfig=scaling)

    def active():
        provider = lambda_client.get_capacity_provider(CapacityProviderName=name)["CapacityProvider"]
        return provider["State"] == "Active" and provider["CapacityProviderArn"]

    return lab.wait_until(active)


roomy_name = f"{NAME}-roomy"
roomy_scaling = {
    "MaxVCpuCount": 96,
    "ScalingMode": "Manual",
    "ScalingPolicies": [
        {"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 28.0},
    ],
}
roomy_version = experiment.deploy(lab, here, roomy_name, capacity_provider_arn=provider_arn(roomy_name, roomy_scaling))
with_target = experiment.play(lab, f"{roomy_name}:{roomy_version}", TRIPLE, SHOP)
worst_minute(with_target.rows)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-55-03"}
lab.check("55.03")

# %% [markdown]
# ### 55.04 · Way 3: a schedule (8 points)
#
# The shop's busy hour comes every day from 9:00 to 10:00 UTC. So have the room then, and only then: **EventBridge Scheduler** calls `PutFunctionScalingConfig` itself,
# with a role that may do so (below), and a JSON text of the request as `Input`.
#
# Deploy another version of the shop (number in `scheduled_version`). Create two schedules that run every day, `lmi-lab-55-up` in time before the busy hour and `lmi-lab-55-down` soon after it: the first
# raises the version's minimum to what 55.02 needed, the second puts 3 back. `FlexibleTimeWindow` is off. Then play `BUSY_HOUR` on it, `starting="08:00"`.

# %%
SCHEDULER_TARGET = "arn:aws:scheduler:::aws-sdk:lambda:PutFunctionScalingConfig"
BUSY_HOUR = traffic.spike(
    60, 180, at_s=3600, length_s=3600, duration_s=9000
)  # from 8:00 to 10:30, busy from 9:00 to 10:00

scheduler = boto3.client("scheduler")
scheduler_trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
may_scale = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "lambda:PutFunctionScalingConfig", "Resource": "*"}],
}
try:
    scheduler_role = iam.get_role(RoleName=f"{NAME}-scheduler")["Role"]
except iam.exceptions.NoSuchEntityException:
    scheduler_role = iam.create_role(
        RoleName=f"{NAME}-scheduler", AssumeRolePolicyDocument=json.dumps(scheduler_trust)
    )["Role"]
    iam.put_role_policy(RoleName=f"{NAME}-scheduler", PolicyName="scale", PolicyDocument=json.dumps(may_scale))
scheduler_role_arn = scheduler_role["Arn"]

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-04"}
### BEGIN SOLUTION
scheduled_version = experiment.deploy(lab, here, shop_name)
for name, expression, minimum in (
    (f"{NAME}-up", "cron(50 8 * * ? *)", 5),
    (f"{NAME}-down", "cron(10 10 * * ? *)", 3),
):
    request = {
        "FunctionName": shop_name,
        "Qualifier": scheduled_version,
        "FunctionScalingConfig": {"MinExecutionEnvironments": minimum},
    }
    schedule = {
        "Name": name,
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": SCHEDULER_TARGET, "RoleArn": scheduler_role_arn, "Input": json.dumps(request)},
    }
    try:
        scheduler.create_schedule(**schedule)
    except scheduler.exceptions.ConflictException:  # from an earlier run
        scheduler.update_schedule(**schedule)

with_schedule = experiment.play(lab, f"{shop_name}:{scheduled_version}", BUSY_HOUR, SHOP, starting="08:00")
worst_minute(with_schedule.rows)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-55-04"}
lab.check("55.04")

# %% [markdown]
# ### 55.05 · Way 4: more slots (6 points)
#
# Another function waits half a second for a slow partner and computes for 2 ms. Its environments are never busy, and its bursts are refused all the same: 120 requests a second of half a second each
# are 60 at a time, and three environments of 16 slots have 48.
#
# Deploy `lmi-lab-55-waiting` with a higher `concurrency` (number in `waiting_version`) and play `WAITING_TRIPLE` on it. Mind the memory: an environment takes 200 MB of its 2,048, and **each request 30 MB** more.
# Then say for which functions this way works, those that are `"waiting"`, those that are `"computing"`, or `"both"`: `more_slots_help`.

# %%
WAITING = {"io_ms": 500, "cpu_ms": 2, "base_memory_mb": 200, "memory_mb": 30}
WAITING_TRIPLE = traffic.step(40, 120, at_s=600, duration_s=1500)
waiting_name = f"{NAME}-waiting"

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-05"}
### BEGIN SOLUTION
waiting_version = experiment.deploy(lab, here, waiting_name, concurrency=32)
with_slots = experiment.play(lab, f"{waiting_name}:{waiting_version}", WAITING_TRIPLE, WAITING)
print(worst_minute(with_slots.rows))
more_slots_help = "waiting"
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-55-05"}
lab.check("55.05")

# %% [markdown]
# | Way | Holds for | Costs |
# | --- | --- | --- |
# | floor | one level of traffic | idle environments all day |
# | lower target | any level | the same share of the fleet idle, all day |
# | schedule | bursts that keep to a timetable | idle environments for minutes |
# | more slots | functions that wait | memory |
#
# What none of them does: help a caller who was refused. Callers retry with growing waits, and what may wait goes through a queue.
#
# ## Guardrails
#
# ### 55.06 · The cap, and what it costs (8 points)
#
# `MaxVCpuCount` keeps a bill in bounds: it counts the vCPUs of **whole instances**. Write `cap_for(usd_per_hour, instance_type)`: the largest cap (an `int`) with which the instances of the type, on demand **with
# the fee of 15 %**, cost no more than the budget an hour. A first publish launches three instances: raise `ValueError` when the budget does not pay for three.
#
# Then make the provider `lmi-lab-55-capped` like the last one, with `AllowedInstanceTypes` `["c8g.xlarge"]` and the cap that a budget of **0.65 US dollars an hour** gives (scaling mode Auto). Deploy a function of the same name on it, keep the
# number in `capped_version`, play `TENFOLD`, and see what the cap costs: `capped_percent`, the worst minute of `rows[20:25]`, when the fleet is as large as it may be.

# %%
from lmi_sim.prices import on_demand_usd_per_hour
from lmi_sim.sizing import instance_size

TENFOLD = traffic.step(60, 600, at_s=600, duration_s=1500)
print(on_demand_usd_per_hour("c8g.xlarge"), "USD an hour,", instance_size("c8g.xlarge"))


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-06"}
### BEGIN SOLUTION
def cap_for(usd_per_hour, instance_type):
    """The largest MaxVCpuCount that the budget pays for. Raises ValueError when that is no three instances."""
    price = float(on_demand_usd_per_hour(instance_type)) * 1.15
    instances = math.floor(usd_per_hour / price)
    if instances < 3:
        raise ValueError(f"{usd_per_hour} US dollars an hour pay for {instances} of {instance_type}, not for three")
    return instances * int(instance_size(instance_type).vcpus)


capped_name = f"{NAME}-capped"
capped_scaling = {"MaxVCpuCount": cap_for(0.65, "c8g.xlarge"), "ScalingMode": "Auto"}
capped_version = experiment.deploy(
    lab,
    here,
    capped_name,
    capacity_provider_arn=provider_arn(capped_name, capped_scaling, AllowedInstanceTypes=["c8g.xlarge"]),
)
at_cap = experiment.play(lab, f"{capped_name}:{capped_version}", TENFOLD, SHOP)
capped_percent = worst_minute(at_cap.rows[20:25])
capped_percent
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-55-06"}
lab.check("55.06")
### BEGIN HIDDEN TESTS
lab.check("55.06", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The scaler's own words stand in the report, as `refused`. On AWS the system log of the provider has them. Set an alarm on throttles wherever you set a cap.
#
# ### 55.07 · Out of service and back (5 points)
#
# A minimum **and** a maximum of 0 take a version out of service: its environments go, and when they were the last, so do the instances and their bill. Do that to `lmi-lab-55-roomy`, version `roomy_version`. Wait until its state stays,
# and keep that state in `out_state`. Invoke it, and keep the **code** of the refusal in `out_code`.
#
# Then bring it back: put a minimum of 3 alone (a member that is left out goes back to its default, which is no maximum), and wait until it is `Active`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-07"}
### BEGIN SOLUTION
def roomy_state():
    """The state of the version."""
    return lambda_client.get_function_configuration(FunctionName=roomy_name, Qualifier=roomy_version)["State"]


def put_roomy(**config):
    """Put a scaling config for the version."""
    lambda_client.put_function_scaling_config(
        FunctionName=roomy_name, Qualifier=roomy_version, FunctionScalingConfig=config
    )


put_roomy(MinExecutionEnvironments=0, MaxExecutionEnvironments=0)
lab.wait_until(lambda: roomy_state() not in ("Active", "Deactivating"))
out_state = roomy_state()

out_code = None
try:
    lambda_client.invoke(FunctionName=roomy_name, Qualifier=roomy_version)
except ClientError as error:
    out_code = error.response["Error"]["Code"]
    print(error)

put_roomy(MinExecutionEnvironments=3)
lab.wait_until(lambda: roomy_state() == "Active")
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-55-07"}
lab.check("55.07")

# %% [markdown]
# ## Planning
#
# ### 55.08 · Size it by hand, and simulate it (9 points)
#
# Steady traffic can be sized on paper. Write `size_fleet(load, environment, instance)` for dicts like those below. It returns a dict with three whole numbers:
#
# 1. `slots`: requests that an environment holds at a time: the smaller of `max_concurrency` and what its memory has room for (`gib` × 1,024 less `base_mb`, by `mb_per_request`).
# 2. `environments`: so many that **half** stays free, of the vCPUs (rate × `cpu_ms`) and of the slots (Little: rate × (`io_ms` + `cpu_ms`)), whichever needs more; three at least.
# 3. `instances`: by how many environments fit on one, by vCPUs and by GiB, when the platform keeps **1 vCPU and 1 GiB** of each instance (what AWS's own calculator takes); three at least.
#
# Raise `ValueError` when no request fits into an environment, or no environment on an instance. Then keep in `simulated` what `experiment.simulate(LOAD, ENVIRONMENT, INSTANCE, size_fleet(…))` says of your size for the load below.

# %%
LOAD = {"rate_rps": 220, "io_ms": 90, "cpu_ms": 25, "mb_per_request": 60, "base_mb": 300}
ENVIRONMENT = {"vcpus": 1, "gib": 2, "max_concurrency": 16}
INSTANCE = {"vcpus": 4, "gib": 8}  # c8g.xlarge

experiment.simulate(LOAD, ENVIRONMENT, INSTANCE, {"slots": 16, "environments": 6})  # six: nearly full


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-08"}
### BEGIN SOLUTION
def size_fleet(load, environment, instance):
    """Slots of an environment, environments and instances. Raises ValueError for what does not fit."""
    free_mb = environment["gib"] * 1024 - load["base_mb"]
    slots = min(environment["max_concurrency"], math.floor(free_mb / load["mb_per_request"]))
    per_instance = math.floor(
        min((instance["vcpus"] - 1) / environment["vcpus"], (instance["gib"] - 1) / environment["gib"])
    )
    if slots < 1 or per_instance < 1:
        raise ValueError("a request does not fit into the environment, or the environment not on the instance")
    busy_vcpus = load["rate_rps"] * load["cpu_ms"] / 1000
    under_way = load["rate_rps"] * (load["io_ms"] + load["cpu_ms"]) / 1000
    needed = max(busy_vcpus / environment["vcpus"], under_way / slots) / 0.5
    environments = max(3, math.ceil(round(needed, 9)))
    return {
        "slots": slots,
        "environments": environments,
        "instances": max(3, math.ceil(environments / per_instance)),
    }


simulated = experiment.simulate(LOAD, ENVIRONMENT, INSTANCE, size_fleet(LOAD, ENVIRONMENT, INSTANCE))
simulated
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-55-08"}
lab.check("55.08")
### BEGIN HIDDEN TESTS
lab.check("55.08", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Money
#
# ### 55.09 · The purchase mix (7 points)
#
# A Savings Plan or a Reserved Instance buys EC2 at a discount, and is **paid whether it is used or not**. What runs beyond it is bought on demand. The management fee is 15 % of the **on-demand** price of every instance
# that **runs**, and no discount touches it.
#
# - `fleet_usd(instances, committed, usd_per_hour, discount)`: what the hours of the list `instances` (how many run in each) cost with so many `committed`; `discount` is a share, such as 0.32.
# - `best_commitment(instances, usd_per_hour, discount)`: the number to commit to that costs least; of equals the smallest.

# %%
DAY = [4] * 8 + [6, 9, 12] + [14] * 6 + [12, 10, 8] + [6] * 4  # instances of a shop, hour by hour


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-09"}
### BEGIN SOLUTION
def fleet_usd(instances, committed, usd_per_hour, discount):
    """US dollars for the hours: the commitment, what goes beyond it, and the fee on all that runs."""
    kept = committed * len(instances) * usd_per_hour * (1 - discount)
    beyond = sum(max(0, count - committed) for count in instances) * usd_per_hour
    fee = 0.15 * sum(instances) * usd_per_hour
    return kept + beyond + fee


def best_commitment(instances, usd_per_hour, discount):
    """How many instances to commit to."""
    options = range(max(instances) + 1)
    return min(options, key=lambda count: (round(fleet_usd(instances, count, usd_per_hour, discount), 9), count))


best_commitment(DAY, 0.16, 0.32), best_commitment(DAY, 0.16, 0.65)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-55-09"}
lab.check("55.09")
### BEGIN HIDDEN TESTS
lab.check("55.09", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 55.10 · Three bills, and where they meet (7 points)
#
# The same month three ways, on arm64 in us-east-1, without the free tier. A month has 730 hours.
#
# | | Requests | Time |
# | --- | --- | --- |
# | default Lambda | 0.20 USD a million | 0.0000133334 USD for each GB-second |
# | provisioned concurrency | the same | 0.0000033334 for each GB-second **kept**, used or not; 0.0000077778 for each **used** |
# | managed instances | the same | instance hours × (price less discount + 15 % of the price) |
#
# A GB is 1,024 MB here, and each duration is rounded **up** to a whole millisecond. `month` is a dict like the one below; `provisioned` environments are kept all month, and carry everything.
#
# - `bills(month)`: a dict with the totals `"default"`, `"provisioned"` and `"managed"`.
# - `break_even(month)`: from how many requests a month the fleet costs less than default Lambda (whatever `month["requests"]` says).

# %%
MONTH = {
    "requests": 100_000_000,
    "duration_ms": 200,
    "memory_mb": 2048,
    "provisioned": 12,
    "instances": 3,
    "usd_per_hour": 0.0816,  # m7g.large
    "discount": 0.0,
}


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-10"}
### BEGIN SOLUTION
def gb_seconds(month):
    """Billed GB-seconds of one request."""
    return math.ceil(month["duration_ms"]) / 1000 * month["memory_mb"] / 1024


def fleet_of(month):
    """A month of the instances, with the fee."""
    return month["instances"] * 730 * month["usd_per_hour"] * (1 - month["discount"] + 0.15)


def bills(month):
    """The month's total each way."""
    requests = month["requests"] * 0.20 / 1_000_000
    used = month["requests"] * gb_seconds(month)
    kept = month["provisioned"] * month["memory_mb"] / 1024 * 730 * 3600
    return {
        "default": requests + used * 0.0000133334,
        "provisioned": requests + kept * 0.0000033334 + used * 0.0000077778,
        "managed": requests + fleet_of(month),
    }


def break_even(month):
    """From how many requests a month the fleet costs less than default Lambda."""
    return fleet_of(month) / (gb_seconds(month) * 0.0000133334)


bills(MONTH), break_even(MONTH)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-55-10"}
lab.check("55.10")
### BEGIN HIDDEN TESTS
lab.check("55.10", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# A break-even assumes that the fleet carries the requests. Whether it does is what sizing and benchmarks are for.
#
# ### 55.11 · A benchmark of your own (8 points)
#
# Numbers of others are numbers of other workloads. Write `benchmark(shape, work)`, which lets the same traffic meet both sides **in the simulator**, request by request, and returns a dict with a row for `"default"` and one for `"managed"`, each a dict with
#
# - `p99_ms`, the 99th percentile of the latency in milliseconds,
# - `refused_percent`, the share of requests that were given up after throttles, in per cent,
# - `cold_starts`, how many waited for one,
# - `usd_per_month`, requests and compute, if these minutes went on for **730 hours**: `DEFAULT` pays `billed_ms` by `work.memory_mb` as in 55.10, `MANAGED` its `instance_s` at `USD_PER_HOUR` with the fee. Both pay for `completed` requests.
#
# Fair is: the same seed (55) for both, and the first 300 seconds left out (`warm_up_s`), because a fresh deployment's cold starts come once. `measured_s` of a result says how long it was measured.
#
# Then say which side costs less for `STEADY` and for `SPIKY`: `steady_choice` and `spiky_choice`.

# %%
from lmi_sim.engine import simulate
from lmi_sim.policies import DefaultLambda, ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Scenario
from lmi_sim.workload import Workload, deterministic, exponentially

USD_PER_HOUR = 0.15952  # c8g.xlarge, on demand
DEFAULT = DefaultLambda()
MANAGED = ManagedInstances(
    InstanceShape("c8g.xlarge", vcpus=4, memory_gib=8.0, architecture="arm64"),
    EnvironmentSize(vcpus=1, memory_gib=2),
    max_concurrency=16,
)
WORK = Workload(cpu=exponentially(20), io=exponentially(80), memory_mb=1769, init=deterministic(400))
STEADY = traffic.steady(150, 1200)
SPIKY = traffic.spike(20, 120, at_s=600, length_s=120, duration_s=1200)

result = simulate(Scenario(STEADY, WORK, DEFAULT, seed=55, warm_up_s=300.0))
result.latency.quantile_s(0.99), result.throttle_share, result.cold_starts, result.completed, result.measured_s


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-11"}
### BEGIN SOLUTION
def benchmark(shape, work):
    """Both sides under the same requests."""
    rows = {}
    for side, policy in (("default", DEFAULT), ("managed", MANAGED)):
        result = simulate(Scenario(shape, work, policy, seed=55, warm_up_s=300.0))
        months = 730 * 3600 / result.measured_s
        requests = result.completed * 0.20 / 1_000_000
        if side == "default":
            compute = result.billed_ms / 1000 * work.memory_mb / 1024 * 0.0000133334
        else:
            compute = result.instance_s / 3600 * USD_PER_HOUR * 1.15
        rows[side] = {
            "p99_ms": result.latency.quantile_s(0.99) * 1000,
            "refused_percent": result.throttle_share * 100,
            "cold_starts": result.cold_starts,
            "usd_per_month": (requests + compute) * months,
        }
    return rows


print(benchmark(STEADY, WORK))
print(benchmark(SPIKY, WORK))
steady_choice = "managed"
spiky_choice = "default"
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-55-11"}
lab.check("55.11")
### BEGIN HIDDEN TESTS
lab.check("55.11", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Rollout
#
# ### 55.12 · Shift, watch, roll back (8 points)
#
# A new version is tried on a **tenth** of the traffic, and taken back by an alarm, not by somebody who happens to look.
#
# 1. Deploy `lmi-lab-55-release` twice (`old_version`, `new_version`), and give it an alias `live` at the old version, with a weight of 0.1 for the new one.
# 2. Put an alarm whose name begins with `lmi-lab-55-release` on the **new version's** `Duration` (namespace `AWS/Lambda`, dimensions `FunctionName` and `Resource`, which is `function:version`): above 300 ms on average in one period of 300 seconds.
# 3. Write `rollback(event, client)`. It is called with what EventBridge delivers when an alarm changes: `event["detail"]["state"]["value"]` is the new state; `client("lambda")` gives a boto3 client. On `ALARM` it sends all of `live` to the old version. On anything else it does nothing.
# 4. Carry the pager for half an hour and keep what comes of it in `watch`:
#    `pager.carry(lab, release_name, "live", traffic.steady(60, 1800), {old_version: SHOP, new_version: REGRESSED}, on_alarm=rollback)`.
#
# Somebody made the new version compute for 300 ms instead of 20. You don't know that yet.

# %%
from lmi_labs import pager

REGRESSED = {"io_ms": 80, "cpu_ms": 300}
release_name = f"{NAME}-release"
cloudwatch = boto3.client("cloudwatch")

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-12"}
### BEGIN SOLUTION
old_version = experiment.deploy(lab, here, release_name)
new_version = experiment.deploy(lab, here, release_name)
alias = {
    "FunctionName": release_name,
    "Name": "live",
    "FunctionVersion": old_version,
    "RoutingConfig": {"AdditionalVersionWeights": {new_version: 0.1}},
}
try:
    lambda_client.create_alias(**alias)
except lambda_client.exceptions.ResourceConflictException:  # from an earlier run
    lambda_client.update_alias(**alias)

cloudwatch.put_metric_alarm(
    AlarmName=f"{release_name}-slow",
    Namespace="AWS/Lambda",
    MetricName="Duration",
    Dimensions=[
        {"Name": "FunctionName", "Value": release_name},
        {"Name": "Resource", "Value": f"{release_name}:{new_version}"},
    ],
    Statistic="Average",
    Period=300,
    EvaluationPeriods=1,
    Threshold=300,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
)


def rollback(event, client):
    """Send everything to the old version when the alarm goes off."""
    if event["detail"]["state"]["value"] == "ALARM":
        client("lambda").update_alias(
            FunctionName=release_name,
            Name="live",
            FunctionVersion=old_version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )


watch = pager.carry(
    lab,
    release_name,
    "live",
    traffic.steady(60, 1800),
    {old_version: SHOP, new_version: REGRESSED},
    on_alarm=rollback,
)
watch
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-55-12"}
lab.check("55.12")
### BEGIN HIDDEN TESTS
lab.check("55.12", hidden=True)
### END HIDDEN TESTS

# %%
from lmi_labs.widgets import shift_view

shift_view(watch)

# %% [markdown]
# Metrics of managed instances come every five minutes, so an alarm is never faster. That is why the share is small.
#
# ### 55.13 · Before and while: quotas, rotation (5 points)
#
# Write `blockers(plan)`: from a plan like `PLAN` to a set of the words for what stops the rollout, empty if nothing does. All of them, not the first.
#
# - `"versions"`: the provider has its **100** versions already, and no room for another.
# - `"vcpus"`: the new version's environments don't fit. As many as `free_environments` find room on running instances; the others need whole instances of `instance_vcpus`, with `environments_per_instance` on each, and with them `max_vcpu_count` would be passed.
# - `"alarm"`: no alarm watches the new version (`resource`).
# - `"weight"`: more than a quarter of the traffic to begin with.
#
# Instances don't live for ever; how long is not settled (14 days by AWS's blogs; the emulator takes that). Have them live one hour, with `traffic.assume(lab.account, {"scaling_model.instance_lifetime_s": 3600})`, play an hour and a half of `traffic.steady(60, 5400)` with `SHOP` on the **old** version of the release,
# and put the default back (`None`). Keep how many instances were replaced (`"rotated"` in `report.document["happened"]`) in `rotated`, and how many requests were refused in `refused_while_rotating`.

# %%
PLAN = {
    "versions_on_provider": 12,
    "max_vcpu_count": 48,
    "vcpus_in_use": 40,
    "free_environments": 1,
    "environments_per_instance": 3,
    "instance_vcpus": 4,
    "min_environments": 6,
    "resource": "shop:8",
    "alarms": ["shop:7", "shop:8"],  # the versions that an alarm watches
    "weight": 0.1,
}


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-13"}
### BEGIN SOLUTION
def blockers(plan):
    """The words for what stops the rollout."""
    found = set()
    if plan["versions_on_provider"] >= 100:
        found.add("versions")
    missing = max(0, plan["min_environments"] - plan["free_environments"])
    instances = math.ceil(missing / plan["environments_per_instance"])
    if plan["vcpus_in_use"] + instances * plan["instance_vcpus"] > plan["max_vcpu_count"]:
        found.add("vcpus")
    if plan["resource"] not in plan["alarms"]:
        found.add("alarm")
    if plan["weight"] > 0.25:
        found.add("weight")
    return found


LIFETIME = "scaling_model.instance_lifetime_s"
traffic.assume(lab.account, {LIFETIME: 3600})
rotation = experiment.play(lab, f"{release_name}:{old_version}", traffic.steady(60, 5400), SHOP)
traffic.assume(lab.account, {LIFETIME: None})
rotated = sum(item["what"] == "rotated" for item in rotation.document["happened"])
refused_while_rotating = rotation.throttled
blockers(PLAN), rotated, refused_while_rotating
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-55-13"}
lab.check("55.13")
### BEGIN HIDDEN TESTS
lab.check("55.13", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Incident night
#
# ### 55.14 · Write the runbook (9 points)
#
# Tonight you are on call for a shop in another account, and you want to sleep. Two hours, three incidents, in an order that you don't know:
#
# - a campaign brings more traffic than the provider's **cap** carries,
# - a pipeline gives a slow **new version** a share of the alias,
# - a clean-up takes the version **out of service**.
#
# Write `runbook(event, client)`, in the form of 55.12. It is called every five minutes for each of the alarms `shop-throttles` and `shop-slow` that has changed or still is in `ALARM`. An alarm says *that* customers are hurt, not why: **look** with describe calls, then act.
# The names of the function and its capacity provider are both `shop`, the alias is `live`, its version `"1"`. The cap is 16 vCPUs when the night begins; instances are `xlarge`, with 4 vCPUs.
#
# A minute hurts when more than 1 % of its requests are refused or answered by a version that takes 500 ms. Allowed are **25 minutes of pain** together, 12 after any one incident, and **3.20 US dollars** for the instances. Doing nothing costs about 115 minutes; a fleet for any case costs twice the money.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-55-14"}
### BEGIN SOLUTION
def runbook(event, client):
    """Find out why customers are hurt, and end it."""
    if event["detail"]["state"]["value"] != "ALARM":
        return
    functions = client("lambda")

    # Is a new version being tried? Then it is the first suspect.
    alias = functions.get_alias(FunctionName="shop", Name="live")
    if (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
        functions.update_alias(FunctionName="shop", Name="live", RoutingConfig={"AdditionalVersionWeights": {}})

    # Is the version out of service?
    scaling = functions.get_function_scaling_config(FunctionName="shop", Qualifier="1")
    if (scaling.get("AppliedFunctionScalingConfig") or {}).get("MaxExecutionEnvironments") == 0:
        functions.put_function_scaling_config(
            FunctionName="shop", Qualifier="1", FunctionScalingConfig={"MinExecutionEnvironments": 3}
        )

    # Does the cap leave no room for another instance? Then more, but never beyond what the budget of the night allows.
    reservations = client("ec2").describe_instances(
        IncludeManagedResources=True,
        Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}],
    )["Reservations"]
    vcpus = 4 * sum(len(reservation["Instances"]) for reservation in reservations)
    provider = functions.get_capacity_provider(CapacityProviderName="shop")["CapacityProvider"]
    config = provider["CapacityProviderScalingConfig"]
    if vcpus + 4 > config["MaxVCpuCount"] and config["MaxVCpuCount"] < 32:
        functions.update_capacity_provider(
            CapacityProviderName="shop",
            CapacityProviderScalingConfig={**config, "MaxVCpuCount": 32},
        )


### END SOLUTION

# %% [markdown]
# Now let the night come. Change the runbook and play it again as often as you like: the same seed gives the same night. The check plays this night itself; grading plays others.

# %%
from lmi_labs import incident_night
from lmi_labs.widgets import night_view

night_view(incident_night.play(lab, runbook, seed=55))

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-55-14"}
lab.check("55.14")
### BEGIN HIDDEN TESTS
lab.check("55.14", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## What you can do now
#
# Say what a burst costs before it comes, make room for it the cheapest of four ways, keep a bill in bounds and know the price of that, size and buy a fleet, measure it against default Lambda, roll out with a way back, and sleep.
#
# Take everything down that begins with the lab's name:

# %%
for schedule in scheduler.list_schedules(NamePrefix=NAME)["Schedules"]:
    scheduler.delete_schedule(Name=schedule["Name"])
for alarm in cloudwatch.describe_alarms(AlarmNamePrefix=NAME)["MetricAlarms"]:
    cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"]])
iam.delete_role_policy(RoleName=f"{NAME}-scheduler", PolicyName="scale")
iam.delete_role(RoleName=f"{NAME}-scheduler")
ground.clear(lab, NAME)

# %%
lab.progress()
