"""What the tests share: an empty account whose time stands still, and what a capacity provider leans on."""

import json

import boto3
import moto
import pytest

import moto_lmi
from moto_lmi.clock import clock_for, reset_clocks

ACCOUNT = "123456789012"  # moto's account


@pytest.fixture
def aws(monkeypatch):
    """An empty account in the emulator. Nothing is sent anywhere, whatever credentials this machine has."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    moto_lmi.enable(speed=0)  # time passes only when a test says so
    with moto.mock_aws():
        yield
    reset_clocks()


@pytest.fixture
def pass_time(aws):
    """Let virtual seconds pass: instances are launched, versions become Active, requests are answered."""
    return clock_for(ACCOUNT).advance


@pytest.fixture
def lambda_client(aws):
    """Lambda."""
    return boto3.client("lambda")


@pytest.fixture
def ground(aws):
    """Subnets in three zones, a security group and the two roles, as `deploy` takes them."""
    ec2, iam = boto3.client("ec2"), boto3.client("iam")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet_ids = [
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("abd")
    ]
    group = ec2.create_security_group(GroupName="orders", Description="orders", VpcId=vpc_id)
    return {
        "subnet_ids": subnet_ids,
        "group_ids": [group["GroupId"]],
        "operator_role": _role(iam, "operator", "AWSLambdaManagedEC2ResourceOperator"),
        "execution_role": _role(iam, "execution"),
    }


def _role(iam, name, *policies):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return role["Arn"]
