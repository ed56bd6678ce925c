"""Where functions for Node.js run: AWS's aws-lambda-ric and Node.js itself, both from npm.

`python -m moto_lmi.runtime.nodejs` installs them into the Python environment that it runs in, once; `find` finds them
there, or where the environment variable LMI_NODE_RIC says.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE_VARIABLE = "LMI_NODE_RIC"
HOME = Path(sys.prefix) / "lib" / "lmi-labs-nodejs"
COMMAND = "python -m moto_lmi.runtime.nodejs"
LEAST_NODE = 22
_ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}


class NotFound(Exception):
    """Functions for Node.js can't run here; the message says why."""


@dataclass(frozen=True)
class Found:
    """A client that can run: its package's directory, its entry point, the program of Node.js, and their versions."""

    package: Path
    entry: Path
    node: Path
    ric_version: str
    node_version: str


def find() -> Found:
    """What is installed. Raises NotFound with the reason and what to do."""
    package, document = _package()
    if not (package / "rapid-client.node").is_file():
        raise NotFound(f"{package} has not been compiled; run `{COMMAND}`")
    node = _node(package)
    return Found(
        package, package / _entry(document), node[0].resolve(), str(document["version"]), node[1].lstrip("v").strip()
    )


def _package() -> tuple[Path, dict[str, object]]:
    named = os.environ.get(PACKAGE_VARIABLE)
    place = Path(named) if named else HOME / "node_modules" / "aws-lambda-ric"
    try:
        document = json.loads((place / "package.json").read_text(encoding="utf-8"))
        version = str(document["version"])
    except (OSError, ValueError, KeyError, TypeError):
        where = f" at {place}, which {PACKAGE_VARIABLE} names" if named else ""
        raise NotFound(f"AWS's package aws-lambda-ric 4 was not found{where}; run `{COMMAND}`") from None
    if not version.startswith("4."):
        raise NotFound(f"aws-lambda-ric 4 is needed, and {place} is {version}; run `{COMMAND}`")
    return place.resolve(), document


def _entry(document: dict[str, object]) -> str:
    programs = document.get("bin")
    name = programs.get("aws-lambda-ric") if isinstance(programs, dict) else programs
    return str(name or document.get("main") or "index.mjs")


def _node(package: Path) -> tuple[Path, str]:
    """The program beside the package, else the one on the PATH, with its version."""
    architecture = _ARCHITECTURES.get(platform.machine(), "")
    beside = package.parent / f"node-linux-{architecture}" / "bin" / "node"
    program = str(beside) if beside.is_file() else shutil.which("node")
    if program is None:
        raise NotFound(f"Node.js {LEAST_NODE} or newer was not found; run `{COMMAND}`")
    try:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError) as exc:
        raise NotFound(f"'{program} --version' failed ({exc})") from exc
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < LEAST_NODE:
        raise NotFound(f"Node.js {LEAST_NODE} or newer is needed, and {program} is {version.strip()}; run `{COMMAND}`")
    return Path(program), version
