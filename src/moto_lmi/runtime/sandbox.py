"""What a function's processes can see and use: bubblewrap where it works, resource limits alone where it doesn't.

With bubblewrap they have a mount view of their own (the system and the function read-only, /tmp of the set size, no
files of the server, no home), a process namespace of their own that ends with the server's process, no way to gain
privileges, and as root a user of their own. The network is the host's: handlers call the emulator, and they could
also call whatever else listens on this machine; the API of another environment refuses them (peers.py). Without bubblewrap a function can read what the user of the server
can read; a warning says so.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.model import EnvironmentSpec
from moto_lmi.runtime.runtimes import Runtime
from moto_lmi.runtime.variables import Places

log = logging.getLogger(__name__)

BUBBLEWRAP = "bubblewrap"
LIMITS_ALONE = "limits alone"
FORCE_VARIABLE = "LMI_RUNTIME_ISOLATION"

_FIRST_UID = 2_000_000_000
_UIDS = 100_000
_SANDBOX_UID, _SANDBOX_GID = 993, 990  # sbx_user1051 of Lambda
_NICE = 5
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    *("alternatives", "ca-certificates", "ca-certificates.conf", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *("localtime", "mime.types", "nsswitch.conf", "pki", "protocols", "resolv.conf", "services", "ssl"),
)
_uids = itertools.count()


@dataclass(frozen=True)
class Isolation:
    """How functions are kept apart here, and why not better."""

    kind: str
    reason: str = ""


@cache
def isolation() -> Isolation:
    """What works on this machine; tried once. `LMI_RUNTIME_ISOLATION=limits` chooses limits alone."""
    if os.environ.get(FORCE_VARIABLE) == "limits":
        return _warned(f"{FORCE_VARIABLE}=limits is set")
    program = shutil.which("bwrap")
    if program is None:
        return _warned("bubblewrap (bwrap) is not installed")
    trial = [program, *_namespaces(), "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "/bin/true"]
    try:
        done = subprocess.run(trial, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as exc:
        return _warned(f"bubblewrap does not start ({exc})")
    if done.returncode != 0:
        return _warned(f"bubblewrap is refused here ({done.stderr.strip()})")
    return Isolation(BUBBLEWRAP)


def _warned(reason: str) -> Isolation:
    log.warning("%s: functions run with resource limits alone and can read what this user can read", reason)
    return Isolation(LIMITS_ALONE, reason)


def _namespaces() -> list[str]:
    words = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--hostname", "lambda"]
    if os.geteuid() == 0:
        capabilities = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL")
        return [*words, "--cap-drop", "ALL", *(word for name in capabilities for word in ("--cap-add", name))]
    return [*words, "--unshare-user", "--uid", str(_SANDBOX_UID), "--gid", str(_SANDBOX_GID)]


class Sandbox:
    """One environment's sandbox: prepared on disk, then started with `start`."""

    def __init__(self, spec: EnvironmentSpec, runtime: Runtime, directory: Path) -> None:
        """`directory` is empty and becomes the environment's own."""
        self.spec, self.runtime, self.directory = spec, runtime, directory
        self.isolation = isolation()
        self.uid = _FIRST_UID + next(_uids) % _UIDS if os.geteuid() == 0 and self._wrapped else 0
        self.opt = directory / "opt"
        self.run = directory / "run"
        language_bin = str(Path(self.command[0]).parent)
        if self._wrapped:
            self.places = Places("/var/task", "/opt", "/tmp", "/var/runtime", "/run/lambda/runtime.sock", language_bin)
        else:
            self.places = Places(
                str(spec.code.absolute()),
                str(self.opt),
                str(directory / "tmp"),
                str(directory / "runtime"),
                str(self.run / "runtime.sock"),
                language_bin,
            )

    @property
    def _wrapped(self) -> bool:
        return self.isolation.kind == BUBBLEWRAP

    @property
    def command(self) -> list[str]:
        """What starts the runtime, as the sandbox sees it."""
        return [_seen(word) if self._wrapped else word for word in self.runtime.command]

    @property
    def extension_log_socket(self) -> str:
        """Where extensions connect their output, as the sandbox sees it."""
        return str(Path(self.places.log_socket).with_name("extension.sock"))

    def prepare(self) -> None:
        """Make the directories: sockets, /opt from the layers in their order, and without bubblewrap the rest."""
        if self.uid and self.spec.code.stat().st_mode & 0o005 != 0o005:
            raise PermissionError(f"{self.spec.code} can't be read by the function's user; chmod a+rx it")
        self.runtime.compile()
        self.directory.chmod(0o755)
        self.run.mkdir()
        self.opt.mkdir()
        for layer in self.spec.layers:
            shutil.copytree(layer, self.opt, symlinks=True, dirs_exist_ok=True)
        if self._wrapped:
            user = f"sbx_user1051:x:{self.uid or _SANDBOX_UID}:{self.uid or _SANDBOX_GID}::/tmp:/sbin/nologin\n"
            (self.directory / "passwd").write_text(f"root:x:0:0::/:/sbin/nologin\n{user}", encoding="utf-8")
            return
        (self.directory / "tmp").mkdir()
        (self.directory / "runtime").mkdir()
        for package in self.runtime.packages:
            (self.directory / "runtime" / package.name).symlink_to(package)

    def extensions(self) -> list[str]:
        """The names of the executables in /opt/extensions."""
        place = self.opt / "extensions"
        if not place.is_dir():
            return []
        return sorted(item.name for item in place.iterdir() if item.is_file() and not item.is_symlink())

    def limits(self) -> dict[str, int]:
        """The resource limits of every process, by the names of setrlimit."""
        spec = self.spec
        limits = {
            "CORE": 0,
            "NOFILE": knowledge.value("limits.open_files"),
            "FSIZE": spec.ephemeral_storage_mb * 1024 * 1024,
        }
        if self.uid or (os.geteuid() != 0 and self._wrapped):
            limits["NPROC"] = max(knowledge.value("limits.processes"), 2 * spec.max_concurrency + 64)
        if self.runtime.limits_address_space:
            limits["AS"] = spec.memory_mb * 1024 * 1024
        return limits

    def start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Start the first process; it obeys what comes through the socket, and ends with it."""
        ours, theirs = socket.socketpair()
        complaints = (self.directory / "complaints").open("wb")
        settings = {"limits": self.limits(), "nice": _NICE, "uid": self.uid, "bare": not self._wrapped}
        descriptors = [theirs.fileno()]
        try:
            argv = self._argv(descriptors, settings)
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env={},
                cwd="/",
                pass_fds=descriptors,
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            complaints.close()
            for descriptor in descriptors[1:]:
                os.close(descriptor)
            theirs.close()
        ours.setblocking(False)
        return process, ours

    def complaint(self) -> str:
        """What the sandbox said when it couldn't start."""
        try:
            return (self.directory / "complaints").read_text(encoding="utf-8", errors="replace")[-2000:].strip()
        except OSError:
            return ""

    def _argv(self, descriptors: list[int], settings: dict[str, Any]) -> list[str]:
        """The command; `descriptors` are inherited by it, the first is its socket, and more may be added."""
        script = str(Path(__file__).absolute().with_name("inside.py"))
        python = _python_program()
        if not self._wrapped:
            return [python, "-I", "-S", script, str(descriptors[0]), json.dumps(settings)]
        program = shutil.which("bwrap")
        assert program is not None
        trees = {_seen(tree): tree for tree in sorted({str(tree) for tree in self.runtime.trees} | _python_trees())}
        words = [*_namespaces(), "--clearenv"]
        for place in _above(["/etc/x", "/run/x", "/var/x", "/usr", *trees]):
            words += ["--perms", "0755", "--dir", place]
        words += ["--ro-bind", "/usr", "/usr"]
        for place in _SYSTEM:
            if os.path.islink(place):
                words += ["--symlink", os.readlink(place), place]
            elif os.path.isdir(place):
                words += ["--ro-bind", place, place]
        for name in _ETC:
            words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
        for seen, tree in trees.items():
            words += ["--ro-bind", tree, seen]
        for masked in self.runtime.masked:
            words += ["--perms", "0755", "--tmpfs", _seen(str(masked)), "--remount-ro", _seen(str(masked))]
        words += ["--perms", "0755", "--tmpfs", "/var/runtime"]
        for package in self.runtime.packages:
            words += ["--ro-bind", str(package), f"/var/runtime/{package.name}"]
        words += ["--remount-ro", "/var/runtime"]
        words += ["--ro-bind", str(self.directory / "passwd"), "/etc/passwd"]
        words += ["--ro-bind", str(self.spec.code.absolute()), "/var/task", "--ro-bind", str(self.opt), "/opt"]
        words += ["--ro-bind", str(self.run), "/run/lambda", "--ro-bind", script, "/run/inside.py"]
        words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
        size = str(self.spec.ephemeral_storage_mb * 1024 * 1024)
        words += ["--perms", "1777", "--size", size, "--tmpfs", "/tmp", "--chdir", "/var/task", "--remount-ro", "/"]
        options = os.memfd_create("options")  # not as arguments: the function can read those of its first process
        descriptors.append(options)
        os.write(options, b"".join(os.fsencode(word) + b"\0" for word in words))
        os.lseek(options, 0, os.SEEK_SET)
        inner = [_seen(python), "-I", "-S", "/run/inside.py", str(descriptors[0]), json.dumps(settings)]
        return [program, "--args", str(options), *inner]


def _seen(place: str) -> str:
    """Where a function sees what a language needs: its own /tmp hides whatever lies in the machine's."""
    return f"/var/lang{place}" if place.startswith("/tmp/") else place


def _python_program() -> str:
    """The Python of the first process: that of the server, without its virtual environment."""
    prefix = Path(sys.base_prefix)
    program = prefix / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return str(program) if program.exists() else os.path.realpath(sys.executable)


def _python_trees() -> set[str]:
    return set() if Path(sys.base_prefix).is_relative_to("/usr") else {sys.base_prefix}


def _above(places: list[str]) -> list[str]:
    """The directories above these, the outermost first; bubblewrap would make them for its own user alone."""
    found = {str(parent) for place in places for parent in Path(place).parents} - {"/"}
    return sorted(found)
