"""Every layout gets its verdict, and the layouts are worth having."""

from __future__ import annotations

import pytest

from moto_lmi.network import Path, causes, evaluate, take
from moto_lmi.network.in_process import Describer
from tests.moto_lmi.world import ACCOUNT, REGION

from .building import Building, Layout, layouts


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_a_layout_gets_its_verdict(shared_account: None, layout: Layout) -> None:
    """Reachable or not, by which path, and what blocks first, with its id in the sentence."""
    building = Building()
    building.build(layout.lines)
    snapshot = building.snapshot(layout)
    subnets = [building.ids[name] for name in layout.subnets]
    found = evaluate(snapshot, subnets, building.group_ids(layout), building.destination(layout), layout.behaviour)
    open_ones = [verdict for verdict in found.verdicts if verdict.reachable]
    assert {str(verdict.path) for verdict in open_ones} == ({layout.path} if layout.path else set()), found.sentence
    blockings = [verdict.blocking for verdict in found.blocked if verdict.blocking]
    assert [item.cause for item in blockings] == ([layout.blocked] if layout.blocked else []), found.sentence
    for blocking in blockings:
        assert layout.at is not None
        assert blocking.resource == building.ids[layout.at], blocking.sentence
        assert building.ids[layout.at] in blocking.sentence + blocking.fix
    assert found.reachable == ("some" if layout.path and layout.blocked else "all" if layout.path else "none")


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_the_emulator_describes_to_itself_what_boto3_is_told(shared_account: None, layout: Layout) -> None:
    """Without XML in between every member of every resource is the same, so one code explains both."""
    building = Building()
    building.build(layout.lines)
    asked = [building.ids[name] for name in layout.subnets], building.destination(layout)
    assert take(Describer(ACCOUNT, REGION), *asked) == take(building.ec2, *asked)


def test_every_cause_and_every_path_has_a_layout() -> None:
    """Nothing can block, and no way can lead out, without a layout that shows it."""
    assert {layout.blocked for layout in layouts()} - {None} == set(causes())
    assert {layout.path for layout in layouts()} - {None} == {str(path) for path in Path}


def test_there_are_many_layouts_each_with_its_own_name_and_source() -> None:
    """At least sixty, and each says where its expectation is from: a page of AWS's, or the model."""
    names = [layout.name for layout in layouts()]
    assert len(names) == len(set(names)) >= 60
    assert all(
        layout.source == "model" or layout.source.startswith("https://docs.aws.amazon.com/") for layout in layouts()
    )
