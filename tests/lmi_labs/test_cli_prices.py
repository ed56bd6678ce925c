"""`lmi-labs prices`: what is shown, and how fresh prices come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import ANY, Stubber

from lmi_labs import cli
from lmi_sim import prices
from tests.lmi_sim.test_other_regions import product


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a price folder of the test's own."""
    monkeypatch.setenv("LMI_LABS_HOME", str(tmp_path))
    monkeypatch.setenv(prices.FOLDER_VARIABLE, str(tmp_path / "prices"))
    return tmp_path


@pytest.fixture
def pricing(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """The Price List API's client, with answers of its own shape; AWS itself can't be had here."""
    client = boto3.client("pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stubber = Stubber(client)
    monkeypatch.setattr(boto3, "client", lambda *_args, **_kwargs: client)
    stubber.activate()
    return stubber


def answer(stubber: Stubber, documents: list[str], token: str | None = None) -> None:
    """The API's next page."""
    page: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": documents}
    stubber.add_response("get_products", page | ({"NextToken": token} if token else {}), None)


def test_prices_are_shown_with_their_source(capsys: pytest.CaptureFixture[str]) -> None:
    """As a table with the fee, and as JSON."""
    assert cli.main(["prices", "show", "c7g.xlarge"]) == 0
    shown = capsys.readouterr().out
    assert "0.145" in shown
    assert "0.16675" in shown
    assert "checked" in shown
    assert cli.main(["prices", "show", "--region", "eu-west-1", "c7g.large", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["instances"][0]["vcpus"] == 2
    assert "repaired" in document["source"]


def test_what_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown Region and an unknown type, each with what there is."""
    assert cli.main(["prices", "show", "--region", "moon-1"]) == 2
    assert "no price table for Region 'moon-1'" in capsys.readouterr().err
    assert cli.main(["prices", "show", "c7g.xlrage"]) == 2
    assert "did you mean c7g.xlarge" in capsys.readouterr().err


def test_a_refresh_reads_every_page_and_comes_before_what_is_shipped(pricing: Stubber, home: Path) -> None:
    """The new price is what a plan would use from then on."""
    answer(pricing, [product("c7g.xlarge", "0.2000000000")], token="next")
    answer(pricing, [product("c7g.2xlarge", "0.4000000000")])
    assert cli.main(["prices", "refresh"]) == 0
    pricing.assert_no_pending_responses()
    assert [item.instance_type for item in prices.instances()] == ["c7g.2xlarge", "c7g.xlarge"]
    assert not list((home / "prices").glob("*.new"))


def test_the_api_is_asked_for_linux_on_shared_machines(pricing: Stubber) -> None:
    """And for one Region."""
    pricing.add_response(
        "get_products",
        {"FormatVersion": "aws_v1", "PriceList": [product("c7g.xlarge", "0.2")]},
        {"ServiceCode": "AmazonEC2", "Filters": ANY},
    )
    assert cli.main(["prices", "refresh", "--region", "eu-west-1"]) == 0
    assert prices.instance("c7g.xlarge", "eu-west-1").usd_per_hour > 0


@pytest.mark.parametrize(
    ("code", "words"),
    [("AccessDeniedException", "allow pricing:GetProducts"), ("ThrottlingException", "try again in a minute")],
)
def test_a_refusal_leaves_the_table_as_it_was(
    code: str, words: str, pricing: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason and the fix in one sentence."""
    before = prices.on_demand_usd_per_hour("c7g.xlarge")
    pricing.add_client_error("get_products", code)
    assert cli.main(["prices", "refresh"]) == 1
    assert words in capsys.readouterr().err
    assert prices.on_demand_usd_per_hour("c7g.xlarge") == before


def test_other_failures_are_said_too(
    pricing: Stubber, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing listed, a strange document, no credentials."""
    answer(pricing, [])
    assert cli.main(["prices", "refresh", "--region", "eu-west-9"]) == 1
    assert "lists no C, M or R instances in Region 'eu-west-9'" in capsys.readouterr().err
    answer(pricing, ["{}"])
    assert cli.main(["prices", "refresh"]) == 1
    assert "the table stays as it was" in capsys.readouterr().err

    def nobody(*_args: object, **_kwargs: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(boto3, "client", nobody)
    assert cli.main(["prices", "refresh"]) == 1
    assert "needs credentials" in capsys.readouterr().err
