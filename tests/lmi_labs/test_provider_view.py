"""The view of a provider: a true snapshot, a drawing that says all in words too, a widget that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import botocore.client
import pytest
from moto import mock_aws

import moto_lmi
from lmi_labs.account import Account
from lmi_labs.widgets import provider_view
from lmi_labs.widgets.drawing import caption, draw
from lmi_labs.widgets.snapshot import InstanceView, Snapshot, SubnetView, VersionView, take_snapshot
from moto_lmi.clock import reset_clocks
from tests.moto_lmi.world import World

FULL = Snapshot(
    name="steady",
    state="Active",
    architecture="arm64",
    max_vcpu_count=24,
    scaling_mode="Manual",
    subnets=(SubnetView("subnet-1", "us-east-1a"), SubnetView("subnet-2", "us-east-1b")),
    instances=(
        InstanceView("i-1", "c8g.xlarge", "running", "us-east-1a", "subnet-1", 4),
        InstanceView("i-2", "c8g.xlarge", "pending", "us-east-1b", "subnet-2", 4),
        InstanceView("i-3", "c8g.2xlarge", "shutting-down", "us-east-1b", "subnet-2", 8),
    ),
    versions=(
        VersionView("orders:1", "Active", 3, 6, changing=False),
        VersionView("orders:$LATEST.PUBLISHED", "Pending", None, None, changing=True),
    ),
)


class Page(HTMLParser):
    """The text of a page, all of it, and what is left for someone who can't see the picture."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.everything: list[str] = []
        self.said: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether the element, or one around it, is hidden from assistive technology."""
        if tag != "br":
            hidden = bool(self.open and self.open[-1][1]) or dict(attrs).get("aria-hidden") == "true"
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        """Every element is closed in turn."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.everything.append(data)
        if not (self.open and self.open[-1][1]):
            self.said.append(data)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An account in the emulator whose time stands still."""
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield World()
    reset_clocks()


def published(world: World) -> None:
    """A provider with a published version on it."""
    config = {"MaxVCpuCount": 24}
    arn = world.provider(
        "steady", InstanceRequirements={"Architectures": ["arm64"]}, CapacityProviderScalingConfig=config
    )
    world.function("orders", arn, Architectures=["arm64"])
    world.publish("orders")


def test_a_snapshot_has_zones_instances_versions_and_vcpus(world: World) -> None:
    """What the account holds stands in the snapshot."""
    published(world)
    snapshot = take_snapshot(Account("moto"), "steady")
    assert (snapshot.state, snapshot.architecture, snapshot.max_vcpu_count) == ("Active", "arm64", 24)
    assert [item.subnet_id for item in snapshot.subnets] == world.subnet_ids
    assert snapshot.zones == ("us-east-1a", "us-east-1b", "us-east-1d")
    assert [item.zone for item in snapshot.instances] == list(snapshot.zones)
    assert {item.instance_id for item in snapshot.instances} == {item["InstanceId"] for item in world.hosts()}
    assert snapshot.vcpus_used == sum(item.vcpus for item in snapshot.instances) > 0
    assert [(item.name, item.state) for item in snapshot.versions] == [("orders:$LATEST.PUBLISHED", "Active")]


def test_a_scaling_config_is_seen_as_changing_and_then_in_effect(world: World) -> None:
    """Minimum and maximum are those in effect."""
    published(world)
    wanted = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 6}
    world.lambda_.put_function_scaling_config(
        FunctionName="orders", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=wanted
    )
    version = take_snapshot(Account("moto"), "steady").versions[0]
    assert (version.minimum, version.changing) == (None, True)
    world.pass_time(60)
    version = take_snapshot(Account("moto"), "steady").versions[0]
    assert (version.minimum, version.maximum, version.changing) == (3, 6, False)


def test_instances_of_another_provider_are_not_shown(world: World) -> None:
    """A snapshot is of one provider."""
    published(world)
    world.provider("other")
    assert take_snapshot(Account("moto"), "other").instances == ()


def test_a_snapshot_only_reads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other calls than Describe, Get and List are made."""
    published(world)
    calls = []
    original = botocore.client.BaseClient._make_api_call

    def noted(self: Any, operation: str, arguments: Any) -> Any:
        calls.append(operation)
        return original(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    take_snapshot(Account("moto"), "steady")
    assert calls
    assert all(name.startswith(("Describe", "Get", "List")) for name in calls)


def test_a_provider_that_is_not_there_is_said_so(world: World) -> None:
    """Before it is made and after it is gone the view has a sentence."""
    snapshot = take_snapshot(Account("moto"), "steady")
    assert snapshot.missing == "There is no capacity provider named steady."
    assert snapshot.missing in draw(snapshot)
    assert caption(snapshot) == snapshot.missing


def test_an_account_that_can_not_be_reached_is_said_so() -> None:
    """A view never ends in a traceback."""

    class Unreachable(Account):
        def client(self, service: str) -> Any:
            raise ConnectionRefusedError

    assert "can't be reached" in take_snapshot(Unreachable("server"), "steady").missing


def test_the_picture_is_said_in_words_too() -> None:
    """Every zone, subnet, instance, state and version in the picture is in the text twin."""
    page = Page(draw(FULL))
    said = " ".join(page.said)
    for word in (
        *("us-east-1a", "us-east-1b", "subnet-1", "subnet-2", "i-1", "i-2", "i-3", "c8g.xlarge", "c8g.2xlarge"),
        *("running", "pending", "shutting-down", "orders:1", "orders:$LATEST.PUBLISHED", "Pending", "at most 6"),
    ):
        assert word in said
        assert word in " ".join(page.everything)


def test_the_caption_counts() -> None:
    """Zones, instances that are up, vCPUs against the cap, and what is leaving."""
    assert caption(FULL) == (
        "Capacity provider steady is Active (arm64, scaling Manual). 2 subnets in 2 zones. "
        "2 instances up in 2 zones, 8 of at most 24 vCPUs. 1 instance shutting down. "
        "orders:1 is Active: at least 3 environments, at most 6. "
        "orders:$LATEST.PUBLISHED is Pending: at least 3 environments by default, no maximum, changing."
    )


def test_colours_are_the_themes_and_never_alone() -> None:
    """Colours come from JupyterLab's variables, with a fallback, and the state is a word beside each."""
    html = draw(FULL)
    assert not re.search(r"(?:color|background):\s*#", html)
    assert all("," in use for use in re.findall(r"var\([^)]*\)", html))
    for colour_only in re.findall(r"<span aria-hidden='true' style='color:[^>]*>[^<]*</span>(.{0,3})", html):
        assert colour_only.strip()


def test_names_are_escaped() -> None:
    """What comes from the account can't become markup."""
    html = draw(Snapshot(name="<b>'\"", state="<i>", architecture="x", versions=FULL.versions))
    assert "<b>" not in html
    assert "<i>" not in html
    Page(html)


def test_the_widget_draws_at_once_and_again_at_refresh(world: World) -> None:
    """The button reads again; nothing else has to be done."""
    view = provider_view(SimpleNamespace(account=Account("moto")), "steady")  # type: ignore[arg-type]
    button, picture = view.children
    assert "no capacity provider named steady" in picture.value
    published(world)
    button.click()
    assert "orders:$LATEST.PUBLISHED" in picture.value
    assert not button.disabled
