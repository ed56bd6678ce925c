"""What is asked: destinations as people write them, and wrong ones; verdicts in words."""

from __future__ import annotations

import pytest

from moto_lmi.network import NetworkError, destination, evaluate, markdown, reach, take
from moto_lmi.network.destination import Address, Host, Resource, Service

from .building import Building


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("logs", Service("logs")),
        ("cloudwatch", Service("monitoring")),
        ("kinesis", Service("kinesis-streams")),
        ("ecr.dkr", Service("ecr.dkr")),
        ("com.amazonaws.us-east-1.logs", Service("logs", "us-east-1")),
        ("https://sqs.eu-west-1.amazonaws.com/1234/queue", Service("sqs", "eu-west-1")),
        ("rds.us-east-1.amazonaws.com", Service("rds", "us-east-1")),
        ("my-bucket.s3.us-east-1.amazonaws.com", Service("s3", "us-east-1")),
        ("example.com", Host("example.com")),
        ("http://example.com/a/b", Host("example.com", 80)),
        ("https://example.com:8443", Host("example.com", 8443)),
        ("10.0.1.4:5432", Address("10.0.1.4", 5432)),
        ("::1", Address("::1")),
        ("[2001:db8::1]:80", Address("2001:db8::1", 80)),
        ("i-0abc:22", Resource("i-0abc", 22)),
        ("eni-0abc", Resource("eni-0abc")),
    ],
)
def test_a_destination_is_read_as_it_is_meant(text: str, meant: object) -> None:
    """Services by boto3's or the endpoint's name, hosts, addresses and ids; the port is 443 unless it says otherwise."""
    assert destination(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lgos", "did you mean 'logs'"),
        ("", "no AWS service"),
        ("ftp://example.com", "'ftp'"),
        ("example.com:", "without a port"),
        ("example.com:http", "'http'"),
        ("10.0.0.1:70000", "1 to 65535"),
        ("a host.com", "no host name"),
        ("db.abc.us-east-1.rds.amazonaws.com:5432", "give that address"),
    ],
)
def test_a_wrong_destination_is_told_what_is_wrong(text: str, said: str) -> None:
    """The error names the value and the rule."""
    with pytest.raises(NetworkError, match=said):
        destination(text)


@pytest.fixture(scope="module")
def two_vpcs(shared_account: None) -> Building:
    """Two VPCs that know nothing of each other."""
    building = Building()
    building.build(
        (
            "vpc main 10.0.0.0/16",
            "subnet app main 10.0.1.0/24 a",
            "group lmi main",
            "vpc far 10.1.0.0/16",
            "subnet there far 10.1.1.0/24 a",
            "group db far",
            "eni eni there 10.1.1.10 db",
        )
    )
    return building


def test_wrong_questions_are_refused(two_vpcs: Building) -> None:
    """No subnet, an unknown one, two VPCs, an unknown group, one of another VPC, a resource that nothing leads to."""
    ids, ec2 = two_vpcs.ids, two_vpcs.ec2
    for subnets, groups, to, said in (
        ([], [], "logs", "no subnet is named"),
        (["subnet-0badc0de"], [], "logs", "subnet-0badc0de"),
        ([ids["app"], ids["there"]], [], "logs", "several VPCs"),
        ([ids["app"]], ["sg-0badc0de"], "logs", "sg-0badc0de"),
        ([ids["app"]], [ids["db"]], "logs", ids["db"]),
        ([ids["app"]], [ids["lmi"]], ids["eni"], ids["eni"]),
    ):
        with pytest.raises(NetworkError, match=said):
            reach(ec2, subnets, groups, to)


def test_a_verdict_reads_as_markdown(two_vpcs: Building) -> None:
    """The sentence, the hops in order, the blocking thing, what helps and the page that has the rule."""
    ids = two_vpcs.ids
    text = markdown(reach(two_vpcs.ec2, [ids["app"]], [ids["lmi"]], "logs"))
    assert text.startswith("**No subnet reaches logs: ")
    assert f"1. security group `{ids['lmi']}`: egress rules allow TCP port 443 to logs" in text
    assert f"3. **Blocked** at `{ids['main.main']}`: Its route table" in text
    assert "What helps: Add a route to logs" in text
    assert "See <https://docs.aws.amazon.com/" in text


def test_asking_changes_nothing(two_vpcs: Building) -> None:
    """A snapshot is the same after the evaluation, and a second evaluation gives the same verdict."""
    ids, wanted = two_vpcs.ids, destination("s3")
    snapshot = take(two_vpcs.ec2, [ids["app"]], wanted)
    again = take(two_vpcs.ec2, [ids["app"]], wanted)
    first = evaluate(snapshot, [ids["app"]], [ids["lmi"]], wanted)
    assert snapshot == again
    assert evaluate(snapshot, [ids["app"]], [ids["lmi"]], wanted) == first
