"""A capacity provider from creation to Active, in process, in virtual time."""

import json

import boto3
import moto

import moto_lmi
from moto_lmi import clock

moto_lmi.enable(speed=0)  # time stands still until it is advanced

with moto.mock_aws():
    ec2 = boto3.client("ec2", "us-east-1")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="provider", Description="provider", VpcId=vpc_id)["GroupId"]

    iam = boto3.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
    role = iam.create_role(RoleName="operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.attach_role_policy(
        RoleName="operator",
        PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator",
    )

    lambda_client = boto3.client("lambda", "us-east-1")
    lambda_client.create_capacity_provider(
        CapacityProviderName="steady",
        VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": role},
    )
    clock.advance_all(5)  # seconds of virtual time
    provider = lambda_client.get_capacity_provider(CapacityProviderName="steady")["CapacityProvider"]
    assert provider["State"] == "Active", provider
