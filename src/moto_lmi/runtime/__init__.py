"""Execution environments of managed instances in which functions' code really runs, behind AWS's Runtime API.

    from moto_lmi.runtime import DataPlane, EnvironmentSpec, Invocation

    with DataPlane() as plane:
        environment = plane.environment(EnvironmentSpec("hello", "app.handler", code=Path("hello"), max_concurrency=8))
        assert environment.start().result().error is None
        outcome = environment.invoke(Invocation(b'{"name": "you"}')).result()

The code runs under AWS's own awslambdaric: one process for each concurrent request, as on managed instances. Nothing of
this is imported, and no thread, socket or process is started, until an environment is made. `available_runtimes` says
what can run here; `unpack` takes a function's ZIP archive, `unpack_image` one in a
container image.
"""

from __future__ import annotations

from moto_lmi.runtime.environment import ExecutionEnvironment, Started
from moto_lmi.runtime.images import Image, unpack_image
from moto_lmi.runtime.intake import UnpackError, unpack
from moto_lmi.runtime.model import (
    Answer,
    Busy,
    Credentials,
    Ended,
    EnvironmentSpec,
    FunctionError,
    Invocation,
    LogRecord,
    Lost,
)
from moto_lmi.runtime.plane import DataPlane
from moto_lmi.runtime.runtimes import Runtime, Unavailable, available_runtimes
from moto_lmi.runtime.sandbox import Isolation, isolation
from moto_lmi.runtime.streams import Outcome, Stream

__all__ = [
    "Answer",
    "Busy",
    "Credentials",
    "DataPlane",
    "Ended",
    "EnvironmentSpec",
    "ExecutionEnvironment",
    "FunctionError",
    "Image",
    "Invocation",
    "Isolation",
    "LogRecord",
    "Lost",
    "Outcome",
    "Runtime",
    "Started",
    "Stream",
    "Unavailable",
    "UnpackError",
    "available_runtimes",
    "isolation",
    "unpack",
    "unpack_image",
]
