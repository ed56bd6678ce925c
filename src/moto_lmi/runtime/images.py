"""Container images of functions, from a folder on this machine: what of them can run here, and what can't.

`LMI_IMAGES` names the folder. An image URI `REGISTRY/REPOSITORY:TAG` or `…@sha256:…` is looked for below it by its
repository: an OCI image layout (as `skopeo copy … oci:FOLDER/REPOSITORY:TAG` or `docker buildx build -o type=oci` makes,
unpacked), or a directory that is a root file system. Nothing is fetched from a registry.

An image's own system can't be booted here. What runs is the function in it: the files below its task root (/var/task)
and /opt, with the image's variables and command, on this machine's runtime of the same language. So the language must be
Python or Node.js, started through AWS's runtime interface client; an image with another entry point is refused.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.intake import UnpackError

IMAGES_VARIABLE = "LMI_IMAGES"
_DEFAULT_ROOT = PurePosixPath("/var/task")
_MOST_ENTRIES = 100_000
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_RUNTIMES = {"python": f"python{sys.version_info.major}.{sys.version_info.minor}", "nodejs": "nodejs22.x"}
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
_REFERENCE = re.compile(r"(?:[^/@]+/)?(?P<name>[^:@]+)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Image:
    """What a function needs of an image: its files on disk, its variables, its handler, and its runtime's name."""

    task: Path
    opt: Path
    variables: Mapping[str, str]
    handler: str
    runtime: str


def unpack_image(uri: str, architecture: str, overrides: Mapping[str, Any], into: Path) -> Image:
    """Take the function out of the image with the URI, into the directory `into`, which is made.

    `architecture` is Lambda's name (x86_64, arm64); `overrides` is the function's ImageConfig. Raises UnpackError when
    the image isn't here, is damaged, holds what it must not, or can't run here; then `into` does not exist.
    """
    layout = _Layout(uri, *_place_of(uri), architecture)
    into.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=into.parent, prefix=f".{into.name[:40]}-") as made:
            content = Path(made) / "content"
            content.mkdir()
            config = layout.take(content)
            image = _image(uri, config, overrides, content, into)
            shutil.move(content, into)
        return image
    except (tarfile.TarError, EOFError, KeyError, TypeError, AttributeError, ValueError) as exc:
        if isinstance(exc, UnpackError):
            raise
        raise _refused("image_damaged", uri=uri, what=str(exc) or type(exc).__name__) from exc


def _place_of(uri: str) -> tuple[Path, str, str]:
    """The image's directory, tag and digest."""
    folder = os.environ.get(IMAGES_VARIABLE, "")
    match = _REFERENCE.fullmatch(uri)
    if not folder or match is None:
        raise _refused("image_not_here", uri=uri, variable=IMAGES_VARIABLE)
    name = PurePosixPath(match["name"])
    place = Path(folder).joinpath(*name.parts)
    if ".." in name.parts or name.is_absolute() or not place.is_dir():
        raise _refused("image_not_here", uri=uri, variable=IMAGES_VARIABLE)
    return place, match["tag"] or "", match["digest"] or ""


class _Layout:
    """An OCI image layout, or a root file system."""

    def __init__(self, uri: str, place: Path, tag: str, digest: str, architecture: str) -> None:
        self._uri, self._place, self._tag, self._digest = uri, place, tag, digest
        self._architecture = _ARCHITECTURES.get(architecture, architecture)
        self._left = self._limit = knowledge.value("limits.image_bytes")
        self._entries = 0

    def take(self, content: Path) -> dict[str, Any]:
        """Write what the function needs of the image below `content`, as `task` and `opt`; the image's configuration."""
        for name in ("task", "opt"):
            (content / name).mkdir()
        if not (self._place / "oci-layout").is_file():
            for source, name in (("var/task", "task"), ("opt", "opt")):
                if (self._place / source).is_dir():
                    self._copy(self._place / source, content / name)
            return {"Languages": sorted(_languages_below(self._place))}
        manifest = self._manifest()
        config: dict[str, Any] = dict(self._document(manifest["config"]).get("config") or {})
        root = _task_root(config)
        languages: set[str] = set()
        for layer in manifest["layers"]:
            with self._blob(layer["digest"]) as file, tarfile.open(fileobj=file, mode="r:*") as archive:
                for member in archive:
                    languages |= _language_of(_clean(member.name))
                    self._member(archive, member, root, content)
        return {**config, "Languages": sorted(languages)}

    # --- the documents of a layout ---------------------------------------------------------------------------------------

    def _manifest(self) -> dict[str, Any]:
        index = json.loads((self._place / "index.json").read_text(encoding="utf-8"))
        entries = list(index["manifests"])
        if self._digest:
            entries = [entry for entry in entries if entry["digest"] == self._digest]
        elif self._tag:
            named = [entry for entry in entries if _tag_of(entry) == self._tag]
            entries = named or (entries if len(entries) == 1 and not _tag_of(entries[0]) else [])
        for entry in entries:
            for found in self._images(entry):
                return found
        raise _refused("image_not_here", uri=self._uri, variable=IMAGES_VARIABLE)

    def _images(self, entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The manifests for the architecture, an index's own entries included."""
        platform = entry.get("platform", {}).get("architecture", self._architecture)
        document = self._document(entry)
        if entry.get("mediaType") in _INDEXES or "manifests" in document:
            for inner in document["manifests"]:
                yield from self._images(inner)
        elif platform == self._architecture:
            yield document

    def _document(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        with self._blob(entry["digest"]) as file:
            document: dict[str, Any] = json.load(file)
        return document

    def _blob(self, digest: str) -> IO[bytes]:
        """A blob whose content is what its digest says."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is no SHA-256 digest")
        path = self._place / "blobs" / "sha256" / digest.partition(":")[2]
        if not path.is_file():
            raise ValueError(f"the blob {digest} is missing")
        with path.open("rb") as file:
            found = sha256()
            while piece := file.read(_PIECE):
                found.update(piece)
        if f"sha256:{found.hexdigest()}" != digest:
            raise ValueError(f"the blob {digest} has other content than its digest says")
        return path.open("rb")

    # --- files -----------------------------------------------------------------------------------------------------------

    def _member(self, archive: tarfile.TarFile, member: tarfile.TarInfo, root: PurePosixPath, content: Path) -> None:
        """Apply one entry of a layer, if it is the function's."""
        path = _clean(member.name)
        for top, name in ((root, "task"), (PurePosixPath("/opt"), "opt")):
            if path == top or top not in path.parents:
                continue
            target = content / name / path.relative_to(top)
            self._count(path)
            if path.name == ".wh..wh..opq":
                _empty(target.parent)
            elif path.name.startswith(".wh."):
                _remove(target.with_name(path.name.removeprefix(".wh.")))
            elif member.isdir():
                _make_folder(target, content)
            elif member.issym():
                self._check_link(path, top, member.linkname)
                _make_folder(target.parent, content)
                _remove(target)
                target.symlink_to(member.linkname)
            elif member.islnk():
                linked = content / name / _clean(member.linkname).relative_to(top)
                if linked.is_symlink() or not linked.is_file():
                    raise _refused(
                        "unsafe_image_entry", name=member.name, what="is a hard link to no file of the function"
                    )
                with linked.open("rb") as source:
                    self._write(source, target, content, linked.stat().st_mode)
            elif member.isfile():
                source_file = archive.extractfile(member)
                assert source_file is not None
                with source_file:
                    self._write(source_file, target, content, member.mode)
            else:
                raise _refused("unsafe_image_entry", name=member.name, what="is a special file")

    def _write(self, source: IO[bytes], target: Path, content: Path, mode: int) -> None:
        _make_folder(target.parent, content)
        _remove(target)
        with target.open("xb") as file:
            while piece := source.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise _refused("image_too_large", uri=self._uri, limit=self._limit)
                file.write(piece)
        target.chmod(0o755 if mode & 0o111 else 0o644)

    def _copy(self, source: Path, target: Path) -> None:
        """Copy a directory of a root file system, by the same rules as a layer."""
        for folder, folders, files in os.walk(source):
            for name in (*folders, *files):
                path = Path(folder) / name
                inside = _DEFAULT_ROOT / path.relative_to(source)
                place = target / path.relative_to(source)
                self._count(inside)
                kind = path.lstat().st_mode
                if stat.S_ISLNK(kind):
                    self._check_link(inside, _DEFAULT_ROOT, os.readlink(path))
                    place.symlink_to(os.readlink(path))
                elif stat.S_ISDIR(kind):
                    place.mkdir()
                elif stat.S_ISREG(kind):
                    with path.open("rb") as file:
                        self._write(file, place, target, kind)
                else:
                    raise _refused("unsafe_image_entry", name=str(inside), what="is a special file")

    def _check_link(self, path: PurePosixPath, top: PurePosixPath, link: str) -> None:
        """Refuse a symbolic link that leads out of the function."""
        end = PurePosixPath(os.path.normpath(path.parent / link))
        if link.startswith("/") or not (end == top or top in end.parents):
            raise _refused("unsafe_image_entry", name=str(path), what="is a symbolic link that leads outside")

    def _count(self, path: PurePosixPath) -> None:
        self._entries += 1
        if self._entries > _MOST_ENTRIES:
            raise _refused("image_too_many_entries", uri=self._uri, limit=_MOST_ENTRIES)
        if ".." in path.parts:
            raise _refused("unsafe_image_entry", name=str(path), what="leads outside")


def _clean(name: str) -> PurePosixPath:
    """A path of an archive as one from the root; whatever leads upwards keeps its dots, and is refused."""
    return PurePosixPath("/", *[part for part in PurePosixPath(name).parts if part not in ("/", ".")])


def _make_folder(folder: Path, content: Path) -> None:
    """Make the folder and those above it, never through a link."""
    steps = folder.relative_to(content).parts
    for number in range(1, len(steps) + 1):
        step = content.joinpath(*steps[:number])
        if step.is_symlink() or (step.exists() and not step.is_dir()):
            step.unlink()
        step.mkdir(exist_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        for item in folder.iterdir():
            _remove(item)


def _tag_of(entry: Mapping[str, Any]) -> str:
    name = entry.get("annotations", {}).get("org.opencontainers.image.ref.name", "")
    return str(name).rpartition(":")[2]


# --- what the image runs -------------------------------------------------------------------------------------------------


def _image(uri: str, config: Mapping[str, Any], overrides: Mapping[str, Any], content: Path, into: Path) -> Image:
    """What is to be run, or the refusal of what can't."""
    entry_point = list(overrides.get("EntryPoint") or config.get("Entrypoint") or [])
    command = [str(word) for word in overrides.get("Command") or config.get("Cmd") or []]
    variables = dict(item.partition("=")[::2] for item in config.get("Env") or [])
    words = " ".join(map(str, entry_point))
    if "awslambdaric" in words:
        languages = ["python"]
    elif "aws-lambda-ric" in words:
        languages = ["nodejs"]
    elif not entry_point or words == "/lambda-entrypoint.sh":
        languages = list(config["Languages"]) or _guessed(content / "task", command)
    else:
        raise _refused("image_entry_point", uri=uri, entry_point=words)
    if len(languages) != 1:
        raise _refused("image_language", uri=uri)
    handler = command[-1] if command else ""
    if not handler:
        raise _refused("image_command", uri=uri)
    kept = {name: text for name, text in variables.items() if name not in _MACHINES_OWN}
    return Image(into / "task", into / "opt", kept, handler, _RUNTIMES[languages[0]])


# The image's system is not there: where its programs and libraries are says nothing here.
_MACHINES_OWN = {
    "PATH",
    "LD_LIBRARY_PATH",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
    "LANG",
    "TZ",
    "HOME",
    "PYTHONHOME",
}


def _task_root(config: Mapping[str, Any]) -> PurePosixPath:
    variables = dict(item.partition("=")[::2] for item in config.get("Env") or [])
    root = variables.get("LAMBDA_TASK_ROOT") or config.get("WorkingDir") or "/"
    return _DEFAULT_ROOT if root == "/" else PurePosixPath(root)


def _language_of(path: PurePosixPath) -> set[str]:
    """The language whose runtime of AWS's base images has the file."""
    if path.parent == PurePosixPath("/var/lang/bin"):
        if path.name.startswith("python3"):
            return {"python"}
        if path.name == "node":
            return {"nodejs"}
    return set()


def _languages_below(place: Path) -> set[str]:
    folder = place / "var/lang/bin"
    found: set[str] = set()
    for item in folder.iterdir() if folder.is_dir() else ():
        found |= _language_of(PurePosixPath("/var/lang/bin", item.name))
    return found


def _guessed(task: Path, command: list[str]) -> list[str]:
    """The languages that have a file for the handler."""
    module = command[-1].rpartition(".")[0].replace(".", "/") if command else ""
    endings = {"python": (".py", "/__init__.py"), "nodejs": (".mjs", ".js", ".cjs")}
    return [name for name, ends in endings.items() if module and any((task / (module + end)).is_file() for end in ends)]


def _refused(key: str, **values: object) -> UnpackError:
    sentence = knowledge.ours(key).format(**values)
    return UnpackError(sentence.message, sentence.code)
