"""Metric math: operators, functions, what refers to what, and errors that name the place."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.cloudwatch.models import cloudwatch_backends

from moto_lmi.api.cloudwatch.math_parser import ExpressionError, parse
from tests.moto_lmi.plain import Account, plain_moto

from .helpers import expression, hidden, metric, put, put_each_minute, results, values

M1, M2 = hidden(metric("m1", "errors", "Sum")), hidden(metric("m2", "requests", "Sum"))


@pytest.fixture
def shop(account: Account) -> Account:
    """Errors 1 2 - 4 and requests 10 20 30 - in four minutes."""
    account.clock.advance(60 - account.clock.now().timestamp() % 60)
    for errors, requests in ((1, 10), (2, 20), (None, 30), (4, None)):
        for name, value in (("errors", errors), ("requests", requests)):
            if value is not None:
                put(name, value)
        account.pass_time(60)
    return account


def test_moto_computes_nothing(account: Account) -> None:
    """Plain moto answers metric math with an empty result; here it is computed."""
    with plain_moto(cloudwatch_backends):
        put_each_minute("errors", [1, 2])
        assert values(M1, expression("m1 * 2")) == []
    put_each_minute("errors", [1, 2])
    assert values(M1, expression("m1 * 2")) == [2, 4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 * m1 / m2", [10, 10]),
        ("m1 + m2", [11, 22]),
        ("m1 - 1", [0, 1, 3]),
        ("-m1", [-1, -2, -4]),
        ("2 ^ m1", [2, 4, 16]),
        ("1 + 2 * m1", [3, 5, 9]),
        ("(1 + 2) * m1", [3, 6, 12]),
        ("m1 / (m1 - 1)", [2, 4 / 3]),
        ("m1 > 1", [0, 1, 1]),
        ("m1 > 1 AND m1 < 4", [0, 1, 0]),
        ("m1 == 1 || m1 == 4", [1, 0, 1]),
        ("ABS(1 - m1)", [0, 1, 3]),
        ("CEIL(m1 / 3)", [1, 1, 2]),
        ("FLOOR(m1 / 3)", [0, 0, 1]),
        ("LOG10(m2)", [1, 1.301029996, 1.477121255]),
        ("m1 / MAX(m1)", [0.25, 0.5, 1]),
        ("m1 - AVG(m2)", [-19, -18, -16]),
        ("m1 * SUM(m2)", [60, 120, 240]),
        ("m1 - m1 + STDDEV(m2)", [8.164965809] * 3),
        ("SUM([m1, m2])", [11, 22, 30, 4]),
        ("MIN(METRICS())", [1, 2, 30, 4]),
        ('SUM(METRICS("2"))', [10, 20, 30]),
        ("RATE(m2)", [10 / 60, 10 / 60]),
        ("DIFF(m1)", [1, 2]),
        ("DIFF_TIME(m1)", [60, 120]),
        ("RUNNING_SUM(m1)", [1, 3, 7]),
        ("m2 / PERIOD(m2)", [10 / 60, 20 / 60, 30 / 60]),
        ("FILL(m1, 0)", [1, 2, 0, 4]),
        ("FILL(m1, REPEAT)", [1, 2, 2, 4]),
        ("FILL(m1, LINEAR)", [1, 2, 3, 4]),
        ("FILL(m2, m1)", [10, 20, 30, 4]),
        ("IF(m1 > 1, m2, 0)", [0, 20]),
        ("IF(m2 > 10, m2)", [20, 30]),
        ("IF(1, m1, m2)", [1, 2, 4]),
        ("TIME_SERIES(7)", [7] * 4),
        ("m1 - m1 + DATAPOINT_COUNT(m2)", [3, 3, 3]),
        ("m1 - m1 + METRIC_COUNT(METRICS())", [2, 2, 2]),
        ("FIRST(METRICS())", [1, 2, 4]),
        ("LAST(SORT(METRICS(), AVG, DESC))", [1, 2, 4]),
        ("SUM(SLICE(METRICS(), 1))", [10, 20, 30]),
        ("EPOCH(m1) / EPOCH(m1)", [1, 1, 1]),
    ],
)
def test_expressions(shop: Account, text: str, expected: list[float]) -> None:
    """Each expression gives the values that its definition says."""
    assert values(M1, M2, expression(text), minutes=4) == pytest.approx(expected, abs=1e-8)


def test_expressions_build_on_another(shop: Account) -> None:
    """An expression may use others, whichever comes first."""
    rate = expression("100 * share", "e1", Label="Percent")
    (result,) = results(rate, hidden(expression("m1 / m2", "share")), M1, M2, minutes=4)
    assert (result["Label"], result["Values"]) == ("Percent", [10, 10])


def test_an_array_is_several_results(shop: Account) -> None:
    """Each series of an array is a result of its own, with the label of the query before its own."""
    found = results(M1, M2, expression("METRICS() * 2", Label="Twice"), minutes=4)
    assert [(item["Id"], item["Label"]) for item in found] == [("e1", "Twice errors Sum"), ("e1", "Twice requests Sum")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("m1 +", r"a value is expected, not the end \(character 5\)"),
        ("m1 m2", r"an operator or the end is expected, not 'm2' \(character 4\)"),
        ("(m1", r"'\)' is expected, not the end \(character 4\)"),
        ("m1 $ 2", r"'\$' is not expected \(character 4\)"),
        ("m9 + 1", r"there is no query with the id 'm9' \(character 1\)"),
        ("NOPE(m1)", r"there is no function NOPE \(character 1\)"),
        ("1 + 2", "the result is a number; only time series can be returned"),
        ("SUM(m1)", "the result is a number"),
        ("e1 + 1", "the expressions form a circle: e1 → e1"),
        ("RATE(1)", "RATE can't take a number"),
        ("METRICS() + METRICS()", "can't join two arrays"),
        ("m1 + 'x'", "can't be used with a string"),
        ("FILL(m1)", "FILL takes two arguments, not 1"),
        ("FILL(m1, 'x')", "FILL takes a number, a time series, REPEAT or LINEAR"),
        ("SUM(m1, m2)", "SUM takes one argument; put several into brackets"),
        ("1 / 0 + m1", "1 / 0 has no value"),
        ("(" * 200 + "m1" + ")" * 200, "nested more than 100 deep"),
    ],
)
def test_errors_name_the_place(shop: Account, text: str, problem: str) -> None:
    """What can't be used is refused as a whole, with what is wrong and where."""
    with pytest.raises(ClientError, match=r"ValidationError.*Error in expression 'e1': .*" + problem):
        results(M1, M2, expression(text), minutes=4)


@given(st.text(alphabet="m1+-*/()[],<>=&|'\" SUMIF.^", max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No text makes the parser fail in another way than with its own error."""
    try:
        parse(text)
    except ExpressionError as error:
        place = error.place
    else:
        place = 1
    assert 1 <= place <= len(text) + 1
