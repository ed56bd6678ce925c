"""Install what functions for Node.js run on. Needs npm, a C++ compiler (g++) and libcurl (libcurl.so.4).

The packages come from npm in the versions of package-lock.json. aws-lambda-ric is used as it is published; its install
scripts would build a curl of their own for a minute, so instead its native part is compiled here, from its sources, and
linked to the system's libcurl.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.resources import files
from pathlib import Path

from moto_lmi.runtime.nodejs import HOME

_LISTS = ("package.json", "package-lock.json")
_ON_DEBIAN = "on Debian and Ubuntu: sudo apt-get install npm g++ libcurl4"
# rapid-client.cc includes these, and uses nothing of them: what it needs is in node_api.h.
_UNUSED_HEADERS = ("node.h", "uv.h", "v8.h")


class CanNotInstall(Exception):
    """Something that is needed is missing or failed; the message says what."""


def main() -> None:
    """Install, unless that was done with the same versions. Exits with one sentence when it can't."""
    if not sys.platform.startswith("linux"):
        sys.exit("Functions for Node.js run on Linux alone; nothing was installed.")
    if not _is_up_to_date():
        try:
            _install()
        except CanNotInstall as exc:
            sys.exit(f"Functions for Node.js can't run here: {exc}")


def _is_up_to_date() -> bool:
    lock = files(__package__).joinpath("package-lock.json").read_text(encoding="utf-8")
    done = HOME / "done"
    return done.is_file() and done.read_text(encoding="utf-8") == lock


def _install() -> None:
    for program in ("npm", "g++"):
        if shutil.which(program) is None:
            raise CanNotInstall(f"{program} was not found; {_ON_DEBIAN}")
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "done").unlink(missing_ok=True)
    for name in _LISTS:
        (HOME / name).write_text(files(__package__).joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], "npm failed")
    with tempfile.TemporaryDirectory() as place:
        _compile(HOME / "node_modules", Path(place))
    (HOME / "done").write_text((HOME / "package-lock.json").read_text(encoding="utf-8"), encoding="utf-8")


def _compile(modules: Path, place: Path) -> None:
    """Compile aws-lambda-ric's rapid-client.node with the sources and curl's headers that its package carries."""
    package = modules / "aws-lambda-ric"
    for name in ("aws-lambda-cpp", "curl"):
        with tarfile.open(package / "deps" / f"{name}.tar.xz") as archive:
            if hasattr(tarfile, "data_filter"):  # from Python 3.11.4 on; these archives come with the locked package
                archive.extraction_filter = tarfile.data_filter
            archive.extractall(place / name)
    client = place / "aws-lambda-cpp"
    version = re.search(r"VERSION (\d+)\.(\d+)\.(\d+)", (client / "CMakeLists.txt").read_text(encoding="utf-8"))
    if version is None:
        raise CanNotInstall("aws-lambda-cpp in aws-lambda-ric names no version")
    text = (client / "src" / "version.cpp.in").read_text(encoding="utf-8")
    for name, number in zip(
        ("_MAJOR", "_MINOR", "_PATCH", ""), (*version.groups(), ".".join(version.groups())), strict=True
    ):
        text = text.replace(f"@PROJECT_VERSION{name}@", number)
    (client / "src" / "version.cpp").write_text(text, encoding="utf-8")
    (place / "unused").mkdir()
    for name in _UNUSED_HEADERS:
        (place / "unused" / name).touch()
    headers = [modules / "node-api-headers" / "include", modules / "node-addon-api", client / "include"]
    headers += [place / "curl" / "include", place / "unused"]
    sources = [package / "src" / "native" / "rapid-client.cc"]
    sources += [client / "src" / f"{name}.cpp" for name in ("runtime", "logging", "version")]
    command = ["g++", "-shared", "-fPIC", "-O1", "-std=c++17", "-fexceptions", "-pthread", "-w"]
    command += ["-DNAPI_CPP_EXCEPTIONS", "-DNODE_GYP_MODULE_NAME=rapid_client", "-DBUILDING_NODE_EXTENSION"]
    command += [word for header in headers for word in ("-I", str(header))]
    command += [*map(str, sources), "-o", str(place / "rapid-client.node"), "-l:libcurl.so.4"]
    _run(command, f"aws-lambda-ric's native part could not be compiled ({_ON_DEBIAN})")
    shutil.copy(place / "rapid-client.node", package / "rapid-client.node")


def _run(command: list[str], failure: str) -> None:
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True)
    if done.returncode != 0:
        raise CanNotInstall(f"{failure}: {(done.stderr or done.stdout).strip()[-2000:]}")


if __name__ == "__main__":
    main()
