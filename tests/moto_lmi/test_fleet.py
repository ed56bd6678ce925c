"""What publishing does in EC2: instances, environments on them, the cap, failures, and how everything goes again."""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import pytest
from moto.awslambda.models import lambda_backends

from moto_lmi.fleet import Fleet

from .world import ACCOUNT, REGION, World

SMALL_ARM = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.xlarge"]}


def fleet() -> Fleet:
    """The fleet of the default account."""
    found: Fleet = lambda_backends[ACCOUNT][REGION].fleet
    return found


def test_the_first_publication_launches_three_instances(world: World) -> None:
    """One in each zone, pending and then running, tagged, of the architecture; Active only after all that."""
    key = world.kms.create_key()["KeyMetadata"]["Arn"]
    arn = world.provider(
        KmsKeyArn=key,
        InstanceRequirements={"Architectures": ["arm64"]},
        PropagateTags={"Mode": "Explicit", "ExplicitTags": {"team": "blue"}},
    )
    world.function(provider=arn, Architectures=["arm64"])
    world.publish(wait=10)
    assert Counter(host["State"]["Name"] for host in world.hosts()) == {"pending": 3}
    world.pass_time(30)
    hosts = world.hosts("running")
    assert {host["Placement"]["AvailabilityZone"] for host in hosts} == {f"{REGION}{zone}" for zone in "abd"}
    assert {host["SubnetId"] for host in hosts} == set(world.subnet_ids)
    assert {host["Architecture"] for host in hosts} == {"arm64"}
    tags = {tag["Key"]: tag["Value"] for tag in hosts[0]["Tags"]}
    assert tags == {"aws:lambda:capacity-provider": arn, "team": "blue"}
    assert world.state() == "Pending"
    world.pass_time(60)
    assert world.state() == "Active"
    volumes = world.ec2.describe_volumes(IncludeManagedResources=True)["Volumes"]
    assert Counter(volume.get("KmsKeyId") for volume in volumes) == {key: 3, None: 3}
    assert hosts[0]["MetadataOptions"]["HttpTokens"] == "required"


def test_the_type_follows_size_and_lists(world: World) -> None:
    """16 GB and 8 vCPUs without restriction get c9g.8xlarge, as measured; a list restricts the choice."""
    arm = {"Architectures": ["arm64"]}
    free = world.provider("free", InstanceRequirements=arm)
    world.function("big", free, Architectures=["arm64"], MemorySize=16384)
    world.publish("big")
    assert {host["InstanceType"] for host in world.hosts()} == {"c9g.8xlarge"}
    listed = world.provider("listed", InstanceRequirements={**arm, "AllowedInstanceTypes": ["m8g.*", "r8g.large"]})
    world.function("small", listed, Architectures=["arm64"])
    world.publish("small")
    assert {host["InstanceType"] for host in world.hosts()} == {"c9g.8xlarge", "m8g.xlarge"}


def test_a_second_function_reuses_room(world: World) -> None:
    """Nothing is launched when the running instances have room, and the version is Active sooner."""
    arn = world.provider()
    world.function("one", arn)
    world.publish("one")
    before = {host["InstanceId"] for host in world.hosts()}
    world.function("two", arn)
    world.publish("two", wait=50)
    assert world.state("two") == "Active"
    assert {host["InstanceId"] for host in world.hosts()} == before


@pytest.mark.parametrize(
    ("cap", "memory", "vcpus", "state"),
    [
        (12, 4096, 16, "Failed"),  # two hosts of 8 vCPU: over the cap by the first burst, the third not launched
        (64, 16384, 64, "Failed"),  # two hosts of 32 vCPU
        (12, 2048, 12, "Active"),  # three hosts of 4 vCPU
    ],
)
def test_the_cap_counts_whole_hosts(world: World, cap: int, memory: int, vcpus: int, state: str) -> None:
    """The first burst stops once the cap is reached, which may be beyond it; a version without its three fails."""
    arn = world.provider(CapacityProviderScalingConfig={"MaxVCpuCount": cap})
    world.function(provider=arn, MemorySize=memory)
    world.publish(wait=20)
    present = sum(host.shape.vcpus for host in fleet().hosts(arn))
    assert present == vcpus
    world.pass_time(100)
    configuration = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert configuration["State"] == state
    if state == "Failed":
        assert configuration["StateReasonCode"] == "CapacityProviderScalingLimitExceeded"
        world.pass_time(300)
        assert world.hosts() == []


def test_a_provider_that_failed_at_its_cap_stays_stuck(world: World) -> None:
    """Raising the cap afterwards does not help; only a new provider does."""
    arn = world.provider(CapacityProviderScalingConfig={"MaxVCpuCount": 64})
    world.function(provider=arn, MemorySize=16384)
    world.publish()
    assert world.state() == "Failed"
    world.lambda_.update_capacity_provider(
        CapacityProviderName="cp", CapacityProviderScalingConfig={"MaxVCpuCount": 400}
    )
    world.lambda_.delete_function(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    world.pass_time(400)
    world.publish()
    assert world.state() == "Failed"
    put = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}
    with pytest.raises(world.lambda_.exceptions.ResourceConflictException):
        world.lambda_.put_function_scaling_config(**put, FunctionScalingConfig={"MinExecutionEnvironments": 3})


def test_growth_after_the_first_burst_keeps_to_the_cap(world: World) -> None:
    """Later launches never lead beyond MaxVCpuCount."""
    arn = world.provider(CapacityProviderScalingConfig={"MaxVCpuCount": 20})
    world.function(provider=arn)
    world.publish()
    world.lambda_.put_function_scaling_config(
        FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig={"MinExecutionEnvironments": 100}
    )
    world.pass_time(100)
    assert sum(host.shape.vcpus for host in fleet().hosts(arn)) == 20


def delete_subnets(world: World) -> None:
    """Take the subnets away."""
    for subnet_id in world.subnet_ids:
        world.ec2.delete_subnet(SubnetId=subnet_id)


def strip_role(world: World) -> None:
    """Take the operator role's policy away."""
    world.iam.detach_role_policy(
        RoleName="operator", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"
    )


def delete_group(world: World) -> None:
    """Take the security group away."""
    world.ec2.delete_security_group(GroupId=world.group_id)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (delete_subnets, "InvalidSubnet"),
        (strip_role, "InsufficientRolePermissions"),
        (delete_group, "InvalidSecurityGroup"),
    ],
)
def test_what_breaks_after_creation_fails_the_version(world: World, spoil: Any, code: str) -> None:
    """A provider that was fine once may not be any more; the version says why."""
    world.function(provider=world.provider())
    spoil(world)
    world.publish()
    configuration = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert (configuration["State"], configuration["StateReasonCode"]) == ("Failed", code)
    assert world.hosts() == []


@pytest.mark.parametrize("name", ["KeyId", "Arn"])
@pytest.mark.parametrize(
    ("action", "code"), [("disable_key", "DisabledKMSKey"), ("schedule_key_deletion", "InvalidStateKMSKey")]
)
def test_a_key_that_cannot_be_used_fails_the_version(world: World, action: str, code: str, name: str) -> None:
    """The state of the volume key is looked at when instances are launched. moto itself fails when given the ARN."""
    key = world.kms.create_key()["KeyMetadata"]
    world.function(provider=world.provider(KmsKeyArn=key["Arn"]))
    getattr(world.kms, action)(KeyId=key[name])
    world.publish()
    configuration = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert configuration["StateReasonCode"] == code


def test_a_full_subnet_fails_the_version(world: World) -> None:
    """With no address left the version ends Failed with AWS's reason code, not in an error of the server."""
    tiny = world.subnet("10.0.9.0/28", "a")
    arn = world.provider(VpcConfig={"SubnetIds": [tiny], "SecurityGroupIds": []})
    image = world.ec2.describe_images()["Images"][0]["ImageId"]
    free = world.ec2.describe_subnets(SubnetIds=[tiny])["Subnets"][0]["AvailableIpAddressCount"]
    world.ec2.run_instances(ImageId=image, MinCount=free, MaxCount=free, SubnetId=tiny, InstanceType="c8g.large")
    world.function(provider=arn)
    world.publish()
    configuration = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert (configuration["State"], configuration["StateReasonCode"]) == ("Failed", "SubnetOutOfIPAddresses")


def test_no_type_that_fits(world: World) -> None:
    """A list without a large enough type fails the version with a sentence that gives the size."""
    arn = world.provider(InstanceRequirements={"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.large"]})
    world.function(provider=arn, Architectures=["arm64"], MemorySize=8192)
    world.publish()
    configuration = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert configuration["State"] == "Failed"
    assert "8 GiB and 4 vCPUs" in configuration["StateReason"]


def test_scaling_in_takes_minutes(world: World) -> None:
    """One environment left: the config applies in half a minute, two hosts go after almost five."""
    world.function(provider=world.provider())
    world.publish()
    one = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 1}
    world.lambda_.put_function_scaling_config(
        FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=one
    )
    world.pass_time(34)
    assert len(world.hosts("running")) == 3
    world.pass_time(250)
    assert Counter(host["State"]["Name"] for host in world.hosts()) == {"running": 1, "shutting-down": 2}
    world.pass_time(31)
    assert len(world.hosts()) == 1


def test_a_host_that_is_needed_again_stays(world: World) -> None:
    """An empty host that gets an environment before it is shut down is kept."""
    arn = world.provider()
    world.function("one", arn)
    world.publish("one")
    before = {host["InstanceId"] for host in world.hosts()}
    world.lambda_.delete_function(FunctionName="one")
    world.pass_time(100)
    world.function("two", arn)
    world.publish("two")
    world.pass_time(600)
    assert {host["InstanceId"] for host in world.hosts("running")} == before


def test_nothing_is_left(world: World) -> None:
    """After the last version the instances go with their interfaces and volumes, and later even from the listing."""
    world.function(provider=world.provider())
    world.publish()
    world.lambda_.delete_function(FunctionName="fn")
    world.pass_time(400)
    assert Counter(host["State"]["Name"] for host in world.hosts("terminated", "running")) == {"terminated": 3}
    assert world.ec2.describe_network_interfaces(IncludeManagedResources=True)["NetworkInterfaces"] == []
    assert world.ec2.describe_volumes(IncludeManagedResources=True)["Volumes"] == []
    world.pass_time(3700)
    assert world.hosts("terminated") == []


def test_a_single_zone_still_gets_three_hosts(world: World) -> None:
    """One subnet suffices; the instances then share its zone."""
    arn = world.provider(VpcConfig={"SubnetIds": world.subnet_ids[:1], "SecurityGroupIds": []})
    world.function(provider=arn)
    world.publish()
    assert [host["Placement"]["AvailabilityZone"] for host in world.hosts()] == [f"{REGION}a"] * 3


def test_a_fleet_can_be_saved(world: World) -> None:
    """It holds nothing that can't be pickled."""
    arn = world.provider()
    world.function(provider=arn)
    world.publish(wait=10)
    restored: Fleet = pickle.loads(pickle.dumps(fleet()))
    assert [host.instance_id for host in restored.hosts(arn)] == [host.instance_id for host in fleet().hosts(arn)]


def test_a_republication_replaces_what_runs_only_when_it_is_up(world: World) -> None:
    """Until the new version's environments are up the old ones stay; afterwards, and after the deletion, none are left."""
    arn = world.provider()
    world.function(provider=arn)
    world.publish()
    world.lambda_.update_function_configuration(FunctionName="fn", Description="new", Timeout=9)
    world.pass_time(3)
    world.publish(wait=10)
    environments = sum(len(host.environments) for host in fleet().hosts(arn))
    assert environments == 6
    world.pass_time(90)
    assert sum(len(host.environments) for host in fleet().hosts(arn)) == 3
    world.lambda_.delete_function(FunctionName="fn")
    assert sum(len(host.environments) for host in fleet().hosts(arn)) == 0


def test_a_republication_that_fails_leaves_the_old_one_running(world: World) -> None:
    """The version stays Active with a failed update, and its deletion leaves nothing behind."""
    arn = world.provider(CapacityProviderScalingConfig={"MaxVCpuCount": 12})
    world.function(provider=arn)
    world.publish()
    world.lambda_.update_function_configuration(FunctionName="fn", MemorySize=32768)
    world.pass_time(3)
    world.publish()
    got = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    assert (got["State"], got["LastUpdateStatus"]) == ("Active", "Failed")
    assert sum(len(host.environments) for host in fleet().hosts(arn)) == 3
    world.lambda_.delete_function(FunctionName="fn")
    world.pass_time(400)
    assert world.hosts() == []
