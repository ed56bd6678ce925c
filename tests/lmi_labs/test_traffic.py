"""Traffic from a lab: the same in this process and over HTTP, refused in a real account, and with clear words for bad input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

import moto_lmi
from lmi_labs import traffic
from lmi_labs.account import Account, AccountError
from moto_lmi.clock import reset_clocks
from moto_lmi.snapshot import dump_state, load_state
from tests.moto_lmi.serving import ServerProcess
from tests.moto_lmi.world import ACCOUNT, OPERATOR_POLICY, World, client, managed, package, trust


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account in this process, whose time stands still, with the function `fn` published and Active."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        world = World()
        arn = world.provider(InstanceRequirements={"AllowedInstanceTypes": ["c7i.xlarge"]})
        world.function("fn", arn, MemorySize=4096)
        world.publish("fn", wait=120)
        account = Account("moto")
        account._clients = {"sts": client("sts")}
        yield account
    reset_clocks()


def test_a_step_is_offered_and_reported(account: Account) -> None:
    """The table has a row for each minute that has passed, and adds up; every assumption stands below it."""
    offered = traffic.offer(
        account, "fn", traffic.step(50, 600, at_s=300, duration_s=900, arrivals="deterministic"), io_ms=200, cpu_ms=20
    )
    assert offered.rows == []
    account.advance(600)
    half = traffic.report(account, "fn")
    assert [row["minute"] for row in half.rows] == list(range(10))
    assert half.document["is_over"] is False
    account.advance(900)
    whole = traffic.report(account, "fn")
    assert whole.offered == 50 * 300 + 600 * 600 == whole.served + whole.throttled
    assert whole.throttled > 1000
    text = str(whole)
    assert "scaling_model.evaluation_period_s = 60 (assumption)" in text
    assert "out: 3 ->" in text
    assert f"{whole.throttled:,} throttled" in text


def test_looking_changes_nothing(account: Account) -> None:
    """Whoever asks at odd times gets in the end what one gets who asks once, from the same beginning."""
    beginning = dump_state()
    rows = []
    for looks in (60, 1):
        load_state(beginning)
        traffic.offer(account, "fn", traffic.ramp(10, 400, 600), io_ms=200, cpu_ms=20)
        for _ in range(looks):
            account.advance(822 / looks)
            traffic.report(account, "fn")
        rows.append(traffic.report(account, "fn").rows[:13])
    assert rows[0] == rows[1]


def test_traffic_can_be_stopped(account: Account) -> None:
    """No more requests come; a second offer is refused until then."""
    traffic.offer(account, "fn", traffic.steady(50, 3600), io_ms=200)
    account.advance(120)
    with pytest.raises(AccountError, match=r"fn:\$LATEST.PUBLISHED has traffic until .* stop it first"):
        traffic.offer(account, "fn", traffic.steady(1, 60), io_ms=200)
    traffic.stop(account, "fn")
    account.advance(600)
    assert traffic.report(account, "fn").offered == 6000
    traffic.offer(account, "fn", traffic.steady(1, 60), io_ms=200)


def test_traffic_takes_the_place_of_other_traffic(account: Account) -> None:
    """From that moment on, in the same report; also after a stop, with nothing between."""
    traffic.offer(account, "fn", traffic.steady(50, 3600), io_ms=200)
    account.advance(120)
    traffic.offer(account, "fn", traffic.steady(10, 120), io_ms=200, instead=True)
    account.advance(300)
    traffic.offer(account, "fn", traffic.steady(20, 60), io_ms=200, instead=True)
    account.advance(120)
    offered = [row["offered"] for row in traffic.report(account, "fn").rows]
    assert offered[:4] == [3000, 3000, 600, 600]
    assert sum(offered) == 3000 * 2 + 600 * 2 + 1200


def test_a_report_ends_with_its_traffic(account: Account) -> None:
    """A day later it has the same rows, and whoever asks pays for no more of them."""
    traffic.offer(account, "fn", traffic.steady(50, 120), io_ms=200)
    account.advance(180)
    rows = traffic.report(account, "fn").rows
    account.advance(86_400)
    assert traffic.report(account, "fn").rows == rows
    assert len(rows) <= 3


def test_a_version_can_go_after_traffic_that_needs_memory(account: Account) -> None:
    """What is left of it is nothing, and takes no memory."""
    traffic.offer(account, "fn", traffic.steady(50, 120), io_ms=200, memory_mb=30, disk_mb=1)
    account.advance(60)
    client("lambda").delete_function(FunctionName="fn")
    account.advance(600)
    assert client("lambda").list_functions()["Functions"] == []


def test_a_csv_is_replayed(account: Account, tmp_path: Path) -> None:
    """A file of rates, and a text of the times of single requests."""
    path = tmp_path / "rates.csv"
    path.write_text("start_s,rate_rps\n0,10\n60,20\n")
    traffic.offer(account, "fn", traffic.replay(path), io_ms=10)
    account.advance(180)
    assert traffic.report(account, "fn").offered == 1800
    traffic.offer(account, "fn", traffic.replay("time_s\n0.5\n1.5\n1.6\n"), io_ms=10)
    account.advance(180)
    assert traffic.report(account, "fn").offered == 3


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("start_s,rate_rps\n0,10\n60,-5\n", "line 3: rate_rps -5 must be a number of at least 0"),
        ("start_s,rate_rps\n0,10\n60,\n120,5\n", "line 3"),
        ("start_s,rate_rps\n30,10\n60,5\n", "line 2: start_s must begin at 0"),
        ("start_s,rate_rps\n0,10\n60,5\n60,7\n", "line 4: start_s 60 must be above 60"),
        ("when,what\n0,10\n", "line 1: the header must be"),
        ("start_s,rate_rps\n0,10\n60,many\n", "line 3: rate_rps 'many' is not a number"),
    ],
)
def test_a_wrong_csv_names_its_line(csv: str, words: str) -> None:
    """Negative rates, gaps, times that go back and what is no number."""
    with pytest.raises(ValueError, match=words):
        traffic.replay(csv)


@pytest.mark.parametrize(
    ("function", "demand", "words"),
    [
        ("nobody", {"io_ms": 5}, "there is no published version 'nobody'"),
        ("fn:$LATEST", {"io_ms": 5}, "never invoked; name a published version"),
        ("fn:7", {"io_ms": 5}, "there is no published version"),
        ("fn", {}, "set io_ms, cpu_ms or both"),
        ("fn", {"io_ms": -5}, "io_ms -5 must be a number of at least 0"),
        ("fn", {"io_ms": 5, "memory_mb": 9000}, "no memory for one request"),
        ("fn", {"io_ms": 5, "disk_mb": 9000}, "no room for one request"),
    ],
)
def test_a_wrong_offer_is_one_sentence(account: Account, function: str, demand: dict[str, float], words: str) -> None:
    """It names the value and the rule, and no traffic was begun."""
    with pytest.raises(AccountError, match=words):
        traffic.offer(account, function, traffic.steady(5, 60), **demand)
    with pytest.raises(AccountError, match="no traffic was offered"):
        traffic.report(account, "fn")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "traffic is empty"),
        ([[0, 60, 5]], r"traffic\[0\] .* must be \[start_s, end_s, start_rps, end_rps\]"),
        ([[0, 60, 5, -5]], r"traffic\[0\].end_rps -5 must be a number of at least 0"),
        ([[0, 60, 5, 5], [90, 120, 5, 5]], r"traffic\[1\] leaves a gap: it begins at 90 s and must begin at 60 s"),
        ([[0, 60, 5, 5], [30, 120, 5, 5]], r"traffic\[1\] overlaps the one before"),
        ([[0, 0, 5, 5]], r"traffic\[0\] ends at 0 s"),
        ("fast", "traffic is a list"),
        ([[0, 60, 5, "many"]], r"traffic\[0\].end_rps 'many' must be a number"),
        ([[0, 60, 5, 1e12]], "at most"),
    ],
)
def test_wrong_rows_are_named(account: Account, rows: object, words: str) -> None:
    """Who speaks to the emulator's own API is told which row is wrong."""
    document = {"function": "fn", "traffic": rows, "demand": {"io_ms": 5}}
    with pytest.raises(AccountError, match=words):
        traffic._ask(account, "POST", "traffic", document=document)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"scaling_model.evaluation_period": 5}, "did you mean scaling_model.evaluation_period_s"),
        ({"scaling_model.target_cpu_percent": 0}, "must be above 0 and at most 100"),
        ({"router.choices": 3}, "must be 1 or 2"),
        ({"scaling_model.evaluation_period_s": "soon"}, "takes a number, not 'soon'"),
        ({"scaling_model.environment_start_s": 5, "router.attempts": 0}, "router.attempts 0 must be at least 1"),
    ],
)
def test_a_wrong_assumption_changes_nothing(account: Account, values: dict[str, object], words: str) -> None:
    """It is named, and all of them stay as they were."""
    before = traffic.assumptions(account)
    with pytest.raises(AccountError, match=words):
        traffic.assume(account, values)
    assert traffic.assumptions(account) == before


def test_an_assumption_is_changed_and_put_back(account: Account) -> None:
    """A changed one says so beside its default, with its source; None puts the default back."""
    key = "scaling_model.environment_start_s"
    changed = traffic.assume(account, {key: 90})[key]
    assert (changed["value"], changed["default"], changed["confidence"]) == (90, 48, "measured by others")
    assert changed["source"]
    assert traffic.assume(account, {key: None, "router.cpu_busy_limit": "off"})[key]["value"] == 48


def test_a_real_account_is_refused() -> None:
    """Nobody's money is spent by a call that is meant for the emulator."""
    account = Account("aws")
    account.__dict__["account_id"] = ACCOUNT
    for call in (
        lambda: traffic.offer(account, "fn", traffic.steady(1, 1), io_ms=1),
        lambda: traffic.report(account, "fn"),
    ):
        with pytest.raises(AccountError, match="in the emulator only"):
            call()


def test_the_server_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab that speaks to `lmi-labs serve` sees what one in this process sees; its errors are the same sentences."""
    with ServerProcess("--speed", "0") as server:
        monkeypatch.setenv("LMI_LABS_ENDPOINT", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        account = Account("server")
        _function_over_http(account)
        traffic.offer(account, "fn", traffic.steady(100, 300), io_ms=200, cpu_ms=20)
        account.advance(360)
        assert traffic.report(account, "fn").served == 30_000
        with pytest.raises(AccountError, match="there is no published version 'nobody'"):
            traffic.report(account, "nobody")
        key = "router.attempts"
        assert traffic.assume(account, {key: 5})[key]["value"] == 5


def _function_over_http(account: Account) -> None:
    vpc_id = account.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet_id = account.client("ec2").create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    role_arn = account.client("iam").create_role(RoleName="operator", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    account.client("iam").attach_role_policy(RoleName="operator", PolicyArn=OPERATOR_POLICY)
    lambda_ = account.client("lambda")
    provider = lambda_.create_capacity_provider(
        CapacityProviderName="cp",
        VpcConfig={"SubnetIds": [subnet_id], "SecurityGroupIds": []},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": role_arn},
    )
    account.advance(5)
    lambda_.create_function(
        FunctionName="fn",
        Runtime="python3.13",
        Role=role_arn,
        Handler="app.handler",
        Code={"ZipFile": package()},
        MemorySize=4096,
        CapacityProviderConfig=managed(provider["CapacityProvider"]["CapacityProviderArn"]),
    )
    account.advance(5)
    lambda_.publish_version(FunctionName="fn", PublishTo="LATEST_PUBLISHED")
    account.advance(120)
