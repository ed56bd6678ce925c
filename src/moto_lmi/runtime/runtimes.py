"""Which runtimes can run here, on what, and why the others can't.

A declared python3.x runs on the Python that runs the emulator, with the real awslambdaric and the packages that AWS
ships beside it. Node.js runs when Node 22 or newer and AWS's aws-lambda-ric 4 are found. Nothing else runs here.
"""

from __future__ import annotations

import compileall
import os
import platform
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path

from moto_lmi.runtime import knowledge, nodejs

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Runtime:
    """How functions of one language are run.

    `command` is followed by the handler; `packages` are files and directories that the code can import, `trees` what the
    command itself needs, `masked` the directories that it must not see.
    """

    language: str
    runs_on: str
    command: tuple[str, ...]
    packages: tuple[Path, ...] = ()
    trees: tuple[Path, ...] = ()
    masked: tuple[Path, ...] = ()
    worker_per_connection: bool = False
    limits_address_space: bool = False

    def compile(self) -> None:
        """Compile packages that nobody has imported yet, so that not every process must: a sandbox can't write there."""
        for package in self.packages:
            if package.is_dir() and (package / "__init__.py").exists() and not (package / "__pycache__").exists():
                compileall.compile_dir(package, quiet=2)


@dataclass(frozen=True)
class Unavailable:
    """Why functions of a language can't be run here."""

    language: str
    reason: str


def available_runtimes() -> dict[str, Runtime | Unavailable]:
    """Every language by its name: how it is run, or why not."""
    return {
        "python": _python(),
        "nodejs": _node(),
        "java": Unavailable("java", "this machine has no Java runtime for functions, only Python and Node.js"),
        "dotnet": Unavailable("dotnet", "this machine has no .NET runtime for functions, only Python and Node.js"),
        "provided": Unavailable("provided", "OS-only runtimes need Amazon Linux, which the emulator doesn't have"),
    }


def runtime_for(name: str) -> Runtime | Unavailable:
    """How the declared runtime (python3.13, nodejs22.x, …) is run, or why not; an image's is its language alone."""
    language = re.split(r"[\d.]", name, maxsplit=1)[0]
    found = available_runtimes().get(language)
    return found or Unavailable(language, f"'{name}' is not a runtime of managed instances")


def refusal_of(name: str, unavailable: Unavailable) -> str:
    """The sentence with which a function is refused."""
    return knowledge.ours("runtime_unavailable").format(runtime=name, reason=unavailable.reason).message


@cache
def _python() -> Runtime | Unavailable:
    if not sys.platform.startswith("linux"):
        return Unavailable("python", f"awslambdaric runs on Linux, not on {platform.system()}")
    if util.find_spec("awslambdaric") is None or util.find_spec("runtime_client") is None:
        return Unavailable("python", "the package awslambdaric is not installed; install lmi-labs again")
    prefix = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = prefix / "bin" / version
    if not interpreter.exists():
        interpreter = Path(os.path.realpath(sys.executable))
    masked = (
        prefix / "lib" / version / "site-packages",
        Path("/usr/local/lib") / version / "dist-packages",
        Path("/usr/lib/python3/dist-packages"),
    )
    return Runtime(
        language="python",
        runs_on=f"Python {platform.python_version()}, awslambdaric {metadata.version('awslambdaric')}",
        command=(str(interpreter), "-m", "awslambdaric"),
        packages=_bundle("awslambdaric", "boto3"),
        trees=() if prefix.is_relative_to("/usr") else (prefix,),
        masked=tuple(path for path in masked if path.is_dir()),
        worker_per_connection=True,
        limits_address_space=True,
    )


def _bundle(*roots: str) -> tuple[Path, ...]:
    """The files and directories of these distributions and all that they need: what AWS ships with the runtime."""
    wanted, seen, paths = list(roots), set(), set()
    while wanted:
        name = wanted.pop()
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        for file in distribution.files or ():
            if file.parts[0] not in ("..", "__pycache__"):
                paths.add(Path(str(distribution.locate_file(file.parts[0]))))
        for requirement in distribution.requires or ():
            match = _NAME.match(requirement)
            if match and "extra ==" not in requirement:
                wanted.append(match[0])
    return tuple(sorted(path for path in paths if path.exists()))


@cache
def _node() -> Runtime | Unavailable:
    if not sys.platform.startswith("linux"):
        return Unavailable("nodejs", f"aws-lambda-ric runs on Linux, not on {platform.system()}")
    try:
        found = nodejs.find()
    except nodejs.NotFound as exc:
        return Unavailable("nodejs", str(exc))
    trees = {path for path in (found.node, found.package.parent) if not path.is_relative_to("/usr")}
    return Runtime(
        language="nodejs",
        runs_on=f"Node.js {found.node_version}, aws-lambda-ric {found.ric_version}",
        command=(str(found.node), str(found.entry)),
        trees=tuple(sorted(path for path in trees if not trees & set(path.parents))),
    )
