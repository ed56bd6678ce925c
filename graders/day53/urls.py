"""Task 53.14: a function URL on an alias, and how many parts an answer comes in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from graders.day53.anchors import STREAMING
from graders.day53.publishing import NAME
from graders.reading import asked, is_response, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

FUNCTION, ALIAS = f"{NAME}-web", "live"
ANSWER = {"item": "scone", "price": 2.75}


@task(
    "53.14",
    title="A URL, and what streams",
    points=7,
    syllabus=("53.5",),
    answers=("web_url", "from_url", "parts"),
    docs=STREAMING,
)
def check_url(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The alias, its URL's configuration and policy, the answer that came by it, and the parts that were counted."""
    return (
        _judge_alias(account)
        or _judge_url(account, answers["web_url"])
        or _judge_policy(account)
        or _judge_answer(answers["from_url"])
        or _judge_parts(answers["parts"])
        or passed(
            "One part: RESPONSE_STREAM hands on what the runtime makes, and AWS's Python runtime makes one answer. Node.js streams."
        )
    )


def _wrong(misconception: str, message: str, expected: object, found: object, step: str, credit: float) -> Verdict:
    return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit)


def _judge_alias(account: Account) -> Verdict | None:
    client = account.client("lambda")
    answer, code = asked(client.get_function_configuration, FunctionName=FUNCTION)
    if code:
        return _wrong(
            "url-no-function", "There is no function of this name.", FUNCTION, code, "deploy(web_name, …)", 0.0
        )
    answer, code = asked(client.get_alias, FunctionName=FUNCTION, Name=ALIAS)
    if code:
        return _wrong(
            "url-no-alias",
            "A URL on managed instances belongs to an alias, and there is none of this name.",
            ALIAS,
            code,
            'create_alias(FunctionName=web_name, Name="live", FunctionVersion=…)',
            0.1,
        )
    if not answer["FunctionVersion"].isdigit():
        return _wrong(
            "url-alias-moves",
            "The alias points at something that moves with the next publication. A caller of the URL gets whatever was published last.",
            "a numbered version",
            answer["FunctionVersion"],
            "Point the alias at the number that deploy gave.",
            0.2,
        )
    return None


def _judge_url(account: Account, url: object) -> Verdict | None:
    client = account.client("lambda")
    config, code = asked(client.get_function_url_config, FunctionName=FUNCTION, Qualifier=ALIAS)
    if code:
        whole, _ = asked(client.get_function_url_config, FunctionName=FUNCTION)
        if whole:
            return _wrong(
                "url-on-the-function",
                "This URL belongs to the function without an alias, that is to $LATEST, which can't be invoked on managed instances.",
                "a URL on the alias live",
                "a URL without Qualifier",
                'create_function_url_config(…, Qualifier="live", …)',
                0.2,
            )
        return _wrong(
            "url-missing",
            "The alias has no URL.",
            "a URL on the alias live",
            code,
            'create_function_url_config(FunctionName=web_name, Qualifier="live", AuthType="NONE", InvokeMode="RESPONSE_STREAM")',
            0.2,
        )
    if config["AuthType"] != "NONE":
        return _wrong(
            "url-needs-signature",
            "With AWS_IAM every request has to be signed; a plain one is answered with 403.",
            "NONE",
            config["AuthType"],
            'update_function_url_config(…, AuthType="NONE")',
            0.3,
        )
    if config.get("InvokeMode") != "RESPONSE_STREAM":
        return _wrong(
            "url-buffered",
            "The URL hands on the answer when it is whole.",
            "RESPONSE_STREAM",
            config.get("InvokeMode"),
            'update_function_url_config(…, InvokeMode="RESPONSE_STREAM")',
            0.3,
        )
    if is_response(url):
        return _wrong(
            "url-response", "This is the whole response.", "the URL", "a dict", 'Take response["FunctionUrl"].', 0.3
        )
    if url != config["FunctionUrl"]:
        idea, message = (
            ("url-reachable", "This is its place in the emulator. Keep what Lambda says.")
            if "/lambda-url/" in str(url)
            else ("url-other", "This is not the URL of the alias.")
        )
        return _wrong(
            idea,
            message,
            config["FunctionUrl"],
            url,
            'Take response["FunctionUrl"] of create_function_url_config.',
            0.4,
        )
    return None


def _judge_policy(account: Account) -> Verdict | None:
    answer, _ = asked(account.client("lambda").get_policy, FunctionName=FUNCTION, Qualifier=ALIAS)
    try:
        statements: Any = json.loads(answer.get("Policy", "{}")).get("Statement", [])
    except ValueError:
        statements = []
    allowed = [
        item
        for item in statements
        if item.get("Action") == "lambda:InvokeFunctionUrl" and item.get("Effect") == "Allow"
    ]
    if any(item.get("Principal") in ("*", {"AWS": "*"}) for item in allowed):
        return None
    return _wrong(
        "url-no-permission",
        "AuthType NONE means that nobody has to sign. Whether anybody may call is still the policy's word, and on AWS it is answered with 403 without one.",
        "lambda:InvokeFunctionUrl allowed to * on the alias",
        [item.get("Action") for item in statements],
        'add_permission(FunctionName=web_name, Qualifier="live", StatementId="everybody", Principal="*", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")',
        0.5,
    )


def _judge_answer(answer: object) -> Verdict | None:
    if type(answer) in (bytes, str):
        return _wrong(
            "url-answer-text",
            "This is the body as it came. The answer as data is wanted.",
            ANSWER,
            answer,
            "json.load(response)",
            0.6,
        )
    if answer == ANSWER and type(answer) is dict:
        return None
    return _wrong(
        "url-answer",
        "This is not what the function answers for a scone.",
        ANSWER,
        answer,
        'POST {"item": "scone"} to lab.reachable(web_url).',
        0.5,
    )


def _judge_parts(parts: object) -> Verdict | None:
    if type(parts) is int and parts == 1:
        return None
    step = 'sum("PayloadChunk" in event for event in response["EventStream"])'
    if parts == 2:
        return _wrong(
            "parts-with-the-end",
            "The last event, InvokeComplete, is no part of the answer.",
            "the number of PayloadChunk events",
            parts,
            step,
            0.7,
        )
    if parts == 0:
        return _wrong(
            "parts-none",
            "A stream can be read once. The second time nothing is left in it.",
            "the number of PayloadChunk events",
            parts,
            step,
            0.7,
        )
    return _wrong(
        "parts-wrong",
        "That is not how many parts the answer came in.",
        "the number of PayloadChunk events",
        parts,
        step,
        0.7,
    )
