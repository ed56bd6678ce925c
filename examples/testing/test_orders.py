"""Tests of `orders.py` without AWS: what it creates, how it fails, what a rush does to it, and that it leaves nothing."""

import boto3
import orders
import pytest
from conftest import ACCOUNT

from moto_lmi import scaling

# A request of ours waits 80 ms for the database and computes for 20 ms.
REQUEST = {"io_ms": 80, "cpu_ms": 20}


def instances():
    """The managed instances that are not terminated. They are hidden unless one asks for them."""
    pages = boto3.client("ec2").get_paginator("describe_instances").paginate(IncludeManagedResources=True)
    found = [item for page in pages for reservation in page["Reservations"] for item in reservation["Instances"]]
    return [item for item in found if item["State"]["Name"] != "terminated"]


def test_deploy_waits_until_the_version_is_active(lambda_client, ground, pass_time):
    """Three instances, one in each zone, and the code's own waiting: its `sleep` is virtual time."""
    orders.deploy(lambda_client, **ground, sleep=pass_time)
    assert {item["InstanceType"] for item in instances()} == {"c8g.xlarge"}
    assert len({item["Placement"]["AvailabilityZone"] for item in instances()}) == 3
    assert boto3.client("ec2").describe_instances()["Reservations"] == []  # hidden, and billed all the same


def test_deploy_says_why_a_version_failed(lambda_client, ground, pass_time):
    """Eight vCPUs are two instances, and the first publication needs three."""
    with pytest.raises(RuntimeError, match="Failed"):
        orders.deploy(lambda_client, **ground, max_vcpus=8, sleep=pass_time)


def test_a_role_without_permissions_is_refused(lambda_client, ground, pass_time):
    """AWS refuses the provider at once; nothing was created."""
    ground["operator_role"] = ground["execution_role"]
    with pytest.raises(lambda_client.exceptions.InvalidParameterValueException):
        orders.deploy(lambda_client, **ground, sleep=pass_time)
    assert lambda_client.list_capacity_providers()["CapacityProviders"] == []


def test_a_rush_is_throttled_unless_prepared_for(lambda_client, ground, pass_time):
    """Ten minutes of quiet, then five times the traffic: with a raised minimum nobody is turned away."""
    rush = [[0, 600, 100, 100], [600, 1800, 500, 500]]  # from second, to second, requests per second at both
    orders.deploy(lambda_client, **ground, sleep=pass_time)

    scaling.offer(ACCOUNT, "orders", rush, REQUEST)
    pass_time(1800)
    unprepared = scaling.report(ACCOUNT, "orders")
    assert unprepared.rows[5].throttled == 0
    assert unprepared.rows[10].throttled_concurrency > 1000
    assert unprepared.rows[-1].environments > 6

    pass_time(3600)  # quiet again
    orders.prepare_for_rush(lambda_client, 12)
    pass_time(300)
    scaling.offer(ACCOUNT, "orders", rush, REQUEST)
    pass_time(1800)
    assert scaling.report(ACCOUNT, "orders").throttled == 0


def test_nothing_is_left(lambda_client, ground, pass_time):
    """After `remove` and a few minutes there is neither provider, function nor instance."""
    orders.deploy(lambda_client, **ground, sleep=pass_time)
    orders.remove(lambda_client, sleep=pass_time)
    pass_time(600)
    assert instances() == []
    assert lambda_client.list_capacity_providers()["CapacityProviders"] == []
    assert lambda_client.list_functions()["Functions"] == []
