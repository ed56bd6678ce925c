"""What becomes of traffic, told in stories: each plays its steps and holds what stands at each minute against it."""

from __future__ import annotations

from typing import Any

import pytest

from ..world import World
from .telling import STORIES, Telling, fulfils


@pytest.mark.parametrize("story", [pytest.param(story, id=story["name"]) for story in STORIES])
def test_story(world: World, story: dict[str, Any]) -> None:
    """Everything that the story expects is so at its minute, and over all of it."""
    telling = Telling(world, story)
    telling.tell()
    wrong = []
    for expected in story["expect"]:
        seen = telling.timeline[expected["minute"]]
        wrong += [
            f"minute {expected['minute']}: {name} is {seen.get(name)} and should be {wanted}"
            for name, wanted in expected.items()
            if not fulfils(seen.get(name), wanted)
        ]
    for name, wanted in story.get("always", {}).items():
        wrong += [
            f"minute {seen['minute']}: {name} is {seen.get(name)} and should always be {wanted}"
            for seen in telling.timeline
            if name in seen and not fulfils(seen[name], wanted)
        ]
    for name, wanted in story.get("in_all", {}).items():
        total = sum(seen.get(name, 0) for seen in telling.timeline)
        if not fulfils(total, wanted):
            wrong.append(f"in all {name} is {total} and should be {wanted}")
    for text in story.get("happened", []):
        if not any(text in line for line in telling.happened):
            wrong.append(f"{text!r} did not happen, but {telling.happened}")
    ids = [set(seen["ids"]) for seen in telling.timeline]
    if "replaced" in story and bool(ids[0] & ids[-1]) == story["replaced"]:
        wrong.append(f"instances {ids[0]} at the beginning and {ids[-1]} at the end; replaced: {story['replaced']}")
    assert wrong == []


def test_there_are_enough_stories_and_each_names_its_source() -> None:
    """At least 25, no two of one name, each with the page or measurement that it rests on, or `model`."""
    assert len(STORIES) >= 25
    assert len({story["name"] for story in STORIES}) == len(STORIES)
    assert all(story["source"] == "model" or len(story["source"]) > 20 for story in STORIES)
