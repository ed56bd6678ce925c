"""Having code on a capacity provider in one call, for labs whose subject is something else: what lab 53 does by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lmi_labs.ground import Ground

if TYPE_CHECKING:
    from lmi_labs.lab import Lab

__all__ = ["deploy", "pack"]

_A_DATE = (2026, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, str]) -> bytes:
    """Files by their paths as a ZIP archive that changes only when they do, readable by everybody."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=_A_DATE)
            entry.external_attr = (0o755 if path.startswith("extensions/") else 0o644) << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()


def deploy(
    lab: Lab, ground: Ground, name: str, files: Mapping[str, str], *, concurrency: int = 8, **settings: Any
) -> str:
    """Have the code as a numbered version on the ground's provider, and return the number when it is Active.

    Python 3.13, arm64, 2,048 MB and `concurrency` requests at a time in an environment, unless `settings`, members of
    CreateFunction, say otherwise. Called again with the same it publishes nothing new. Raises RuntimeError when the
    version fails to come up, and botocore's errors.
    """
    client = lab.account.client("lambda")
    provider = {
        "CapacityProviderArn": ground.capacity_provider_arn,
        "PerExecutionEnvironmentMaxConcurrency": concurrency,
    }
    members = {
        "Handler": "app.handler",
        "MemorySize": 2048,
        "Role": ground.execution_role_arn,
        "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
        **settings,
    }
    if _exists(client, name):
        client.update_function_configuration(FunctionName=name, **members)
        lab.wait_until(lambda: _is_settled(client, name))
        client.update_function_code(FunctionName=name, ZipFile=pack(files))
    else:
        code = {"Runtime": "python3.13", "Architectures": ["arm64"], "Code": {"ZipFile": pack(files)}}
        client.create_function(FunctionName=name, **{**code, **members})
    lab.wait_until(lambda: _is_settled(client, name))
    version = str(client.publish_version(FunctionName=name)["Version"])
    lab.wait_until(lambda: _is_active(client, name, version))
    return version


def _exists(client: Any, name: str) -> bool:
    try:
        return bool(client.get_function_configuration(FunctionName=name))
    except client.exceptions.ResourceNotFoundException:
        return False


def _is_settled(client: Any, name: str) -> bool:
    found = client.get_function_configuration(FunctionName=name)
    return bool(found["State"] == "ActiveNonInvocable" and found["LastUpdateStatus"] == "Successful")


def _is_active(client: Any, name: str, version: str) -> bool:
    found = client.get_function_configuration(FunctionName=name, Qualifier=version)
    if found["State"] == "Failed":
        raise RuntimeError(f"{name}:{version} failed: {found.get('StateReason')}")
    return bool(found["State"] == "Active")
