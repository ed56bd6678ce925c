"""Reading answers and the account without ever raising: what kind of value is this, what did a call say?

Types are compared exactly, so that an object which claims to equal everything equals nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lmi_labs.tasks import Verdict, refused

_SHOWN_CHARACTERS = 120
MANAGED_FILTER = {"Name": "operator.managed", "Values": ["true"]}
GONE_STATES = frozenset({"shutting-down", "terminated"})


def shown(value: object) -> str:
    """The value as feedback shows it: short, and never an exception."""
    try:
        text = value if type(value) is str else repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    text = " ".join(str(text).encode("utf-8", "backslashreplace").decode().split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def listed(values: Iterable[object]) -> str:
    """Values in one line, sorted; "nothing" when there are none."""
    return ", ".join(sorted(shown(value) for value in values)) or "nothing"


def is_text(value: object) -> bool:
    """Whether the value is a string with something in it."""
    return type(value) is str and bool(value.strip())


def texts(value: object) -> list[str] | None:
    """The strings of a list, tuple or set of strings; None for anything else."""
    if type(value) not in (list, tuple, set, frozenset):
        return None
    items = list(value)  # type: ignore[call-overload]
    return items if all(type(item) is str for item in items) else None


def is_response(value: object) -> bool:
    """Whether the value is a boto3 response, or a part of one, where a name or an id was wanted."""
    return type(value) is dict


def asked(call: Callable[..., Any], **arguments: Any) -> tuple[dict[str, Any], str]:
    """What a describe call answers, and an empty code; or an empty answer and the error code."""
    try:
        return call(**arguments), ""
    except ClientError as error:
        return {}, str(error.response.get("Error", {}).get("Code", "ClientError"))
    except (BotoCoreError, ValueError) as error:  # a value that can't even be sent
        return {}, type(error).__name__


def pages(call: Callable[..., Any], members: str, **arguments: Any) -> list[Any]:
    """All items of a call that pages with Marker and NextMarker."""
    found: list[Any] = []
    marker: dict[str, str] = {}
    while True:
        answer, code = asked(call, **arguments, **marker)
        found += answer.get(members, [])
        if code or not answer.get("NextMarker"):
            return found
        marker = {"Marker": answer["NextMarker"]}


def managed_instances(account: Any, provider_arn: str) -> list[dict[str, Any]]:
    """The provider's managed instances that are starting or running."""
    answer, _ = asked(account.client("ec2").describe_instances, IncludeManagedResources=True, Filters=[MANAGED_FILTER])
    return [
        instance
        for reservation in answer.get("Reservations", [])
        for instance in reservation["Instances"]
        if instance["State"]["Name"] not in GONE_STATES and belongs_to(instance, provider_arn)
    ]


def belongs_to(instance: Mapping[str, Any], provider_arn: str) -> bool:
    """Whether the instance's tag names the provider, by its ARN or by its name."""
    name = provider_arn.rsplit(":", 1)[-1]
    return any(
        tag["Key"] == "aws:lambda:capacity-provider" and tag["Value"] in (provider_arn, name)
        for tag in instance.get("Tags", [])
    )


def provider_named(account: Any, name: object) -> tuple[dict[str, Any], Verdict | None]:
    """The capacity provider with the name, or why there is none."""
    if is_response(name):
        return {}, refused(
            "provider-name-is-response",
            "This is a response of Lambda. The name is what you passed as CapacityProviderName.",
            expected="a name",
            found="a dict",
            next_step="Keep the name in capacity_provider_name.",
        )
    if type(name) is not str or not re.fullmatch(r"[a-zA-Z0-9-_]{1,140}", name):
        return {}, refused(
            "provider-name-form",
            "A capacity provider's name has letters, digits, hyphens and underscores. An ARN or another value is not a name.",
            expected="a name such as lmi-lab-52",
            found=shown(name),
            next_step="Put the name alone into capacity_provider_name.",
        )
    answer, code = asked(account.client("lambda").get_capacity_provider, CapacityProviderName=name)
    if code:
        return {}, refused(
            "provider-unknown",
            "GetCapacityProvider knows no capacity provider of this name in this Region.",
            expected="the name of a provider that exists",
            found=f"{name}: {code}",
            next_step="Create it, and give the same name here.",
        )
    return answer["CapacityProvider"], None


def function_named(account: Any, name: object, qualifier: str | None = None) -> tuple[dict[str, Any], Verdict | None]:
    """The configuration of a function, or of a version of it; or why there is none."""
    if is_response(name):
        return {}, refused(
            "function-name-is-response",
            "This is the whole response of create_function. The name is its member FunctionName.",
            expected="a function name",
            found="a dict",
            next_step='Take response["FunctionName"].',
        )
    if type(name) is not str or not re.fullmatch(r"[a-zA-Z0-9-_]{1,140}", name):
        return {}, refused(
            "function-name-form",
            "The name alone is wanted: an ARN or a qualifier would get in the way of the calls that follow.",
            expected="a function name such as lmi-lab-52",
            found=shown(name),
            next_step="Put the name into function_name, without ARN and without version.",
        )
    more = {"Qualifier": qualifier} if qualifier else {}
    answer, code = asked(account.client("lambda").get_function_configuration, FunctionName=name, **more)
    if code:
        return {}, refused(
            "function-unknown",
            "Lambda has no function of this name" + (f" with version {qualifier}." if qualifier else "."),
            expected="a function that exists",
            found=f"{name}: {code}",
            next_step="Create it, and give the same name here.",
        )
    return answer, None


def provider_of(configuration: Mapping[str, Any]) -> str:
    """The ARN of the capacity provider that a function is bound to, or nothing."""
    config = configuration.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig", {})
    return str(config.get("CapacityProviderArn", ""))
