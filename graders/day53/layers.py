"""Tasks 53.12 and 53.13: a module in a layer, and an extension that hears telemetry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from graders.day53.anchors import EXTENSIONS, LAYERS
from graders.day53.publishing import NAME
from graders.reading import asked, function_named, is_response, listed, shown, texts
from lmi_labs.account import Account
from lmi_labs.load import Sent, send_many
from lmi_labs.tasks import Verdict, passed, refused, task

SHOP, WATCHED = f"{NAME}-shop", f"{NAME}-watched"
_PLATFORM = ("platform.start", "platform.report")


def version_of(account: Account, function: str, version: object) -> tuple[dict[str, Any], Verdict | None]:
    """The configuration of a numbered version, or why there is none."""
    if type(version) is not str or not version.isdigit():
        return {}, refused(
            "version-form",
            "The number of the version is wanted, as text, as deploy returns it.",
            expected="a number as text, such as '1'",
            found=shown(version),
            next_step="Keep what deploy(…) returns.",
        )
    return function_named(account, function, version)


def invoked(account: Account, function: str, version: object, payloads: Sequence[Any]) -> list[Sent]:
    """What comes of the payloads, one after the other."""
    return send_many(account.client("lambda"), function, payloads, qualifier=str(version))


def _layers(configuration: Mapping[str, Any]) -> list[str]:
    return [str(layer.get("Arn", "")) for layer in configuration.get("Layers", [])]


@task("53.12", title="A layer", points=6, syllabus=("53.5", "53.1"), answers=("layer_arn", "shop_version"), docs=LAYERS)
def check_layer(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The layer's version, and a function that imports from it. It invokes the function."""
    arn = answers["layer_arn"]
    problem = _judge_arn(account, arn)
    if problem is not None:
        return problem
    configuration, problem = version_of(account, SHOP, answers["shop_version"])
    if problem is not None:
        return problem
    if not _layers(configuration):
        return refused(
            "layer-not-attached",
            "This version has no layer. A layer that is published belongs to nobody until a function names it, and a version keeps what it was published with.",
            expected=str(arn),
            found="no Layers",
            next_step='deploy(shop_name, {"app.py": shop_code}, Layers=[layer_arn])',
            credit=0.3,
        )
    if arn not in _layers(configuration):
        return refused(
            "layer-other-version",
            "The version has another layer, or another version of it.",
            expected=str(arn),
            found=listed(_layers(configuration)),
            next_step="Deploy it again with Layers=[layer_arn].",
            credit=0.3,
        )
    [one] = invoked(account, SHOP, answers["shop_version"], [{"item": "scone"}])
    if one.error:
        return _import_problem(one)
    if one.answer != {"item": "scone", "price": 2.75}:
        return refused(
            "layer-other-answer",
            "The function answers, but not with the price from the list.",
            expected={"item": "scone", "price": 2.75},
            found=one.answer,
            next_step="Deploy shop_code and prices_code as they are.",
            credit=0.4,
        )
    return passed(
        "The module comes from /opt/python. Another function can name the same layer, and both are changed in one place."
    )


def _judge_arn(account: Account, arn: object) -> Verdict | None:
    def wrong(misconception: str, message: str, step: str) -> Verdict:
        return refused(
            misconception, message, expected="the ARN of a layer's version", found=shown(arn), next_step=step
        )

    if is_response(arn):
        return wrong(
            "layer-response",
            "This is the whole response of publish_layer_version.",
            'Take response["LayerVersionArn"].',
        )
    if type(arn) is not str or ":layer:" not in arn:
        return wrong(
            "layer-form", "This is no layer's ARN.", 'Take response["LayerVersionArn"] of publish_layer_version.'
        )
    if not arn.rsplit(":", 1)[-1].isdigit():
        return wrong(
            "layer-without-version",
            "This is the layer's ARN. A function names one version of it, with the number at the end.",
            'Take "LayerVersionArn", not "LayerArn".',
        )
    name, number = arn.rsplit(":", 2)[-2:]
    if name != f"{NAME}-prices":
        return wrong("layer-name", f"The layer is called {name}.", f'LayerName="{NAME}-prices"')
    _, code = asked(account.client("lambda").get_layer_version, LayerName=name, VersionNumber=int(number))
    if code:
        return wrong(
            "layer-unknown", "Lambda knows no such version of the layer.", "Publish it, and keep the ARN of the answer."
        )
    return None


def _import_problem(one: Sent) -> Verdict:
    text = shown(one.answer.get("errorMessage", one.answer) if isinstance(one.answer, dict) else one.answer)
    if "prices" in text:
        return refused(
            "layer-not-under-python",
            "The function can't import the module: the layer is unpacked under /opt, and Python looks in /opt/python.",
            expected="python/prices.py in the layer's ZIP",
            found=text,
            next_step='pack({"python/prices.py": prices_code})',
            credit=0.4,
        )
    return refused(
        "layer-function-fails",
        "The function fails.",
        expected="an item with its price",
        found=text,
        next_step="Invoke it yourself and read the error.",
        credit=0.3,
    )


# --- 53.13 ---------------------------------------------------------------------------------------------------------------


@task(
    "53.13",
    title="An extension that listens",
    points=7,
    syllabus=("53.5",),
    answers=("mended_watcher", "watched_version", "heard"),
    docs=EXTENSIONS,
)
def check_extension(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The mended program's text, the function with it, and what it hears. It invokes the function."""
    problem = _judge_program(answers["mended_watcher"])
    if problem is not None:
        return problem
    configuration, problem = version_of(account, WATCHED, answers["watched_version"])
    if problem is not None:
        return problem
    if not _layers(configuration):
        return refused(
            "extension-not-attached",
            "The version has no layer, so there is no extension beside the code.",
            expected="a layer with extensions/watcher",
            found="no Layers",
            next_step="Publish the layer and deploy with Layers=[…].",
            credit=0.3,
        )
    return _judge_hearing(account, answers["watched_version"], answers["heard"])


def _judge_program(program: object) -> Verdict | None:
    def wrong(misconception: str, message: str, expected: str, step: str, credit: float = 0.2) -> Verdict:
        return refused(misconception, message, expected=expected, found=shown(program), next_step=step, credit=credit)

    if type(program) is not str or "extension/register" not in program:
        return wrong(
            "extension-form",
            "The text of the whole mended program is wanted.",
            "the program as text",
            "Begin with watcher_code and replace what is wrong.",
            0.0,
        )
    squeezed = "".join(program.split())
    registered = re.search(r'"events":\[([^]]*)\]', squeezed)
    if '"INVOKE"' in program:
        return wrong(
            "extension-registers-invoke",
            "INVOKE is still asked for. With many requests at a time there is no such moment as the invocation, and the registration is refused.",
            '"events": ["SHUTDOWN"]',
            'Replace ["INVOKE", "SHUTDOWN"] by ["SHUTDOWN"].',
        )
    if registered is None or registered[1] != '"SHUTDOWN"':
        return wrong(
            "extension-hears-no-shutdown",
            "It registers for nothing, so it is never told to finish, and what it holds is lost.",
            '"events": ["SHUTDOWN"]',
            "Keep SHUTDOWN.",
        )
    if "2025-01-29" not in program:
        return wrong(
            "extension-schema",
            "It asks for an older schema of the telemetry, that of default Lambda.",
            '"schemaVersion": "2025-01-29"',
            "Replace 2022-12-13.",
            0.4,
        )
    if '"platform"' not in squeezed:
        return wrong(
            "extension-types",
            "It still doesn't ask for the platform's events.",
            '"types": ["platform"]',
            'Put "platform" into types.',
            0.4,
        )
    if '"function"' in squeezed:
        return wrong(
            "extension-more-types",
            "It also asks for every line that the function prints. That is what the log is for.",
            '"types": ["platform"]',
            'Take "function" out.',
            0.6,
        )
    if not program.startswith("#!"):
        return wrong(
            "extension-no-shebang",
            "A program begins with the line that says what runs it.",
            "#!/usr/bin/env python3 at the very beginning",
            "Leave the first line where it is.",
            0.4,
        )
    return None


def _judge_hearing(account: Account, version: object, heard: object) -> Verdict:
    sent = invoked(account, WATCHED, version, [{}] * 9)
    failed = [one for one in sent if one.error]
    if failed:
        return refused(
            "extension-fails",
            "The function's environments don't come up with this layer, or its code fails.",
            expected="a list of the kinds of telemetry",
            found=shown(failed[0].answer),
            next_step="Is the program at extensions/watcher in the layer, and executable? Is the deployed layer the mended one?",
            credit=0.4,
        )
    kinds = {str(kind) for one in sent if isinstance(one.answer, list) for kind in one.answer}
    if not kinds:
        return refused(
            "extension-deaf",
            "The function runs, and the extension has written nothing.",
            expected=listed(_PLATFORM),
            found="nothing",
            next_step="Is the layer that you deployed the one with the mended program?",
            credit=0.5,
        )
    if not all(kind in kinds for kind in _PLATFORM):
        return refused(
            "extension-other-program",
            "What runs hears something else than the program in mended_watcher asks for.",
            expected=listed(_PLATFORM),
            found=listed(kinds),
            next_step="Publish a layer with mended_watcher and deploy with that one.",
            credit=0.5,
        )
    said = texts(heard) if type(heard) in (list, tuple, set) else None
    if said is None or not all(kind in said for kind in _PLATFORM):
        return refused(
            "heard-early",
            "The extension hears what you wait for, but your answer does not show it: telemetry of a request comes after its answer.",
            expected=listed(_PLATFORM),
            found=shown(heard),
            next_step="Invoke it a few times, one after the other, and keep the longest answer.",
            credit=0.7,
        )
    return passed(
        "It hears when requests start and what they took, for all that run at a time, and ends when the environment does."
    )
