"""SEARCH: which metrics are found."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.cloudwatch.models import cloudwatch_backends

from moto_lmi.api.cloudwatch.math_parser import ExpressionError
from moto_lmi.api.cloudwatch.search import found_in, parse_search
from moto_lmi.api.cloudwatch.series import MetricKey
from tests.moto_lmi.plain import Account, plain_moto

from .helpers import expression, put, results

KEYS = {
    "cpu a": MetricKey("AWS/Lambda", "CPUUtilization", (("CapacityProviderName", "blue-1"), ("InstanceType", "c8i.large"))),
    "cpu b": MetricKey("AWS/Lambda", "CPUUtilization", (("CapacityProviderName", "green-2"), ("InstanceType", "m8g.xlarge"))),
    "memory": MetricKey("AWS/Lambda", "MemoryUtilization", (("CapacityProviderName", "blue-1"), ("InstanceType", "c8i.large"))),
    "ec2": MetricKey("AWS/EC2", "CPUUtilization", (("InstanceId", "i-0123abcd"),)),
    "odd": MetricKey("My Shop", "Orders", (("Till No", "7"),)),
    "bare": MetricKey("AWS/Lambda", "Errors"),
}  # fmt: skip


def found(text: str) -> set[str]:
    """The names of the metrics that the search finds."""
    keys = found_in(parse_search(text), KEYS.values())
    return {name for name, key in KEYS.items() if key in keys}


def test_moto_finds_nothing(account: Account) -> None:
    """Plain moto answers SEARCH with an empty result; here there is a series for each metric."""
    search = expression("SEARCH('{Shop,till} MetricName=\"orders\"', 'Sum', 60)")
    with plain_moto(cloudwatch_backends):
        put("orders", 1, till="1")
        account.pass_time(60)
        assert [item["Values"] for item in results(search)] == [[]]
    for till in ("1", "2"):
        put("orders", float(till), till=till)
    put("orders", 9)
    account.pass_time(60)
    assert [(item["Label"], item["Values"]) for item in results(search)] == [("1", [1]), ("2", [2])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{AWS/Lambda,CapacityProviderName,InstanceType}", {"cpu a", "cpu b", "memory"}),
        ("{AWS/Lambda,InstanceType,CapacityProviderName} CPUUtilization", {"cpu a", "cpu b"}),
        ("{AWS/Lambda,CapacityProviderName}", set()),
        ("{AWS/Lambda}", {"bare"}),
        ('{"My Shop","Till No"}', {"odd"}),
        ('MetricName="CPUUtilization"', {"cpu a", "cpu b", "ec2"}),
        ('MetricName="cpuutilization"', set()),
        ("MetricName=cpuutilization", set()),
        ("MetricName=utilization", {"cpu a", "cpu b", "memory", "ec2"}),
        ("Utilization blue", {"cpu a", "memory"}),
        ("Utilization AND blue", {"cpu a", "memory"}),
        ("blue OR green", {"cpu a", "cpu b", "memory"}),
        ("CPUUtilization NOT blue", {"cpu b", "ec2"}),
        ("Utilization (green OR 0123)", {"cpu b", "ec2"}),
        ('InstanceType=("c8i.large" OR "m8g.xlarge") CPUUtilization', {"cpu a", "cpu b"}),
        ("InstanceType=large", {"cpu a", "memory"}),
        ('InstanceType="large"', set()),
        ('"Orders"', {"odd"}),
        ('Namespace="AWS/EC2"', {"ec2"}),
    ],
)
def test_searches(text: str, expected: set[str]) -> None:
    """Schemas are exact, quoted terms whole, others match parts."""
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "needs a schema in braces or a term"),
        ("{}", "begins with a namespace"),
        ("(blue", "not closed"),
        ("blue)", r"a '\)' too many"),
        ("MetricName=", "a value after MetricName="),
        ("NOT", "expects a term, not 'the end'"),
        ('"open', "can't be read from"),
    ],
)
def test_bad_searches(text: str, problem: str) -> None:
    """A search that can't be read is told why."""
    with pytest.raises(ExpressionError, match=problem):
        parse_search(text)


def test_a_bad_search_is_a_validation_error(account: Account) -> None:
    """And so is a statistic or period that is none."""
    for text in ("SEARCH('(', 'Sum')", "SEARCH('a', 'Median')", "SEARCH('a', 'Sum', 0)", "SEARCH('a')"):
        with pytest.raises(ClientError, match="Error in expression 'e1'"):
            results(expression(text))


@given(st.text(alphabet='{}()",= ABORNTandm/1', max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the search fail in another way than with its own error."""
    try:
        test = parse_search(text)
    except ExpressionError:
        return
    found_in(test, KEYS.values())
