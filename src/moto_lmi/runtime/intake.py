"""A function's ZIP archive, unpacked without trust.

Sizes are counted while unpacking, not read from the archive, so that one that lies about them is found out; names that
lead outside, links and special files are refused before anything is written.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from moto_lmi.runtime import knowledge

_PIECE = 1024 * 1024
_MOST_ENTRIES = 100_000
_LONGEST_LINK = 4096
_CONTRADICTIONS = (FileExistsError, NotADirectoryError, IsADirectoryError)


class UnpackError(ValueError):
    """The archive is refused. `code` is the error that Lambda's API answers with, the text its sentence."""

    def __init__(self, message: str, code: str = "InvalidParameterValueException") -> None:
        super().__init__(message)
        self.code = code


def unpack(zip_bytes: bytes, into: Path, limit_bytes: int | None = None) -> int:
    """Unpack the archive into the directory `into`, which is made, and return the size in bytes.

    Files are readable by everyone, writable by nobody but their owner, and executable if the archive says so. `limit_bytes`
    is what may still be unpacked, 250 MB if not given (the layers of a function count too). Raises UnpackError for what is
    not a ZIP archive, too large, or would be written elsewhere; then `into` does not exist.
    """
    limit = knowledge.value("limits.unzipped_bytes") if limit_bytes is None else limit_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(zip_bytes)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise _refused("too_many_entries", count=len(entries), limit=_MOST_ENTRIES)
            for entry in entries:
                _check(entry)
            into.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=into.parent, prefix=f".{into.name[:40]}-") as made:
                place = Path(made) / "content"
                place.mkdir()
                size = 0
                links = [entry for entry in entries if _is_link(entry)]
                for entry in entries:
                    if not _is_link(entry):
                        size += _write(archive, entry, place, limit - size)
                _make_links(archive, links, place)
                shutil.move(place, into)
            return size
    except UnpackError:
        raise
    except Exception as exc:  # zipfile answers damage with a dozen types, among them ValueError and OverflowError
        if isinstance(exc, OSError) and exc.errno is not None and not isinstance(exc, _CONTRADICTIONS):
            raise  # the disk's trouble, not the archive's
        raise UnpackError(knowledge.value("sentences.not_a_zip")) from exc


def _check(entry: zipfile.ZipInfo) -> None:
    """Raise UnpackError for an entry that is not a file or directory below the root."""
    name = entry.filename
    path = PurePosixPath(name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if path.is_absolute() or name.startswith("\\") or (len(name) > 1 and name[1] == ":"):
        raise _refused("unsafe_entry", name=name, what="has an absolute path")
    if ".." in path.parts or "\\" in name or "\0" in entry.orig_filename:
        raise _refused("unsafe_entry", name=name, what="leads outside of the archive")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise _refused("unsafe_entry", name=name, what="is a special file")


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_IFMT(entry.external_attr >> 16) == stat.S_IFLNK


def _make_links(archive: zipfile.ZipFile, links: list[zipfile.ZipInfo], place: Path) -> None:
    """Make the symbolic links, after everything else so that nothing is written through one; none may lead outside."""
    made = []
    for entry in links:
        if entry.file_size > _LONGEST_LINK:
            raise _refused("unsafe_entry", name=entry.filename, what="is a symbolic link of too many characters")
        path = place.joinpath(*PurePosixPath(entry.filename).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(archive.read(entry).decode("utf-8", "surrogateescape"))
        made.append((entry, path))
    root = os.path.realpath(place)
    for entry, path in made:
        target = os.readlink(path)
        end = os.path.realpath(path)
        if os.path.isabs(target) or not (end == root or end.startswith(root + os.sep)):
            raise _refused("unsafe_entry", name=entry.filename, what="is a symbolic link that leads outside")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, left: int) -> int:
    """Write one entry of at most `left` bytes; its size is returned."""
    target = place.joinpath(*PurePosixPath(entry.filename).parts)
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(entry) as source, target.open("wb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > left:
                limit = knowledge.value("limits.unzipped_bytes")
                raise UnpackError(str(knowledge.value("sentences.unzipped_too_large")).format(limit=limit))
            file.write(piece)
    target.chmod(0o755 if (entry.external_attr >> 16) & 0o111 else 0o644)
    return size


def _refused(key: str, **values: object) -> UnpackError:
    sentence = knowledge.ours(key).format(**values)
    return UnpackError(sentence.message, sentence.code)
