"""Task 52.05: instance requirements for Graviton, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from graders.day52.anchors import INSTANCE_REQUIREMENTS
from graders.reading import listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

# c8g, m8gd, r7gn: family letter, generation, "g" for Graviton, then what else the family has.
_GRAVITON = re.compile(r"[cmr]\d+g[a-z0-9-]*")
_SIZES_BELOW_LARGE = frozenset({"nano", "micro", "small", "medium"})


@task(
    "52.05",
    title="Instance requirements for Graviton",
    points=7,
    syllabus=("52.4",),
    answers=("instance_requirements",),
    docs=INSTANCE_REQUIREMENTS,
)
def check_instance_requirements(account: Account, answers: Mapping[str, object]) -> Verdict:
    """arm64 named, and wildcards for at least two of the Graviton families of C, M and R."""
    value = answers["instance_requirements"]
    if type(value) is not dict:
        text = type(value) is str
        return refused(
            "requirements-json-text" if text else "requirements-form",
            "This is text. boto3 takes a dict and does the JSON itself."
            if text
            else "This is not a dict of requirements.",
            expected="a dict with Architectures and AllowedInstanceTypes",
            found=shown(value),
            next_step="Write it as a Python dict.",
        )
    return (
        _judge_architecture(value)
        or _judge_lists(value)
        or passed("arm64 is named, and Lambda can choose among several families and every size of them.")
    )


def _judge_architecture(value: Mapping[str, object]) -> Verdict | None:
    named = value.get("Architectures")
    if type(named) is list and named == ["arm64"] and type(named[0]) is str:
        return None
    step = 'Set "Architectures": ["arm64"].'
    if "Architectures" not in value:
        misconception = "architecture-implied"
        message = (
            "No architecture is named, so the provider is x86_64, whatever the type list says. "
            "Graviton types are then in a list from which nothing can be chosen."
        )
    elif type(named) is str:
        misconception, message = "architecture-text", "Architectures is a list, even though it holds exactly one."
    elif type(named) in (list, tuple) and len(named) > 1:  # type: ignore[arg-type]
        misconception, message = (
            "architecture-two",
            "A provider has exactly one architecture. For both you need two providers.",
        )
    elif texts(named) == ["x86_64"]:
        misconception, message = "architecture-x86", "x86_64 is Intel and AMD. Graviton is arm64."
    else:
        misconception, message = "architecture-misspelt", "Lambda knows two names for architectures: x86_64 and arm64."
    return refused(misconception, message, expected="['arm64']", found=shown(named), next_step=step, credit=0.2)


def _judge_lists(value: Mapping[str, object]) -> Verdict | None:
    allowed, excluded = value.get("AllowedInstanceTypes"), value.get("ExcludedInstanceTypes")
    patterns = texts(allowed)

    def wrong(misconception: str, message: str, step: str, credit: float = 0.5) -> Verdict:
        expected = "wildcards for two or more Graviton families, such as c8g.* and m8g.*"
        found = listed(patterns) if patterns else shown(value)
        return refused(misconception, message, expected=expected, found=found, next_step=step, credit=credit)

    if allowed and excluded:
        return wrong(
            "allowed-and-excluded",
            "Both lists are given. Lambda takes one or the other: what is not allowed is excluded already.",
            "Leave ExcludedInstanceTypes out.",
        )
    if excluded:
        return wrong(
            "types-excluded-only",
            "Excluding leaves everything else open, also families that come out next year. Here you say what is allowed.",
            "Use AllowedInstanceTypes.",
        )
    if allowed is None:
        return wrong(
            "types-missing",
            "No types are named, so Lambda may take any arm64 type. That is a good default, but here the choice is limited.",
            "Add AllowedInstanceTypes.",
        )
    if type(allowed) is not list or patterns is None:
        return wrong("types-form", "AllowedInstanceTypes is a list of strings.", 'Write ["c8g.*", "m8g.*"].', 0.3)
    return _judge_patterns(patterns, wrong)


def _judge_patterns(patterns: list[str], wrong: Callable[..., Verdict]) -> Verdict | None:
    families = [pattern.split(".", 1)[0] for pattern in patterns]
    sizes = {pattern.split(".", 1)[1] for pattern in patterns if "." in pattern}
    if not patterns:
        return wrong("types-empty", "The list is empty and says nothing.", 'Write ["c8g.*", "m8g.*"].')
    if any(not re.fullmatch(r"[a-zA-Z0-9.*-]{1,30}", pattern) for pattern in patterns):
        return wrong(
            "types-regular-expression",
            "These are regular expressions. Instance types know one wildcard, the star.",
            "Write c8g.* for all sizes of c8g.",
        )
    if any(family in ("*", "") for family in families):
        return wrong(
            "types-everything",
            "A star alone allows everything, and so says nothing.",
            "Name families, with a star for the size.",
        )
    if any("." not in pattern for pattern in patterns):
        return wrong(
            "types-family-alone",
            "A family name alone matches no type: a type is family, dot, size.",
            "Write c8g.* for all sizes of c8g.",
        )
    if any(family.startswith("t") for family in families):
        return wrong(
            "types-burstable",
            "T instances earn their CPU in credits. Lambda uses the families C, M and R.",
            "Use families such as c8g, m8g, r8g.",
        )
    if any(family.startswith("g") for family in families):
        return wrong(
            "types-gpu",
            "G types carry GPUs (the g at the end of c8g means Graviton). They are for functions with an accelerator.",
            "Use families such as c8g, m8g, r8g.",
        )
    if any(not _GRAVITON.fullmatch(family) for family in families):
        if all(re.fullmatch(r"[cmr]\d+[ia][a-z0-9-]*", family) for family in families):
            return wrong(
                "types-x86",
                "These are Intel or AMD types. No arm64 instance can be chosen from them.",
                "Graviton families have a g after the generation: c8g.",
            )
        return wrong(
            "types-not-all-graviton",
            "Not every entry is a Graviton family of C, M or R.",
            "Graviton families have a g after the generation: c8g.",
        )
    if sizes <= _SIZES_BELOW_LARGE:
        return wrong(
            "types-below-large",
            "Lambda uses sizes from large up. From these nothing can be chosen.",
            "Put a star in place of the size.",
        )
    if not all(size.startswith("*") for size in sizes):
        return wrong(
            "types-too-narrow",
            "Single sizes are named. If one is short in a zone, Lambda has nothing to turn to.",
            "Put a star in place of the size.",
            0.6,
        )
    if len(set(families)) < 2:
        return wrong(
            "types-one-family",
            "A single family is named. If a zone runs out of it, the version cannot become Active.",
            "Add a second family.",
            0.7,
        )
    return None
