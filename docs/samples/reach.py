import boto3
from moto import mock_aws

import moto_lmi
from moto_lmi import network

moto_lmi.enable()
with mock_aws():
    ec2 = boto3.client("ec2", region_name="us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="lmi", Description="lmi", VpcId=vpc)["GroupId"]

    verdict = network.reach(ec2, [subnet], [group], "logs")
    print(verdict.sentence)
    print(network.markdown(verdict))
    assert verdict.reachable == "none"
    assert verdict.verdicts[0].blocking.cause == "no_route"
