"""Where a running `lmi-labs start` can be found by the other commands."""

from __future__ import annotations

import contextlib
import json
import os

from lmi_labs.account import DUMMY_KEYS
from lmi_labs.progress import home, write_text_whole

_NAME = "session.json"


def remember(endpoint: str) -> None:
    """Note the emulator's URL. A folder that can't be written only means that `--endpoint` must be given."""
    with contextlib.suppress(OSError):
        write_text_whole(home() / _NAME, json.dumps({"endpoint": endpoint}))


def forget() -> None:
    """Forget it when the session ends."""
    with contextlib.suppress(OSError):
        (home() / _NAME).unlink(missing_ok=True)


def use_running() -> None:
    """Point this process at the running session's emulator, unless the environment names a world already."""
    if os.environ.get("LMI_LABS_ACCOUNT") or os.environ.get("LMI_LABS_ENDPOINT"):
        return
    with contextlib.suppress(OSError, ValueError, KeyError):
        os.environ.update(lab_environment(json.loads((home() / _NAME).read_text())["endpoint"]))


def lab_environment(endpoint: str) -> dict[str, str]:
    """What a notebook's kernel needs so that plain boto3 speaks with the emulator at the URL."""
    return {
        "LMI_LABS_ACCOUNT": "server",
        "LMI_LABS_ENDPOINT": endpoint,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        **DUMMY_KEYS,
    }
