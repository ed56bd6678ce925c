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
# # Day 53 · Functions on managed instances
#
# On default Lambda an execution environment serves **one request at a time**. On managed instances it serves **many**: that is where the
# saving comes from, and where code that has run well for years breaks. Today your code really runs, several requests at a time, and you
# will break it, find out why, and mend it.
#
# Fifteen tasks, 100 points, one and a half to two hours. Write your answer in the cell under each task, run it, then run the check below it.
# Stuck? `lab.hint("53.01")` gives up to three hints, each nearer to the solution.

# %%
from lmi_labs import open_lab

lab = open_lab(53)

# %%
import io
import json
import zipfile

import boto3
from botocore.config import Config

from lmi_labs import ground

NAME = "lmi-lab-53"  # every resource of this lab begins with it

ec2 = boto3.client("ec2")
# Load is only honest if a throttled request is not quietly sent again, and if the client has room for many at a time.
lambda_client = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}, max_pool_connections=64))

here = ground.prepare(lab, NAME, max_vcpu_count=48)  # network, roles and a capacity provider: what you built on day 52
here

# %% [markdown]
# ## A package
#
# ### 53.01 · Pack the code (5 points)
#
# A ZIP package holds your code at its **root**: the handler `app.handler` is the function `handler` in `app.py` at the top. Two things
# go wrong in practice. Files that only their owner may read can't be read by Lambda's user. And a package that carries today's time has another
# hash each time it is built, so Lambda sees a change, and publishes a new version, where there was none.
#
# Write `pack(files)`: from a dict of path to text, such as `{"app.py": "…"}`, to the **bytes** of a ZIP archive. Every file can be read by
# everybody (mode `0o644`), those under `extensions/` can be run too (`0o755`), and the same files give the **same bytes**, whenever they are
# packed and in whatever order the dict has them.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-01"}
### BEGIN SOLUTION
def pack(files):
    """The files as the bytes of a ZIP archive that only changes when they do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=(2026, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if path.startswith("extensions/") else 0o644) << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()


### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-53-01"}
lab.check("53.01")
### BEGIN HIDDEN TESTS
lab.check("53.01", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ### 53.02 · The other package: a container image (4 points)
#
# The same function can come as an OCI image from ECR. The image then brings the runtime and says what to run, so `Runtime` and `Handler`
# have no place in the request; `ImageConfig` can override the image's command.
#
# Put into `image_request` the arguments of `create_function` for a function named `lmi-lab-53-image` from the image
# `123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:2026-11`, on your capacity provider and its architecture (`arm64`), with your execution role, that runs the command `app.handler`. Only write the dict; nothing is created.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-02"}
### BEGIN SOLUTION
image_request = {
    "FunctionName": "lmi-lab-53-image",
    "PackageType": "Image",
    "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:2026-11"},
    "ImageConfig": {"Command": ["app.handler"]},
    "Architectures": ["arm64"],
    "Role": here.execution_role_arn,
    "CapacityProviderConfig": {
        "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": here.capacity_provider_arn}
    },
}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 4, "solution": false, "locked": true, "grade_id": "check-53-02"}
lab.check("53.02")

# %% [markdown]
# ## A runtime
#
# ### 53.03 · What your global variable is worth (5 points)
#
# Each language brings several requests into one environment in its own way. The cell below prints how.
#
# For each of the five languages say whether two requests that run **at the same time in one environment** can meet in a global (static, module-level)
# variable: a dict `meets_in_a_global` from language to `True` or `False`. And give the oldest runtime identifier on which it runs on managed
# instances: a dict `oldest_runtime` from language to identifier. Languages: `python`, `nodejs`, `java`, `dotnet`, `rust`.

# %%
from lmi_labs.languages import concurrency_models

concurrency_models()

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-03"}
### BEGIN SOLUTION
meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
oldest_runtime = {
    "python": "python3.13",
    "nodejs": "nodejs22.x",
    "java": "java21",
    "dotnet": "dotnet8",
    "rust": "provided.al2023",
}
### END SOLUTION

# %% nbgrader={"grade": true, "points": 5, "solution": false, "locked": true, "grade_id": "check-53-03"}
lab.check("53.03")

# %% [markdown]
# Python starts a process for each concurrent request, so globals are apart and memory is paid once per process. The others share one process: less
# memory, and every global is a meeting place.
#
# ## Memory and vCPUs
#
# ### 53.04 · Choose a size (7 points)
#
# You don't choose vCPUs. You choose `MemorySize` and the ratio of **GiB to vCPU** (2, 4 or 8), and the vCPUs follow: memory divided by the ratio, a whole number
# from 1 to 16. Memory goes from 2 to 32 GiB. The ratio is also what steers Lambda to an instance family: `c` has 2 GiB per vCPU, `m` 4 and `r` 8.
#
# Write `choose_size(vcpus, memory_gib)` for a workload that needs at least so many vCPUs and so much memory. Of all sizes that are enough it takes
# the one with the **least memory**, and among those the one with the **fewest vCPUs**. It returns a dict with `MemorySize` (in MB, 1 GiB = 1,024 MB),
# `ExecutionEnvironmentMemoryGiBPerVCpu` (2, 4 or 8) and `Family` (`"c"`, `"m"` or `"r"`), and raises `ValueError` if no size is enough.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-04"}
### BEGIN SOLUTION
def choose_size(vcpus, memory_gib):
    """The smallest environment that has so many vCPUs and so much memory. Raises ValueError if none has."""
    enough = []
    for ratio, family in ((2, "c"), (4, "m"), (8, "r")):
        for count in range(1, 17):
            size_gib = ratio * count
            if count >= vcpus and size_gib >= memory_gib and 2 <= size_gib <= 32:
                enough.append((size_gib, count, ratio, family))
    if not enough:
        raise ValueError(f"no environment has {vcpus} vCPUs and {memory_gib} GiB")
    size_gib, _, ratio, family = min(enough)
    return {"MemorySize": size_gib * 1024, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}


### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-53-04"}
lab.check("53.04")
### BEGIN HIDDEN TESTS
lab.check("53.04", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Eight at a time
#
# ### 53.05 · Create, publish, watch (7 points)
#
# This handler says who it is: its environment (each writes to a log stream of its own), its process, a counter in a global variable, and the size of a file in `/tmp`.

# %%
who_code = """
import os
import time

count = 0


def handler(event, context):
    global count
    count += 1
    with open("/tmp/requests.txt", "a") as file:
        file.write(".")
    time.sleep(0.05)  # as if it called something
    return {
        "environment": os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        "process": os.getpid(),
        "count": count,
        "in_tmp": os.path.getsize("/tmp/requests.txt"),
    }
"""

# %% [markdown]
# Create the function `lmi-lab-53-who` (name in `who_name`) with it: `python3.13`, handler `app.handler`, `arm64`, 2,048 MB, on your provider, and at most **8** requests at a time in
# an environment (`PerExecutionEnvironmentMaxConcurrency`). Publish it to `$LATEST.PUBLISHED`. While you wait, keep each state that you see, once, in the order in
# which you see them: the list `states_seen` begins with what the answer of `publish_version` says and ends when the version can be invoked.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-05"}
### BEGIN SOLUTION
who_name = f"{NAME}-who"


def state_of(name, qualifier):
    """The state of a version of the function."""
    return lambda_client.get_function_configuration(FunctionName=name, Qualifier=qualifier)["State"]


try:
    lambda_client.create_function(
        FunctionName=who_name,
        Runtime="python3.13",
        Handler="app.handler",
        Architectures=["arm64"],
        MemorySize=2048,
        Role=here.execution_role_arn,
        Code={"ZipFile": pack({"app.py": who_code})},
        CapacityProviderConfig={
            "LambdaManagedInstancesCapacityProviderConfig": {
                "CapacityProviderArn": here.capacity_provider_arn,
                "PerExecutionEnvironmentMaxConcurrency": 8,
            }
        },
    )
    lab.wait_until(lambda: state_of(who_name, "$LATEST") == "ActiveNonInvocable")
    states_seen = [lambda_client.publish_version(FunctionName=who_name, PublishTo="LATEST_PUBLISHED")["State"]]
except lambda_client.exceptions.ResourceConflictException:  # from an earlier run
    states_seen = ["Pending"]


def is_active():
    """Whether it can be invoked; what is new on the way is noted."""
    state = state_of(who_name, "$LATEST.PUBLISHED")
    if state != states_seen[-1]:
        states_seen.append(state)
    return state == "Active"


lab.wait_until(is_active)
states_seen
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-53-05"}
lab.check("53.05")

# %% [markdown]
# From here on, `deploy` does the same in one call for the functions that follow: it creates or updates the function, publishes a **numbered** version, waits until that is Active, and returns the number.


# %%
def deploy(name, files, **settings):
    """Have the code on the provider, eight requests at a time unless settings say otherwise. Returns the new version's number."""
    concurrency = settings.pop("concurrency", 8)
    provider = {
        "CapacityProviderArn": here.capacity_provider_arn,
        "PerExecutionEnvironmentMaxConcurrency": concurrency,
    }
    members = {
        "Handler": "app.handler",
        "MemorySize": 2048,
        "Role": here.execution_role_arn,
        "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
        **settings,
    }
    if _exists(name):
        members.pop("DurableConfig", None)  # this stays as it was created
        lambda_client.update_function_configuration(FunctionName=name, **members)
        lab.wait_until(lambda: _is_settled(name))
        lambda_client.update_function_code(FunctionName=name, ZipFile=pack(files))
    else:
        code = {"Runtime": "python3.13", "Architectures": ["arm64"], "Code": {"ZipFile": pack(files)}}
        lambda_client.create_function(FunctionName=name, **members, **code)
    lab.wait_until(lambda: _is_settled(name))
    version = lambda_client.publish_version(FunctionName=name)["Version"]
    lab.wait_until(lambda: _is_active(name, version))
    return version


def _exists(name):
    try:
        return bool(lambda_client.get_function_configuration(FunctionName=name))
    except lambda_client.exceptions.ResourceNotFoundException:
        return False


def _is_settled(name):
    configuration = lambda_client.get_function_configuration(FunctionName=name)
    return configuration["State"] == "ActiveNonInvocable" and configuration["LastUpdateStatus"] == "Successful"


def _is_active(name, version):
    configuration = lambda_client.get_function_configuration(FunctionName=name, Qualifier=version)
    if configuration["State"] == "Failed":
        raise RuntimeError(f"{name}:{version} failed: {configuration.get('StateReason')}")
    return configuration["State"] == "Active"


# %% [markdown]
# ### 53.06 · A second function on the same instances (6 points)
#
# A provider is not one function's. Count its instances (those that are pending or running) into `instances_before`. Deploy the function below as `lmi-lab-53-receipts` and keep its version's number in `broken_version` (why *broken*, you will see). Count again into
# `instances_after`. Then put the **ARNs** of all versions that stand on the provider now, as Lambda lists them, into `versions_on_provider`.

# %%
receipts_name = f"{NAME}-receipts"
receipts_code = '''
import json
import time


def handler(event, context):
    """Write the receipt, have it stamped, and hand it out."""
    with open("/tmp/receipt.json", "w") as file:
        json.dump({"order": event["order"]}, file)
    time.sleep(0.02)  # the stamp takes a moment
    with open("/tmp/receipt.json") as file:
        return json.load(file)
'''


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-06"}
### BEGIN SOLUTION
def count_instances():
    """How many managed instances are coming up or running in the provider's subnets."""
    filters = [
        {"Name": "operator.managed", "Values": ["true"]},
        {"Name": "subnet-id", "Values": list(here.subnet_ids)},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ]
    reservations = ec2.describe_instances(IncludeManagedResources=True, Filters=filters)["Reservations"]
    return sum(len(reservation["Instances"]) for reservation in reservations)


instances_before = count_instances()
broken_version = deploy(receipts_name, {"app.py": receipts_code})
instances_after = count_instances()

versions_on_provider = [
    item["FunctionArn"]
    for page in lambda_client.get_paginator("list_function_versions_by_capacity_provider").paginate(
        CapacityProviderName=NAME
    )
    for item in page["FunctionVersions"]
]
instances_before, instances_after, versions_on_provider
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-53-06"}
lab.check("53.06")

# %% [markdown]
# ## Who runs my request?
#
# ### 53.07 · Environments and processes (7 points)
#
# `send_many` invokes a function once for each payload, so many at a time, and returns what came of each: `payload`, `answer`, `seconds`, `error`. Send 72 requests to
# your first function, 24 at a time, and look at the answers.
#
# Write `who_ran(answers)`: from a list of the handler's answers to a dict from environment to the **number of processes** that answered in it.
# Then judge from what you see: do two processes of one environment count in the same `count` (`shares_global`, `True` or `False`)? Do they write to the same file in `/tmp`
# (`shares_tmp`)?

# %%
from lmi_labs.load import percentile, send_many

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-07"}
### BEGIN SOLUTION
sent = send_many(lambda_client, who_name, [{}] * 72, concurrency=24)
answers = [one.answer for one in sent if not one.error]


def who_ran(answers):
    """How many processes answered, by environment."""
    processes = {}
    for answer in answers:
        processes.setdefault(answer["environment"], set()).add(answer["process"])
    return {environment: len(seen) for environment, seen in processes.items()}


print(who_ran(answers))
print("highest count:", max(answer["count"] for answer in answers))
print("largest file:", max(answer["in_tmp"] for answer in answers))
shares_global = False
shares_tmp = True
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-53-07"}
lab.check("53.07")
### BEGIN HIDDEN TESTS
lab.check("53.07", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Breaking it
#
# ### 53.08 · Prove that it is broken (8 points)
#
# The receipts function has passed every test that its author ran, one request after the other. Read its code again, with the last task in mind.
#
# Write `mixed_up(sent)`: from what `send_many` returns to the list of the `order`s (from the payloads) that got **no receipt, or somebody else's**. Then send at least 48 orders with different numbers, 24 at a time, and keep what it finds in `broken_orders`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-08"}
### BEGIN SOLUTION
def mixed_up(sent):
    """The orders that got an error, or the receipt of another order."""
    return [one.payload["order"] for one in sent if one.error or one.answer.get("order") != one.payload["order"]]


orders = [{"order": number} for number in range(1, 97)]
broken_orders = mixed_up(send_many(lambda_client, receipts_name, orders, concurrency=24, qualifier=broken_version))
print(len(broken_orders), "of", len(orders), "got the wrong receipt or none")
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-53-08"}
lab.check("53.08")

# %% [markdown]
# ### 53.09 · Mend it (10 points)
#
# Mend the handler so that every order gets its own receipt **with eight requests at a time in an environment**, and without making them wait for each other. The receipt still goes through a file in `/tmp`. The answer has two members now: `order`, and `file`, the path that was used.
#
# Deploy it as a new version of the same function and put the version's number into `mended_version`. The check sends orders of its own.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-09"}
### BEGIN SOLUTION
mended_code = '''
import json
import tempfile
import time
from pathlib import Path


def handler(event, context):
    """Write the receipt, have it stamped, and hand it out."""
    with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
        receipt = Path(folder) / "receipt.json"
        receipt.write_text(json.dumps({"order": event["order"]}))
        time.sleep(0.02)  # the stamp takes a moment
        return {**json.loads(receipt.read_text()), "file": str(receipt)}
'''
mended_version = deploy(receipts_name, {"app.py": mended_code})
mixed_up(send_many(lambda_client, receipts_name, orders, concurrency=24, qualifier=mended_version))
### END SOLUTION

# %% nbgrader={"grade": true, "points": 10, "solution": false, "locked": true, "grade_id": "check-53-09"}
lab.check("53.09")

# %% [markdown]
# In Python a lock in your code would not have helped: the requests are in different processes. In Java, .NET or Rust the same bug would also sit in every static variable.
#
# ## What it costs in memory
#
# ### 53.10 · Memory per process (7 points)
#
# This function keeps a model of 40 MB in a global variable and says how much memory its process holds (the resident set, in **kB**, as Linux counts).

# %%
model_name = f"{NAME}-model"
model_code = """
import time

model = bytearray(b"x") * (40 * 1024 * 1024)  # as if it had been read from a file


def handler(event, context):
    time.sleep(0.05)
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return {"resident_kb": int(status["VmRSS"].split()[0])}
"""

# %% [markdown]
# Deploy it and measure: send it some requests, several at a time, and put the typical memory of **one process, in MB** (1 MB = 1,024 kB here) into `mb_per_process`.
#
# Write `most_processes(memory_mb, mb_per_process, reserved_mb)`: how many such processes an environment of `memory_mb` holds if `reserved_mb` are kept for everything else. That number, and not the default of
# 16 per vCPU, is the most that you should set as `PerExecutionEnvironmentMaxConcurrency`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-10"}
### BEGIN SOLUTION
from statistics import median

model_version = deploy(model_name, {"app.py": model_code})
sent = send_many(lambda_client, model_name, [{}] * 48, concurrency=24, qualifier=model_version)
sizes_kb = [one.answer["resident_kb"] for one in sent if not one.error]
mb_per_process = median(sizes_kb) / 1024


def most_processes(memory_mb, mb_per_process, reserved_mb):
    """How many processes the memory holds."""
    return max(0, int((memory_mb - reserved_mb) // mb_per_process))


print(f"{mb_per_process:.0f} MB each:", most_processes(2048, mb_per_process, 256), "processes in 2,048 MB")
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-53-10"}
lab.check("53.10")
### BEGIN HIDDEN TESTS
lab.check("53.10", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## What concurrency buys
#
# ### 53.11 · A sweep (8 points)
#
# This function waits for `io_ms` and computes for `cpu_ms`, as its event says.

# %%
from lmi_labs.widgets import sweep_view

work_name = f"{NAME}-work"
work_code = """
import time


def handler(event, context):
    time.sleep(event.get("io_ms", 0) / 1000)
    began = time.process_time()  # seconds of CPU of this process
    while (time.process_time() - began) * 1000 < event.get("cpu_ms", 0):
        pass
    return "done"
"""

# %% [markdown]
# Deploy it. Write `measure(event, concurrency)`: send at least 8 requests per unit of concurrency (and 40 at least) with this event to the function, so many at a time, and return a dict with `throughput_rps`, the answers **per second** over the whole time it took, and `p99_ms`, the 99th percentile of
# what a caller waited, in **milliseconds** (`percentile(values, 0.99)` from `lmi_labs.load` helps).
#
# `sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))` then calls it for a handler that waits and one that computes, draws what
# comes as it comes, and returns the rows. Keep them in `sweep`. Then say for which of the two, `"io"` or `"cpu"`, more requests at a time pay: `concurrency_pays_for`.


# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-11"}
### BEGIN SOLUTION
import time

work_version = deploy(work_name, {"app.py": work_code})


def measure(event, concurrency):
    """Throughput and the 99th percentile of the latency with so many requests at a time."""
    payloads = [event] * max(40, 8 * concurrency)
    began = time.perf_counter()
    sent = send_many(lambda_client, work_name, payloads, concurrency=concurrency, qualifier=work_version)
    took = time.perf_counter() - began
    return {
        "throughput_rps": len(sent) / took,
        "p99_ms": 1000 * percentile([one.seconds for one in sent], 0.99),
    }


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"
### END SOLUTION

# %% nbgrader={"grade": true, "points": 8, "solution": false, "locked": true, "grade_id": "check-53-11"}
lab.check("53.11")

# %% [markdown]
# ## Beside the code
#
# ### 53.12 · A layer (6 points)
#
# Two functions of a shop need the same price list. Put it into a **layer**: a ZIP that is unpacked under `/opt`. Python imports from `/opt/python`, so that is where the module has
# to be.
#
# Publish `prices_code` as the module `prices` in a layer with the name `lmi-lab-53-prices`, and put the ARN **of the version** (`LayerVersionArn`) into `layer_arn`. Then deploy `shop_code`, and it
# alone, as `lmi-lab-53-shop` with this layer (`Layers=[…]`), and keep the version's number in `shop_version`.

# %%
shop_name = f"{NAME}-shop"
prices_code = """
PRICES = {"tea": 3.5, "scone": 2.75}
"""
shop_code = """
from prices import PRICES


def handler(event, context):
    return {"item": event["item"], "price": PRICES[event["item"]]}
"""

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-12"}
### BEGIN SOLUTION
layer_arn = lambda_client.publish_layer_version(
    LayerName=f"{NAME}-prices",
    Content={"ZipFile": pack({"python/prices.py": prices_code})},
    CompatibleRuntimes=["python3.13"],
)["LayerVersionArn"]
shop_version = deploy(shop_name, {"app.py": shop_code}, Layers=[layer_arn])
send_many(lambda_client, shop_name, [{"item": "tea"}], qualifier=shop_version)[0].answer
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-53-12"}
lab.check("53.12")

# %% [markdown]
# ### 53.13 · An extension that listens (7 points)
#
# An **extension** is a program in `/opt/extensions` that runs beside your code in every environment. This one subscribes to the Telemetry API and writes what it hears to `/tmp/telemetry.jsonl`. It comes from a default Lambda
# function, where it ran well. Here its environment never comes up.

# %%
watched_name = f"{NAME}-watched"
watcher_code = '''#!/usr/bin/env python3
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]


def ask(method, path, body=None, **headers):
    """The answer of the Extensions API or the Telemetry API, with its headers."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(API + path, data, headers, method=method))


class Sink(BaseHTTPRequestHandler):
    """Takes what the Telemetry API delivers."""

    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open("/tmp/telemetry.jsonl", "a") as file:
            file.writelines(json.dumps(event) + "\\n" for event in events)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


sink = HTTPServer(("127.0.0.1", 0), Sink)
Thread(target=sink.serve_forever, daemon=True).start()

registered = ask(
    "POST", "/2020-01-01/extension/register", {"events": ["INVOKE", "SHUTDOWN"]}, Lambda_Extension_Name="watcher"
)
me = {"Lambda_Extension_Identifier": registered.headers["Lambda-Extension-Identifier"]}
subscription = {
    "schemaVersion": "2022-12-13",
    "types": ["function"],
    "buffering": {"timeoutMs": 25, "maxBytes": 262144, "maxItems": 1000},
    "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{sink.server_port}/"},
}
ask("PUT", "/2022-07-01/telemetry", subscription, Content_Type="application/json", **me).read()
while True:
    event = json.load(ask("GET", "/2020-01-01/extension/event/next", **me))
    if event["eventType"] == "SHUTDOWN":
        break
'''
watched_code = '''
import json
import time


def handler(event, context):
    """Which kinds of telemetry the extension has heard so far."""
    time.sleep(0.1)
    try:
        with open("/tmp/telemetry.jsonl") as file:
            return sorted({json.loads(line)["type"] for line in file})
    except FileNotFoundError:
        return []
'''

# %% [markdown]
# Mend `watcher_code` into `mended_watcher`, so that it
#
# - registers only for what an extension may hear of on managed instances,
# - asks for telemetry in the schema of managed instances (`2025-01-29`), and
# - hears the **platform**'s events, not the function's lines.
#
# Deploy `watched_code` as `lmi-lab-53-watched` with the mended program as `extensions/watcher` in a layer, keep the number in `watched_version`, invoke it a few times, one after the other, and put the last answer into `heard`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-13"}
### BEGIN SOLUTION
mended_watcher = (
    watcher_code.replace('["INVOKE", "SHUTDOWN"]', '["SHUTDOWN"]')
    .replace("2022-12-13", "2025-01-29")
    .replace('["function"]', '["platform"]')
)
watcher_layer = lambda_client.publish_layer_version(
    LayerName=f"{NAME}-watcher", Content={"ZipFile": pack({"extensions/watcher": mended_watcher})}
)["LayerVersionArn"]
watched_version = deploy(watched_name, {"app.py": watched_code}, Layers=[watcher_layer])
sent = send_many(lambda_client, watched_name, [{}] * 12, qualifier=watched_version)
heard = max((one.answer for one in sent), key=len)
heard
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-53-13"}
lab.check("53.13")

# %% [markdown]
# ### 53.14 · A URL, and what streams (7 points)
#
# A **function URL** is an HTTPS address for an alias. The event is then an HTTP request, with the body as text, so this handler reads its item there.

# %%
import urllib.request

web_name = f"{NAME}-web"
web_code = """
import json

from prices import PRICES


def handler(event, context):
    item = json.loads(event["body"])["item"]
    return {"item": item, "price": PRICES[item]}
"""

# %% [markdown]
# Deploy it as `lmi-lab-53-web` with the layer of prices. Point an alias `live` at the version, and give the **alias** a URL with `AuthType` `NONE` and `InvokeMode` `RESPONSE_STREAM`. A URL without authentication still needs a
# statement in the function's policy: `add_permission` on the alias, for everybody (`Principal="*"`), with the action `lambda:InvokeFunctionUrl` and `FunctionUrlAuthType="NONE"`. Keep the URL that Lambda gave in `web_url`.
#
# Then POST `{"item": "scone"}` to `lab.reachable(web_url)` (the URL itself on AWS, its place in the emulator here) and keep the answer, as data, in `from_url`. Also invoke it with `invoke_with_response_stream` (`Qualifier="live"`, a payload with the same `body`) and count in
# `parts` in how many parts (`PayloadChunk`) the answer comes. Python's runtime, you will see, doesn't stream.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-14"}
### BEGIN SOLUTION
web_version = deploy(web_name, {"app.py": web_code}, Layers=[layer_arn])
body = json.dumps({"item": "scone"})
try:
    lambda_client.create_alias(FunctionName=web_name, Name="live", FunctionVersion=web_version)
    lambda_client.create_function_url_config(
        FunctionName=web_name, Qualifier="live", AuthType="NONE", InvokeMode="RESPONSE_STREAM"
    )
    lambda_client.add_permission(
        FunctionName=web_name,
        Qualifier="live",
        StatementId="everybody",
        Principal="*",
        Action="lambda:InvokeFunctionUrl",
        FunctionUrlAuthType="NONE",
    )
except lambda_client.exceptions.ResourceConflictException:  # from an earlier run
    lambda_client.update_alias(FunctionName=web_name, Name="live", FunctionVersion=web_version)
web_url = lambda_client.get_function_url_config(FunctionName=web_name, Qualifier="live")["FunctionUrl"]

with urllib.request.urlopen(lab.reachable(web_url), data=body.encode()) as response:
    from_url = json.load(response)

stream = lambda_client.invoke_with_response_stream(
    FunctionName=web_name, Qualifier="live", Payload=json.dumps({"body": body}).encode()
)["EventStream"]
parts = sum("PayloadChunk" in event for event in stream)
from_url, parts
### END SOLUTION

# %% nbgrader={"grade": true, "points": 7, "solution": false, "locked": true, "grade_id": "check-53-14"}
lab.check("53.14")

# %% [markdown]
# ## Long work
#
# ### 53.15 · A workflow that survives a power cut (6 points)
#
# This handler takes an order: it reserves, gives the customer ten minutes to change their mind, charges and ships. With `power_cut` in its event the whole environment dies right after the
# reservation, as it does when an instance is lost. As it stands, all is lost with it.

# %%
from lmi_labs.packages import source_of

order_name = f"{NAME}-order"
order_code = """
import os
import signal
import time


def handler(event, context):
    done = []  # what this run of the code has done itself

    def do(what):
        done.append(what)
        return f"{what} {event['order']}"

    reserved = do("reserved")
    if event.get("power_cut") and "reserved" in done:
        os.kill(os.getppid(), signal.SIGKILL)  # the whole environment
        time.sleep(60)
    time.sleep(600)  # ten minutes to change one's mind
    charged = do("charged")
    shipped = do("shipped")
    return [reserved, charged, shipped]
"""

# %% [markdown]
# Make it **durable**: `durable_execution` from `aws_durable_execution_sdk_python` as the handler's decorator, each of the three `do(…)` in a `context.step(lambda _: do(…), name=…)` with the names `reserve`, `charge` and `ship`, and
# `context.wait(Duration.from_minutes(10), name="change of mind")` (`Duration` is in `aws_durable_execution_sdk_python.config`) in place of the sleep. The rest stays.
#
# Deploy it as `lmi-lab-53-order` with `DurableConfig={"ExecutionTimeout": 3600, "RetentionPeriodInDays": 1}`, one request at a time (`concurrency=1` is enough here) and the SDK in a layer (`source_of("aws-durable-execution-sdk-python")` gives its files as `pack` takes them).
# Start it with an asynchronous invoke (`InvocationType="Event"`, a `Qualifier`) and the event `{"order": 53, "power_cut": True}`, keep the answer's `DurableExecutionArn` in `durable_arn`, and wait until `get_durable_execution` says `SUCCEEDED`.

# %% nbgrader={"grade": false, "solution": true, "locked": false, "grade_id": "answer-53-15"}
### BEGIN SOLUTION
durable_code = """
import os
import signal
import time

from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import Duration


@durable_execution
def handler(event, context):
    done = []  # what this run of the code has done itself

    def do(what):
        done.append(what)
        return f"{what} {event['order']}"

    reserved = context.step(lambda _: do("reserved"), name="reserve")
    if event.get("power_cut") and "reserved" in done:
        os.kill(os.getppid(), signal.SIGKILL)  # the whole environment
        time.sleep(60)
    context.wait(Duration.from_minutes(10), name="change of mind")
    charged = context.step(lambda _: do("charged"), name="charge")
    shipped = context.step(lambda _: do("shipped"), name="ship")
    return [reserved, charged, shipped]
"""
sdk_layer = lambda_client.publish_layer_version(
    LayerName=f"{NAME}-durable", Content={"ZipFile": pack(source_of("aws-durable-execution-sdk-python"))}
)["LayerVersionArn"]
order_version = deploy(
    order_name,
    {"app.py": durable_code},
    concurrency=1,
    Layers=[sdk_layer],
    DurableConfig={"ExecutionTimeout": 3600, "RetentionPeriodInDays": 1},
)
durable_arn = lambda_client.invoke(
    FunctionName=order_name,
    Qualifier=order_version,
    InvocationType="Event",
    Payload=json.dumps({"order": 53, "power_cut": True}).encode(),
)["DurableExecutionArn"]


def durable_status():
    """How far the execution is."""
    return lambda_client.get_durable_execution(DurableExecutionArn=durable_arn)["Status"]


lab.wait_until(lambda: durable_status() != "RUNNING", timeout=3600)
history = lambda_client.get_durable_execution_history(DurableExecutionArn=durable_arn)["Events"]
[(event["EventType"], event.get("Name")) for event in history]
### END SOLUTION

# %% nbgrader={"grade": true, "points": 6, "solution": false, "locked": true, "grade_id": "check-53-15"}
lab.check("53.15")

# %% [markdown]
# ## What you can do now
#
# Say what a language shares between requests, choose a size from a need, find under load what no test finds, mend it without giving the saving away, and keep long work safe from a lost instance.
#
# Take everything down that begins with the lab's name, so that nothing is left on a bill:

# %%
ground.clear(lab, NAME)

# %%
lab.progress()
