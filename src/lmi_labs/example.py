"""A function of three lines, up on managed instances, for labs that look at what is there and not at how it came to be."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lmi_labs.ground import Ground, patiently, prepare

if TYPE_CHECKING:
    from lmi_labs.lab import Lab

__all__ = ["bring_up"]

_CODE = 'def handler(event, context):\n    return {"hello": "from a managed instance"}\n'


def bring_up(lab: Lab, name: str, *, concurrency: int = 8) -> Ground:
    """Find or make the ground and a function of the same name on it, and wait until `$LATEST.PUBLISHED` is Active.

    `concurrency` is how many requests an environment takes at a time.
    Harmless when called again. On AWS three instances are billed from then on; `ground.clear` takes all of it away.
    """
    here = prepare(lab, name)
    lambda_client = lab.account.client("lambda")
    if _state(lambda_client, name, "$LATEST") is None:
        patiently(lab, lambda: _create(lambda_client, here, concurrency))
    lab.wait_until(lambda: _state(lambda_client, name, "$LATEST") == "ActiveNonInvocable")
    if _state(lambda_client, name, "$LATEST.PUBLISHED") is None:
        lambda_client.publish_version(FunctionName=name, PublishTo="LATEST_PUBLISHED")
    lab.wait_until(lambda: _state(lambda_client, name, "$LATEST.PUBLISHED") == "Active")
    return here


def _create(lambda_client: Any, here: Ground, concurrency: int) -> Any:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        entry = zipfile.ZipInfo("app.py")
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, _CODE)
    provider = {
        "CapacityProviderArn": here.capacity_provider_arn,
        "PerExecutionEnvironmentMaxConcurrency": concurrency,
    }
    return lambda_client.create_function(
        FunctionName=here.name,
        Runtime="python3.13",
        Handler="app.handler",
        Architectures=["arm64"],
        MemorySize=2048,
        Role=here.execution_role_arn,
        Code={"ZipFile": package.getvalue()},
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": provider},
    )


def _state(lambda_client: Any, name: str, qualifier: str) -> str | None:
    """The state of a version, None if there is no such version."""
    try:
        answer = lambda_client.get_function_configuration(FunctionName=name, Qualifier=qualifier)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return str(answer["State"])
