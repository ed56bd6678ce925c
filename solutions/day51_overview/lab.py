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
# # Day 51 · Overview and use cases
#
# **Lambda Managed Instances** are Lambda functions on EC2 instances in your account: the same handlers, events and API; instance families, Savings
# Plans and a bill by the hour from EC2; and AWS keeps the machines. Is that for your function? Today you find out with numbers: you look at cold starts, write both bills, find
# where they meet, decide twelve cases, and try to do AWS's part of the work.
#
# Thirteen tasks, 100 points, one to two hours. Write your answer in the cell under each task, run it, then run the check below it.
# Stuck? `lab.hint("51.02")` gives up to three hints, each nearer to the solution.

# %%
from lmi_labs import open_lab

lab = open_lab(51)

# %% [markdown]
# ## Before you start
#
# ### 51.01 · A self-test (6 points)
#
# Nine questions on what the course builds on: Lambda (`L`); EC2, VPC, IAM and logs (`E`); Savings Plans and Reserved Instances (`M`). Answer from memory, in a dict `self_test` from the question's
# id to a number or a word. What is wrong leads to a page that refreshes it.

# %%
from lmi_labs.self_test import questions

questions()

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-01"}
### BEGIN SOLUTION
self_test = {
    "L1": 1,
    "L2": 100_000,
    "L3": "init",
    "E1": "no",
    "E2": "yes",
    "E3": "trust",
    "E4": "/aws/lambda/orders",
    "M1": 0.70,
    "M2": "compute",
}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-51-01"}
lab.check("51.01")

# %% [markdown]
# ## The same function, twice
#
# One function, one traffic, two places to run: default Lambda, and managed instances with eight requests at a time in an environment. Ten minutes of four requests a second, and in the middle forty seconds of sixty. It
# is the simulator that answers, with the same requests on both sides. Each dot is a request: when it came, and how long its caller waited.

# %%
import math

from lmi_labs import same_traffic
from lmi_labs.load import percentile
from lmi_labs.widgets import latency_view

runs = same_traffic.runs()
latency_view(runs)

# %% [markdown]
# What are the dots far up on the left, what are the crosses on the right? Look at a few requests; `init_ms` is what Lambda's REPORT line calls *Init Duration*.

# %%
runs["default"][:3]

# %% [markdown]
# ### 51.02 · Two runs in numbers (9 points)
#
# Write `summary(requests)`: from a list of requests to a dict with
#
# - `cold_percent`: of **all that came**, how many per cent began with a cold start (`init_ms` above 0),
# - `p99_ms`: the 99th percentile of what a caller waited (`init_ms + duration_ms`), of those that were **answered** (`status` 200); `percentile(values, 0.99)` helps,
# - `refused_percent`: of all that came, how many per cent were refused (`status` 429).
#
# Where there is nothing to count, a number is 0. Keep both runs' numbers in `summaries`, a dict with `"default"` and `"managed"`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-02"}
### BEGIN SOLUTION
def summary(requests):
    """How many began cold, how long callers waited, and how many were refused."""
    came = len(requests) or 1
    cold = sum(one["init_ms"] > 0 for one in requests)
    waits = [one["init_ms"] + one["duration_ms"] for one in requests if one["status"] == 200]
    refused = sum(one["status"] == 429 for one in requests)
    return {
        "cold_percent": 100 * cold / came,
        "p99_ms": percentile(waits, 0.99) if waits else 0,
        "refused_percent": 100 * refused / came,
    }


summaries = {kind: summary(requests) for kind, requests in runs.items()}
summaries
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-51-02"}
lab.check("51.02")
### BEGIN HIDDEN TESTS
lab.check("51.02", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Neither is free. Default Lambda made callers wait for new environments; managed instances had theirs up before the version was Active, and refused what found no free slot, because a
# fleet grows in minutes and not in the moment. They keep room for traffic to **double within five minutes**; this burst was fifteen times.
#
# ### 51.03 · How many environments (8 points)
#
# On default Lambda an environment serves one request at a time, on managed instances several. So what does the same traffic need?
#
# Write `environments_needed(requests, concurrency)`: how many environments hold the requests that are under way **at the busiest moment**, `concurrency` in each. A request is under way from `arrived_s` until `init_ms + duration_ms`
# later; one that ends in the very moment in which another comes has made room for it. Refused requests were in no environment. The list need not be in order.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-03"}
### BEGIN SOLUTION
def environments_needed(requests, concurrency):
    """How many environments hold what is under way at the busiest moment."""
    steps = []
    for one in requests:
        if one["status"] == 200:
            steps.append((one["arrived_s"], 1))
            steps.append((one["arrived_s"] + (one["init_ms"] + one["duration_ms"]) / 1000, -1))
    under_way = most = 0
    for _, change in sorted(steps):  # at the same moment -1 comes before 1
        under_way += change
        most = max(most, under_way)
    return math.ceil(most / concurrency)


print(environments_needed(runs["default"], 1), "environments with one request at a time,")
print(environments_needed(runs["default"], 8), "with eight")
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-51-03"}
lab.check("51.03")
### BEGIN HIDDEN TESTS
lab.check("51.03", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Two bills
#
# Prices are those of us-east-1, from the price table that the whole course uses; the month has 730 hours.

# %%
from decimal import Decimal

from lmi_sim.billing import HOURS_PER_MONTH
from lmi_sim.cost import compute_usd, default_lambda_bill, management_fee_rate

USD_PER_GB_SECOND = float(compute_usd(Decimal(1), "arm64"))  # default Lambda on arm64, first tier
USD_PER_REQUEST = float(default_lambda_bill(Decimal(0), Decimal(1), "arm64")["requests"])  # on both
FEE = float(management_fee_rate())  # managed instances: a share of the EC2 price ON DEMAND
USD_PER_GB_SECOND, USD_PER_REQUEST, FEE, HOURS_PER_MONTH

# %% [markdown]
# ### 51.04 · A month on default Lambda (7 points)
#
# You pay each request, and the **GB-seconds** that it ran: its duration, rounded **up to a whole millisecond**, times its memory (1 GB is 1,024 MB).
#
# Write `default_usd(requests, duration_ms, memory_mb)`: USD for a month's requests, without the free tier.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-04"}
### BEGIN SOLUTION
def default_usd(requests, duration_ms, memory_mb):
    """A month on default Lambda, in USD."""
    gb_seconds = requests * math.ceil(duration_ms) / 1000 * memory_mb / 1024
    return requests * USD_PER_REQUEST + gb_seconds * USD_PER_GB_SECOND


default_usd(100_000_000, 200, 1024)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-51-04"}
lab.check("51.04")
### BEGIN HIDDEN TESTS
lab.check("51.04", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 51.05 · A month on managed instances (9 points)
#
# You pay each request, the EC2 price of every instance for every hour that it stands, and the **management fee**. A Savings Plan or Reserved Instances take a `discount` (0 to 1) off the EC2 price. The
# fee is a share of the price **on demand** and never discounted. Time that requests run costs nothing.
#
# Write `managed_usd(requests, instances, usd_per_hour, discount=0)`; `instances` is how many stand on average, `usd_per_hour` the price of one on demand.
#
# AWS's price page advertises up to 72 % off. By how many **per cent** is the bill for instances (EC2 and fee) lower with that discount than without it? Put the number into `saved_percent`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-05"}
### BEGIN SOLUTION
def managed_usd(requests, instances, usd_per_hour, discount=0):
    """A month on managed instances, in USD."""
    hours = instances * HOURS_PER_MONTH
    return requests * USD_PER_REQUEST + hours * usd_per_hour * ((1 - discount) + FEE)


saved_percent = 100 * (1 - managed_usd(0, 3, 0.1632, 0.72) / managed_usd(0, 3, 0.1632))
saved_percent
### END SOLUTION

# %% nbgrader={"grade": true, "points": 9, "solution": false, "locked": true, "grade_id": "check-51-05"}
lab.check("51.05")
### BEGIN HIDDEN TESTS
lab.check("51.05", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 51.06 · How many to commit to (8 points)
#
# A commitment is paid every hour, **used or not**. So a steady fleet is committed whole, and one that comes and goes with the day is not.
#
# Write `best_commitment(sizes, discount)`: `sizes` says how many instances stand in each hour of a typical day. Committed instances cost `1 - discount` of the price every hour; what stands beyond them is paid on demand.
# Return **how many** instances to commit to so that the EC2 line is lowest (the fewest, if several numbers cost the same). The fee is on what stands, committed or not, so it changes nothing.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-06"}
### BEGIN SOLUTION
def best_commitment(sizes, discount):
    """How many instances to commit to."""

    def cost(count):
        beyond = sum(max(0, size - count) for size in sizes)
        return len(sizes) * count * (1 - discount) + beyond

    return min(range(math.ceil(max(sizes)) + 1), key=cost)


best_commitment([3] * 16 + [10] * 8, 0.32), best_commitment([3] * 16 + [10] * 8, 0.72)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-51-06"}
lab.check("51.06")
### BEGIN HIDDEN TESTS
lab.check("51.06", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Where the bills meet
#
# ### 51.07 · The break-even, by sliders (5 points)
#
# The planner asks the simulator at every move. It stands on a function that computes for 20 ms and waits for 180, with 1,024 MB on default Lambda, at ten requests a second. Move **only** the slider *Requests a second*, and
# read what it says, until you are where managed instances begin to cost less than default Lambda. Put that rate, in requests **a second**, into `break_even_rps`; to within a few per cent is enough.

# %%
from lmi_labs.widgets import planner
from lmi_labs.widgets.planner_question import Question

planner(Question(rate_rps=10.0, cpu_ms=20.0, io_ms=180.0, memory_mb=1024.0, instance_type="c8g.large"))

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-07"}
### BEGIN SOLUTION
break_even_rps = 26.7  # 70 million requests a month
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-51-07"}
lab.check("51.07")

# %% [markdown]
# ### 51.08 · The break-even, as a function (8 points)
#
# At the break-even the GB-seconds of default Lambda cost what the fleet costs that stands there anyway. Requests cost the same on both and cancel out.
#
# Write `break_even(duration_ms, memory_mb, instances, usd_per_hour, discount, carries_rps)`: the rate in requests a second at which both cost the same, or **`None`** where the fleet does not carry that many (`carries_rps` is the most that it
# carries): then it would have to grow, and cost more, before it could be cheaper.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-08"}
### BEGIN SOLUTION
def break_even(duration_ms, memory_mb, instances, usd_per_hour, discount, carries_rps):
    """From how many requests a second on the fleet costs less; None where it does not carry them."""
    fleet_usd = managed_usd(0, instances, usd_per_hour, discount)
    request_usd = math.ceil(duration_ms) / 1000 * memory_mb / 1024 * USD_PER_GB_SECOND
    rate = fleet_usd / request_usd / (HOURS_PER_MONTH * 3600)
    return rate if rate <= carries_rps else None


break_even(214.55, 1024, 3, 0.07976, 0, 75), break_even(214.55, 512, 3, 0.07976, 0, 75)
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-51-08"}
lab.check("51.08")
### BEGIN HIDDEN TESTS
lab.check("51.08", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Twelve workloads
#
# Twelve cards, as colleagues would hand them to you. `card.instances` is how many instances the simulator's fleet model keeps up on average, never fewer than three; `card.duration_ms` is how long default
# Lambda runs a request (below 1,769 MB it has less than one vCPU, so computing takes longer); `card.network_usd` is what the endpoints cost that instances need for a way out of your VPC.

# %%
from lmi_labs.cards import workload_cards

cards = workload_cards()
cards

# %% [markdown]
# ### 51.09 · In numbers (8 points)
#
# What would each cost a month? Put both bills into `bills`: a dict from the card's `name` to a dict with `default` and `managed`, in USD. Take `card.requests`, `card.duration_ms`, `card.memory_mb`; and for managed instances `card.instances`, `card.usd_per_hour`, `card.discount`,
# plus `card.network_usd`.
#
# Default Lambda can't run everything: a function has at most **10,240 MB**, **6 vCPUs** and **15 minutes** (`card.memory_mb`, `card.least_vcpus`, `card.longest_minutes`). What it can't run costs `None` there.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-09"}
### BEGIN SOLUTION
def bills_of(card):
    """USD a month on both; None where it can't run."""
    possible = card.memory_mb <= 10_240 and card.least_vcpus <= 6 and card.longest_minutes <= 15
    managed = managed_usd(card.requests, card.instances, card.usd_per_hour, card.discount) + card.network_usd
    return {
        "default": default_usd(card.requests, card.duration_ms, card.memory_mb) if possible else None,
        "managed": managed,
    }


bills = {card.name: bills_of(card) for card in cards}
bills
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-51-09"}
lab.check("51.09")

# %% [markdown]
# ### 51.10 · Choose (12 points)
#
# Money is not the first question. Write `choose(card)`, which asks in this order:
#
# 1. **Need.** What default Lambda can't run goes to managed instances. What runs **strangers' code** (`card.strangers_code`) stays on default Lambda: functions of one provider share instances, and containers are no wall between strangers.
# 2. **Spike.** Where traffic **more than doubles within five minutes** (`card.grows_5_min` above 2) and callers can't live with a 429 (`card.refusable` is `False`): default Lambda.
# 3. **Cost.** Else whichever costs less.
#
# It returns a dict with `on` (`"default"` or `"managed"`), `because` (`"need"`, `"spike"` or `"cost"`) and `saves_usd`: what the other one costs a month **less what the chosen one costs**. That is negative where a need or a
# spike costs money, and `None` where the other can't run it. The check has cards of its own.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-10"}
### BEGIN SOLUTION
def choose(card):
    """Where the workload should run, why, and what that saves."""
    usd = bills_of(card)
    if usd["default"] is None:
        return {"on": "managed", "because": "need", "saves_usd": None}
    if card.strangers_code:
        on, because = "default", "need"
    elif card.grows_5_min > 2 and not card.refusable:
        on, because = "default", "spike"
    else:
        on, because = min(usd, key=usd.get), "cost"
    other = "managed" if on == "default" else "default"
    return {"on": on, "because": because, "saves_usd": usd[other] - usd[on]}


for card in cards:
    print(f"{card.name:12}", choose(card))
### END SOLUTION

# %% nbgrader={"grade": true, "points": 12, "solution": false, "locked": true, "grade_id": "check-51-10"}
lab.check("51.10")
### BEGIN HIDDEN TESTS
lab.check("51.10", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Who does what
#
# Now a real one. The cell below makes a network, a capacity provider and a function, and publishes it, which launches three instances. Day 52 does all of that by hand. (On AWS it takes some minutes, and the instances cost money until the last cell.)

# %%
import boto3
from botocore.exceptions import ClientError

from lmi_labs import ground
from lmi_labs.example import bring_up

NAME = "lmi-lab-51"
here = bring_up(lab, NAME)
here.subnet_ids

# %% [markdown]
# The emulator can send this version the traffic of the two runs. Mind what the table has no column for. (On AWS you would need a load generator, so there the cell does nothing.)

# %%
from lmi_labs import traffic

if lab.account.world != "aws":
    traffic.offer(lab.account, NAME, same_traffic.TRAFFIC, io_ms=380, cpu_ms=20)
    lab.advance(600)
    display(traffic.report(lab.account, NAME))

# %% [markdown]
# ### 51.11 · Do AWS's part (8 points)
#
# The instances stand in your account. Look for them in the lab's subnets (`here.subnet_ids`, filter `subnet-id`) twice: with a plain `describe_instances` (ids into `plain_ids`), and with `IncludeManagedResources=True` (ids of those that are running into `instance_ids`).
#
# Then try on one of them, really, without `DryRun`, what you would do with an instance of your own: **stop** it, **terminate** it, and **modify** its type (`modify_instance_attribute` with `InstanceType={"Value": "m8g.large"}`). Keep the error **codes** in
# `refusals`, a dict with `stop`, `terminate` and `modify`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-11"}
### BEGIN SOLUTION
ec2 = boto3.client("ec2")
here_and_running = [
    {"Name": "subnet-id", "Values": list(here.subnet_ids)},
    {"Name": "instance-state-name", "Values": ["pending", "running"]},
]


def ids_of(answer):
    """The ids of all instances in an answer of describe_instances."""
    return [instance["InstanceId"] for reservation in answer["Reservations"] for instance in reservation["Instances"]]


plain_ids = ids_of(ec2.describe_instances(Filters=here_and_running))
instance_ids = ids_of(ec2.describe_instances(Filters=here_and_running, IncludeManagedResources=True))


def code_of(call, **arguments):
    """The error code with which the call is refused, None if it is not."""
    try:
        call(**arguments)
    except ClientError as error:
        print(error)
        return error.response["Error"]["Code"]
    return None


one = instance_ids[0]
refusals = {
    "stop": code_of(ec2.stop_instances, InstanceIds=[one]),
    "terminate": code_of(ec2.terminate_instances, InstanceIds=[one]),
    "modify": code_of(ec2.modify_instance_attribute, InstanceId=one, InstanceType={"Value": "m8g.large"}),
}
plain_ids, instance_ids, refusals
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-51-11"}
lab.check("51.11")

# %% [markdown]
# AWS has not published which code it answers here; the check takes the two that have been seen on instances that a service manages.
#
# ### 51.12 · Who does what (4 points)
#
# Sort the duties: a dict `duties` from each text in `DUTIES` to `"aws"` or `"you"`.

# %%
from lmi_labs.duties import DUTIES

DUTIES

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-12"}
### BEGIN SOLUTION
duties = {
    "patch the operating system of the instances": "aws",
    "update the language runtime of a ZIP function": "aws",
    "update the base image of an image function": "you",
    "choose the machine image of the instances": "aws",
    "replace an instance that fails": "aws",
    "add instances when load rises": "aws",
    "route a request to an environment with a free slot": "aws",
    "say which instance types may be used": "you",
    "cap the vCPUs that may be running": "you",
    "give the functions a way out of the VPC": "you",
    "make code safe for several requests at a time": "you",
    "buy a Savings Plan": "you",
    "watch throttles and alarm somebody": "you",
}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 4, "solution": false, "locked": true, "grade_id": "check-51-12"}
lab.check("51.12")

# %% [markdown]
# ## What has changed since launch
#
# The service changes every month, and search engines love old texts. `timeline` says of each subject what held since when: a dict from the subject to a list of pairs `(since, value)`, the oldest first. Dates are ISO text, so `<=`
# compares them. Where the day of a change is not known, it is the day by which our sources show it.

# %%
from lmi_labs.changes import history, statements

timeline = history()
timeline

# %%
said = statements()
said

# %% [markdown]
# ### 51.13 · Current, stale or wrong (8 points)
#
# Write `judge(statement, timeline, as_of)` for a statement like these (a dict with `subject`, `claims` and `written`). On the day of a change the new value holds already. It returns
#
# - `"current"` if what the statement claims holds on the day `as_of`,
# - `"stale"` if it does not, but held on the day on which it was written,
# - `"wrong"` if it did not hold then either.
#
# Judge all twelve as of `"2026-11-23"`, the day on which our facts were looked up, and keep the verdicts in `verdicts`, by the statement's `id`. The check has subjects of its own.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-51-13"}
### BEGIN SOLUTION
def value_on(day, changes):
    """What held on the day."""
    return [value for since, value in changes if since <= day][-1]


def judge(statement, timeline, as_of):
    """Whether the statement holds on the day, held when it was written, or neither."""
    changes = timeline[statement["subject"]]
    if value_on(as_of, changes) == statement["claims"]:
        return "current"
    return "stale" if value_on(statement["written"], changes) == statement["claims"] else "wrong"


verdicts = {one["id"]: judge(one, timeline, "2026-11-23") for one in said}
verdicts
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-51-13"}
lab.check("51.13")
### BEGIN HIDDEN TESTS
lab.check("51.13", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## What you can do now
#
# Tell from numbers whether a function belongs on managed instances; say where the break-even is and what moves it; name what AWS does and what stays with you; and ask of every text when it was true.
#
# Take everything down that begins with the lab's name, so that nothing is left on a bill:

# %%
ground.clear(lab, NAME)

# %%
lab.progress()
