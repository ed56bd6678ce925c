"""Experiments, the pager and incident night: the same on every machine, and nothing of it left in the learner's account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

import moto_lmi
from lmi_labs import experiment, ground, incident_night, pager, traffic
from lmi_labs.account import Account, AccountError
from lmi_labs.incident_night import MINUTES, plan
from lmi_labs.widgets.night_view import shift_chart
from moto_lmi.clock import reset_clocks
from tests.moto_lmi.serving import ServerProcess
from tests.moto_lmi.world import client

SHOP = {"io_ms": 80.0, "cpu_ms": 20.0}


@dataclass(frozen=True)
class Place:
    """Something with an account."""

    account: Account


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An account in this process whose time runs, as in a lab."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    moto_lmi.enable(speed=20)
    reset_clocks()
    with mock_aws():
        account = Account("moto")
        account._clients = {name: client(name) for name in ("sts", "lambda", "ec2", "iam", "cloudwatch")}
        yield Place(account)
    reset_clocks()


def nobody(event: Mapping[str, Any], clients: Callable[[str], Any]) -> None:
    """A handler that sleeps."""


def test_an_experiment_gives_the_same_numbers_again(place: Place) -> None:
    """Twice from the same calm, whatever the wall clock does meanwhile; the clock goes on at its speed afterwards."""
    here = ground.prepare(place, "lab")
    target = f"shop:{experiment.deploy(place, here, 'shop')}"
    shape = traffic.step(60, 180, at_s=600, duration_s=1500)
    reports = [experiment.play(place, target, shape, SHOP) for _ in range(2)]
    assert reports[0].rows == reports[1].rows
    assert 1000 < reports[0].throttled < 6000
    assert place.account._clock()["speed"] == 20


def test_an_experiment_begins_at_a_time_of_day(place: Place) -> None:
    """At the next 08:00, and otherwise at whole five minutes."""
    with place.account.time_held():
        moment = experiment.align(place.account, "08:00")
        assert (moment.hour, moment.minute, moment.second) == (8, 0, 0)
        place.account.advance(1)
        assert experiment.align(place.account).minute == 5


def test_traffic_follows_the_alias(place: Place) -> None:
    """A tenth comes to the new version, and nothing once the handler has taken the weight away."""
    here = ground.prepare(place, "lab")
    old, new = (experiment.deploy(place, here, "shop") for _ in range(2))
    place.account.client("lambda").create_alias(
        FunctionName="shop",
        Name="live",
        FunctionVersion=old,
        RoutingConfig={"AdditionalVersionWeights": {new: 0.1}},
    )
    place.account.client("cloudwatch").put_metric_alarm(
        AlarmName="shop-slow", Namespace="AWS/Lambda", MetricName="Duration", Statistic="Average", Period=300,
        Dimensions=[{"Name": "FunctionName", "Value": "shop"}, {"Name": "Resource", "Value": f"shop:{new}"}],
        EvaluationPeriods=1, Threshold=300, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    calls = []

    def back(event: Mapping[str, Any], clients: Callable[[str], Any]) -> None:
        calls.append(event["detail"]["state"]["value"])
        if calls[-1] == "ALARM":
            clients("lambda").update_alias(
                FunctionName="shop", Name="live", RoutingConfig={"AdditionalVersionWeights": {}}
            )
            raise RuntimeError("afterwards")

    watch = pager.carry(
        place, "shop", "live", traffic.steady(60, 1200), {old: SHOP, new: {**SHOP, "cpu_ms": 300.0}}, on_alarm=back
    )
    rows = traffic.report(place.account, f"shop:{new}").rows
    assert [row["offered"] for row in rows[:3]] == [360, 360, 360]
    assert "ALARM" in calls
    assert sum(row["offered"] for row in rows) < 360 * 15
    assert sum(minute.offered for minute in watch.minutes) == pytest.approx(60 * 1200, abs=5)
    assert any("RuntimeError: afterwards" in page.error for page in watch.pages)
    assert "the handler failed: RuntimeError: afterwards" in str(watch)


def test_requests_of_an_alias_that_is_gone_are_lost(place: Place) -> None:
    """Every minute of them hurts."""
    here = ground.prepare(place, "lab")
    version = experiment.deploy(place, here, "shop")
    watch = pager.carry(place, "shop", "live", traffic.steady(60, 300), {version: SHOP}, on_alarm=nobody)
    assert watch.pain_minutes == 5
    assert [minute.refused for minute in watch.minutes] == [3600] * 5


def test_a_seed_gives_one_night(place: Place) -> None:
    """The same runbook has the same night, in an account that is forgotten; the learner's own stays empty."""
    nights = [incident_night.play(place, nobody, 4) for _ in range(2)]
    assert nights[0].watch.minutes == nights[1].watch.minutes
    assert nights[0].usd == nights[1].usd
    assert nights[0].pain_minutes > 60
    assert set(nights[0].pain_by_incident) == {"campaign", "deployment", "clean-up"}
    assert place.account.client("lambda").list_functions()["Functions"] == []
    assert "Night 4: " in str(nights[0])


def test_the_night_is_the_same_over_http(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab that speaks to `lmi-labs start` plays the night that one in this process plays, and the check too."""
    here = incident_night.play(place, nobody, 4)
    with ServerProcess("--speed", "20") as server:
        monkeypatch.setenv("LMI_LABS_ENDPOINT", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        there = incident_night.play(Place(Account("server")), nobody, 4)
    assert there.watch.minutes == here.watch.minutes
    assert there.usd == here.usd


def test_nights_differ_and_end_in_time() -> None:
    """Orders, times and numbers change with the seed; each thing happens early enough to be dealt with."""
    plans = [plan(seed) for seed in range(40)]
    assert len(set(plans)) == 40
    for one in plans:
        assert max(one.campaign, one.deployment, one.clean_up) < MINUTES - 30
        assert one.traffic().duration_s == 60 * MINUTES


def test_the_picture_says_in_words_what_it_shows(place: Place) -> None:
    """Every incident and every page is a row of the table."""
    night = incident_night.play(place, nobody, 4)
    chart = shift_chart(night.watch, "a night")
    told = [what for _, what in chart.rows]
    assert sum(what.startswith("happens: ") for what in told) == 3
    assert sum(what.startswith("pager: ") for what in told) == len(night.watch.pages)


def test_a_real_account_is_refused() -> None:
    """No account of anybody's is entered or sped up."""
    account = Account("aws")
    for call in (
        account.now,
        lambda: account.other("550000000001"),
        lambda: experiment.needs_emulator(Place(account)),
    ):
        with pytest.raises(AccountError, match="LMI_LABS_ACCOUNT to moto"):
            call()
