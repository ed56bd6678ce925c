"""The environment variables that a function's processes see, by AWS's rules for managed instances."""

from __future__ import annotations

from dataclasses import dataclass

from moto_lmi.runtime.model import EnvironmentSpec

_OVERRIDABLE = {"AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL", "LANG", "LD_LIBRARY_PATH", "PATH", "TZ"}
_NODE_WORKERS = 8  # what aws-lambda-ric starts where it can't read the number of CPUs
_NODE_USUAL_THREADS = 4
_OVERRIDABLE |= {"AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS"}


@dataclass(frozen=True)
class Places:
    """Where things are, as the processes see it."""

    task_root: str
    opt: str
    tmp: str
    runtime_dir: str
    log_socket: str
    language_bin: str


def extension_variables(spec: EnvironmentSpec, places: Places, api: str) -> dict[str, str]:
    """What extensions see. `api` is host:port of the Runtime API."""
    reserved = {
        "AWS_DEFAULT_REGION": spec.region,
        "AWS_REGION": spec.region,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": spec.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": spec.function_version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": spec.initialization_type,
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_LAMBDA_LOG_FORMAT": spec.log_format,
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": f"{places.task_root}:{places.task_root}/lib:{places.opt}/lib",
        "PATH": f"{places.language_bin}:/usr/local/bin:/usr/bin:/bin:{places.opt}/bin",
        "TZ": ":UTC",
        "HOME": places.tmp,
        "TMPDIR": places.tmp,
    }
    if spec.managed:
        reserved["AWS_LAMBDA_MAX_CONCURRENCY"] = str(spec.max_concurrency)
    if spec.log_level:
        reserved["AWS_LAMBDA_LOG_LEVEL"] = spec.log_level
    if spec.credentials is not None:
        reserved["AWS_ACCESS_KEY_ID"] = spec.credentials.access_key_id
        reserved["AWS_SECRET_ACCESS_KEY"] = spec.credentials.secret_access_key
        if spec.credentials.session_token:
            reserved["AWS_SESSION_TOKEN"] = spec.credentials.session_token
    own = {name: text for name, text in spec.variables.items() if _may_be_set(name)}
    return {**reserved, **own, **spec.platform_variables}


def runtime_variables(spec: EnvironmentSpec, places: Places, api: str) -> dict[str, str]:
    """What the runtime and the function see."""
    common = extension_variables(spec, places, api)
    search = [
        common.get("PYTHONPATH", ""),
        f"{places.opt}/python/lib/{spec.runtime}/site-packages",
        f"{places.opt}/python",
        places.runtime_dir,
    ]
    return {
        **(_threads_of_node(spec) if spec.runtime.startswith("nodejs") else {}),
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group_name,
        "AWS_LAMBDA_LOG_STREAM_NAME": spec.log_stream_name,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LAMBDA_RUNTIME_DIR": places.runtime_dir,
        "LAMBDA_TASK_ROOT": places.task_root,
        "NODE_PATH": f"{places.opt}/nodejs/node_modules:{places.runtime_dir}/node_modules",
        **common,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "_HANDLER": spec.handler,
        "_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET": places.log_socket,
        "PYTHONPATH": ":".join(part for part in search if part),
    }


def _threads_of_node(spec: EnvironmentSpec) -> dict[str, str]:
    """Threads for Node.js beside those in which its workers wait for work: with the usual four, files couldn't be read."""
    workers = spec.variables.get("AWS_LAMBDA_NODEJS_WORKER_COUNT", "")
    waiting = int(workers) if workers.isdecimal() and len(workers) < 5 else _NODE_WORKERS
    return {"UV_THREADPOOL_SIZE": str(min(1024, waiting + _NODE_USUAL_THREADS))}


def _may_be_set(name: str) -> bool:
    """Whether a function may set the variable itself."""
    if name.startswith("_") or not name or "=" in name or "\0" in name:
        return False
    if name in _OVERRIDABLE:
        return True
    return name not in _RESERVED


_RESERVED = {
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"),
    *("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"),
    *("AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_MAX_CONCURRENCY"),
    *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_RUNTIME_API", "AWS_EXECUTION_ENV"),
    *("AWS_XRAY_DAEMON_PORT", "AWS_XRAY_TRACE_ID", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT"),
}
