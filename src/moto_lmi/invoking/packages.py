"""The code and the layers of versions on disk: unpacked once, however many environments use them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from moto_lmi.runtime import UnpackError, knowledge, unpack


@dataclass(frozen=True)
class Package:
    """An archive that has been unpacked: where, and its size in bytes."""

    path: Path
    size: int


class Packages:
    """What has been unpacked by this process. Usable from any thread."""

    def __init__(self, root: Path) -> None:
        """Archives are unpacked below the directory `root`."""
        self.root = root
        self._lock = threading.Lock()
        self._unpacked: dict[str, Package] = {}

    def unpacked(self, code: bytes, layers: Sequence[bytes]) -> tuple[Path, tuple[Path, ...]]:
        """The directories of the code and of the layers, in their order.

        Raises UnpackError for what is no ZIP archive, holds what it must not, or is too large all in all.
        """
        limit = left = knowledge.value("limits.unzipped_bytes")
        places = []
        with self._lock:
            for archive in (code, *layers):
                package = self._one(archive, left)
                left -= package.size
                if left < 0:
                    raise UnpackError(str(knowledge.value("sentences.unzipped_too_large")).format(limit=limit))
                places.append(package.path)
        return places[0], tuple(places[1:])

    def _one(self, archive: bytes, limit: int) -> Package:
        digest = sha256(archive).hexdigest()
        if digest not in self._unpacked:
            path = self.root / f"package-{digest[:32]}"
            self._unpacked[digest] = Package(path, unpack(archive, path, limit))
        return self._unpacked[digest]
