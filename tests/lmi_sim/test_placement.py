"""Which instance type a version gets, and how much room it leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim.policies.placement import (
    EnvironmentSize,
    InstanceShape,
    choose_shape,
    eligible,
    free_room,
    matches,
    spread,
)
from moto_lmi.instance_types import catalogue

SHAPES = list(catalogue().values())

sizes = st.builds(
    lambda vcpus, ratio: EnvironmentSize(vcpus, vcpus * ratio), st.integers(1, 16), st.sampled_from([2.0, 4.0, 8.0])
)


@pytest.mark.parametrize(
    ("vcpus", "memory", "architecture", "expected"),
    [
        (8, 16, "arm64", "c9g.8xlarge"),  # measured in us-east-1, 2026-09
        (1, 2, "arm64", "c9g.xlarge"),
        (1, 4, "arm64", "m9g.xlarge"),
        (1, 8, "arm64", "r9g.xlarge"),
        (2, 4, "x86_64", "c8i.2xlarge"),
    ],
)
def test_the_type_that_the_model_chooses(vcpus: int, memory: int, architecture: str, expected: str) -> None:
    """Four times the environment's vCPUs, the ratio's family, the newest generation."""
    chosen = choose_shape(eligible(SHAPES, architecture), EnvironmentSize(vcpus, memory))
    assert chosen is not None
    assert chosen.instance_type == expected


@given(
    sizes, st.sampled_from(["x86_64", "arm64"]), st.sampled_from([(), ("c8*",), ("*.large",), ("m7i.*", "r8g.4xlarge")])
)
def test_what_is_chosen_is_allowed_and_holds_one(
    size: EnvironmentSize, architecture: str, allowed: tuple[str, ...]
) -> None:
    """The choice is of the architecture, on the list, and has room beside the platform's reserve."""
    chosen = choose_shape(eligible(SHAPES, architecture, allowed), size)
    if chosen is None:
        assert all(shape.room_for(size) == 0 for shape in eligible(SHAPES, architecture, allowed))
        return
    assert chosen.architecture == architecture
    assert not allowed or matches(chosen.instance_type, allowed)
    assert chosen.vcpus - 1 >= size.vcpus
    assert chosen.memory_gib - 1 >= size.memory_gib


@given(st.sampled_from(SHAPES), st.lists(sizes, max_size=30))
def test_a_host_is_never_overfilled(shape: InstanceShape, wanted: list[EnvironmentSize]) -> None:
    """Filling while there is room keeps within what the instance has left beside the reserve."""
    placed: list[EnvironmentSize] = []
    for size in wanted:
        if free_room(shape, placed, size):
            placed.append(size)
    assert sum(size.vcpus for size in placed) <= shape.usable_vcpus + 1e-6
    assert sum(size.memory_gib for size in placed) <= shape.usable_gib + 1e-6


def test_excluded_types_and_metal_are_left_out() -> None:
    """Excluded patterns win, and bare metal is used only when it is named."""
    names = {shape.instance_type for shape in eligible(SHAPES, "arm64", excluded=["c9*", "c8*"])}
    assert not any(name.startswith(("c9", "c8")) for name in names)
    assert not any("metal" in name for name in names)
    assert {shape.instance_type for shape in eligible(SHAPES, "arm64", ["m8g.metal-24xl"])} == {"m8g.metal-24xl"}


def test_only_compute_general_and_memory_families() -> None:
    """C, M and R from .large up; nothing burstable, no Mac, no GPU."""
    assert {shape.instance_type[0] for shape in eligible(SHAPES, "x86_64")} == {"c", "m", "r"}
    assert not any(shape.instance_type.startswith("mac") for shape in eligible(SHAPES, "arm64"))
    assert min(shape.vcpus for shape in eligible(SHAPES, "x86_64")) == 2


def test_the_next_instance_goes_where_there_are_fewest() -> None:
    """Zones are filled evenly."""
    assert spread(["a", "b", "c"], ["a", "b"])[0] == "c"
    assert spread(["a", "b"], ["a", "a", "b"])[0] == "b"


def test_an_environment_without_size_is_refused() -> None:
    """Sizes must be above zero."""
    with pytest.raises(ValueError, match="above 0"):
        EnvironmentSize(0, 2)
