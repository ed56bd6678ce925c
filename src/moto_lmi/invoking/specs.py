"""What an execution environment of a version is made from: its code, settings, and the credentials of its role."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from moto.awslambda.utils import get_backend
from moto.moto_api._internal import mock_random
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from moto_lmi.clock import clock_for
from moto_lmi.functions import Function
from moto_lmi.locking import STATE
from moto_lmi.runtime import Credentials, EnvironmentSpec, UnpackError, knowledge

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.invoking.packages import Packages

NOWHERE = "http://127.0.0.1:9"
"""The port of `discard`: calls fail at once there, instead of going to AWS with credentials that it doesn't know."""

endpoint_url = NOWHERE
_CREDENTIALS_S = 12 * 3600


def spec_of(version: Function, uid: str, packages: Packages) -> EnvironmentSpec:
    """The environment with the id for the version. Raises UnpackError when its code, image or a layer can't be unpacked."""
    if version.package_type == "Image":
        return _spec_of_image(version, uid, packages)
    with STATE:
        code, layers = version.code_bytes, _layers_of(version)
    path, layer_paths = packages.unpacked(code, layers)
    return _spec(version, uid, path, layer_paths)


def _spec_of_image(version: Function, uid: str, packages: Packages) -> EnvironmentSpec:
    config = version.image_config.response()
    image = packages.image(version.code["ImageUri"], version.architecture, config)
    spec = _spec(version, uid, image.task, (image.opt,))
    variables = {**image.variables, **spec.variables}
    return replace(spec, handler=image.handler, runtime=image.runtime, variables=variables)


def _spec(version: Function, uid: str, code: Path, layers: tuple[Path, ...]) -> EnvironmentSpec:
    with STATE:
        credentials = _credentials(version)
        today = clock_for(version.account_id).now()
    logging = version.logging
    group = logging.get("LogGroup", "")
    name = "" if group in ("", f"/aws/lambda/{version.function_name}") else version.function_name
    return EnvironmentSpec(
        function_name=version.function_name,
        handler=version.handler or "",
        code=code,
        runtime=version.run_time or "",
        function_version=str(version.version),
        function_arn=version.function_arn,
        layers=layers,
        variables=dict(version.environment_vars),
        platform_variables={"AWS_ENDPOINT_URL": endpoint_url},
        credentials=credentials,
        region=version.region,
        account_id=version.account_id,
        memory_mb=version.memory_size,
        timeout_s=version.timeout,
        max_concurrency=version.max_concurrency,
        ephemeral_storage_mb=version.ephemeral_storage,
        log_format=logging.get("LogFormat", "JSON" if version.is_managed else "Text"),
        log_level=logging.get("ApplicationLogLevel", ""),
        log_group=group,
        log_stream=f"{today:%Y/%m/%d}/{name}[{version.version}]{uid.replace('-', '')}",
        managed=version.is_managed,
    )


def _layers_of(version: Function) -> list[bytes]:
    """The archives of the layers. Raises UnpackError for one that was deleted since."""
    backend = cast("LMILambdaBackend", get_backend(version.account_id, version.region))
    archives = []
    for layer in version.layers:
        found = backend.layers_versions_by_arn(layer["Arn"])
        if found is None:
            sentence = knowledge.ours("layer_gone").format(arn=layer["Arn"])
            raise UnpackError(sentence.message, sentence.code)
        archives.append(found.code_bytes)
    return archives


def _credentials(version: Function) -> Credentials:
    """Credentials of the execution role, as a session with the function's name that AssumeRole could have given.

    They are drawn beside the sequence of random numbers from which identifiers come: a server that replays its journal
    starts no environments, and must find the same identifiers without them.
    """
    partition = get_partition(version.region)
    state = mock_random.getstate()
    mock_random.seed(os.urandom(16))
    try:
        session = sts_backends[version.account_id][partition].assume_role(
            region_name=version.region,
            role_session_name=version.function_name,
            role_arn=version.role,
            policy="",
            duration=_CREDENTIALS_S,
            external_id="",
        )
    finally:
        mock_random.setstate(state)
    return Credentials(session.access_key_id, session.secret_access_key, session.session_token)
