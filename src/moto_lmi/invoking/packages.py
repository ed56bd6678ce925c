"""The code and the layers of versions on disk: unpacked once, however many environments use them."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from moto_lmi.runtime import Image, UnpackError, knowledge, unpack, unpack_image


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
        self._images: dict[str, Image] = {}

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

    def image(self, uri: str, architecture: str, config: Mapping[str, Any]) -> Image:
        """The function in an image, taken out once: as on AWS, a tag that moves later changes nothing.

        Raises UnpackError when the image isn't on this machine or can't run here.
        """
        with self._lock:
            key = json.dumps([uri, architecture, config], sort_keys=True)
            if key not in self._images:
                place = self.root / f"image-{sha256(key.encode()).hexdigest()[:32]}"
                self._images[key] = unpack_image(uri, architecture, config, place)
            return self._images[key]

    def _one(self, archive: bytes, limit: int) -> Package:
        digest = sha256(archive).hexdigest()
        if digest not in self._unpacked:
            path = self.root / f"package-{digest[:32]}"
            self._unpacked[digest] = Package(path, unpack(archive, path, limit))
        return self._unpacked[digest]
