"""Source files of an installed package, for a layer that carries it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

__all__ = ["source_of"]


def source_of(distribution: str, folder: str = "python") -> dict[str, str]:
    """The distribution's Python files with their texts, by their paths under the folder.

    Raises LookupError when it is not installed.
    """
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError as exc:
        raise LookupError(f"{distribution} is not installed here; run `make setup` again") from exc
    return {
        f"{folder}/{file.as_posix()}": Path(str(file.locate())).read_text(encoding="utf-8")
        for file in files
        if file.suffix == ".py" and ".." not in file.parts
    }
