"""Load on a function, and the view that sweeps it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lmi_labs.account import Account
from lmi_labs.load import percentile, send_many
from lmi_labs.widgets.sweep_view import sweep_chart, sweep_view


class Function:
    """Answers invocations as Lambda does: a value, a handler's error, a throttle."""

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        """Invoke."""
        payload = json.loads(arguments["Payload"])
        if payload == "throttle":
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}}, "Invoke")
        if payload == "fail":
            document = {"errorType": "KeyError", "errorMessage": "'order'"}
            return {"Payload": io.BytesIO(json.dumps(document).encode()), "FunctionError": "Unhandled"}
        return {"Payload": io.BytesIO(json.dumps({"got": payload}).encode()), "ExecutedVersion": "7"}


def test_every_request_has_its_answer_in_order() -> None:
    """Values, handler errors and throttles stand where their payloads stood; nothing is sent again."""
    sent = send_many(Function(), "fn", [1, "fail", "throttle", 2], concurrency=3)
    assert [one.payload for one in sent] == [1, "fail", "throttle", 2]
    assert [one.error for one in sent] == ["", "KeyError", "TooManyRequestsException", ""]
    assert (sent[0].answer, sent[3].answer, sent[3].version) == ({"got": 1}, {"got": 2}, "7")
    assert all(one.seconds >= 0 for one in sent)


def test_a_concurrency_below_one_is_refused() -> None:
    """The number and the rule are named."""
    with pytest.raises(ValueError, match="concurrency 0 must be at least 1"):
        send_many(Function(), "fn", [1], concurrency=0)


def test_a_percentile_is_one_of_the_values() -> None:
    """The smallest that enough of them do not exceed; without values there is none."""
    values = [float(number) for number in range(100, 0, -1)]
    assert (percentile(values, 0.99), percentile(values, 0.5), percentile(values, 0)) == (99.0, 50.0, 1.0)
    assert percentile([3.0], 1) == 3.0
    for wrong in (([], 0.5), ([1.0], 1.5)):
        with pytest.raises(ValueError, match="a percentile needs values"):
            percentile(*wrong)


def test_a_sweep_measures_every_event_at_every_level() -> None:
    """The rows are those of the learner's function, and the chart says them in a sentence and a table."""
    rows = sweep_view(
        lambda event, concurrency: {"throughput_rps": 10.0 * concurrency, "p99_ms": float(event["io_ms"])},
        {"io": {"io_ms": 50}, "long": {"io_ms": 500}},
        levels=(1, 8),
    )
    assert [(row["handler"], row["concurrency"]) for row in rows] == [("io", 1), ("io", 8), ("long", 1), ("long", 8)]
    chart = sweep_chart(rows)
    assert "io: from 1 to 8 at a time 10 to 80 answers a second, p99 50 to 50 ms." in chart.caption
    assert chart.rows[-1] == ("long", "8", "80.0", "500")
    assert chart.spec["data"]["values"] == rows


def test_where_a_function_url_can_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS the URL itself, in the emulator its place at the endpoint, with the same path."""
    url = "https://abc.lambda-url.us-east-1.on.aws/shop?x=1"
    monkeypatch.setenv("LMI_LABS_ENDPOINT", "http://127.0.0.1:5055")
    assert Account("aws").reachable(url) == url
    assert Account("server").reachable(url) == "http://127.0.0.1:5055/lambda-url/abc/shop?x=1"
